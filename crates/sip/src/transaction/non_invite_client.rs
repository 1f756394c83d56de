//! The non-INVITE client transaction: RFC 3261 17.1.2.
//!
//! ```text
//! Trying --1xx--> Proceeding --200..699--> Completed --K--> Terminated
//!    \------------200..699---------------->
//! ```

use primitives::Timestamp;

use super::{Action, Retransmission};
use crate::timers;

/// A request that we sent.
#[derive(Debug)]
pub(crate) struct NonInviteClient {
    state: State,
    reliable: bool,
}

#[derive(Debug)]
enum State {
    /// No response yet: timers E and F run.
    Trying {
        retransmission: Retransmission,
    },
    /// A provisional response came; timer E runs at T2.
    Proceeding {
        retransmission: Retransmission,
    },
    Completed {
        k: Timestamp,
    },
    Terminated,
}

impl NonInviteClient {
    /// The request is sent at `now`.
    pub(crate) fn new(now: Timestamp, reliable: bool) -> NonInviteClient {
        let retransmission =
            Retransmission::new(now, timers::E, timers::T2, timers::F).once_if_reliable(reliable);
        NonInviteClient { state: State::Trying { retransmission }, reliable }
    }

    /// Handles a response.
    pub(crate) fn response(&mut self, now: Timestamp, code: u16) -> Action {
        match (&mut self.state, code) {
            (
                State::Trying { retransmission } | State::Proceeding { retransmission },
                100..=199,
            ) => {
                let mut retransmission = *retransmission;
                retransmission.slow_down();
                self.state = State::Proceeding { retransmission };
                Action::Deliver
            }
            (State::Trying { .. } | State::Proceeding { .. }, _) => {
                self.state = match self.reliable {
                    true => State::Terminated,
                    false => State::Completed { k: now + timers::k(self.reliable) },
                };
                Action::Deliver
            }
            // A retransmitted response is absorbed.
            (State::Completed { .. } | State::Terminated, _) => Action::Nothing,
        }
    }

    /// Handles the deadline.
    pub(crate) fn timeout(&mut self, now: Timestamp) -> Action {
        match &mut self.state {
            State::Trying { retransmission } | State::Proceeding { retransmission } => {
                let action = retransmission.due(now);
                if action == Action::Fail {
                    self.state = State::Terminated;
                }
                action
            }
            State::Completed { k } if *k <= now => {
                self.state = State::Terminated;
                Action::Nothing
            }
            // The driver may call early; nothing is due.
            _ => Action::Nothing,
        }
    }

    /// Handles a transport error (RFC 3261 17.1.4).
    pub(crate) fn transport_failed(&mut self) -> Action {
        match self.state {
            State::Trying { .. } | State::Proceeding { .. } => {
                self.state = State::Terminated;
                Action::Fail
            }
            State::Completed { .. } | State::Terminated => Action::Nothing,
        }
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Trying { retransmission } | State::Proceeding { retransmission } => {
                Some(retransmission.deadline())
            }
            State::Completed { k } => Some(k),
            State::Terminated => None,
        }
    }

    pub(crate) fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_micros(ms * 1_000)
    }

    #[test]
    fn request_is_sent_eleven_times_within_64_t1() {
        let mut machine = NonInviteClient::new(at(0), false);
        let mut sent = 1;
        while machine.timeout(machine.deadline().expect("trying has a deadline")) == Action::Send {
            sent += 1;
        }
        assert_eq!((sent, machine.is_terminated()), (11, true));
    }

    #[test]
    fn response_is_delivered_once_and_absorbed_for_t4() {
        let mut machine = NonInviteClient::new(at(0), false);
        assert_eq!(machine.response(at(10), 200), Action::Deliver);
        assert_eq!(machine.response(at(20), 200), Action::Nothing);
        assert_eq!(machine.deadline(), Some(at(5_010)));
        assert_eq!(machine.timeout(at(5_010)), Action::Nothing);
        assert!(machine.is_terminated());
    }

    #[test]
    fn request_over_tcp_is_sent_once() {
        let mut machine = NonInviteClient::new(at(0), true);
        assert_eq!(machine.deadline(), Some(at(32_000)));
        assert_eq!(machine.response(at(1), 100), Action::Deliver);
        assert_eq!(machine.timeout(at(32_000)), Action::Fail);
    }
}
