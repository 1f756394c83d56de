//! Shortage of resources: priorities, alarms and records.

mod support;

use serde_json::{Value, json};
use support::{Installation, ScriptedCaller, TRUNK, Wire, until};

/// The seat's tone.
const SEAT: u32 = 700;

/// Callers use all the ports they may use, and a free seat still rings.
#[test]
fn free_seat_rings_when_callers_use_all_voice_ports() {
    let installation = Installation::with_seats(1).with_pairs(4);
    let engine = installation.start();
    let seat = engine.slow_seat(1001, SEAT);
    engine.ask(1001, "not-ready", &json!({ "reason": "break" }));
    engine.events.wait_for("SeatNotReady");

    // Four pairs: three callers, and one pair for the seat that is signed in.
    let callers: Vec<ScriptedCaller> =
        (1..=4).map(|n| ScriptedCaller::new(engine.sip, "12345", n)).collect();
    let answers: Vec<_> = callers
        .iter()
        .map(|caller| {
            caller.invite();
            let answer = caller.final_answer("INVITE").expect("every INVITE is answered");
            caller.acknowledge(&answer);
            answer
        })
        .collect();
    let codes: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(codes, [200, 200, 200, 503]);
    assert!(answers[3].retry_after.is_some());
    let refused = engine.events.wait_for("CallRefused");
    assert_eq!(refused["of"]["cause"], "no_ports");
    engine.events.wait("the alarm", |record| {
        record["event"] == "AlarmRaised" && record["of"]["alarm"] == "voice_ports_short"
    });

    engine.ask(1001, "ready", &json!({}));
    seat.wait_for("CALL_INCOMING");
    seat.accept();
    let connected = engine.events.wait_for("CallConnected");
    assert_eq!(connected["of"]["seat"], 1001);
    assert_eq!(engine.events.count("OfferMissed"), 0);
    for (caller, answer) in callers.iter().zip(&answers).take(3) {
        caller.hang_up(answer);
    }
    // The refused caller has a missed-call item.
    engine.events.wait_for_call("MissedCallFiled", refused["of"]["call"].as_str().unwrap());
}

/// While the engine drains it is not ready; waiting callers hear an announcement.
#[test]
fn draining_engine_is_not_ready_and_announces_to_waiting_callers() {
    let installation = Installation::with_seats(1);
    installation.edit("heartline.toml", |text| text + "[notices]\nsorry = [\"denied\"]\n");
    let mut engine = installation.start();
    let caller = ScriptedCaller::new(engine.sip, "12345", 1);
    caller.invite();
    let answer = caller.final_answer("INVITE").expect("an answer");
    caller.acknowledge(&answer);
    engine.events.wait_for("CallQueued");
    assert_eq!(engine.api.get("/readyz").status, 200);
    engine.begin_stop();
    until("the engine says that it stops", || {
        let answer = engine.api.get("/readyz");
        (answer.status == 503 && answer.text().contains("stop")).then_some(())
    });
    engine.wait_for_end();

    let log = installation.log();
    let the = |event: &str| -> Value {
        log.iter().find(|record| record["event"] == event).cloned().expect("on record")
    };
    assert_eq!(the("CallLeftQueue")["of"]["exit"], "draining");
    assert_eq!(the("CallEnded")["of"]["end"], "drained");
    // The prompt is 0.6 s long, and nothing plays it faster.
    let at = |event: &str| the(event)["at"].as_u64().expect("a time");
    assert!(at("CallEnded") - at("CallLeftQueue") >= 500_000, "the prompt was cut off");
    assert_eq!(log.last().expect("records")["event"], "EngineStopped");
}

