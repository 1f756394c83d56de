//! Reading the log, also while it is being written.

use std::path::{Path, PathBuf};

use model::{Record, Seq, Timestamp};

use crate::{
    JournalError,
    folder::{self, Segment},
    frame,
    segment_scanner::{SegmentScanner, Step},
};

/// Reads a log. Needs no lock and disturbs no writer.
#[derive(Clone, Debug)]
pub struct Reader {
    folder: PathBuf,
}

impl Reader {
    /// A reader of the log in `folder`.
    pub fn open(folder: impl AsRef<Path>) -> Result<Reader, JournalError> {
        folder::segments(folder.as_ref())?;
        Ok(Reader { folder: folder.as_ref().into() })
    }

    /// The first and the last whole record; `None` when there is none. The last is safe when this
    /// returns: the newest segment is synced, also beside a writer that has not yet done it.
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

    /// Records from `seq` on; from the oldest there is when `seq` is 0.
    pub fn read_from(&self, seq: Seq) -> Result<Records, JournalError> {
        read_from(&self.folder, seq)
    }
}

/// Records of the log in `folder` from `seq` on; from the oldest there is when `seq` is 0.
pub fn read_from(folder: impl AsRef<Path>, seq: Seq) -> Result<Records, JournalError> {
    let folder = folder.as_ref();
    let mut records = Records { folder: folder.into(), from: seq, scan: None, over: false };
    records.scan = records.first_scan()?;
    Ok(records)
}

/// A checksum of the record `seq` as it was written, to tell one log from another; `None` when
/// it is not there.
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

/// Whole records, in order.
///
/// `None` means that there is no further whole record *now*: ask again when
/// the writer has gone on. After an error it is over. Records may be seen
/// before they are synced; who needs them safe goes by [`Journal::sync`](crate::Journal::sync).
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
            // The writer may have gone on, and even turned to a new segment,
            // since we read the end of this one. So look for the new one
            // first and at the old one again before believing either.
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
                    // Half a batch, seen as it is written, or a torn tail: the
                    // end for now. A whole frame behind it makes it damage.
                    let damaged = scan.whole_frame_ahead()?.is_some();
                    scan.reread();
                    return if damaged { Err(scan.damaged(what)) } else { Ok(None) };
                }
            }
        }
    }

    /// The segment that holds `from`; `None` when there is no segment at all.
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
