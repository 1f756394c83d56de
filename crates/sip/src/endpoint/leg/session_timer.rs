//! The session timer: a call whose far end vanished ends by itself (RFC 4028).

use std::time::Duration;

use primitives::Timestamp;

/// What two ends agreed: who refreshes, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionTimer {
    /// The session interval.
    pub(crate) interval: Duration,
    /// Whether refreshing is ours.
    pub(crate) ours: bool,
    /// When we refresh, or when we give the far end up.
    pub(crate) at: Timestamp,
    /// When who waits for refreshes gives the other side up: a third of the interval, at most
    /// 32 s, before its end (RFC 4028 10).
    given_up_at: Timestamp,
}

impl SessionTimer {
    /// Starts, or starts again after a refresh at `now` (RFC 4028 10).
    pub(crate) fn start(now: Timestamp, interval: Duration, ours: bool) -> SessionTimer {
        // A far end may write anything; an interval of nothing would keep us refreshing for ever,
        // and one of years would never end a call.
        let interval = interval.clamp(INTERVAL_MIN, INTERVAL_MAX);
        let given_up_at = now + (interval - margin(interval));
        let at = if ours { now + interval / 2 } else { given_up_at };
        SessionTimer { interval, ours, at, given_up_at }
    }

    /// Our refresh is under way at `now`. Without any word on it we refresh again half an
    /// interval later.
    pub(crate) fn asked(self, now: Timestamp) -> SessionTimer {
        SessionTimer { at: now + self.interval / 2, ..self }
    }

    /// Our refresh was refused at `now`. It is tried again after `wait`, or in half of the time
    /// that is left until the far end gives us up, whichever is sooner. With next to no time
    /// left the next regular refresh is the next try: the refusal was a sign of life.
    pub(crate) fn retry(self, now: Timestamp, wait: Option<Duration>) -> SessionTimer {
        let left = self.given_up_at.since(now);
        if left < RETRY_LEFT_MIN {
            return self.asked(now);
        }
        let wait = wait.unwrap_or(Duration::MAX).min(left / 2);
        SessionTimer { at: now + wait, ..self }
    }

    /// The far end wants at least this interval (422), and is asked for it a second later.
    /// `None`: it is no longer than the one it refused.
    pub(crate) fn lengthen(self, now: Timestamp, least: Duration) -> Option<SessionTimer> {
        let is_longer = least > self.interval;
        is_longer.then(|| SessionTimer { interval: least, ..self }.retry(now, Some(LENGTHEN_WAIT)))
    }

    /// When the session ends, unless it is refreshed.
    pub(crate) fn expires_at(self) -> Timestamp {
        self.given_up_at + margin(self.interval)
    }
}

/// How long before its end a session that nobody refreshed is given up: a third of the interval,
/// at most 32 s (RFC 4028 10).
fn margin(interval: Duration) -> Duration {
    (interval / 3).min(Duration::from_secs(32))
}

/// A Session-Expires value: `1800;refresher=uac`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionExpires {
    pub(crate) interval: Duration,
    /// `Some(true)` when the client of this transaction shall refresh.
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

/// RFC 4028 5: no interval is shorter.
const INTERVAL_MIN: Duration = Duration::from_secs(90);
/// The longest that may be configured, and longer than any talk.
pub(crate) const INTERVAL_MAX: Duration = Duration::from_secs(24 * 3_600);
/// A far end that wants a longer interval each time keeps us busy no faster than this.
const LENGTHEN_WAIT: Duration = Duration::from_secs(1);
/// Halving what is left must end somewhere.
const RETRY_LEFT_MIN: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_refreshes_does_so_at_half_time_and_the_other_waits_almost_to_the_end() {
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
    fn a_refused_refresh_is_tried_again_before_the_far_end_gives_up() {
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
    fn a_longer_interval_is_taken_up_once() {
        let start = SessionTimer::start(Timestamp::default(), Duration::from_secs(90), true);
        let now = start.at;
        let longer = start.lengthen(now, Duration::from_secs(600)).expect("longer");
        assert_eq!((longer.interval.as_secs(), longer.at), (600, now + LENGTHEN_WAIT));
        assert_eq!(longer.lengthen(now, Duration::from_secs(600)), None);
    }

    #[test]
    fn session_expires_reads_and_writes() {
        let read = SessionExpires::parse("1800 ; Refresher=UAC").unwrap();
        assert_eq!((read.interval.as_secs(), read.refresher_is_uac), (1_800, Some(true)));
        assert_eq!(read.write(), "1800;refresher=uac");
        assert_eq!(SessionExpires::parse("90").unwrap().write(), "90");
        assert_eq!(SessionExpires::parse("soon"), None);
    }
}
