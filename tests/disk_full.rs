//! A disk that fills up and has room again: calls go on, acknowledged records are kept, alarms are up.

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{Engine, Installation, Phone, ScriptedCaller, Side, SmallDisk, until};

const CALLER: u32 = 1_000;
const SEAT: u32 = 700;

#[test]
fn full_recording_disk_keeps_the_partial_file_and_the_call() {
    let installation = Installation::with_seats(2);
    let disk = SmallDisk::new(4_096);
    installation.move_to("recordings", &disk);
    let engine = installation.start();
    let seat = engine.ready_seat(1001, SEAT);
    let caller = Phone::caller("13800001111", CALLER);
    caller.dial("12345", engine.sip);
    let connected = engine.events.wait_for("CallConnected");
    let call = connected["of"]["call"].as_str().unwrap();
    caller.talks_for(Duration::from_secs(3));

    disk.fill_but(16 << 10);
    let failed = engine.events.wait_for_call("RecordingFailed", call);
    assert!(failed["of"]["why"].as_str().unwrap().contains("writing failed after"), "{failed}");
    engine.events.wait_for_count("the alarm of the disk", 1, |record| {
        record["event"] == "AlarmRaised" && record["of"]["alarm"] == "recording_disk_full"
    });
    until("it is on the wall", || alarms(&engine)["recording_disk_full"].as_str().map(drop));
    // The voice path is not affected.
    caller.talks_for(Duration::from_secs(3));
    caller.hang_up();
    let ended = engine.events.wait_for_call("CallEnded", call);
    assert_eq!(ended["of"]["end"], "caller_hung_up");
    seat.wait_for("CALL_CLOSED");
    let heard = seat.heard().pop().expect("the seat heard a voice");
    assert!(heard.tone_seconds(Side::Caller, CALLER.into()) > 5.0);

    // The next call is served too, and its missing recording is on record.
    let second = ScriptedCaller::new(engine.sip, "12345", 2);
    second.invite();
    assert_eq!(second.finish(), 200);
    engine.events.wait_for_count("two calls unrecorded", 2, |r| r["event"] == "RecordingFailed");

    disk.make_room();
    engine.events.wait("the alarm is over", |record| {
        record["event"] == "AlarmCleared" && record["of"]["alarm"] == "recording_disk_full"
    });
    let wav = engine.recording(call);
    let kept = wav.tone_seconds(Side::Caller, CALLER.into());
    assert!(kept > 2.5 && wav.tone_seconds(Side::Hotline, SEAT.into()) > 2.5, "{kept} s");
    let cdr = engine.call(call);
    assert_eq!(cdr["recording_fault"], failed["of"]["why"]);
    assert!(
        (cdr["recording_ms"].as_f64().unwrap() / 1_000.0 - wav.seconds()).abs() < 0.01,
        "{cdr}"
    );

    // The following call is recorded again.
    let third = ScriptedCaller::new(engine.sip, "12345", 3);
    third.invite();
    assert_eq!(third.finish(), 200);
    engine.events.wait_for_count("two recordings", 2, |r| r["event"] == "RecordingClosed");
    engine.stop();
    installation.ok(&["log", "verify"]);
}

#[test]
fn full_log_disk_refuses_calls_and_loses_no_acknowledged_record() {
    let installation = Installation::with_seats(2);
    let disk = SmallDisk::new(16 << 10);
    installation.move_to("data", &disk);
    let engine = installation.start();
    let _seat = engine.ready_seat(1001, SEAT);
    let caller = Phone::caller("13800001111", CALLER);
    caller.dial("12345", engine.sip);
    let connected = engine.events.wait_for("CallConnected");
    let call = connected["of"]["call"].as_str().unwrap();
    engine.events.wait_for_call("TicketOpened", call);
    let acknowledged = engine.events.so_far();

    disk.fill_but(0);
    // Commands are answered with an error.
    // Records that fit into the page already allocated are still written and acknowledged.
    let mut verbs = ["login", "logout"].iter().cycle();
    let refused = until("a caller is refused", || {
        let verb = verbs.next().unwrap();
        let answer = engine.api.post(&format!("/api/v1/seats/1002/{verb}"), &json!({}));
        (answer.status >= 300).then_some(answer.status)
    });
    assert_eq!(refused, 503);
    let text =
        until("the alarm is up", || alarms(&engine)["log_failed"].as_str().map(str::to_owned));
    assert!(text.contains("No space left"), "{text}");
    assert_eq!(engine.api.get("/readyz").status, 503);
    // New callers get 503 with Retry-After; the call goes on.
    let turned_away = ScriptedCaller::new(engine.sip, "12345", 2);
    turned_away.invite();
    let answer = turned_away.final_answer("INVITE").expect("an answer");
    turned_away.acknowledge(&answer);
    assert_eq!((answer.status, answer.retry_after.as_deref()), (503, Some("30")));
    caller.talks_for(Duration::from_secs(3));

    disk.make_room();
    let cleared = engine.events.wait("the alarm is over", |r| {
        r["event"] == "AlarmCleared" && r["of"]["alarm"] == "log_failed"
    });
    until("it is well again", || engine.is_healthy().then_some(()));
    assert_eq!(alarms(&engine)["log_failed"], Value::Null);
    caller.hang_up();
    engine.events.wait_for_call("CallEnded", call);
    let refused = engine.events.wait_for("CallRefused");
    assert_eq!(refused["of"]["cause"], "log_failed");
    engine.events.wait_for_call("MissedCallFiled", refused["of"]["call"].as_str().unwrap());
    // The lists are up to date again: a view without disk space reads the log again within a second.
    until("the lists follow", || (engine.call(call)["end"] == "caller_hung_up").then_some(()));
    assert_eq!(engine.list("/api/v1/tickets").len(), 2);
    let next = ScriptedCaller::new(engine.sip, "12345", 3);
    next.invite();
    assert_eq!(next.finish(), 200);

    engine.stop();
    installation.ok(&["log", "verify"]);
    let log = installation.log();
    for record in &acknowledged {
        let seq = record["seq"].as_u64().unwrap() as usize;
        assert_eq!(&log[seq - 1]["event"], &record["event"]);
    }
    assert!(log.iter().any(|record| record["seq"] == cleared["seq"]));
}

fn alarms(engine: &Engine<'_>) -> Value {
    engine.api.json("/api/v1/wallboard")["alarms"].clone()
}
