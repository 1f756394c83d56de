//! One call's recording while it runs: pieces in, true time kept.

use std::{fs::File, io, sync::Arc};

use crate::{
    paths::{self, RecordingPaths},
    wav::{FRAME_BYTES, RATE, WavFile},
};

/// The open file of a call, and what was filled in.
pub(crate) struct Recording {
    pub(crate) paths: RecordingPaths,
    wav: WavFile,
    /// Files that were full, synced and waiting for the last one.
    full: Vec<Part>,
    /// Frames in all files.
    frames: u64,
    rotate_bytes: u64,
    /// Silence filled in on each side by the tap, in frames.
    pub(crate) caller_gap: u64,
    pub(crate) hotline_gap: u64,
    /// Silence filled in here for stretches that did not reach us, in frames.
    pub(crate) dropped: u64,
}

/// A file of a recording, told right and cut to length.
pub(crate) struct Part {
    pub(crate) file: Arc<File>,
    pub(crate) frames: u64,
}

impl Recording {
    pub(crate) fn create(paths: RecordingPaths, rotate_bytes: u64) -> io::Result<Recording> {
        paths::make(&paths.folder())?;
        if paths.wav(1).exists() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "this call was recorded before",
            ));
        }
        let wav = WavFile::create(&paths.part(1))?;
        Ok(Recording {
            paths,
            wav,
            full: Vec::new(),
            frames: 0,
            rotate_bytes: rotate_bytes.min(ROTATE_BYTES_MAX),
            caller_gap: 0,
            hotline_gap: 0,
            dropped: 0,
        })
    }

    /// How long it is by now, in ms.
    pub(crate) fn length_ms(&self) -> u64 {
        frames_as_ms(self.frames)
    }

    /// A stretch that begins `start` frames after the opening.
    ///
    /// A hole before it becomes silence; what overlaps is left out: time stays true.
    pub(crate) fn write(&mut self, start: u64, stereo: &[i16]) -> io::Result<()> {
        self.fill_up_to(start)?;
        let known =
            usize::try_from((self.frames - start.min(self.frames)) * 2).unwrap_or(usize::MAX);
        self.put(stereo.get(known..).unwrap_or_default())
    }

    /// Silence from the end of what there is to `frame`.
    pub(crate) fn fill_up_to(&mut self, frame: u64) -> io::Result<()> {
        let hole = frame.saturating_sub(self.frames);
        if hole > HOLE_MAX {
            let why = format!("a hole of {} s in the voice", hole / RATE);
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

    /// Everything as it is; files in order.
    pub(crate) fn finish(self) -> io::Result<(RecordingPaths, Vec<Part>)> {
        let mut parts = self.full;
        let frames = self.wav.frames();
        parts.push(Part { file: self.wav.finish()?, frames });
        Ok((self.paths, parts))
    }

    fn put(&mut self, stereo: &[i16]) -> io::Result<()> {
        let frames = stereo.len() as u64 / 2;
        if (self.wav.frames() + frames) * FRAME_BYTES > self.rotate_bytes && self.wav.frames() > 0 {
            let number = u32::try_from(self.full.len() + 2).unwrap_or(u32::MAX);
            let next = WavFile::create(&self.paths.part(number))?;
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

/// The sizes in a WAV header have 32 bits and many programs read them signed.
pub(crate) const ROTATE_BYTES_MAX: u64 = (2 << 30) - (1 << 20);
/// Two hours: a longer hole is a fault of ours, not a busy disk.
const HOLE_MAX: u64 = 7_200 * RATE;
/// Half a second of it.
static SILENCE: [i16; 8_000] = [0; 8_000];
