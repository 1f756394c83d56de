//! Writes WAV files of 8 kHz PCM16, stereo; the only module that uses hound.

use std::{
    fs::{File, OpenOptions},
    io::{self, Cursor, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
    path::Path,
    sync::Arc,
};

use hound::{SampleFormat, WavSpec, WavWriter};

use crate::paths;

/// Frames per second.
pub(crate) const RATE: u64 = 8_000;
/// Bytes per stereo frame: two samples of two bytes.
pub(crate) const FRAME_BYTES: u64 = 4;
/// The header hound writes for PCM16 (RIFF, fmt, data).
pub(crate) const HEADER_BYTES: u64 = 44;

/// A WAV file being written.
pub(crate) struct WavFile {
    writer: WavWriter<Positioned>,
    file: Arc<File>,
    /// Frames since the header was last updated.
    untold: u64,
}

impl WavFile {
    pub(crate) fn create(path: &Path) -> io::Result<WavFile> {
        let file = Arc::new(paths::create(path)?);
        let writer = WavWriter::new(Positioned { file: Arc::clone(&file), at: 0 }, spec(2));
        Ok(WavFile { writer: writer.map_err(plain)?, file, untold: 0 })
    }

    /// Complete stereo frames written.
    pub(crate) fn frames(&self) -> u64 {
        u64::from(self.writer.duration())
    }

    /// Appends interleaved stereo; a half frame at the end is dropped.
    ///
    /// It is passed to the system at once and the header follows, so that a killed engine loses
    /// only what the next call of this would have written.
    pub(crate) fn write(&mut self, stereo: &[i16]) -> io::Result<()> {
        let whole = stereo.get(..stereo.len() & !1).unwrap_or_default();
        let mut samples = self.writer.get_i16_writer(u32::try_from(whole.len()).unwrap_or(0));
        for sample in whole {
            samples.write_sample(*sample);
        }
        samples.flush().map_err(plain)?;
        self.untold += whole.len() as u64 / 2;
        if self.untold >= HEADER_EVERY {
            self.writer.flush().map_err(plain)?;
            self.untold = 0;
        }
        Ok(())
    }

    /// Updates the header, cuts the file to its length and returns it, to be synced and read.
    pub(crate) fn finish(self) -> io::Result<Arc<File>> {
        let length = HEADER_BYTES + self.frames() * FRAME_BYTES;
        self.writer.finalize().map_err(plain)?;
        self.file.set_len(length)?;
        Ok(self.file)
    }
}

/// Repairs the header of a file that a crash left, by its real length. Returns the file and its
/// frames.
pub(crate) fn mend(path: &Path) -> io::Result<(File, u64)> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let frames = file.metadata()?.len().saturating_sub(HEADER_BYTES) / FRAME_BYTES;
    let data = u32::try_from(frames * FRAME_BYTES).unwrap_or(u32::MAX);
    let mut header = Cursor::new(Vec::new());
    WavWriter::new(&mut header, spec(2)).and_then(WavWriter::finalize).map_err(plain)?;
    let mut header = header.into_inner();
    // The two sizes in a RIFF header: of everything after byte 8, and of the samples.
    let sizes = [(4, data.saturating_add(HEADER_BYTES as u32 - 8)), (40, data)];
    for (at, size) in sizes {
        if let Some(place) = header.get_mut(at..at + 4) {
            place.copy_from_slice(&size.to_le_bytes());
        }
    }
    file.write_all_at(&header, 0)?;
    file.set_len(HEADER_BYTES + frames * FRAME_BYTES)?;
    Ok((file, frames))
}

fn spec(channels: u16) -> WavSpec {
    WavSpec {
        channels,
        sample_rate: RATE as u32,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    }
}

fn plain(error: hound::Error) -> io::Error {
    match error {
        hound::Error::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}

/// A file with its own position: hound seeks six times to write a header, which costs nothing here.
struct Positioned {
    file: Arc<File>,
    at: u64,
}

impl Write for Positioned {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write_at(bytes, self.at)?;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Positioned {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let beyond =
            || io::Error::new(io::ErrorKind::InvalidInput, "a position before the file's start");
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::Current(by) => self.at.checked_add_signed(by).ok_or_else(beyond)?,
            SeekFrom::End(by) => {
                self.file.metadata()?.len().checked_add_signed(by).ok_or_else(beyond)?
            }
        };
        Ok(self.at)
    }
}

/// With chunks of 250 ms every second one: the header is at most half a second old, at half the
/// cost.
const HEADER_EVERY: u64 = RATE * 2 / 5;
