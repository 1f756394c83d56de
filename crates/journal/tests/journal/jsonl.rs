//! The log as JSON lines, and back: the same log, or every fault with its line.

use std::{fs, os::unix::fs::MetadataExt, path::Path, sync::LazyLock};

use journal::{
    Journal, JournalError, Options, Reader,
    jsonl::{ExportInfo, ImportError, ImportSummary, export, import},
    read_from, verify,
};
use model::{
    CallId, Event, LineId, Number, Record, Seq, TicketId, Timestamp, Zone,
    event::{CallAccepted, EngineStarted, MissedCallFiled},
};
use proptest::prelude::*;

fn record(seq: Seq) -> Record {
    let at = Timestamp::from_micros(1_795_363_200_000_000 + seq);
    let event = match seq % 3 {
        0 => Event::EngineStarted(EngineStarted { version: format!("0.{seq} \"连心线\"\n") }),
        1 => Event::CallAccepted(CallAccepted { call: CallId::from(seq) }),
        _ => Event::MissedCallFiled(MissedCallFiled {
            ticket: TicketId(2_026_112_200_017),
            call: CallId::from(seq),
            caller: Number::new("13800000000"),
            line: LineId::from("12345"),
            wait_ms: seq,
        }),
    };
    Record { seq, at, event }
}

fn log_of(folder: &Path, last: Seq) {
    let (mut journal, _) = Journal::open(folder, Options { segment_bytes: 2_000 }).unwrap();
    for seq in 1..=last {
        journal.append(&[record(seq)]).unwrap();
    }
    assert_eq!(journal.sync().unwrap(), last);
}

fn about() -> ExportInfo {
    ExportInfo { engine: "0.1.0".into(), zone: Zone::CHINA }
}

fn exported(folder: &Path) -> String {
    let ends = Reader::open(folder).unwrap().ends().unwrap().unwrap();
    let mut lines = Vec::new();
    let exported = export(folder, ends, &about(), &mut lines).unwrap();
    assert_eq!((exported.first, exported.last), ends);
    let lines = String::from_utf8(lines).unwrap();
    assert!(lines.lines().last().unwrap().contains(&exported.sha256));
    lines
}

fn imported(lines: &str, folder: &Path) -> Result<ImportSummary, ImportError> {
    import(lines.as_bytes(), folder, Zone::CHINA)
}

/// The faults of a file that cannot be imported, by line; no partial import is left.
fn faults(lines: &str) -> Vec<(u64, String)> {
    let house = tempfile::tempdir().unwrap();
    let folder = house.path().join("journal");
    let Err(ImportError::Faults { listed, all }) = imported(lines, &folder) else {
        panic!("it should be refused:\n{lines}");
    };
    assert_eq!(listed.len() as u64, all.min(100));
    assert_eq!(Reader::open(&folder).unwrap().ends().unwrap(), None);
    assert!(!folder.with_extension("part").exists());
    listed.into_iter().map(|fault| (fault.line, fault.what)).collect()
}

#[test]
fn export_of_an_import_is_byte_identical() {
    let house = tempfile::tempdir().unwrap();
    let (one, two) = (house.path().join("one"), house.path().join("two/journal"));
    log_of(&one, 3_000);
    let lines = exported(&one);
    assert_eq!(lines.lines().count(), 3_002);
    // Callers' numbers are exported in full.
    assert!(lines.contains("13800000000"));
    let done = imported(&lines, &two).unwrap();
    assert_eq!(done, ImportSummary { records: 3_000, engine: "0.1.0".into() });
    assert!(verify(&two).unwrap().is_whole());
    assert_eq!(exported(&two), lines);
    let all = |folder: &Path| read_from(folder, 1).unwrap().map(Result::unwrap).collect::<Vec<_>>();
    assert_eq!(all(&one), all(&two));
    // It can be appended to like any other log, and is readable by its owner only.
    let (mut journal, opening) = Journal::open(&two, Options::default()).unwrap();
    assert_eq!((opening.last, opening.found), (Some(3_000), vec![]));
    journal.append(&[record(3_001)]).unwrap();
    journal.sync().unwrap();
    for entry in fs::read_dir(&two).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().mode() & 0o077, 0);
    }
}

#[test]
fn partial_export_reports_missing_records() {
    let house = tempfile::tempdir().unwrap();
    log_of(house.path(), 20);
    let mut lines = Vec::new();
    export(house.path(), (7, 9), &about(), &mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let seqs: Vec<Seq> = (lines.lines().skip(1).take(3))
        .map(|line| Record::from_json(line.as_bytes()).unwrap().seq)
        .collect();
    assert_eq!(seqs, [7, 8, 9]);
    let faults = faults(&lines);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].0 == 1 && faults[0].1.contains("begins with record 1"), "{faults:?}");
    let beyond = export(house.path(), (19, 21), &about(), &mut Vec::new());
    assert!(matches!(beyond, Err(JournalError::EndReached { record: 21 })), "{beyond:?}");
}

