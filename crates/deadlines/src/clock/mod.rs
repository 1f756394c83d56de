//! Clocks: the time by which a person must act, as pure functions of events.
//!
//! A [`Clock`] is a fold: its terms, its start, its pauses, its extensions and its end. It does not
//! store a due date. Everything else is computed from these and a calendar: [`Clock::due`],
//! [`Clock::reading`], [`Clock::why`]. A new grade, policy or notice of holidays is therefore
//! applied to the same pauses.
//!
//! There are three ways to count (hotline.md 2.5): working days, which end with the day; natural
//! hours, which run at all times; working hours, which run during office hours.

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

/// Whether `at` is late for `due`.
///
/// A due date is the last second that is in time, so lateness begins with the next second
/// (hotline.md 2.5d, O2).
pub fn is_late(at: Timestamp, due: Timestamp) -> bool {
    at >= late_from(due)
}

/// The first moment that is late.
pub(crate) fn late_from(due: Timestamp) -> Timestamp {
    due + Duration::from_secs(1)
}
