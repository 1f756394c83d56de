//! What can go wrong with an index.

use std::{any::Any, fmt, io, panic, path::PathBuf};

use tantivy::TantivyError;

/// Why the index cannot be used.
#[derive(Debug)]
pub enum LibraryError {
    /// Another program, or another [`Library`](crate::Library), writes it.
    InUse,
    /// The folder holds something that is no index; it is left alone.
    NotOurs(PathBuf),
    /// The disk said no.
    Io(io::Error),
    /// The index is not as it was written: open it again, which makes a new one.
    Damaged(String),
}

/// Do it, and take a panic of tantivy over a damaged file for what it is.
pub(crate) fn guarded<T>(
    work: impl FnOnce() -> Result<T, LibraryError>,
) -> Result<T, LibraryError> {
    let said = |panic: Box<dyn Any + Send>| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
    };
    panic::catch_unwind(panic::AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(LibraryError::Damaged(said(panic))))
}

impl From<TantivyError> for LibraryError {
    fn from(error: TantivyError) -> LibraryError {
        match error {
            TantivyError::LockFailure(..) => LibraryError::InUse,
            TantivyError::IoError(error) => {
                LibraryError::Io(io::Error::new(error.kind(), error.to_string()))
            }
            other => LibraryError::Damaged(other.to_string()),
        }
    }
}

impl From<io::Error> for LibraryError {
    fn from(error: io::Error) -> LibraryError {
        LibraryError::Io(error)
    }
}

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LibraryError::InUse => f.write_str("the search index is in use by another program"),
            LibraryError::NotOurs(folder) => {
                write!(f, "{} holds folders: it is no search index", folder.display())
            }
            LibraryError::Io(error) => write!(f, "the search index: {error}"),
            LibraryError::Damaged(what) => write!(f, "the search index is damaged: {what}"),
        }
    }
}

impl std::error::Error for LibraryError {}
