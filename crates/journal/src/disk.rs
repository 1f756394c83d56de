//! The disk operations of the writer, so that tests can make them fail.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path};

use crate::folder;

/// The disk with the segment being written.
pub trait Disk: Send {
    /// Opens another segment, created when missing; returns its length in bytes.
    fn open_segment(&mut self, path: &Path) -> io::Result<u64>;
    /// Writes all bytes at this offset of the segment.
    fn write_all_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()>;
    /// Truncates the segment to this length, in bytes.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
    /// Syncs bytes and length of the segment to disk.
    fn sync(&mut self) -> io::Result<()>;
    /// Syncs the names in the folder to disk.
    fn sync_folder(&mut self, folder: &Path) -> io::Result<()>;
}

/// The real disk.
#[derive(Debug, Default)]
pub struct FileDisk(Option<File>);

impl FileDisk {
    fn file(&self) -> io::Result<&File> {
        let none = || io::Error::new(io::ErrorKind::NotFound, "no segment is open");
        self.0.as_ref().ok_or_else(none)
    }
}

impl Disk for FileDisk {
    fn open_segment(&mut self, path: &Path) -> io::Result<u64> {
        let file = folder::file_to_write(path)?;
        let length = file.metadata()?.len();
        self.0 = Some(file);
        Ok(length)
    }

    fn write_all_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.file()?.write_all_at(bytes, at)
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.file()?.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file()?.sync_data()
    }

    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
}
