//! The guarantees of the log, on a real disk.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use journal::{Journal, JournalError, OpenReport, Options, Reader, backup, read_from, verify};
use model::{
    CallId, Event, Record, Seq, Timestamp,
    event::{CallAccepted, EngineStarted},
};
use proptest::prelude::*;

fn record(seq: Seq) -> Record {
    let at = Timestamp::from_micros(1_795_363_200_000_000 + seq);
    let event = match seq % 3 {
        0 => Event::EngineStarted(EngineStarted { version: format!("0.{seq}") }),
        _ => Event::CallAccepted(CallAccepted { call: CallId::from(seq) }),
    };
    Record { seq, at, event }
}

fn records(range: std::ops::RangeInclusive<Seq>) -> Vec<Record> {
    range.map(record).collect()
}

/// A closed log of `last` records, each a batch of its own, synced.
fn log_of(folder: &Path, last: Seq, segment_bytes: u64) {
    let (mut journal, _) = open(folder, segment_bytes);
    for seq in 1..=last {
        journal.append(&[record(seq)]).unwrap();
        assert_eq!(journal.sync().unwrap(), seq);
    }
}

fn open(folder: &Path, segment_bytes: u64) -> (Journal, OpenReport) {
    Journal::open(folder, Options { segment_bytes }).unwrap()
}

fn all(folder: &Path) -> Vec<Record> {
    read_from(folder, 0).unwrap().map(Result::unwrap).collect()
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "log"))
        .collect();
    paths.sort();
    paths
}

/// Where each frame of a segment ends, by its length field.
fn frame_ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends = vec![0];
    while let Some(header) = bytes.get(ends[ends.len() - 1]..).filter(|rest| rest.len() > 16) {
        let length = u32::from_le_bytes(header[..4].try_into().unwrap()) as usize;
        ends.push(ends[ends.len() - 1] + 16 + length);
    }
    ends
}

const ONE_SEGMENT: u64 = 1 << 20;

#[test]
fn appended_records_are_read_back_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, opening) = open(folder.path(), ONE_SEGMENT);
    assert_eq!(opening, OpenReport::default());
    journal.append(&records(1..=3)).unwrap();
    journal.append(&[]).unwrap();
    journal.append(&records(4..=5)).unwrap();
    assert_eq!(journal.sync().unwrap(), 5);
    drop(journal);
    let (mut journal, opening) = open(folder.path(), ONE_SEGMENT);
    assert_eq!((opening.last, opening.found), (Some(5), vec![]));
    journal.append(&records(6..=6)).unwrap();
    assert_eq!(all(folder.path()), records(1..=6));
    let middle: Vec<Record> =
        Reader::open(folder.path()).unwrap().read_from(4).unwrap().map(Result::unwrap).collect();
    assert_eq!(middle, records(4..=6));
}

#[test]
fn log_cut_at_any_byte_keeps_every_complete_record() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 6, ONE_SEGMENT);
    let whole = fs::read(&segments(folder.path())[0]).unwrap();
    let ends = frame_ends(&whole);
    assert_eq!(ends.len(), 7);
    for cut in 0..whole.len() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("00000000000000000001.log");
        fs::write(&file, &whole[..cut]).unwrap();
        let left = ends.iter().filter(|end| **end <= cut).count() as Seq - 1;
        let torn = cut - ends[left as usize];
        assert_eq!(all(folder.path()), records(1..=left), "read before opening, cut at {cut}");
        assert_eq!(verify(folder.path()).unwrap().is_whole(), torn == 0);

        let (mut journal, opening) = open(folder.path(), ONE_SEGMENT);
        assert_eq!(opening.last, (left > 0).then_some(left), "cut at {cut}");
        assert_eq!(opening.found.len(), usize::from(torn > 0), "cut at {cut}");
        journal.append(&[record(left + 1)]).unwrap();
        journal.sync().unwrap();
        assert_eq!(all(folder.path()), records(1..=left + 1));
        assert!(verify(folder.path()).unwrap().is_whole());
        if let Some(finding) = opening.found.first() {
            assert_eq!((finding.byte, &finding.file), (ends[left as usize] as u64, &file));
            let aside = file.with_extension(format!("{}-1.torn", finding.byte));
            assert_eq!(fs::read(&aside).unwrap(), &whole[ends[left as usize]..cut]);
            assert!(finding.what.contains(aside.to_str().unwrap()), "{finding}");
        }
    }
}

