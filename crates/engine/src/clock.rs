//! The clocks of the engine: a monotonic one that never jumps, and the time of day.
//!
//! Signalling, voice and the deadlines of calls use [`Clock::now`]. It starts from the machine's
//! clock and then runs steadily whatever is done to that clock: setting it forward by two hours
//! ends no talk. Records, tickets, due dates, logins and signatures use the time of day,
//! [`Clock::wall`]. `Follower` makes it follow the machine's clock: forward at once, backward by
//! running at half speed, because the log's time never runs backwards.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use model::Timestamp;

/// Microseconds since 1970 that never jump, and how far the time of day is ahead of them.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
    anchor: Duration,
    /// Leaked once for each engine; it lives as long as the process.
    ahead_us: &'static AtomicI64,
}

impl Clock {
    /// Starts from the machine's clock now.
    pub fn start() -> Clock {
        let ahead_us = Box::leak(Box::new(AtomicI64::new(0)));
        Clock { started: Instant::now(), anchor: machine(), ahead_us }
    }

    /// The time for deadlines; it never jumps.
    pub fn now(&self) -> Timestamp {
        let since_1970 = self.anchor + self.started.elapsed();
        Timestamp::from_micros(u64::try_from(since_1970.as_micros()).unwrap_or(u64::MAX))
    }

    /// The time of day.
    pub fn wall(&self) -> Timestamp {
        self.now().shifted(self.ahead_us.load(Ordering::Relaxed))
    }

    /// Sets how far the time of day is ahead of [`Clock::now`], in microseconds.
    pub(crate) fn set_ahead(&self, ahead_us: i64) {
        self.ahead_us.store(ahead_us, Ordering::Relaxed);
    }

    /// How far the machine's clock is ahead of [`Clock::now`], in microseconds.
    fn machine_ahead_us(&self) -> i64 {
        let ours = self.now().micros();
        let theirs = u64::try_from(machine().as_micros()).unwrap_or(u64::MAX);
        i64::try_from(theirs).unwrap_or(i64::MAX) - i64::try_from(ours).unwrap_or(i64::MAX)
    }
}

/// Makes the time of day follow the machine's clock.
#[derive(Debug)]
pub(crate) struct Follower {
    clock: Clock,
    looked: Timestamp,
    /// How far the machine's clock was ahead at the last check, in microseconds.
    machine_us: i64,
}

/// The result of a check of the machine's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// By how much the machine's clock was set since the last check; `None` when it was not.
    pub(crate) stepped_us: Option<i64>,
    /// By how much the time of day jumps at this check.
    pub(crate) jump_us: u64,
    /// How far the time of day is ahead of [`Clock::now`] from now on.
    pub(crate) ahead_us: i64,
}

impl Follower {
    /// The start has set the time of day: where the log's end is ahead of the machine's clock, the
    /// time of day begins at the log's end.
    pub(crate) fn new(clock: Clock) -> Follower {
        Follower { clock, looked: clock.now(), machine_us: 0 }
    }

    /// Checks the machine's clock, when a check is due.
    pub(crate) fn look(&mut self) -> Option<Look> {
        let now = self.clock.now();
        let passed = now.since(self.looked);
        if passed < LOOK_EVERY {
            return None;
        }
        let ahead_us = self.clock.ahead_us.load(Ordering::Relaxed);
        let look = follow(ahead_us, self.machine_us, self.clock.machine_ahead_us(), passed);
        self.machine_us += look.stepped_us.unwrap_or(0);
        self.looked = now;
        self.clock.set_ahead(look.ahead_us);
        Some(look)
    }
}

/// The time of day is `ahead_us` ahead; the machine's clock was ahead by `before_us` and now is by
/// `machine_us`.
fn follow(ahead_us: i64, before_us: i64, machine_us: i64, passed: Duration) -> Look {
    let step = machine_us - before_us;
    let stepped_us = (step.unsigned_abs() > STEP_MIN_US).then_some(step);
    let off = machine_us - ahead_us;
    if off.unsigned_abs() <= STEP_MIN_US {
        return Look { stepped_us, jump_us: 0, ahead_us };
    }
    if off > 0 {
        return Look { stepped_us, jump_us: off.unsigned_abs(), ahead_us: machine_us };
    }
    let slower = i64::try_from(passed.as_micros() / 2).unwrap_or(i64::MAX).min(-off);
    Look { stepped_us, jump_us: 0, ahead_us: ahead_us - slower }
}

/// The machine's clock, since 1970.
fn machine() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// How often the machine's clock is checked.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A smaller difference comes from slewing (NTP), a larger one from a clock that was set.
const STEP_MIN_US: u64 = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const HOURS_US: i64 = 2 * 3_600 * 1_000_000;

    #[test]
    fn clock_set_forward_is_followed_at_once() {
        let look = follow(0, 0, HOURS_US, SECOND);
        assert_eq!((look.stepped_us, look.ahead_us), (Some(HOURS_US), HOURS_US));
        assert_eq!(look.jump_us, HOURS_US.unsigned_abs());
        let next = follow(look.ahead_us, HOURS_US, HOURS_US + 20, SECOND);
        assert_eq!(next, Look { stepped_us: None, jump_us: 0, ahead_us: HOURS_US });
    }

    #[test]
    fn clock_set_back_is_followed_by_running_slower() {
        let (mut ahead_us, mut before, mut seconds) = (0_i64, 0, 0);
        loop {
            let look = follow(ahead_us, before, -10_000_000, SECOND);
            assert_eq!(look.stepped_us.is_some(), seconds == 0);
            assert_eq!(look.jump_us, 0);
            // A second passes, and the time of day goes on by half of it.
            assert!(look.ahead_us >= ahead_us - 500_000);
            (ahead_us, before, seconds) = (look.ahead_us, -10_000_000, seconds + 1);
            if ahead_us == before {
                break;
            }
        }
        assert_eq!((ahead_us, seconds), (-10_000_000, 20));
    }

    #[test]
    fn small_differences_are_left_to_ntp() {
        let look = follow(0, 0, 80_000, SECOND);
        assert_eq!(look, Look { stepped_us: None, jump_us: 0, ahead_us: 0 });
    }

    #[test]
    fn time_of_day_waits_for_clock_behind_log() {
        // The time of day began at the log's end, and the clock was not set since.
        let look = follow(HOURS_US, 0, 0, SECOND);
        assert_eq!((look.stepped_us, look.jump_us), (None, 0));
        assert_eq!(look.ahead_us, HOURS_US - 500_000);
    }
}
