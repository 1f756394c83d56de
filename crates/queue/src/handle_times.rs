//! Handle times of one queue, and the wait that follows from them.
//!
//! Asterisk announces a moving average of past waits, which ignores the caller's position and the
//! number of agents. This estimate takes the seats that may serve the queue, how long each has
//! been busy, how much longer calls of that age have lasted, and the callers in front. The result
//! is the moment at which the caller's turn comes when every seat serves in turn.

use std::{collections::VecDeque, time::Duration};

use crate::WaitEstimate;

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

    /// When the seats that may serve the queue become free. `seats`: their number; `free`: the
    /// number of free ones among them; `sample`: those to look at, at most
    /// [`WaitEstimate::SAMPLE_MAX`].
    ///
    /// `None` when there are no seats or too few calls are known: no announcement is better than a
    /// wrong one.
    pub fn estimate(
        &self,
        seats: usize,
        free: usize,
        sample: impl IntoIterator<Item = ServingSeat>,
    ) -> Option<WaitEstimate> {
        let mean = self.mean()?;
        let free_after =
            sample.into_iter().take(WaitEstimate::SAMPLE_MAX).filter_map(|seat| match seat {
                ServingSeat::Free => Some(Duration::ZERO),
                ServingSeat::Busy(elapsed) => self.residual(elapsed),
            });
        let free_after: Vec<Duration> = free_after.collect();
        let seats = seats.max(free_after.len());
        (!free_after.is_empty()).then_some(WaitEstimate { mean, free_after, seats, free })
    }
}

/// Enough calls for a stable mean, few enough to follow the time of day.
const KEPT: usize = 200;
/// With fewer calls the mean is not used.
const ENOUGH: usize = 5;
/// One day. A longer call is a fault and would distort the mean.
const LONGEST_MS: u64 = 86_400_000;

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
        let free = [ServingSeat::Free];
        assert_eq!(handle_times([1_000; 4]).estimate(1, 1, free), None);
        let known = handle_times([1_000; 5]).estimate(1, 1, free);
        assert_eq!(known.and_then(|estimate| estimate.wait(1)), Some(Duration::ZERO));
        assert_eq!(handle_times([1_000; 5]).estimate(0, 0, []), None);
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
    fn busy_seats_become_free_after_their_remaining_time() {
        let times = handle_times([100_000; 10]);
        let seats = [ServingSeat::Busy(S(90)), ServingSeat::Busy(S(40)), ServingSeat::Free];
        let estimate = times.estimate(3, 1, seats).unwrap();
        let wait = |position| estimate.wait(position).map(|wait| wait.as_secs());
        assert_eq!([1, 2, 3, 4].map(wait), [0, 10, 60, 100].map(Some));
    }

    #[test]
    fn only_the_last_calls_count() {
        let times = handle_times(std::iter::repeat_n(10_000, KEPT).chain([20_000; KEPT]));
        assert_eq!(times.mean(), Some(S(20)));
        assert_eq!(times.sorted.len(), KEPT);
    }
}
