//! Random, unguessable identifiers: tags, branches, Call-IDs.
//!
//! All come from one seeded generator, so that a run can be repeated byte for byte.

use rand_chacha::{
    ChaCha12Rng,
    rand_core::{RngCore, SeedableRng},
};

/// Generates tags, branches and Call-IDs.
#[derive(Debug)]
pub(crate) struct IdGenerator {
    rng: ChaCha12Rng,
}

impl IdGenerator {
    pub(crate) fn new(seed: [u8; 32]) -> IdGenerator {
        IdGenerator { rng: ChaCha12Rng::from_seed(seed) }
    }

    /// A From or To tag of 64 bits; RFC 3261 19.3 requires 32.
    pub(crate) fn tag(&mut self) -> String {
        self.random_hex("")
    }

    /// A branch with the magic cookie (RFC 3261 8.1.1.7).
    pub(crate) fn branch(&mut self) -> String {
        self.random_hex(BRANCH_COOKIE)
    }

    /// A Call-ID without a host, which is optional (RFC 3261 8.1.1.4).
    pub(crate) fn call_id(&mut self) -> String {
        let mut word = self.random_hex("");
        word.push_str(&self.random_hex(""));
        word
    }

    /// An initial CSeq, small enough to count up without reaching 2^31 (RFC 3261 8.1.1.5).
    pub(crate) fn cseq(&mut self) -> u32 {
        self.rng.next_u32() >> 16 | 1
    }

    /// A number below `bound`, for randomised waits (RFC 3261 14.1).
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.rng.next_u32() % bound.max(1)
    }

    /// 256 bits for another component's key, such as that of the nonces.
    pub(crate) fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        seed
    }

    /// `prefix` followed by 64 bits in lower-case hex.
    pub(crate) fn random_hex(&mut self, prefix: &str) -> String {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut bits = self.rng.next_u64();
        let mut word = String::with_capacity(prefix.len() + 16);
        word.push_str(prefix);
        for _ in 0..16 {
            word.push(char::from(HEX[(bits & 15) as usize]));
            bits >>= 4;
        }
        word
    }
}

/// The prefix of branches by RFC 3261 8.1.1.7.
pub(crate) const BRANCH_COOKIE: &str = "z9hG4bK";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_gives_same_distinct_identifiers() {
        let mut one = IdGenerator::new([7; 32]);
        let mut two = IdGenerator::new([7; 32]);
        let names: Vec<String> = (0..100).map(|_| one.branch()).collect();
        assert!(names.iter().all(|name| *name == two.branch() && name.starts_with("z9hG4bK")));
        let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), 100);
        assert_eq!(one.call_id().len(), 32);
    }
}
