//! The folder of a log: its segments, its lock, its permissions.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use fs4::{FileExt, TryLockError};
use model::Seq;

use crate::JournalError;

/// A segment, by the number of its first record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Segment {
    pub(crate) first: Seq,
    pub(crate) path: PathBuf,
}

impl Segment {
    pub(crate) fn of(folder: &Path, first: Seq) -> Segment {
        Segment { first, path: folder.join(format!("{first:020}.log")) }
    }
}

/// Returns all segments, oldest first. Other files in the folder are ignored.
pub(crate) fn segments(folder: &Path) -> Result<Vec<Segment>, JournalError> {
    let list = |e| JournalError::io("list", folder, e);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(list)? {
        let name = entry.map_err(list)?.file_name();
        let digits = name.to_str().and_then(|name| name.strip_suffix(".log")).unwrap_or_default();
        if digits.len() == 20
            && let Ok(first) = digits.parse()
        {
            found.push(Segment::of(folder, first));
        }
    }
    found.sort();
    Ok(found)
}

/// Creates the folder with mode 0700 when it is missing.
pub(crate) fn make(folder: &Path) -> Result<(), JournalError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|e| JournalError::io("make the folder", folder, e))
}

/// Syncs the folder, so that its names are durable.
pub(crate) fn sync(folder: &Path) -> Result<(), JournalError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|e| JournalError::io("sync the folder", folder, e))
}

/// Opens a file for writing, creating it with mode 0600.
pub(crate) fn file_to_write(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// An exclusive lock on a log's folder. Its records are not read, since they may be damaged.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    _lock: File,
}

impl FolderLock {
    /// Locks the folder until this is dropped; it is created when missing.
    ///
    /// # Errors
    ///
    /// [`JournalError::Locked`] while an engine runs there.
    pub fn acquire(folder: impl AsRef<Path>) -> Result<FolderLock, JournalError> {
        let folder = folder.as_ref();
        make(folder)?;
        Ok(FolderLock { folder: folder.into(), _lock: lock(folder)? })
    }

    /// Returns whether the folder has a log, complete or not.
    pub fn has_log(&self) -> Result<bool, JournalError> {
        Ok(!segments(&self.folder)?.is_empty())
    }
}

/// Returns whether another process has locked the log in this folder. Nothing is written; a lock
/// that cannot be read counts as free.
pub fn is_locked(folder: impl AsRef<Path>) -> bool {
    let Ok(file) = File::open(folder.as_ref().join("lock")) else { return false };
    matches!(FileExt::try_lock_shared(&file), Err(TryLockError::WouldBlock))
}

/// Locks the folder until the file is dropped, also by a crash.
pub(crate) fn lock(folder: &Path) -> Result<File, JournalError> {
    let path = folder.join("lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|e| JournalError::io("open", &path, e))?;
    match FileExt::try_lock(&file) {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            // Needed only for the message, which is valid without the number.
            let _ = file.read_to_string(&mut process);
            let process = process.trim().parse().ok();
            return Err(JournalError::Locked { folder: folder.into(), process });
        }
        Err(TryLockError::Error(e)) => return Err(JournalError::io("lock", &path, e)),
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(|e| JournalError::io("write", &path, e))?;
    Ok(file)
}
