//! Files of earlier versions are read, and written again byte for byte (`tests/data/compat`).

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use courier::Envelope;
use journal::Reader;
use model::{
    Event, Record,
    desk::{self, DeskEvent, TicketEvent},
};
use serde_json::Value;
use stats::Cdr;
use store::Store;
use support::Installation;
use ticketing::{DeskCommand, Ticket, channels::ChannelsCommand};

/// A file or folder that version 0.1.0 wrote.
fn written(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/compat/0.1.0").join(name)
}

fn lines(name: &str) -> Vec<String> {
    lines_of(&written(name))
}

fn lines_of(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    assert!(!text.is_empty(), "{}", path.display());
    text.lines().map(str::to_owned).collect()
}

/// The records that all versions wrote.
fn records_of_all_versions() -> Vec<String> {
    let versions = fs::read_dir(written("..")).unwrap().map(|entry| entry.unwrap().path());
    let folders = versions.filter(|path| path.is_dir());
    folders.flat_map(|folder| lines_of(&folder.join("events.jsonl"))).collect()
}

fn json(record: &Record) -> String {
    let mut bytes = Vec::new();
    record.write_json(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The records of `data/journal`.
fn log() -> Vec<Record> {
    let folder = tempfile::tempdir().unwrap();
    support::copy_folder(&written("data/journal"), folder.path());
    Reader::open(folder.path()).unwrap().read_from(1).unwrap().map(Result::unwrap).collect()
}

/// The kind of a desk event as letters to partners have it: `ticket.registered`.
fn kind(line: &str) -> Option<String> {
    let record: Value = serde_json::from_str(line).unwrap();
    let (subject, about) = record["of"]["deed"].as_object()?.iter().next()?;
    let what = match &about[1] {
        Value::String(name) => name,
        object => object.as_object()?.keys().next()?,
    };
    Some(format!("{}.{}", desk::snake_case(subject), desk::snake_case(what)))
}

/// Compares the calls and tickets in a view with those that version had.
fn compare(view: &Store) {
    let reader = view.reader();
    for line in lines("view.jsonl") {
        let value: Value = serde_json::from_str(&line).unwrap();
        let now = match value.get("assignments") {
            Some(_) => {
                let ticket: Ticket = serde_json::from_str(&line).unwrap();
                serde_json::to_string(&reader.ticket(ticket.ticket).unwrap().unwrap()).unwrap()
            }
            None => {
                let call: Cdr = serde_json::from_str(&line).unwrap();
                let now = reader.call(call.call).unwrap().unwrap();
                // That version did not keep the segments of a call.
                let now = Cdr { segments: Vec::new(), ..now };
                serde_json::to_string(&now).unwrap()
            }
        };
        assert_eq!(now, line);
    }
}

#[test]
fn every_record_is_written_again_as_it_was() {
    for line in records_of_all_versions() {
        let record = Record::from_json(line.as_bytes()).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert_eq!(json(&record), line);
    }
}

#[test]
fn fixtures_hold_every_event_and_every_kind_of_desk_event() {
    let records = records_of_all_versions();
    for name in Event::NAMES {
        let written = format!(",\"event\":\"{name}\",");
        assert!(records.iter().any(|line| line.contains(&written)), "no {name}");
    }
    let kinds: BTreeSet<String> = records.iter().filter_map(|line| kind(line)).collect();
    let missing: Vec<_> =
        desk::event_kinds().into_iter().filter(|kind| !kinds.contains(kind.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The hash of a command is in the log, beside the key its sender gave it: the same command with the
/// same key is not done again, by a later version neither.
#[test]
fn every_command_is_written_again_as_it_was() {
    for line in lines("commands.jsonl") {
        let desk = serde_json::from_str::<DeskCommand>(&line);
        let again = match desk {
            Ok(command) => serde_json::to_string(&command).unwrap(),
            Err(_) => {
                let command: ChannelsCommand =
                    serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
                serde_json::to_string(&command).unwrap()
            }
        };
        assert_eq!(again, line);
    }
}

#[test]
fn every_letter_to_a_partner_has_the_same_bytes() {
    let mut letters = lines("letters.jsonl").into_iter();
    for line in lines("events.jsonl") {
        let record = Record::from_json(line.as_bytes()).unwrap();
        for is_masked in [false, true] {
            let Some(envelope) = Envelope::of(&record, &"province".into()) else { continue };
            let body = String::from_utf8(envelope.into_body(is_masked)).unwrap();
            assert_eq!(Some(body), letters.next());
        }
    }
    assert_eq!(letters.next(), None);
}

#[test]
fn log_holds_the_records_of_its_export() {
    let export = lines("export.jsonl");
    let log = log();
    assert_eq!(log.len() + 2, export.len(), "a header and a trailer beside the records");
    for (record, line) in log.iter().zip(&export[1..]) {
        assert_eq!(&json(record), line);
    }
}

#[test]
fn log_folds_to_the_same_calls_and_tickets() {
    let folder = tempfile::tempdir().unwrap();
    let view = Store::open(folder.path()).unwrap();
    view.apply(&log()).unwrap();
    compare(&view);
}

/// The view is made of the log alone; one of another schema is made anew when the engine starts.
#[test]
fn view_is_opened_or_made_anew_with_the_same_calls_and_tickets() {
    let folder = tempfile::tempdir().unwrap();
    support::copy_folder(&written("data"), folder.path());
    let last = log().len() as u64;
    let journal = folder.path().join("journal");
    let opened =
        engine::view::open_store(folder.path(), &journal, last, store::CACHE_BYTES).unwrap();
    assert_eq!((opened.store.applied(), opened.ahead), (last, None));
    compare(&opened.store);
}

/// Each ticket that the engine archived has the hash that was put on record with it then.
#[test]
fn manifests_of_archived_tickets_still_hold() {
    let view_folder = tempfile::tempdir().unwrap();
    let view = Store::open(view_folder.path()).unwrap();
    let mut checked = 0;
    for record in log() {
        if let Event::Desk(entry) = &record.event
            && let DeskEvent::Ticket(id, TicketEvent::Archived { manifest }) = &entry.event
        {
            let ticket = view.reader().ticket(*id).unwrap().unwrap();
            assert_eq!(ticket.manifest(), *manifest, "{id}");
            checked += 1;
        }
        view.apply(&[record]).unwrap();
    }
    assert_eq!(checked, 12);
}

#[test]
fn export_is_imported_and_exported_again_with_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = support::binary();
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/config");
        command.args(arguments).arg("--config").arg(config).current_dir(folder.path());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let export = written("export.jsonl");
    run(&["import", export.to_str().unwrap(), "--data", "data"]);
    run(&["export", "--out", "again.jsonl", "--to", "567", "--data", "data"]);
    let again = fs::read_to_string(folder.path().join("again.jsonl")).unwrap();
    assert_eq!(again, fs::read_to_string(export).unwrap());
}

#[test]
fn backup_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    support::copy_folder(&written("backup"), &folder.path().join("backup"));
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/config");
    let mut command = support::binary();
    command.args(["restore", "backup", "--data", "data", "--config"]).arg(config);
    let output = command.current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let restored = Reader::open(folder.path().join("data/journal")).unwrap();
    let records: Vec<Record> = restored.read_from(1).unwrap().map(Result::unwrap).collect();
    assert_eq!(records[..567], log()[..]);
}

#[test]
fn engine_starts_from_the_data_folder_and_goes_on() {
    let installation = Installation::with_data(&written("data"));
    let engine = installation.start();
    let listed = engine.list("/api/v1/tickets?limit=500");
    let tickets: Vec<String> = listed.iter().map(|row| row["ticket"].to_string()).collect();
    for line in lines("view.jsonl") {
        let value: Value = serde_json::from_str(&line).unwrap();
        if value.get("assignments").is_some() {
            let id = value["ticket"].to_string();
            assert!(tickets.contains(&id), "{id} is not in {tickets:?}");
        }
    }
    engine.stop();
    installation.ok(&["log", "verify"]);
    let log = installation.log();
    assert!(log.len() > 567 && log[567]["seq"] == 568, "{} records", log.len());
}
