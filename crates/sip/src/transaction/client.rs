//! The client transaction of everything but INVITE: RFC 3261 17.1.2.
//!
//! ```text
//! Trying --1xx--> Proceeding --200..699--> Completed --K--> Terminated
//!    \------------200..699---------------->
//! ```

use model::Timestamp;

use super::{Act, Tries};
use crate::timer;

/// One request of ours.
#[derive(Debug)]
pub(crate) struct Client {
    state: State,
    reliable: bool,
}

#[derive(Debug)]
enum State {
    /// Nobody answered yet: timers E and F.
    Trying {
        tries: Tries,
    },
    /// Somebody works on it; E runs at T2 from here on.
    Proceeding {
        tries: Tries,
    },
    Completed {
        k: Timestamp,
    },
    Terminated,
}

impl Client {
    /// The request is sent at `now`.
    pub(crate) fn new(now: Timestamp, reliable: bool) -> Client {
        let tries = Tries::new(now, timer::E, timer::T2, timer::F).once_if(reliable);
        Client { state: State::Trying { tries }, reliable }
    }

    /// An answer came.
    pub(crate) fn response(&mut self, now: Timestamp, code: u16) -> Act {
        match (&mut self.state, code) {
            (State::Trying { tries } | State::Proceeding { tries }, 100..=199) => {
                let mut tries = *tries;
                tries.slow_down();
                self.state = State::Proceeding { tries };
                Act::Pass
            }
            (State::Trying { .. } | State::Proceeding { .. }, _) => {
                self.state = match self.reliable {
                    true => State::Terminated,
                    false => State::Completed { k: now + timer::k(self.reliable) },
                };
                Act::Pass
            }
            // The answer again: absorbed.
            (State::Completed { .. } | State::Terminated, _) => Act::Rest,
        }
    }

    /// The deadline came.
    pub(crate) fn timeout(&mut self, now: Timestamp) -> Act {
        match &mut self.state {
            State::Trying { tries } | State::Proceeding { tries } => {
                let act = tries.due(now);
                if act == Act::Fail {
                    self.state = State::Terminated;
                }
                act
            }
            State::Completed { k } if *k <= now => {
                self.state = State::Terminated;
                Act::Rest
            }
            // The driver may come early; nothing is due.
            _ => Act::Rest,
        }
    }

    /// The transport gave up (17.1.4).
    pub(crate) fn transport_failed(&mut self) -> Act {
        match self.state {
            State::Trying { .. } | State::Proceeding { .. } => {
                self.state = State::Terminated;
                Act::Fail
            }
            State::Completed { .. } | State::Terminated => Act::Rest,
        }
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Trying { tries } | State::Proceeding { tries } => Some(tries.deadline()),
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
    fn a_request_is_sent_eleven_times_and_given_up_after_64_t1() {
        let mut machine = Client::new(at(0), false);
        let mut sent = 1;
        while machine.timeout(machine.deadline().expect("trying has a deadline")) == Act::Send {
            sent += 1;
        }
        assert_eq!((sent, machine.is_terminated()), (11, true));
    }

    #[test]
    fn an_answer_passes_once_and_is_absorbed_for_t4() {
        let mut machine = Client::new(at(0), false);
        assert_eq!(machine.response(at(10), 200), Act::Pass);
        assert_eq!(machine.response(at(20), 200), Act::Rest);
        assert_eq!(machine.deadline(), Some(at(5_010)));
        assert_eq!(machine.timeout(at(5_010)), Act::Rest);
        assert!(machine.is_terminated());
    }

    #[test]
    fn over_tcp_nothing_is_sent_twice() {
        let mut machine = Client::new(at(0), true);
        assert_eq!(machine.deadline(), Some(at(32_000)));
        assert_eq!(machine.response(at(1), 100), Act::Pass);
        assert_eq!(machine.timeout(at(32_000)), Act::Fail);
    }
}
