//! The voices of callers and seats.

use media::Prompt;

/// Voices made by computation that resemble speech: syllables on a pitch that differs between voices.
///
/// A vowel is a pitch and two of its overtones, swelling and fading with the
/// syllable; between syllables and sentences there is silence, as in speech.
pub(crate) fn voices() -> Vec<Prompt> {
    (0..8).map(|n| voice(110.0 + 18.0 * f64::from(n), n)).collect()
}

fn voice(pitch: f64, n: u32) -> Prompt {
    let rate = f64::from(media::SAMPLE_RATE);
    let seconds = 12.0;
    let syllable = 0.19 + 0.01 * f64::from(n % 5);
    let samples: Vec<i16> = (0..(seconds * rate) as u32)
        .map(|i| {
            let t = f64::from(i) / rate;
            let place = t % syllable / syllable;
            let number = (t / syllable) as u32;
            let silent = (number + n) % 9 >= 7;
            let swell = if silent { 0.0 } else { (std::f64::consts::PI * place).sin() };
            let bend = 1.0 + 0.06 * (f64::from(number) * 1.7).sin();
            let at = |overtone: f64| (std::f64::consts::TAU * pitch * bend * overtone * t).sin();
            let vowel = at(1.0) + 0.6 * at(3.0) + 0.35 * at(f64::from(5 + number % 4));
            (swell * vowel * 4_000.0) as i16
        })
        .collect();
    Prompt::new(samples.into())
}
