//! Handle times of one queue, and the wait that follows from them.
//!
//! Asterisk announces a moving average of past waits, which ignores the caller's position and the
//! number of agents. This estimate takes the seats that may serve the queue, how long each has
//! been busy, how much longer calls of that age have lasted, and the callers in front. The result
//! is the moment at which the caller's turn comes when every seat serves in turn.

use std::{cmp::Reverse, collections::BinaryHeap, collections::VecDeque, time::Duration};

/// A seat that serves the queue, and how long it has been busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServingSeat {
    /// It can take a call now.
    Free,
    /// It has been on a call or in the call's wrap-up for this long.
    Busy(Duration),
}

/// The handle times of a queue's last calls: talk and wrap-up (AHT).
///
/// Bounded: the last 200 calls.
#[derive(Clone, Debug, Default)]
pub struct HandleTimes {
    /// In ms, oldest first.
    recent: VecDeque<u64>,
    /// The same, sorted.
    sorted: Vec<u64>,
    /// `sums[i]` is the sum of `sorted[i..]`.
    sums: Vec<u64>,
}

impl HandleTimes {
    /// No calls yet.
    pub fn new() -> HandleTimes {
        HandleTimes::default()
    }

    /// Adds a call that a seat has handled: talk and wrap-up.
    pub fn add(&mut self, took: Duration) {
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).min(LONGEST_MS);
        self.recent.push_back(took_ms);
        if self.recent.len() > KEPT
            && let Some(oldest) = self.recent.pop_front()
            && let Ok(at) = self.sorted.binary_search(&oldest)
        {
            self.sorted.remove(at);
        }
        let at = self.sorted.partition_point(|ms| *ms < took_ms);
        self.sorted.insert(at, took_ms);
        self.sums.clear();
        self.sums.resize(self.sorted.len(), 0);
        let mut sum = 0;
        for (ms, from) in self.sorted.iter().zip(&mut self.sums).rev() {
            sum += ms;
            *from = sum;
        }
    }

    /// The mean handle time; `None` until 5 calls are known.
    pub fn mean(&self) -> Option<Duration> {
        if self.sorted.len() < ENOUGH {
            return None;
        }
        Some(Duration::from_millis(self.sums.first()? / self.sorted.len() as u64))
    }

    /// How much longer a seat that has been busy for `elapsed` will need: the mean remaining time
    /// of the calls that lasted longer. When none did, half the mean handle time.
    pub fn residual(&self, elapsed: Duration) -> Option<Duration> {
        let mean = self.mean()?;
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let longer = self.sorted.partition_point(|ms| *ms <= elapsed_ms);
        let n = (self.sorted.len() - longer) as u64;
        match self.sums.get(longer) {
            Some(sum) => Some(Duration::from_millis((sum / n).saturating_sub(elapsed_ms))),
            None => Some(mean / 2),
        }
    }

    /// How long the caller at `position` (from 1) will wait with these seats.
    ///
    /// `None` when there are no seats or too few calls are known: no announcement is better than a
    /// wrong one. O((seats + position) log seats).
    pub fn wait(
        &self,
        position: usize,
        seats: impl IntoIterator<Item = ServingSeat>,
    ) -> Option<Duration> {
        let mean = self.mean()?;
        let seats: Vec<ServingSeat> = seats.into_iter().collect();
        if seats.is_empty() || position == 0 {
            return None;
        }
        // Each whole round takes one mean handle time, so only the last ones are simulated.
        let (rounds, rest) = ((position - 1) / seats.len(), (position - 1) % seats.len());
        let (rounds, steps) = match rounds.checked_sub(SIMULATED_ROUNDS) {
            Some(beyond) => (beyond, SIMULATED_ROUNDS * seats.len() + rest),
            None => (0, position - 1),
        };
        let turn = self.turns(seats).nth(steps)?;
        Some(turn + mean.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX)))
    }

    /// How long the first, the second and each further caller will wait when every seat serves in
    /// turn. Empty when there are no seats or too few calls are known. O(log seats) each.
    pub fn turns(
        &self,
        seats: impl IntoIterator<Item = ServingSeat>,
    ) -> impl Iterator<Item = Duration> {
        let mean = self.mean();
        let mut free_at: BinaryHeap<Reverse<Duration>> = BinaryHeap::new();
        for seat in seats {
            free_at.extend(match seat {
                ServingSeat::Free => mean.map(|_| Reverse(Duration::ZERO)),
                ServingSeat::Busy(elapsed) => self.residual(elapsed).map(Reverse),
            });
        }
        std::iter::from_fn(move || {
            let Reverse(turn) = free_at.pop()?;
            free_at.push(Reverse(turn + mean?));
            Some(turn)
        })
    }
}

/// Enough calls for a stable mean, few enough to follow the time of day.
const KEPT: usize = 200;
/// With fewer calls the mean is not used.
const ENOUGH: usize = 5;
/// One day. A longer call is a fault and would distort the mean.
const LONGEST_MS: u64 = 86_400_000;
/// After four rounds the seats' start times are spread evenly.
const SIMULATED_ROUNDS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn handle_times(ms: impl IntoIterator<Item = u64>) -> HandleTimes {
        let mut times = HandleTimes::new();
        ms.into_iter().for_each(|ms| times.add(Duration::from_millis(ms)));
        times
    }

    const S: fn(u64) -> Duration = Duration::from_secs;

    #[test]
    fn wait_is_unknown_until_enough_calls_are_known() {
        assert_eq!(handle_times([1_000; 4]).wait(1, [ServingSeat::Free]), None);
        assert_eq!(handle_times([1_000; 5]).wait(1, [ServingSeat::Free]), Some(Duration::ZERO));
        assert_eq!(handle_times([1_000; 5]).wait(1, []), None);
    }

    #[test]
    fn remaining_time_is_the_mean_of_longer_calls() {
        let times = handle_times([60_000, 60_000, 60_000, 120_000, 300_000]);
        assert_eq!(times.mean(), Some(S(120)));
        assert_eq!(times.residual(S(0)), Some(S(120)));
        // Two lasted longer than 90 s: 120 and 300, on average 210.
        assert_eq!(times.residual(S(90)), Some(S(120)));
        // None lasted longer than 300 s.
        assert_eq!(times.residual(S(300)), Some(S(60)));
    }

    #[test]
    fn each_position_waits_for_the_next_free_seat() {
        let times = handle_times([100_000; 10]);
        let seats = [ServingSeat::Busy(S(90)), ServingSeat::Busy(S(40))];
        let wait = |position| times.wait(position, seats).map(|d| d.as_secs());
        assert_eq!(wait(1), Some(10));
        assert_eq!(wait(2), Some(60));
        assert_eq!(wait(3), Some(110));
        assert_eq!(wait(4), Some(160));
        // Far back, by whole rounds: the same as if every step were taken.
        assert_eq!(wait(1_001), Some(10 + 500 * 100));
        assert_eq!(wait(0), None);
        let turns = times.turns(seats).map(|turn| turn.as_secs());
        assert_eq!(turns.take(4).collect::<Vec<_>>(), [10, 60, 110, 160]);
        assert_eq!(times.turns([]).next(), None);
    }

    #[test]
    fn only_the_last_calls_count() {
        let times = handle_times(std::iter::repeat_n(10_000, KEPT).chain([20_000; KEPT]));
        assert_eq!(times.mean(), Some(S(20)));
        assert_eq!(times.sorted.len(), KEPT);
    }
}
