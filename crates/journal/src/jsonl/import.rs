//! Imports an export into a new log: all records, or none with every error.

use std::{
    fmt, fs,
    io::{self, BufRead, Read},
    path::Path,
};

use model::{Record, Seq, Zone};
use sha2::{Digest, Sha256};

use super::{FORMAT, Header, Trailer, VERSION, hex};
use crate::{FolderLock, Journal, JournalError, Options, folder, frame::PAYLOAD_BYTES_MAX, verify};

/// The result of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSummary {
    /// The number of records, which are 1 to this one.
    pub records: Seq,
    /// The version of the engine that wrote the export.
    pub engine: String,
}

/// An error in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// The line number, from 1.
    pub line: u64,
    /// The fault and the expected content, as a sentence.
    pub what: String,
}

/// The reason why nothing was imported.
#[derive(Debug)]
pub enum ImportError {
    /// The file has errors.
    Faults {
        /// The first hundred, by line.
        listed: Vec<LineFault>,
        /// The number of all errors.
        all: u64,
    },
    /// The log could not be written, or exists already.
    Log(JournalError),
}

impl From<JournalError> for ImportError {
    fn from(error: JournalError) -> ImportError {
        ImportError::Log(error)
    }
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// Creates a log in `folder` from an export, with the memory of one batch.
///
/// The records begin with 1 and count their days in `zone`. They are written beside `folder`, read
/// back, and renamed to it when everything is correct, so that a power cut leaves no partial log. A
/// folder with a log is refused.
pub fn import(
    lines: impl BufRead,
    folder: impl AsRef<Path>,
    zone: Zone,
) -> Result<ImportSummary, ImportError> {
    let folder = folder.as_ref();
    let claim = FolderLock::acquire(folder)?;
    if claim.has_log()? {
        let why = "there is a log already; choose an empty folder".into();
        return Err(JournalError::BadTarget { target: folder.into(), why }.into());
    }
    let part = folder.with_extension("part");
    remove(&part)?;
    let imported = match read(lines, &part, zone) {
        Ok(imported) => imported,
        Err(error) => {
            // If it cannot be removed now, the next import removes it first.
            let _left = remove(&part);
            return Err(error);
        }
    };
    let kept = verify(&part)?;
    if !kept.is_whole() || kept.last != Some(imported.records) {
        let why = format!("of {} records only {} can be read back", imported.records, kept.records);
        return Err(JournalError::BadTarget { target: part, why }.into());
    }
    move_into_place(&part, folder)?;
    Ok(imported)
}

fn read(from: impl BufRead, part: &Path, zone: Zone) -> Result<ImportSummary, ImportError> {
    let (journal, _) = Journal::open(part, Options::default())?;
    let mut reading = Reading {
        zone,
        journal,
        batch: Vec::new(),
        hash: Sha256::new(),
        header: None,
        expected: 1,
        records: 0,
        ended: false,
        listed: Vec::new(),
        all: 0,
    };
    let mut lines = Lines { from, line: Vec::new(), number: 0 };
    let unread = |e| JournalError::io("read", Path::new("the export"), e);
    while let Some(shape) = lines.next().map_err(unread)? {
        reading.take(lines.number, shape, &lines.line)?;
    }
    reading.end(lines.number + 1)
}

/// The state of an import.
struct Reading {
    zone: Zone,
    journal: Journal,
    batch: Vec<Record>,
    hash: Sha256,
    header: Option<Header>,
    /// The expected record.
    expected: Seq,
    /// The number of record lines.
    records: u64,
    ended: bool,
    listed: Vec<LineFault>,
    all: u64,
}

impl Reading {
    fn take(&mut self, number: u64, shape: Shape, line: &[u8]) -> Result<(), JournalError> {
        if self.ended {
            self.fault(number, "it follows the last line of the export; remove it".into());
            return Ok(());
        }
        if shape == Shape::TooLong {
            let what = format!("it is longer than {LINE_BYTES_MAX} bytes, the maximum");
            self.fault(number, what);
            self.expected += 1;
            return Ok(());
        }
        if shape == Shape::Unfinished {
            self.fault(number, "the file is cut off in this line; export it again".into());
        }
        if number > 1 && line.starts_with(TRAILER_BEGINS) {
            self.trailer(number, line);
            return Ok(());
        }
        self.hash.update(line);
        match number {
            1 => self.header(line),
            _ => self.record(number, line)?,
        }
        Ok(())
    }

