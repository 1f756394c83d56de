//! Copies of the log: exports, imports, backups, restores, and the start on a log that is not
//! whole.

mod support;

use std::fs::{self, OpenOptions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use journal::{Journal, Options};
use model::event::EngineStarted;
use model::{Event, Record, Timestamp};
use serde_json::Value;
use support::{Engine, Installation, ScriptedCaller, until};

/// A hotline with a number of missed calls.
fn with_missed(calls: u64) -> Installation {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    miss(&engine, calls);
    engine.stop();
    installation
}

fn miss(engine: &Engine<'_>, calls: u64) {
    let listed = || engine.list("/api/v1/tickets").len() as u64;
    let before = listed();
    for number in 0..calls {
        let call = ScriptedCaller::new(engine.sip, "12345", (before + number) as u32);
        call.invite();
        assert_eq!(call.finish(), 200);
    }
    until("the missed calls in the list", || (listed() == before + calls).then_some(()));
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The output and exit code of a command that must fail.
fn refused(installation: &Installation, arguments: &[&str]) -> (i32, String) {
    let output = installation.run(arguments);
    assert!(!output.status.success(), "heartline {}", arguments.join(" "));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap(), said)
}

#[test]
fn export_of_a_running_engine_imports_to_the_same_state() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    miss(&engine, 5);
    let output = installation.ok(&["export", "--out", "log.jsonl"]);
    assert!(output.contains("SHA-256") && output.contains("only its owner"), "{output}");
    let file = installation.path("log.jsonl");
    assert_eq!(mode(&file), 0o600);
    // The export is on record with the operating-system user.
    let exported = engine.events.wait("the export", |record| {
        record["event"] == "Exported" && record["of"]["what"].as_str().unwrap().starts_with("log ")
    });
    let who = exported["of"]["by"].as_str().unwrap();
    assert!(who.starts_with("os:") && exported["of"]["whole"] == true, "{exported}");
    let audit = installation.ok(&["audit", "--person", who]);
    assert!(audit.contains("exported: log 1 to "), "{audit}");
    let tickets = engine.list("/api/v1/tickets");
    assert_eq!(tickets.len(), 5);
    engine.stop();

    // A copy of another time zone or a changed copy is refused and leaves nothing behind.
    let text = fs::read_to_string(&file).unwrap();
    fs::write(installation.path("bad.jsonl"), text.replacen("\"seq\":3,", "\"seq\":4,", 1))
        .unwrap();
    let (code, said) = refused(&installation, &["import", "bad.jsonl", "--data", "other"]);
    assert!(code == 65 && said.contains("bad.jsonl: line 4: it is record 4"), "{code}: {said}");
    assert!(said.contains("SHA-256") && said.contains("nothing was imported"), "{said}");
    let (code, said) = refused(&installation, &["import", "log.jsonl"]);
    assert!(code == 64 && said.contains("already"), "{code}: {said}");

    // In an empty folder it becomes the same log, and the hotline continues where it ended.
    installation.ok(&["import", "log.jsonl", "--data", "other"]);
    installation.ok(&["export", "--data", "other", "--out", "again.jsonl"]);
    assert_eq!(fs::read_to_string(installation.path("again.jsonl")).unwrap(), text);
    fs::rename(installation.path("data"), installation.path("first")).unwrap();
    fs::rename(installation.path("other"), installation.path("data")).unwrap();
    fs::copy(installation.path("first/keys.json"), installation.path("data/keys.json")).unwrap();
    let engine = installation.start();
    assert_eq!(engine.list("/api/v1/tickets"), tickets);
    miss(&engine, 1);
    assert_eq!(engine.list("/api/v1/tickets").len(), 6);
    engine.stop();

    let part = installation.ok(&["export", "--from", "2", "--to", "3"]);
    assert_eq!(part.lines().count(), 4);
    let (code, said) = refused(&installation, &["export", "--from", "100000"]);
    assert!(code == 64 && said.contains("the log has records 1 to"), "{said}");
}

