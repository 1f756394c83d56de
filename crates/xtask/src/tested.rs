//! Which tests have passed as they are.
//!
//! A test program that is byte for byte the one whose tests passed, with the same files and the same
//! engine beside it, gives the same result. So after a change of a line only what was built again is
//! run; tests that start the engine are run again when a crate that they are about has changed. The
//! list of what passed is in the build folder; a clean build runs everything.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::step::{Failure, cargo_command, root, target};

/// Test programs by their names, each with a hash of everything its tests depend on.
pub(crate) type Programs = BTreeMap<String, String>;

/// Builds the test programs and hashes them.
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
        match id.strip_prefix("heartline::") {
            Some(test) if !WITHOUT_ENGINE.contains(&test) => {
                sum(&files.engine_for(test)).hash(&mut all);
            }
            _ => {}
        }
        if READ_SOURCES.contains(&id.as_str()) {
            sum(&files.sources).hash(&mut all);
        }
        programs.insert(id.clone(), format!("{:016x}", all.finish()));
    }
    Ok(programs)
}

/// The programs that have passed, as last written down.
pub(crate) fn passed() -> Programs {
    let text = fs::read_to_string(remembered()).unwrap_or_default();
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    pairs.map(|(sum, id)| (id.to_owned(), sum.to_owned())).collect()
}

/// Writes down what has passed. If that fails, the next run only takes longer.
pub(crate) fn remember(passed: &Programs) {
    let lines: Vec<String> = passed.iter().map(|(id, sum)| format!("{sum} {id}\n")).collect();
    let _not_kept = fs::write(remembered(), lines.concat());
}

/// The programs that have changed since they passed.
pub(crate) fn changed<'a>(now: &'a Programs, passed: &Programs) -> Vec<&'a str> {
    let new = now.iter().filter(|(id, sum)| passed.get(*id) != Some(*sum));
    new.map(|(id, _)| id.as_str()).collect()
}

/// Tests that read the sources, or the documents about them.
const READ_SOURCES: [&str; 2] = ["heartline::house", "settings::settings"];

/// Tests at the top that start no engine: all they run is in their own program.
const WITHOUT_ENGINE: [&str; 5] = ["durability", "fuzz", "house", "seeds", "stories"];

/// Tests of the engine that place no call, and the crates that only calls go through.
const DESK_TESTS: [&str; 8] =
    ["channels", "compat", "config", "copies", "courier", "people", "recall", "reports"];
const CALL_CRATES: [&str; 6] = ["acd", "media", "queue", "recorder", "sip", "switch"];

/// Tests of calls and voices, and the crates that have no part in them.
const CALL_TESTS: [&str; 10] = [
    "call_path",
    "crash",
    "disk_full",
    "in_the_call",
    "instruments",
    "liveness",
    "proxy",
    "resources",
    "restart",
    "sip_torture",
];
const DESK_CRATES: [&str; 4] = ["courier", "library", "press", "reporting"];

/// The crates that have no part in a test of the engine, though the program has them all.
fn unrelated_crates(test: &str) -> &'static [&'static str] {
    match test {
        test if DESK_TESTS.contains(&test) => &CALL_CRATES,
        test if CALL_TESTS.contains(&test) => &DESK_CRATES,
        _ => &[],
    }
}

fn remembered() -> PathBuf {
    target().join("tests-passed")
}

/// A folder of the tree that has checks of its own, such as the page.
pub(crate) struct Checked {
    note: PathBuf,
    sum: String,
}

impl Checked {
    /// Hashes what is below this folder now.
    pub(crate) fn below(folder: &str) -> Result<Checked, Failure> {
        let files = files()?;
        let below = root().join(folder);
        let inside =
            files.sources.iter().chain(&files.others).filter(|path| path.starts_with(&below));
        let sum = format!("{:016x}", sum(&inside.collect::<Vec<_>>()));
        Ok(Checked { note: target().join(format!("checked-{}", folder.replace('/', "-"))), sum })
    }

    /// Whether its checks have passed as it is.
    pub(crate) fn has_passed(&self) -> bool {
        fs::read_to_string(&self.note).is_ok_and(|known| known == self.sum)
    }

    /// Writes down that its checks have passed. If that fails, the next run only takes longer.
    pub(crate) fn remember(&self) {
        let _not_kept = fs::write(&self.note, &self.sum);
    }
}

/// The files of the tree: sources with their documents, which are built into programs, and the
/// others, which any test may read.
struct Files {
    sources: Vec<PathBuf>,
    others: Vec<PathBuf>,
}

