//! Estimates voice quality by the E-model of ITU-T G.107, as far as a relay can measure it.

use std::time::Duration;

use crate::Reception;

impl Reception {
    /// Returns the mean opinion score, 1.0 to 4.4, for G.711 with packet loss concealment; `None`
    /// when nothing was received or lost.
    ///
    /// Loss is assumed to be random. The delay is half of `round_trip`, if known, plus one packet
    /// and a jitter buffer of twice the jitter.
    pub fn mos(&self, round_trip: Option<Duration>) -> Option<f32> {
        let expected = self.packets + self.lost;
        if expected == 0 {
            return None;
        }
        let loss_percent = 100.0 * self.lost as f32 / expected as f32;
        let network_ms = round_trip.map_or(0.0, |trip| trip.as_secs_f32() * 500.0);
        let delay_ms = network_ms + PACKET_MS + 2.0 * self.jitter_ms;
        Some(score(RATING_BEST - delay_impairment(delay_ms) - loss_impairment(loss_percent)))
    }
}

/// `Id`, by the linear approximation of G.107's curve below 400 ms (Cole and Rosenbluth, "Voice
/// over IP performance monitoring", 2001).
fn delay_impairment(delay_ms: f32) -> f32 {
    0.024 * delay_ms + 0.11 * (delay_ms - DELAY_NOTICED_MS).max(0.0)
}

/// `Ie-eff` of G.107 7.2 with `Ie` 0 and `BurstR` 1.
fn loss_impairment(loss_percent: f32) -> f32 {
    95.0 * loss_percent / (loss_percent + LOSS_ROBUSTNESS)
}

/// Converts the rating to a score (G.107 Annex B).
fn score(rating: f32) -> f32 {
    let r = rating.clamp(0.0, 100.0);
    let mos = 1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6;
    mos.clamp(1.0, 4.5)
}

/// `R` of a perfect connection of G.711 (G.107 7.7).
const RATING_BEST: f32 = 93.2;
/// `Bpl` of G.711 with the concealment of its Appendix I (G.113 Appendix I).
const LOSS_ROBUSTNESS: f32 = 25.1;
/// Mouth-to-ear delay above which a conversation suffers.
const DELAY_NOTICED_MS: f32 = 177.3;
/// The packetization delay of 20 ms.
const PACKET_MS: f32 = 20.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn mos(packets: u64, lost: u64, jitter_ms: f32, round_trip_ms: u64) -> f32 {
        let round_trip = Some(Duration::from_millis(round_trip_ms));
        Reception { packets, lost, jitter_ms }.mos(round_trip).unwrap()
    }

    #[test]
    fn perfect_voice_has_the_score_of_g107() {
        assert!((mos(1_000, 0, 0.0, 0) - 4.40).abs() < 0.02);
    }

    #[test]
    fn loss_jitter_and_delay_each_lower_the_score() {
        let best = mos(1_000, 0, 0.0, 0);
        // 5 % of random loss with concealment: R is 77, MOS 3.9.
        assert!((mos(950, 50, 0.0, 0) - 3.9).abs() < 0.1);
        assert!(mos(990, 10, 0.0, 0) < best);
        assert!(mos(1_000, 0, 60.0, 0) < best);
        assert!(mos(1_000, 0, 0.0, 600) < 3.7);
        assert!((mos(10, 990, 500.0, 4_000) - 1.0).abs() < 0.01);
    }

    #[test]
    fn no_expected_packets_give_no_score() {
        assert_eq!(Reception::default().mos(None), None);
    }
}
