//! Mixing of voices for a side that hears two or more.
//!
//! A voice that is mixed goes through a [`JitterBuffer`], which hands out a frame each 20 ms. A side
//! that hears one voice only gets its packets passed through and needs none of this.

mod jitter_buffer;

pub(crate) use self::jitter_buffer::JitterBuffer;

/// 20 ms at 8 kHz, in samples.
pub(crate) const FRAME: usize = 160;

/// Samples of 20 ms.
pub(crate) type Frame = [i16; FRAME];

/// A sum of voices, before it is limited to 16 bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mix([i32; FRAME]);

impl Mix {
    pub(crate) fn new() -> Mix {
        Mix([0; FRAME])
    }

    pub(crate) fn add(&mut self, voice: &Frame) {
        for (sum, sample) in self.0.iter_mut().zip(voice) {
            *sum += i32::from(*sample);
        }
    }

    /// Returns the sum, limited to 16 bits.
    pub(crate) fn frame(&self) -> Frame {
        self.0.map(|sum| sum.clamp(i16::MIN.into(), i16::MAX.into()) as i16)
    }
}

/// Returns a frame that follows `last` without a click and ends in silence: its mirror image, faded
/// out.
pub(crate) fn fade_out_of(last: &Frame) -> Frame {
    std::array::from_fn(|n| {
        let mirrored = last.get(FRAME - 1 - n).copied().unwrap_or_default();
        scaled(mirrored, FRAME - n, FRAME)
    })
}

/// Fades in the first samples of a voice that begins.
pub(crate) fn fade_in(samples: &mut [i16]) {
    let count = samples.len().min(FRAME);
    for (n, sample) in samples.iter_mut().take(count).enumerate() {
        *sample = scaled(*sample, n, count);
    }
}

/// Returns the sample times `part / whole`.
fn scaled(sample: i16, part: usize, whole: usize) -> i16 {
    let scaled = i32::from(sample) * part as i32 / (whole.max(1) as i32);
    scaled.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loud_voices_are_limited_and_do_not_wrap() {
        let mut mix = Mix::new();
        mix.add(&[30_000; FRAME]);
        mix.add(&[30_000; FRAME]);
        assert_eq!(mix.frame(), [i16::MAX; FRAME]);
    }

    #[test]
    fn faded_frame_begins_where_the_voice_ended_and_ends_silent() {
        let voice: Frame = std::array::from_fn(|n| (n as i16) * 50);
        let faded = fade_out_of(&voice);
        assert_eq!(faded[0], voice[FRAME - 1]);
        assert!(faded[FRAME - 1].abs() < 60, "{}", faded[FRAME - 1]);
        let mut samples = [8_000; FRAME];
        fade_in(&mut samples);
        assert!(samples[0] == 0 && samples.is_sorted() && samples[FRAME - 1] > 7_900);
    }
}
