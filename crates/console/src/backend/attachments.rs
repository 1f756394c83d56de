//! Files attached to tickets, named by their SHA-256.

use std::{io, path::PathBuf};

use model::event::AttachmentKept;

/// The store of attached files.
pub trait Attachments: Send + Sync + 'static {
    /// Stores a file under its hash (hex); it is on disk when this returns.
    fn keep(&self, sha256: &str, bytes: &[u8]) -> io::Result<()>;

    /// The path of the file with this hash; an error when the text is not a hash.
    fn attachment(&self, sha256: &str) -> io::Result<Option<PathBuf>>;

    /// The last record about the file with this hash.
    fn attachment_record(&self, sha256: &str) -> io::Result<Option<AttachmentKept>>;
}
