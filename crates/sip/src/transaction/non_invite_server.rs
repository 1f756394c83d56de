//! The non-INVITE server transaction: RFC 3261 17.2.2.
//!
//! ```text
//! Trying --1xx--> Proceeding --200..699--> Completed --J--> Terminated
//!    \------------200..699---------------->
//! ```
//!
//! We answer these requests at once, so Proceeding is never entered.

use primitives::Timestamp;

use super::Action;
use crate::timers;

/// A received request.
#[derive(Debug)]
pub(crate) struct NonInviteServer {
    state: State,
    reliable: bool,
}

#[derive(Debug)]
enum State {
    Trying,
    Completed { j: Timestamp },
    Terminated,
}

impl NonInviteServer {
    pub(crate) fn new(reliable: bool) -> NonInviteServer {
        NonInviteServer { state: State::Trying, reliable }
    }

    /// Handles a retransmitted request.
    pub(crate) fn request(&mut self) -> Action {
        match self.state {
            State::Completed { .. } => Action::Send,
            // RFC 3261 17.2.2: without a response there is nothing to retransmit.
            State::Trying | State::Terminated => Action::Nothing,
        }
    }

    /// Sends a response.
    pub(crate) fn respond(&mut self, now: Timestamp) -> Action {
        match self.state {
            State::Trying => {
                self.state = match self.reliable {
                    true => State::Terminated,
                    false => State::Completed { j: now + timers::j(self.reliable) },
                };
                Action::Send
            }
            // Already answered: the first response stands.
            State::Completed { .. } | State::Terminated => Action::Nothing,
        }
    }

    /// Handles the deadline.
    pub(crate) fn timeout(&mut self, now: Timestamp) -> Action {
        if self.deadline().is_some_and(|j| j <= now) {
            self.state = State::Terminated;
        }
        Action::Nothing
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Completed { j } => Some(j),
            State::Trying | State::Terminated => None,
        }
    }

    pub(crate) fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_is_kept_for_64_t1() {
        let at = |ms: u64| Timestamp::from_micros(ms * 1_000);
        let mut machine = NonInviteServer::new(false);
        assert_eq!(machine.request(), Action::Nothing);
        assert_eq!(machine.respond(at(0)), Action::Send);
        assert_eq!((machine.request(), machine.respond(at(1))), (Action::Send, Action::Nothing));
        machine.timeout(at(32_000));
        assert!(machine.is_terminated());
    }
}