impl Files {
    /// The sources of the engine that have a part in a test.
    fn engine_for(&self, test: &str) -> Vec<&PathBuf> {
        let crates = root().join("crates");
        let unrelated = unrelated_crates(test)
            .iter()
            .chain(&["xtask", "sim", "heartline-sim"])
            .map(|name| crates.join(name));
        let unrelated: Vec<PathBuf> = unrelated.collect();
        let has_part = |path: &&PathBuf| {
            let is_of_engine = path.starts_with(&crates) || path.parent() == Some(root().as_path());
            let is_code = path.extension().is_none_or(|ending| ending != "md");
            let is_test = path.components().any(|part| part.as_os_str() == "tests");
            is_of_engine
                && is_code
                && !is_test
                && !unrelated.iter().any(|folder| path.starts_with(folder))
        };
        self.sources.iter().filter(has_part).collect()
    }
}

fn files() -> Result<Files, Failure> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .map_err(|error| Failure::unavailable(format!("git did not start: {error}")))?;
    if !listed.status.success() {
        let why = "this folder is not a git repository; the tests need a clone".to_owned();
        return Err(Failure::unavailable(why));
    }
    let names = listed.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let paths = names.map(|name| root().join(String::from_utf8_lossy(name).as_ref()));
    let (sources, others) = paths.partition(|path| is_source(path));
    Ok(Files { sources, others })
}

/// Whether a file is built into programs or only read by people.
fn is_source(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    let stem = path.file_stem().unwrap_or_default();
    ending == "rs" || ending == "md" || stem == "Cargo"
}

/// A hash over names and contents; a missing file has a hash of its own.
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
    fn unchanged_program_is_not_run_again() {
        let of = |pairs: &[(&str, &str)]| -> Programs {
            pairs.iter().map(|(id, sum)| ((*id).to_owned(), (*sum).to_owned())).collect()
        };
        let now = of(&[("acd", "1"), ("sip", "2"), ("sip::storm", "3")]);
        assert_eq!(changed(&now, &of(&[("acd", "1"), ("sip", "9")])), ["sip", "sip::storm"]);
        assert_eq!(changed(&now, &now), Vec::<&str>::new());
    }

    #[test]
    fn engine_test_depends_on_its_crates_only() {
        let files = files().unwrap();
        let has = |test: &str, name: &str| {
            let folder = root().join("crates").join(name);
            files.engine_for(test).iter().any(|path| path.starts_with(&folder))
        };
        assert!(has("call_path", "media") && !has("call_path", "press"));
        assert!(has("reports", "press") && !has("reports", "media"));
        assert!(!has("call_path", "xtask"));
        assert!(has("console", "media") && has("console", "press") && has("reports", "center"));
        let lock = root().join("Cargo.lock");
        assert!(files.engine_for("reports").contains(&&lock));
        let crates = CALL_CRATES.iter().chain(&DESK_CRATES);
        let missing: Vec<_> =
            crates.filter(|name| !root().join("crates").join(name).exists()).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let tests = DESK_TESTS.iter().chain(&CALL_TESTS);
        let missing_tests = tests.filter(|test| !root().join(format!("tests/{test}.rs")).exists());
        assert_eq!(missing_tests.count(), 0);
    }

    #[test]
    fn tests_without_engine_do_not_start_it() {
        for test in WITHOUT_ENGINE {
            let (file, folder) = (format!("tests/{test}.rs"), format!("tests/{test}/main.rs"));
            let source = fs::read_to_string(root().join(file))
                .or_else(|_| fs::read_to_string(root().join(folder)))
                .unwrap();
            assert!(!source.contains("mod support;"), "{test} starts the engine");
        }
    }

    #[test]
    fn sources_are_told_from_files_that_tests_read() {
        let is_source = |name: &str| is_source(Path::new(name));
        assert!(["crates/sip/src/lib.rs", "Cargo.lock", "README.md"].into_iter().all(is_source));
        assert!(!["config/lines.toml", "tests/data/sipp/uac.xml"].into_iter().any(is_source));
    }

    #[test]
    fn hash_depends_on_name_and_content() {
        let here = root().join("Cargo.toml");
        assert_eq!(sum(&[&here]), sum(&[&here]));
        assert_ne!(sum(&[&here]), sum(&[&root().join("README.md")]));
        let none: [&Path; 0] = [];
        assert_ne!(sum(&[&root().join("not-there")]), sum(&none));
    }
}
