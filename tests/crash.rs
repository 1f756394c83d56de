//! Power cuts and damaged files: acknowledged records are kept, recordings can be played.

mod support;

use std::fs::OpenOptions;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use support::sipp::Calls;
use support::{Installation, Phone, ScriptedCaller, Side, Sipp, Wav};

#[test]
fn power_cut_during_twenty_calls_loses_no_acknowledged_record_and_at_most_a_second_of_voice() {
    const TALKS: u32 = 20;
    let installation = Installation::with_seats(TALKS);
    let engine = installation.start();
    let seats: Vec<Phone> = (0..TALKS).map(|n| engine.ready_seat(1001 + n, 700)).collect();
    let calls = Calls { scenario: "stay", calls: TALKS, tone: 1_000, ..Calls::default() };
    let callers = Sipp::start(engine.sip, &calls);
    engine.events.wait_for_count("talks", TALKS as usize, |r| r["event"] == "CallConnected");
    seats[0].talks_for(Duration::from_secs(4));
    let killed_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    engine.kill();

    let engine = installation.start();
    // No party stays in a dead call: this scenario's caller waits for BYE, and so does the seat.
    callers.finish();
    for seat in &seats {
        seat.wait_for("CALL_CLOSED");
    }
    let ended = engine.events.wait_for_count("ends", TALKS as usize, |record| {
        record["event"] == "CallEnded" && record["of"]["end"] == "node_failed"
    });
    engine.events.wait_for_count("tickets", TALKS as usize, |r| r["event"] == "TicketOpened");
    let salvaged = engine.events.wait_for_count("salvaged recordings", TALKS as usize, |record| {
        record["event"] == "RecordingSalvaged"
    });
    for record in &salvaged {
        let call = record["of"]["call"].as_str().unwrap();
        let started = engine.events.wait_for_call("RecordingStarted", call);
        let lived = killed_at - started["at"].as_f64().unwrap() / 1e6;
        let wav = Wav::read(
            &installation.path("recordings").join(record["of"]["file"].as_str().unwrap()),
        );
        let length = wav.seconds();
        assert!(length > lived - 1.0, "call {call}: {length} s of {lived} s are playable");
        assert!(length < lived + 1.0, "call {call}: {length} s of {lived} s");
        let caller = wav.tone_seconds(Side::Caller, 1_000.0);
        assert!(caller > lived - 2.0, "call {call}: the caller {caller} s of {lived} s");
        let seat = wav.tone_seconds(Side::Hotline, 700.0);
        assert!(seat > lived - 2.0, "call {call}: the seat {seat} s of {lived} s");
        assert_eq!(engine.call(call)["end"], "node_failed");
        assert!(engine.call(call)["ticket"].is_u64(), "call {call} has its ticket");
    }
    assert_eq!(ended.len(), TALKS as usize);
    let tickets = engine.list("/api/v1/tickets?limit=100");
    assert_eq!(tickets.len(), TALKS as usize);

    // Later calls work: no seat or port is held by the old calls.
    engine.is_ready_again(1001);
    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    engine.events.wait_for_count("one more talk", TALKS as usize + 1, |record| {
        record["event"] == "CallConnected"
    });
    engine.stop();
    installation.ok(&["log", "verify"]);
    assert_no_hole(&installation.log());
}

#[test]
fn log_cut_inside_a_record_opens_and_continues() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    for number in 0..5 {
        let call = ScriptedCaller::new(engine.sip, "12345", number);
        call.invite();
        assert_eq!(call.finish(), 200);
    }
    engine.events.wait_for_count("missed calls", 5, |r| r["event"] == "MissedCallFiled");
    engine.kill();
    let before = installation.log();

    let newest = newest_segment(&installation);
    let file = OpenOptions::new().write(true).open(&newest).unwrap();
    let length = file.metadata().unwrap().len();
    file.set_len(length - 7).unwrap();
    drop(file);

    let engine = installation.start();
    let call = ScriptedCaller::new(engine.sip, "12345", 6);
    call.invite();
    assert_eq!(call.finish(), 200);
    let last = before.len() as u64;
    engine.events.wait("a missed call after the cut", |record| {
        record["event"] == "MissedCallFiled" && record["seq"].as_u64() > Some(last)
    });
    engine.stop();
    installation.ok(&["log", "verify"]);
    let after = installation.log();
    assert_no_hole(&after);
    // All records but the cut one are unchanged.
    let kept = before.len() - 1;
    assert_eq!(after[..kept], before[..kept]);
}

#[test]
fn damaged_view_is_rebuilt_from_the_log() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    for number in 0..5 {
        let call = ScriptedCaller::new(engine.sip, "12345", number);
        call.invite();
        assert_eq!(call.finish(), 200);
    }
    engine.events.wait_for_count("missed calls", 5, |r| r["event"] == "MissedCallFiled");
    let before = engine.list("/api/v1/tickets");
    assert_eq!(before.len(), 5);
    engine.stop();

    let mut garbled = 0;
    for file in files(&installation.path("data/store")) {
        let mut bytes = std::fs::read(&file).unwrap();
        for byte in bytes.iter_mut().step_by(13) {
            *byte ^= 0xA5;
        }
        garbled += bytes.len();
        std::fs::write(&file, bytes).unwrap();
    }
    assert!(garbled > 0, "there was a view to garble");
    let engine = installation.start();
    assert_eq!(engine.list("/api/v1/tickets"), before);
    engine.stop();

    installation.ok(&["store", "rebuild"]);
    let engine = installation.start();
    assert_eq!(engine.list("/api/v1/tickets"), before);
}

#[test]
fn backup_of_a_running_engine_is_complete() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let call = ScriptedCaller::new(engine.sip, "12345", 1);
    call.invite();
    assert_eq!(call.finish(), 200);
    engine.events.wait_for("MissedCallFiled");
    let seen = engine.events.so_far();
    installation.ok(&["backup", "copy"]);
    installation.ok(&["log", "verify", "--data", "copy"]);
    let copied = installation.ok(&["log", "cat", "--data", "copy"]);
    for record in &seen {
        let seq = record["seq"].as_u64().unwrap();
        let line = copied.lines().nth(seq as usize - 1).expect("the record is in the copy");
        assert_eq!(serde_json::from_str::<Value>(line).unwrap()["event"], record["event"]);
    }
}

fn assert_no_hole(log: &[Value]) {
    for (place, record) in log.iter().enumerate() {
        assert_eq!(record["seq"].as_u64(), Some(place as u64 + 1), "{record}");
    }
}

fn newest_segment(installation: &Installation) -> PathBuf {
    let segments = files(&installation.path("data/journal"));
    let logs = segments.into_iter().filter(|path| path.extension().is_some_and(|e| e == "log"));
    logs.max().expect("the journal has a segment")
}

/// Every file below a folder.
fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
