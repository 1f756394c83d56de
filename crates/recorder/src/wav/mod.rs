//! Writes, repairs and reads WAV files of 8 kHz, stereo. PCM16 goes through hound (`pcm`); hound
//! has no G.711, so `g711` writes that.
//!
//! While a call runs, the header of its file says that there are no samples: it is completed once,
//! when the file is finished, and by [`mend`] when a crash came first. Programs that believe the
//! header therefore see an empty file until then.

mod encoding;
mod g711;
mod pcm;
mod playback;

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::Path,
    sync::Arc,
};

pub use self::{encoding::Encoding, playback::Playback};
use self::{encoding::HEADER_BYTES_MAX, g711::G711File, pcm::PcmFile};
use crate::paths;

/// Frames per second.
pub(crate) const RATE: u64 = 8_000;

/// A WAV file being written.
pub(crate) enum WavFile {
    Pcm(PcmFile),
    G711(G711File),
}

impl WavFile {
    pub(crate) fn create(path: &Path, encoding: Encoding) -> io::Result<WavFile> {
        let file = Arc::new(paths::create(path)?);
        Ok(match encoding {
            Encoding::Pcm16 => WavFile::Pcm(PcmFile::begin(file)?),
            Encoding::G711(codec) => WavFile::G711(G711File::begin(file, codec)?),
        })
    }

    /// Complete stereo frames written.
    pub(crate) fn frames(&self) -> u64 {
        match self {
            WavFile::Pcm(pcm) => pcm.frames(),
            WavFile::G711(g711) => g711.frames(),
        }
    }

    /// Appends interleaved stereo; a half frame at the end is dropped.
    ///
    /// It is passed to the system at once, so that a killed engine loses only what the next call of
    /// this would have written.
    pub(crate) fn write(&mut self, stereo: &[i16]) -> io::Result<()> {
        let whole = stereo.get(..stereo.len() & !1).unwrap_or_default();
        match self {
            WavFile::Pcm(pcm) => pcm.write(whole),
            WavFile::G711(g711) => g711.write(whole),
        }
    }

    /// Completes the header, cuts the file to its length and returns it, to be synced and read.
    pub(crate) fn finish(self) -> io::Result<Arc<File>> {
        match self {
            WavFile::Pcm(pcm) => pcm.finish(),
            WavFile::G711(g711) => g711.finish(),
        }
    }
}

/// A file with a complete header.
pub(crate) struct WholeFile {
    pub(crate) file: File,
    pub(crate) frames: u64,
    pub(crate) encoding: Encoding,
}

/// Completes the header of a file that a crash left, by the file's length.
///
/// The header says how the samples are stored. A power cut may have lost it; then `otherwise` is
/// taken.
pub(crate) fn mend(path: &Path, otherwise: Encoding) -> io::Result<WholeFile> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let encoding = encoding_of(&file)?.unwrap_or(otherwise);
    let frames = encoding.frames_in(file.metadata()?.len());
    file.write_all_at(&encoding.header(frames)?, 0)?;
    file.set_len(encoding.length_of(frames))?;
    Ok(WholeFile { file, frames, encoding })
}

/// Opens a file that was finished.
pub(crate) fn read(path: &Path) -> io::Result<WholeFile> {
    let file = File::open(path)?;
    let encoding = encoding_of(&file)?.unwrap_or_default();
    let frames = encoding.frames_in(file.metadata()?.len());
    Ok(WholeFile { file, frames, encoding })
}

/// Reads from the header how the samples are stored; `None` when it is not a header of ours.
fn encoding_of(file: &File) -> io::Result<Option<Encoding>> {
    let mut header = [0; HEADER_BYTES_MAX];
    let mut known = 0;
    while let Some(rest) = header.get_mut(known..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, known as u64) {
            Ok(0) => break,
            Ok(read) => known += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Encoding::of_header(header.get(..known).unwrap_or_default()))
}
