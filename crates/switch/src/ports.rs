//! The voice ports that are free: sockets the voice thread has already bound.
//!
//! Because they are bound beforehand, no step between a free seat and its
//! INVITE waits for the operating system.

use std::{collections::VecDeque, time::Duration};

use model::Timestamp;

/// Free RTP ports, the one unused for longest first.
///
/// A port rests after a call, so that what its far end still sends has stopped when the next call
/// gets it. While there are ports that rested longer, none is taken: with enough pairs a port rests
/// for half a minute and more, and when pairs run short at least [`REST_MIN`].
#[derive(Debug, Default)]
pub(crate) struct Ports {
    /// Each with the time it was freed; `None` when no call has had it.
    free: VecDeque<(u16, Option<Timestamp>)>,
}

impl Ports {
    /// A port that no call has had.
    pub(crate) fn add(&mut self, port: u16) {
        self.free.push_back((port, None));
    }

    /// Put a port back after use.
    pub(crate) fn put(&mut self, now: Timestamp, port: u16) {
        self.free.push_back((port, Some(now)));
    }

    /// Take the port unused for longest. `None` when there is none, or all have been in use less
    /// than [`REST_MIN`] ago: the caller gets 503.
    pub(crate) fn take(&mut self, now: Timestamp) -> Option<u16> {
        let has_rested =
            |freed: &Option<Timestamp>| freed.is_none_or(|at| now.since(at) >= REST_MIN);
        let (port, _) = self.free.pop_front_if(|(_, freed)| has_rested(freed))?;
        Some(port)
    }

    /// How many may be taken now.
    pub(crate) fn rested(&self, now: Timestamp) -> usize {
        let has_rested =
            |freed: &Option<Timestamp>| freed.is_none_or(|at| now.since(at) >= REST_MIN);
        // In the order in which they were freed.
        self.free.partition_point(|(_, freed)| has_rested(freed))
    }

    /// When the first of those that are free has rested; `None` when none rests.
    pub(crate) fn first_rested_at(&self) -> Option<Timestamp> {
        let (_, freed) = self.free.front()?;
        freed.map(|at| at + REST_MIN)
    }

    /// How many are free, those that rest included.
    pub(crate) fn len(&self) -> usize {
        self.free.len()
    }
}

/// What was under way when a call ended has arrived by then.
const REST_MIN: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: u64) -> Timestamp {
        Timestamp::from_micros(s * 1_000_000)
    }

    #[test]
    fn port_unused_for_longest_is_taken_first() {
        let mut ports = Ports::default();
        [2, 4, 6].into_iter().for_each(|port| ports.add(port));
        assert_eq!(ports.take(at(0)), Some(2));
        ports.put(at(1), 2);
        assert_eq!([100, 101, 102].map(|s| ports.take(at(s))), [Some(4), Some(6), Some(2)]);
    }

    #[test]
    fn no_port_is_taken_within_two_seconds_of_its_last_call() {
        let mut ports = Ports::default();
        ports.add(2);
        assert_eq!(ports.take(at(0)), Some(2));
        ports.put(at(10), 2);
        assert_eq!([10, 11].map(|s| ports.take(at(s))), [None, None]);
        assert_eq!((ports.len(), ports.take(at(12))), (1, Some(2)));
    }
}
