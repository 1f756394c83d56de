//! Prompts: any 8 or 16 kHz mono PCM16 file as samples at 8 kHz.

use std::{f32::consts::PI, fmt, io, path::Path};

use crate::wav::Sound;

/// The samples of a prompt, at 8 kHz.
pub fn read_prompt(path: impl AsRef<Path>) -> Result<Vec<i16>, PromptFault> {
    let sound = Sound::open(path.as_ref()).map_err(PromptFault::Unreadable)?;
    if sound.is_float || sound.bits != 16 {
        return Err(PromptFault::Encoding { bits: sound.bits, is_float: sound.is_float });
    }
    if sound.channels != 1 {
        return Err(PromptFault::Channels(sound.channels));
    }
    let rate = sound.rate;
    if rate != RATE && rate != 2 * RATE {
        return Err(PromptFault::Rate(rate));
    }
    if sound.length > LENGTH_MAX_S * rate {
        return Err(PromptFault::TooLong { seconds: sound.length / rate });
    }
    let samples = sound.samples().map_err(PromptFault::Unreadable)?;
    match samples.is_empty() {
        true => Err(PromptFault::Empty),
        false if rate == RATE => Ok(samples),
        false => Ok(halve(&samples)),
    }
}

/// Why a file is no prompt, and what would be right.
#[derive(Debug)]
pub enum PromptFault {
    /// It cannot be read, or is no WAV file.
    Unreadable(io::Error),
    /// Its samples are not 16-bit integers.
    Encoding {
        /// Bits a sample.
        bits: u16,
        /// Whether they are floating-point numbers.
        is_float: bool,
    },
    /// It has this many channels.
    Channels(u16),
    /// It has this many samples a second.
    Rate(u32),
    /// It is longer than a prompt may be.
    TooLong {
        /// Its length.
        seconds: u32,
    },
    /// It has no samples.
    Empty,
}

impl fmt::Display for PromptFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PromptFault::Unreadable(error) => write!(f, "it cannot be read as WAV ({error})")?,
            PromptFault::Encoding { bits, is_float } => {
                let kind = if *is_float { "floating-point" } else { "integer" };
                write!(f, "its samples are {bits}-bit {kind}")?;
            }
            PromptFault::Channels(channels) => write!(f, "it has {channels} channels")?,
            PromptFault::Rate(rate) => write!(f, "it has {rate} samples a second")?,
            PromptFault::TooLong { seconds } => {
                return write!(f, "it is {seconds} s long; a prompt may have {LENGTH_MAX_S} s");
            }
            PromptFault::Empty => write!(f, "it has no samples")?,
        }
        write!(
            f,
            "; a prompt is a WAV file of mono 16-bit PCM at 8,000 or 16,000 Hz: \
             `ffmpeg -i IN -ac 1 -ar 8000 -c:a pcm_s16le OUT.wav` makes one"
        )
    }
}

impl std::error::Error for PromptFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            PromptFault::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}

/// Half the rate: a low-pass, so that nothing folds back below 4 kHz, then every other sample.
///
/// The filter is a sinc under a Blackman window, cut off where the telephone
/// band ends; its delay is taken out again.
fn halve(samples: &[i16]) -> Vec<i16> {
    let middle = (TAPS / 2) as f32;
    let tap = |n: usize| {
        let (x, turn) = (n as f32 - middle, 2.0 * PI * n as f32 / (TAPS - 1) as f32);
        let window = 0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos();
        let sinc = if x == 0.0 { 2.0 * CUT_OFF } else { (2.0 * PI * CUT_OFF * x).sin() / (PI * x) };
        window * sinc
    };
    let taps: Vec<f32> = (0..TAPS).map(tap).collect();
    let sum: f32 = taps.iter().sum();
    let hear = |at: usize| {
        let around = taps.iter().enumerate().map(|(n, tap)| {
            let place = (at + n).checked_sub(TAPS / 2);
            tap * place.and_then(|place| samples.get(place)).map_or(0.0, |s| f32::from(*s))
        });
        (around.sum::<f32>() / sum).round() as i16
    };
    (0..samples.len()).step_by(2).map(hear).collect()
}

const RATE: u32 = 8_000;
/// Ten minutes: longer is music, and music repeats.
const LENGTH_MAX_S: u32 = 600;
/// Enough for 60 dB at 4.4 kHz.
const TAPS: usize = 95;
/// 3.6 kHz of 16 kHz.
const CUT_OFF: f32 = 0.225;