/// Without a free file descriptor two alarms are up and calls go on unrecorded.
#[test]
fn descriptor_shortage_raises_alarms_and_calls_go_on() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let alarm = |kind: &'static str, alarm: &'static str| {
        let what = format!("{alarm}: {kind}");
        engine
            .events
            .wait(&what, |record| record["event"] == kind && record["of"]["alarm"] == alarm)
    };
    // Below every descriptor in use, so that one that is closed leaves no room for another.
    engine.limit_descriptors(3);
    alarm("AlarmRaised", "descriptors_short");
    let caller = ScriptedCaller::new(engine.sip, "12345", 1);
    caller.invite();
    let answer = caller.final_answer("INVITE").expect("an answer");
    assert_eq!(answer.status, 200, "the call continues unrecorded");
    caller.acknowledge(&answer);
    let failed = engine.events.wait_for("RecordingFailed");
    assert!(failed["of"]["why"].as_str().unwrap().contains("the file could not be created"));
    alarm("AlarmRaised", "recording_fails");

    engine.limit_descriptors(10_000);
    alarm("AlarmCleared", "descriptors_short");
    caller.hang_up(&answer);
    let next = ScriptedCaller::new(engine.sip, "12345", 2);
    next.invite();
    assert_eq!(next.finish(), 200);
    engine.events.wait_for("RecordingStarted");
}

/// Faulty INVITEs as carriers' equipment sends them, with our answers.
#[test]
fn protocol_refusals_are_recorded_and_owed_a_callback() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let wire = Wire::new(TRUNK, engine.sip);
    let cases = [
        (400, "bad_request", ("Max-Forwards: 70\r\n", "Max-Forwards: 70\r\nMax-Forwards: 7\r\n")),
        (420, "unsupported_extension", ("Max-Forwards: 70", "Max-Forwards: 70\r\nRequire: 100rel")),
        (415, "unsupported_body", ("application/sdp", "text/plain")),
        (488, "no_codec", ("RTP/AVP 8", "RTP/AVP 18")),
        (416, "unsupported_uri", ("INVITE sip:12345@", "INVITE urn:service:sos")),
    ];
    for (n, (code, cause, (part, instead))) in cases.iter().enumerate() {
        wire.send(invite(&wire, n, part, instead).as_bytes());
        let call = engine.events.wait(&format!("{cause} is on record"), |record| {
            record["event"] == "CallRefused" && record["of"]["cause"] == *cause
        });
        assert_eq!(call["of"]["code"], *code);
        assert_eq!(call["of"]["trunk"], "carrier");
        assert_eq!(
            call["of"]["caller"],
            format!("139****100{n}"),
            "the stream has no whole number"
        );
        engine.events.wait_for_call("MissedCallFiled", call["of"]["call"].as_str().unwrap());
    }
    let items = engine.list("/api/v1/tickets?kind=missed_call");
    assert_eq!(items.len(), cases.len());
}

/// Many attempts of one caller and one missed-call item.
#[test]
fn refused_attempts_of_one_caller_share_one_item() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let wire = Wire::new(TRUNK, engine.sip);
    for n in 0..5 {
        let text = invite(&wire, n, "RTP/AVP 8", "RTP/AVP 18");
        let text = text.replace(&format!("1390000100{n}"), "13900001000");
        wire.send(text.as_bytes());
        let refused = |record: &Value| record["event"] == "CallRefused";
        engine.events.wait_for_count("refusals", n + 1, refused);
    }
    engine.events.wait_for_count("repeats", 4, |r| r["event"] == "MissedCallRepeated");
    until("the view has followed", || {
        let items = engine.list("/api/v1/tickets?kind=missed_call");
        (items.len() == 1 && items[0]["missed_again"] == 4).then_some(())
    });
}

/// An INVITE of caller number `n`, with one part of it changed.
fn invite(wire: &Wire, n: usize, part: &str, instead: &str) -> String {
    let us = wire.address();
    let body = format!(
        "v=0\r\no=- 1 1 IN IP4 {TRUNK}\r\ns=-\r\nc=IN IP4 {TRUNK}\r\nt=0 0\r\n\
         m=audio 4000 RTP/AVP 8\r\n"
    )
    .replace(part, instead);
    let head = format!(
        "INVITE sip:12345@localhost SIP/2.0\r\n\
         Via: SIP/2.0/UDP {us};branch=z9hG4bKr{n};rport\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:1390000100{n}@{us}>;tag=r{n}\r\n\
         To: <sip:12345@localhost>\r\n\
         Call-ID: refused-{n}@{us}\r\n\
         CSeq: 1 INVITE\r\n\
         Contact: <sip:1390000100{n}@{us}>\r\n\
         Content-Type: application/sdp\r\n"
    )
    .replace(part, instead);
    let head = head.replace("urn:service:soslocalhost", "urn:service:sos");
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
}
