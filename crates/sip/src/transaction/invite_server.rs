//! The INVITE server transaction: RFC 3261 17.2.1 as corrected by RFC 6026.
//!
//! ```text
//! Proceeding --300..699--> Completed --ACK--> Confirmed --I--> Terminated
//!     |                        \--H--> Terminated
//!     \-----2xx--> Accepted --L--> Terminated
//! ```
//!
//! The leg retransmits the 2xx itself, end to end (RFC 3261 13.3.1.4).

use primitives::Timestamp;

use super::{Action, Retransmission};
use crate::timers;

/// A received INVITE.
#[derive(Debug)]
pub(crate) struct InviteServer {
    state: State,
    reliable: bool,
}

#[derive(Debug)]
enum State {
    /// No final response yet.
    Proceeding,
    /// Refused; the refusal is retransmitted until its ACK: timers G and H.
    Completed {
        retransmission: Retransmission,
    },
    /// The ACK came; further ones are absorbed.
    Confirmed {
        i: Timestamp,
    },
    /// Answered 2xx; retransmitted INVITEs are absorbed.
    Accepted {
        l: Timestamp,
    },
    Terminated,
}

impl InviteServer {
    pub(crate) fn new(reliable: bool) -> InviteServer {
        InviteServer { state: State::Proceeding, reliable }
    }

    /// Handles a retransmitted INVITE.
    pub(crate) fn request(&mut self) -> Action {
        match self.state {
            State::Proceeding | State::Completed { .. } => Action::Send,
            State::Confirmed { .. } | State::Accepted { .. } | State::Terminated => Action::Nothing,
        }
    }

    /// Sends a response.
    pub(crate) fn respond(&mut self, now: Timestamp, code: u16) -> Action {
        match (&self.state, code) {
            (State::Proceeding, 100..=199) => Action::Send,
            (State::Proceeding, 200..=299) => {
                self.state = State::Accepted { l: now + timers::L };
                Action::Send
            }
            (State::Proceeding, _) => {
                let retransmission = Retransmission::new(now, timers::G, timers::T2, timers::H)
                    .once_if_reliable(self.reliable);
                self.state = State::Completed { retransmission };
                Action::Send
            }
            // RFC 6026 8.7: the leg's retransmitted 2xx is sent unchanged.
            (State::Accepted { .. }, 200..=299) => Action::Send,
            // Already answered: the first final response stands.
            _ => Action::Nothing,
        }
    }

    /// Handles the ACK of this transaction.
    pub(crate) fn ack(&mut self, now: Timestamp) -> Action {
        if let State::Completed { .. } = self.state {
            self.state = match self.reliable {
                true => State::Terminated,
                false => State::Confirmed { i: now + timers::i(self.reliable) },
            };
        }
        Action::Nothing
    }

    /// Handles the deadline.
    pub(crate) fn timeout(&mut self, now: Timestamp) -> Action {
        match &mut self.state {
            State::Completed { retransmission } => {
                let action = retransmission.due(now);
                if action == Action::Fail {
                    self.state = State::Terminated;
                }
                action
            }
            State::Confirmed { i: until } | State::Accepted { l: until } if *until <= now => {
                self.state = State::Terminated;
                Action::Nothing
            }
            // The driver may call early; nothing is due.
            _ => Action::Nothing,
        }
    }

    /// Returns whether it was answered 2xx; the ACK then belongs to the dialog.
    pub(crate) fn is_accepted(&self) -> bool {
        matches!(self.state, State::Accepted { .. })
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Proceeding | State::Terminated => None,
            State::Completed { retransmission } => Some(retransmission.deadline()),
            State::Confirmed { i: until } | State::Accepted { l: until } => Some(until),
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
    fn refusal_is_sent_until_its_ack() {
        let mut machine = InviteServer::new(false);
        assert_eq!(machine.respond(at(0), 180), Action::Send);
        assert_eq!(machine.request(), Action::Send);
        assert_eq!(machine.respond(at(0), 486), Action::Send);
        assert_eq!(machine.timeout(at(500)), Action::Send);
        assert_eq!(machine.respond(at(600), 200), Action::Nothing);
        machine.ack(at(700));
        assert_eq!(machine.request(), Action::Nothing);
        assert_eq!(machine.deadline(), Some(at(5_700)));
        machine.timeout(at(5_700));
        assert!(machine.is_terminated());
    }

    #[test]
    fn refusal_without_ack_ends_at_timer_h() {
        let mut machine = InviteServer::new(false);
        machine.respond(at(0), 486);
        let mut sent = 1;
        let last = loop {
            let now = machine.deadline().expect("completed has a deadline");
            match machine.timeout(now) {
                Action::Send => sent += 1,
                _ => break now,
            }
        };
        assert_eq!((sent, last), (11, at(32_000)));
    }

    #[test]
    fn invite_after_a_2xx_is_absorbed() {
        let mut machine = InviteServer::new(false);
        assert_eq!(machine.respond(at(0), 200), Action::Send);
        assert_eq!(machine.request(), Action::Nothing);
        assert_eq!(machine.respond(at(500), 200), Action::Send);
        assert_eq!(machine.respond(at(500), 487), Action::Nothing);
        machine.timeout(at(32_000));
        assert!(machine.is_terminated());
    }
}
