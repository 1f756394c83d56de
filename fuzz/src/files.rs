//! Config files and journal frames with errors of a person or of a broken disk.

use std::fs;
use std::path::{Path, PathBuf};

use journal::{Journal, Options, read_from, verify};
use model::event::{CallAccepted, EngineStarted};
use model::{CallId, Event, Record, Seq, Timestamp};
use settings::Settings;
use tempfile::TempDir;

/// One file of the shipped config with other content: the first byte says which. It is read, or
/// each fault says in which file it is.
pub fn config(input: &[u8]) {
    let Some((which, text)) = input.split_first() else { return };
    let name = CONFIG_FILES.get(usize::from(*which) % CONFIG_FILES.len()).expect("a name");
    FOLDER.with(|folder| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file");
        let loaded = Settings::load(folder.path());
        fs::copy(shipped().join(name), &path).expect("the shipped file again");
        let Err(faults) = loaded else { return };
        assert!(!faults.is_empty(), "refused without a fault");
        let shown = folder.path().display().to_string();
        for fault in faults {
            assert!(fault.to_string().starts_with(&shown), "a fault that names no file: {fault}");
        }
    });
}

thread_local! {
    /// A copy of the shipped config. Each input changes one file of it and puts it back.
    static FOLDER: TempDir = {
        let folder = TempDir::new().expect("a folder");
        copy(&shipped(), folder.path());
        folder
    };
}

/// A log of eight records, damaged. The first byte is how much of its end is missing; each three
/// bytes after it are a place and what is changed there. A reader gives records as they were
/// written, in order, or says that the log is damaged. A log that opens goes on behind the last
/// record that it still has.
pub fn journal_frames(input: &[u8]) {
    let folder = TempDir::new().expect("a folder");
    let log = folder.path().join("log");
    let written: Vec<Record> = (1..=8).map(record).collect();
    write(&log, &written);
    damage(&log, input);

    let read = records(&log);
    assert!(written.starts_with(&read), "a record is not as it was written: {read:?}");
    let _report = verify(&log);

    let Ok((mut journal, opening)) = Journal::open(&log, Options::default()) else { return };
    let last = opening.last.unwrap_or(0);
    assert_eq!(journal.last(), last);
    let next = record(last + 1);
    journal.append(std::slice::from_ref(&next)).expect("appends");
    journal.sync().expect("syncs");
    drop(journal);
    let newest = read_from(&log, last + 1).expect("opens").next().expect("has it").expect("reads");
    assert_eq!(newest, next, "the record that was appended reads differently");
}

fn write(log: &Path, records: &[Record]) {
    let (mut journal, _) = Journal::open(log, Options::default()).expect("opens");
    for pair in records.chunks(2) {
        journal.append(pair).expect("appends");
        journal.sync().expect("syncs");
    }
}

fn damage(log: &Path, input: &[u8]) {
    let Some((cut, changes)) = input.split_first() else { return };
    let segment = log.join("00000000000000000001.log");
    let mut bytes = fs::read(&segment).expect("the segment");
    bytes.truncate(bytes.len().saturating_sub(usize::from(*cut) * 4));
    for change in changes.chunks_exact(3) {
        let [high, low, flip] = change else { continue };
        let at = usize::from(u16::from_be_bytes([*high, *low])) % bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= flip;
        }
    }
    fs::write(&segment, bytes).expect("the segment");
}

/// The records up to the first that cannot be read.
fn records(log: &Path) -> Vec<Record> {
    let Ok(records) = read_from(log, 0) else { return Vec::new() };
    records.map_while(Result::ok).collect()
}

fn record(seq: Seq) -> Record {
    let at = Timestamp::from_micros(1_795_363_200_000_000 + seq);
    let event = match seq % 2 {
        0 => Event::EngineStarted(EngineStarted { version: format!("0.{seq} 连心线") }),
        _ => Event::CallAccepted(CallAccepted { call: CallId::from(seq) }),
    };
    Record { seq, at, event }
}

/// The project's `config/`: beside this file's crate, or at the root that includes it.
fn shipped() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().map(|folder| folder.join("config")).find(|it| it.is_dir()).expect("config/")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).expect("a copy")),
        }
    }
}

const CONFIG_FILES: [&str; 12] = [
    "heartline.toml",
    "lines.toml",
    "queues.toml",
    "seats.toml",
    "trunks.toml",
    "blacklist.toml",
    "courier.toml",
    "desk.toml",
    "reports.toml",
    "desk/sms.toml",
    "prompts/prompts.toml",
    "calendar/2026.toml",
];
