//! Writes the log: one write per batch, and a sync when the engine asks for it.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use model::{Record, Seq};

use crate::{
    JournalError, OpenReport,
    disk::{Disk, FileDisk},
    folder::{self, Segment},
    frame, recovery,
};

/// The options of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The length in bytes at which a segment is closed and the next one begun.
    pub segment_bytes: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { segment_bytes: SEGMENT_BYTES }
    }
}

/// A log open for writing. One per folder; dropping it releases the folder.
///
/// After [`append`](Journal::append) a record is written; after [`sync`](Journal::sync) it is
/// durable. When `append` fails, nothing of its batch is in the log and the same batch may be
/// appended again. When `sync` fails, the batch is in the log, not durable yet, and `sync` may be
/// retried.
pub struct Journal {
    folder: PathBuf,
    options: Options,
    disk: Box<dyn Disk>,
    /// Synced frames in the current segment, in bytes.
    safe: u64,
    /// Frames after those, kept until a sync confirms that the disk has them.
    pending: Vec<u8>,
    /// The written part of `pending`, in bytes.
    written: usize,
    /// Whether the segment may have the remains of a failed write.
    has_partial_write: bool,
    /// Whether the segment's name is not synced yet.
    is_name_unsynced: bool,
    last: Seq,
    synced: Seq,
    _lock: File,
}

impl Journal {
    /// Opens the log in `folder` and recovers from a crash; the folder is created when missing.
    ///
    /// The newest segment is checked completely; older ones are checked when they are read and by
    /// [`verify`](crate::verify()).
    pub fn open(
        folder: impl AsRef<Path>,
        options: Options,
    ) -> Result<(Journal, OpenReport), JournalError> {
        Journal::open_on(Box::new(FileDisk::default()), folder.as_ref(), options)
    }

    /// Like [`Journal::open`] on the caller's disk, for tests with a failing one.
    pub fn open_on(
        mut disk: Box<dyn Disk>,
        folder: &Path,
        options: Options,
    ) -> Result<(Journal, OpenReport), JournalError> {
        folder::make(folder)?;
        let lock = folder::lock(folder)?;
        let end = recovery::recover(folder)?;
        let current = &end.segment.path;
        disk.open_segment(current).map_err(|e| JournalError::io("open", current, e))?;
        disk.truncate(end.length).map_err(|e| JournalError::io("cut", current, e))?;
        disk.sync().map_err(|e| JournalError::io("sync", current, e))?;
        disk.sync_folder(folder).map_err(|e| JournalError::io("sync the folder", folder, e))?;
        let journal = Journal {
            folder: folder.into(),
            options,
            disk,
            safe: end.length,
            pending: Vec::new(),
            written: 0,
            has_partial_write: false,
            is_name_unsynced: false,
            last: end.last,
            synced: end.last,
            _lock: lock,
        };
        Ok((journal, OpenReport { last: (end.last > 0).then_some(end.last), found: end.found }))
    }

