//! Reads prompt files: mono PCM16 at 8 or 16 kHz, converted to samples at 8 kHz.
//!
//! The reader of recordings is another one. This one accepts only the formats of prompts (RIFF/WAVE
//! as Microsoft and IBM specified it in 1991), and names the format of every other file.

use std::{f32::consts::PI, sync::Arc};

/// The reason why a file is not a prompt, and a proposal.
pub(crate) type NoPrompt = (String, &'static str);

/// The samples of a prompt file at 8 kHz.
pub(crate) fn samples(bytes: &[u8]) -> Result<Arc<[i16]>, NoPrompt> {
    if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err(("it is not a WAV file".into(), MAKE));
    }
    let mut chunks = Chunks(bytes.get(12..).unwrap_or_default());
    let rate = chunks
        .find(|(name, _)| name == b"fmt ")
        .ok_or_else(|| ("it has no format chunk".to_string(), MAKE))
        .and_then(|(_, format)| rate(format))?;
    let (_, data) = chunks
        .find(|(name, _)| name == b"data")
        .ok_or_else(|| ("it has no samples".to_string(), MAKE))?;
    if data.len() < 2 {
        return Err(("it has no samples".into(), MAKE));
    }
    let samples = data.chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]]));
    Ok(if rate == RATE { samples.collect() } else { halve(&samples.collect::<Vec<i16>>()) })
}

/// The sample rate, when all other parameters are valid.
fn rate(format: &[u8]) -> Result<u32, NoPrompt> {
    let word = |at: usize| format.get(at..at + 2).map(|w| u16::from_le_bytes([w[0], w[1]]));
    let fields = (word(0), word(2), word(4), word(6), word(14));
    let (Some(kind), Some(channels), Some(low), Some(high), Some(bits)) = fields else {
        return Err(("its format chunk is cut short".into(), MAKE));
    };
    let rate = u32::from(high) << 16 | u32::from(low);
    // In WAVE_FORMAT_EXTENSIBLE the real format is in the subformat field.
    let kind = if kind == EXTENSIBLE { word(24).unwrap_or(kind) } else { kind };
    if kind != PCM || bits != 16 {
        return Err((format!("it is encoded as kind {kind} with {bits} bits"), MAKE));
    }
    if channels != 1 {
        return Err((format!("it has {channels} channels"), MAKE));
    }
    if rate != RATE && rate != 2 * RATE {
        return Err((format!("its rate is {rate} Hz"), MAKE));
    }
    Ok(rate)
}

/// The chunks of a RIFF body. A truncated last chunk has the bytes that are present.
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let name: [u8; 4] = self.0.get(..4)?.try_into().ok()?;
        let length = u32::from_le_bytes(self.0.get(4..8)?.try_into().ok()?) as usize;
        let body = self.0.get(8..)?;
        let (chunk, rest) = body.split_at(length.min(body.len()));
        // Chunks are aligned to even offsets.
        self.0 = rest.get(length % 2..).unwrap_or_default();
        Some((name, chunk))
    }
}

/// Converts 16 kHz to 8 kHz, after a low-pass filter that prevents aliasing.
fn halve(samples: &[i16]) -> Arc<[i16]> {
    let taps = half_band();
    let middle = taps.len() / 2;
    (0..samples.len() / 2)
        .map(|i| {
            let sum: f32 = taps
                .iter()
                .enumerate()
                .filter_map(|(t, tap)| {
                    let at = (2 * i + t).checked_sub(middle)?;
                    samples.get(at).map(|sample| f32::from(*sample) * tap)
                })
                .sum();
            sum.round() as i16
        })
        .collect()
}

/// A low-pass filter at a quarter of the sample rate: windowed sinc (Hamming), gain 1.
fn half_band() -> [f32; TAPS] {
    let mut taps = [0.0; TAPS];
    for (i, tap) in taps.iter_mut().enumerate() {
        let x = i as f32 - (TAPS / 2) as f32;
        let sinc = if x == 0.0 { 0.5 } else { (PI * x / 2.0).sin() / (PI * x) };
        *tap = sinc * (0.54 - 0.46 * (2.0 * PI * i as f32 / (TAPS - 1) as f32).cos());
    }
    let gain: f32 = taps.iter().sum();
    taps.map(|tap| tap / gain)
}

/// The sample rate of prompts in Hz.
const RATE: u32 = 8_000;
/// Odd, so that the filter has a middle tap; with 63 the response falls by 40 dB within 600 Hz.
const TAPS: usize = 63;
/// `WAVE_FORMAT_PCM`
const PCM: u16 = 1;
/// `WAVE_FORMAT_EXTENSIBLE`
const EXTENSIBLE: u16 = 0xFFFE;
const MAKE: &str = "make it mono, 16 bit, 8000 or 16000 Hz: sox in.wav -b 16 -c 1 -r 8000 out.wav";

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of the given shape; `fill` gives its samples.
    fn file(kind: u16, channels: u16, rate: u32, bits: u16, samples: &[i16]) -> Vec<u8> {
        let mut wav = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0".to_vec();
        wav.extend(kind.to_le_bytes());
        wav.extend(channels.to_le_bytes());
        wav.extend(rate.to_le_bytes());
        wav.extend([0; 6]);
        wav.extend(bits.to_le_bytes());
        wav.extend(b"data");
        wav.extend((samples.len() as u32 * 2).to_le_bytes());
        wav.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
        wav
    }

    fn tone(hz: f32, rate: f32) -> Vec<i16> {
        (0..rate as usize)
            .map(|i| (10_000.0 * (2.0 * PI * hz * i as f32 / rate).sin()) as i16)
            .collect()
    }

    fn loudest(samples: &[i16]) -> i32 {
        // Near both ends the filter also covers silence outside the file.
        samples[100..samples.len() - 100].iter().map(|s| i32::from(*s).abs()).max().unwrap_or(0)
    }

    #[test]
    fn eight_khz_prompt_is_unchanged() {
        let made = tone(440.0, 8_000.0);
        assert_eq!(samples(&file(1, 1, 8_000, 16, &made)).as_deref(), Ok(made.as_slice()));
    }

    #[test]
    fn wideband_prompt_is_filtered_before_resampling() {
        let speech = samples(&file(1, 1, 16_000, 16, &tone(1_000.0, 16_000.0))).unwrap_or_default();
        let hiss = samples(&file(1, 1, 16_000, 16, &tone(6_000.0, 16_000.0))).unwrap_or_default();
        assert_eq!(speech.len(), 8_000);
        assert!((9_800..=10_200).contains(&loudest(&speech)), "{}", loudest(&speech));
        assert!(loudest(&hiss) < 100, "{}", loudest(&hiss));
    }

    #[test]
    fn unusable_prompt_names_its_format() {
        let check = |bytes: &[u8], what: &str| {
            let refused = samples(bytes).err().map(|(what, _)| what);
            assert!(refused.as_ref().is_some_and(|s| s.contains(what)), "{what}: {refused:?}");
        };
        check(b"ID3 something", "not a WAV file");
        check(b"RIFF\0\0\0\0WAVE", "no format");
        check(&file(6, 1, 8_000, 8, &[0; 10]), "kind 6 with 8 bits");
        check(&file(1, 2, 8_000, 16, &[0; 10]), "2 channels");
        check(&file(1, 1, 44_100, 16, &[0; 10]), "44100 Hz");
        check(&file(1, 1, 8_000, 16, &[]), "no samples");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, cut in 0usize..80) {
            let _ = samples(&bytes);
            let whole = file(1, 1, 16_000, 16, &[7; 8]);
            let _ = samples(&whole[..cut.min(whole.len())]);
        }
    }
}
