//! Which tests have passed as they are.
//!
//! A test program that is byte for byte what it was when its tests passed,
//! among the same files and beside the same engine, has nothing new to say. So
//! after a change of a line only what was built anew is run; tests that start
//! the engine are run again when a room they are about has changed. What passed
//! is remembered in the build's folder and gone with it: a clean build runs all.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::step::{Failure, cargo_command, root, target};

/// Test programs by their names, each with a sum of all its tests depend on.
pub(crate) type Programs = BTreeMap<String, String>;

/// Builds the test programs and looks at them.
pub(crate) fn build() -> Result<Programs, Failure> {
    let output = cargo_command()
        .args(["nextest", "list", "--workspace", "--locked", "--list-type", "binaries-only"])
        .args(["--message-format", "json"])
        .current_dir(root())
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| Failure::unavailable(format!("cargo nextest did not start: {error}")))?;
    if !output.status.success() {
        let why = format!("the tests could not be built: {}", output.status);
        return Err(Failure { code: 1, why });
    }
    let listed: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::unavailable(format!("cargo nextest list: {error}")))?;
    let files = files()?;
    let mut programs = Programs::new();
    for (id, program) in listed["rust-binaries"].as_object().into_iter().flatten() {
        let path = program["binary-path"].as_str().unwrap_or_default();
        let mut all = DefaultHasher::new();
        (sum(&[Path::new(path)]), sum(&files.others)).hash(&mut all);
        if let Some(test) = id.strip_prefix("heartline::") {
            sum(&files.engine_for(test)).hash(&mut all);
        }
        if READ_SOURCES.contains(&id.as_str()) {
            sum(&files.sources).hash(&mut all);
        }
        programs.insert(id.clone(), format!("{:016x}", all.finish()));
    }
    Ok(programs)
}

/// What had passed when it was last remembered.
pub(crate) fn passed() -> Programs {
    let text = fs::read_to_string(remembered()).unwrap_or_default();
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    pairs.map(|(sum, id)| (id.to_owned(), sum.to_owned())).collect()
}

/// Remembers what has passed. A note that cannot be written costs the next run its time only.
pub(crate) fn remember(passed: &Programs) {
    let lines: Vec<String> = passed.iter().map(|(id, sum)| format!("{sum} {id}\n")).collect();
    let _not_kept = fs::write(remembered(), lines.concat());
}

/// Those that are not as they were when they passed.
pub(crate) fn changed<'a>(now: &'a Programs, passed: &Programs) -> Vec<&'a str> {
    let new = now.iter().filter(|(id, sum)| passed.get(*id) != Some(*sum));
    new.map(|(id, _)| id.as_str()).collect()
}

/// Tests that read the sources themselves, or what is written about them.
const READ_SOURCES: [&str; 3] = ["heartline::house", "settings::calendar", "settings::shipped"];

/// Tests at the engine that place no call, and the rooms that only calls go through.
const AT_THE_DESK: [&str; 8] =
    ["channels", "compat", "config", "copies", "courier", "people", "recall", "reports"];
const ROOMS_OF_CALLS: [&str; 6] = ["acd", "media", "queue", "recorder", "sip", "switch"];

/// Tests of calls and voices, and the rooms they never ask for anything.
const ON_THE_PHONE: [&str; 9] = [
    "call_path",
    "crash",
    "disk_full",
    "instruments",
    "liveness",
    "proxy",
    "resources",
    "restart",
    "sip_torture",
];
const ROOMS_OF_THE_DESK: [&str; 4] = ["courier", "library", "press", "reporting"];

/// The rooms a test at the engine has nothing to do with, though the program has them all.
fn apart_from(test: &str) -> &'static [&'static str] {
    match test {
        test if AT_THE_DESK.contains(&test) => &ROOMS_OF_CALLS,
        test if ON_THE_PHONE.contains(&test) => &ROOMS_OF_THE_DESK,
        _ => &[],
    }
}

fn remembered() -> PathBuf {
    target().join("tests-passed")
}

/// Whether a page, or what else lies in a folder of the tree, is as it was when its own checks passed.
pub(crate) struct Checked {
    note: PathBuf,
    sum: String,
}

impl Checked {
    /// What is below this folder now.
    pub(crate) fn below(folder: &str) -> Result<Checked, Failure> {
        let files = files()?;
        let below = root().join(folder);
        let ours =
            files.sources.iter().chain(&files.others).filter(|path| path.starts_with(&below));
        let sum = format!("{:016x}", sum(&ours.collect::<Vec<_>>()));
        Ok(Checked { note: target().join(format!("checked-{}", folder.replace('/', "-"))), sum })
    }

