//! When callers come, how long they talk: chance from a seed.

use std::time::Duration;

/// A small seeded generator: players need variety, not secrecy.
pub(crate) struct Chance(rand_chacha::ChaCha8Rng);

impl Chance {
    pub(crate) fn new(seed: [u8; 32]) -> Chance {
        use rand_chacha::rand_core::SeedableRng;
        Chance(rand_chacha::ChaCha8Rng::from_seed(seed))
    }

    pub(crate) fn bits(&mut self) -> u64 {
        use rand_chacha::rand_core::RngCore;
        self.0.next_u64()
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.bits() % n.max(1)
    }

    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn between(&mut self, (least, most): (Duration, Duration)) -> Duration {
        least + (most.saturating_sub(least)).mul_f64(self.unit())
    }
}
