//! What happens to a clock.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ClockKind, Extension, PauseCause};

/// How much time there is, and in which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allowance {
    /// Working days; the day it starts is day 0 whatever the hour.
    Days(u16),
    /// Natural time in seconds: nights, weekends and holidays count.
    Natural(u32),
    /// Working time in seconds: only office hours count.
    Working(u32),
    /// A moment somebody else has set, an upper hotline for instance (CHAN-08).
    /// Nothing moves it.
    Until(Timestamp),
}

impl Allowance {
    /// What a second round gets: half, rounded up (hotline.md 2.3 T18, ours).
    #[must_use]
    pub fn halved(self) -> Allowance {
        match self {
            Allowance::Days(days) => Allowance::Days(days.div_ceil(2)),
            Allowance::Natural(seconds) => Allowance::Natural(seconds.div_ceil(2)),
            Allowance::Working(seconds) => Allowance::Working(seconds.div_ceil(2)),
            Allowance::Until(at) => Allowance::Until(at),
        }
    }
}

/// What is owed, by which policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Which of the clocks.
    pub kind: ClockKind,
    /// How much time there is.
    pub allowance: Allowance,
    /// The version of the policy it was taken from.
    pub policy: u32,
}

/// Something that happened to a clock. When, is the record's own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockEvent {
    /// It runs. A second start changes nothing.
    Started,
    /// It stands still for a cause.
    Paused(PauseCause),
    /// That cause is gone; it runs again when no other holds it.
    Resumed(PauseCause),
    /// Somebody allowed more days.
    Extended(Extension),
    /// Another grade or another policy: what counts from now on, from the start.
    Changed(Promise),
    /// A person was told this due date: no new calendar makes it earlier.
    Told(Timestamp),
    /// What was owed is done.
    Met,
    /// Nobody owes it any more: recalled, withdrawn, returned.
    Stopped,
}