    /// It has passed like this before.
    pub(crate) fn is_known(&self) -> bool {
        fs::read_to_string(&self.note).is_ok_and(|known| known == self.sum)
    }

    /// It has passed. A note that cannot be written costs the next run its time only.
    pub(crate) fn remember(&self) {
        let _not_kept = fs::write(&self.note, &self.sum);
    }
}

/// What is in the tree: sources, which are in the programs, with what is written about them; and
/// what any test may read.
struct Files {
    sources: Vec<PathBuf>,
    others: Vec<PathBuf>,
}

impl Files {
    /// What the engine is made of, as far as a test is about it.
    fn engine_for(&self, test: &str) -> Vec<&PathBuf> {
        let crates = root().join("crates");
        let apart = apart_from(test)
            .iter()
            .chain(&["xtask", "sim", "heartline-sim"])
            .map(|room| crates.join(room));
        let apart: Vec<PathBuf> = apart.collect();
        let ours = |path: &&PathBuf| {
            let is_of_engine = path.starts_with(&crates) || path.parent() == Some(root().as_path());
            let is_code = path.extension().is_none_or(|ending| ending != "md");
            let is_test = path.components().any(|part| part.as_os_str() == "tests");
            is_of_engine && is_code && !is_test && !apart.iter().any(|room| path.starts_with(room))
        };
        self.sources.iter().filter(ours).collect()
    }
}

fn files() -> Result<Files, Failure> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .map_err(|error| Failure::unavailable(format!("git did not start: {error}")))?;
    if !listed.status.success() {
        let why = "git does not know the tree; the tests need a clone".to_owned();
        return Err(Failure::unavailable(why));
    }
    let names = listed.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let paths = names.map(|name| root().join(String::from_utf8_lossy(name).as_ref()));
    let (sources, others) = paths.partition(|path| is_source(path));
    Ok(Files { sources, others })
}

/// What is in the programs already, or is read by people.
fn is_source(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    let stem = path.file_stem().unwrap_or_default();
    ending == "rs" || ending == "md" || stem == "Cargo"
}

/// A sum over names and contents; a file that is not there counts as that.
fn sum(files: &[impl AsRef<Path>]) -> u64 {
    let mut all = DefaultHasher::new();
    for file in files {
        (file.as_ref(), fs::read(file).ok()).hash(&mut all);
    }
    all.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_as_it_passed_is_not_run_again() {
        let of = |pairs: &[(&str, &str)]| -> Programs {
            pairs.iter().map(|(id, sum)| ((*id).to_owned(), (*sum).to_owned())).collect()
        };
        let now = of(&[("acd", "1"), ("sip", "2"), ("sip::storm", "3")]);
        assert_eq!(changed(&now, &of(&[("acd", "1"), ("sip", "9")])), ["sip", "sip::storm"]);
        assert_eq!(changed(&now, &now), Vec::<&str>::new());
    }

    #[test]
    fn a_test_at_the_engine_is_about_its_rooms() {
        let files = files().unwrap();
        let has = |test: &str, room: &str| {
            let room = root().join("crates").join(room);
            files.engine_for(test).iter().any(|path| path.starts_with(&room))
        };
        assert!(has("call_path", "media") && !has("call_path", "press"));
        assert!(has("reports", "press") && !has("reports", "media"));
        assert!(!has("call_path", "xtask"));
        assert!(has("console", "media") && has("console", "press") && has("reports", "center"));
        let lock = root().join("Cargo.lock");
        assert!(files.engine_for("reports").contains(&&lock));
        let rooms = ROOMS_OF_CALLS.iter().chain(&ROOMS_OF_THE_DESK);
        let missing: Vec<_> =
            rooms.filter(|room| !root().join("crates").join(room).exists()).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let tests = AT_THE_DESK.iter().chain(&ON_THE_PHONE);
        let gone = tests.filter(|test| !root().join(format!("tests/{test}.rs")).exists());
        assert_eq!(gone.count(), 0);
    }

    #[test]
    fn what_tests_read_is_told_from_what_they_are_made_of() {
        let is_source = |name: &str| is_source(Path::new(name));
        assert!(["crates/sip/src/lib.rs", "Cargo.lock", "README.md"].into_iter().all(is_source));
        assert!(!["config/lines.toml", "tests/data/sipp/uac.xml"].into_iter().any(is_source));
    }

    #[test]
    fn a_file_is_known_by_its_name_and_content() {
        let here = root().join("Cargo.toml");
        assert_eq!(sum(&[&here]), sum(&[&here]));
        assert_ne!(sum(&[&here]), sum(&[&root().join("README.md")]));
        let none: [&Path; 0] = [];
        assert_ne!(sum(&[&root().join("not-there")]), sum(&none));
    }
}
