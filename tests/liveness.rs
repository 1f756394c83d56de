//! Far ends without RTP: an alarm and an OPTIONS request, and BYE only for those that do not answer.

mod support;

use std::time::Duration;

use support::{Installation, Phone, ScriptedCaller};

/// Less than the five seconds between two reports of a phone (RTCP), so that a phone that sends
/// no voice counts as silent.
const SILENT_AFTER: &str = "[media]\nvoice_lost_after = \"1s\"";

fn installation() -> Installation {
    let installation = Installation::with_seats(1);
    installation.edit("heartline.toml", |text| text.replace("[media]", SILENT_AFTER));
    installation
}

#[test]
fn seat_on_hold_without_rtp_keeps_its_call() {
    let installation = installation();
    let engine = installation.start();
    let seat = engine.ready_seat(1001, 700);
    let caller = Phone::caller("13800001111", 1_000);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    seat.hold();
    engine.events.wait_for("CallHeld");
    caller.talks_for(Duration::from_secs(6));
    seat.resume();
    engine.events.wait_for("CallResumed");
    caller.talks_for(Duration::from_secs(1));
    assert_eq!(engine.events.count("CallEnded"), 0);
    engine.stop();
}

#[test]
fn silent_caller_that_answers_options_raises_an_alarm_until_rtp_returns() {
    let installation = installation();
    let engine = installation.start();
    let seat = engine.ready_seat(1001, 700);
    let caller = ScriptedCaller::new(engine.sip, "12345", 1);
    caller.invite();
    let answer = caller.final_answer("INVITE").expect("the call is answered");
    caller.acknowledge(&answer);
    engine.events.wait_for("CallConnected");
    let question = caller.request("OPTIONS", Duration::from_secs(20)).expect("a question");
    caller.reply(&question, 405);
    let raised = engine.events.wait("the alarm", |record| {
        record["event"] == "AlarmRaised" && record["of"]["alarm"] == "voice_lost"
    });
    let text = raised["of"]["text"].as_str().unwrap();
    assert!(text.contains("the caller of call"), "{text}");
    for number in 1..=5 {
        caller.speak(&answer, number);
    }
    engine.events.wait("the alarm's end", |record| {
        record["event"] == "AlarmCleared" && record["of"]["alarm"] == "voice_lost"
    });
    seat.talks_for(Duration::from_secs(1));
    assert_eq!(engine.events.count("CallEnded"), 0);
    engine.stop();
}

#[test]
fn caller_that_answers_no_options_is_hung_up() {
    let installation = installation();
    let engine = installation.start();
    let caller = ScriptedCaller::new(engine.sip, "12345", 1);
    caller.invite();
    let answer = caller.final_answer("INVITE").expect("the call is answered");
    caller.acknowledge(&answer);
    // Timer F, 32 s, from the first OPTIONS on.
    let ended = engine.events.wait_within(Duration::from_secs(60), "the end", 1, |record| {
        record["event"] == "CallEnded"
    });
    assert_eq!(ended[0]["of"]["end"], "lost");
    caller.request("BYE", Duration::from_secs(10)).expect("BYE");
    engine.stop();
}

#[test]
fn max_wait_of_a_holding_caller_ends_with_bye() {
    let installation = Installation::with_seats(1);
    installation.edit("queues.toml", |text| text + "max_wait = \"5s\"\n");
    let engine = installation.start();
    let caller = Phone::caller("13800001111", 1_000);
    caller.dial("12345", engine.sip);
    caller.wait_for("CALL_ESTABLISHED");
    caller.hold();
    engine.events.wait_for("CallLeftQueue");
    // The call lasts as long as the shipped prompt in both languages.
    assert_eq!(engine.events.wait_for("CallEnded")["of"]["end"], "queue_exit");
    caller.wait_for("CALL_CLOSED");
    engine.stop();
}