    /// The last record appended; 0 before the first.
    pub fn last(&self) -> Seq {
        self.last
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends a batch after the last record, completely or not at all.
    pub fn append(&mut self, records: &[Record]) -> Result<(), JournalError> {
        let before = self.pending.len();
        let appended = self.encode(records).and_then(|last| {
            let size = self.pending.len() - before;
            let length = self.safe + self.pending.len() as u64;
            if length > self.options.segment_bytes && length > size as u64 {
                self.begin_segment(before)?;
            }
            self.write()?;
            Ok(last)
        });
        match appended {
            Ok(last) => self.last = last,
            Err(error) => {
                // When a new segment was begun, the batch moved to it.
                let kept = if self.synced == self.last { 0 } else { before };
                self.pending.truncate(kept);
                self.written = self.written.min(kept);
                // If this fails too, the next write retries it first.
                let _ = self.cut_partial_write();
                return Err(error);
            }
        }
        Ok(())
    }

    /// Syncs all appended records and returns the last of them.
    ///
    /// After a failed sync the kernel may have dropped pages that it could not write and marked
    /// them clean, so that a second sync would succeed falsely. Everything not durable is therefore
    /// kept here and written again before a sync is trusted.
    pub fn sync(&mut self) -> Result<Seq, JournalError> {
        if self.synced < self.last || self.is_name_unsynced {
            self.write()?;
            if let Err(error) = self.disk.sync() {
                self.written = 0;
                return Err(self.failed("sync", error));
            }
            if self.is_name_unsynced {
                let named = self.disk.sync_folder(&self.folder);
                named.map_err(|e| self.failed("sync the folder", e))?;
                self.is_name_unsynced = false;
            }
            self.safe += self.pending.len() as u64;
            self.pending.clear();
            self.pending.shrink_to(PENDING_BYTES_KEPT);
            (self.written, self.synced) = (0, self.last);
        }
        Ok(self.synced)
    }

    /// Appends a batch as frames to `pending`; returns its last record.
    fn encode(&mut self, records: &[Record]) -> Result<Seq, JournalError> {
        let mut last = self.last;
        for record in records {
            if record.seq != last + 1 {
                return Err(JournalError::OutOfOrder { expected: last + 1, found: record.seq });
            }
            frame::encode(record, self.synced, &mut self.pending)?;
            last = record.seq;
        }
        Ok(last)
    }

    /// Begins a new segment with the batch at `batch` in `pending`.
    ///
    /// The old segment is synced before the new one is created, so that only the newest can be
    /// incomplete.
    fn begin_segment(&mut self, batch: usize) -> Result<(), JournalError> {
        let batch = self.pending.split_off(batch);
        let synced = self.sync();
        self.pending.extend_from_slice(&batch);
        synced?;
        let next = Segment::of(&self.folder, self.last + 1);
        self.disk.open_segment(&next.path).map_err(|e| JournalError::io("open", &next.path, e))?;
        (self.safe, self.has_partial_write, self.is_name_unsynced) = (0, true, true);
        Ok(())
    }

    /// Writes the unwritten part of `pending`.
    fn write(&mut self) -> Result<(), JournalError> {
        let left = self.pending.get(self.written..).unwrap_or_default();
        if left.is_empty() {
            return Ok(());
        }
        if self.has_partial_write {
            self.disk
                .truncate(self.safe + self.written as u64)
                .map_err(|e| JournalError::io("cut", &self.folder, e))?;
        }
        self.has_partial_write = true;
        self.disk
            .write_all_at(left, self.safe + self.written as u64)
            .map_err(|e| JournalError::io("write to", &self.folder, e))?;
        self.has_partial_write = false;
        self.written = self.pending.len();
        Ok(())
    }

    /// Cuts the remains of a failed write after the last complete frame.
    fn cut_partial_write(&mut self) -> io::Result<()> {
        if self.has_partial_write {
            self.disk.truncate(self.safe + self.written as u64)?;
            self.has_partial_write = false;
        }
        Ok(())
    }

    fn failed(&self, doing: &'static str, error: io::Error) -> JournalError {
        JournalError::io(doing, &self.folder, error)
    }
}

/// 64 MiB: some hundred thousand records, checked in a fraction of a second at the start, and small
/// enough to copy.
const SEGMENT_BYTES: u64 = 64 << 20;
/// The memory kept after a burst.
const PENDING_BYTES_KEPT: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use model::{
        CallId, Event, Timestamp,
        event::{CallAccepted, EngineStopped},
    };

    use super::*;
    use crate::read_from;

    /// Reports a full disk at its `n`th operation. A write then succeeds halfway; a sync loses what
    /// was written since the last one, as Linux may.
    struct BadDisk {
        real: FileDisk,
        path: PathBuf,
        safe: u64,
        left: Arc<AtomicUsize>,
    }

    impl BadDisk {
        fn new() -> (Box<BadDisk>, Arc<AtomicUsize>) {
            let left = Arc::new(AtomicUsize::new(usize::MAX));
            let (real, path) = (FileDisk::default(), PathBuf::new());
            (Box::new(BadDisk { real, path, safe: 0, left: Arc::clone(&left) }), left)
        }

        fn spend(&self) -> io::Result<()> {
            let left = self.left.load(Ordering::Relaxed);
            self.left.store(left.wrapping_sub(1), Ordering::Relaxed);
            match left {
                0 => Err(io::ErrorKind::StorageFull.into()),
                _ => Ok(()),
            }
        }

        fn length(&self) -> u64 {
            std::fs::metadata(&self.path).unwrap().len()
        }
    }

    impl Disk for BadDisk {
        fn open_segment(&mut self, path: &Path) -> io::Result<u64> {
            self.spend()?;
            (self.path, self.safe) = (path.into(), 0);
            self.real.open_segment(path)
        }

        fn write_all_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
            if let Err(full) = self.spend() {
                self.real.write_all_at(&bytes[..bytes.len() / 2], at)?;
                return Err(full);
            }
            self.real.write_all_at(bytes, at)
        }

        fn truncate(&mut self, length: u64) -> io::Result<()> {
            self.spend()?;
            self.real.truncate(length)
        }

