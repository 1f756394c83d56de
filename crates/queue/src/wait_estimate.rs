//! How long a caller at a position will wait for the seats that serve the queue in turn.

use std::{cmp::Reverse, collections::BinaryHeap, time::Duration};

/// The values that an estimate depends on: the mean handle time, and when each serving seat becomes free.
///
/// Of many seats a sample stands for all: with 64 of 640 seats, position 10 waits as position 1
/// does. The estimate then costs the same for any number of seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitEstimate {
    pub(crate) mean: Duration,
    /// When each seat of the sample becomes free, from now; not empty.
    pub(crate) free_after: Vec<Duration>,
    /// The number of all serving seats, at least those of the sample.
    pub(crate) seats: usize,
    /// The number of seats that are free now.
    pub(crate) free: usize,
}

/// The estimates of all positions, for many callers of the same kind.
#[derive(Clone, Debug)]
pub struct WaitTable {
    estimate: WaitEstimate,
    /// The waits of the first positions of the sample.
    turns: Vec<Duration>,
}

impl WaitEstimate {
    /// The most seats of a sample. The estimate needs no more: the waits of the first positions are
    /// right to a few percent of a handle time.
    pub const SAMPLE_MAX: usize = 64;

    /// How long the caller at `position` (from 1) will wait: the moment at which their turn comes
    /// when every seat serves in turn. `None` for position 0. O(sample · log sample).
    pub fn wait(&self, position: usize) -> Option<Duration> {
        self.wait_by(position, |turn| self.turns().nth(turn))
    }

    /// The estimates of all positions.
    pub fn table(self) -> WaitTable {
        let turns = self.turns().take((SIMULATED_ROUNDS + 1) * self.free_after.len()).collect();
        WaitTable { estimate: self, turns }
    }

    /// The wait at a position, from the turns of the sample's seats.
    fn wait_by(
        &self,
        position: usize,
        turn: impl FnOnce(usize) -> Option<Duration>,
    ) -> Option<Duration> {
        let sampled = self.free_after.len();
        if position == 0 || sampled == 0 {
            return None;
        }
        if position <= self.free {
            return Some(Duration::ZERO);
        }
        let before = match self.seats > sampled {
            true => (position.saturating_mul(sampled).div_ceil(self.seats)).max(1) - 1,
            false => position - 1,
        };
        // Each whole round takes one mean handle time, so only the last ones are simulated.
        let (rounds, rest) = (before / sampled, before % sampled);
        let (rounds, steps) = match rounds.checked_sub(SIMULATED_ROUNDS) {
            Some(beyond) => (beyond, SIMULATED_ROUNDS * sampled + rest),
            None => (0, before),
        };
        let rounds = self.mean.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX));
        Some(turn(steps)?.saturating_add(rounds))
    }

    /// The moments at which the seats of the sample take their calls, in order.
    fn turns(&self) -> impl Iterator<Item = Duration> {
        let mean = self.mean;
        let mut free_at: BinaryHeap<_> = self.free_after.iter().copied().map(Reverse).collect();
        std::iter::from_fn(move || {
            let Reverse(turn) = free_at.pop()?;
            free_at.push(Reverse(turn.saturating_add(mean)));
            Some(turn)
        })
    }
}

impl WaitTable {
    /// The same as [`WaitEstimate::wait`], in constant time.
    pub fn wait(&self, position: usize) -> Option<Duration> {
        self.estimate.wait_by(position, |turn| self.turns.get(turn).copied())
    }
}

/// After four rounds the seats' start times are spread evenly.
const SIMULATED_ROUNDS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    fn estimate(free_after: &[u64], seats: usize) -> WaitEstimate {
        let free_after: Vec<Duration> = free_after.iter().map(|s| S(*s)).collect();
        let free = free_after.iter().filter(|after| after.is_zero()).count();
        WaitEstimate { mean: S(100), free_after, seats, free }
    }

    #[test]
    fn each_position_waits_for_the_next_free_seat() {
        let two = estimate(&[10, 60], 2);
        let wait = |position| two.wait(position).map(|wait| wait.as_secs());
        assert_eq!([1, 2, 3, 4].map(wait), [10, 60, 110, 160].map(Some));
        // Far back, by whole rounds: the same as if every step were taken.
        assert_eq!(wait(1_001), Some(10 + 500 * 100));
        assert_eq!(wait(0), None);
        assert_eq!(estimate(&[], 0).wait(1), None);
    }

    #[test]
    fn table_has_the_same_waits() {
        for estimate in [estimate(&[10, 60, 350, 0], 4), estimate(&[10, 60, 70], 50)] {
            let table = estimate.clone().table();
            for position in (0..200).chain([5_000, 100_000]) {
                assert_eq!(table.wait(position), estimate.wait(position), "{position}");
            }
        }
    }

    #[test]
    fn sample_waits_as_all_seats_do() {
        let all: Vec<u64> = (0..640).map(|n| n * 100 / 640).collect();
        let sample: Vec<u64> = all.iter().copied().step_by(10).collect();
        let (all, sample) = (estimate(&all, 640), estimate(&sample, 640));
        for position in 1..5_000 {
            let [exact, sampled] = [&all, &sample].map(|e| e.wait(position).unwrap().as_secs());
            assert!(exact.abs_diff(sampled) <= 3, "{position}: {exact} s, {sampled} s");
        }
    }

    #[test]
    fn caller_does_not_wait_while_a_seat_is_free() {
        let estimate = WaitEstimate { free: 30, ..estimate(&[90], 640) };
        assert_eq!(estimate.wait(30), Some(Duration::ZERO));
        assert_eq!(estimate.wait(31), Some(S(90)));
    }
}
