//! What can be wrong with the view, each with what would help.

use std::{
    any::Any,
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
};

use model::Seq;

/// Why the view could not be opened, written or read.
#[derive(Debug)]
pub enum StoreError {
    /// Its files make no sense. Wipe it and apply the log again.
    Damaged(String),
    /// It was written by a program with another idea of it. Wipe it and apply the log again.
    OldSchema {
        /// The version found.
        found: u32,
    },
    /// Another process has it open.
    Busy,
    /// Records are missing between what it has seen and what it was given. Nothing was applied.
    Gap {
        /// The record it needs next.
        expected: Seq,
        /// The record it was given.
        found: Seq,
    },
    /// The operating system refused.
    Io(io::Error),
}

impl StoreError {
    /// Whether wiping the view and applying the log again is the cure.
    pub fn wants_rebuild(&self) -> bool {
        matches!(self, StoreError::Damaged(_) | StoreError::OldSchema { .. })
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Damaged(what) => {
                write!(f, "the view of the log is damaged ({what}); it must be made anew")
            }
            StoreError::OldSchema { found } => {
                write!(f, "the view of the log is of version {found}; it must be made anew")
            }
            StoreError::Busy => write!(f, "another engine has the view of the log open"),
            StoreError::Gap { expected, found } => {
                write!(f, "the view was given record {found} where record {expected} is due")
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
            // sled locks its file and wraps the refusal in words of its own.
            sled::Error::Io(e) if e.to_string().contains("acquire lock") => StoreError::Busy,
            // What sled reads beyond a file's end, or cannot decode, it calls an I/O error too.
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

/// Touch sled, and answer instead of unwinding when it panics.
pub(crate) fn caught<T>(touch: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    // What a panic may leave half done is in sled, and is thrown away with it.
    catch_unwind(AssertUnwindSafe(touch))
        .unwrap_or_else(|panic| Err(StoreError::Damaged(last_words(panic.as_ref()))))
}

fn last_words(panic: &(dyn Any + Send)) -> String {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("sled panicked");
    words.chars().take(WORDS_MAX).collect()
}

/// sled's panics may quote whole pages.
const WORDS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_that_asks_for_a_rebuild() {
        let error = caught::<()>(|| panic!("offset {} is odd", 7)).unwrap_err();
        assert!(error.wants_rebuild());
        assert!(error.to_string().contains("offset 7 is odd"), "{error}");
    }
}
