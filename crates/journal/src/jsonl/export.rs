//! Writes an export, also while the log is being written.

use std::{
    io::{self, Write},
    path::Path,
};

use model::Seq;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{ExportInfo, FORMAT, Header, Trailer, VERSION, hex};
use crate::{JournalError, Reader};

/// The result of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportSummary {
    /// The first record.
    pub first: Seq,
    /// The last record.
    pub last: Seq,
    /// SHA-256 of all lines but the last, in hex, as in the last line.
    pub sha256: String,
}

/// Writes records `first` to `last` of the log in `folder` to `out`, with the memory of one record.
///
/// A writer may be running. A missing or damaged record ends the export with an error; the lines
/// written so far have no trailer.
pub fn export(
    folder: impl AsRef<Path>,
    (first, last): (Seq, Seq),
    about: &ExportInfo,
    out: &mut impl Write,
) -> Result<ExportSummary, JournalError> {
    let mut lines = Lines { out, hash: Sha256::new(), line: Vec::new() };
    let ExportInfo { engine, zone } = about.clone();
    lines.put(&Header { format: FORMAT.into(), version: VERSION, engine, zone, first, last })?;
    let mut next = first;
    let mut records = Reader::open(folder)?.read_from(first)?;
    while next <= last {
        let record = records.next().unwrap_or(Err(JournalError::EndReached { record: next }))?;
        if record.seq != next {
            return Err(JournalError::Missing { record: next, next: record.seq });
        }
        lines.line(|line| record.write_json(line))?;
        next += 1;
    }
    let sha256 = hex(lines.hash.clone());
    let end = Trailer { end: FORMAT.into(), records: next - first, sha256: sha256.clone() };
    lines.put(&end)?;
    lines.out.flush().map_err(unwritten)?;
    Ok(ExportSummary { first, last, sha256 })
}

struct Lines<'a, W> {
    out: &'a mut W,
    hash: Sha256,
    line: Vec<u8>,
}

impl<W: Write> Lines<'_, W> {
    fn put(&mut self, what: &impl Serialize) -> Result<(), JournalError> {
        self.line(|line| serde_json::to_writer(line, what))
    }

    fn line(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), serde_json::Error>,
    ) -> Result<(), JournalError> {
        self.line.clear();
        write(&mut self.line).map_err(|e| unwritten(e.into()))?;
        self.line.push(b'\n');
        self.hash.update(&self.line);
        self.out.write_all(&self.line).map_err(unwritten)
    }
}

fn unwritten(error: io::Error) -> JournalError {
    JournalError::io("write", Path::new("the export"), error)
}
