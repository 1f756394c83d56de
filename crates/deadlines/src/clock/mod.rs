//! Clocks: the time by which a person must act, as pure functions of events.
//!
//! A [`Clock`] is a fold: its terms, its start, its pauses, its extensions and its end. It does not
//! store a due date. Everything else is computed from these and a calendar: [`Clock::due`],
//! [`Clock::reading`], [`Clock::explain`]. A new grade, policy or notice of holidays is therefore
//! applied to the same pauses.
//!
//! There are three ways to count (hotline.md 2.5): working days, which end with the day; natural
//! hours, which run at all times; working hours, which run during office hours.

mod day_count;
mod deadline;
mod event;
mod explanation;
mod extension;
mod level;
mod pause;
mod phrases;
mod policy;
mod quick_kinds;
mod reading;
mod running_time;
mod working_time;

pub use deadline::{Deadline, child_due_latest};
pub use event::{ClockEvent, Extension, ExtensionApprover};
pub use explanation::{Explanation, ExplanationFact, ExplanationLine, WorkdayKind};
pub use extension::{ExtensionRefusal, ExtensionRequest};
pub use level::{EscalationStep, LevelColor, color, escalation_steps, escalation_steps_between};
pub use pause::{Pause, Pauses};
pub use phrases::{ENGLISH, MANDARIN, Phrases};
pub use policy::{DayEnd, Policy, PolicyFault};
pub use quick_kinds::{QUICK_KINDS, QuickKind, quick_kind};
pub use reading::{ClockReading, ClockResult, ClockStatus, TimeAmount, earliest_unmet};
pub use working_time::WorkingTime;

use std::time::Duration;

pub use model::desk::{Allowance, ClockKind, ClockTerms, OverdueLevel, PauseCause};

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A clock. The fields are facts; due dates are computed from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Clock {
    #[serde(rename = "promise")]
    terms: ClockTerms,
    started: Option<Timestamp>,
    pauses: Pauses,
    extensions: Vec<Extension>,
    #[serde(rename = "told")]
    announced_due: Option<Timestamp>,
    end: Option<ClockEnd>,
}

/// The end of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockEnd {
    /// The obligation was met at this time.
    Met(Timestamp),
    /// The obligation ended at this time without being met.
    Stopped(Timestamp),
}

impl ClockEnd {
    /// The time of the end.
    pub fn at(self) -> Timestamp {
        match self {
            ClockEnd::Met(at) | ClockEnd::Stopped(at) => at,
        }
    }
}

impl Clock {
    /// A clock that is armed and does not run yet: a leader's signature arms it, the dispatch
    /// starts it (hotline.md 2.3, T13 signature and T14 dispatch).
    pub fn armed(terms: ClockTerms) -> Clock {
        Clock {
            terms,
            started: None,
            pauses: Pauses::default(),
            extensions: Vec::new(),
            announced_due: None,
            end: None,
        }
    }

    /// A clock that runs since `at`.
    pub fn started(terms: ClockTerms, at: Timestamp) -> Clock {
        let mut clock = Clock::armed(terms);
        clock.apply(at, &ClockEvent::Started);
        clock
    }

    /// The clock after a history of events.
    pub fn replay<'e>(
        terms: ClockTerms,
        history: impl IntoIterator<Item = (Timestamp, &'e ClockEvent)>,
    ) -> Clock {
        let mut clock = Clock::armed(terms);
        for (at, event) in history {
            clock.apply(at, event);
        }
        clock
    }

    /// Applies an event. Events after the end change nothing.
    pub fn apply(&mut self, at: Timestamp, event: &ClockEvent) {
        if self.end.is_some() {
            return;
        }
        match *event {
            ClockEvent::Started => {
                self.started.get_or_insert(at);
            }
            ClockEvent::Paused(cause) => self.pauses.begin(cause, at),
            ClockEvent::Resumed(cause) => self.pauses.end(cause, at),
            ClockEvent::Extended(extension) => self.extensions.push(extension),
            ClockEvent::Changed(terms) => {
                self.terms = terms;
                // The announced due date belongs to the old terms; that of the new terms is
                // announced again.
                self.announced_due = None;
            }
            ClockEvent::DueAnnounced(due) => self.announced_due = self.announced_due.max(Some(due)),
            ClockEvent::Met => self.end = Some(ClockEnd::Met(at)),
            ClockEvent::Stopped => self.end = Some(ClockEnd::Stopped(at)),
        }
    }

    /// The terms.
    pub fn terms(&self) -> ClockTerms {
        self.terms
    }

    /// The time at which it started.
    pub fn running_since(&self) -> Option<Timestamp> {
        self.started
    }

    /// Its pauses.
    pub fn pauses(&self) -> &Pauses {
        &self.pauses
    }

    /// Its extensions.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The working days of all extensions.
    pub fn extended_days(&self) -> u32 {
        self.extensions.iter().map(|extension| u32::from(extension.days)).sum()
    }

    /// The latest due date that was announced to a person.
    pub fn announced_due(&self) -> Option<Timestamp> {
        self.announced_due
    }

    /// Removes the announced due date.
    pub(crate) fn forget_announced_due(&mut self) {
        self.announced_due = None;
    }

    /// Its end.
    pub fn end(&self) -> Option<ClockEnd> {
        self.end
    }
}

/// Whether `at` is late for `due`.
///
/// A due date is the last second that is in time, so lateness begins with the next second
/// (hotline.md 2.5d, O2).
pub fn is_late(at: Timestamp, due: Timestamp) -> bool {
    at >= late_from(due)
}

/// The first moment that is late for `due`.
pub fn late_from(due: Timestamp) -> Timestamp {
    due + Duration::from_secs(1)
}
