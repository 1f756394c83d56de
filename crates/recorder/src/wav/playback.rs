//! A recording as a player reads it.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path, time::SystemTime};

use media::codec;
use primitives::Codec;

use super::{encoding::Encoding, encoding_of};

/// The bytes of a WAV file of PCM16 that sounds like a recording, however the recording is stored:
/// browsers need not play G.711. Samples are decoded when they are read.
#[derive(Debug)]
pub struct Playback {
    file: File,
    length: u64,
    /// How a file of G.711 becomes PCM16; `None` for a file that is read as it is.
    decoded: Option<Decoded>,
}

#[derive(Debug)]
struct Decoded {
    codec: Codec,
    /// The header of the PCM16 file.
    header: Vec<u8>,
}

impl Playback {
    /// Opens the file of a closed recording.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Playback> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let Some(g711 @ Encoding::G711(codec)) = encoding_of(&file)? else {
            return Ok(Playback { file, length, decoded: None });
        };
        let frames = g711.frames_in(length);
        let header = Encoding::Pcm16.header(frames)?;
        let length = Encoding::Pcm16.length_of(frames);
        Ok(Playback { file, length, decoded: Some(Decoded { codec, header }) })
    }

    /// When the file was last written.
    pub fn modified(&self) -> io::Result<SystemTime> {
        self.file.metadata()?.modified()
    }

    /// The bytes of the whole.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads bytes from the position `at`; fewer than asked for is possible, and none is the end.
    pub fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        if at >= self.length {
            return Ok(0);
        }
        match &self.decoded {
            None => self.file.read_at(into, at),
            Some(decoded) => decoded.read_at(&self.file, into, at),
        }
    }
}

impl Decoded {
    fn read_at(&self, file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
        let header_bytes = self.header.len() as u64;
        if let Some(header) = usize::try_from(at).ok().and_then(|at| self.header.get(at..))
            && !header.is_empty()
        {
            let known = header.len().min(into.len());
            into.iter_mut().zip(header).for_each(|(to, from)| *to = *from);
            return Ok(known);
        }
        // Each stored byte is a sample, which becomes two bytes: an odd position begins with the
        // second one.
        let place = at - header_bytes;
        let odd = usize::from(place % 2 == 1);
        let mut stored = vec![0; (into.len() + odd).div_ceil(2).min(BLOCK)];
        let from = Encoding::G711(self.codec).header_bytes() + place / 2;
        let read = file.read_at(&mut stored, from)?;
        let table = codec::decode_table(self.codec);
        let samples = stored.iter().take(read).map(|byte| table[usize::from(*byte)]);
        let bytes = samples.flat_map(i16::to_le_bytes).skip(odd);
        Ok(into.iter_mut().zip(bytes).map(|(to, from)| *to = from).count())
    }
}

/// Stored bytes that are read at once.
const BLOCK: usize = 32 << 10;
