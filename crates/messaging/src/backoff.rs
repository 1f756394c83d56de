//! Exponential back-off with jitter.

use std::time::Duration;

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

/// Waits that double, each chosen at random between its half and its whole.
///
/// The jitter keeps many hotlines from connecting at the same moment when their partner is back.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    chance: ChaCha8Rng,
    failures: u32,
}

impl Backoff {
    /// The usual first wait: a partner that restarts is back within seconds.
    pub const USUAL_FIRST: Duration = Duration::from_secs(1);

    /// At most `first` after the first failure, and at most three hundred times as long after many;
    /// with randomness from this seed.
    pub fn new(first: Duration, seed: [u8; 32]) -> Backoff {
        Backoff { first, chance: ChaCha8Rng::from_seed(seed), failures: 0 }
    }

    /// Counts a failure and returns the wait, or the wait the partner asked for if that is longer.
    pub fn failed(&mut self, asked: Option<Duration>) -> Duration {
        let doublings = self.failures.min(DOUBLINGS_MAX);
        self.failures = self.failures.saturating_add(1);
        let whole = self.first.saturating_mul(1 << doublings).min(self.first * MAX_FACTOR);
        let half_us = u64::try_from(whole.as_micros() / 2).unwrap_or(u64::MAX);
        let chance_us = self.chance.next_u64() % half_us.saturating_add(1);
        let wait = Duration::from_micros(half_us.saturating_add(chance_us));
        wait.max(asked.unwrap_or_default().min(REQUESTED_MAX))
    }

    /// Resets the back-off after a success.
    pub fn worked(&mut self) {
        self.failures = 0;
    }

    /// The failures since the last success.
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

/// The maximum in multiples of the first wait: a partner's return is noticed within five minutes.
const MAX_FACTOR: u32 = 300;
/// 2 to the power of 9 is more than [`MAX_FACTOR`].
const DOUBLINGS_MAX: u32 = 9;
/// The longest wait that a partner may ask for.
const REQUESTED_MAX: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_five_minutes_and_are_reset() {
        let mut backoff = Backoff::new(Backoff::USUAL_FIRST, [7; 32]);
        for n in 0..100u32 {
            let whole = Duration::from_secs((1 << n.min(9)).min(300));
            let wait = backoff.failed(None);
            assert!(wait >= whole / 2 && wait <= whole, "{n}: {wait:?} of {whole:?}");
        }
        backoff.worked();
        assert!(backoff.failed(None) <= Backoff::USUAL_FIRST);
    }

    #[test]
    fn requested_wait_is_limited() {
        let mut backoff = Backoff::new(Backoff::USUAL_FIRST, [7; 32]);
        assert_eq!(backoff.failed(Some(Duration::from_secs(120))), Duration::from_secs(120));
        assert_eq!(backoff.failed(Some(Duration::from_secs(86_400))), REQUESTED_MAX);
    }
}
