//! SIP under stress: many callers, races, retransmissions, malformed messages and unknown hosts.

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use support::sipp::Calls;
use support::{Engine, Installation, PATIENCE, Phone, ScriptedCaller, Side, Sipp, Wire};

#[test]
fn hundred_calls_each_end_exactly_once() {
    let installation = Installation::with_seats(5);
    let engine = installation.start();
    let _seats: Vec<Phone> = (0..5).map(|n| engine.ready_seat(1001 + n, 400 + 50 * n)).collect();
    let calls = Calls { calls: 100, rate: 20, pause_ms: 3_000, ..Calls::default() };
    Sipp::start(engine.sip, &calls).finish();
    engine.events.wait_for_count("ended calls", 100, |record| record["event"] == "CallEnded");
    engine.events.wait_for_count("tickets and missed calls", 100, |record| {
        record["event"] == "TicketOpened" || record["event"] == "MissedCallFiled"
    });
    let connected = engine.events.count("CallConnected");
    assert!(connected >= 5, "{connected} calls reached a seat");
    assert_each_call_ended_once(&engine.events.so_far());
    assert_eq!(engine.events.count("TicketOpened"), connected);
    assert!(engine.is_healthy());
    engine.stop();
    installation.ok(&["log", "verify"]);
}

#[test]
fn cancel_crossing_the_answer_leaves_no_leg() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let _seat = engine.ready_seat(1001, 700);
    for number in 0..40 {
        let call = ScriptedCaller::new(engine.sip, "12345", number);
        call.invite();
        // Some cancel at once, some after the provisional answer, some too late.
        match number % 4 {
            0 | 1 => {}
            2 => drop(call.answer(|answer| answer.method == "INVITE").expect("an answer")),
            _ => {
                let answer = call.final_answer("INVITE").expect("an answer");
                call.cancel();
                call.acknowledge(&answer);
                call.hang_up(&answer);
                assert!(call.final_answer("CANCEL").is_some(), "call {number}");
                assert!(call.final_answer("BYE").is_some(), "call {number}");
                continue;
            }
        }
        call.cancel();
        let status = call.finish();
        assert!(status == 200 || status == 487, "call {number}: {status}");
        let cancelled = call.final_answer("CANCEL").expect("every CANCEL is answered");
        assert!(cancelled.status == 200 || cancelled.status == 481, "{}", cancelled.status);
    }
    connect_a_call(&engine);
    let arrived = engine.events.count("CallArrived");
    engine.events.wait_for_count("an end for each", arrived, |r| r["event"] == "CallEnded");
    assert_each_call_ended_once(&engine.events.so_far());
}

#[test]
fn retransmissions_count_once() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let call = ScriptedCaller::new(engine.sip, "12345", 7);
    call.invite();
    call.invite();
    call.invite();
    let answer = call.final_answer("INVITE").expect("an answer");
    assert_eq!(answer.status, 200);
    call.acknowledge(&answer);
    call.acknowledge(&answer);
    call.hang_up(&answer);
    call.hang_up(&answer);
    assert_eq!(call.final_answer("BYE").expect("an answer").status, 200);
    assert_eq!(call.final_answer("BYE").expect("the same answer").status, 200);
    engine.events.wait_for("CallEnded");
    abandon_one_more_call(&engine, 2);
}

#[test]
fn ack_without_dialog_changes_nothing() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let call = ScriptedCaller::new(engine.sip, "12345", 8);
    call.acknowledge_unknown_dialog();
    call.invite();
    let answer = call.final_answer("INVITE").expect("an answer");
    call.acknowledge_unknown_dialog();
    let again = call.final_answer("INVITE").expect("the 200 comes again: it was not acknowledged");
    assert_eq!(again.status, 200);
    call.acknowledge(&again);
    call.hang_up(&answer);
    assert_eq!(call.final_answer("BYE").expect("an answer").status, 200);
}

#[test]
fn missing_ack_ends_the_call_with_bye() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    // 64 * T1 are 32 s (RFC 3261 13.3.1.4); the scenario waits for our BYE.
    Sipp::start(engine.sip, &Calls { scenario: "no_ack", ..Calls::default() }).finish();
    engine.events.wait_for("CallEnded");
    assert_eq!(engine.events.count("CallArrived"), 1);
    assert!(engine.is_healthy());
}

#[test]
fn malformed_datagrams_are_survived() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let messages = torture();
    for from in [support::TRUNK, "127.0.0.9"] {
        let wire = Wire::new(from, engine.sip);
        for message in &messages {
            wire.send(message);
            // Each message again with a piece missing and a byte changed.
            wire.send(&message[..message.len() / 2]);
            let mut turned = message.clone();
            let place = turned.len() / 3;
            turned[place] ^= 0xFF;
            wire.send(&turned);
        }
        let mut noise = Noise(0x9E37_79B9_7F4A_7C15);
        for length in 0..400 {
            let bytes: Vec<u8> = (0..length).map(|_| noise.next()).collect();
            wire.send(&bytes);
        }
        wire.send(&[]);
        wire.send(&[b'\r', b'\n'].repeat(2));
        wire.send(&vec![b'A'; 60_000]);
    }
    assert!(engine.is_healthy());
    let _seat = engine.ready_seat(1001, 700);
    connect_a_call(&engine);
}

