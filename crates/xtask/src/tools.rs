//! The programs the end-to-end tests call: there, or installed, or named.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::step::{Failure, finish, program};

/// A program and the Debian package that brings it.
struct Tool {
    program: &'static str,
    package: &'static str,
    /// What the tests use it for.
    used_for: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool { program: "sipp", package: "sip-tester", used_for: "plays the callers" },
    Tool { program: "baresip", package: "baresip-core", used_for: "is the seats' telephone" },
    Tool { program: "kamailio", package: "kamailio", used_for: "is the proxy in front" },
    Tool { program: "chromium", package: "chromium", used_for: "opens the page" },
    Tool { program: "chromedriver", package: "chromium-driver", used_for: "clicks on the page" },
    Tool { program: "sox", package: "sox", used_for: "listens to recordings" },
    Tool { program: "npm", package: "npm", used_for: "builds and checks the page" },
];

/// Looks for every tool. What is missing is installed from Debian's packages when we may,
/// otherwise it is named and the chore stops with exit 69.
pub(crate) fn check() -> Result<(), Failure> {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !is_there(tool.program)).collect();
    if missing.is_empty() {
        return node_is_new_enough();
    }
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    if !may_install() {
        return Err(Failure::unavailable(name(&missing, &packages)));
    }
    // The package lists of a fresh machine are empty or old.
    finish(apt().args(["update", "-q"]))?;
    finish(apt().args(["install", "-q", "-y", "--no-install-recommends"]).args(&packages))?;
    match missing.iter().find(|tool| !is_there(tool.program)) {
        None => node_is_new_enough(),
        Some(tool) => Err(Failure::unavailable(format!(
            "package {} is installed, but `{}` is still not on the PATH",
            tool.package, tool.program
        ))),
    }
}

/// Whether a program is on the PATH.
pub(crate) fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Whether cargo-nextest can be called.
pub(crate) fn nextest_is_there() -> bool {
    is_there("cargo-nextest")
        || std::env::home_dir().is_some_and(|home| home.join(".cargo/bin/cargo-nextest").is_file())
}

/// Calls npm in a folder.
pub(crate) fn npm(folder: &Path, arguments: &[&str]) -> Result<(), Failure> {
    let prefix = folder.to_string_lossy();
    let mut all = vec!["--prefix", prefix.as_ref()];
    all.extend_from_slice(arguments);
    program("npm", &all)
}

/// The page's builder refuses an older Node.js, and says so less plainly.
fn node_is_new_enough() -> Result<(), Failure> {
    let output = Command::new("node").arg("--version").output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let said = said.unwrap_or_default();
    if version(&said) >= Some(NODE_LEAST) {
        return Ok(());
    }
    let (major, minor) = NODE_LEAST;
    Err(Failure::unavailable(format!(
        "Node.js is `{said}`; the page needs {major}.{minor} or newer, which Debian 12 does not have"
    )))
}

/// Major and minor of `v20.19.1`.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// What vite asks for.
const NODE_LEAST: (u32, u32) = (20, 19);

fn name(missing: &[&Tool], packages: &[&str]) -> String {
    let mut text = String::from("missing:");
    for tool in missing {
        text.push_str(&format!(" {} ({});", tool.program, tool.used_for));
    }
    text.push_str(&format!(" install with: apt-get install {}", packages.join(" ")));
    text
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    command
}

/// Root, and on a system of Debian's kind.
fn may_install() -> bool {
    let id = Command::new("id").arg("-u").output();
    let root = id.is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    root && is_there("apt-get")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(version("v20.9.0") < Some(NODE_LEAST));
        assert!(version("v20.19.2") >= Some(NODE_LEAST));
        assert!(version("v100.0.0") >= Some(NODE_LEAST));
        assert!(version("") < Some(NODE_LEAST));
    }
}