#[test]
fn flipped_byte_is_detected_and_no_earlier_record_lost() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 5, ONE_SEGMENT);
    let whole = fs::read(&segments(folder.path())[0]).unwrap();
    let ends = frame_ends(&whole);
    for place in 0..whole.len() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("00000000000000000001.log");
        let mut bytes = whole.clone();
        bytes[place] ^= 0x40;
        fs::write(&file, &bytes).unwrap();
        let before = ends.iter().filter(|end| **end <= place).count() as Seq - 1;

        let report = verify(folder.path()).unwrap();
        assert_eq!((report.records, report.faults.len()), (4, 1), "flipped at {place}");
        assert_eq!(report.faults[0].byte, ends[before as usize] as u64);
        let readable: Vec<Record> =
            read_from(folder.path(), 1).unwrap().map_while(Result::ok).collect();
        assert_eq!(readable, records(1..=before), "flipped at {place}");

        match Journal::open(folder.path(), Options::default()) {
            // No complete record behind it: it cannot be distinguished from a torn tail.
            Ok((_, opening)) => {
                assert_eq!((opening.last, opening.found.len()), (Some(4), 1));
                assert_eq!(before, 4, "flipped at {place}");
            }
            Err(error) => {
                let message = error.to_string();
                let JournalError::Damaged { file: named, byte, record, .. } = error else {
                    panic!("flipped at {place}: {message}");
                };
                assert_eq!((named, byte), (file.clone(), ends[before as usize] as u64));
                assert_eq!(record, before + 1);
                assert!(message.contains("restore this file from a backup"), "{message}");
                assert_eq!(fs::read(&file).unwrap(), bytes, "damage must not be touched");
            }
        }
    }
}

#[test]
fn crash_between_write_and_sync_keeps_synced_records() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(folder.path(), ONE_SEGMENT);
    journal.append(&records(1..=4)).unwrap();
    assert_eq!(journal.sync().unwrap(), 4);
    let file = segments(folder.path()).remove(0);
    let safe = fs::metadata(&file).unwrap().len();
    journal.append(&records(5..=9)).unwrap();
    drop(journal);
    // Power cut: part of the second batch is on the disk.
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..safe as usize + 40]).unwrap();
    let (mut journal, opening) = open(folder.path(), ONE_SEGMENT);
    assert_eq!((opening.last, opening.found.len()), (Some(4), 1));
    journal.append(&records(5..=6)).unwrap();
    assert_eq!(all(folder.path()), records(1..=6));
}

/// A disk may reorder: of what was not synced the end may be there and the beginning missing.
#[test]
fn batch_that_lost_its_beginning_in_a_power_cut_is_a_torn_tail() {
    let house = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(house.path(), ONE_SEGMENT);
    journal.append(&records(1..=4)).unwrap();
    assert_eq!(journal.sync().unwrap(), 4);
    journal.append(&records(5..=9)).unwrap();
    drop(journal);
    let file = segments(house.path()).remove(0);
    let mut bytes = fs::read(&file).unwrap();
    let ends = frame_ends(&bytes);
    bytes[ends[4]..ends[6]].fill(0);
    fs::write(&file, &bytes).unwrap();
    assert_eq!(all(house.path()), records(1..=4));
    let report = verify(house.path()).unwrap();
    assert!(report.faults[0].what.contains("the next start cuts them off"), "{report:?}");
    let (mut journal, opening) = open(house.path(), ONE_SEGMENT);
    assert_eq!((opening.last, opening.found.len()), (Some(4), 1));
    // Once a later record states that it was synced, the same hole is damage.
    journal.append(&records(5..=9)).unwrap();
    assert_eq!(journal.sync().unwrap(), 9);
    journal.append(&records(10..=10)).unwrap();
    drop(journal);
    let mut bytes = fs::read(&file).unwrap();
    bytes[ends[4]..ends[6]].fill(0);
    fs::write(&file, &bytes).unwrap();
    let refused = Journal::open(house.path(), Options::default()).map(|_| ());
    assert!(matches!(refused, Err(JournalError::Damaged { record: 5, .. })), "{refused:?}");
}

