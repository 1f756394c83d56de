//! A fair sample of many durations, for medians and tails in bounded memory.

use std::time::Duration;

/// Up to a hundred thousand durations out of any number, each as likely as any other (Vitter's R).
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    seen: u64,
    kept: Vec<u32>,
}

impl Sample {
    /// Take one in; `chance` decides what it replaces once the sample is full.
    pub(crate) fn add(&mut self, length: Duration, chance: u64) {
        let micros = u32::try_from(length.as_micros()).unwrap_or(u32::MAX);
        self.seen += 1;
        if self.kept.len() < KEPT_MAX {
            self.kept.push(micros);
        } else if let Some(old) = self.kept.get_mut((chance % self.seen) as usize) {
            *old = micros;
        }
    }

    /// How many were seen.
    pub(crate) fn seen(&self) -> u64 {
        self.seen
    }

    /// The duration that this share of all stays below, in milliseconds; `None` without any.
    pub(crate) fn quantile_ms(&self, share: f64) -> Option<f64> {
        let mut kept = self.kept.clone();
        let last = kept.len().checked_sub(1)?;
        let place = (last as f64 * share.clamp(0.0, 1.0)).round() as usize;
        let (_, value, _) = kept.select_nth_unstable(place);
        Some(f64::from(*value) / 1_000.0)
    }
}

const KEPT_MAX: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_hold_while_all_are_kept_and_nearly_hold_beyond() {
        let mut sample = Sample::default();
        assert_eq!(sample.quantile_ms(0.5), None);
        for n in 0..=100 {
            sample.add(Duration::from_millis(n), n);
        }
        assert_eq!(sample.quantile_ms(0.5), Some(50.0));
        assert_eq!(sample.quantile_ms(0.99), Some(99.0));
        let mut chance = 1u64;
        for n in 0..300_000u64 {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            sample.add(Duration::from_millis(n % 1_000), chance >> 17);
        }
        assert_eq!((sample.seen(), sample.kept.len()), (300_101, KEPT_MAX));
        let median = sample.quantile_ms(0.5).unwrap_or_default();
        assert!((480.0..520.0).contains(&median), "{median}");
    }
}
