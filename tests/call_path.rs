//! Inbound calls with real telephones: what the parties hear and what is recorded.

mod support;

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use support::sipp::Calls;
use support::{Installation, Phone, ScriptedCaller, Side, Sipp, Spray, until};

/// Each party speaks with a tone of its own: the caller, and each seat.
const CALLER: u32 = 1_000;
const FIRST_SEAT: u32 = 700;
const SECOND_SEAT: u32 = 1_300;

/// The tones of unknown RTP senders.
const STRANGER: u32 = 2_300;

const TALK: Duration = Duration::from_secs(3);

/// How long SIPp stays in a call. It hangs up by its own clock, so a seat that is slow to answer on a
/// busy machine still has four seconds of voice.
const HEARD_MS: u32 = 6_000;

#[test]
fn inbound_call_connects_and_is_fully_recorded() {
    let installation = Installation::with_seats(1);
    installation.add_person("li", "agent");
    let li = installation.token("li");
    let engine = installation.start();
    let seat = engine.ready_seat(1001, FIRST_SEAT);
    engine.ask(1001, "login", &json!({ "agent": "li" }));
    let caller = Phone::caller("13800001111", CALLER);
    caller.dial("12345", engine.sip);

    let connected = engine.events.wait_for("CallConnected");
    let call = connected["of"]["call"].as_str().unwrap();
    assert_eq!(connected["of"]["seat"], 1001);
    // The seat's display shows the line's name and the caller's number.
    let rang = seat.wait_for("CALL_ESTABLISHED");
    assert_eq!(rang["peerdisplayname"], "市民热线");
    assert!(rang["peeruri"].as_str().unwrap().starts_with("sip:13800001111@"), "{rang}");
    caller.talks_for(TALK);
    caller.hang_up();
    let ended = engine.events.wait_for_call("CallEnded", call);
    assert_eq!(ended["of"]["end"], "caller_hung_up");
    // Each phone writes what it heard to a file when its call is closed.
    seat.wait_for("CALL_CLOSED");
    caller.wait_for("CALL_CLOSED");

    // Both parties heard each other.
    let at_the_seat = seat.heard().pop().expect("the seat heard a voice");
    assert!(at_the_seat.tone_seconds(Side::Caller, CALLER.into()) > 2.0);
    let at_the_caller = caller.heard().pop().expect("the caller heard a voice");
    let heard = at_the_caller.tone_seconds(Side::Caller, FIRST_SEAT.into());
    assert!(heard > 2.0, "{heard} s of the seat's tone in {} s", at_the_caller.seconds());

    // The recording has the caller on the left channel only and the hotline on the right only.
    let wav = engine.recording(call);
    assert_eq!((wav.channels, wav.rate), (2, 8_000));
    assert!(wav.tone_seconds(Side::Caller, CALLER.into()) > 2.0);
    assert!(wav.tone_seconds(Side::Hotline, FIRST_SEAT.into()) > 2.0);
    assert!(wav.tone_seconds(Side::Caller, FIRST_SEAT.into()) < 0.2);
    assert!(wav.tone_seconds(Side::Hotline, CALLER.into()) < 0.2);

    // The ticket, the CDR and the recording refer to each other.
    let ticket = engine.events.wait_for_call("TicketOpened", call);
    let measured = engine.events.wait_for_call("VoiceMeasured", call);
    let cdr = engine.call(call);
    assert_eq!(cdr["caller_voice"], measured["of"]["caller"]);
    assert_eq!(cdr["seat_voice"], measured["of"]["seat"]);
    for leg in ["caller_voice", "seat_voice"] {
        let received = &cdr[leg]["received"];
        assert!(received["packets"].as_u64().unwrap() > 100, "{leg} {received}");
        assert!(received["mos"].as_f64().unwrap() >= 1.0, "{leg} {received}");
    }
    let metrics = engine.api.get("/metrics").text();
    let packets = "heartline_voice_packets_total{leg=\"seat\",direction=\"received\"} ";
    let counted = metrics.lines().find_map(|line| line.strip_prefix(packets));
    assert_eq!(counted, Some(cdr["seat_voice"]["received"]["packets"].to_string().as_str()));
    assert_eq!(cdr["seat"], 1001);
    assert_eq!(cdr["end"], "caller_hung_up");
    assert_eq!(cdr["caller"], "13800001111");
    assert_eq!(cdr["line"], "12345");
    assert_eq!(cdr["ticket"], ticket["of"]["ticket"]);
    let talk = cdr["talk_ms"].as_u64().unwrap();
    assert!((2_500..10_000).contains(&talk), "{talk} ms of talk");
    let recorded = cdr["recording_ms"].as_f64().unwrap() / 1_000.0;
    assert!((recorded - wav.seconds()).abs() < 0.05, "{recorded} s against {} s", wav.seconds());
    assert!(recorded * 1_000.0 > talk as f64 - 100.0, "the recording is as long as the talk");
    let file = installation.path("recordings").join(cdr["recording"].as_str().unwrap());
    let sum = Command::new("sha256sum").arg(&file).output().unwrap().stdout;
    let sum = String::from_utf8(sum).unwrap();
    assert_eq!(cdr["recording_sha256"].as_str(), sum.split_whitespace().next());

    let tickets = engine.list("/api/v1/tickets?kind=conversation");
    assert_eq!(tickets.len(), 1);
    assert_eq!(tickets[0]["call"], call);
    assert_eq!(tickets[0]["seat"], 1001);

    // The agent who answered finds the call and the ticket in their lists.
    let li = engine.api_as(Some(&li));
    assert_eq!(cdr["agent"], "li");
    assert_eq!(li.json("/api/v1/calls")["items"][0]["call"], call);
    let agents = li.json("/api/v1/agents");
    let worked = &agents["agents"][0];
    assert_eq!((&worked["agent"], &worked["answered"]), (&json!("li"), &json!(1)));
    assert!(worked["talk_ms"].as_u64().unwrap().abs_diff(talk) < 500, "{worked} against {talk}");

    // The playback is on record.
    let heard = engine.events.wait_for_call("RecordingHeard", call);
    assert_eq!(heard["of"]["by"], "chief");
    engine.stop();
    installation.ok(&["log", "verify"]);
}

