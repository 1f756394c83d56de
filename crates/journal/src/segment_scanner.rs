//! Reads one segment frame by frame, with its own buffer.

use std::{
    fs::File,
    io,
    ops::Range,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use model::Seq;

use crate::{
    JournalError,
    frame::{self, HEADER_BYTES, Header},
};

/// A position in a segment. It moves over complete, valid frames only.
pub(crate) struct SegmentScanner {
    file: File,
    path: PathBuf,
    /// Bytes read ahead; `buffer[used]` is the byte at `at`.
    buffer: Vec<u8>,
    used: usize,
    at: u64,
    expected: Seq,
}

/// The content at the position.
pub(crate) enum Step<'a> {
    /// A complete frame; the position is after it now.
    Frame { seq: Seq, payload: &'a [u8] },
    /// The end of the file.
    End,
    /// No complete frame, with the reason. The position did not move.
    Fault(String),
}

impl SegmentScanner {
    /// Opens the segment at `path`, which begins with record `first`.
    pub(crate) fn open(path: &Path, first: Seq) -> Result<SegmentScanner, JournalError> {
        let file = File::open(path).map_err(|e| JournalError::io("open", path, e))?;
        Ok(SegmentScanner {
            file,
            path: path.into(),
            buffer: Vec::new(),
            used: 0,
            at: 0,
            expected: first,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The offset after the last complete frame, in bytes.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// The expected next record.
    pub(crate) fn expected(&self) -> Seq {
        self.expected
    }

    /// Reads the next frame.
    pub(crate) fn step(&mut self) -> Result<Step<'_>, JournalError> {
        self.fill(HEADER_BYTES)?;
        let ahead = self.ahead();
        if ahead.is_empty() {
            return Ok(Step::End);
        }
        let Some((header, _)) = ahead.split_first_chunk::<HEADER_BYTES>() else {
            return Ok(Step::Fault("an incomplete record".into()));
        };
        let header = Header::read(header);
        if !header.is_plausible() {
            return Ok(Step::Fault("no record begins here".into()));
        }
        if header.seq != self.expected {
            return Ok(Step::Fault(format!("a record with the number {}", header.seq)));
        }
        let size = HEADER_BYTES + header.length as usize;
        self.fill(size)?;
        let payload = self.payload(size);
        let Some(bytes) = self.buffer.get(payload.clone()) else {
            return Ok(Step::Fault("an incomplete record".into()));
        };
        if !header.matches(bytes) {
            return Ok(Step::Fault("a record whose checksum is wrong".into()));
        }
        self.used += size;
        self.at += size as u64;
        self.expected += 1;
        Ok(Step::Frame { seq: header.seq, payload: self.buffer.get(payload).unwrap_or_default() })
    }

    /// Skips all complete frames; returns the fault that ends them, `None` at the end of the file.
    pub(crate) fn skip_whole_frames(&mut self) -> Result<Option<String>, JournalError> {
        loop {
            match self.step()? {
                Step::Frame { .. } => {}
                Step::End => return Ok(None),
                Step::Fault(what) => return Ok(Some(what)),
            }
        }
    }

    /// Syncs the file to disk.
    pub(crate) fn sync(&self) -> Result<(), JournalError> {
        self.file.sync_data().map_err(|e| JournalError::io("sync", &self.path, e))
    }

    /// Discards the buffer, so that the next step reads again: the file may have grown.
    pub(crate) fn reread(&mut self) {
        self.buffer.clear();
        self.used = 0;
    }

    /// Returns offset and number of the first complete frame after a fault, if the fault is damage
    /// to confirmed records; `None` when a crash may have caused it.
    pub(crate) fn whole_frame_ahead(&mut self) -> Result<Option<(u64, Seq)>, JournalError> {
        self.fill(usize::MAX)?;
        let found = frame::find_whole_frame(self.ahead(), self.expected);
        Ok(found.map(|(offset, seq)| (self.at + offset as u64, seq)))
    }

    /// Continues after a fault, at a frame that [`SegmentScanner::whole_frame_ahead`] found.
    pub(crate) fn skip_to(&mut self, byte: u64, seq: Seq) {
        self.reread();
        (self.at, self.expected) = (byte, seq);
    }

    /// Returns the bytes from the position to the end of the file.
    pub(crate) fn rest(&mut self) -> Result<Vec<u8>, JournalError> {
        self.fill(usize::MAX)?;
        Ok(self.ahead().to_vec())
    }

    pub(crate) fn damaged(&self, what: String) -> JournalError {
        JournalError::Damaged {
            file: self.path.clone(),
            byte: self.at,
            record: self.expected,
            what,
        }
    }

    fn ahead(&self) -> &[u8] {
        self.buffer.get(self.used..).unwrap_or_default()
    }

    fn payload(&self, size: usize) -> Range<usize> {
        self.used + HEADER_BYTES..self.used + size
    }

    /// Reads until `wanted` bytes are ahead, or all there are.
    fn fill(&mut self, wanted: usize) -> Result<(), JournalError> {
        while self.ahead().len() < wanted {
            self.buffer.drain(..self.used);
            self.used = 0;
            let have = self.buffer.len();
            self.buffer.resize(have + READ_BYTES, 0);
            let room = self.buffer.get_mut(have..).unwrap_or_default();
            let read = match self.file.read_at(room, self.at + have as u64) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => Ok(None),
                other => other.map(Some),
            };
            self.buffer.truncate(have + read.as_ref().map_or(0, |n| n.unwrap_or(0)));
            if read.map_err(|e| JournalError::io("read", &self.path, e))? == Some(0) {
                break;
            }
        }
        Ok(())
    }
}

/// One read: a few hundred records.
const READ_BYTES: usize = 256 << 10;
