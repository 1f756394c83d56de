//! Stories of agents and supervisors in a call, with real telephones: hold, consultation, conference,
//! transfer, listening in. Each party speaks with a tone of its own, so that what everybody hears is
//! known from the tones in it.

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{Engine, Installation, Phone, Side, TRUNK, free_port, password};

const CALLER: u32 = 1_000;
const AGENT: u32 = 700;
const COLLEAGUE: u32 = 1_300;
const SUPERVISOR: u32 = 1_700;

/// Long enough that a tone in it is told from a mere click.
const PART: Duration = Duration::from_millis(2_500);

/// A call between a citizen and seat 1001, which goes on.
struct Talk {
    caller: Phone,
    agent: Phone,
    call: String,
}

impl Talk {
    fn begin(engine: &Engine<'_>) -> Talk {
        let agent = engine.ready_seat(1001, AGENT);
        let caller = Phone::caller("13800001111", CALLER);
        caller.dial("12345", engine.sip);
        let connected = engine.events.wait_for("CallConnected");
        let call = connected["of"]["call"].as_str().unwrap().to_owned();
        Talk { caller, agent, call }
    }

    /// Does something with the call as a supervisor; returns the status.
    fn act(&self, engine: &Engine<'_>, action: &str, details: &Value) -> u16 {
        engine.api.post(&format!("/api/v1/calls/{}/{action}", self.call), details).status
    }
}

/// A telephone of a seat at which nobody is signed in.
fn telephone(engine: &Engine<'_>, seat: u32, tone: u32) -> Phone {
    let phone = Phone::seat(engine.sip, seat, &password(seat), tone);
    engine.events.wait(&format!("seat {seat} is reached"), |record| {
        record["event"] == "SeatReached" && record["of"]["seat"] == seat
    });
    phone
}

/// The seconds of each tone that a telephone heard in its only call, of caller, agent, colleague and
/// supervisor.
fn heard(phone: &Phone) -> [f64; 4] {
    phone.wait_for("CALL_CLOSED");
    let heard = phone.heard().pop().expect("it heard a voice");
    [CALLER, AGENT, COLLEAGUE, SUPERVISOR]
        .map(|hertz| heard.tone_seconds_among_others(Side::Caller, hertz.into()))
}