/// Written by the first version of the format, which did not record what was synced.
#[test]
fn log_of_the_first_version_is_read_and_its_damage_reported() {
    let house = tempfile::tempdir().unwrap();
    let file = house.path().join("00000000000000000001.log");
    let mut bytes = Vec::new();
    for record in records(1..=5) {
        let mut payload = vec![1];
        record.write_json(&mut payload).unwrap();
        let (length, seq) = ((payload.len() as u32).to_le_bytes(), record.seq.to_le_bytes());
        let crc = crc32fast::hash(&[&length[..], &seq, &payload].concat()).to_le_bytes();
        bytes.extend([&length[..], &crc, &seq, &payload].concat());
    }
    fs::write(&file, &bytes).unwrap();
    let (mut journal, opening) = open(house.path(), ONE_SEGMENT);
    assert_eq!((opening.last, opening.found), (Some(5), vec![]));
    journal.append(&records(6..=7)).unwrap();
    drop(journal);
    assert_eq!(all(house.path()), records(1..=7));
    let third = frame_ends(&bytes)[2];
    bytes[third + 20] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let refused = Journal::open(house.path(), Options::default()).map(|_| ());
    assert!(matches!(refused, Err(JournalError::Damaged { record: 3, .. })), "{refused:?}");
}

#[test]
fn two_tails_torn_at_the_same_byte_are_both_kept() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 2, ONE_SEGMENT);
    let file = segments(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    for tail in ["first", "second"] {
        fs::write(&file, [&whole, tail.as_bytes()].concat()).unwrap();
        open(folder.path(), ONE_SEGMENT);
    }
    for (n, tail) in [(1, "first"), (2, "second")] {
        let aside = file.with_extension(format!("{}-{n}.torn", whole.len()));
        assert_eq!(fs::read_to_string(aside).unwrap(), tail);
    }
}

#[test]
fn log_rotates_segments_and_reads_across_them() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(folder.path(), 4_096);
    for first in (1..=5_000).step_by(10) {
        journal.append(&records(first..=first + 9)).unwrap();
    }
    assert_eq!(journal.sync().unwrap(), 5_000);
    let names = segments(folder.path());
    assert!(names.len() > 50, "{} segments", names.len());
    for name in &names {
        assert!(fs::metadata(name).unwrap().len() <= 4_096);
    }
    let report = verify(folder.path()).unwrap();
    assert_eq!((report.records, report.first, report.last), (5_000, Some(1), Some(5_000)));
    assert!(report.is_whole());
    for from in [1, 10, 11, 2_345, 4_999, 5_000] {
        let read: Vec<Record> =
            read_from(folder.path(), from).unwrap().map(Result::unwrap).collect();
        assert_eq!(read, records(from..=5_000));
    }
    assert_eq!(read_from(folder.path(), 5_001).unwrap().count(), 0);
    drop(journal);
    assert_eq!(open(folder.path(), 4_096).1.last, Some(5_000));
}

#[test]
fn missing_or_shortened_segment_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 60, 1_000);
    let names = segments(folder.path());
    assert!(names.len() > 3);
    let aside = tempfile::tempdir().unwrap();
    let moved = aside.path().join("moved");
    fs::rename(&names[1], &moved).unwrap();
    let last = read_from(folder.path(), 1).unwrap().last().unwrap();
    assert!(matches!(last, Err(JournalError::Missing { .. })), "{last:?}");
    assert_eq!(verify(folder.path()).unwrap().faults.len(), 1);
    fs::rename(&moved, &names[1]).unwrap();

    fs::rename(&names[0], &moved).unwrap();
    assert!(matches!(read_from(folder.path(), 1), Err(JournalError::Missing { record: 1, .. })));
    assert!(read_from(folder.path(), 0).unwrap().all(|record| record.is_ok()));
    fs::rename(&moved, &names[0]).unwrap();

    let before_newest = &names[names.len() - 2];
    let bytes = fs::read(before_newest).unwrap();
    fs::write(before_newest, &bytes[..bytes.len() - 1]).unwrap();
    let refused = Journal::open(folder.path(), Options::default()).map(|_| ());
    assert!(matches!(refused, Err(JournalError::Damaged { .. })), "{refused:?}");
    let last = read_from(folder.path(), 1).unwrap().last().unwrap();
    assert!(matches!(last, Err(JournalError::Damaged { .. })), "{last:?}");
}

#[test]
fn segment_left_empty_by_a_crash_is_written_next() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 3, ONE_SEGMENT);
    fs::write(folder.path().join("00000000000000000004.log"), "").unwrap();
    let (mut journal, opening) = open(folder.path(), ONE_SEGMENT);
    assert_eq!((opening.last, opening.found), (Some(3), vec![]));
    journal.append(&[record(4)]).unwrap();
    assert_eq!(all(folder.path()), records(1..=4));
    drop(journal);
    fs::write(folder.path().join("00000000000000000009.log"), "").unwrap();
    let refused = Journal::open(folder.path(), Options::default()).map(|_| ());
    assert!(matches!(refused, Err(JournalError::Damaged { .. })), "{refused:?}");
}

