//! The alarm for missing voice ports.
//!
//! It is raised when a caller is refused or a ready seat is not rung because no port is free. It is
//! cleared after a minute without such an event, when there is a port for another caller. So it
//! changes at most twice a minute, however many callers are refused.

use std::time::Duration;

use model::{
    Event, Timestamp,
    event::{Alarm, AlarmCleared, AlarmRaised},
};

/// The state of the alarm.
#[derive(Debug, Default)]
pub(crate) struct Shortage {
    /// The last time a port was missing, while the alarm is active or about to be raised.
    last: Option<Timestamp>,
    is_raised: bool,
}

impl Shortage {
    /// Takes note that a caller was refused, or a ready seat was not rung, because no port was
    /// free.
    pub(crate) fn port_missing(&mut self, now: Timestamp) {
        self.last = Some(now);
    }

    /// The time at which the alarm may be cleared.
    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        self.last.map(|last| last + QUIET)
    }

    /// The event to log now, when the alarm changes. `has_room` tells whether another caller would
    /// be accepted.
    pub(crate) fn settle(
        &mut self,
        now: Timestamp,
        has_room: impl FnOnce() -> bool,
    ) -> Option<Event> {
        let last = self.last?;
        let alarm = Alarm::VoicePortsShort;
        if !std::mem::replace(&mut self.is_raised, true) {
            return Some(Event::AlarmRaised(AlarmRaised { alarm, text: TEXT.to_owned() }));
        }
        if now.since(last) < QUIET {
            return None;
        }
        if !has_room() {
            self.last = Some(now);
            return None;
        }
        *self = Shortage::default();
        Some(Event::AlarmCleared(AlarmCleared { alarm }))
    }
}

/// The time without a missing port after which the alarm is cleared. It is longer than the gaps
/// between callers at busy hours.
const QUIET: Duration = Duration::from_secs(60);
const TEXT: &str = "voice ports ran out: callers are refused with 503, or free seats are not rung; \
                    give [media] ports more pairs (heartline check says how many are needed)";

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: u64) -> Timestamp {
        Timestamp::from_micros(s * 1_000_000)
    }

    fn is_raised(event: &Option<Event>) -> bool {
        matches!(event, Some(Event::AlarmRaised(e)) if e.alarm == Alarm::VoicePortsShort)
    }

    #[test]
    fn many_missing_ports_raise_one_alarm() {
        let mut shortage = Shortage::default();
        assert_eq!(shortage.settle(at(0), || true), None);
        shortage.port_missing(at(1));
        assert!(is_raised(&shortage.settle(at(1), || false)));
        for s in 2..600 {
            shortage.port_missing(at(s));
            assert_eq!(shortage.settle(at(s), || true), None);
        }
    }

    #[test]
    fn alarm_is_cleared_after_a_quiet_minute_with_room() {
        let mut shortage = Shortage::default();
        shortage.port_missing(at(1));
        assert!(is_raised(&shortage.settle(at(1), || false)));
        assert_eq!(shortage.poll_timeout(), Some(at(61)));
        assert_eq!(shortage.settle(at(60), || true), None);
        // There is no free port yet; it is checked again a minute later.
        assert_eq!(shortage.settle(at(61), || false), None);
        assert_eq!(shortage.poll_timeout(), Some(at(121)));
        let cleared = shortage.settle(at(121), || true);
        assert!(matches!(cleared, Some(Event::AlarmCleared(_))));
        assert_eq!(shortage.poll_timeout(), None);
        shortage.port_missing(at(130));
        assert!(is_raised(&shortage.settle(at(130), || true)));
    }
}
