//! The Debian package in a root file system of its own: installed by dpkg, started as its user,
//! upgraded and purged.
//!
//! systemd does not run there. `systemd-analyze` checks the unit, and this test does with mounts what
//! the unit asks for: everything is read-only but the engine's own folder.

#![allow(clippy::print_stdout, reason = "a task's output is for the person at the terminal")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::step::{Failure, StepResult, Summary, finish, output_of, target};
use crate::tools;

/// Where packages and the test's root file system are.
pub(crate) fn folder() -> PathBuf {
    target().join("package")
}

/// Installs debootstrap when this process may do so.
pub(crate) fn tools() -> Result<(), Failure> {
    if !tools::may_install() {
        let why = "the package's test needs root on Debian: it makes a root file system";
        return Err(Failure::unavailable(why));
    }
    match tools::is_there("debootstrap") {
        true => Ok(()),
        false => tools::install(&["debootstrap"]),
    }
}

/// Runs the life of a package: installed, started, upgraded to `newer`, purged.
pub(crate) fn run(package: &Path, newer: &Path, summary: &mut Summary) -> StepResult {
    let unit = crate::step::root().join("packaging/heartline.service");
    let root = Root { path: folder().join("root") };
    summary.step("unit", || check_exposure(&unit))?;
    summary.step("root file system", || root.unpack())?;
    summary.step("install", || {
        root.dpkg("--install", package)?;
        root.verify_unit()?;
        root.has_config_of_its_own()?;
        root.chroot(&["heartline", "check", "/etc/heartline"]).map(drop)
    })?;
    summary.step("start", || root.start_engine())?;
    summary.step("upgrade", || root.upgrade(newer))?;
    summary.step("purge", || root.purge())
}

/// `systemd-analyze security` gives 0 (closed) to 10 (open); it must stay below 3.
fn check_exposure(unit: &Path) -> Result<(), Failure> {
    let mut analyze = Command::new("systemd-analyze");
    analyze.args(["security", "--offline=yes", "--threshold=29"]).arg(unit);
    let shown = output_of(&mut analyze)?;
    println!("    {}", shown.lines().last().unwrap_or_default());
    Ok(())
}

/// A root file system that the package is installed in.
struct Root {
    path: PathBuf,
}

impl Root {
    /// Makes the root file system anew from one that is fetched once.
    fn unpack(&self) -> Result<(), Failure> {
        let base = folder().join("base");
        if !base.is_dir() {
            let part = folder().join("base.part");
            remove(&part)?;
            let mut fetch = Command::new("debootstrap");
            fetch
                .args(["--variant=minbase", "--include=adduser,systemd"])
                .arg(codename()?)
                .arg(&part);
            output_of(&mut fetch)?;
            fs::rename(&part, &base).map_err(|error| fault(&base, &error))?;
        }
        remove(&self.path)?;
        finish(Command::new("cp").args(["-a", "--reflink=auto"]).arg(&base).arg(&self.path))
    }

    /// Runs dpkg without a person at the terminal. Returns its output.
    fn dpkg(&self, verb: &str, package: &Path) -> Result<String, Failure> {
        let inside = self.path.join("package.deb");
        fs::copy(package, &inside).map_err(|error| fault(&inside, &error))?;
        let shown = self.chroot(&["dpkg", verb, "/package.deb"])?;
        fs::remove_file(&inside).map_err(|error| fault(&inside, &error))?;
        Ok(shown)
    }

    fn chroot(&self, command: &[&str]) -> Result<String, Failure> {
        let mut chroot = Command::new("chroot");
        chroot.arg(&self.path).args(command).env("DEBIAN_FRONTEND", "noninteractive");
        chroot.env("PATH", PATH).stdin(Stdio::null());
        output_of(&mut chroot)
    }

    fn verify_unit(&self) -> Result<(), Failure> {
        let mut verify = Command::new("systemd-analyze");
        verify.args(["verify", "--man=no"]).arg(format!("--root={}", self.path.display()));
        let shown = output_of(verify.arg("heartline.service"))?;
        // Other units of the root file system may be incomplete; ours may not.
        match shown.lines().find(|line| line.contains("heartline")) {
            None => Ok(()),
            Some(line) => Err(broken(format!("systemd-analyze verify: {line}"))),
        }
    }

