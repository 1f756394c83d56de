//! What can go wrong between the engine and its log, each with what would help.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use model::Seq;

/// Why the log could not be opened, written or read.
#[derive(Debug)]
pub enum JournalError {
    /// Another engine holds the folder.
    Locked {
        /// The log's folder.
        folder: PathBuf,
        /// The process that holds it, when it left its number.
        process: Option<u32>,
    },
    /// The operating system refused.
    Io {
        /// What was being done, as a verb: `write`, `sync`.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// Its answer.
        source: io::Error,
    },
    /// A complete record was expected and something else is there.
    Damaged {
        /// The segment.
        file: PathBuf,
        /// Where in it, in bytes from its start.
        byte: u64,
        /// The record that should be there.
        record: Seq,
        /// What is there instead.
        what: String,
    },
    /// The log holds no such record any more: its segment is gone.
    Missing {
        /// The record asked for.
        record: Seq,
        /// The first record there is after it.
        next: Seq,
    },
    /// The log ends before this record.
    EndReached {
        /// The record asked for.
        record: Seq,
    },
    /// A record was handed in out of order. Nothing was written.
    OutOfOrder {
        /// The record the log needs next.
        expected: Seq,
        /// The record handed in.
        found: Seq,
    },
    /// A record cannot be written in this form. Nothing was written.
    Unwritable {
        /// The record.
        record: Seq,
        /// Why.
        why: String,
    },
    /// The target of a backup or an import is no place for it.
    BadTarget {
        /// The target.
        target: PathBuf,
        /// Why.
        why: String,
    },
}

impl JournalError {
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> JournalError {
        JournalError::Io { doing, path: path.into(), source }
    }

    /// Whether the disk is full: freeing space and trying again is the cure.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, JournalError::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JournalError::Locked { folder, process } => {
                write!(f, "the log in {} belongs to another running engine", folder.display())?;
                if let Some(process) = process {
                    write!(f, " (process {process})")?;
                }
                write!(f, "; stop that engine, or give this one a folder of its own")
            }
            JournalError::Io { doing, path, source } => {
                write!(f, "cannot {doing} {}: {source}", path.display())?;
                if self.is_disk_full() {
                    write!(f, "; free space on this disk and it goes on by itself")?;
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
                write!(f, "record {found} was handed in where record {expected} is due")
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

/// Something worth telling a person about a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The segment.
    pub file: PathBuf,
    /// Where in it, in bytes from its start.
    pub byte: u64,
    /// What is there and what was done about it, in a sentence.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}: {}", self.file.display(), self.byte, self.what)
    }
}