#[test]
fn backup_is_restored_by_one_command() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    miss(&engine, 3);
    let tickets = engine.list("/api/v1/tickets");
    installation.ok(&["backup", "copy"]);
    // Refused while the engine runs.
    let (code, said) = refused(&installation, &["restore", "copy", "--replace"]);
    assert!(code == 64 && said.contains("another running engine"), "{said}");
    miss(&engine, 2);
    engine.stop();

    // Refused over an existing log unless ordered; then the old one is kept beside it.
    let (code, said) = refused(&installation, &["restore", "copy"]);
    assert!(code == 64 && said.contains("--replace"), "{said}");
    let last = installation.log().len();
    let output = installation.ok(&["restore", "copy", "--replace"]);
    assert!(output.contains("records up to 20") && output.contains("replaced-"), "{output}");
    let aside = replaced(&installation).expect("the old log is kept");
    let old = installation.ok(&["log", "cat", "--data", aside.to_str().unwrap()]);
    assert_eq!(old.lines().count(), last);
    let engine = installation.start();
    assert_eq!(engine.list("/api/v1/tickets"), tickets);
    engine.events.wait("the restore", |record| {
        record["event"] == "LogRestored" && record["of"]["from"] == "backup"
    });
    miss(&engine, 1);
    assert_eq!(engine.list("/api/v1/tickets").len(), 4);
    engine.stop();

    // An empty folder needs no extra option.
    fs::remove_dir_all(installation.path("data")).unwrap();
    installation.ok(&["restore", "copy"]);
    assert_eq!(replaced(&installation), None);
    // An interrupted restore must be repeated before the engine starts.
    fs::create_dir(installation.path("data/restoring")).unwrap();
    let (_, said) =
        refused(&installation, &["serve", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"]);
    assert!(said.contains("run `heartline restore` again"), "{said}");
    installation.ok(&["restore", "copy", "--replace"]);
    let engine = installation.start();
    assert_eq!(engine.list("/api/v1/tickets"), tickets);
}

#[test]
fn incomplete_backup_is_refused_and_changes_nothing() {
    let installation = with_missed(2);
    installation.ok(&["backup", "copy"]);
    let before = installation.log();
    let segment = newest_segment(&installation.path("copy/journal"));
    let mut bytes = fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&segment, bytes).unwrap();
    fs::write(installation.path("copy/keys.json"), "{").unwrap();
    let (code, said) = refused(&installation, &["restore", "copy", "--replace"]);
    assert!(code == 65 && said.contains("at byte") && said.contains("keys.json"), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(installation.log()[..before.len()], before);
    let (code, said) = refused(&installation, &["restore", "nowhere"]);
    assert!(code == 64 && said.contains("is not a backup"), "{said}");
}

#[test]
fn torn_log_raises_an_alarm_until_it_is_settled() {
    let installation = with_missed(2);
    let last = installation.log().len();
    let segment = newest_segment(&installation.path("data/journal"));
    let length = fs::metadata(&segment).unwrap().len();
    OpenOptions::new().write(true).open(&segment).unwrap().set_len(length - 7).unwrap();
    let up =
        |engine: &Engine<'_>| engine.api.json("/api/v1/wallboard")["alarms"]["log_damaged"].clone();
    for _ in 0..2 {
        let engine = installation.start();
        let said = until("the alarm on the wall", || up(&engine).as_str().map(str::to_owned));
        // The view had followed the record: it was confirmed, and the alarm says so.
        let lost = format!("records {last} to {last} had been confirmed and are lost");
        assert!(said.contains(&lost) && said.contains(".torn"), "{said}");
        engine.stop();
    }
    let engine = installation.start();
    let (code, said) = refused(&installation, &["log", "settle", "--why", " "]);
    assert!(code == 64 && said.contains("--why"), "{said}");
    installation.ok(&["log", "settle", "--why", "the caller was called back"]);
    engine.events.wait_for("AlarmSettled");
    engine.stop();
    let engine = installation.start();
    assert_eq!(up(&engine), Value::Null);
    let (_, said) = refused(&installation, &["log", "settle", "--why", "again"]);
    assert!(said.contains("no alarm to settle"), "{said}");
}

#[test]
fn empty_log_with_existing_view_is_refused() {
    let installation = with_missed(1);
    fs::rename(installation.path("data/journal"), installation.path("elsewhere")).unwrap();
    let (_, said) =
        refused(&installation, &["serve", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"]);
    assert!(said.contains("check that the disk is mounted"), "{said}");
    fs::remove_dir_all(installation.path("data/journal")).unwrap();
    fs::rename(installation.path("elsewhere"), installation.path("data/journal")).unwrap();
    let engine = installation.start();
    assert_eq!(engine.list("/api/v1/tickets").len(), 1);
}

fn replaced(installation: &Installation) -> Option<PathBuf> {
    let entries = fs::read_dir(installation.path("data")).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths.find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("replaced-"))
}

fn newest_segment(journal: &Path) -> PathBuf {
    let entries = fs::read_dir(journal).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|e| e == "log")).max().unwrap()
}

#[test]
fn past_days_of_the_log_are_signed_and_verified() {
    let installation = Installation::with_seats(1);
    let folder = installation.path("data/journal");
    let two_days_ago = SystemTime::now() - Duration::from_secs(2 * 86_400);
    let since_1970 = two_days_ago.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let started = EngineStarted { version: "0.1.0".to_owned() };
    let (mut log, _) = Journal::open(&folder, Options::default()).unwrap();
    let at = Timestamp::from_micros(since_1970.as_micros() as u64);
    log.append(&[Record { seq: 1, at, event: Event::EngineStarted(started) }]).unwrap();
    log.sync().unwrap();
    drop(log);

    let engine = installation.start();
    until("the signature", || fs::read_to_string(folder.join("signatures.jsonl")).ok());
    engine.stop();
    assert_eq!(mode(&installation.path("data/signing.key")), 0o600);
    let output = installation.ok(&["log", "verify"]);
    assert!(output.contains("days signed: 1,") && output.contains("signed with key"), "{output}");
    let (code, said) = refused(&installation, &["log", "verify", "--key", &"00".repeat(32)]);
    assert!(code == 65 && said.contains("the log has faults"), "{code}: {said}");

    // A backup has the signatures, too.
    installation.ok(&["backup", "copy"]);
    let copied = fs::read_to_string(installation.path("copy/journal/signatures.jsonl"));
    assert_eq!(copied.unwrap(), fs::read_to_string(folder.join("signatures.jsonl")).unwrap());
}
