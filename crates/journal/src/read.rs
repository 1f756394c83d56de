//! Reads the log, also while it is being written.

use std::path::{Path, PathBuf};

use model::{Record, Seq, Timestamp};

use crate::{
    JournalError,
    folder::{self, Segment},
    frame,
    segment_scanner::{SegmentScanner, Step},
};

/// Reads a log without a lock and without disturbing a writer.
#[derive(Clone, Debug)]
pub struct Reader {
    folder: PathBuf,
}

impl Reader {
    /// Opens the log in `folder`.
    pub fn open(folder: impl AsRef<Path>) -> Result<Reader, JournalError> {
        folder::segments(folder.as_ref())?;
        Ok(Reader { folder: folder.as_ref().into() })
    }

    /// Returns the first and the last complete record; `None` without any. The last one is durable
    /// when this returns: the newest segment is synced, also beside a writer that has not done it
    /// yet.
    pub fn ends(&self) -> Result<Option<(Seq, Seq)>, JournalError> {
        let segments = folder::segments(&self.folder)?;
        let (Some(oldest), Some(newest)) = (segments.first(), segments.last()) else {
            return Ok(None);
        };
        let mut scan = SegmentScanner::open(&newest.path, newest.first)?;
        let fault = scan.skip_whole_frames()?;
        if let Some(what) = fault
            && scan.whole_frame_ahead()?.is_some()
        {
            return Err(scan.damaged(what));
        }
        scan.sync()?;
        let last = scan.expected().saturating_sub(1);
        Ok((last >= oldest.first).then_some((oldest.first, last)))
    }

    /// Reads records from `seq` on; from the oldest one when `seq` is 0.
    pub fn read_from(&self, seq: Seq) -> Result<Records, JournalError> {
        read_from(&self.folder, seq)
    }
}

/// Reads records of the log in `folder` from `seq` on; from the oldest one when `seq` is 0.
pub fn read_from(folder: impl AsRef<Path>, seq: Seq) -> Result<Records, JournalError> {
    let folder = folder.as_ref();
    let mut records = Records { folder: folder.into(), from: seq, scan: None, over: false };
    records.scan = records.first_scan()?;
    Ok(records)
}

/// Returns a checksum of record `seq` as written, to tell two logs apart; `None` when it is
/// missing.
pub fn record_checksum(folder: impl AsRef<Path>, seq: Seq) -> Result<Option<u32>, JournalError> {
    let Some(mut scan) = read_from(folder, seq)?.scan else { return Ok(None) };
    loop {
        match scan.step()? {
            Step::Frame { seq: at, .. } if at < seq => {}
            Step::Frame { payload, .. } => return Ok(Some(frame::checksum(payload))),
            Step::End | Step::Fault(_) => return Ok(None),
        }
    }
}

/// An iterator over complete records, in order.
///
/// `None` means that there is no further complete record *now*: call again when the writer has
/// written more. After an error it ends. Records may be seen before they are synced; use
/// [`Journal::sync`](crate::Journal::sync) to know which are durable.
pub struct Records {
    folder: PathBuf,
    from: Seq,
    scan: Option<SegmentScanner>,
    over: bool,
}

/// A record's number, its time, and its JSON.
pub(crate) type RawRecord = (Seq, Timestamp, Vec<u8>);

impl Iterator for Records {
    type Item = Result<Record, JournalError>;

    fn next(&mut self) -> Option<Result<Record, JournalError>> {
        if self.over {
            return None;
        }
        let next = self.advance().transpose();
        self.over = matches!(next, Some(Err(_)));
        next
    }
}

impl Records {
    fn advance(&mut self) -> Result<Option<Record>, JournalError> {
        self.advance_with(frame::decode)
    }

    /// The next record's number, its time, and its JSON as it is on disk.
    pub(crate) fn next_raw(&mut self) -> Result<Option<RawRecord>, JournalError> {
        self.advance_with(|seq, payload| {
            let record = frame::decode(seq, payload)?;
            Ok((seq, record.at, frame::json(payload)?.to_vec()))
        })
    }

    fn advance_with<T>(
        &mut self,
        decode: impl Fn(Seq, &[u8]) -> Result<T, String>,
    ) -> Result<Option<T>, JournalError> {
        if self.scan.is_none() {
            self.scan = self.first_scan()?;
        }
        let Some(scan) = &mut self.scan else { return Ok(None) };
        let mut looked_again = false;
        loop {
            let byte = scan.at();
            let fault = match scan.step()? {
                Step::Frame { seq, .. } if seq < self.from => continue,
                Step::Frame { seq, payload } => {
                    return match decode(seq, payload) {
                        Ok(record) => Ok(Some(record)),
                        Err(what) => Err(JournalError::Damaged {
                            file: scan.path().into(),
                            byte,
                            record: seq,
                            what,
                        }),
                    };
                }
                Step::End => None,
                Step::Fault(what) => Some(what),
            };
            // The writer may have written more, and even begun a new segment, since the end of this
            // one was read. So look for a new segment first, and then read the old one again.
            let newer = newer_segment(&self.folder, scan.path())?;
            if !looked_again {
                looked_again = true;
                scan.reread();
                continue;
            }
            scan.reread();
            match (fault, newer) {
                (None, Some(newer)) if newer.first == scan.expected() => {
                    *scan = SegmentScanner::open(&newer.path, newer.first)?;
                    looked_again = false;
                }
                (None, Some(newer)) => {
                    return Err(JournalError::Missing {
                        record: scan.expected(),
                        next: newer.first,
                    });
                }
                (Some(what), Some(_)) => return Err(scan.damaged(what)),
                (None, None) => return Ok(None),
                (Some(what), None) => {
                    // Half a batch that is being written, or an incomplete tail: the end for now. A
                    // complete frame after it makes it damage.
                    let damaged = scan.whole_frame_ahead()?.is_some();
                    scan.reread();
                    return if damaged { Err(scan.damaged(what)) } else { Ok(None) };
                }
            }
        }
    }

    /// Opens the segment with record `from`; `None` without any segment.
    fn first_scan(&self) -> Result<Option<SegmentScanner>, JournalError> {
        let segments = folder::segments(&self.folder)?;
        let Some(oldest) = segments.first() else { return Ok(None) };
        let holding = segments.iter().rev().find(|segment| segment.first <= self.from);
        match holding {
            Some(segment) => SegmentScanner::open(&segment.path, segment.first).map(Some),
            None if self.from == 0 => SegmentScanner::open(&oldest.path, oldest.first).map(Some),
            None => Err(JournalError::Missing { record: self.from, next: oldest.first }),
        }
    }
}

fn newer_segment(folder: &Path, than: &Path) -> Result<Option<Segment>, JournalError> {
    Ok(folder::segments(folder)?.into_iter().find(|segment| segment.path.as_path() > than))
}
