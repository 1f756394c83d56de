//! Retransmission at growing intervals until a response or a timeout (RFC 3261 17.1.1.2, 17.1.2.2,
//! 17.2.1).
//!
//! The same steps serve timers A and B of an INVITE, E and F of other requests, G and H of a
//! refusal, and the 2xx of RFC 3261 13.3.1.4.

use std::time::Duration;

use primitives::Timestamp;

use super::Action;

/// The retransmission schedule of one message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retransmission {
    /// When it is sent again and the pause before that; `None` over a reliable transport.
    again: Option<(Timestamp, Duration)>,
    pause_max: Duration,
    give_up_at: Timestamp,
}

impl Retransmission {
    /// A message sent at `now`: again after `pause`, which doubles up to `pause_max`, for `in_all`.
    pub(crate) fn new(
        now: Timestamp,
        pause: Duration,
        pause_max: Duration,
        in_all: Duration,
    ) -> Retransmission {
        Retransmission { again: Some((now + pause, pause)), pause_max, give_up_at: now + in_all }
    }

    /// Sends once over a reliable transport.
    pub(crate) fn once_if_reliable(mut self, reliable: bool) -> Retransmission {
        self.again = self.again.filter(|_| !reliable);
        self
    }

    /// Uses the longest pause from the next sending on (RFC 3261 17.1.2.2, Proceeding).
    pub(crate) fn slow_down(&mut self) {
        if let Some((_, pause)) = &mut self.again {
            *pause = self.pause_max;
        }
    }

    /// Returns what is due: `Send`, `Fail` or `Nothing`.
    pub(crate) fn due(&mut self, now: Timestamp) -> Action {
        if self.give_up_at <= now {
            return Action::Fail;
        }
        match &mut self.again {
            Some((at, pause)) if *at <= now => {
                *pause = (*pause * 2).min(self.pause_max);
                *at = now + *pause;
                Action::Send
            }
            // The driver may call early.
            Some(_) | None => Action::Nothing,
        }
    }

    pub(crate) fn deadline(&self) -> Timestamp {
        self.again.map_or(self.give_up_at, |(at, _)| at.min(self.give_up_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timers;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_micros(ms * 1_000)
    }

    fn sent(mut retransmission: Retransmission) -> Vec<u64> {
        let mut sent = Vec::new();
        loop {
            let now = retransmission.deadline();
            sent.push(now.micros() / 1_000);
            if retransmission.due(now) == Action::Fail {
                return sent;
            }
        }
    }

    #[test]
    fn pauses_double_up_to_the_maximum() {
        let retransmission = Retransmission::new(at(0), timers::E, timers::T2, timers::F);
        assert_eq!(sent(retransmission)[..6], [500, 1_500, 3_500, 7_500, 11_500, 15_500]);
        assert_eq!(sent(retransmission).last(), Some(&32_000));
    }

    #[test]
    fn proceeding_request_is_sent_at_the_longest_pause() {
        let mut retransmission = Retransmission::new(at(0), timers::E, timers::T2, timers::F);
        retransmission.slow_down();
        assert_eq!(sent(retransmission)[..3], [500, 4_500, 8_500]);
    }

    #[test]
    fn reliable_transport_only_times_out() {
        let mut retransmission =
            Retransmission::new(at(0), timers::A, timers::B, timers::B).once_if_reliable(true);
        assert_eq!(retransmission.due(at(31_999)), Action::Nothing);
        assert_eq!(sent(retransmission), [32_000]);
    }
}
