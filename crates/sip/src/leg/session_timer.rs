//! The session timer: a call whose far end vanished ends by itself (RFC 4028).

use std::time::Duration;

use model::Timestamp;

/// What two ends agreed: who refreshes, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionTimer {
    /// The session interval.
    pub(crate) interval: Duration,
    /// Whether refreshing is ours.
    pub(crate) ours: bool,
    /// When we refresh, or when we give the far end up.
    pub(crate) at: Timestamp,
}

impl SessionTimer {
    /// Starts, or starts again after a refresh at `now` (RFC 4028 10).
    pub(crate) fn start(now: Timestamp, interval: Duration, ours: bool) -> SessionTimer {
        // A far end may write anything; an interval of nothing would keep us refreshing for ever.
        let interval = interval.max(INTERVAL_MIN);
        let wait = match ours {
            true => interval / 2,
            // A little before the interval ends: a third of it, at most 32 s.
            false => interval - (interval / 3).min(Duration::from_secs(32)),
        };
        SessionTimer { interval, ours, at: now + wait }
    }

    /// The same agreement, from `now` on.
    pub(crate) fn again(self, now: Timestamp) -> SessionTimer {
        SessionTimer::start(now, self.interval, self.ours)
    }
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
