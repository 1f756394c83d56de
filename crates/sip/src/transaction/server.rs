//! The server transaction of everything but INVITE: RFC 3261 17.2.2.
//!
//! ```text
//! Trying --1xx--> Proceeding --200..699--> Completed --J--> Terminated
//!    \------------200..699---------------->
//! ```
//!
//! We answer all of these at once, so Proceeding is never entered.

use model::Timestamp;

use super::Act;
use crate::timer;

/// One request of theirs.
#[derive(Debug)]
pub(crate) struct Server {
    state: State,
    reliable: bool,
}

#[derive(Debug)]
enum State {
    Trying,
    Completed { j: Timestamp },
    Terminated,
}

impl Server {
    pub(crate) fn new(reliable: bool) -> Server {
        Server { state: State::Trying, reliable }
    }

    /// The request came again.
    pub(crate) fn request(&mut self) -> Act {
        match self.state {
            State::Completed { .. } => Act::Send,
            // 17.2.2: nothing was said yet, so there is nothing to say again.
            State::Trying | State::Terminated => Act::Rest,
        }
    }

    /// We answer.
    pub(crate) fn respond(&mut self, now: Timestamp) -> Act {
        match self.state {
            State::Trying => {
                self.state = match self.reliable {
                    true => State::Terminated,
                    false => State::Completed { j: now + timer::j(self.reliable) },
                };
                Act::Send
            }
            // Answered already: the first answer stands.
            State::Completed { .. } | State::Terminated => Act::Rest,
        }
    }

    /// The deadline came.
    pub(crate) fn timeout(&mut self, now: Timestamp) -> Act {
        if self.deadline().is_some_and(|j| j <= now) {
            self.state = State::Terminated;
        }
        Act::Rest
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
    fn the_answer_is_kept_for_64_t1() {
        let at = |ms: u64| Timestamp::from_micros(ms * 1_000);
        let mut machine = Server::new(false);
        assert_eq!(machine.request(), Act::Rest);
        assert_eq!(machine.respond(at(0)), Act::Send);
        assert_eq!((machine.request(), machine.respond(at(1))), (Act::Send, Act::Rest));
        machine.timeout(at(32_000));
        assert!(machine.is_terminated());
    }
}
