//! Random choices from one number, because proptest gives one number for each step.

/// A sequence of choices; the same number gives the same sequence.
pub(crate) struct Pick(u64);

impl Pick {
    pub(crate) fn new(seed: u64) -> Pick {
        Pick(seed)
    }

    /// The next number by SplitMix64.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    /// A text, which is blank once in 25 times.
    pub(crate) fn text(&mut self) -> String {
        if self.one_in(25) { " ".into() } else { "说明".into() }
    }

    pub(crate) fn hash(&mut self) -> String {
        if self.one_in(25) { "no hash".into() } else { "0a".repeat(32) }
    }
}
