//! The syncs of files and folders, which cost more than all other work of a recording, and their
//! number.

use std::{
    fs::File,
    io,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

/// Syncs files and folders, and counts both. Shared by the recorder's threads.
#[derive(Debug, Default)]
pub(crate) struct DiskSyncs {
    files: AtomicU64,
    folders: AtomicU64,
}

/// The syncs since the recorder was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncCount {
    /// Files, one for each file of a recording.
    pub files: u64,
    /// Folders, shared by the recordings that end together.
    pub folders: u64,
}

impl DiskSyncs {
    /// Makes the content of a file durable.
    pub(crate) fn file(&self, file: &File) -> io::Result<()> {
        self.files.fetch_add(1, Ordering::Relaxed);
        file.sync_all()
    }

    /// Makes the names in a folder durable.
    pub(crate) fn folder(&self, folder: &Path) -> io::Result<()> {
        self.folders.fetch_add(1, Ordering::Relaxed);
        File::open(folder)?.sync_all()
    }

    pub(crate) fn count(&self) -> SyncCount {
        SyncCount {
            files: self.files.load(Ordering::Relaxed),
            folders: self.folders.load(Ordering::Relaxed),
        }
    }
}
