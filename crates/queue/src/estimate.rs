//! How long the wait will be, from what seats have needed lately.
//!
//! Asterisk takes a moving average of past waits and ignores position and
//! seats; it even grows again once it has expired. We ask instead: which seats
//! may serve this line, how long has each been busy, how long do calls that
//! have lasted that long go on lasting, and how many callers come before? The
//! answer is the moment the caller's turn comes when every seat serves in turn.

use std::{cmp::Reverse, collections::BinaryHeap, collections::VecDeque, time::Duration};

/// How long one seat has been busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// It can take a call now.
    Free,
    /// It has been on a call, wrap-up included, for this long.
    Busy(Duration),
}

/// What calls of one queue have needed of a seat lately: talk and wrap-up.
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// The last [`KEPT`], oldest first.
    recent: VecDeque<u64>,
    /// The same, sorted, in ms.
    sorted: Vec<u64>,
    /// `from[i]`: the sum of `sorted[i..]`.
    from: Vec<u64>,
}

impl Service {
    /// Nothing known yet.
    pub fn new() -> Service {
        Service::default()
    }

    /// A seat is done with a call: it took this long, wrap-up included.
    pub fn handled(&mut self, took: Duration) {
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
        self.from.clear();
        self.from.resize(self.sorted.len(), 0);
        let mut sum = 0;
        for (ms, from) in self.sorted.iter().zip(&mut self.from).rev() {
            sum += ms;
            *from = sum;
        }
    }

    /// The mean time a call needs; `None` until enough have been seen.
    pub fn mean(&self) -> Option<Duration> {
        if self.sorted.len() < ENOUGH {
            return None;
        }
        Some(Duration::from_millis(self.from.first()? / self.sorted.len() as u64))
    }

    /// How much longer a seat will need that has been busy for `elapsed`: the
    /// mean of what calls that lasted longer still had to go. When none did,
    /// half the mean: it must end some time, and soon is all we know.
    pub fn residual(&self, elapsed: Duration) -> Option<Duration> {
        let mean = self.mean()?;
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let longer = self.sorted.partition_point(|ms| *ms <= elapsed_ms);
        let n = (self.sorted.len() - longer) as u64;
        match self.from.get(longer) {
            Some(sum) => Some(Duration::from_millis((sum / n).saturating_sub(elapsed_ms))),
            None => Some(mean / 2),
        }
    }

    /// When the turn of the caller at `position` (from 1) comes, with these seats.
    ///
    /// `None` when there are no seats or too little is known: better no
    /// announcement than a wrong one. O((seats + position) log seats).
    pub fn wait(
        &self,
        position: usize,
        servers: impl IntoIterator<Item = Server>,
    ) -> Option<Duration> {
        let mean = self.mean()?;
        let servers: Vec<Server> = servers.into_iter().collect();
        let seats = servers.len();
        if seats == 0 || position == 0 {
            return None;
        }
        // Whole rounds need no simulating: each serves every seat once.
        let (rounds, rest) = ((position - 1) / seats, (position - 1) % seats);
        let (rounds, steps) = match rounds.checked_sub(SIMULATED_ROUNDS) {
            Some(beyond) => (beyond, SIMULATED_ROUNDS * seats + rest),
            None => (0, position - 1),
        };
        let turn = self.turns(servers).nth(steps)?;
        Some(turn + mean.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX)))
    }

    /// When the turn of the first comes, of the second, and so on, when every seat serves in
    /// turn; nothing when there are no seats or too little is known. O(log seats) each.
    pub fn turns(
        &self,
        servers: impl IntoIterator<Item = Server>,
    ) -> impl Iterator<Item = Duration> {
        let mean = self.mean();
        let mut free_at: BinaryHeap<Reverse<Duration>> = BinaryHeap::new();
        for server in servers {
            free_at.extend(match server {
                Server::Free => mean.map(|_| Reverse(Duration::ZERO)),
                Server::Busy(elapsed) => self.residual(elapsed).map(Reverse),
            });
        }
        std::iter::from_fn(move || {
            let Reverse(turn) = free_at.pop()?;
            free_at.push(Reverse(turn + mean?));
            Some(turn)
        })
    }
}

/// Enough for a stable mean, few enough to follow the hour.
const KEPT: usize = 200;
/// Below this a mean is an anecdote.
const ENOUGH: usize = 5;
/// A call longer than a day is a fault, and must not spoil the mean or overflow a sum.
const LONGEST_MS: u64 = 86_400_000;
/// After four rounds the seats' starts are spread evenly enough.
const SIMULATED_ROUNDS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn service(ms: impl IntoIterator<Item = u64>) -> Service {
        let mut service = Service::new();
        ms.into_iter().for_each(|ms| service.handled(Duration::from_millis(ms)));
        service
    }

    const S: fn(u64) -> Duration = Duration::from_secs;

    #[test]
    fn nothing_is_announced_before_enough_is_known() {
        assert_eq!(service([1_000; 4]).wait(1, [Server::Free]), None);
        assert_eq!(service([1_000; 5]).wait(1, [Server::Free]), Some(Duration::ZERO));
        assert_eq!(service([1_000; 5]).wait(1, []), None);
    }

    #[test]
    fn a_call_that_lasted_long_goes_on_as_long_as_such_calls_did() {
        let service = service([60_000, 60_000, 60_000, 120_000, 300_000]);
        assert_eq!(service.mean(), Some(S(120)));
        assert_eq!(service.residual(S(0)), Some(S(120)));
        // Two lasted longer than 90 s: 120 and 300, on average 210.
        assert_eq!(service.residual(S(90)), Some(S(120)));
        // None lasted longer than 300 s.
        assert_eq!(service.residual(S(300)), Some(S(60)));
    }

    #[test]
    fn each_place_further_back_waits_for_one_more_seat() {
        let service = service([100_000; 10]);
        let seats = [Server::Busy(S(90)), Server::Busy(S(40))];
        let wait = |position| service.wait(position, seats).map(|d| d.as_secs());
        assert_eq!(wait(1), Some(10));
        assert_eq!(wait(2), Some(60));
        assert_eq!(wait(3), Some(110));
        assert_eq!(wait(4), Some(160));
        // Far back, by whole rounds: the same as if every step were taken.
        assert_eq!(wait(1_001), Some(10 + 500 * 100));
        assert_eq!(wait(0), None);
        let turns = service.turns(seats).map(|turn| turn.as_secs());
        assert_eq!(turns.take(4).collect::<Vec<_>>(), [10, 60, 110, 160]);
        assert_eq!(service.turns([]).next(), None);
    }

    #[test]
    fn old_calls_are_forgotten() {
        let service = service(std::iter::repeat_n(10_000, KEPT).chain([20_000; KEPT]));
        assert_eq!(service.mean(), Some(S(20)));
        assert_eq!(service.sorted.len(), KEPT);
    }
}
