//! How long to wait before trying again: longer each time, never twice the same.

use std::time::Duration;

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

/// Waiting times that double, each somewhere between its half and its whole.
///
/// The chance in it keeps a hundred hotlines from knocking in one moment when
/// their province comes back.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    chance: ChaCha8Rng,
    failures: u32,
}

impl Backoff {
    /// A far end that restarts is back within seconds.
    pub const USUAL_FIRST: Duration = Duration::from_secs(1);

    /// This long at most after the first failure, three hundred times as long at most after many;
    /// with chance from this seed.
    pub fn new(first: Duration, seed: [u8; 32]) -> Backoff {
        Backoff { first, chance: ChaCha8Rng::from_seed(seed), failures: 0 }
    }

    /// One more failure: how long to wait now. What the far end asked for counts when it is more.
    pub fn failed(&mut self, asked: Option<Duration>) -> Duration {
        let doublings = self.failures.min(DOUBLINGS_MAX);
        self.failures = self.failures.saturating_add(1);
        let whole = self.first.saturating_mul(1 << doublings).min(self.first * LONGEST);
        let half_us = u64::try_from(whole.as_micros() / 2).unwrap_or(u64::MAX);
        let chance_us = self.chance.next_u64() % half_us.saturating_add(1);
        let wait = Duration::from_micros(half_us.saturating_add(chance_us));
        wait.max(asked.unwrap_or_default().min(ASKED_MAX))
    }

    /// It worked: the next failure waits shortly again.
    pub fn worked(&mut self) {
        self.failures = 0;
    }

    /// Failures since it last worked.
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

/// Times the first: a far end that was away all night is noticed within five minutes.
const LONGEST: u32 = 300;
/// 2 to the 9th is more than [`LONGEST`].
const DOUBLINGS_MAX: u32 = 9;
/// Longer than this nobody may silence us for.
const ASKED_MAX: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_five_minutes_and_start_small_again() {
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
    fn a_far_end_may_ask_for_time_but_not_for_ever() {
        let mut backoff = Backoff::new(Backoff::USUAL_FIRST, [7; 32]);
        assert_eq!(backoff.failed(Some(Duration::from_secs(120))), Duration::from_secs(120));
        assert_eq!(backoff.failed(Some(Duration::from_secs(86_400))), ASKED_MAX);
    }
}
