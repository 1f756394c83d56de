//! Whenever the process is killed or the power fails, nothing that was acknowledged is lost.
//!
//! The real center, log and view work on a disk that kills the process at its n-th operation, or
//! loses what was not synced, or returns other bytes. After each failure the folder is opened again
//! and everything is compared: the acknowledgements, the log, its replay, the desk's invariants,
//! the view.
//!
//! - `workload`: a back office at work, from a seed.
//! - `disks`: disks that kill the process and disks that lose power.
//! - `verifier`: opens the folder after a failure and compares everything.

mod disks;
mod verifier;
mod workload;

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
};

use disks::{KillingDisk, PowerCutDisk};
use verifier::Verifier;
use workload::{Acknowledgement, Workload};

/// The process to be killed: this binary runs itself with its arguments in the environment.
#[test]
#[ignore = "is a part the other tests play"]
fn child_process() {
    let Ok(arguments) = std::env::var(PART) else { return };
    let mut arguments = arguments.split(' ');
    let mut number = || arguments.next().unwrap().parse::<u64>().unwrap();
    let (seed, operation) = (number(), number());
    let folder = std::env::var(FOLDER).unwrap();
    let mut out = std::io::stdout().lock();
    let mut workload =
        Workload::begin(Path::new(&folder), Box::new(KillingDisk::new(operation)), seed).unwrap();
    loop {
        // Each acknowledgement leaves the process as a line before anything else is done.
        workload.work(&mut |word| writeln!(out, "{word}").unwrap()).unwrap();
    }
}

/// Four back offices, each killed eighty times: at the first, second, third, … operation of its
/// disk, before it, in the middle of it or after it.
#[test]
fn kill_at_every_disk_operation_loses_nothing() {
    let kills: u64 = std::thread::scope(|scope| {
        let lanes: Vec<_> =
            (1..=4).map(|seed| scope.spawn(move || kill_repeatedly(seed))).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).sum()
    });
    assert_eq!(kills, 320);
}

fn kill_repeatedly(seed: u64) -> u64 {
    let root = tempfile::tempdir().unwrap();
    let mut verifier = Verifier::of(root.path());
    for operation in 1..=80 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_process", "--ignored", "--nocapture", "--test-threads=1"])
            .env(PART, format!("{seed} {operation}"))
            .env(FOLDER, root.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        for word in output.lines().filter_map(|line| Acknowledgement::parse(&line.unwrap())) {
            verifier.note(word);
        }
        let end = child.wait_with_output().unwrap();
        let why = String::from_utf8_lossy(&end.stderr);
        assert_eq!(end.status.signal(), Some(9), "seed {seed}, operation {operation}: {why}");
        verifier.check(&format!("seed {seed}, operation {operation}"));
    }
    assert!(verifier.records() > 500, "something was done: {} records", verifier.records());
    80
}

/// The power fails: of unsynced data any sectors are kept, of unsynced file names some.
#[test]
fn power_cut_at_every_disk_operation_loses_nothing() {
    let torn: u64 = std::thread::scope(|scope| {
        let lanes: Vec<_> = (1..=2)
            .map(|lane| {
                scope.spawn(move || (0..13).map(|n| power_fails(2 * n + lane)).sum::<u64>())
            })
            .collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).sum()
    });
    assert!(torn > 30, "the power went in the middle of a write: {torn} of 312 times");
}

/// Twelve power cuts of one folder; returns how many left a torn record.
fn power_fails(seed: u64) -> u64 {
    let root = tempfile::tempdir().unwrap();
    let mut verifier = Verifier::of(root.path());
    let mut torn = 0;
    for cut in 0..12 {
        // Early cuts hit the opening, which has few operations.
        let operation = if cut < 4 { cut + 1 } else { 5 + (seed * 31 + cut * 17) % 60 };
        let disk = Box::new(PowerCutDisk::new(operation, seed * 1_000 + cut));
        let mut tell = |word| verifier.note(word);
        if let Ok(mut workload) = Workload::begin(root.path(), disk, seed) {
            while workload.work(&mut tell).is_ok() {}
        }
        torn += u64::from(verifier.check(&format!("seed {seed}, cut {cut} at {operation}")));
    }
    torn
}

/// Changed bytes, truncated and missing files of the log: what is read is correct, and
/// the damage is reported.
#[test]
fn damaged_log_is_never_misread() {
    let root = tempfile::tempdir().unwrap();
    workload::fill(root.path(), 7, 120);
    let verifier = Verifier::of_intact(root.path());
    for seed in 0..150 {
        let damaged = tempfile::tempdir().unwrap();
        let what = disks::copy_damaged(
            &root.path().join("journal"),
            &damaged.path().join("journal"),
            seed,
        );
        verifier
            .check_damaged_log(&damaged.path().join("journal"), &format!("seed {seed}: {what}"));
    }
}

/// The same for the view: it reports the damage or agrees with the log, and can be rebuilt.
#[test]
fn damaged_view_is_rebuilt() {
    let root = tempfile::tempdir().unwrap();
    workload::fill(root.path(), 8, 60);
    let verifier = Verifier::of_intact(root.path());
    let mut noticed = 0;
    for seed in 0..60 {
        let damaged = tempfile::tempdir().unwrap();
        let what =
            disks::copy_damaged(&root.path().join("store"), &damaged.path().join("store"), seed);
        noticed += u64::from(
            verifier
                .check_damaged_view(&damaged.path().join("store"), &format!("seed {seed}: {what}")),
        );
    }
    assert!(noticed > 20, "it was damaged: {noticed} of 60 times");
}

/// The child's arguments: its seed, and the operation it is killed at.
const PART: &str = "HEARTLINE_TEST_DEATH";
/// The child's data folder.
const FOLDER: &str = "HEARTLINE_TEST_FOLDER";
