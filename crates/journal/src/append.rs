//! Writing the log: batches in, one write each, and a sync when the engine says so.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use model::{Record, Seq};

use crate::{
    JournalError, Opening,
    disk::{Disk, FileDisk},
    folder::{self, Segment},
    frame, open,
};

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// A segment this long, in bytes, is closed and the next one begun.
    pub segment_bytes: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { segment_bytes: SEGMENT_BYTES }
    }
}

/// The log, open for writing. One per folder; dropping it lets the folder go.
///
/// After [`append`](Journal::append) a record is written; after
/// [`sync`](Journal::sync) it is safe. When `append` fails nothing of its
/// batch is in the log and the same batch may be handed in again.
pub struct Journal {
    folder: PathBuf,
    options: Options,
    disk: Box<dyn Disk>,
    /// Whole frames in the current segment, in bytes.
    length: u64,
    /// The current segment may be longer than `length`: a failed write's remains.
    ragged: bool,
    last: Seq,
    synced: Seq,
    doubtful: bool,
    batch: Vec<u8>,
    _lock: File,
}

impl Journal {
    /// Open the log in `folder`, mending what a crash left; the folder is made when missing.
    ///
    /// Checks the newest segment whole; older ones are checked by whoever
    /// reads them and by [`verify`](crate::verify()).
    pub fn open(
        folder: impl AsRef<Path>,
        options: Options,
    ) -> Result<(Journal, Opening), JournalError> {
        Journal::open_on(Box::new(FileDisk::default()), folder.as_ref(), options)
    }

    pub(crate) fn open_on(
        mut disk: Box<dyn Disk>,
        folder: &Path,
        options: Options,
    ) -> Result<(Journal, Opening), JournalError> {
        folder::make(folder)?;
        let lock = folder::lock(folder)?;
        let end = open::mend(folder)?;
        let current = &end.segment.path;
        disk.turn_to(current).map_err(|e| JournalError::io("open", current, e))?;
        disk.cut(end.length).map_err(|e| JournalError::io("cut", current, e))?;
        disk.sync().map_err(|e| JournalError::io("sync", current, e))?;
        folder::sync(folder)?;
        let journal = Journal {
            folder: folder.into(),
            options,
            disk,
            length: end.length,
            ragged: false,
            last: end.last,
            synced: end.last,
            doubtful: false,
            batch: Vec::new(),
            _lock: lock,
        };
        Ok((journal, Opening { last: (end.last > 0).then_some(end.last), found: end.found }))
    }

    /// The last record appended; 0 before the first.
    pub fn last(&self) -> Seq {
        self.last
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Write a batch behind the last record, whole or not at all.
    pub fn append(&mut self, records: &[Record]) -> Result<(), JournalError> {
        self.refuse_when_doubtful()?;
        let mut last = self.last;
        self.batch.clear();
        for record in records {
            if record.seq != last + 1 {
                return Err(JournalError::OutOfOrder { expected: last + 1, found: record.seq });
            }
            frame::encode(record, &mut self.batch)?;
            last = record.seq;
        }
        if self.batch.is_empty() {
            return Ok(());
        }
        let size = self.batch.len() as u64;
        if self.length > 0 && self.length + size > self.options.segment_bytes {
            self.begin_segment()?;
        }
        self.smooth()?;
        self.ragged = true;
        if let Err(error) = self.disk.write_all_at(&self.batch, self.length) {
            // When even this fails, the next append tries again before it writes.
            let _ = self.smooth();
            return Err(self.failed("write to", error));
        }
        self.ragged = false;
        self.length += size;
        self.last = last;
        self.batch.shrink_to(BATCH_BYTES_KEPT);
        Ok(())
    }

    /// Make all appended records safe; the last of them.
    ///
    /// After a failed sync the kernel may have dropped what it could not
    /// write and a second sync would lie, so the log refuses everything until
    /// it is opened, and read, again.
    pub fn sync(&mut self) -> Result<Seq, JournalError> {
        self.refuse_when_doubtful()?;
        if self.synced < self.last {
            if let Err(error) = self.disk.sync() {
                self.doubtful = true;
                return Err(self.failed("sync", error));
            }
            self.synced = self.last;
        }
        Ok(self.synced)
    }

    /// The old segment is safe before the new one is born: only the newest can be torn.
    fn begin_segment(&mut self) -> Result<(), JournalError> {
        self.smooth()?;
        self.sync()?;
        let next = Segment::of(&self.folder, self.last + 1);
        self.disk.turn_to(&next.path).map_err(|e| JournalError::io("open", &next.path, e))?;
        (self.length, self.ragged) = (0, true);
        let named = folder::sync(&self.folder);
        self.doubtful = named.is_err();
        named
    }

    /// Cut what a failed write left behind the last whole frame.
    fn smooth(&mut self) -> Result<(), JournalError> {
        if self.ragged {
            self.disk.cut(self.length).map_err(|e| self.failed("cut", e))?;
            self.ragged = false;
        }
        Ok(())
    }

    fn refuse_when_doubtful(&self) -> Result<(), JournalError> {
        match self.doubtful {
            true => Err(JournalError::Doubtful { synced: self.synced }),
            false => Ok(()),
        }
    }

    fn failed(&self, doing: &'static str, error: io::Error) -> JournalError {
        JournalError::io(doing, &self.folder, error)
    }
}

/// 64 MiB: some hundred thousand records, checked in a fraction of a second at
/// start, and small enough to copy around.
const SEGMENT_BYTES: u64 = 64 << 20;
/// One burst must not keep its memory for ever.
const BATCH_BYTES_KEPT: usize = 1 << 20;

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

