//! Starts from a snapshot, and from the log when the snapshot is missing or damaged.

mod support;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{Engine, Installation, ScriptedCaller};

#[test]
fn start_uses_the_snapshot_and_ignores_a_damaged_one() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    calls(&engine, 0, 3);
    let tickets = engine.list("/api/v1/tickets?limit=100");
    assert_eq!(tickets.len(), 3);
    engine.stop();
    let kept = installation.path("data/store/memory.kept");
    assert!(kept.is_file(), "a clean stop writes down what it remembers");

    // The start uses the snapshot and reads nothing of the log.
    let engine = installation.start();
    let last = remembered(&engine);
    assert!(last > 0, "{}", engine.output());
    assert_eq!(engine.list("/api/v1/tickets?limit=100"), tickets);
    calls(&engine, 3, 2);
    let five = numbers(&engine);
    assert_eq!(five.len(), 5, "none was given twice");
    engine.kill();

    // After a power cut the start uses the snapshot and the log since then.
    let engine = installation.start();
    assert_eq!(remembered(&engine), last);
    calls(&engine, 5, 1);
    let six = numbers(&engine);
    assert_eq!(six[1..], five);
    engine.stop();

    // A flipped bit: the snapshot is ignored and the log is read.
    let mut bytes = std::fs::read(&kept).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&kept, bytes).unwrap();
    let engine = installation.start();
    assert_eq!(remembered(&engine), 0);
    let output = engine.output();
    assert!(output.contains("the snapshot is not used"), "{output}");
    calls(&engine, 6, 1);
    assert_eq!(numbers(&engine)[1..], six);
    engine.stop();

    // A missing snapshot: the same.
    std::fs::remove_file(&kept).unwrap();
    let engine = installation.start();
    assert_eq!((remembered(&engine), numbers(&engine).len()), (0, 7));
}

#[test]
fn torn_log_end_is_recorded_once() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    calls(&engine, 0, 1);
    engine.kill();
    let segment = newest_segment(&installation.path("data/journal"));
    let mut log = OpenOptions::new().append(true).open(segment).unwrap();
    log.write_all(b"half a record").unwrap();
    drop(log);

    let engine = installation.start();
    let alarm = engine.events.wait("the alarm", is_damage);
    let text = alarm["of"]["text"].as_str().unwrap();
    assert!(text.contains("the last 13 bytes are not a complete record"), "{text}");
    let wall = engine.api.json("/api/v1/wallboard");
    assert_eq!(wall["alarms"]["log_damaged"].as_str(), Some(text), "{wall}");
    engine.stop();

    // The torn end was cut off: the next start reports nothing.
    let engine = installation.start();
    calls(&engine, 1, 1);
    let reports = installation.log().into_iter().filter(is_damage).count();
    assert_eq!(reports, 1);
}

/// Makes a number of calls, after `before` earlier ones, that are abandoned: each leaves a missed-call item.
fn calls(engine: &Engine<'_>, before: u32, count: u32) {
    for n in before..before + count {
        let caller = ScriptedCaller::new(engine.sip, "12345", n);
        caller.invite();
        let answer = caller.final_answer("INVITE").expect("an answer");
        caller.acknowledge(&answer);
        caller.hang_up(&answer);
    }
    let all = before + count;
    engine
        .events
        .wait_for_count("items", all as usize, |record| record["event"] == "MissedCallFiled");
}

fn is_damage(record: &Value) -> bool {
    record["event"] == "AlarmRaised" && record["of"]["alarm"] == "log_damaged"
}

/// The tickets' numbers, newest first.
fn numbers(engine: &Engine<'_>) -> Vec<u64> {
    let tickets = engine.list("/api/v1/tickets?limit=100");
    tickets.iter().map(|ticket| ticket["ticket"].as_u64().expect("a number")).collect()
}

/// The last record of the snapshot that the engine used at its start; 0 when it used none.
fn remembered(engine: &Engine<'_>) -> u64 {
    let output = engine.output();
    let said = output.split("restored the state of record ").nth(1).expect("it says so");
    let line = said.lines().next().expect("a line");
    let snapshot = line.split_once("from the snapshot of record ").map(|(_, rest)| rest);
    let Some(rest) = snapshot else {
        assert!(line.contains("from the log's first record"), "{line}");
        return 0;
    };
    rest.split(' ').next().and_then(|n| n.parse().ok()).expect("a number")
}

fn newest_segment(journal: &Path) -> PathBuf {
    let files = std::fs::read_dir(journal).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|e| e == "log")).max().unwrap()
}
