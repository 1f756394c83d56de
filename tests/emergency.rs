//! Emergency mode: calls are taken without the hotline's log and imported once it is repaired.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use support::{Engine, Installation, Phone, ScriptedCaller, Side, SmallDisk, until};

const CALLER: u32 = 1_000;
const SEAT: u32 = 700;

/// A hotline with an emergency folder in its config.
fn with_standby(seats: u32) -> Installation {
    let installation = Installation::with_seats(seats);
    let standby = installation.path("standby");
    fs::create_dir(&standby).unwrap();
    installation.edit("heartline.toml", |text| {
        format!("{text}\n[start]\nemergency = {{ folder = {:?} }}\n", standby.to_str().unwrap())
    });
    installation
}

fn miss(engine: &Engine<'_>, number: u32) {
    let call = ScriptedCaller::new(engine.sip, "12345", number);
    call.invite();
    assert_eq!(call.finish(), 200);
}

fn alarms(engine: &Engine<'_>) -> Value {
    engine.api.json("/api/v1/wallboard")["alarms"].clone()
}

/// Waits for an alarm on the wallboard and returns its text.
fn alarm(engine: &Engine<'_>, name: &str) -> String {
    until(&format!("the alarm {name}"), || alarms(engine)[name].as_str().map(str::to_owned))
}

/// Whether the wallboard is up to date with the stream and shows no such alarm.
fn no_alarm(engine: &Engine<'_>, name: &str) {
    let last = engine.events.so_far().last().and_then(|record| record["seq"].as_u64());
    let seen = |board: &Value| board["seq"].as_u64() >= last;
    let board = until("the wall", || Some(engine.api.json("/api/v1/wallboard")).filter(seen));
    assert_eq!(board["alarms"][name], Value::Null, "{board}");
}

fn newest_segment(journal: &Path) -> PathBuf {
    let entries = fs::read_dir(journal).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|e| e == "log")).max().unwrap()
}

/// Flips one bit in the middle of the newest segment of the hotline's log.
fn damage(installation: &Installation) {
    let segment = newest_segment(&installation.path("data/journal"));
    let mut bytes = fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&segment, bytes).unwrap();
}

/// The output and exit code of a command that must fail.
fn refused(installation: &Installation, arguments: &[&str]) -> (i32, String) {
    let output = installation.run(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "heartline {}: {said}", arguments.join(" "));
    (output.status.code().unwrap(), said)
}

/// Truncates the log at the damage, as the error advises.
fn truncate_as_advised(installation: &Installation, said: &str) {
    let (_, advice) = said.split_once("truncate --size=").expect(said);
    let (size, rest) = advice.split_once(' ').unwrap();
    let file = rest.split('`').next().unwrap();
    let file = fs::OpenOptions::new().write(true).open(installation.path(file)).unwrap();
    file.set_len(size.parse().unwrap()).unwrap();
}

