//! Files of PCM16, stereo; the only module that uses hound.

use std::{
    fs::File,
    io::{self, Cursor, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
    sync::Arc,
};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::RATE;

/// The header hound writes for PCM16 (RIFF, fmt, data).
pub(super) const HEADER_BYTES: u64 = 44;
/// Two samples of two bytes.
pub(super) const FRAME_BYTES: u64 = 4;
/// `WAVE_FORMAT_PCM`
pub(super) const TAG: u16 = 1;

/// A file of PCM16 being written.
pub(crate) struct PcmFile {
    writer: WavWriter<Positioned>,
    file: Arc<File>,
}

impl PcmFile {
    pub(super) fn begin(file: Arc<File>) -> io::Result<PcmFile> {
        let writer = WavWriter::new(Positioned { file: Arc::clone(&file), at: 0 }, SPEC);
        Ok(PcmFile { writer: writer.map_err(plain)?, file })
    }

    pub(super) fn frames(&self) -> u64 {
        u64::from(self.writer.duration())
    }

    pub(super) fn write(&mut self, stereo: &[i16]) -> io::Result<()> {
        let mut samples = self.writer.get_i16_writer(u32::try_from(stereo.len()).unwrap_or(0));
        for sample in stereo {
            samples.write_sample(*sample);
        }
        samples.flush().map_err(plain)
    }

    pub(super) fn finish(self) -> io::Result<Arc<File>> {
        let length = HEADER_BYTES + self.frames() * FRAME_BYTES;
        self.writer.finalize().map_err(plain)?;
        self.file.set_len(length)?;
        Ok(self.file)
    }
}

/// The header of a file with `data` bytes of samples, as hound writes it.
pub(super) fn header(data: u32) -> io::Result<Vec<u8>> {
    let mut header = Cursor::new(Vec::new());
    WavWriter::new(&mut header, SPEC).and_then(WavWriter::finalize).map_err(plain)?;
    let mut header = header.into_inner();
    // The two sizes in a RIFF header: of everything after byte 8, and of the samples.
    let sizes = [(4, data.saturating_add(HEADER_BYTES as u32 - 8)), (40, data)];
    for (at, size) in sizes {
        if let Some(place) = header.get_mut(at..at + 4) {
            place.copy_from_slice(&size.to_le_bytes());
        }
    }
    Ok(header)
}

const SPEC: WavSpec = WavSpec {
    channels: 2,
    sample_rate: RATE as u32,
    bits_per_sample: 16,
    sample_format: SampleFormat::Int,
};

fn plain(error: hound::Error) -> io::Error {
    match error {
        hound::Error::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}

/// A file with its own position: hound seeks to write a header, which costs nothing here.
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