    fn header(&mut self, line: &[u8]) {
        let header: Header = match serde_json::from_slice(line) {
            Ok(header) => header,
            Err(e) => return self.fault(1, format!("it is not the header of an export: {e}")),
        };
        if header.format != FORMAT {
            let what = format!("format is \"{}\" and should be \"{FORMAT}\"", header.format);
            self.fault(1, what);
        }
        if header.version > VERSION {
            let what = format!(
                "version {} was written by a newer program; this one reads up to {VERSION}",
                header.version
            );
            self.fault(1, what);
        }
        if header.first != 1 {
            let what = format!(
                "it begins with record {}, but a log begins with record 1: export the whole log",
                header.first
            );
            self.fault(1, what);
        }
        if header.zone != self.zone {
            let what = format!(
                "its days are counted {} s east of Greenwich, and here {} s: set the zone of the \
                 hotline to the same first",
                header.zone.east_s, self.zone.east_s
            );
            self.fault(1, what);
        }
        self.expected = header.first;
        self.header = Some(header);
    }

    fn record(&mut self, number: u64, line: &[u8]) -> Result<(), JournalError> {
        let due = self.expected;
        self.expected += 1;
        let record = match Record::from_json(line) {
            Ok(record) => record,
            Err(e) => {
                self.fault(number, format!("it is not record {due}: {e}"));
                return Ok(());
            }
        };
        self.records += 1;
        if record.seq != due {
            let what = format!("it is record {}, but record {due} is due", record.seq);
            self.fault(number, what);
            self.expected = record.seq.saturating_add(1);
        }
        // After an error records are only checked, not written.
        if self.all == 0 {
            self.batch.push(record);
            if self.batch.len() == BATCH_RECORDS {
                self.write()?;
            }
        }
        Ok(())
    }

    fn trailer(&mut self, number: u64, line: &[u8]) {
        self.ended = true;
        let trailer: Trailer = match serde_json::from_slice(line) {
            Ok(trailer) => trailer,
            Err(e) => {
                return self.fault(number, format!("it is not the trailer of an export: {e}"));
            }
        };
        if trailer.end != FORMAT {
            let what = format!("end is \"{}\" and should be \"{FORMAT}\"", trailer.end);
            self.fault(number, what);
        }
        if trailer.records != self.records {
            let what =
                format!("it counts {} records, and {} are here", trailer.records, self.records);
            self.fault(number, what);
        }
        if let Some(header) = &self.header
            && header.last.saturating_add(1) != self.expected
        {
            let what = format!("the header says that record {} is the last", header.last);
            self.fault(number, what);
        }
        if trailer.sha256 != hex(self.hash.clone()) {
            let what = "the lines before it have another SHA-256: they were changed after the \
                        export was written";
            self.fault(number, what.into());
        }
    }

    /// Handles the end of the file before this line.
    fn end(mut self, number: u64) -> Result<ImportSummary, ImportError> {
        if !self.ended {
            self.fault(
                number,
                "the last line is missing: the file is cut off; export it again".into(),
            );
        }
        if self.all > 0 {
            return Err(ImportError::Faults { listed: self.listed, all: self.all });
        }
        self.write()?;
        self.journal.sync()?;
        let engine = self.header.map(|header| header.engine).unwrap_or_default();
        Ok(ImportSummary { records: self.journal.last(), engine })
    }

    fn write(&mut self) -> Result<(), JournalError> {
        self.journal.append(&self.batch)?;
        self.journal.sync()?;
        self.batch.clear();
        Ok(())
    }

    fn fault(&mut self, line: u64, what: String) {
        self.all += 1;
        if self.listed.len() < FAULTS_LISTED {
            self.listed.push(LineFault { line, what });
        }
    }
}

/// Lines of bounded length.
struct Lines<R> {
    from: R,
    /// The last line read, with its line feed.
    line: Vec<u8>,
    number: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Whole,
    /// The file ends within the line.
    Unfinished,
    /// The line is too long and was cut.
    TooLong,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> io::Result<Option<Shape>> {
        self.line.clear();
        let read = (&mut self.from).take(LINE_BYTES_MAX).read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if self.line.ends_with(b"\n") {
            return Ok(Some(Shape::Whole));
        }
        if (read as u64) < LINE_BYTES_MAX {
            return Ok(Some(Shape::Unfinished));
        }
        self.from.skip_until(b'\n')?;
        Ok(Some(Shape::TooLong))
    }
}

fn remove(part: &Path) -> Result<(), JournalError> {
    match fs::remove_dir_all(part) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(JournalError::io("remove", part, e)),
        _ => Ok(()),
    }
}

/// Replaces the empty folder by the new log atomically.
fn move_into_place(part: &Path, folder: &Path) -> Result<(), JournalError> {
    let lock = folder.join("lock");
    fs::remove_file(&lock).map_err(|e| JournalError::io("remove", &lock, e))?;
    fs::rename(part, folder).map_err(|e| JournalError::io("name", folder, e))?;
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => folder::sync(parent),
        _ => folder::sync(Path::new(".")),
    }
}

const TRAILER_BEGINS: &[u8] = b"{\"end\":";
/// The length of the longest record with its line feed.
const LINE_BYTES_MAX: u64 = PAYLOAD_BYTES_MAX as u64 + 1;
/// A page of errors; the count includes the rest.
const FAULTS_LISTED: usize = 100;
const BATCH_RECORDS: usize = 1_024;
