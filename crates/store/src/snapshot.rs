//! A snapshot of the engine's state in one file, so that a start need not read the whole log.
//!
//! The file has a header in one line of JSON, the state in the caller's encoding, and the CRC-32 of
//! both. It is written under another name, synced and renamed, so that there is always a complete
//! file. It is not in sled because sled does not support values of a hundred megabytes (above 128 KB
//! a value becomes a file of its own that sled does not sync).

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use crc32fast::Hasher;
use model::Seq;
use serde::{Deserialize, Serialize};

/// The header of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotHeader {
    /// The version of the program that wrote it.
    pub program: String,
    /// The version of the state's encoding.
    pub schema: u32,
    /// The last record applied to the state.
    pub seq: Seq,
    /// A checksum of that record, which differs in another log.
    pub mark: u32,
}

/// Writes a snapshot into `folder` and replaces the previous one; returns the length in bytes.
///
/// # Errors
/// An error of the disk or of `write`. The previous snapshot is kept then.
pub fn write(
    folder: &Path,
    header: &SnapshotHeader,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<u64> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let new = folder.join(NEW);
    // The state contains callers' numbers.
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    let mut out =
        BufWriter::with_capacity(BUFFER, Checkchecksummed { inner: file, sum: Hasher::new() });
    serde_json::to_writer(&mut out, header)?;
    out.write_all(b"\n")?;
    write(&mut out)?;
    let Checkchecksummed { inner: mut file, sum } =
        out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.write_all(&sum.finalize().to_be_bytes())?;
    file.sync_all()?;
    let length = file.metadata()?.len();
    fs::rename(&new, folder.join(NAME))?;
    File::open(folder)?.sync_all()?;
    Ok(length)
}

/// Reads the snapshot in `folder`; `None` when there is none. `accept` checks the header first.
///
/// # Errors
/// An error of the disk, of `accept` or of `read`, or a damaged file.
pub fn read<T>(
    folder: &Path,
    accept: impl FnOnce(&SnapshotHeader) -> io::Result<()>,
    read: impl FnOnce(&mut dyn Read) -> io::Result<T>,
) -> io::Result<Option<(SnapshotHeader, T)>> {
    let file = match File::open(folder.join(NAME)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let body = file
        .metadata()?
        .len()
        .checked_sub(SUM_BYTES)
        .ok_or_else(|| damaged("the file is too short"))?;
    let checksummed = Checkchecksummed { inner: (&file).take(body), sum: Hasher::new() };
    let mut from = BufReader::with_capacity(BUFFER, checksummed);
    let mut line = Vec::new();
    (&mut from).take(HEADER_BYTES_MAX).read_until(b'\n', &mut line)?;
    let header: SnapshotHeader =
        serde_json::from_slice(&line).map_err(|_| damaged("the header cannot be read"))?;
    accept(&header)?;
    let state = read(&mut from)?;
    if from.read(&mut [0])? != 0 {
        return Err(damaged("it is longer than its state"));
    }
    let sum = from.into_inner().sum.finalize();
    let mut expected = [0; SUM_BYTES as usize];
    (&file).read_exact(&mut expected)?;
    if sum != u32::from_be_bytes(expected) {
        return Err(damaged("its checksum is wrong"));
    }
    Ok(Some((header, state)))
}

/// Removes the snapshot in `folder`, if there is one.
///
/// # Errors
/// An error of the disk.
pub fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(NAME)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Computes the checksum of what is read or written through it.
struct Checkchecksummed<T> {
    inner: T,
    sum: Hasher,
}

impl<T: Write> Write for Checkchecksummed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sum.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Checkchecksummed<T> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(room)?;
        self.sum.update(room.get(..read).unwrap_or_default());
        Ok(read)
    }
}

const NAME: &str = "memory.kept";
const NEW: &str = "memory.kept.new";
const SUM_BYTES: u64 = 4;
/// A header has a few hundred bytes.
const HEADER_BYTES_MAX: u64 = 4_096;
const BUFFER: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn header(seq: Seq) -> SnapshotHeader {
        SnapshotHeader { program: "1.2.3".into(), schema: 1, seq, mark: 7 }
    }

    fn read_text(folder: &Path) -> io::Result<Option<(SnapshotHeader, String)>> {
        read(
            folder,
            |_| Ok(()),
            |from| {
                let mut text = String::new();
                from.read_to_string(&mut text)?;
                Ok(text)
            },
        )
    }

    #[test]
    fn last_snapshot_is_read_completely_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_text(folder.path()).unwrap().is_none());
        write(folder.path(), &header(1), |out| out.write_all(b"before")).unwrap();
        let state = "state\n".repeat(100_000);
        write(folder.path(), &header(2), |out| out.write_all(state.as_bytes())).unwrap();
        let full = write(folder.path(), &header(3), |_| Err(io::ErrorKind::StorageFull.into()));
        assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(read_text(folder.path()).unwrap(), Some((header(2), state)));
        let doubt = read(folder.path(), |_| Err(damaged("of another log")), |_| Ok(()));
        assert_eq!(doubt.unwrap_err().to_string(), "of another log");
        remove(folder.path()).unwrap();
        remove(folder.path()).unwrap();
        assert!(read_text(folder.path()).unwrap().is_none());
    }

    #[test]
    fn flipped_bit_or_missing_end_is_detected_anywhere() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &header(1), |out| out.write_all(b"a state")).unwrap();
        let file = folder.path().join(NAME);
        let whole = fs::read(&file).unwrap();
        for n in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[n] ^= 1;
            fs::write(&file, &bytes).unwrap();
            assert!(read_text(folder.path()).is_err(), "byte {n}");
            fs::write(&file, &whole[..n]).unwrap();
            assert!(read_text(folder.path()).is_err(), "cut at {n}");
        }
    }
}
