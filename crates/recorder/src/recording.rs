//! The open recording of one call: chunks go in at their true time.

use std::{fs::File, io, sync::Arc};

use crate::{
    paths::{self, RecordingPaths},
    wav::{Encoding, RATE, WavFile},
};

/// The open file of a call, and its gaps.
pub(crate) struct Recording {
    pub(crate) paths: RecordingPaths,
    wav: WavFile,
    /// Full files, waiting for the last one.
    full: Vec<Part>,
    /// Frames in all files.
    frames: u64,
    encoding: Encoding,
    rotate_bytes: u64,
    /// Silence filled in on the caller's side by the tap, in frames; likewise below for the
    /// hotline's side.
    pub(crate) caller_gap: u64,
    pub(crate) hotline_gap: u64,
    /// Silence filled in here for dropped chunks, in frames.
    pub(crate) dropped: u64,
}

/// A complete file of a recording.
pub(crate) struct Part {
    pub(crate) file: Arc<File>,
    pub(crate) frames: u64,
}

impl Recording {
    pub(crate) fn create(
        paths: RecordingPaths,
        encoding: Encoding,
        rotate_bytes: u64,
    ) -> io::Result<Recording> {
        paths::make(&paths.folder())?;
        if paths.wav(1).exists() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "a recording of this call exists already",
            ));
        }
        let wav = WavFile::create(&paths.part(1), encoding)?;
        Ok(Recording {
            paths,
            wav,
            full: Vec::new(),
            frames: 0,
            encoding,
            rotate_bytes: rotate_bytes.min(ROTATE_BYTES_MAX),
            caller_gap: 0,
            hotline_gap: 0,
            dropped: 0,
        })
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Its length so far, in ms.
    pub(crate) fn length_ms(&self) -> u64 {
        frames_as_ms(self.frames)
    }

    /// Writes samples that begin `start` frames after the opening.
    ///
    /// A gap before them becomes silence and an overlap is dropped, so that time stays true.
    pub(crate) fn write(&mut self, start: u64, stereo: &[i16]) -> io::Result<()> {
        self.fill_up_to(start)?;
        let known =
            usize::try_from((self.frames - start.min(self.frames)) * 2).unwrap_or(usize::MAX);
        self.put(stereo.get(known..).unwrap_or_default())
    }

    /// Fills with silence up to `frame`.
    pub(crate) fn fill_up_to(&mut self, frame: u64) -> io::Result<()> {
        let hole = frame.saturating_sub(self.frames);
        if hole > HOLE_MAX {
            let why = format!("a gap of {} s in the media", hole / RATE);
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        let mut left = hole;
        while left > 0 {
            let now = left.min(SILENCE.len() as u64 / 2);
            self.put(SILENCE.get(..now as usize * 2).unwrap_or_default())?;
            left -= now;
        }
        self.dropped += hole;
        Ok(())
    }

    /// Finishes all files and returns them in order.
    pub(crate) fn finish(self) -> io::Result<(RecordingPaths, Vec<Part>)> {
        let mut parts = self.full;
        let frames = self.wav.frames();
        parts.push(Part { file: self.wav.finish()?, frames });
        Ok((self.paths, parts))
    }

    fn put(&mut self, stereo: &[i16]) -> io::Result<()> {
        let frames = stereo.len() as u64 / 2;
        // A file of G.711 is played as PCM16, so it is limited as if it were.
        let bytes = Encoding::Pcm16.length_of(self.wav.frames() + frames);
        if bytes > self.rotate_bytes && self.wav.frames() > 0 {
            let number = u32::try_from(self.full.len() + 2).unwrap_or(u32::MAX);
            let next = WavFile::create(&self.paths.part(number), self.encoding)?;
            let full = std::mem::replace(&mut self.wav, next);
            let frames = full.frames();
            self.full.push(Part { file: full.finish()?, frames });
        }
        self.wav.write(stereo)?;
        self.frames += frames;
        Ok(())
    }
}

pub(crate) fn frames_as_ms(frames: u64) -> u64 {
    frames * 1_000 / RATE
}

/// The sizes in a WAV header have 32 bits, which many programs read as signed.
pub(crate) const ROTATE_BYTES_MAX: u64 = (2 << 30) - (1 << 20);
/// Two hours: a longer gap is an error in the engine, not a busy disk.
const HOLE_MAX: u64 = 7_200 * RATE;
/// Half a second.
static SILENCE: [i16; 8_000] = [0; 8_000];
