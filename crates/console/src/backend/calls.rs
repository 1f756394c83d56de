//! Call records and recordings.

use std::{io, path::PathBuf};

use model::{CallId, Record};
use stats::Cdr;

/// The hotline's calls.
pub trait Calls: Send + Sync + 'static {
    /// The record of one call.
    fn call(&self, call: CallId) -> io::Result<Option<Cdr>>;

    /// At most `limit` calls, newest first; with `before`, only calls before that one.
    fn calls(&self, before: Option<CallId>, limit: usize) -> io::Result<Vec<Cdr>>;

    /// The records of a call's offers, oldest first.
    fn offers(&self, call: CallId) -> io::Result<Vec<Record>>;

    /// The WAV file of a call's finished recording.
    fn recording(&self, call: CallId) -> io::Result<Option<PathBuf>>;
}
