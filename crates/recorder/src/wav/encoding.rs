//! The encodings of samples in a file, and their headers (RIFF/WAVE as Microsoft and IBM specified it
//! in 1991; the format tags are of RFC 2361).

use std::io;

use primitives::Codec;

use super::{g711, pcm};

/// The encoding of the samples in a recording's file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// PCM of 16 bits: 110 MiB an hour.
    #[default]
    Pcm16,
    /// G.711 of this law: half of that. Voice that came in the same law is stored without a change;
    /// voice in the other law and prompts are encoded.
    G711(Codec),
}

impl Encoding {
    /// The name in the sidecar.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Encoding::Pcm16 => "pcm16",
            Encoding::G711(Codec::Pcma) => "alaw",
            Encoding::G711(Codec::Pcmu) => "ulaw",
        }
    }

    /// The whole header of a file with so many frames.
    pub(crate) fn header(self, frames: u64) -> io::Result<Vec<u8>> {
        let data = u32::try_from(frames * self.frame_bytes()).unwrap_or(u32::MAX);
        match self {
            Encoding::Pcm16 => pcm::header(data),
            Encoding::G711(codec) => Ok(g711::header(codec, data)),
        }
    }

    /// The bytes of the header.
    pub(crate) const fn header_bytes(self) -> u64 {
        match self {
            Encoding::Pcm16 => pcm::HEADER_BYTES,
            Encoding::G711(_) => g711::HEADER_BYTES,
        }
    }

    /// The bytes of a stereo frame.
    const fn frame_bytes(self) -> u64 {
        match self {
            Encoding::Pcm16 => pcm::FRAME_BYTES,
            Encoding::G711(_) => g711::FRAME_BYTES,
        }
    }

    /// The bytes of a file with so many frames.
    pub(crate) fn length_of(self, frames: u64) -> u64 {
        self.header_bytes() + frames * self.frame_bytes()
    }

    /// The complete frames in a file of so many bytes.
    pub(crate) fn frames_in(self, length: u64) -> u64 {
        length.saturating_sub(self.header_bytes()) / self.frame_bytes()
    }

    /// Reads the format tag; `None` when the first chunk is not a format of ours.
    pub(crate) fn of_header(header: &[u8]) -> Option<Encoding> {
        let is_wav = header.get(..4)? == b"RIFF" && header.get(8..16)? == b"WAVEfmt ";
        let tag = header.get(20..22).filter(|_| is_wav)?;
        match u16::from_le_bytes(tag.try_into().ok()?) {
            pcm::TAG => Some(Encoding::Pcm16),
            g711::ALAW => Some(Encoding::G711(Codec::Pcma)),
            g711::MULAW => Some(Encoding::G711(Codec::Pcmu)),
            _ => None,
        }
    }
}

/// The longest header.
pub(crate) const HEADER_BYTES_MAX: usize = g711::HEADER_BYTES as usize;
