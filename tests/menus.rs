//! Callers in a menu with real telephones, and the commands for those who write menus.

mod support;

use std::{
    io::Write as _,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use support::{Engine, Installation, Phone, Side};

const CALLER: u32 = 1_000;
const AGENT: u32 = 700;

const MENU: &str = r#"
[[node]]
name = "choice"
do = "menu"
play = ["greeting-zh"]
keys = { 1 = "person", 2 = "message", 3 = "number" }
wrong = ["beep"]
tries = 3

[[node]]
name = "number"
do = "collect"
into = "account"
secret = true
min = 1
max = 1
next = "person"

[[node]]
name = "message"
do = "voicemail"
queue = "citizens"

[[node]]
name = "person"
do = "queue"
"#;

/// An installation whose line has the menu.
fn with_menu() -> Installation {
    let installation = Installation::with_seats(1);
    let folder = installation.path("config/ivr");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("choice.toml"), MENU).unwrap();
    installation.edit("lines.toml", |text| text + "menu = \"choice\"\n");
    installation.edit("queues.toml", |text| text + "voicemail = { prompts = [\"beep\"] }\n");
    installation
}

/// Calls and waits until the menu speaks; returns the telephone and the call.
fn call(engine: &Engine<'_>, number: &str) -> (Phone, String) {
    let caller = Phone::caller(number, CALLER);
    caller.dial("12345", engine.sip);
    let arrived = engine.events.wait("the call arrives", |record| {
        let caller = record["of"]["caller"].as_str().unwrap_or_default();
        record["event"] == "CallArrived" && caller.ends_with(&number[7..])
    });
    let call = arrived["of"]["call"].as_str().unwrap().to_owned();
    engine.events.wait_for_call("MenuEntered", &call);
    engine.events.wait_for_call("RecordingStarted", &call);
    caller.talks_for(Duration::from_secs(1));
    (caller, call)
}

fn kinds(cdr: &Value) -> Vec<&str> {
    cdr["segments"].as_array().unwrap().iter().map(|s| s["kind"].as_str().unwrap()).collect()
}

#[test]
fn caller_gets_a_person_by_key_while_the_prompt_speaks_and_types_a_secret_digit() {
    let installation = with_menu();
    let engine = installation.start();
    let agent = engine.ready_seat(1001, AGENT);
    let (caller, call) = call(&engine, "13800001111");
    // A key without a meaning, then the one that asks for a digit, and the digit.
    caller.press('9');
    engine.events.wait("the wrong key is told", |record| {
        record["event"] == "MenuVisited" && record["of"]["outcome"] == "wrong"
    });
    caller.press('3');
    engine.events.wait("the key is taken", |record| {
        record["event"] == "MenuVisited" && record["of"]["key"] == "3"
    });
    caller.press('7');
    engine.events.wait_for_call("CallConnected", &call);
    caller.talks_for(Duration::from_secs(3));
    caller.hang_up();
    let ended = engine.events.wait_for_call("CallEnded", &call);
    assert_eq!(ended["of"]["end"], "caller_hung_up");

    let cdr = engine.call(&call);
    assert_eq!(kinds(&cdr), ["menu", "queue", "talk"]);
    assert_eq!(cdr["segments"][0]["menu"], "choice");
    // Time in the menu is no waiting time.
    assert!(cdr["wait_ms"].as_u64().unwrap() < 2_000, "{cdr}");
    let wav = engine.recording(&call);
    assert!(wav.tone_seconds(Side::Hotline, AGENT.into()) > 2.0);
    agent.wait_for("CALL_CLOSED");
    engine.stop();
    let keys: Vec<Value> = (installation.log().into_iter())
        .filter(|record| record["event"] == "CallKeyed")
        .map(|record| record["of"]["key"].clone())
        .collect();
    assert_eq!(keys, [json!("9"), json!("3")], "the digit is secret");
}

#[test]
fn caller_leaves_a_message_by_key_and_one_who_hangs_up_in_the_menu_was_not_missed() {
    let installation = with_menu();
    let engine = installation.start();
    let (leaving, first) = call(&engine, "13800002222");
    leaving.hang_up();
    let ended = engine.events.wait_for_call("CallEnded", &first);
    assert_eq!((&ended["of"]["end"], &ended["of"]["wait_ms"]), (&json!("left_in_menu"), &json!(0)));

    let (caller, second) = call(&engine, "13800001111");
    caller.press('2');
    engine.events.wait_for_call("MenuLeft", &second);
    caller.talks_for(Duration::from_secs(5));
    caller.hang_up();
    engine.events.wait_for_call("VoicemailLeft", &second);
    engine.events.wait_for_call("MissedCallFiled", &second);

    // Only the message asks for a call back, and no queue counts the caller who left.
    let missed = engine.list("/api/v1/tickets?kind=missed_call");
    assert_eq!(missed.len(), 1, "{missed:?}");
    let queues = engine.api.json("/api/v1/queues");
    let queue = queues.as_array().unwrap().first().unwrap();
    assert_eq!((&queue["offered"], &queue["abandoned"]), (&json!(0), &json!(0)));
    engine.stop();
}

#[test]
fn menus_are_checked_drawn_and_tried_at_the_machine() {
    let installation = with_menu();
    installation.ok(&["check"]);
    let drawn = installation.ok(&["ivr", "draw", "config/ivr/choice.toml"]);
    assert!(drawn.starts_with("flowchart TD\n") && drawn.contains("n0 -->|\"2\"| n2"), "{drawn}");

    let mut walk = Command::new(env!("CARGO_BIN_EXE_heartline"))
        .args(["ivr", "try", "config/ivr/choice.toml"])
        .current_dir(installation.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    walk.stdin.take().unwrap().write_all(b"\n3\n7\n").unwrap();
    let said = String::from_utf8(walk.wait_with_output().unwrap().stdout).unwrap();
    for line in ["plays greeting-zh", "no key in time", "1 secret digits", "queue of the line"] {
        assert!(said.contains(line), "{line}: {said}");
    }

    // All faults are told at once, each at its place.
    let wrong = MENU.replace("1 = \"person\"", "1 = \"persn\"").replace("\"beep\"", "\"peep\"");
    std::fs::write(installation.path("config/ivr/choice.toml"), wrong).unwrap();
    let told = installation.run(&["check"]);
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.contains("ivr/choice.toml:7:10: node[0].wrong[0]: there is no prompt"), "{told}");
    let leads = MENU.replace("1 = \"person\"", "1 = \"persn\"");
    std::fs::write(installation.path("config/ivr/choice.toml"), leads).unwrap();
    let told = installation.run(&["check"]);
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.contains("leads to \"persn\", which is no node here"), "{told}");
}

#[test]
fn power_cut_in_a_menu_ends_the_call_on_record_and_owes_a_call_back() {
    let installation = with_menu();
    let engine = installation.start();
    let (caller, call) = call(&engine, "13800001111");
    engine.kill();
    let engine = installation.start();
    let left = engine.events.wait_for_call("MenuLeft", &call);
    assert_eq!(left["of"]["exit"], "call_ended");
    let ended = engine.events.wait_for_call("CallEnded", &call);
    assert_eq!(ended["of"]["end"], "node_failed");
    // Nobody knows what the caller wanted.
    engine.events.wait_for_call("MissedCallFiled", &call);
    engine.events.wait_for_call("RecordingSalvaged", &call);
    // The caller is told, and the next one is taken.
    caller.wait_for("CALL_CLOSED");
    let (again, second) = self::call(&engine, "13800002222");
    again.hang_up();
    engine.events.wait_for_call("MenuLeft", &second);
    engine.stop();
}