#[test]
fn ipv6_call_has_voice_both_ways_and_a_recording() {
    let installation = Installation::with_seats_over_ipv6(1);
    let engine = installation.start();
    let seat = engine.ready_seat(1001, FIRST_SEAT);
    let calls = Calls { tone: CALLER, from: "::1", pause_ms: HEARD_MS, ..Calls::default() };
    Sipp::start(engine.sip, &calls).finish();

    let connected = engine.events.wait_for("CallConnected");
    let call = connected["of"]["call"].as_str().unwrap();
    assert_eq!(connected["of"]["seat"], 1001);
    assert_eq!(engine.events.wait_for_call("CallEnded", call)["of"]["end"], "caller_hung_up");
    seat.wait_for("CALL_CLOSED");
    let at_the_seat = seat.heard().pop().expect("the seat heard a voice");
    assert!(at_the_seat.tone_seconds(Side::Caller, CALLER.into()) > 1.5);
    // SIPp does not record; the recording shows that the seat's voice was sent to it.
    let wav = engine.recording(call);
    assert!(wav.tone_seconds(Side::Caller, CALLER.into()) > 1.5);
    assert!(wav.tone_seconds(Side::Hotline, FIRST_SEAT.into()) > 1.5);
    assert!(wav.tone_seconds(Side::Caller, FIRST_SEAT.into()) < 0.2);
    engine.stop();
    installation.ok(&["log", "verify"]);
}

#[test]
fn rtp_sprayed_at_all_ports_is_not_mixed_recorded_or_answered() {
    let installation = Installation::with_seats(1).with_pairs(6);
    let engine = installation.start();
    let seat = engine.slow_seat(1001, FIRST_SEAT);
    let ports = engine.voice_ports();
    assert!(ports.len() >= 12, "the engine's voice ports are {ports:?}");
    let spray = Spray::of_strangers(ports, STRANGER);
    let caller = Phone::caller("13800001111", CALLER);
    caller.dial("12345", engine.sip);
    seat.wait_for("CALL_INCOMING");
    // The seat's port is sprayed before and while it rings.
    spray.goes_on_for(50);
    seat.accept();
    let connected = engine.events.wait_for("CallConnected");
    let call = connected["of"]["call"].as_str().unwrap();
    caller.talks_for(TALK);
    caller.hang_up();
    engine.events.wait_for_call("CallEnded", call);
    seat.wait_for("CALL_CLOSED");
    caller.wait_for("CALL_CLOSED");
    assert_eq!(spray.stop(), 0, "packets of the call went to strangers");

    let at_the_seat = seat.heard().pop().expect("the seat heard a voice");
    let at_the_caller = caller.heard().pop().expect("the caller heard a voice");
    let wav = engine.recording(call);
    for (what, heard, side, tone) in [
        ("heard by the seat", &at_the_seat, Side::Caller, CALLER),
        ("heard by the caller", &at_the_caller, Side::Caller, FIRST_SEAT),
        ("recorded of the caller", &wav, Side::Caller, CALLER),
        ("recorded of the seat", &wav, Side::Hotline, FIRST_SEAT),
    ] {
        let right = heard.tone_seconds(side, tone.into());
        assert!(right > 2.0, "{right} s of the far end {what}");
        let wrong = heard.tone_seconds(side, STRANGER.into());
        assert!(wrong < 0.1, "{wrong} s of strangers {what}");
    }
    let counted = until("strangers are counted", || {
        let metrics = engine.api.get("/metrics").text();
        let line =
            metrics.lines().find_map(|l| l.strip_prefix("heartline_rtp_strangers_total "))?;
        line.parse::<u64>().ok().filter(|packets| *packets > 0)
    });
    assert!(counted > 50, "{counted} packets of strangers");
    engine.stop();
}

