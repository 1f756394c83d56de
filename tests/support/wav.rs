//! Reads a recording's PCM and tells which tone is on which channel.

use std::path::Path;

/// A side of a recording: the caller is left, the hotline is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Caller,
    Hotline,
}

/// A WAV file of 16-bit PCM, read whole.
pub(crate) struct Wav {
    pub(crate) channels: usize,
    pub(crate) rate: usize,
    /// Interleaved.
    samples: Vec<i16>,
}

impl Wav {
    pub(crate) fn read(path: &Path) -> Wav {
        let bytes = std::fs::read(path)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
        Wav::parse(&bytes).unwrap_or_else(|| panic!("{} is no PCM WAV", path.display()))
    }

    /// RIFF: chunks of a name, a length, and as many bytes. The length in the
    /// header counts: a file whose header was not repaired has that length, not that on disk.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Wav> {
        let word = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let long = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
            return None;
        }
        let (mut at, mut format) = (12, None);
        loop {
            let length = long(at + 4)? as usize;
            match bytes.get(at..at + 4)? {
                b"fmt " => format = Some((word(at + 10)?, long(at + 12)?, word(at + 22)?)),
                b"data" => {
                    let (channels, rate, bits) = format?;
                    let pcm = bytes.get(at + 8..at + 8 + length)?;
                    let samples =
                        pcm.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
                    return (bits == 16).then_some(Wav {
                        channels: channels.into(),
                        rate: rate as usize,
                        samples,
                    });
                }
                _ => {}
            }
            at += 8 + length + length % 2;
        }
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.samples.len() as f64 / (self.channels * self.rate) as f64
    }

    /// One side, alone; a mono file has but one.
    pub(crate) fn side(&self, side: Side) -> Vec<f64> {
        let place = if side == Side::Hotline { self.channels - 1 } else { 0 };
        let samples = self.samples.iter().skip(place).step_by(self.channels);
        samples.map(|sample| f64::from(*sample) / 32_768.0).collect()
    }

    /// How many seconds of a side are this tone, frame by frame of 20 ms. That short a window
    /// hears no difference of less than some 20 Hz: clocks may be corrected, tones lie far apart.
    pub(crate) fn tone_seconds(&self, side: Side, hertz: f64) -> f64 {
        let heard = self.side(side);
        let windows = heard.chunks_exact(self.rate / 50);
        windows.filter(|window| is_tone(window, self.rate, hertz, 0.7)).count() as f64 / 50.0
    }

    /// How many seconds of a side have this tone in them, alone or with up to three others.
    pub(crate) fn tone_seconds_among_others(&self, side: Side, hertz: f64) -> f64 {
        let heard = self.side(side);
        let windows = heard.chunks_exact(self.rate / 50);
        windows.filter(|window| is_tone(window, self.rate, hertz, 0.2)).count() as f64 / 50.0
    }

    /// The longest silence on a side, in seconds, in windows of a tenth of a second.
    pub(crate) fn longest_silence(&self, side: Side) -> f64 {
        let (mut longest, mut run) = (0u32, 0u32);
        for window in self.side(side).chunks_exact(self.rate / 10) {
            run = if power(window) < SILENCE { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        f64::from(longest) / 10.0
    }
}

/// The mean power below which a side is silent: about -60 dBFS.
const SILENCE: f64 = 1e-6;

fn power(window: &[f64]) -> f64 {
    window.iter().map(|s| s * s).sum::<f64>() / window.len() as f64
}

/// Whether at least this share of what is heard is this tone. A sine's Goertzel power is half its amplitude
/// squared, which is its mean power: the quotient is 1 for the tone alone and 0 for another.
fn is_tone(window: &[f64], rate: usize, hertz: f64, share: f64) -> bool {
    let power = power(window);
    power > SILENCE && goertzel(window, rate, hertz) / power > share
}

/// The power of one frequency in a window (Goertzel 1958).
fn goertzel(window: &[f64], rate: usize, hertz: f64) -> f64 {
    let turn = 2.0 * std::f64::consts::PI * hertz / rate as f64;
    let (mut last, mut before) = (0.0, 0.0);
    for sample in window {
        let next = sample + 2.0 * turn.cos() * last - before;
        (before, last) = (last, next);
    }
    let energy = last * last + before * before - 2.0 * turn.cos() * last * before;
    2.0 * energy / (window.len() as f64).powi(2)
}

/// Ten seconds of a sine as A-law at 8 kHz (G.711), which SIPp plays over and over.
pub(crate) fn alaw_tone(hertz: f64) -> Vec<u8> {
    let turn = 2.0 * std::f64::consts::PI * hertz / 8_000.0;
    (0..80_000).map(|n| alaw((f64::from(n) * turn).sin() * 8_000.0)).collect()
}

fn alaw(sample: f64) -> u8 {
    let sign = if sample >= 0.0 { 0x80 } else { 0 };
    // 12 bits of magnitude: three tell the segment, four the place within it.
    let size = (sample.abs() as u32 >> 3).min(0xFFF);
    let segment = size.checked_ilog2().unwrap_or(0).saturating_sub(4);
    let within = size >> segment.max(1) & 0xF;
    ((segment << 4 | within) as u8 | sign) ^ 0x55
}
