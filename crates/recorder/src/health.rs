//! The alarm that recordings fail: one for all calls, however many fail.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::RecorderEvent;

/// Shared by the recorder's threads.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The last failure, while the alarm is up.
    failed: Option<Instant>,
    /// Whether a recording was opened since.
    worked: bool,
}

impl Health {
    /// Notes a recording that could not be opened, written or closed; returns the event when it is
    /// the first failure.
    pub(crate) fn failed(&self, now: Instant, why: &str) -> Option<RecorderEvent> {
        let mut state = self.lock();
        state.worked = false;
        let is_news = state.failed.replace(now).is_none();
        is_news.then(|| RecorderEvent::Failing { why: why.to_owned() })
    }

    /// Notes an opened recording.
    pub(crate) fn worked(&self) {
        self.lock().worked = true;
    }

    /// Returns the event that recordings work again: one was opened since the last failure, which
    /// was at least a minute ago.
    pub(crate) fn settle(&self, now: Instant) -> Option<RecorderEvent> {
        let mut state = self.lock();
        let failed = state.failed?;
        if !state.worked || now.saturating_duration_since(failed) < QUIET {
            return None;
        }
        state.failed = None;
        Some(RecorderEvent::Working)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time without failure before the alarm is cleared.
const QUIET: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_one_alarm_until_a_minute_after_the_last() {
        let health = Health::default();
        let start = Instant::now();
        let at = |s| start + Duration::from_secs(s);
        assert_eq!(health.settle(at(0)), None);
        let failing = Some(RecorderEvent::Failing { why: "EMFILE".into() });
        assert_eq!(health.failed(at(1), "EMFILE"), failing);
        assert_eq!(health.failed(at(2), "EMFILE"), None);
        // Time alone clears nothing, because it is unknown whether recordings work.
        assert_eq!(health.settle(at(600)), None);
        health.worked();
        assert_eq!(health.settle(at(61)), None);
        assert_eq!(health.settle(at(62)), Some(RecorderEvent::Working));
        assert_eq!(health.settle(at(63)), None);
        // A failure after a success restarts the wait.
        assert!(health.failed(at(70), "EIO").is_some());
        health.worked();
        assert_eq!(health.failed(at(80), "EIO"), None);
        assert_eq!(health.settle(at(200)), None);
    }
}