    /// Fails its `n`th operation, halfway when that is a write.
    struct BadDisk {
        real: FileDisk,
        left: Arc<AtomicUsize>,
    }

    impl BadDisk {
        fn spend(&self) -> io::Result<()> {
            let left = self.left.load(Ordering::Relaxed);
            self.left.store(left.wrapping_sub(1), Ordering::Relaxed);
            match left {
                0 => Err(io::ErrorKind::StorageFull.into()),
                _ => Ok(()),
            }
        }
    }

    impl Disk for BadDisk {
        fn turn_to(&mut self, path: &Path) -> io::Result<u64> {
            self.spend()?;
            self.real.turn_to(path)
        }

        fn write_all_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
            if let Err(full) = self.spend() {
                self.real.write_all_at(&bytes[..bytes.len() / 2], at)?;
                return Err(full);
            }
            self.real.write_all_at(bytes, at)
        }

        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.spend()?;
            self.real.cut(length)
        }

        fn sync(&mut self) -> io::Result<()> {
            self.spend()?;
            self.real.sync()
        }
    }

    fn record(seq: Seq) -> Record {
        let call = CallId::from(seq);
        let at = Timestamp::from_micros(seq);
        Record { seq, at, event: Event::CallAccepted(CallAccepted { call }) }
    }

    /// Whatever operation finds the disk full, the same batch goes in once
    /// there is room, and no record is lost, doubled or torn.
    #[test]
    fn a_full_disk_is_survived_at_every_operation() {
        let mut survived = 0;
        for failing in 0..40 {
            let folder = tempfile::tempdir().unwrap();
            let left = Arc::new(AtomicUsize::new(usize::MAX));
            let disk = BadDisk { real: FileDisk::default(), left: left.clone() };
            let options = Options { segment_bytes: 300 };
            let (mut journal, _) =
                Journal::open_on(Box::new(disk), folder.path(), options).unwrap();
            left.store(failing, Ordering::Relaxed);
            for seq in 1..=10 {
                while let Err(error) = journal.append(&[record(seq)]) {
                    if matches!(error, JournalError::Doubtful { .. }) {
                        break;
                    }
                    assert!(error.is_disk_full(), "{error}");
                    assert!(error.to_string().contains("free space"), "{error}");
                    survived += 1;
                }
            }
            let last = journal.last();
            drop(journal);
            let (_, opening) = Journal::open(folder.path(), options).unwrap();
            assert_eq!(opening.found, []);
            assert_eq!(opening.last, Some(last));
            let there: Vec<Seq> =
                read_from(folder.path(), 1).unwrap().map(|record| record.unwrap().seq).collect();
            assert_eq!(there, (1..=last).collect::<Vec<_>>());
        }
        assert!(survived > 10, "the disk was never full when it mattered: {survived}");
    }

    #[test]
    fn a_failed_sync_is_not_believed_again_until_the_log_is_reopened() {
        let folder = tempfile::tempdir().unwrap();
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let disk = BadDisk { real: FileDisk::default(), left: left.clone() };
        let (mut journal, _) =
            Journal::open_on(Box::new(disk), folder.path(), Options::default()).unwrap();
        journal.append(&[record(1)]).unwrap();
        assert_eq!(journal.sync().unwrap(), 1);
        journal.append(&[record(2)]).unwrap();
        left.store(0, Ordering::Relaxed);
        assert!(matches!(journal.sync(), Err(JournalError::Io { doing: "sync", .. })));
        assert!(matches!(journal.sync(), Err(JournalError::Doubtful { synced: 1 })));
        assert!(matches!(journal.append(&[record(3)]), Err(JournalError::Doubtful { .. })));
    }

    #[test]
    fn records_out_of_order_or_too_large_are_refused_and_nothing_is_written() {
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
        assert_eq!(read_from(folder.path(), 1).unwrap().count(), 1);
    }
}