#[test]
fn scanners_and_unknown_hosts_get_no_answer() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let stranger = Wire::new("127.0.0.9", engine.sip);
    for (number, method) in ["OPTIONS", "SUBSCRIBE", "MESSAGE", "BYE", "REFER"].iter().enumerate() {
        let request = stranger.request(method, "100", &format!("scan{number}"));
        stranger.send(request.as_bytes());
    }
    assert_eq!(stranger.receive(Duration::from_secs(2)), None);

    // An unknown host's INVITE is challenged, and learns nothing else.
    let call = stranger.request("INVITE", "12345", "who");
    stranger.send(call.as_bytes());
    let answer = stranger.receive(PATIENCE).expect("a challenge");
    assert!(answer.starts_with("SIP/2.0 401 "), "{answer}");
    assert_eq!(engine.events.count("CallArrived"), 0);
}

#[test]
fn phone_with_wrong_password_is_not_registered() {
    let installation = Installation::with_seats(2);
    let engine = installation.start();
    let _wrong = Phone::unregistered(engine.sip, 1001, "not-the-password");
    // Other addresses are not affected.
    let _right = engine.ready_seat(1002, 700);
    let board = engine.api.json("/api/v1/seats/1001");
    assert_eq!(board["reachable"], false);
    assert_eq!(engine.events.count_of("SeatReached", 1001), 0);
}

/// The most important rows of `crates/sip/tests/sip/shield_matrix.rs` with real telephones: a host that
/// has or forges an office's address does not affect the phones there.
#[test]
fn flood_from_a_neighbour_address_affects_no_call_phone_or_trunk() {
    let installation = Installation::with_seats(2);
    let engine = installation.start();
    let seat = engine.ready_seat(1001, 700);
    let caller = Phone::caller("13700000001", 1_200);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");

    for from in ["127.0.0.1", support::TRUNK] {
        let neighbour = Wire::new(from, engine.sip);
        for n in 0..150_u64 {
            neighbour.send(b"hello world");
            neighbour.send(&stun(n));
            let scan = neighbour.request("REGISTER", "1001", &format!("scan{n}"));
            let scan = scan.replace("Max-Forwards", "User-Agent: friendly-scanner\r\nMax-Forwards");
            neighbour.send(scan.as_bytes());
        }
        let flood = neighbour.request("OPTIONS", "12345", "flood");
        for _ in 0..5_000 {
            neighbour.send(flood.as_bytes());
        }
    }

    // The call goes on, and the seat's BYE is processed.
    caller.talks_for(Duration::from_secs(1));
    seat.hang_up();
    let ended = engine.events.wait_for("CallEnded");
    assert_eq!(ended["of"]["end"], "seat_hung_up");
    // A new phone registers, and the trunk brings the next call.
    let _new = engine.ready_seat(1002, 900);
    connect_a_call(&engine);
    let metrics = engine.api.get("/metrics").text();
    assert!(metrics.contains("heartline_sip_total{what=\"scanners\"}"), "{metrics}");
    engine.stop();

    // The office's registrations survive a restart.
    let known =
        std::fs::read_to_string(installation.path("data").join("known_sources.json")).unwrap();
    assert!(known.contains("\"127.0.0.1\""), "{known}");
}

/// A Binding request of RFC 8489.
fn stun(n: u64) -> Vec<u8> {
    let mut bytes = b"\x00\x01\x00\x00\x21\x12\xa4\x42abcd".to_vec();
    bytes.extend_from_slice(&n.to_be_bytes());
    bytes
}

/// A new call connects to a ready seat with voice both ways.
fn connect_a_call(engine: &Engine<'_>) {
    let caller = Phone::caller("13700000000", 1_200);
    caller.dial("12345", engine.sip);
    // The call is found by its number: calls of the flood may still arrive and connect.
    let arrived = engine.events.wait("the call after the storm", |record| {
        record["event"] == "CallArrived" && record["of"]["caller"] == "137****0000"
    });
    let call = arrived["of"]["call"].as_str().unwrap();
    // A phone that still has calls of the flood answers busy, and is offered the same call again after
    // `same_call`, which is half a minute.
    let bound = Duration::from_secs(120);
    engine.events.wait_within(bound, "a connect after the storm", 1, |record| {
        record["event"] == "CallConnected" && record["of"]["call"] == call
    });
    caller.talks_for(Duration::from_secs(2));
    caller.hang_up();
    engine.events.wait_for_call("CallEnded", call);
    let wav = engine.recording(call);
    assert!(wav.tone_seconds(Side::Caller, 1_200.0) > 1.0);
}

/// One more call is abandoned: the engine has counted this many calls and no more.
fn abandon_one_more_call(engine: &Engine<'_>, calls: usize) {
    let call = ScriptedCaller::new(engine.sip, "12345", 9_999);
    call.invite();
    assert_eq!(call.finish(), 200);
    engine.events.wait_for_count("calls ended", calls, |record| record["event"] == "CallEnded");
    assert_eq!(engine.events.count("CallArrived"), calls);
}

fn assert_each_call_ended_once(records: &[Value]) {
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for record in records {
        let call = record["of"]["call"].as_str().unwrap_or_default();
        match record["event"].as_str() {
            Some("CallArrived") => drop(ends.entry(call).or_default()),
            Some("CallEnded") => *ends.entry(call).or_default() += 1,
            _ => {}
        }
    }
    let odd: Vec<_> = ends.iter().filter(|(_, count)| **count != 1).collect();
    assert!(odd.is_empty(), "ended not exactly once: {odd:?}");
}

/// The torture messages of RFC 4475, kept in the `sip` crate.
fn torture() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/sip/tests/data/rfc4475");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "dat"))
        .collect();
    paths.sort();
    assert!(paths.len() > 40, "only {} torture messages", paths.len());
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Pseudo-random bytes, the same at every run (xorshift64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.to_le_bytes()[0]
    }
}
