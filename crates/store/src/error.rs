//! Errors of the view, each with its remedy.

use std::{
    any::Any,
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
};

use model::Seq;

/// The view could not be opened, written or read.
#[derive(Debug)]
pub enum StoreError {
    /// The files cannot be read. Wipe the view and apply the log again.
    Damaged(String),
    /// The view was written by a program with another schema. Wipe it and apply the log again.
    OldSchema {
        /// The schema version found.
        found: u32,
    },
    /// Another process has it open.
    Busy,
    /// Records are missing before those given. Nothing was applied.
    Gap {
        /// The record that is due next.
        expected: Seq,
        /// The first record that was given.
        found: Seq,
    },
    /// The operating system reported an error.
    Io(io::Error),
}

impl StoreError {
    /// Whether the view must be wiped and built again from the log.
    pub fn wants_rebuild(&self) -> bool {
        matches!(self, StoreError::Damaged(_) | StoreError::OldSchema { .. })
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Damaged(what) => {
                write!(f, "the view of the log is damaged ({what}); it must be rebuilt")
            }
            StoreError::OldSchema { found } => {
                write!(f, "the view of the log is of version {found}; it must be rebuilt")
            }
            StoreError::Busy => write!(f, "another engine has the view of the log open"),
            StoreError::Gap { expected, found } => {
                write!(f, "the view got record {found}, but record {expected} is due")
            }
            StoreError::Io(error) => write!(f, "the view of the log cannot be used: {error}"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StoreError::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> StoreError {
        match error {
            // sled reports a locked file as an I/O error with a text of its own.
            sled::Error::Io(e) if e.to_string().contains("acquire lock") => StoreError::Busy,
            // sled also reports reads beyond the end of a file, and what it cannot decode, as I/O errors.
            sled::Error::Io(e)
                if matches!(
                    e.kind(),
                    io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData
                ) =>
            {
                StoreError::Damaged(e.to_string())
            }
            sled::Error::Io(e) => StoreError::Io(e),
            other => StoreError::Damaged(other.to_string()),
        }
    }
}

/// Runs an operation on sled, and returns an error when sled panics.
pub(crate) fn catch_panic<T>(run: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    // Only sled's own state may be inconsistent after the panic, and sled is closed and rebuilt.
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|panic| Err(StoreError::Damaged(panic_message(panic.as_ref()))))
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("sled panicked");
    message.chars().take(MESSAGE_MAX).collect()
}

/// sled's panic messages may quote whole pages.
const MESSAGE_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_becomes_an_error_that_asks_for_a_rebuild() {
        let error = catch_panic::<()>(|| panic!("offset {} is odd", 7)).unwrap_err();
        assert!(error.wants_rebuild());
        assert!(error.to_string().contains("offset 7 is odd"), "{error}");
    }
}