#[test]
fn call_survives_hold_by_either_side() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let seat = engine.ready_seat(1001, FIRST_SEAT);
    let caller = Phone::caller("13800002222", CALLER);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    caller.talks_for(Duration::from_secs(1));

    caller.hold();
    assert_eq!(engine.events.wait_for("CallHeld")["of"]["by"], "caller");
    caller.talks_for(Duration::from_secs(1));
    caller.resume();
    assert_eq!(engine.events.wait_for("CallResumed")["of"]["by"], "caller");

    seat.hold();
    let by_seat = |kind: &'static str| {
        engine.events.wait(kind, |r| r["event"] == kind && r["of"]["by"] == "seat")
    };
    by_seat("CallHeld");
    caller.talks_for(Duration::from_secs(1));
    seat.resume();
    let resumed = by_seat("CallResumed");
    caller.talks_for(TALK);
    caller.hang_up();

    let call = resumed["of"]["call"].as_str().unwrap();
    engine.events.wait_for_call("CallEnded", call);
    let wav = engine.recording(call);
    assert!(wav.tone_seconds(Side::Caller, CALLER.into()) > 2.0, "the caller is back");
    assert!(wav.tone_seconds(Side::Hotline, FIRST_SEAT.into()) > 2.0, "the seat is back");
    assert_eq!(engine.list("/api/v1/tickets").len(), 1, "one call, one ticket");
}

#[test]
fn abandoned_call_files_a_missed_call_item() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let calls = Calls { pause_ms: 1_500, tone: CALLER, ..Calls::default() };
    Sipp::start(engine.sip, &calls).finish();

    let filed = engine.events.wait_for("MissedCallFiled");
    let call = filed["of"]["call"].as_str().unwrap();
    assert_eq!(engine.events.wait_for_call("CallEnded", call)["of"]["end"], "abandoned");
    let missed = engine.list("/api/v1/tickets?kind=missed_call");
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0]["call"], call);
    assert_eq!(engine.call(call)["end"], "abandoned");
    assert_eq!(engine.events.count("TicketOpened"), 0);
}

#[test]
fn missed_offer_goes_to_next_seat_and_call_keeps_position() {
    let installation = Installation::with_seats(2);
    let engine = installation.start();
    let asleep = engine.slow_seat(1001, FIRST_SEAT);
    let awake = engine.ready_seat(1002, SECOND_SEAT);
    let caller = Phone::caller("13800003333", CALLER);
    caller.dial("12345", engine.sip);

    asleep.wait_for("CALL_INCOMING");
    // The wallboard shows the ringing seat and the position; the wait cannot be estimated yet.
    let waiting = until("the caller is seen waiting", || {
        let queues = engine.api.json("/api/v1/queues");
        let waiting = queues[0]["waiting"][0].clone();
        waiting["ringing"].is_u64().then_some(waiting)
    });
    assert_eq!((&waiting["position"], &waiting["expected_ms"]), (&json!(1), &Value::Null));
    let missed = engine.events.wait_for("OfferMissed");
    assert_eq!(missed["of"]["seat"], 1001);
    assert_eq!(missed["of"]["outcome"], "no_answer");
    let not_ready = engine.events.wait_for("SeatNotReady");
    assert_eq!(
        (&not_ready["of"]["seat"], &not_ready["of"]["reason"]),
        (&json!(1001), &json!("rona"))
    );
    asleep.wait_for("CALL_CLOSED");

    let connected = engine.events.wait_for("CallConnected");
    assert_eq!(connected["of"]["seat"], 1002);
    assert!(connected["of"]["wait_ms"].as_u64() >= Some(4_000), "the first ring counts as waiting");
    awake.wait_for("CALL_ESTABLISHED");
    caller.talks_for(TALK);
    caller.hang_up();
    let call = connected["of"]["call"].as_str().unwrap();
    let wav = engine.recording(call);
    assert!(wav.tone_seconds(Side::Hotline, SECOND_SEAT.into()) > 2.0);
    assert!(wav.tone_seconds(Side::Hotline, FIRST_SEAT.into()) < 0.2);
    assert_eq!(engine.call(call)["offers"], 2);
}

