//! The signatures of days: changes of the log, of a signature, or of their order are detected.

use std::{fs, path::Path};

use journal::{DaySigner, Journal, Options, backup, verify_days};
use model::{Event, Record, Seq, Timestamp, Zone, event::EngineStarted};

/// 2026-11-30 00:00 in China, in microseconds.
const MIDNIGHT: u64 = 1_795_968_000_000_000;
const HOUR: u64 = 3_600_000_000;

/// Record `seq`, `seq` times eight hours after midnight: three a day.
fn record(seq: Seq) -> Record {
    let at = Timestamp::from_micros(MIDNIGHT + (seq - 1) * 8 * HOUR);
    let event = Event::EngineStarted(EngineStarted { version: format!("0.{seq}") });
    Record { seq, at, event }
}

fn write(folder: &Path, records: &[Record]) {
    let (mut journal, _) = Journal::open(folder, Options { segment_bytes: 300 }).unwrap();
    for record in records {
        journal.append(std::slice::from_ref(record)).unwrap();
    }
    journal.sync().unwrap();
}

fn signer() -> DaySigner {
    DaySigner::new(&[7; 32]).unwrap()
}

fn sign(folder: &Path, now_hours: u64) -> Vec<String> {
    let now = Timestamp::from_micros(MIDNIGHT + now_hours * HOUR);
    let signed = signer().sign_days(folder, Zone::CHINA, now).unwrap();
    signed.into_iter().map(|day| day.day).collect()
}

/// Four days and a few hours, of which `now` at 100 hours sees four as over.
fn signed_log() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &(1..=13).map(record).collect::<Vec<_>>());
    assert_eq!(sign(folder.path(), 100), ["2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"]);
    folder
}

fn faults(folder: &Path) -> Vec<String> {
    verify_days(folder, &[]).unwrap().faults
}

fn signatures(folder: &Path) -> String {
    fs::read_to_string(folder.join("signatures.jsonl")).unwrap()
}

#[test]
fn each_day_that_is_over_is_signed_once() {
    let folder = signed_log();
    let found = verify_days(folder.path(), &[signer().public_key()]).unwrap();
    assert_eq!((found.days, found.last.as_deref(), found.faults), (4, Some("2026-12-03"), vec![]));
    assert_eq!(sign(folder.path(), 100), Vec::<String>::new());
    assert_eq!(sign(folder.path(), 130), ["2026-12-04"]);
    assert_eq!(verify_days(folder.path(), &[]).unwrap().days, 5);
}

#[test]
fn day_is_not_signed_within_ten_minutes_of_its_end() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[record(1)]);
    let at = |minutes: u64| Timestamp::from_micros(MIDNIGHT + 24 * HOUR + minutes * 60_000_000);
    assert_eq!(signer().sign_days(folder.path(), Zone::CHINA, at(9)).unwrap(), []);
    assert_eq!(signer().sign_days(folder.path(), Zone::CHINA, at(11)).unwrap().len(), 1);
}

#[test]
fn changed_record_is_found_on_its_day() {
    let folder = signed_log();
    let forged = tempfile::tempdir().unwrap();
    let mut records: Vec<Record> = (1..=13).map(record).collect();
    records[4].event = Event::EngineStarted(EngineStarted { version: "0.6".into() });
    write(forged.path(), &records);
    fs::write(forged.path().join("signatures.jsonl"), signatures(folder.path())).unwrap();
    let faults = faults(forged.path());
    assert_eq!(faults, ["2026-12-01: records 4 to 6 are not those that were signed"]);
}

#[test]
fn missing_records_are_found() {
    let folder = signed_log();
    let short = tempfile::tempdir().unwrap();
    write(short.path(), &(1..=10).map(record).collect::<Vec<_>>());
    fs::write(short.path().join("signatures.jsonl"), signatures(folder.path())).unwrap();
    assert_eq!(faults(short.path()), ["2026-12-03: record 11 is missing"]);
}

#[test]
fn left_out_signature_is_found() {
    let folder = signed_log();
    let text = signatures(folder.path());
    let without: Vec<&str> =
        text.lines().enumerate().filter(|(n, _)| *n != 1).map(|l| l.1).collect();
    fs::write(folder.path().join("signatures.jsonl"), without.join("\n") + "\n").unwrap();
    let faults = faults(folder.path());
    assert_eq!(faults, ["2026-12-02: a signature before it is missing or was changed"]);
}

#[test]
fn changed_signature_is_found() {
    let folder = signed_log();
    let text = signatures(folder.path()).replacen("\"last\":6", "\"last\":5", 1);
    fs::write(folder.path().join("signatures.jsonl"), text).unwrap();
    let faults = faults(folder.path());
    assert!(faults[0].starts_with("2026-12-01: the signature is wrong"), "{faults:?}");
}

#[test]
fn signature_of_another_key_is_a_fault_where_keys_are_trusted() {
    let folder = signed_log();
    let other = DaySigner::new(&[8; 32]).unwrap().public_key();
    let found = verify_days(folder.path(), &[other]).unwrap();
    assert_eq!((found.days, found.faults.len()), (0, 4));
    assert!(found.faults[0].contains("another key"), "{:?}", found.faults);
}

#[test]
fn torn_last_line_is_ignored_and_signed_again() {
    let folder = signed_log();
    let text = signatures(folder.path());
    fs::write(folder.path().join("signatures.jsonl"), &text[..text.len() - 20]).unwrap();
    assert_eq!(verify_days(folder.path(), &[]).unwrap().days, 3);
    assert_eq!(sign(folder.path(), 100), ["2026-12-03"]);
    assert_eq!(faults(folder.path()), Vec::<String>::new());
}

#[test]
fn backup_takes_signatures_along() {
    let folder = signed_log();
    let copy = tempfile::tempdir().unwrap();
    backup(folder.path(), copy.path()).unwrap();
    let found = verify_days(copy.path(), &[]).unwrap();
    assert_eq!((found.days, found.faults), (4, vec![]));
}

#[test]
fn log_without_signatures_has_no_faults() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[record(1)]);
    assert_eq!(verify_days(folder.path(), &[]).unwrap(), journal::SignedDays::default());
}