#[test]
fn colleague_is_asked_joins_and_has_the_call_at_last() {
    let installation = Installation::with_seats(2);
    installation.add_person("li", "agent");
    let li = installation.token("li");
    let engine = installation.start();
    let talk = Talk::begin(&engine);
    engine.ask(1001, "login", &json!({ "agent": "li" }));
    let colleague = telephone(&engine, 1002, COLLEAGUE);
    talk.caller.talks_for(PART);

    // The agent asks the colleague, alone with them; the caller hears music.
    let call = &talk.call;
    let invite = format!("/api/v1/calls/{call}/invite");
    let answer = engine.api_as(Some(&li)).post(&invite, &json!({ "seat": 1002 }));
    assert_eq!(answer.status, 204, "{}", answer.text());
    engine.events.wait_for_call("LegJoined", call);
    talk.caller.talks_for(PART);
    // All three talk.
    assert_eq!(talk.act(&engine, "resume", &json!({})), 204);
    talk.caller.talks_for(PART);
    // The agent leaves.
    assert_eq!(talk.act(&engine, "complete-transfer", &json!({})), 204);
    engine.events.wait_for_call("TalkTaken", call);
    talk.caller.talks_for(PART);
    talk.caller.hang_up();
    let ended = engine.events.wait_for_call("CallEnded", call);
    assert_eq!(
        (&ended["of"]["end"], &ended["of"]["seat"]),
        (&json!("caller_hung_up"), &json!(1002))
    );

    // The agent heard the caller before and in the conference, and the colleague in the middle.
    let at_the_agent = heard(&talk.agent);
    assert!(at_the_agent[0] > 4.0 && at_the_agent[2] > 4.0, "{at_the_agent:?}");
    let at_the_colleague = heard(&colleague);
    assert!(at_the_colleague[0] > 4.0 && at_the_colleague[1] > 4.0, "{at_the_colleague:?}");
    let at_the_caller = heard(&talk.caller);
    assert!(at_the_caller[1] > 4.0 && at_the_caller[2] > 4.0, "{at_the_caller:?}");
    assert!(at_the_caller[1] < 6.5, "the caller did not hear the consultation: {at_the_caller:?}");

    // The recording has the caller left, and right what the caller was meant to hear.
    let wav = engine.recording(call);
    assert!(wav.tone_seconds_among_others(Side::Caller, CALLER.into()) > 8.0);
    let agent = wav.tone_seconds_among_others(Side::Hotline, AGENT.into());
    let asked = wav.tone_seconds_among_others(Side::Hotline, COLLEAGUE.into());
    assert!((4.0..6.5).contains(&agent) && (4.0..6.5).contains(&asked), "{agent} {asked}");

    // The record of the call tells its parts; the agent is in after-call work.
    let cdr = engine.call(call);
    let kinds: Vec<&str> =
        cdr["segments"].as_array().unwrap().iter().map(|s| s["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["queue", "talk", "consultation", "talk"]);
    assert_eq!((&cdr["seat"], &cdr["segments"][1]["seat"]), (&json!(1002), &json!(1001)));
    let transferred = engine.events.wait_for_call("CallTransferred", call);
    assert_eq!(transferred["of"]["attended"], true);
    let tickets = engine.list("/api/v1/tickets?kind=conversation");
    assert_eq!(tickets.len(), 1, "a transfer opens no second ticket");
    let queues = engine.api.json("/api/v1/queues");
    let queue = queues.as_array().unwrap().iter().find(|queue| queue["answered"] == 1);
    assert!(queue.is_some_and(|queue| queue["offered"] == 1), "{queues}");
    engine.stop();
    installation.ok(&["log", "verify"]);
}

#[test]
fn supervisor_listens_whispers_and_speaks_from_their_own_phone() {
    let installation = Installation::with_seats(3);
    installation.add_person("li", "agent");
    let li = installation.token("li");
    let engine = installation.start();
    let talk = Talk::begin(&engine);
    engine.ask(1001, "login", &json!({ "agent": "li" }));
    let supervisor = telephone(&engine, 1003, SUPERVISOR);

    // Neither the agent nor an admin may listen to citizens.
    let monitor = format!("/api/v1/calls/{}/monitor", talk.call);
    let listen = json!({ "seat": 1003, "mode": "listen" });
    assert_eq!(engine.api_as(Some(&li)).post(&monitor, &listen).status, 403);
    assert_eq!(engine.admin.post(&monitor, &listen).status, 403);

    assert_eq!(talk.act(&engine, "monitor", &listen), 204);
    let joined = engine.events.wait_for_call("LegJoined", &talk.call);
    assert_eq!(
        joined["of"]["role"],
        json!({ "role": "supervisor", "seat": 1003, "mode": "listen" })
    );
    talk.caller.talks_for(PART);
    assert_eq!(talk.act(&engine, "monitor", &json!({ "seat": 1003, "mode": "whisper" })), 204);
    talk.caller.talks_for(PART);
    assert_eq!(talk.act(&engine, "monitor", &json!({ "seat": 1003, "mode": "barge" })), 204);
    talk.caller.talks_for(PART);
    let dialled = engine.events.wait_for_call("LegDialled", &talk.call);
    assert_eq!(dialled["of"]["by"], json!({ "person": "chief" }), "each use is on record");
    talk.caller.hang_up();
    engine.events.wait_for_call("CallEnded", &talk.call);
    let left = engine.events.wait_for_call("LegLeft", &talk.call);
    assert_eq!(left["of"]["end"], "call_ended");

    let at_the_supervisor = heard(&supervisor);
    assert!(at_the_supervisor[0] > 6.0 && at_the_supervisor[1] > 6.0, "{at_the_supervisor:?}");
    let at_the_agent = heard(&talk.agent);
    assert!((4.0..6.5).contains(&at_the_agent[3]), "{at_the_agent:?}");
    let at_the_caller = heard(&talk.caller);
    assert!((1.5..4.0).contains(&at_the_caller[3]), "{at_the_caller:?}");
    // Whispers are not on the recording.
    let wav = engine.recording(&talk.call);
    let spoken = wav.tone_seconds_among_others(Side::Hotline, SUPERVISOR.into());
    assert!((1.5..4.0).contains(&spoken), "{spoken}");
    engine.stop();
}

#[test]
fn call_that_a_seat_does_not_take_comes_back_to_the_agent() {
    let installation = Installation::with_seats(2);
    let engine = installation.start();
    let talk = Talk::begin(&engine);
    // Its phone rings, and the test declines.
    let colleague = Phone::ringing_seat(engine.sip, 1002, &password(1002), COLLEAGUE);
    engine.events.wait("seat 1002 is reached", |record| {
        record["event"] == "SeatReached" && record["of"]["seat"] == 1002
    });
    talk.caller.talks_for(PART);
    assert_eq!(talk.act(&engine, "transfer", &json!({ "to": { "seat": 1002 } })), 204);
    talk.agent.wait_for("CALL_CLOSED");
    colleague.wait_for("CALL_INCOMING");
    colleague.hang_up();
    engine.events.wait_for_call("TransferFailed", &talk.call);
    let taken = engine.events.wait_for_call("TalkTaken", &talk.call);
    assert_eq!(taken["of"]["seat"], 1001);
    talk.caller.talks_for(PART);

    // From there into the queue, where the agent's seat is offered the call once more.
    assert_eq!(talk.act(&engine, "transfer", &json!({ "to": { "queue": "nowhere" } })), 422);
    let queue = engine.call(&talk.call)["queue"].clone();
    assert_eq!(talk.act(&engine, "transfer", &json!({ "to": { "queue": queue } })), 204);
    engine.ask(1001, "ready", &json!({}));
    engine.events.wait_for_count("a second connection", 2, |record| {
        record["event"] == "CallConnected" && record["of"]["call"] == talk.call.as_str()
    });
    talk.caller.talks_for(PART);
    talk.caller.hang_up();
    let ended = engine.events.wait_for_call("CallEnded", &talk.call);
    let talked = ended["of"]["talk_ms"].as_u64().unwrap();
    assert!(talked > 6_000, "all talks together: {talked} ms");
    let wav = engine.recording(&talk.call);
    assert!(wav.tone_seconds_among_others(Side::Hotline, AGENT.into()) > 6.0);
    engine.stop();
}

#[test]
fn held_caller_hears_music_and_is_recorded_so() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let talk = Talk::begin(&engine);
    talk.caller.talks_for(PART);
    assert_eq!(talk.act(&engine, "hold", &json!({})), 204);
    assert_eq!(talk.act(&engine, "hold", &json!({})), 409);
    talk.caller.talks_for(PART);
    assert_eq!(talk.act(&engine, "resume", &json!({})), 204);
    talk.caller.talks_for(PART);
    talk.caller.hang_up();
    engine.events.wait_for_call("CallEnded", &talk.call);
    let at_the_agent = heard(&talk.agent);
    assert!((4.0..6.0).contains(&at_the_agent[0]), "{at_the_agent:?}");
    let wav = engine.recording(&talk.call);
    let agent = wav.tone_seconds_among_others(Side::Hotline, AGENT.into());
    assert!((4.0..6.0).contains(&agent), "{agent}");
    assert!(wav.longest_silence(Side::Hotline) < 0.5, "the caller was never left in silence");
    engine.stop();
}

#[test]
fn phones_own_keys_transfer_blind_and_after_a_consultation() {
    let installation = Installation::with_seats(3);
    let engine = installation.start();
    let talk = Talk::begin(&engine);
    let colleague = telephone(&engine, 1002, COLLEAGUE);
    let third = telephone(&engine, 1003, SUPERVISOR);
    talk.caller.talks_for(PART);

    // Blind, by REFER in the talk.
    talk.agent.say("transfer", "1002");
    talk.agent.wait_for("CALL_CLOSED");
    let taken = engine.events.wait_for_call("TalkTaken", &talk.call);
    assert_eq!(taken["of"]["seat"], 1002);
    talk.caller.talks_for(PART);

    // The phone holds the caller and dials the third, who is heard by the phone only; then it hangs
    // up the caller's line, and the caller is with the third.
    colleague.hold();
    engine.events.wait_for_call("CallHeld", &talk.call);
    colleague.say("dial", &format!("sip:1003@{}", engine.sip));
    engine.events.wait_for_call("LegJoined", &talk.call);
    talk.caller.talks_for(PART);
    colleague.say("line", "1");
    colleague.hang_up();
    engine.events.wait_for_count("the second transfer", 2, |record| {
        record["event"] == "TalkTaken" && record["of"]["call"] == talk.call.as_str()
    });
    talk.caller.talks_for(PART);
    talk.caller.hang_up();
    let ended = engine.events.wait_for_call("CallEnded", &talk.call);
    assert_eq!(ended["of"]["seat"], 1003);

    let at_the_caller = heard(&talk.caller);
    assert!(at_the_caller[1..].iter().all(|seconds| *seconds > 1.5), "{at_the_caller:?}");
    let at_the_third = heard(&third);
    assert!(at_the_third[0] > 1.5 && at_the_third[2] > 1.5, "{at_the_third:?}");
    engine.stop();
}

#[test]
fn department_joins_from_outside_and_has_the_call_at_last() {
    let installation = Installation::with_seats(1);
    let port = free_port();
    installation.edit("trunks.toml", |text| {
        text.replacen("[[trunk]]\n", &format!("[[trunk]]\ndial = \"{TRUNK}:{port}\"\n"), 1)
            + "\n[outbound]\nnumbers = [\"0371*\"]\n"
    });
    let engine = installation.start();
    let talk = Talk::begin(&engine);
    let department = Phone::outside("037166666666", port, COLLEAGUE);
    talk.caller.talks_for(PART);

    // The number plan is the same for everybody, however the number is written.
    let number = |number: &str| json!({ "number": number });
    assert_eq!(talk.act(&engine, "invite", &number("0086 371 6666")), 422);
    assert_eq!(talk.act(&engine, "invite", &number("0371-6666 6666")), 204);
    let joined = engine.events.wait_for_call("LegJoined", &talk.call);
    let shown = joined["of"]["role"]["number"].as_str().unwrap();
    assert!(!shown.is_empty() && joined["of"]["role"]["role"] == "external", "{joined}");
    let rang = department.wait_for("CALL_ESTABLISHED");
    assert!(rang["peeruri"].as_str().unwrap().starts_with("sip:12345@"), "{rang}");
    talk.caller.talks_for(PART);
    assert_eq!(talk.act(&engine, "resume", &json!({})), 204);
    talk.caller.talks_for(PART);
    assert_eq!(talk.act(&engine, "complete-transfer", &json!({})), 204);
    talk.agent.wait_for("CALL_CLOSED");
    talk.caller.talks_for(PART);
    department.hang_up();
    let ended = engine.events.wait_for_call("CallEnded", &talk.call);
    assert_eq!(ended["of"]["end"], "outside_hung_up");

    let at_the_department = heard(&department);
    assert!(at_the_department[0] > 4.0 && at_the_department[1] > 4.0, "{at_the_department:?}");
    let at_the_caller = heard(&talk.caller);
    assert!((4.0..6.5).contains(&at_the_caller[2]), "{at_the_caller:?}");
    let wav = engine.recording(&talk.call);
    assert!(wav.tone_seconds_among_others(Side::Hotline, COLLEAGUE.into()) > 4.0);
    let cdr = engine.call(&talk.call);
    let kinds: Vec<&str> =
        cdr["segments"].as_array().unwrap().iter().map(|s| s["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["queue", "talk", "consultation", "outside"]);
    engine.stop();
}

#[test]
fn caller_whom_nobody_takes_leaves_a_message() {
    let installation = Installation::with_seats(1);
    installation.edit("queues.toml", |text| {
        text.replace(
            "name = \"citizens\"\n",
            "name = \"citizens\"\nmax_wait = \"5s\"\nvoicemail = { prompts = [\"beep\"] }\n",
        )
    });
    let engine = installation.start();
    let caller = Phone::caller("13800001111", CALLER);
    caller.dial("12345", engine.sip);
    let left = engine.events.wait_for("CallLeftQueue");
    let call = left["of"]["call"].as_str().unwrap().to_owned();
    // The tone of less than a second, then the message.
    caller.talks_for(Duration::from_secs(5));
    caller.hang_up();
    let ended = engine.events.wait_for_call("CallEnded", &call);
    assert_eq!(ended["of"]["end"], "message_left");
    let message = engine.events.wait_for_call("VoicemailLeft", &call);
    let [from, length] =
        ["from_ms", "length_ms"].map(|key| message["of"][key].as_u64().unwrap() as f64 / 1_000.0);
    assert!(length > 3.0, "{length}");
    let missed = engine.events.wait_for_call("MissedCallFiled", &call);
    let cdr = engine.call(&call);
    assert_eq!(cdr["voicemail"]["from_ms"], message["of"]["from_ms"]);
    assert_eq!(cdr["ticket"], missed["of"]["ticket"]);
    let wav = engine.recording(&call);
    assert!((wav.seconds() - from - length).abs() < 0.5, "{} {from} {length}", wav.seconds());
    assert!(wav.tone_seconds(Side::Caller, CALLER.into()) > length);
    engine.stop();
}
