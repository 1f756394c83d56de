//! The session timer: ends a call whose far end vanished (RFC 4028).

use std::time::Duration;

use primitives::Timestamp;

/// The session timer that both ends agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionTimer {
    /// The session interval.
    pub(crate) interval: Duration,
    /// Whether we refresh.
    pub(crate) ours: bool,
    /// When we refresh, or when we end the call.
    pub(crate) at: Timestamp,
    /// When the side that waits for refreshes ends the call: a third of the interval, at most 32 s,
    /// before the session expires (RFC 4028 10).
    given_up_at: Timestamp,
}

impl SessionTimer {
    /// Starts the timer at `now`, also after a refresh (RFC 4028 10).
    pub(crate) fn start(now: Timestamp, interval: Duration, ours: bool) -> SessionTimer {
        // A far end may send any value. Zero would make us refresh without pause, years would never
        // end a call.
        let interval = interval.clamp(INTERVAL_MIN, INTERVAL_MAX);
        let given_up_at = now + (interval - margin(interval));
        let at = if ours { now + interval / 2 } else { given_up_at };
        SessionTimer { interval, ours, at, given_up_at }
    }

    /// Notes that our refresh was sent at `now`. Without any response we refresh again half an
    /// interval later.
    pub(crate) fn asked(self, now: Timestamp) -> SessionTimer {
        SessionTimer { at: now + self.interval / 2, ..self }
    }

    /// Schedules a retry after a refresh refused at `now`: after `wait`, or in half of the time
    /// left until the far end ends the call, whichever is sooner. With almost no time left the next
    /// regular refresh is the retry, because the refusal proves that the far end is there.
    pub(crate) fn retry(self, now: Timestamp, wait: Option<Duration>) -> SessionTimer {
        let left = self.given_up_at.since(now);
        if left < RETRY_LEFT_MIN {
            return self.asked(now);
        }
        let wait = wait.unwrap_or(Duration::MAX).min(left / 2);
        SessionTimer { at: now + wait, ..self }
    }

    /// Takes up the longer interval that a 422 requires, one second later. `None` when it is not
    /// longer than the refused one.
    pub(crate) fn lengthen(self, now: Timestamp, least: Duration) -> Option<SessionTimer> {
        let is_longer = least > self.interval;
        is_longer.then(|| SessionTimer { interval: least, ..self }.retry(now, Some(LENGTHEN_WAIT)))
    }

    /// When the session expires without a refresh.
    pub(crate) fn expires_at(self) -> Timestamp {
        self.given_up_at + margin(self.interval)
    }
}

/// How long before its expiry an unrefreshed session is ended: a third of the interval, at most 32
/// s (RFC 4028 10).
fn margin(interval: Duration) -> Duration {
    (interval / 3).min(Duration::from_secs(32))
}

/// A Session-Expires value: `1800;refresher=uac`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionExpires {
    pub(crate) interval: Duration,
    /// `Some(true)` when the client of the transaction refreshes.
    pub(crate) refresher_is_uac: Option<bool>,
}

impl SessionExpires {
    pub(crate) fn parse(value: &str) -> Option<SessionExpires> {
        let mut parts = value.split(';').map(str::trim);
        let seconds: u32 = parts.next()?.parse().ok()?;
        let refresher_is_uac = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("refresher").then(|| value.trim().to_ascii_lowercase())
        });
        Some(SessionExpires {
            interval: Duration::from_secs(seconds.into()),
            refresher_is_uac: match refresher_is_uac.as_deref() {
                Some("uac") => Some(true),
                Some("uas") => Some(false),
                _ => None,
            },
        })
    }

    pub(crate) fn write(self) -> String {
        let seconds = self.interval.as_secs();
        match self.refresher_is_uac {
            Some(true) => format!("{seconds};refresher=uac"),
            Some(false) => format!("{seconds};refresher=uas"),
            None => seconds.to_string(),
        }
    }
}

/// The shortest interval (RFC 4028 5).
const INTERVAL_MIN: Duration = Duration::from_secs(90);
/// The longest interval that may be configured; longer than any call.
pub(crate) const INTERVAL_MAX: Duration = Duration::from_secs(24 * 3_600);
/// The pause before each longer interval, for a far end that asks for a longer one every time.
const LENGTHEN_WAIT: Duration = Duration::from_secs(1);
/// Below this remaining time the halving of waits ends.
const RETRY_LEFT_MIN: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refresher_acts_at_half_interval_and_other_side_waits_until_near_expiry() {
        let start =
            |s, ours| SessionTimer::start(Timestamp::default(), Duration::from_secs(s), ours);
        let at = |s: u64| Timestamp::from_micros(s * 1_000_000);
        assert_eq!(start(1_800, true).at, at(900));
        assert_eq!(start(1_800, false).at, at(1_768));
        assert_eq!(start(90, false).at, at(60));
        assert_eq!(start(0, true).at, at(45));
        assert_eq!(start(u64::from(u32::MAX), false).expires_at(), at(86_400));
        for (interval, ours) in [(1_800, true), (1_800, false), (90, true), (90, false)] {
            assert_eq!(start(interval, ours).expires_at(), at(interval));
        }
    }

    #[test]
    fn refused_refresh_is_retried_before_the_far_end_ends_the_call() {
        let at = |ms: u64| Timestamp::from_micros(ms * 1_000);
        let s = Duration::from_secs;
        let timer = SessionTimer::start(at(0), s(90), true).asked(at(45_000));
        assert_eq!(timer.at, at(90_000));
        assert_eq!(timer.retry(at(45_000), Some(s(2))).at, at(47_000));
        assert_eq!(timer.retry(at(45_000), Some(s(600))).at, at(52_500));
        let mut retransmission = vec![45_000];
        let mut timer = timer.retry(at(45_000), None);
        while timer.at < at(60_000) {
            retransmission.push(timer.at.ms_since(at(0)));
            timer = timer.retry(timer.at, None);
        }
        assert_eq!(retransmission, [45_000, 52_500, 56_250, 58_125]);
        assert_eq!(timer.at, at(58_125 + 45_000));
    }

    #[test]
    fn longer_interval_is_accepted_once() {
        let start = SessionTimer::start(Timestamp::default(), Duration::from_secs(90), true);
        let now = start.at;
        let longer = start.lengthen(now, Duration::from_secs(600)).expect("longer");
        assert_eq!((longer.interval.as_secs(), longer.at), (600, now + LENGTHEN_WAIT));
        assert_eq!(longer.lengthen(now, Duration::from_secs(600)), None);
    }

    #[test]
    fn session_expires_round_trips() {
        let read = SessionExpires::parse("1800 ; Refresher=UAC").unwrap();
        assert_eq!((read.interval.as_secs(), read.refresher_is_uac), (1_800, Some(true)));
        assert_eq!(read.write(), "1800;refresher=uac");
        assert_eq!(SessionExpires::parse("90").unwrap().write(), "90");
        assert_eq!(SessionExpires::parse("soon"), None);
    }
}
