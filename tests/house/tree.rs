//! The top level of the repository, and strings that no file may contain.

use std::collections::BTreeSet;
use std::process::Command;

use crate::dependencies::packages;
use crate::source::root;

/// Entries that the top level must have.
const REQUIRED: &[&str] =
    &["Cargo.toml", "crates", "config", "recordings", "benches", "tests", "README.md"];

/// Entries that the top level may have; names that start with a dot are allowed.
const USUAL: &[&str] = &[
    "Cargo.lock",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "deny.toml",
    "docs",
    "fuzz",
    "packaging",
    "rust-toolchain.toml",
];

#[test]
fn top_level_has_the_expected_files_only() {
    let top: BTreeSet<String> = files()
        .iter()
        .filter_map(|path| path.split('/').next())
        .filter(|name| !name.starts_with('.'))
        .map(str::to_owned)
        .collect();
    let known: BTreeSet<String> =
        REQUIRED.iter().chain(USUAL).map(|name| name.to_string()).collect();
    let stray: Vec<_> = top.difference(&known).collect();
    assert!(stray.is_empty(), "nothing else belongs at the top: {stray:?}");
    let missing: Vec<_> = REQUIRED.iter().filter(|name| !top.contains(**name)).collect();
    assert!(missing.is_empty(), "missing at the top: {missing:?}");
}

/// The README's first command is `cargo run`; with several binaries in the workspace the default
/// must be set.
#[test]
fn cargo_run_starts_the_hotline() {
    let runs: Vec<_> =
        packages().iter().filter_map(|p| p["default_run"].as_str().map(str::to_owned)).collect();
    assert_eq!(runs, ["heartline"]);
}

/// A merge that keeps both sides of a line duplicates it.
#[test]
fn crates_and_packages_are_listed_once_in_the_readme() {
    let map = std::fs::read_to_string(root().join("crates/README.md")).unwrap();
    let mut seen = BTreeSet::new();
    let mut section = "";
    for line in map.lines() {
        if line.starts_with("## ") {
            section = line;
        }
        let name = line.strip_prefix("| ").and_then(|rest| rest.split(" | ").next());
        let Some(name) = name else { continue };
        assert!(seen.insert((section, name)), "{section}: {name} stands twice");
    }
    assert!(seen.len() > 50, "the map's tables are still found");
}

#[test]
fn no_file_names_the_machine_it_was_written_on() {
    // Put together here, so that this file does not name them either.
    let paths = [
        concat!("/wo", "rk/"),
        concat!("/tmp/tar", "get"),
        concat!("/ho", "me/"),
        concat!("/Us", "ers/"),
        concat!("/ro", "ot/"),
        concat!("C:\\", "Users"),
    ];
    let mut faults = Vec::new();
    for path in files() {
        // Binary files are skipped.
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else { continue };
        for (number, line) in text.lines().enumerate() {
            if let Some(found) = paths.iter().find(|name| line.contains(**name)) {
                faults.push(format!("{path}:{}: names {found}", number + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn recordings_folder_has_only_its_ignore_file() {
    let inside: Vec<String> =
        files().into_iter().filter(|path| path.starts_with("recordings/")).collect();
    assert_eq!(inside, ["recordings/.gitignore"]);
}

/// Every file git tracks or would add, relative to the root.
fn files() -> Vec<String> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout)
        .split_terminator('\0')
        .filter(|path| root().join(path).exists())
        .map(str::to_owned)
        .collect()
}
