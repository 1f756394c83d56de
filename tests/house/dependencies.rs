//! The allowed dependencies between our crates, compared with `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::source::root;

/// Each crate and the crates of ours it may depend on. They point strictly downwards: drivers
/// first, values last.
const ALLOWED: &[(&str, &[&str])] = &[
    // Programs. The root package is the shipped binary; it and the simulator use no internals of a
    // driver.
    (
        "heartline",
        &[
            "players",
            "engine",
            "console",
            "courier",
            "settings",
            "ivr",
            "recorder",
            "journal",
            "store",
            "library",
            "press",
            "spreadsheet",
            "center",
            "sip",
            "media",
            "queue",
            "sim",
            "acd",
            "switch",
            "ticketing",
            "directory",
            "messaging",
            "knowledge",
            "deadlines",
            "workflow",
            "reporting",
            "stats",
            "model",
            "primitives",
        ],
    ),
    ("heartline-sim", &["sim", "settings"]),
    // Drivers.
    ("players", &["engine", "console", "settings", "journal", "sip", "media", "model"]),
    (
        "engine",
        &[
            "console",
            "courier",
            "settings",
            "recorder",
            "journal",
            "store",
            "library",
            "press",
            "center",
            "sip",
            "media",
            "queue",
            "switch",
            "acd",
            "ticketing",
            "directory",
            "messaging",
            "knowledge",
            "deadlines",
            "workflow",
            "reporting",
            "stats",
            "model",
        ],
    ),
    (
        "sim",
        &[
            "center",
            "switch",
            "acd",
            "ivr",
            "sip",
            "media",
            "queue",
            "ticketing",
            "directory",
            "deadlines",
            "workflow",
            "stats",
            "model",
        ],
    ),
    // Outgoing connections: the engine gives it the log, the center and a thread.
    ("courier", &["messaging", "model"]),
    // The interfaces for people: the console, the config and printed reports.
    (
        "console",
        &[
            "center",
            "store",
            "spreadsheet",
            "reporting",
            "ticketing",
            "directory",
            "messaging",
            "knowledge",
            "deadlines",
            "workflow",
            "stats",
            "model",
        ],
    ),
    (
        "settings",
        &[
            "switch",
            "acd",
            "ivr",
            "sip",
            "media",
            "reporting",
            "ticketing",
            "deadlines",
            "stats",
            "spreadsheet",
            "model",
        ],
    ),
    // Reports as documents; its tests build their own figures.
    (
        "press",
        &["reporting", "spreadsheet", "ticketing", "directory", "deadlines", "stats", "model"],
    ),
    // The machine.
    (
        "center",
        &[
            "switch",
            "acd",
            "ticketing",
            "directory",
            "messaging",
            "knowledge",
            "deadlines",
            "workflow",
            "stats",
            "sip",
            "media",
            "queue",
            "model",
        ],
    ),
    // Calls.
    ("switch", &["acd", "ivr", "queue", "sip", "media", "deadlines", "model"]),
    ("acd", &["queue", "model"]),
    ("recorder", &["media", "primitives"]),
    // Protocols, storage and counting.
    ("store", &["reporting", "ticketing", "stats", "model"]),
    ("library", &["knowledge", "model"]),
    ("sip", &["primitives"]),
    ("media", &["primitives"]),
    ("queue", &["primitives"]),
    ("ivr", &["primitives"]),
    // Counts what the back office decided.
    ("reporting", &["ticketing", "directory", "knowledge", "deadlines", "stats", "model"]),
    // The back office: tickets over who is responsible, by when, what is answered and what is sent.
    ("ticketing", &["directory", "messaging", "knowledge", "deadlines", "workflow", "model"]),
    ("directory", &["deadlines", "workflow", "spreadsheet", "model"]),
    ("messaging", &["workflow", "model"]),
    ("knowledge", &["workflow", "spreadsheet", "model"]),
    ("deadlines", &["model"]),
    ("workflow", &["model"]),
    ("journal", &["model"]),
    ("stats", &["model"]),
    // Tables as spreadsheet programs write them; depends on nothing of ours.
    ("spreadsheet", &[]),
    // Values and events.
    ("model", &["primitives"]),
    ("primitives", &[]),
    // Maintenance tasks.
    ("xtask", &[]),
];

#[test]
fn each_crate_depends_only_on_what_the_table_allows() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let ours: BTreeSet<&str> = allowed.keys().copied().collect();
    let mut faults = Vec::new();
    for (package, dependencies) in dependencies() {
        let may = allowed.get(package.as_str()).copied().unwrap_or_default();
        for dependency in dependencies {
            if ours.contains(dependency.as_str()) && !may.contains(&dependency.as_str()) {
                faults.push(format!("{package} must not know {dependency}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_crate_is_in_the_table() {
    let listed: BTreeSet<String> = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect();
    let built: BTreeSet<String> = dependencies().into_keys().collect();
    assert_eq!(built, listed);
}

#[test]
fn every_dependency_points_down() {
    let place = |name: &str| ALLOWED.iter().position(|(from, _)| *from == name);
    for (from, to) in ALLOWED {
        for below in *to {
            assert!(place(below) > place(from), "{from} -> {below} points up");
        }
    }
}

#[test]
fn every_crate_uses_the_workspace_lints() {
    for package in packages() {
        let manifest = package["manifest_path"].as_str().unwrap_or_default();
        let text = std::fs::read_to_string(manifest).unwrap();
        // `queue` lists them itself, since it also allows `cfg(loom)`.
        let listed = ["missing_docs", "unsafe_code", "unreachable_pub", "todo"]
            .iter()
            .all(|lint| text.contains(&format!("\n{lint} = ")));
        let inherited = text.contains("[lints]\nworkspace = true");
        assert!(inherited || listed, "{manifest} does not use the workspace lints");
    }
}

/// Every package of ours with everything it depends on, tests and build scripts included.
pub(crate) fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let all = |package: &Value| {
        package["dependencies"].as_array().into_iter().flatten().map(name).collect()
    };
    packages().iter().map(|package| (name(package), all(package))).collect()
}

pub(crate) fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().cloned().unwrap_or_default()
}