        fn sync(&mut self) -> io::Result<()> {
            if let Err(full) = self.spend() {
                let lost = self.length().saturating_sub(self.safe);
                self.real.write_all_at(&vec![0; lost as usize], self.safe)?;
                return Err(full);
            }
            self.safe = self.length();
            self.real.sync()
        }

        fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
            self.spend()?;
            self.real.sync_folder(folder)
        }
    }

    fn record(seq: Seq) -> Record {
        let call = CallId::from(seq);
        let at = Timestamp::from_micros(seq);
        Record { seq, at, event: Event::CallAccepted(CallAccepted { call }) }
    }

    /// Whichever operation finds the disk full, the same step succeeds once there is space, and no
    /// record is lost, doubled or incomplete.
    #[test]
    fn full_disk_is_survived_at_every_operation() {
        let mut survived = 0;
        for (failing, sync_every) in (0..50).flat_map(|n| [(n, 1), (n, 3), (n, 100)]) {
            let folder = tempfile::tempdir().unwrap();
            let (disk, left) = BadDisk::new();
            let options = Options { segment_bytes: 300 };
            let (mut journal, _) = Journal::open_on(disk, folder.path(), options).unwrap();
            left.store(failing, Ordering::Relaxed);
            let mut refused = |error: JournalError| {
                assert!(error.is_disk_full(), "{error}");
                assert!(error.to_string().contains("free space"), "{error}");
                survived += 1;
            };
            for seq in 1..=10 {
                while let Err(error) = journal.append(&[record(seq)]) {
                    refused(error);
                }
                if seq % sync_every == 0 {
                    while let Err(error) = journal.sync() {
                        refused(error);
                    }
                    assert_eq!(journal.sync().unwrap(), seq);
                }
            }
            assert_eq!(journal.last(), 10);
            drop(journal);
            let (_, opening) = Journal::open(folder.path(), options).unwrap();
            assert_eq!((opening.last, opening.found), (Some(10), vec![]), "failing {failing}");
            let there: Vec<Seq> =
                read_from(folder.path(), 1).unwrap().map(|record| record.unwrap().seq).collect();
            assert_eq!(there, (1..=10).collect::<Vec<_>>());
        }
        assert!(survived > 50, "the disk was never full when it mattered: {survived}");
    }

    #[test]
    fn sync_after_a_failed_one_writes_everything_again() {
        let folder = tempfile::tempdir().unwrap();
        let (disk, left) = BadDisk::new();
        let (mut journal, _) = Journal::open_on(disk, folder.path(), Options::default()).unwrap();
        journal.append(&[record(1)]).unwrap();
        assert_eq!(journal.sync().unwrap(), 1);
        journal.append(&[record(2)]).unwrap();
        journal.append(&[record(3)]).unwrap();
        left.store(0, Ordering::Relaxed);
        assert!(matches!(journal.sync(), Err(JournalError::Io { doing: "sync", .. })));
        let there = || read_from(folder.path(), 1).unwrap().map_while(Result::ok).count();
        assert_eq!(there(), 1, "the kernel forgot the rest");
        assert_eq!(journal.sync().unwrap(), 3);
        assert_eq!(there(), 3);
    }

    #[test]
    fn batch_refused_by_a_full_disk_can_be_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let (disk, left) = BadDisk::new();
        let (mut journal, _) = Journal::open_on(disk, folder.path(), Options::default()).unwrap();
        journal.append(&[record(1)]).unwrap();
        left.store(0, Ordering::Relaxed);
        assert!(journal.append(&[record(2), record(3)]).is_err());
        assert_eq!(journal.last(), 1);
        assert_eq!(journal.sync().unwrap(), 1);
        drop(journal);
        let (_, opening) = Journal::open(folder.path(), Options::default()).unwrap();
        assert_eq!((opening.last, opening.found), (Some(1), vec![]));
    }

    #[test]
    fn records_out_of_order_or_too_large_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(folder.path(), Options::default()).unwrap();
        let refused = journal.append(&[record(1), record(3)]);
        assert!(matches!(refused, Err(JournalError::OutOfOrder { expected: 2, found: 3 })));
        let huge = Event::EngineStopped(EngineStopped { why: "x".repeat(2 << 20) });
        let huge = Record { event: huge, ..record(2) };
        let refused = journal.append(&[record(1), huge]);
        assert!(matches!(refused, Err(JournalError::Unwritable { record: 2, .. })));
        assert_eq!(journal.last(), 0);
        journal.append(&[record(1)]).unwrap();
        assert_eq!(read_from(folder.path(), 1).unwrap().map(Result::unwrap).count(), 1);
    }
}