#[test]
fn reader_follows_the_writer_over_batches_and_segments() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(folder.path(), 700);
    let mut reader = read_from(folder.path(), 1).unwrap();
    assert!(reader.next().is_none());
    for first in (1..=99).step_by(3) {
        journal.append(&records(first..=first + 2)).unwrap();
        let seen: Vec<Record> = reader.by_ref().map(Result::unwrap).collect();
        assert_eq!(seen, records(first..=first + 2));
    }
}

#[test]
fn reader_on_another_thread_sees_every_record_once() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(folder.path(), 20_000);
    let path = folder.path().to_path_buf();
    let follower = std::thread::spawn(move || {
        let mut reader = read_from(path, 1).unwrap();
        let mut next = 1;
        while next <= 20_000 {
            let Some(seen) = reader.next() else {
                std::thread::yield_now();
                continue;
            };
            assert_eq!(seen.unwrap(), record(next));
            next += 1;
        }
    });
    for first in (1..=20_000).step_by(25) {
        journal.append(&records(first..=first + 24)).unwrap();
    }
    follower.join().unwrap();
}

#[test]
fn two_engines_cannot_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path(), ONE_SEGMENT);
    let refused = Journal::open(folder.path(), Options::default()).map(|_| ()).unwrap_err();
    let message = refused.to_string();
    assert!(matches!(refused, JournalError::Locked { .. }));
    assert!(message.contains("another running engine"), "{message}");
    assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
    drop(first);
    open(folder.path(), ONE_SEGMENT);
}

#[test]
fn log_files_are_readable_by_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("data").join("log");
    log_of(&inner, 3, ONE_SEGMENT);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inner), 0o700);
    for entry in fs::read_dir(&inner).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}

#[test]
fn backup_taken_while_writing_is_a_complete_log() {
    let folder = tempfile::tempdir().unwrap();
    let target = tempfile::tempdir().unwrap();
    let target = target.path().join("copy");
    let (mut journal, _) = open(folder.path(), 1_000);
    journal.append(&records(1..=50)).unwrap();
    let first = backup(folder.path(), &target).unwrap();
    assert_eq!((first.records, first.last), (50, Some(50)));
    journal.append(&records(51..=60)).unwrap();
    // Half of a record that is being written right now.
    let newest = segments(folder.path()).pop().unwrap();
    let whole = fs::read(&newest).unwrap();
    fs::write(&newest, [&whole, &whole[..30]].concat()).unwrap();
    let second = backup(folder.path(), &target).unwrap();
    assert_eq!((second.records, second.last), (60, Some(60)));
    assert!(verify(&target).unwrap().is_whole());
    assert_eq!(all(&target), records(1..=60));
    assert_eq!(open(&target, 1_000).1.found, vec![]);
}

#[test]
fn backup_refuses_a_log_in_use_another_log_and_damage() {
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    log_of(folder.path(), 60, 1_000);
    let running = open(other.path(), 1_000);
    let refused = backup(folder.path(), other.path()).unwrap_err();
    assert!(matches!(refused, JournalError::Locked { .. }), "{refused}");
    drop(running);
    fs::write(other.path().join("00000000000000000777.log"), "").unwrap();
    let refused = backup(folder.path(), other.path()).unwrap_err();
    assert!(matches!(refused, JournalError::BadTarget { .. }), "{refused}");
    let third = tempfile::tempdir().unwrap();
    let oldest = segments(folder.path()).remove(0);
    let mut bytes = fs::read(&oldest).unwrap();
    bytes[100] ^= 1;
    fs::write(&oldest, bytes).unwrap();
    let refused = backup(folder.path(), third.path()).unwrap_err();
    assert!(matches!(refused, JournalError::Damaged { .. }), "{refused}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Opening and reading arbitrary bytes never panics.
    #[test]
    fn any_bytes_are_answered(garbage in proptest::collection::vec(any::<u8>(), 0..600), at in 0usize..400) {
        let folder = tempfile::tempdir().unwrap();
        log_of(folder.path(), 3, ONE_SEGMENT);
        let file = segments(folder.path()).remove(0);
        let mut bytes = fs::read(&file).unwrap();
        bytes.truncate(at);
        bytes.extend(garbage);
        fs::write(&file, bytes).unwrap();
        let read = read_from(folder.path(), 1).unwrap().filter(Result::is_ok).count();
        prop_assert!(read <= 3);
        prop_assert!(verify(folder.path()).is_ok());
        let _ = Journal::open(folder.path(), Options::default());
    }
}
