//! All timers of RFC 3261, and the queue of running timers.
//!
//! The letters are those of RFC 3261 17.1.1.2 onward; L and M are of RFC 6026. Timers that are zero
//! over a reliable transport are functions.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use primitives::Timestamp;

/// The estimated round-trip time.
pub(crate) const T1: Duration = Duration::from_millis(500);
/// The longest retransmission interval of a non-INVITE request or an INVITE response.
pub(crate) const T2: Duration = Duration::from_secs(4);
/// The longest time that a message stays in the network.
pub(crate) const T4: Duration = Duration::from_secs(5);
/// The time after which any attempt ends.
pub(crate) const T1_64: Duration = Duration::from_secs(32);

/// A: first retransmission interval of an INVITE over UDP; doubles each time.
pub(crate) const A: Duration = T1;
/// B: timeout of an INVITE without any response.
pub(crate) const B: Duration = T1_64;
/// C: timeout of a ringing fork. It is a proxy's timer (16.6); we use it, because the RFC lets a
/// user agent ring without a limit and tables must empty.
pub(crate) const C: Duration = Duration::from_secs(200);
/// D: how long a refused INVITE is kept, to acknowledge retransmitted refusals.
pub(crate) fn d(reliable: bool) -> Duration {
    if reliable { Duration::ZERO } else { T1_64 }
}
/// E: first retransmission interval of a non-INVITE request over UDP; doubles up to T2.
pub(crate) const E: Duration = T1;
/// F: timeout of a non-INVITE request.
pub(crate) const F: Duration = T1_64;
/// G: first retransmission interval of the refusal of an INVITE over UDP; doubles up to T2.
pub(crate) const G: Duration = T1;
/// H: timeout of a refusal without ACK.
pub(crate) const H: Duration = T1_64;
/// I: how long retransmitted ACKs of a refusal are absorbed.
pub(crate) fn i(reliable: bool) -> Duration {
    if reliable { Duration::ZERO } else { T4 }
}
/// J: how long the response to a non-INVITE request is kept for retransmission.
pub(crate) fn j(reliable: bool) -> Duration {
    if reliable { Duration::ZERO } else { T1_64 }
}
/// K: how long retransmitted responses to our request are absorbed.
pub(crate) fn k(reliable: bool) -> Duration {
    if reliable { Duration::ZERO } else { T4 }
}
/// L: how long retransmissions of an INVITE answered 2xx are absorbed (RFC 6026).
pub(crate) const L: Duration = T1_64;
/// M: how long every 2xx to our INVITE, from any fork, is delivered (RFC 6026).
pub(crate) const M: Duration = T1_64;

/// Timeout of a cancelled INVITE without a final response (9.1).
pub(crate) const CANCELLED: Duration = T1_64;
/// Timeout of our 2xx without ACK (13.3.1.4).
pub(crate) const UNACKNOWLEDGED: Duration = T1_64;
/// Interval at which 180 is repeated, so that no proxy's timer C ends the call (13.3.1.1).
pub(crate) const RING_AGAIN: Duration = Duration::from_secs(60);
/// Timeout of a call for which the switch neither rings nor answers. It normally acts within
/// milliseconds.
pub(crate) const ANSWER_OWED: Duration = T1_64;
/// Timeout of a ringing call, because a caller over UDP may vanish without a message. Longer than
/// any phone rings.
pub(crate) const RUNG_MAX: Duration = Duration::from_secs(600);

/// Running timers: at most one deadline per key, the earliest first.
#[derive(Debug)]
pub(crate) struct Timers<K> {
    at: BTreeMap<K, Timestamp>,
    order: BTreeSet<(Timestamp, K)>,
}

impl<K: Ord + Copy> Timers<K> {
    pub(crate) fn new() -> Timers<K> {
        Timers { at: BTreeMap::new(), order: BTreeSet::new() }
    }

    /// Sets, moves or clears the deadline of a key.
    pub(crate) fn set(&mut self, key: K, at: Option<Timestamp>) {
        let before = match at {
            Some(at) => self.at.insert(key, at),
            None => self.at.remove(&key),
        };
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.order.remove(&(before, key));
        }
        if let Some(at) = at {
            self.order.insert((at, key));
        }
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Removes and returns the earliest key whose deadline has passed.
    pub(crate) fn due(&mut self, now: Timestamp) -> Option<K> {
        let (at, key) = *self.order.first().filter(|(at, _)| *at <= now)?;
        self.order.remove(&(at, key));
        self.at.remove(&key);
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_has_one_deadline_and_the_earliest_comes_first() {
        let at = |s| Timestamp::from_micros(s);
        let mut timers = Timers::new();
        timers.set('a', Some(at(30)));
        timers.set('b', Some(at(20)));
        timers.set('a', Some(at(10)));
        assert_eq!(timers.next(), Some(at(10)));
        assert_eq!(timers.due(at(9)), None);
        assert_eq!(timers.due(at(25)), Some('a'));
        timers.set('b', None);
        assert_eq!((timers.due(at(99)), timers.next()), (None, None));
    }
}
