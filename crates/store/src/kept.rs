//! One file beside sled: a state written down whole, so that a start need not read the log from its first record.
//!
//! A first line says what it is, in JSON; then comes the state, as whoever
//! writes it likes; then the CRC-32 of everything before. It is written under
//! another name, synced and renamed: there is a whole one or the one before.
//! sled is no place for it: a value of a hundred megabytes is none (and above
//! 128 KB it would be a file of its own that sled does not sync).

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use crc32fast::Hasher;
use model::Seq;
use serde::{Deserialize, Serialize};

/// What the file says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The version of the program that wrote it.
    pub program: String,
    /// What the state means to that program.
    pub schema: u32,
    /// The last record in the state.
    pub seq: Seq,
    /// A checksum of that record: in another log another record has its number.
    pub mark: u32,
}

/// Write a state down in `folder`, in place of the one before; how long the file is, in bytes.
///
/// # Errors
/// What the disk or `write` says. The file before is still there then.
pub fn keep(
    folder: &Path,
    stamp: &Stamp,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<u64> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let new = folder.join(NEW);
    // Callers' numbers are in it.
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    let mut out = BufWriter::with_capacity(BUFFER, Summed { of: file, sum: Hasher::new() });
    serde_json::to_writer(&mut out, stamp)?;
    out.write_all(b"\n")?;
    write(&mut out)?;
    let Summed { of: mut file, sum } = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.write_all(&sum.finalize().to_be_bytes())?;
    file.sync_all()?;
    let length = file.metadata()?.len();
    fs::rename(&new, folder.join(NAME))?;
    File::open(folder)?.sync_all()?;
    Ok(length)
}

/// Read the state in `folder`; `None` when there is none. `believe` looks at its stamp first.
///
/// # Errors
/// What the disk, `believe` or `read` says, or that the file is damaged.
pub fn recall<T>(
    folder: &Path,
    believe: impl FnOnce(&Stamp) -> io::Result<()>,
    read: impl FnOnce(&mut dyn Read) -> io::Result<T>,
) -> io::Result<Option<(Stamp, T)>> {
    let file = match File::open(folder.join(NAME)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let body = file.metadata()?.len().checked_sub(SUM_BYTES).ok_or_else(|| damaged("too short"))?;
    let summed = Summed { of: (&file).take(body), sum: Hasher::new() };
    let mut from = BufReader::with_capacity(BUFFER, summed);
    let mut line = Vec::new();
    (&mut from).take(STAMP_BYTES_MAX).read_until(b'\n', &mut line)?;
    let stamp: Stamp = serde_json::from_slice(&line).map_err(|_| damaged("no stamp"))?;
    believe(&stamp)?;
    let state = read(&mut from)?;
    if from.read(&mut [0])? != 0 {
        return Err(damaged("something follows it"));
    }
    let sum = from.into_inner().sum.finalize();
    let mut told = [0; SUM_BYTES as usize];
    (&file).read_exact(&mut told)?;
    if sum != u32::from_be_bytes(told) {
        return Err(damaged("its checksum is wrong"));
    }
    Ok(Some((stamp, state)))
}

/// Throw the state in `folder` away, if there is one.
///
/// # Errors
/// What the disk says.
pub fn forget(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(NAME)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Sums up what goes through it.
struct Summed<T> {
    of: T,
    sum: Hasher,
}

impl<T: Write> Write for Summed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.of.write(bytes)?;
        self.sum.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.of.flush()
    }
}

impl<T: Read> Read for Summed<T> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.of.read(room)?;
        self.sum.update(room.get(..read).unwrap_or_default());
        Ok(read)
    }
}

const NAME: &str = "memory.kept";
const NEW: &str = "memory.kept.new";
const SUM_BYTES: u64 = 4;
/// A stamp is a line of some hundred bytes.
const STAMP_BYTES_MAX: u64 = 4_096;
const BUFFER: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(seq: Seq) -> Stamp {
        Stamp { program: "1.2.3".into(), schema: 1, seq, mark: 7 }
    }

    fn text(folder: &Path) -> io::Result<Option<(Stamp, String)>> {
        recall(
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
    fn what_was_written_last_is_read_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        assert!(text(folder.path()).unwrap().is_none());
        keep(folder.path(), &stamp(1), |out| out.write_all(b"before")).unwrap();
        let state = "state\n".repeat(100_000);
        keep(folder.path(), &stamp(2), |out| out.write_all(state.as_bytes())).unwrap();
        let full = keep(folder.path(), &stamp(3), |_| Err(io::ErrorKind::StorageFull.into()));
        assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(text(folder.path()).unwrap(), Some((stamp(2), state)));
        let doubt = recall(folder.path(), |_| Err(damaged("of another log")), |_| Ok(()));
        assert_eq!(doubt.unwrap_err().to_string(), "of another log");
        forget(folder.path()).unwrap();
        forget(folder.path()).unwrap();
        assert!(text(folder.path()).unwrap().is_none());
    }

    #[test]
    fn a_flipped_bit_or_a_missing_end_is_noticed_wherever_it_is() {
        let folder = tempfile::tempdir().unwrap();
        keep(folder.path(), &stamp(1), |out| out.write_all(b"a state")).unwrap();
        let file = folder.path().join(NAME);
        let whole = fs::read(&file).unwrap();
        for n in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[n] ^= 1;
            fs::write(&file, &bytes).unwrap();
            assert!(text(folder.path()).is_err(), "byte {n}");
            fs::write(&file, &whole[..n]).unwrap();
            assert!(text(folder.path()).is_err(), "cut at {n}");
        }
    }
}
