//! Sine tones, for use without a recorded prompt.

use std::{f64::consts::TAU, sync::Arc, time::Duration};

use crate::SAMPLE_RATE;

/// Generates a sine at 8 kHz. `level` is the peak as a share of full scale, 0.0 to 1.0.
///
/// A length with a whole number of periods loops without a click.
pub fn tone(hertz: f64, level: f64, length: Duration) -> Arc<[i16]> {
    chord(&[hertz], level, length)
}

/// Generates several sines of equal level; the peak of their sum never exceeds `level`.
pub fn chord(hertz: &[f64], level: f64, length: Duration) -> Arc<[i16]> {
    let samples = (length.as_micros() as u64).saturating_mul(u64::from(SAMPLE_RATE)) / 1_000_000;
    let peak = level.clamp(0.0, 1.0) * f64::from(i16::MAX) / hertz.len().max(1) as f64;
    (0..samples)
        .map(|n| {
            let t = n as f64 / f64::from(SAMPLE_RATE);
            hertz.iter().map(|h| (TAU * h * t).sin() * peak).sum::<f64>() as i16
        })
        .collect()
}

/// Measures the amplitude of `hertz` in `samples` by the Goertzel algorithm, 0 to 32767.
pub fn tone_amplitude(samples: impl IntoIterator<Item = i16>, hertz: f64) -> f64 {
    let coefficient = 2.0 * (TAU * hertz / f64::from(SAMPLE_RATE)).cos();
    let (mut s1, mut s2, mut count) = (0.0, 0.0, 0u64);
    for sample in samples {
        let s0 = f64::from(sample) + coefficient * s1 - s2;
        s2 = s1;
        s1 = s0;
        count += 1;
    }
    let power = (s1 * s1 + s2 * s2 - coefficient * s1 * s2).max(0.0);
    2.0 * power.sqrt() / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tone_is_found_at_its_own_frequency_only() {
        let samples = tone(440.0, 0.5, Duration::from_secs(1));
        assert_eq!(samples.len(), 8_000);
        assert!((tone_amplitude(samples.iter().copied(), 440.0) - 16_383.0).abs() < 50.0);
        assert!(tone_amplitude(samples.iter().copied(), 1_000.0) < 50.0);
    }

    #[test]
    fn chord_never_clips() {
        let samples = chord(&[440.0, 554.0, 659.0], 1.0, Duration::from_millis(500));
        assert!(samples.iter().all(|s| s.unsigned_abs() < 32_767));
    }
}