#[test]
fn emergency_calls_are_imported_once_with_their_tickets() {
    let installation = with_standby(2);
    installation.add_person("li", "agent");
    let clerk = installation.token("li");
    let engine = installation.start();
    miss(&engine, 1);
    engine.events.wait_for("MissedCallFiled");
    until("a copy of the keys", || installation.path("standby/keys.json").is_file().then_some(()));
    engine.stop();
    damage(&installation);

    // The engine falls back to emergency mode and raises an alarm.
    let engine = installation.start();
    let said = alarm(&engine, "emergency");
    assert!(said.contains("the log is damaged at byte"), "{said}");
    assert!(engine.output().contains("EMERGENCY"), "{}", engine.output());
    assert!(engine.is_healthy(), "it takes calls");
    let open = json!({ "channel": "visit", "form": { "title": "路灯不亮" } });
    let answer = engine.api_as(Some(&clerk)).post("/api/v1/tickets", &open);
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.text().contains("in emergency mode"), "{}", answer.text());
    let account = json!({ "name": "wang", "role": "agent" });
    assert_eq!(engine.admin.post("/api/v1/accounts", &account).status, 503);
    assert_eq!(engine.api.get("/api/v1/figures?period=2026-11").status, 503);

    // Followers of the log keep their position: records of the emergency have no event id.
    let mut stream = std::io::BufReader::new(engine.api.stream("/api/v1/events?after=0"));
    let mut lines = String::new();
    while !lines.contains("data:") {
        std::io::BufRead::read_line(&mut stream, &mut lines).unwrap();
    }
    assert!(!lines.lines().any(|line| line.starts_with("id:")), "{lines}");

    // One call is missed, one is served, one is up while the engine is killed.
    miss(&engine, 2);
    let missed =
        until("the missed call is listed", || engine.list("/api/v1/calls?answered=false").pop());
    let seat = engine.ready_seat(1001, SEAT);
    let caller = Phone::caller("13800001111", CALLER);
    caller.dial("12345", engine.sip);
    let served = engine.events.wait_for("CallConnected")["of"]["call"].as_str().unwrap().to_owned();
    caller.talks_for(Duration::from_secs(2));
    caller.hang_up();
    engine.events.wait_for_call("RecordingClosed", &served);
    let second = engine.ready_seat(1002, SEAT);
    let cut_off = Phone::caller("13800002222", CALLER);
    cut_off.dial("12345", engine.sip);
    let both = engine.events.wait_for_count("two talks", 2, |r| r["event"] == "CallConnected");
    let cut = both[1]["of"]["call"].as_str().unwrap().to_owned();
    cut_off.talks_for(Duration::from_secs(4));
    assert_eq!(engine.events.count("TicketOpened") + engine.events.count("MissedCallFiled"), 0);
    engine.kill();
    drop((seat, second, caller, cut_off));

    // The import into a damaged log is refused. The log is repaired as its error advises.
    let import = ["emergency", "import", "standby"];
    let (code, said) = refused(&installation, &import);
    assert_eq!(code, 65, "{said}");
    truncate_as_advised(&installation, &said);
    let before = installation.log();

    // The hotline starts before the import, and an alarm names the waiting emergency.
    let engine = installation.start();
    let waits = alarm(&engine, "emergency_not_imported");
    assert!(waits.contains("heartline emergency import"), "{waits}");
    miss(&engine, 3);
    engine.events.wait("another missed call", |record| {
        record["event"] == "MissedCallFiled" && record["seq"].as_u64() > Some(before.len() as u64)
    });
    let (code, said) = refused(&installation, &import);
    assert!(code == 64 && said.contains("another running engine"), "{code}: {said}");
    engine.stop();

    let log = installation.log();
    let output = installation.ok(&["emergency", "import", "standby", "--dry-run"]);
    assert!(output.contains("3 calls (2 answered)"), "{output}");
    assert!(output.contains("nothing was changed"), "{output}");
    assert!(installation.path("standby/journal").is_dir());
    let output = installation.ok(&import);
    assert!(output.contains("import complete; start the engine"), "{output}");
    let after = installation.log();
    // `log cat` leaves a record too, so only records of the import are compared.
    assert_eq!(&after[..log.len()], &log);
    assert!(after.windows(2).all(|pair| pair[0]["at"].as_u64() <= pair[1]["at"].as_u64()));

    // It is imported once: neither from the new folder nor from the old one again.
    let (code, said) = refused(&installation, &import);
    assert!(code == 64 && said.contains("there is no log in"), "{code}: {said}");
    let aside = fs::read_dir(installation.path("standby")).unwrap().map(|e| e.unwrap().path());
    let aside = aside.into_iter().find(|path| path.is_dir()).unwrap();
    let (code, said) = refused(&installation, &["emergency", "import", aside.to_str().unwrap()]);
    assert!(code == 64 && said.contains("imported already"), "{code}: {said}");
    assert_eq!(installation.log().len(), after.len());

    // The calls have tickets and recordings, and are counted.
    let engine = installation.start();
    engine.events.wait_for_count("two tickets", 2, |r| r["event"] == "TicketOpened");
    engine.events.wait_for_call("MissedCallFiled", missed["call"].as_str().unwrap());
    no_alarm(&engine, "emergency_not_imported");
    no_alarm(&engine, "emergency");
    for call in [&served, &cut] {
        assert!(engine.call(call)["ticket"].is_u64(), "{}", engine.call(call));
        let file = engine.call(call)["recording"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/recordings/{call}/audio");
        let answer = until("the recording is whole", || {
            Some(engine.api.get(&path)).filter(|answer| answer.status == 200)
        });
        assert_eq!(fs::read(installation.path("recordings").join(file)).unwrap(), answer.body);
        let wav = support::Wav::parse(&answer.body).expect("a PCM WAV");
        assert!(wav.tone_seconds(Side::Caller, CALLER.into()) > 1.0, "call {call}");
    }
    assert_eq!(engine.call(&cut)["end"], "node_failed");
    assert_eq!(engine.call(missed["call"].as_str().unwrap())["arrived"], missed["arrived"]);
    let board = engine.api.json("/api/v1/wallboard");
    let answered: u64 = board["queues"]
        .as_object()
        .unwrap()
        .values()
        .map(|q| q["answered"].as_u64().unwrap())
        .sum();
    assert_eq!(answered, 2, "{board}");
    // New ticket numbers follow those of the emergency.
    miss(&engine, 4);
    engine.stop();
    installation.ok(&["log", "verify"]);
}

