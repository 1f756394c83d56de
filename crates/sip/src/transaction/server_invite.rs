//! The INVITE server transaction: RFC 3261 17.2.1 as corrected by RFC 6026.
//!
//! ```text
//! Proceeding --300..699--> Completed --ACK--> Confirmed --I--> Terminated
//!     |                        \--H--> Terminated
//!     \-----2xx--> Accepted --L--> Terminated
//! ```
//!
//! The 2xx itself is sent again by the leg, end to end (13.3.1.4).

use model::Timestamp;

use super::{Act, Tries};
use crate::timer;

/// One INVITE of theirs.
#[derive(Debug)]
pub(crate) struct ServerInvite {
    state: State,
    reliable: bool,
}

#[derive(Debug)]
enum State {
    /// Not answered for good yet.
    Proceeding,
    /// Refused; the refusal is sent again until its ACK: timers G and H.
    Completed {
        tries: Tries,
    },
    /// The ACK came; more of them are absorbed.
    Confirmed {
        i: Timestamp,
    },
    /// Answered 2xx; the INVITE coming again is absorbed.
    Accepted {
        l: Timestamp,
    },
    Terminated,
}

impl ServerInvite {
    pub(crate) fn new(reliable: bool) -> ServerInvite {
        ServerInvite { state: State::Proceeding, reliable }
    }

    /// The INVITE came again.
    pub(crate) fn request(&mut self) -> Act {
        match self.state {
            State::Proceeding | State::Completed { .. } => Act::Send,
            State::Confirmed { .. } | State::Accepted { .. } | State::Terminated => Act::Rest,
        }
    }

    /// We answer.
    pub(crate) fn respond(&mut self, now: Timestamp, code: u16) -> Act {
        match (&self.state, code) {
            (State::Proceeding, 100..=199) => Act::Send,
            (State::Proceeding, 200..=299) => {
                self.state = State::Accepted { l: now + timer::L };
                Act::Send
            }
            (State::Proceeding, _) => {
                let tries = Tries::new(now, timer::G, timer::T2, timer::H).once_if(self.reliable);
                self.state = State::Completed { tries };
                Act::Send
            }
            // RFC 6026 8.7: the leg's 2xx again goes out as it is.
            (State::Accepted { .. }, 200..=299) => Act::Send,
            // Answered already: the first answer stands.
            _ => Act::Rest,
        }
    }

    /// An ACK came for this very transaction.
    pub(crate) fn ack(&mut self, now: Timestamp) -> Act {
        if let State::Completed { .. } = self.state {
            self.state = match self.reliable {
                true => State::Terminated,
                false => State::Confirmed { i: now + timer::i(self.reliable) },
            };
        }
        Act::Rest
    }

    /// The deadline came.
    pub(crate) fn timeout(&mut self, now: Timestamp) -> Act {
        match &mut self.state {
            State::Completed { tries } => {
                let act = tries.due(now);
                if act == Act::Fail {
                    self.state = State::Terminated;
                }
                act
            }
            State::Confirmed { i: until } | State::Accepted { l: until } if *until <= now => {
                self.state = State::Terminated;
                Act::Rest
            }
            // The driver may come early; nothing is due.
            _ => Act::Rest,
        }
    }

    /// Whether it was answered 2xx: its ACK is the dialog's.
    pub(crate) fn is_accepted(&self) -> bool {
        matches!(self.state, State::Accepted { .. })
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Proceeding | State::Terminated => None,
            State::Completed { tries } => Some(tries.deadline()),
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
    fn a_refusal_is_sent_until_its_ack() {
        let mut machine = ServerInvite::new(false);
        assert_eq!(machine.respond(at(0), 180), Act::Send);
        assert_eq!(machine.request(), Act::Send);
        assert_eq!(machine.respond(at(0), 486), Act::Send);
        assert_eq!(machine.timeout(at(500)), Act::Send);
        assert_eq!(machine.respond(at(600), 200), Act::Rest);
        machine.ack(at(700));
        assert_eq!(machine.request(), Act::Rest);
        assert_eq!(machine.deadline(), Some(at(5_700)));
        machine.timeout(at(5_700));
        assert!(machine.is_terminated());
    }

    #[test]
    fn a_refusal_without_ack_ends_at_timer_h() {
        let mut machine = ServerInvite::new(false);
        machine.respond(at(0), 486);
        let mut sent = 1;
        let last = loop {
            let now = machine.deadline().expect("completed has a deadline");
            match machine.timeout(now) {
                Act::Send => sent += 1,
                _ => break now,
            }
        };
        assert_eq!((sent, last), (11, at(32_000)));
    }

    #[test]
    fn after_a_2xx_the_invite_is_absorbed() {
        let mut machine = ServerInvite::new(false);
        assert_eq!(machine.respond(at(0), 200), Act::Send);
        assert_eq!(machine.request(), Act::Rest);
        assert_eq!(machine.respond(at(500), 200), Act::Send);
        assert_eq!(machine.respond(at(500), 487), Act::Rest);
        machine.timeout(at(32_000));
        assert!(machine.is_terminated());
    }
}
