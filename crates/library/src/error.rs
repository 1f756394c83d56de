//! Errors of the search index.

use std::{any::Any, fmt, io, panic, path::PathBuf};

use tantivy::TantivyError;

/// The search index cannot be used.
#[derive(Debug)]
pub enum IndexError {
    /// Another program, or another [`KnowledgeIndex`](crate::KnowledgeIndex), has it open for writing.
    InUse,
    /// The folder contains folders, so it is not a search index. It is left unchanged.
    NotOurs(PathBuf),
    /// The operating system reported an error.
    Io(io::Error),
    /// The index is damaged. Opening it again creates a new one.
    Damaged(String),
}

/// Runs an operation of tantivy, and returns an error when it panics over a damaged file.
pub(crate) fn catch_panic<T>(
    work: impl FnOnce() -> Result<T, IndexError>,
) -> Result<T, IndexError> {
    let message_of = |panic: Box<dyn Any + Send>| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
    };
    panic::catch_unwind(panic::AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(IndexError::Damaged(message_of(panic))))
}

impl From<TantivyError> for IndexError {
    fn from(error: TantivyError) -> IndexError {
        match error {
            TantivyError::LockFailure(..) => IndexError::InUse,
            TantivyError::IoError(error) => {
                IndexError::Io(io::Error::new(error.kind(), error.to_string()))
            }
            other => IndexError::Damaged(other.to_string()),
        }
    }
}

impl From<io::Error> for IndexError {
    fn from(error: io::Error) -> IndexError {
        IndexError::Io(error)
    }
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IndexError::InUse => f.write_str("the search index is open in another program"),
            IndexError::NotOurs(folder) => {
                write!(f, "{} contains folders, so it is not a search index", folder.display())
            }
            IndexError::Io(error) => write!(f, "the search index cannot be used: {error}"),
            IndexError::Damaged(what) => write!(f, "the search index is damaged: {what}"),
        }
    }
}

impl std::error::Error for IndexError {}