#[test]
fn emergency_after_a_crash_ends_old_calls_and_rings_the_same_phones() {
    let installation = with_standby(1);
    let engine = installation.start();
    until("a copy of the keys", || installation.path("standby/keys.json").is_file().then_some(()));
    let seat = engine.ready_seat(1001, SEAT);
    let caller = Phone::caller("13811112222", CALLER);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    // Dialogs and registrations are on disk within a second.
    seat.talks_for(Duration::from_secs(2));
    engine.kill();
    damage(&installation);

    let registered = seat.count("REGISTER_OK");
    let engine = installation.start();
    alarm(&engine, "emergency");
    seat.wait_for("CALL_CLOSED");
    caller.wait_for("CALL_CLOSED");
    // The signed-in seats are in the log that cannot be opened.
    engine.sign_in(1001);
    let next = Phone::caller("13811113333", CALLER + 10);
    next.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    assert_eq!(seat.count("REGISTER_OK"), registered, "it did not register anew");
    engine.stop();
}

#[test]
fn full_disk_at_start_leads_to_emergency_mode() {
    let installation = with_standby(1);
    let engine = installation.start();
    until("a copy of the keys", || installation.path("standby/keys.json").is_file().then_some(()));
    engine.stop();
    let disk = SmallDisk::new(16 << 10);
    installation.move_to("data", &disk);
    disk.fill_but(0);
    let engine = installation.start();
    alarm(&engine, "emergency");
    miss(&engine, 1);
    until("the call is listed", || engine.list("/api/v1/calls").pop());
    engine.stop();

    // With free space the start is a normal one and knows of the waiting emergency.
    disk.make_room();
    let engine = installation.start();
    alarm(&engine, "emergency_not_imported");
    engine.stop();
    installation.ok(&["emergency", "import", "standby"]);
    let engine = installation.start();
    engine.events.wait_for("MissedCallFiled");
}

#[test]
fn emergency_folder_given_as_argument_is_remembered() {
    let installation = Installation::with_seats(1);
    installation.start().stop();
    damage(&installation);
    let (code, said) =
        refused(&installation, &["serve", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"]);
    assert!(code == 70 && said.contains("serve --emergency DIR"), "{code}: {said}");
    let (code, said) = refused(&installation, &["serve", "--emergency", "--sip", "127.0.0.1:0"]);
    assert!(code == 64 && said.contains("needs a folder"), "{code}: {said}");
    let (code, said) = refused(&installation, &["serve", "--emergency", "data/usb"]);
    assert!(code == 64 && said.contains("name a folder on another disk"), "{code}: {said}");
    let engine = installation.start_with(&["--emergency", "usb"]);
    miss(&engine, 1);
    until("the call is listed", || engine.list("/api/v1/calls").pop());
    engine.stop();
    let (_, said) = refused(&installation, &["emergency", "import", "usb"]);
    truncate_as_advised(&installation, &said);
    // The folder is not in the config; the data folder remembers it.
    let engine = installation.start();
    let waits = alarm(&engine, "emergency_not_imported");
    assert!(waits.contains("usb"), "{waits}");
    engine.stop();
    installation.ok(&["emergency", "import", "usb"]);
    let engine = installation.start();
    engine.events.wait_for("MissedCallFiled");
    no_alarm(&engine, "emergency_not_imported");
}

#[test]
fn hotline_log_is_not_accepted_as_emergency_log() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    miss(&engine, 1);
    engine.events.wait_for("MissedCallFiled");
    installation.ok(&["backup", "copy"]);
    engine.stop();
    let (code, said) = refused(&installation, &["emergency", "import", "copy"]);
    assert!(code == 64 && said.contains("is not the log of an emergency"), "{code}: {said}");
    let arguments =
        ["serve", "--emergency", "copy", "--sip", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    let (_, said) = refused(&installation, &arguments);
    assert!(said.contains("is the hotline's own log"), "{said}");
}
