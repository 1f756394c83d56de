//! Files of G.711, stereo: format tag 6 (A-law) or 7 (mu-law), a `fact` chunk, one byte a sample.

use std::{fs::File, io, os::unix::fs::FileExt, sync::Arc};

use media::codec;
use primitives::Codec;

use super::RATE;

/// RIFF, a format chunk of 18 bytes, fact, data.
pub(super) const HEADER_BYTES: u64 = 58;
/// Two samples of one byte.
pub(super) const FRAME_BYTES: u64 = 2;
/// `WAVE_FORMAT_ALAW` (RFC 2361).
pub(super) const ALAW: u16 = 6;
/// `WAVE_FORMAT_MULAW` (RFC 2361).
pub(super) const MULAW: u16 = 7;

/// A file of G.711 being written.
pub(crate) struct G711File {
    file: Arc<File>,
    codec: Codec,
    frames: u64,
    /// The encoded samples of one write, kept for the next one.
    encoded: Vec<u8>,
}

impl G711File {
    pub(super) fn begin(file: Arc<File>, codec: Codec) -> io::Result<G711File> {
        file.write_all_at(&header(codec, 0), 0)?;
        Ok(G711File { file, codec, frames: 0, encoded: Vec::new() })
    }

    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    pub(super) fn write(&mut self, stereo: &[i16]) -> io::Result<()> {
        self.encoded.clear();
        codec::encode_all(self.codec, stereo, &mut self.encoded);
        self.file.write_all_at(&self.encoded, HEADER_BYTES + self.frames * FRAME_BYTES)?;
        self.frames += stereo.len() as u64 / 2;
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<Arc<File>> {
        let data = self.frames * FRAME_BYTES;
        let field = u32::try_from(data).unwrap_or(u32::MAX);
        self.file.write_all_at(&header(self.codec, field), 0)?;
        self.file.set_len(HEADER_BYTES + data)?;
        Ok(self.file)
    }
}

/// The header of a file with `data` bytes of samples.
///
/// Every format but PCM has the size of its extension, 0 here, and a `fact` chunk with the number of
/// samples of a channel.
pub(super) fn header(codec: Codec, data: u32) -> Vec<u8> {
    let tag = match codec {
        Codec::Pcma => ALAW,
        Codec::Pcmu => MULAW,
    };
    let mut header = Vec::with_capacity(HEADER_BYTES as usize);
    let mut put = |bytes: &[u8]| header.extend_from_slice(bytes);
    put(b"RIFF");
    // All bytes after this field.
    put(&data.saturating_add(HEADER_BYTES as u32 - 8).to_le_bytes());
    put(b"WAVEfmt ");
    put(&18u32.to_le_bytes());
    put(&tag.to_le_bytes());
    put(&2u16.to_le_bytes());
    put(&(RATE as u32).to_le_bytes());
    put(&((RATE * FRAME_BYTES) as u32).to_le_bytes());
    put(&(FRAME_BYTES as u16).to_le_bytes());
    put(&8u16.to_le_bytes());
    put(&0u16.to_le_bytes());
    put(b"fact");
    put(&4u32.to_le_bytes());
    put(&(data / FRAME_BYTES as u32).to_le_bytes());
    put(b"data");
    put(&data.to_le_bytes());
    header
}
