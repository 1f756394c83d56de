//! The config is reloaded while calls go on, by SIGHUP, the command line and the API; faulty folders
//! change nothing; a start after a crash uses what was in force.

mod support;

use rustix::process::Signal;
use serde_json::{Value, json};
use support::sipp::Calls;
use support::{Engine, Installation, Phone, Sipp, password, until};

/// The configs on record, the newest first.
fn configs(engine: &Engine<'_>) -> Vec<Value> {
    engine.admin.json("/api/v1/config")["configs"].as_array().unwrap().clone()
}

/// Waits until so many configs are on record.
fn wait_for_configs(engine: &Engine<'_>, count: usize) -> Vec<Value> {
    until(&format!("{count} configs on record"), || {
        Some(configs(engine)).filter(|found| found.len() >= count)
    })
}

/// Seat 1031 is added, and the queue rings for a shorter time.
fn add_a_seat(installation: &Installation) {
    installation.edit("seats.toml", |text| text.replace("1001-1030", "1001-1031"));
    installation.edit("queues.toml", |text| text.replace("ring = \"4s\"", "ring = \"3s\""));
    installation.ok(&["seat", "password", "1031", "--password", &password(1031)]);
}

#[test]
fn sighup_takes_a_new_seat_while_a_talk_goes_on() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let first = engine.ready_seat(1001, 700);
    let talk = Sipp::start(engine.sip, &Calls { pause_ms: 15_000, ..Calls::default() });
    let connected = engine.events.wait_for("CallConnected");
    let call = connected["of"]["call"].as_str().unwrap().to_owned();

    add_a_seat(&installation);
    engine.signal(Signal::HUP);
    let found = wait_for_configs(&engine, 2);
    assert_eq!(found[0]["cause"], "signal");
    let changes = found[0]["changes"].to_string();
    assert!(changes.contains("seat 1031 added"), "{changes}");
    assert!(changes.contains("queue citizens changed: ring 4s -> 3s"), "{changes}");

    // The new seat registers and is rung for the next caller; the first one still talks.
    let second = engine.ready_seat(1031, 900);
    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    let calls = engine.events.wait_for_count("two talks", 2, |r| r["event"] == "CallConnected");
    assert_eq!(calls[1]["of"]["seat"], 1031);
    let offers = engine.events.wait_for_count("two offers", 2, |r| r["event"] == "OfferMade");
    let lease_us =
        |offer: &Value| offer["of"]["until"].as_u64().unwrap() - offer["at"].as_u64().unwrap();
    // The lease counts from the same moment as the record, up to the clock's microseconds.
    assert!((3_900_000..4_100_000).contains(&lease_us(&offers[0])), "{}", offers[0]);
    assert!((2_900_000..3_100_000).contains(&lease_us(&offers[1])), "{}", offers[1]);
    let ended = |r: &Value| r["event"] == "CallEnded" && r["of"]["call"] == call;
    assert!(!engine.events.so_far().iter().any(ended), "the talk went on over the reload");
    caller.hang_up();
    talk.finish();
    let end = engine.events.wait_for_call("CallEnded", &call);
    assert_eq!(end["of"]["end"], "caller_hung_up");
    drop((first, second));
    engine.stop();
}

#[test]
fn faulty_folder_is_refused_and_nothing_changes() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let seat = engine.ready_seat(1001, 700);
    assert_eq!(configs(&engine).len(), 1);

    // Two faults, both told at once.
    installation.edit("queues.toml", |text| text.replace("\"4s\"", "\"soon\""));
    installation.edit("seats.toml", |text| text.replace("citizens", "nowhere"));
    let answer = engine.admin.post("/api/v1/config/reload", &json!({}));
    assert_eq!(answer.status, 422, "{}", answer.text());
    let faults = answer.json()["faults"].as_array().unwrap().clone();
    let told = faults.iter().map(Value::to_string).collect::<String>();
    assert!(told.contains("queues.toml:") && told.contains("seats.toml:"), "{told}");
    let output = installation.run(&["reload", "--data", "data"]);
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing has changed"), "{output:?}");
    engine.signal(Signal::HUP);
    engine.wait_for_line("the refusal", |line| line.contains("was refused"));

    // A supervisor may not reload at all.
    assert_eq!(engine.api.post("/api/v1/config/reload", &json!({})).status, 403);

    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    assert_eq!(configs(&engine).len(), 1);
    drop(seat);
    engine.stop();
}

#[test]
fn change_that_needs_a_restart_is_named_and_nothing_is_taken() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    add_a_seat(&installation);
    installation.edit("heartline.toml", |text| text + "\n[intake]\ncapacity = 500\n");
    let output = installation.run(&["reload", "--data", "data"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(64), "{said}");
    assert!(said.contains("[intake] changed: capacity 500; it needs a restart"), "{said}");
    assert_eq!(configs(&engine).len(), 1);
    // It is told before, too.
    let diff = installation.ok(&["check", "--diff", "--data", "data", "--json"]);
    let diff: Value = serde_json::from_str(&diff).unwrap();
    let takes = |of: &str| {
        let changes = diff["changes"].as_array().unwrap();
        changes.iter().find(|change| change["of"] == of).unwrap_or_else(|| panic!("{diff}"))["takes"]
            .clone()
    };
    assert_eq!((takes("seat 1031"), takes("[intake]")), ("reload".into(), "restart".into()));
    engine.stop();
    // A restart takes both.
    let engine = installation.start();
    assert_eq!(configs(&engine)[0]["cause"], "start");
    let _second = engine.ready_seat(1031, 900);
    engine.stop();
}