#[test]
fn every_fault_is_reported_with_its_line() {
    let house = tempfile::tempdir().unwrap();
    log_of(house.path(), 9);
    let whole = exported(house.path());
    let lines: Vec<&str> = whole.lines().collect();
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines: Vec<String> = lines.iter().map(|line| line.to_string()).collect();
        change(&mut lines);
        let mut text = lines.join("\n");
        text.push('\n');
        faults(&text)
    };
    let places = |faults: &[(u64, String)]| faults.iter().map(|fault| fault.0).collect::<Vec<_>>();

    // One letter, five times.
    let changed = with(&|lines| lines[4] = lines[4].replace("\"seq\":4", "\"seq\":40"));
    assert_eq!(places(&changed)[..2], [5, 6], "{changed:?}");
    assert!(changed[0].1.contains("record 40, but record 4 is due"), "{changed:?}");
    let garbled = with(&|lines| {
        lines[2] = "{".into();
        lines[7] = "no".into();
    });
    assert_eq!(places(&garbled), [3, 8, 11, 11], "{garbled:?}");
    assert!(garbled[3].1.contains("SHA-256"), "{garbled:?}");
    let edited = with(&|lines| lines[2] = lines[2].replace("13800000000", "13800000001"));
    assert_eq!(places(&edited), [11], "nothing but the hash tells: {edited:?}");

    // Lines gone, doubled, added.
    let hole = with(&|lines| drop(lines.remove(5)));
    assert!(hole[0] == (6, "it is record 6, but record 5 is due".into()), "{hole:?}");
    let twice = with(&|lines| lines.insert(5, lines[5].clone()));
    assert_eq!(places(&twice)[0], 7, "{twice:?}");
    let after = with(&|lines| lines.push(lines[1].clone()));
    assert_eq!(places(&after), [12], "{after:?}");
    let long = with(&|lines| lines[6] = "x".repeat(3 << 20));
    assert_eq!(places(&long)[0], 7, "{long:?}");
    assert!(long[0].1.contains("longer than"), "{long:?}");

    // A changed first line, last line, time zone or program.
    let headless = with(&|lines| drop(lines.remove(0)));
    assert!(headless[0].1.contains("header"), "{headless:?}");
    let endless = with(&|lines| drop(lines.pop()));
    assert_eq!(places(&endless), [11], "{endless:?}");
    assert!(endless[0].1.contains("cut"), "{endless:?}");
    let newer = with(&|lines| lines[0] = lines[0].replace("\"version\":1", "\"version\":7"));
    assert!(newer[0].1.contains("newer program"), "{newer:?}");
    let Err(ImportError::Faults { listed, .. }) =
        import(whole.as_bytes(), house.path().join("there"), Zone { east_s: 0 })
    else {
        panic!("another zone makes other days");
    };
    assert!(listed[0].what.contains("28800 s"), "{listed:?}");
    assert_eq!(faults("").len(), 1);
    assert!(faults(&"\n".repeat(10_000)).len() == 100);
}

#[test]
fn import_refuses_a_folder_with_a_log() {
    let house = tempfile::tempdir().unwrap();
    let (one, two) = (house.path().join("one"), house.path().join("two"));
    log_of(&one, 3);
    log_of(&two, 5);
    let refused = imported(&exported(&one), &two);
    assert!(
        matches!(refused, Err(ImportError::Log(JournalError::BadTarget { .. }))),
        "{refused:?}"
    );
    assert_eq!(Reader::open(&two).unwrap().ends().unwrap(), Some((1, 5)));
    let (_journal, _) = Journal::open(house.path().join("three"), Options::default()).unwrap();
    let refused = imported(&exported(&one), &house.path().join("three"));
    assert!(matches!(refused, Err(ImportError::Log(JournalError::Locked { .. }))), "{refused:?}");
}

static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let house = tempfile::tempdir().unwrap();
    log_of(house.path(), 12);
    exported(house.path()).into_bytes()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Wherever a file is cut, and whichever byte is changed, the import notices.
    #[test]
    fn a_changed_or_cut_file_is_never_imported(at in 0.0..1.0f64, flip in 0u8..=255) {
        let house = tempfile::tempdir().unwrap();
        let whole = &*WHOLE;
        let at = (at * whole.len() as f64) as usize;
        let mut bytes = whole.clone();
        match flip {
            0 => bytes.truncate(at),
            flip => bytes[at] ^= flip,
        }
        let folder = house.path().join("new");
        let done = import(bytes.as_slice(), &folder, Zone::CHINA);
        prop_assert!(done.is_err(), "byte {at} of {} by {flip}: {done:?}", whole.len());
        prop_assert_eq!(Reader::open(&folder).unwrap().ends().unwrap(), None);
    }
}
