//! By when somebody must do something: clocks as pure functions of events.
//!
//! A [`Clock`] is a fold: what was promised, when it started, when it stood
//! still, by how much it was extended, what ended it. It holds no due date.
//! Everything people ask of it is computed from these and a calendar:
//! [`Clock::due`], [`Clock::reading`], [`Clock::why`]. A new grade, a new policy
//! or a new notice of holidays therefore replays with the very same pauses.
//!
//! Three ways to count (hotline.md 2.5): working days, which end with the day;
//! natural hours, which never rest; working hours, which rest with the office.

mod course;
mod event;
mod extension;
mod fold;
mod level;
mod pause;
mod policy;
mod quick;
mod reading;
mod spend;
mod walk;
mod why;
mod words;

pub use course::{Deadline, WorkingTime, child_due_latest};
pub use event::ClockEvent;
pub use extension::{Extension, ExtensionApprover, ExtensionRefusal, ExtensionRequest};
pub use fold::{Clock, End};
pub use level::{LevelColor, Step, mark, steps, steps_between};
pub use pause::{Pause, Pauses};
pub use policy::{BadPolicy, DayEnd, Policy};
pub use quick::{QUICK_KINDS, QuickKind, quick_kind};
pub use reading::{Amount, ClockStatus, Reading, Verdict, earliest_unmet};
pub use why::{Counted, Explanation, Line, What};
pub use words::{ENGLISH, MANDARIN, Words};

use std::time::Duration;

pub use model::desk::{Allowance, ClockKind, ClockTerms, OverdueLevel, PauseCause};

use model::Timestamp;

/// Whether something at `at` comes after `due`.
///
/// A due date is the last second in which one is in time, so lateness begins
/// with the second after it (hotline.md 2.5d, O2).
pub fn is_late(at: Timestamp, due: Timestamp) -> bool {
    at >= late_from(due)
}

/// The first moment that is late.
pub(crate) fn late_from(due: Timestamp) -> Timestamp {
    due + Duration::from_secs(1)
}