#[test]
fn callers_of_a_removed_queue_stay_until_another_takes_them_over() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    let queued = engine.events.wait_for("CallQueued");

    let rename = |text: String| text.replace("citizens", "people");
    for file in ["queues.toml", "lines.toml", "seats.toml"] {
        installation.edit(file, rename);
    }
    let output = installation.run(&["reload", "--data", "data"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("1 callers wait in queue"), "{said}");
    assert_eq!(configs(&engine).len(), 1);

    let said = installation.ok(&["reload", "--data", "data", "--move", "citizens=people"]);
    assert!(said.contains("in force since record"), "{said}");
    let moved = engine.events.wait_for("CallMoved");
    assert_eq!(
        (&moved["of"]["call"], &moved["of"]["to"]),
        (&queued["of"]["call"], &"people".into())
    );
    let _seat = engine.ready_seat(1001, 700);
    let connected = engine.events.wait_for("CallConnected");
    assert_eq!(connected["of"]["queue"], "people");
    caller.hang_up();
    let call = queued["of"]["call"].as_str().unwrap();
    engine.events.wait_for_call("CallEnded", call);
    let record = until("the call's record has its end", || {
        Some(engine.call(call)).filter(|record| record["ended"].is_u64())
    });
    assert_eq!(record["queue"], "people");
    let board = until("the wallboard shows the move", || {
        let board = engine.api.json("/api/v1/wallboard");
        (board["queues"]["people"]["answered"] == 1).then_some(board)
    });
    assert_eq!(board["queues"]["citizens"]["flowed_out"], 1, "{board}");
    // The record names the person.
    let who = &configs(&engine)[0];
    assert!(who["by"].as_str().unwrap().starts_with("os:"), "{who}");
    let audit = engine.auditor.json("/api/v1/audit?what=reconfigured");
    assert!(audit["items"].to_string().contains("by command"), "{audit}");
    engine.stop();
}

#[test]
fn removed_seat_talks_to_the_end_and_is_gone_after_it() {
    let installation = Installation::with_seats(2);
    let engine = installation.start();
    let phone = engine.ready_seat(1001, 700);
    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");

    installation.edit("seats.toml", |text| text.replace("1001-1030", "1002-1030"));
    let answer = engine.admin.post("/api/v1/config/reload", &json!({}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("seat 1001 removed"), "{}", answer.text());
    phone.talks_for(std::time::Duration::from_secs(1));
    assert_eq!(engine.api.post("/api/v1/seats/1001/ready", &json!({})).status, 404);
    caller.hang_up();
    engine.events.wait("seat 1001 is signed out", |record| {
        record["event"] == "SeatLoggedOut" && record["of"]["seat"] == 1001
    });
    until("the wallboard has no seat 1001", || {
        let seats = engine.api.json("/api/v1/wallboard")["seats"].clone();
        (seats.get("1001").is_none() && seats.get("1002").is_some()).then_some(())
    });
    // Its phone registers no more.
    assert_eq!(engine.api.get("/api/v1/seats/1001").status, 404);
    let next = Phone::caller("13833334444", 1_500);
    next.dial("12345", engine.sip);
    let _other = engine.ready_seat(1002, 900);
    let calls = engine.events.wait_for_count("two talks", 2, |r| r["event"] == "CallConnected");
    assert_eq!(calls[1]["of"]["seat"], 1002);
    engine.stop();
}

#[test]
fn start_after_a_crash_uses_the_config_that_was_in_force() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    add_a_seat(&installation);
    installation.ok(&["reload", "--data", "data"]);
    assert_eq!(configs(&engine).len(), 2);
    // The folder is being edited when the engine dies, and has a fault at that moment.
    installation.edit("seats.toml", |text| text.replace("1001-1031", "1001-10"));
    engine.kill();

    let engine = installation.start();
    assert!(engine.output().contains("seats.toml"), "{}", engine.output());
    assert_eq!(configs(&engine).len(), 2, "it is the same config");
    let changed = engine.admin.json("/api/v1/config")["changed_files"].clone();
    assert_eq!(changed, json!(["seats.toml"]));
    let _new = engine.ready_seat(1031, 900);
    engine.stop();

    // An ordinary start uses the folder, faults and all.
    assert_eq!(installation.run(&["serve", "--data", "data"]).status.code(), Some(64));
    installation.edit("seats.toml", |text| text.replace("1001-10", "1001-1020"));
    let engine = installation.start();
    let found = configs(&engine);
    assert_eq!((found.len(), &found[0]["cause"]), (3, &"start".into()));
    engine.stop();
}

#[test]
fn earlier_config_is_restored_into_the_folder() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let before = std::fs::read_to_string(installation.path("config/seats.toml")).unwrap();
    add_a_seat(&installation);
    std::fs::write(installation.path("config/prompts/extra.wav"), {
        std::fs::read(installation.path("config/prompts/confirmed.wav")).unwrap()
    })
    .unwrap();
    installation.ok(&["reload", "--data", "data"]);
    let history = installation.ok(&["config", "history", "--data", "data", "--json"]);
    let records: Vec<Value> =
        history.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records.len(), 2, "{history}");
    assert_eq!(records[0]["cause"], "command");
    let first = records[1]["record"].as_str().unwrap();

    let said = installation.ok(&["config", "restore", first, "--data", "data"]);
    assert!(said.contains("seats.toml") && said.contains("prompts/extra.wav"), "{said}");
    let restored = std::fs::read_to_string(installation.path("config/seats.toml")).unwrap();
    assert_eq!(restored, before);
    assert!(!installation.path("config/prompts/extra.wav").exists());
    assert!(installation.path("config.before-1/prompts/extra.wav").exists());
    let said = installation.ok(&["reload", "--data", "data"]);
    assert!(said.contains("seat 1031 removed"), "{said}");
    engine.stop();
}
