//! Sent again, at growing pauses, until somebody answers or it is given up (17.1.1.2, 17.1.2.2, 17.2.1).
//!
//! The timers' letters differ and their steps do not: A and B of an INVITE, E and F of other
//! requests, G and H of a refusal, and the 2xx of 13.3.1.4.

use std::time::Duration;

use model::Timestamp;

use super::Act;

/// What is sent again, and until when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tries {
    /// When it goes out again, and the pause before that; never over a reliable transport.
    again: Option<(Timestamp, Duration)>,
    pause_max: Duration,
    give_up_at: Timestamp,
}

impl Tries {
    /// Sent at `now`; again after `pause`, which doubles up to `pause_max`, for `in_all`.
    pub(crate) fn new(
        now: Timestamp,
        pause: Duration,
        pause_max: Duration,
        in_all: Duration,
    ) -> Tries {
        Tries { again: Some((now + pause, pause)), pause_max, give_up_at: now + in_all }
    }

    /// Over a reliable transport it is sent once.
    pub(crate) fn once_if(mut self, reliable: bool) -> Tries {
        self.again = self.again.filter(|_| !reliable);
        self
    }

    /// From the next sending on, the longest pause (17.1.2.2: somebody works on it).
    pub(crate) fn slow_down(&mut self) {
        if let Some((_, pause)) = &mut self.again {
            *pause = self.pause_max;
        }
    }

    /// What is due: to send it again, to give it up, or nothing.
    pub(crate) fn due(&mut self, now: Timestamp) -> Act {
        if self.give_up_at <= now {
            return Act::Fail;
        }
        match &mut self.again {
            Some((at, pause)) if *at <= now => {
                *pause = (*pause * 2).min(self.pause_max);
                *at = now + *pause;
                Act::Send
            }
            // The driver may come early.
            Some(_) | None => Act::Rest,
        }
    }

    pub(crate) fn deadline(&self) -> Timestamp {
        self.again.map_or(self.give_up_at, |(at, _)| at.min(self.give_up_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timer;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_micros(ms * 1_000)
    }

    fn sent(mut tries: Tries) -> Vec<u64> {
        let mut sent = Vec::new();
        loop {
            let now = tries.deadline();
            sent.push(now.micros() / 1_000);
            if tries.due(now) == Act::Fail {
                return sent;
            }
        }
    }

    #[test]
    fn pauses_double_up_to_their_longest() {
        let tries = Tries::new(at(0), timer::E, timer::T2, timer::F);
        assert_eq!(sent(tries)[..6], [500, 1_500, 3_500, 7_500, 11_500, 15_500]);
        assert_eq!(sent(tries).last(), Some(&32_000));
    }

    #[test]
    fn who_is_being_served_asks_at_the_longest_pause() {
        let mut tries = Tries::new(at(0), timer::E, timer::T2, timer::F);
        tries.slow_down();
        assert_eq!(sent(tries)[..3], [500, 4_500, 8_500]);
    }

    #[test]
    fn over_a_reliable_transport_it_is_only_given_up() {
        let mut tries = Tries::new(at(0), timer::A, timer::B, timer::B).once_if(true);
        assert_eq!(tries.due(at(31_999)), Act::Rest);
        assert_eq!(sent(tries), [32_000]);
    }
}