    /// The config is a copy, readable by the engine and by nobody else, and no conffile of dpkg's.
    fn has_config_of_its_own(&self) -> Result<(), Failure> {
        let shipped = self.path.join("usr/share/heartline/config/queues.toml");
        let config = self.path.join("etc/heartline/queues.toml");
        if self.read(&shipped)? != self.read(&config)? {
            return Err(broken("/etc/heartline is not the shipped config".to_owned()));
        }
        let mode = fs::metadata(&config).map_err(|error| fault(&config, &error))?.mode() & 0o777;
        if mode != 0o640 {
            return Err(broken(format!("/etc/heartline/queues.toml has mode {mode:o}")));
        }
        let conffiles = self.chroot(&["dpkg-query", "-W", "-f=${Conffiles}", "heartline"])?;
        match conffiles.trim().is_empty() {
            true => Ok(()),
            false => Err(broken(format!("the package has conffiles: {conffiles}"))),
        }
    }

    /// Runs the unit's command as its user, in a file system that is read-only but for the unit's
    /// folder, until it takes calls. Then ends it as systemd does.
    fn start_engine(&self) -> Result<(), Failure> {
        let unit = self.unit()?;
        let log = folder().join("engine.log");
        let mut engine = Engine { process: self.spawn(&unit, &log)? };
        let console = engine.wait_until_ready(&log)?;
        let answer = get(&console, "/readyz")
            .map_err(|error| broken(format!("/readyz of {console}: {error}")))?;
        if !answer.starts_with("HTTP/1.1 200") {
            return Err(broken(format!("/readyz says {answer}")));
        }
        engine.stop()?;
        let keys = self.path.join("var/lib/heartline/data/keys.json");
        let owner = fs::metadata(&keys).map_err(|error| fault(&keys, &error))?;
        let ours = fs::metadata(self.path.join("var/lib/heartline"))
            .map_err(|error| fault(&keys, &error))?;
        match owner.uid() == ours.uid() && owner.uid() != 0 {
            true => Ok(()),
            false => Err(broken(format!("{} belongs to {}", keys.display(), owner.uid()))),
        }
    }

    fn spawn(&self, unit: &Unit, log: &Path) -> Result<Child, Failure> {
        let to = File::create(log).map_err(|error| fault(log, &error))?;
        let state = self.path.join(unit.folder.trim_start_matches('/'));
        let mounts = format!(
            "mount --bind '{root}' '{root}' && mount --bind '{state}' '{state}' && \
             mount -o remount,bind,ro '{root}' && mount -t proc proc '{root}/proc' && \
             mount -t tmpfs tmpfs '{root}/tmp' && \
             exec chroot '{root}' setpriv --reuid={user} --regid={group} --init-groups \
             --no-new-privs --bounding-set=-all sh -c 'cd {folder} && exec {command} {FREE_PORTS}'",
            root = self.path.display(),
            state = state.display(),
            user = unit.user,
            group = unit.group,
            folder = unit.folder,
            command = unit.command,
        );
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &mounts]).env("PATH", PATH).env("NO_COLOR", "1");
        let errors = to.try_clone().map_err(|error| fault(log, &error))?;
        command.stdin(Stdio::null()).stdout(errors).stderr(to);
        command.spawn().map_err(|error| Failure::unavailable(format!("unshare: {error}")))
    }

    fn unit(&self) -> Result<Unit, Failure> {
        let path = ["usr/lib/systemd/system", "lib/systemd/system"]
            .map(|folder| self.path.join(folder).join("heartline.service"))
            .into_iter()
            .find(|path| path.is_file())
            .ok_or_else(|| broken("the package has no unit".to_owned()))?;
        let text = self.read(&path)?;
        Unit::parse(&text).ok_or_else(|| broken("the unit lacks a key".to_owned()))
    }

    /// A changed config stays as it is, and dpkg asks nothing.
    fn upgrade(&self, newer: &Path) -> Result<(), Failure> {
        let config = self.path.join("etc/heartline/queues.toml");
        let changed = format!("# ours\n{}", self.read(&config)?);
        fs::write(&config, &changed).map_err(|error| fault(&config, &error))?;
        self.dpkg("--install", newer)?;
        if self.read(&config)? != changed {
            return Err(broken("the upgrade touched /etc/heartline".to_owned()));
        }
        let version = self.chroot(&["dpkg-query", "-W", "-f=${Version}", "heartline"])?;
        match version.starts_with("99.0.0") {
            true => self.chroot(&["heartline", "check", "/etc/heartline"]).map(drop),
            false => Err(broken(format!("installed is {version}"))),
        }
    }

    /// The config goes, the log and the keys stay.
    fn purge(&self) -> Result<(), Failure> {
        self.chroot(&["dpkg", "--purge", "heartline"])?;
        let is_there = |path: &str| self.path.join(path).exists();
        match (is_there("etc/heartline"), is_there("var/lib/heartline/data/keys.json")) {
            (false, true) => Ok(()),
            (true, _) => Err(broken("the purge left /etc/heartline".to_owned())),
            (_, false) => Err(broken("the purge removed the data".to_owned())),
        }
    }

    fn read(&self, path: &Path) -> Result<String, Failure> {
        fs::read_to_string(path).map_err(|error| fault(path, &error))
    }
}

