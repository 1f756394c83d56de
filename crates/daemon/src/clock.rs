//! Where time enters: a monotonic clock, anchored once to the wall.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use model::Timestamp;

/// Microseconds since 1970 that never run backwards.
///
/// Anchored to the wall clock at start. When an operator or NTP steps the wall
/// clock, this one walks on; the step is reported by [`Clock::step`] so that
/// it can go on the record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    anchor: Duration,
}

impl Clock {
    /// Anchor to the wall now.
    pub(crate) fn start() -> Clock {
        Clock { started: Instant::now(), anchor: wall() }
    }

    /// The moment.
    pub(crate) fn now(&self) -> Timestamp {
        let since_1970 = self.anchor + self.started.elapsed();
        Timestamp::from_micros(u64::try_from(since_1970.as_micros()).unwrap_or(u64::MAX))
    }

    /// How far the wall clock is ahead of this one by now, in microseconds.
    pub(crate) fn step(&self) -> i64 {
        let ours = (self.anchor + self.started.elapsed()).as_micros();
        let theirs = wall().as_micros();
        i64::try_from(theirs).unwrap_or(i64::MAX) - i64::try_from(ours).unwrap_or(i64::MAX)
    }
}

fn wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
