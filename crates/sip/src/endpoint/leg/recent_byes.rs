//! Phones that may still be busy with the call that our BYE has just ended.
//!
//! A seat is offered its next call as soon as the last one ends: the INVITE follows the BYE on the
//! same flow, without waiting for its 200. A phone that reads the INVITE first, or that got only
//! the second of both, answers 486. That says nothing about the seat, so the INVITE is sent once
//! more.

use std::{collections::VecDeque, time::Duration};

use primitives::Timestamp;

use crate::Flow;

/// The flows over which BYE was sent within the last second.
#[derive(Debug, Default)]
pub(crate) struct RecentByes(VecDeque<(Timestamp, Flow)>);

impl RecentByes {
    /// Notes a BYE.
    pub(crate) fn note(&mut self, now: Timestamp, flow: Flow) {
        while self.0.front().is_some_and(|(at, _)| now.since(*at) > RECENT) {
            self.0.pop_front();
        }
        if self.0.len() >= BYES_MAX {
            self.0.pop_front();
        }
        self.0.push_back((now, flow));
    }

    /// Returns whether BYE was sent over this flow within the last second.
    pub(crate) fn contains(&self, now: Timestamp, flow: Flow) -> bool {
        self.0.iter().any(|(at, other)| *other == flow && now.since(*at) <= RECENT)
    }
}

/// Longer than T1, so that the second sending of a lost BYE arrives before the INVITE.
pub(crate) const BUSY_PAUSE: Duration = Duration::from_millis(600);
/// A phone that is busy longer is in a call of its own.
const RECENT: Duration = Duration::from_secs(1);
/// More end within a second only when the engine hangs up all calls.
const BYES_MAX: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Transport;

    #[test]
    fn bye_is_recent_for_a_second_on_its_flow() {
        let flow = |port| Flow {
            transport: Transport::Udp,
            local: ([10, 0, 0, 1], 5060).into(),
            remote: ([10, 0, 0, 9], port).into(),
        };
        let at = |ms: u64| Timestamp::from_micros(ms * 1_000);
        let mut byes = RecentByes::default();
        byes.note(at(1_000), flow(1));
        assert!(byes.contains(at(2_000), flow(1)));
        assert!(!byes.contains(at(2_001), flow(1)) && !byes.contains(at(1_000), flow(2)));
        for n in 0..10_000 {
            byes.note(at(5_000), flow(n));
        }
        assert_eq!(byes.0.len(), BYES_MAX);
        byes.note(at(7_000), flow(3));
        assert_eq!(byes.0.len(), 1);
    }
}
