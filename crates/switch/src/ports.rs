//! The free voice ports, whose sockets the voice thread has already bound.
//!
//! Because they are bound in advance, no step between a free seat and its INVITE waits for the
//! operating system.

use std::{collections::VecDeque, time::Duration};

use model::Timestamp;

/// Free RTP ports; the one that is unused for longest is first.
///
/// A port rests after a call, so that late packets of its far end do not reach the next call. The
/// port that rested longest is taken first: with enough pairs a port rests for half a minute or
/// more, and with few pairs for at least [`REST_MIN`].
#[derive(Debug, Default)]
pub(crate) struct Ports {
    /// Each with the time at which it became free; `None` when no call has used it.
    free: VecDeque<(u16, Option<Timestamp>)>,
}

impl Ports {
    /// Adds a port that no call has used.
    pub(crate) fn add(&mut self, port: u16) {
        self.free.push_back((port, None));
    }

    /// Puts a port back after use.
    pub(crate) fn put(&mut self, now: Timestamp, port: u16) {
        self.free.push_back((port, Some(now)));
    }

    /// Takes the port that is unused for longest. `None` when no port is free, or all became free
    /// less than [`REST_MIN`] ago; the caller then gets 503.
    pub(crate) fn take(&mut self, now: Timestamp) -> Option<u16> {
        let has_rested =
            |freed: &Option<Timestamp>| freed.is_none_or(|at| now.since(at) >= REST_MIN);
        let (port, _) = self.free.pop_front_if(|(_, freed)| has_rested(freed))?;
        Some(port)
    }

    /// The number of ports that may be taken now.
    pub(crate) fn rested(&self, now: Timestamp) -> usize {
        let has_rested =
            |freed: &Option<Timestamp>| freed.is_none_or(|at| now.since(at) >= REST_MIN);
        // Ports are in the order in which they became free.
        self.free.partition_point(|(_, freed)| has_rested(freed))
    }

    /// The time at which the first free port has rested; `None` when no port rests.
    pub(crate) fn first_rested_at(&self) -> Option<Timestamp> {
        let (_, freed) = self.free.front()?;
        freed.map(|at| at + REST_MIN)
    }

    /// The number of free ports, including those that rest.
    pub(crate) fn len(&self) -> usize {
        self.free.len()
    }
}

/// Packets that were under way at the end of a call have arrived by then.
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
    fn port_rests_two_seconds_after_a_call() {
        let mut ports = Ports::default();
        ports.add(2);
        assert_eq!(ports.take(at(0)), Some(2));
        ports.put(at(10), 2);
        assert_eq!([10, 11].map(|s| ports.take(at(s))), [None, None]);
        assert_eq!((ports.len(), ports.take(at(12))), (1, Some(2)));
    }
}
