//! Call records and recordings.

use std::{fs::File, io, os::unix::fs::FileExt, sync::Arc, time::SystemTime};

use model::{CallId, Record};
use stats::Cdr;
use store::CallIndex;

/// The hotline's calls.
pub trait Calls: Send + Sync + 'static {
    /// The record of one call.
    fn call(&self, call: CallId) -> io::Result<Option<Cdr>>;

    /// At most `limit` calls, newest first; with `before`, only calls before that one; with `index`,
    /// only those in that index.
    fn calls(
        &self,
        before: Option<CallId>,
        limit: usize,
        index: Option<&CallIndex>,
    ) -> io::Result<Vec<Cdr>>;

    /// The records of a call's offers, oldest first.
    fn offers(&self, call: CallId) -> io::Result<Vec<Record>>;

    /// A call's finished recording.
    fn recording(&self, call: CallId, form: RecordingForm) -> io::Result<Option<Arc<dyn Sound>>>;
}

/// The form in which a recording is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingForm {
    /// A WAV file of PCM, which every browser plays.
    Pcm,
    /// The file as it is stored, for comparison with its SHA-256.
    Stored,
}

/// The bytes of a WAV file.
pub trait Sound: Send + Sync {
    /// The number of bytes.
    fn length(&self) -> io::Result<u64>;

    /// When the file was last written.
    fn modified(&self) -> io::Result<SystemTime>;

    /// Reads bytes from the position `at`; fewer than asked for is possible, and none is the end.
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize>;
}

/// A file as it is.
impl Sound for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn modified(&self) -> io::Result<SystemTime> {
        self.metadata()?.modified()
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        FileExt::read_at(self, into, at)
    }
}
