//! Which tests have passed as they are.
//!
//! A test program that is byte for byte what it was when its tests passed,
//! among the same files and beside the same engine, has nothing new to say. So
//! after a change of a line only what was built anew is run. What passed is
//! remembered in the build's folder and gone with it: a clean build runs all.

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
    let engine = sum(&[&target().join("debug/heartline")]);
    let mut programs = Programs::new();
    for (id, program) in listed["rust-binaries"].as_object().into_iter().flatten() {
        let path = program["binary-path"].as_str().unwrap_or_default();
        let mut all = DefaultHasher::new();
        (sum(&[Path::new(path)]), sum(&files.others)).hash(&mut all);
        if id.starts_with("heartline") {
            engine.hash(&mut all);
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
const READ_SOURCES: [&str; 4] =
    ["backoffice::requirements", "heartline::house", "settings::calendar", "settings::shipped"];

fn remembered() -> PathBuf {
    target().join("tests-passed")
}

/// What is in the tree: sources, which are in the programs, with what is written about them; and
/// what any test may read.
struct Files {
    sources: Vec<PathBuf>,
    others: Vec<PathBuf>,
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
