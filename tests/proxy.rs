//! A SIP proxy in front of the engine: two carriers and two phones behind one real
//! Kamailio, and a host with neither a known address nor a password.

mod support;

use std::time::Duration;

use serde_json::Value;
use support::sipp::Calls;
use support::{Installation, Kamailio, Side, Sipp, TRUNK, Wire};

/// The second carrier, with a trunk of its own.
const OTHER_CARRIER: &str = "127.0.0.8";
/// An unknown host.
const STRANGER: &str = "127.0.0.9";
/// The tones of callers and seats.
const CALLER: u32 = 1_000;
const FIRST_SEAT: u32 = 700;
const SECOND_SEAT: u32 = 1_300;
/// How long SIPp stays, on a crowded machine.
const HEARD_MS: u32 = 6_000;

#[test]
fn two_trunks_and_two_phones_work_behind_one_kamailio() {
    let installation = installation();
    let engine = installation.start();
    let proxy = Kamailio::before(engine.sip);
    let first = engine.ready_seat_through(proxy.address, 1001, FIRST_SEAT);
    let second = engine.ready_seat_through(proxy.address, 1002, SECOND_SEAT);

    // Both calls are up: each carrier and each phone is recognised behind the proxy.
    let call = |from| {
        let calls = Calls { tone: CALLER, from, pause_ms: HEARD_MS, ..Calls::default() };
        Sipp::start(proxy.address, &calls)
    };
    let callers = [call(TRUNK), call(OTHER_CARRIER)];
    engine.events.wait_for_count("both talk", 2, |record| record["event"] == "CallConnected");
    callers.into_iter().for_each(Sipp::finish);
    let all = |kind: &str| -> Vec<Value> {
        engine.events.so_far().into_iter().filter(|record| record["event"] == kind).collect()
    };
    let arrived = all("CallArrived");
    let mut trunks: Vec<_> = arrived.iter().filter_map(|e| e["of"]["trunk"].as_str()).collect();
    trunks.sort_unstable();
    assert_eq!(trunks, ["carrier", "other"]);
    let talks = all("CallConnected");
    let mut seats: Vec<_> = talks.iter().filter_map(|e| e["of"]["seat"].as_u64()).collect();
    seats.sort_unstable();
    assert_eq!(seats, [1001, 1002]);
    for talk in &talks {
        let call = talk["of"]["call"].as_str().unwrap();
        assert_eq!(engine.events.wait_for_call("CallEnded", call)["of"]["end"], "caller_hung_up");
        let tone = if talk["of"]["seat"] == 1001 { FIRST_SEAT } else { SECOND_SEAT };
        let wav = engine.recording(call);
        assert!(wav.tone_seconds(Side::Caller, CALLER.into()) > 1.5);
        assert!(wav.tone_seconds(Side::Hotline, tone.into()) > 1.5);
    }
    // The phones got BYE through the proxy.
    first.wait_for("CALL_CLOSED");
    second.wait_for("CALL_CLOSED");
    drop(proxy);
    engine.stop();
}

#[test]
fn spoofed_headers_behind_kamailio_still_need_a_password() {
    let installation = installation();
    let engine = installation.start();
    let proxy = Kamailio::before(engine.sip);
    let stranger = Wire::new(STRANGER, proxy.address);
    for (n, forged) in [
        String::new(),
        format!(";received={TRUNK}"),
        format!("\r\nVia: SIP/2.0/UDP {TRUNK}:5060;branch=z9hG4bKforged"),
    ]
    .iter()
    .enumerate()
    {
        let invite = stranger.request("INVITE", "12345", &format!("stranger{n}"));
        let invite = invite.replacen(";rport", &format!(";rport{forged}"), 1);
        assert!(answer_to(&stranger, &invite).starts_with("SIP/2.0 401 "), "{invite}");
    }
    // The same from a carrier's address is a call.
    let carrier = Wire::new(TRUNK, proxy.address);
    let call = answer_to(&carrier, &carrier.request("INVITE", "12345", "carrier"));
    assert!(call.starts_with("SIP/2.0 200 "), "{call}");
    drop(proxy);
    engine.stop();
}

/// The answer to a request, provisional ones passed over. An INVITE's is acknowledged by nobody:
/// Kamailio does it for a refusal, and a call that is not acknowledged ends by itself.
fn answer_to(wire: &Wire, request: &str) -> String {
    wire.send(request.as_bytes());
    loop {
        let answer = wire.receive(Duration::from_secs(30)).expect("an answer");
        if !answer.starts_with("SIP/2.0 1") {
            return answer;
        }
    }
}

fn installation() -> Installation {
    let installation = Installation::with_seats(2);
    let [a, b, c, d] = Kamailio::HOST;
    installation.edit("trunks.toml", |text| {
        format!(
            "{text}\n[[trunk]]\nname = \"other\"\nsources = [\"{OTHER_CARRIER}\"]\n\n\
             [[proxy]]\nsources = [\"{a}.{b}.{c}.{d}\"]\n"
        )
    });
    installation
}
