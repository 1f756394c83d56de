//! Errors of the log, each with advice.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use model::Seq;

/// The reason why the log could not be opened, written or read.
#[derive(Debug)]
pub enum JournalError {
    /// Another engine has locked the folder.
    Locked {
        /// The log's folder.
        folder: PathBuf,
        /// Its process id, if known.
        process: Option<u32>,
    },
    /// The operating system refused.
    Io {
        /// The failed operation, as a verb: `write`, `sync`.
        doing: &'static str,
        /// The path.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// Something else was found where a complete record is expected.
    Damaged {
        /// The segment.
        file: PathBuf,
        /// The offset in it, in bytes.
        byte: u64,
        /// The expected record.
        record: Seq,
        /// The fault that was found.
        what: String,
    },
    /// The record is no longer in the log: its segment is missing.
    Missing {
        /// The requested record.
        record: Seq,
        /// The first existing record after it.
        next: Seq,
    },
    /// The log ends before this record.
    EndReached {
        /// The requested record.
        record: Seq,
    },
    /// A record was appended out of order. Nothing was written.
    OutOfOrder {
        /// The next record of the log.
        expected: Seq,
        /// The appended record.
        found: Seq,
    },
    /// A record cannot be encoded. Nothing was written.
    Unwritable {
        /// The record.
        record: Seq,
        /// The reason.
        why: String,
    },
    /// The target of a backup or an import cannot be used.
    BadTarget {
        /// The target.
        target: PathBuf,
        /// The reason.
        why: String,
    },
}

impl JournalError {
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> JournalError {
        JournalError::Io { doing, path: path.into(), source }
    }

    /// Returns whether the disk is full, so that a retry after freeing space helps.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, JournalError::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JournalError::Locked { folder, process } => {
                write!(f, "the log in {} is locked by another running engine", folder.display())?;
                if let Some(process) = process {
                    write!(f, " (process {process})")?;
                }
                write!(f, "; stop that engine, or give this one a folder of its own")
            }
            JournalError::Io { doing, path, source } => {
                write!(f, "cannot {doing} {}: {source}", path.display())?;
                if self.is_disk_full() {
                    write!(f, "; free space on this disk, then the engine continues by itself")?;
                }
                Ok(())
            }
            JournalError::Damaged { file, byte, record, what } => write!(
                f,
                "the log is damaged at byte {byte} of {file}, where record {record} should be: \
                 {what}. Copy the folder away first. Then restore this file from a backup; or, to \
                 give up record {record} and all later ones, run `truncate --size={byte} {file}` \
                 and move the later segments out of the folder",
                file = file.display(),
            ),
            JournalError::Missing { record, next } => write!(
                f,
                "the log has no record {record}: the next one is {next}; restore the missing \
                 segment from a backup"
            ),
            JournalError::EndReached { record } => {
                write!(f, "the log ends before record {record}")
            }
            JournalError::OutOfOrder { expected, found } => {
                write!(f, "record {found} was appended, but record {expected} is due")
            }
            JournalError::Unwritable { record, why } => {
                write!(f, "record {record} cannot be written: {why}")
            }
            JournalError::BadTarget { target, why } => {
                write!(f, "cannot copy a log to {}: {why}", target.display())
            }
        }
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            JournalError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// A finding about a segment, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The segment.
    pub file: PathBuf,
    /// The offset in it, in bytes.
    pub byte: u64,
    /// The finding and the repair, as a sentence.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}: {}", self.file.display(), self.byte, self.what)
    }
}
