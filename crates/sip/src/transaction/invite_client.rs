//! The INVITE client transaction: RFC 3261 17.1.1 as corrected by RFC 6026.
//!
//! ```text
//! Calling --1xx--> Proceeding --300..699--> Completed --D--> Terminated
//!    |  \              |                     (ACK each)
//!    B   \---2xx-------+--2xx--> Accepted --M--> Terminated
//! ```

use primitives::Timestamp;

use super::{Action, Retransmission};
use crate::timers;

/// Our INVITE, until no further response can come.
#[derive(Debug)]
pub(crate) struct InviteClient {
    state: State,
    reliable: bool,
}

#[derive(Debug)]
enum State {
    /// No response yet: timers A and B run.
    Calling {
        retransmission: Retransmission,
    },
    /// A provisional response came; the RFC sets no limit, the leg does (timer C).
    Proceeding,
    /// Refused and acknowledged; the refusal may be retransmitted.
    Completed {
        d: Timestamp,
    },
    /// Answered; further 2xx may come, retransmitted or from another fork.
    Accepted {
        m: Timestamp,
    },
    Terminated,
}

impl InviteClient {
    /// The INVITE is sent at `now`.
    pub(crate) fn new(now: Timestamp, reliable: bool) -> InviteClient {
        // Timer A doubles without a limit; B ends it.
        let retransmission =
            Retransmission::new(now, timers::A, timers::B, timers::B).once_if_reliable(reliable);
        InviteClient { state: State::Calling { retransmission }, reliable }
    }

    /// Handles a response.
    pub(crate) fn response(&mut self, now: Timestamp, code: u16) -> Action {
        match (&self.state, code) {
            (State::Calling { .. } | State::Proceeding, 100..=199) => {
                self.state = State::Proceeding;
                Action::Deliver
            }
            (State::Calling { .. } | State::Proceeding, 200..=299) => {
                self.state = State::Accepted { m: now + timers::M };
                Action::Deliver
            }
            (State::Calling { .. } | State::Proceeding, _) => {
                self.state = match self.reliable {
                    true => State::Terminated,
                    false => State::Completed { d: now + timers::d(self.reliable) },
                };
                Action::DeliverAndAck
            }
            (State::Completed { .. }, 300..) => Action::Ack,
            // A late 1xx or 2xx does not change the refusal.
            (State::Completed { .. }, _) => Action::Nothing,
            (State::Accepted { .. }, 200..=299) => Action::Deliver,
            // RFC 6026 7.2: anything else after a 2xx is dropped.
            (State::Accepted { .. }, _) => Action::Nothing,
            (State::Terminated, _) => Action::Nothing,
        }
    }

    /// Handles the deadline.
    pub(crate) fn timeout(&mut self, now: Timestamp) -> Action {
        match &mut self.state {
            State::Calling { retransmission } => {
                let action = retransmission.due(now);
                if action == Action::Fail {
                    self.state = State::Terminated;
                }
                action
            }
            State::Completed { d: until } | State::Accepted { m: until } if *until <= now => {
                self.state = State::Terminated;
                Action::Nothing
            }
            // The driver may call early; nothing is due.
            _ => Action::Nothing,
        }
    }

    /// Handles a transport error (RFC 3261 17.1.4). An answered INVITE stays answered.
    pub(crate) fn transport_failed(&mut self) -> Action {
        match self.state {
            State::Calling { .. } | State::Proceeding => {
                self.state = State::Terminated;
                Action::Fail
            }
            State::Completed { .. } | State::Accepted { .. } | State::Terminated => Action::Nothing,
        }
    }

    /// Returns whether a final response came.
    pub(crate) fn is_answered(&self) -> bool {
        !matches!(self.state, State::Calling { .. } | State::Proceeding)
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Calling { retransmission } => Some(retransmission.deadline()),
            State::Proceeding | State::Terminated => None,
            State::Completed { d: until } | State::Accepted { m: until } => Some(until),
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
    fn invite_is_sent_seven_times_within_64_t1() {
        let mut machine = InviteClient::new(at(0), false);
        let mut sent = vec![0];
        let failed = loop {
            let now = machine.deadline().expect("calling has a deadline");
            match machine.timeout(now) {
                Action::Send => sent.push(now.micros() / 1_000),
                Action::Fail => break now,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(sent, [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
        assert_eq!((failed, machine.is_terminated()), (at(32_000), true));
    }

    #[test]
    fn every_2xx_is_delivered_until_timer_m() {
        let mut machine = InviteClient::new(at(0), false);
        assert_eq!(machine.response(at(1), 180), Action::Deliver);
        assert_eq!(machine.deadline(), None);
        assert_eq!(machine.response(at(2), 200), Action::Deliver);
        assert_eq!(machine.response(at(3), 200), Action::Deliver);
        assert_eq!(machine.response(at(4), 486), Action::Nothing);
        assert_eq!(machine.timeout(at(32_002)), Action::Nothing);
        assert!(machine.is_terminated());
    }

    #[test]
    fn refusal_is_delivered_once_and_acknowledged_each_time() {
        let mut machine = InviteClient::new(at(0), false);
        assert_eq!(machine.response(at(1), 486), Action::DeliverAndAck);
        assert_eq!(machine.response(at(2), 486), Action::Ack);
        assert_eq!(machine.response(at(3), 200), Action::Nothing);
        assert_eq!(machine.deadline(), Some(at(32_001)));
        let mut reliable = InviteClient::new(at(0), true);
        assert_eq!(reliable.response(at(1), 486), Action::DeliverAndAck);
        assert!(reliable.is_terminated());
    }
}