#[test]
fn caller_hangup_while_ringing_cancels_the_seat_leg() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let seat = engine.slow_seat(1001, FIRST_SEAT);
    let first = Phone::caller("13800004444", CALLER);
    first.dial("12345", engine.sip);
    seat.wait_for("CALL_INCOMING");
    first.hang_up();
    assert_eq!(engine.events.wait_for("OfferWithdrawn")["of"]["why"], "caller_gone");
    seat.wait_for("CALL_CLOSED");

    // The seat is not penalised: it is offered the next call.
    let second = Phone::caller("13800005555", CALLER);
    second.dial("12345", engine.sip);
    seat.wait_for_nth("CALL_INCOMING", 2);
    seat.accept();
    assert_eq!(engine.events.wait_for("CallConnected")["of"]["seat"], 1001);
    second.talks_for(Duration::from_secs(1));
}

#[test]
fn seat_hangup_starts_wrap_up_then_ready() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let seat = engine.ready_seat(1001, FIRST_SEAT);
    let caller = Phone::caller("13800006666", CALLER);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    caller.talks_for(Duration::from_secs(1));
    seat.hang_up();

    assert_eq!(engine.events.wait_for("CallEnded")["of"]["end"], "seat_hung_up");
    caller.wait_for("CALL_CLOSED");
    let wrap_up = engine.events.wait_for("SeatWrapUpStarted");
    let ready = engine.events.wait("ready after wrap-up", |record| {
        record["event"] == "SeatReady" && record["seq"].as_u64() > wrap_up["seq"].as_u64()
    });
    assert_eq!(ready["of"]["by"], "engine");
}

#[test]
fn sdp_offer_in_ack_is_accepted() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let _seat = engine.ready_seat(1001, FIRST_SEAT);
    let calls =
        Calls { scenario: "late_offer", tone: CALLER, pause_ms: HEARD_MS, ..Calls::default() };
    Sipp::start(engine.sip, &calls).finish();
    let connected = engine.events.wait_for("CallConnected");
    let wav = engine.recording(connected["of"]["call"].as_str().unwrap());
    assert!(wav.tone_seconds(Side::Caller, CALLER.into()) > 1.5);
    assert!(wav.tone_seconds(Side::Hotline, FIRST_SEAT.into()) > 1.5);
}

#[test]
fn feature_codes_change_the_seat_state() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let seat = engine.ready_seat(1001, FIRST_SEAT);
    seat.dial("*742", engine.sip);
    let not_ready = engine.events.wait("not ready by the phone", |record| {
        record["event"] == "SeatNotReady" && record["of"]["by"] == "phone"
    });
    assert_eq!(not_ready["of"]["reason"], "meal");
    // The phone is busy with the feature code; the requested state is kept when that call is over.
    seat.wait_for("CALL_CLOSED");
    seat.dial("*73", engine.sip);
    // Ready once the phone that dialled the code is on hook again.
    engine.events.wait("ready after the code", |record| {
        record["event"] == "SeatReady" && record["seq"].as_u64() > not_ready["seq"].as_u64()
    });
}

#[test]
fn unknown_number_is_refused_and_recorded() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let call = ScriptedCaller::new(engine.sip, "99999", 1);
    call.invite();
    assert_eq!(call.finish(), 404);
    let refused = engine.events.wait_for("CallRefused");
    assert_eq!(refused["of"]["cause"], "no_such_line");
    assert_eq!(refused["of"]["code"], 404);
}

#[test]
fn stop_signal_ends_calls_and_exits() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let _seat = engine.ready_seat(1001, FIRST_SEAT);
    let caller = Phone::caller("13800007777", CALLER);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    caller.talks_for(Duration::from_secs(1));
    engine.stop();
    caller.wait_for("CALL_CLOSED");
    installation.ok(&["log", "verify"]);
    let log = installation.log();
    assert_eq!(log.last().unwrap()["event"], "EngineStopped");
    let ended = log.iter().find(|record| record["event"] == "CallEnded").expect("an end");
    assert_eq!(ended["of"]["end"], "drained");
}