/// The keys of the unit that the test uses.
#[derive(Debug, PartialEq)]
struct Unit {
    user: String,
    group: String,
    folder: String,
    command: String,
}

impl Unit {
    fn parse(text: &str) -> Option<Unit> {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            line.map(|value| value.trim().to_owned())
        };
        Some(Unit {
            user: value("User")?,
            group: value("Group")?,
            folder: value("WorkingDirectory")?,
            command: value("ExecStart")?,
        })
    }
}

struct Engine {
    process: Child,
}

impl Engine {
    /// Returns the console's address.
    fn wait_until_ready(&mut self, log: &Path) -> Result<String, Failure> {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let text = fs::read_to_string(log).unwrap_or_default();
            let address = text.lines().find_map(|line| line.split_once("console at http://"));
            if let Some((_, address)) = address
                && text.lines().any(|line| line.ends_with("ready"))
            {
                return Ok(address.trim().to_owned());
            }
            if Instant::now() > until || !matches!(self.process.try_wait(), Ok(None)) {
                return Err(broken(format!("the engine did not start: {text}")));
            }
            sleep(Duration::from_millis(100));
        }
    }

    fn stop(&mut self) -> Result<(), Failure> {
        let pid = self.process.id().to_string();
        finish(Command::new("kill").args(["-TERM", &pid]))?;
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            match self.process.try_wait() {
                Ok(None) => sleep(Duration::from_millis(100)),
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(broken(format!("the engine ended with {status}"))),
                Err(error) => return Err(broken(error.to_string())),
            }
        }
        Err(broken("the engine did not end within 30 s".to_owned()))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Usually it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn get(address: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The release of this Debian, which the root file system has too.
fn codename() -> Result<String, Failure> {
    let path = Path::new("/etc/os-release");
    let text = fs::read_to_string(path).map_err(|error| fault(path, &error))?;
    let name = text.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    name.map(str::to_owned).ok_or_else(|| broken("/etc/os-release has no codename".to_owned()))
}

fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(fault(path, &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn fault(path: &Path, error: &std::io::Error) -> Failure {
    broken(format!("{}: {error}", path.display()))
}

fn broken(why: String) -> Failure {
    Failure { code: 1, why }
}

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// The test may run beside an engine that has the shipped ports.
const FREE_PORTS: &str = "--sip 127.0.0.1:0 --http 127.0.0.1:0 --rtp-ports auto:32";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_names_user_folder_and_command() {
        let text = fs::read_to_string(crate::step::root().join("packaging/heartline.service"));
        let unit = Unit::parse(&text.unwrap()).unwrap();
        assert_eq!((unit.user.as_str(), unit.group.as_str()), ("heartline", "heartline"));
        assert_eq!(unit.folder, "/var/lib/heartline");
        assert!(unit.command.ends_with("--config /etc/heartline"), "{}", unit.command);
    }
}
