//! However it dies, nothing that was acknowledged is lost.
//!
//! The real center, log and view work on a disk that kills the process at its n-th operation, or
//! loses what was not synced, or gives back other bytes. After each death the folder is opened
//! anew and everything is compared: what was told to people, the log, its replay, the desk's laws,
//! the view.
//!
//! - `life`: a back office at work, from a seed.
//! - `disks`: disks that kill and disks that forget.
//! - `heir`: who opens the folder after a death and looks at everything.

mod disks;
mod heir;
mod life;

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
};

use disks::{Forgetful, Killer};
use heir::Heir;
use life::{Life, Word};

/// One life, to its death by the kernel: played by this very binary, in a process of its own.
#[test]
#[ignore = "is a part the other tests play"]
fn a_life() {
    let Ok(told) = std::env::var(PART) else { return };
    let mut told = told.split(' ');
    let mut number = || told.next().unwrap().parse::<u64>().unwrap();
    let (seed, operation) = (number(), number());
    let folder = std::env::var(FOLDER).unwrap();
    let mut out = std::io::stdout().lock();
    let mut life = Life::begin(Path::new(&folder), Box::new(Killer::new(operation)), seed).unwrap();
    loop {
        // One line each, out of the process before anything else is done.
        life.work(&mut |word| writeln!(out, "{word}").unwrap()).unwrap();
    }
}

/// Four back offices, each killed eighty times: at the first, second, third operation of its
/// disk, before it, in the middle of it or after it.
#[test]
fn kill_at_every_disk_operation_loses_nothing() {
    let deaths: u64 = std::thread::scope(|scope| {
        let lanes: Vec<_> = (1..=4).map(|seed| scope.spawn(move || killed_again(seed))).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).sum()
    });
    assert_eq!(deaths, 320);
}

fn killed_again(seed: u64) -> u64 {
    let house = tempfile::tempdir().unwrap();
    let mut heir = Heir::of(house.path());
    for operation in 1..=80 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_life", "--ignored", "--nocapture", "--test-threads=1"])
            .env(PART, format!("{seed} {operation}"))
            .env(FOLDER, house.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        for word in said.lines().filter_map(|line| Word::parse(&line.unwrap())) {
            heir.is_told(word);
        }
        let end = child.wait_with_output().unwrap();
        let why = String::from_utf8_lossy(&end.stderr);
        assert_eq!(end.status.signal(), Some(9), "seed {seed}, operation {operation}: {why}");
        heir.takes_over(&format!("seed {seed}, operation {operation}"));
    }
    assert!(heir.records() > 500, "something was done: {} records", heir.records());
    80
}

/// The power goes: of what was not synced any sectors are there, of names not synced some.
#[test]
fn power_cut_at_every_disk_operation_loses_nothing() {
    let torn: u64 = std::thread::scope(|scope| {
        let lanes: Vec<_> = (1..=2)
            .map(|lane| scope.spawn(move || (0..13).map(|n| power_goes(2 * n + lane)).sum::<u64>()))
            .collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).sum()
    });
    assert!(torn > 30, "the power went in the middle of a write: {torn} of 312 times");
}

/// Twelve power cuts of one house; in how many something was left that was no whole record.
fn power_goes(seed: u64) -> u64 {
    let house = tempfile::tempdir().unwrap();
    let mut heir = Heir::of(house.path());
    let mut torn = 0;
    for cut in 0..12 {
        // Early ones fall into the opening, where few things happen.
        let operation = if cut < 4 { cut + 1 } else { 5 + (seed * 31 + cut * 17) % 60 };
        let disk = Box::new(Forgetful::new(operation, seed * 1_000 + cut));
        let mut tell = |word| heir.is_told(word);
        if let Ok(mut life) = Life::begin(house.path(), disk, seed) {
            while life.work(&mut tell).is_ok() {}
        }
        torn += u64::from(heir.takes_over(&format!("seed {seed}, cut {cut} at {operation}")));
    }
    torn
}

/// Bytes of the log that turn over, files that are shorter or gone: what is read is right, and
/// the rest is said.
#[test]
fn damaged_log_is_never_misread() {
    let house = tempfile::tempdir().unwrap();
    life::fill(house.path(), 7, 120);
    let heir = Heir::who_knows(house.path());
    for seed in 0..150 {
        let hurt = tempfile::tempdir().unwrap();
        let what = disks::hurt(&house.path().join("journal"), &hurt.path().join("journal"), seed);
        heir.reads_what_is_left(&hurt.path().join("journal"), &format!("seed {seed}: {what}"));
    }
}

/// The same of the view: it says that it is damaged or gives what the log says, and is made anew.
#[test]
fn damaged_view_is_rebuilt() {
    let house = tempfile::tempdir().unwrap();
    life::fill(house.path(), 8, 60);
    let heir = Heir::who_knows(house.path());
    let mut noticed = 0;
    for seed in 0..60 {
        let hurt = tempfile::tempdir().unwrap();
        let what = disks::hurt(&house.path().join("store"), &hurt.path().join("store"), seed);
        noticed +=
            u64::from(heir.sees_right(&hurt.path().join("store"), &format!("seed {seed}: {what}")));
    }
    assert!(noticed > 20, "it was damaged: {noticed} of 60 times");
}

/// What the child is told: its seed, and the operation it dies at.
const PART: &str = "HEARTLINE_TEST_DEATH";
/// Where its hotline lives.
const FOLDER: &str = "HEARTLINE_TEST_FOLDER";
