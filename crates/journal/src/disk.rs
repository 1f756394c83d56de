//! The few things the writer asks of a disk, so that a test can be a bad one.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path};

use crate::folder;

/// The segment being written.
pub trait Disk: Send {
    /// Turn to another segment, made when it is not there; its length in bytes.
    fn open_segment(&mut self, path: &Path) -> io::Result<u64>;
    /// Write all of it from this byte of the segment on.
    fn write_all_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()>;
    /// Make the segment this long, in bytes.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
    /// Bytes and length are on the platter when this returns.
    fn sync(&mut self) -> io::Result<()>;
    /// The names in the folder are on the platter when this returns.
    fn sync_folder(&mut self, folder: &Path) -> io::Result<()>;
}

/// The real one.
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
