//! All timers of RFC 3261 on one page, and the timers that keeps them.
//!
//! The letters are the RFC's (17.1.1.2 onward; L and M are RFC 6026's). A
//! timer that is "zero over a reliable transport" is given by a function.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use primitives::Timestamp;

/// A round trip, as guessed before anything was measured.
pub(crate) const T1: Duration = Duration::from_millis(500);
/// The longest pause between two sendings of a request or a final answer.
pub(crate) const T2: Duration = Duration::from_secs(4);
/// How long a message may linger in the network.
pub(crate) const T4: Duration = Duration::from_secs(5);
/// How long anything is tried at all.
pub(crate) const T1_64: Duration = Duration::from_secs(32);

/// A: first pause before an INVITE is sent again over UDP; doubles each time.
pub(crate) const A: Duration = T1;
/// B: an INVITE without any answer is given up.
pub(crate) const B: Duration = T1_64;
/// C: a ringing fork is given up. A proxy's timer (16.6); ours, because the
/// RFC lets a user agent ring for ever and a table must empty.
pub(crate) const C: Duration = Duration::from_secs(200);
/// D: a refused INVITE is remembered, to acknowledge the refusal sent again.
pub(crate) fn d(reliable: bool) -> Duration {
    if reliable { Duration::ZERO } else { T1_64 }
}
/// E: first pause before another request is sent again over UDP; doubles up to T2.
pub(crate) const E: Duration = T1;
/// F: a request other than INVITE is given up.
pub(crate) const F: Duration = T1_64;
/// G: first pause before a refusal of an INVITE is sent again over UDP; doubles up to T2.
pub(crate) const G: Duration = T1;
/// H: a refusal whose ACK never comes is given up.
pub(crate) const H: Duration = T1_64;
/// I: the ACK of a refusal is absorbed when it comes again.
pub(crate) fn i(reliable: bool) -> Duration {
    if reliable { Duration::ZERO } else { T4 }
}
/// J: the answer to another request is kept, to be sent again.
pub(crate) fn j(reliable: bool) -> Duration {
    if reliable { Duration::ZERO } else { T1_64 }
}
/// K: the answer to our request is absorbed when it comes again.
pub(crate) fn k(reliable: bool) -> Duration {
    if reliable { Duration::ZERO } else { T4 }
}
/// L: an INVITE answered 2xx is absorbed when it comes again (RFC 6026).
pub(crate) const L: Duration = T1_64;
/// M: every 2xx to our INVITE, from whichever fork, still reaches us (RFC 6026).
pub(crate) const M: Duration = T1_64;

/// A cancelled INVITE that gets no final answer is given up (9.1).
pub(crate) const CANCELLED: Duration = T1_64;
/// A 2xx of ours that is not acknowledged is given up (13.3.1.4).
pub(crate) const UNACKNOWLEDGED: Duration = T1_64;
/// A caller still ringing hears 180 again, so that no proxy's timer C ends it (13.3.1.1).
pub(crate) const RING_AGAIN: Duration = Duration::from_secs(60);
/// A caller of whom the switch says nothing, neither ring nor answer, is turned away. The switch
/// answers within milliseconds; this is for the day it does not.
pub(crate) const ANSWER_OWED: Duration = T1_64;
/// A caller who rings and is not answered is turned away, for one over UDP may be gone without a
/// word. Longer than anybody lets a phone ring.
pub(crate) const RUNG_MAX: Duration = Duration::from_secs(600);

/// What is due when: at most one deadline a key, the earliest first.
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

    /// Takes out the earliest key whose deadline has come.
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
    fn a_key_has_one_deadline_and_the_earliest_comes_first() {
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
