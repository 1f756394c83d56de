//! A clock as a fold over its events.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ClockEvent, ClockTerms, Extension, Pauses};

/// A clock. The fields are facts; due dates are computed from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Clock {
    promise: ClockTerms,
    started: Option<Timestamp>,
    pauses: Pauses,
    extensions: Vec<Extension>,
    told: Option<Timestamp>,
    end: Option<End>,
}

/// The end of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The obligation was met at this time.
    Met(Timestamp),
    /// The obligation ended at this time without being met.
    Stopped(Timestamp),
}

impl End {
    /// The time of the end.
    pub fn at(self) -> Timestamp {
        match self {
            End::Met(at) | End::Stopped(at) => at,
        }
    }
}

impl Clock {
    /// A clock that is armed and does not run yet: a leader's signature arms it, the dispatch
    /// starts it (hotline.md 2.3, T13 signature and T14 dispatch).
    pub fn armed(promise: ClockTerms) -> Clock {
        Clock {
            promise,
            started: None,
            pauses: Pauses::default(),
            extensions: Vec::new(),
            told: None,
            end: None,
        }
    }

    /// A clock that runs since `at`.
    pub fn started(promise: ClockTerms, at: Timestamp) -> Clock {
        let mut clock = Clock::armed(promise);
        clock.apply(at, &ClockEvent::Started);
        clock
    }

    /// The clock after a history of events.
    pub fn replay<'e>(
        promise: ClockTerms,
        history: impl IntoIterator<Item = (Timestamp, &'e ClockEvent)>,
    ) -> Clock {
        let mut clock = Clock::armed(promise);
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
            ClockEvent::Changed(promise) => {
                self.promise = promise;
                // The due date that was told belongs to the old terms; that of the new terms is
                // told again.
                self.told = None;
            }
            ClockEvent::Told(due) => self.told = self.told.max(Some(due)),
            ClockEvent::Met => self.end = Some(End::Met(at)),
            ClockEvent::Stopped => self.end = Some(End::Stopped(at)),
        }
    }

    /// The terms.
    pub fn promise(&self) -> ClockTerms {
        self.promise
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

    /// The latest due date a person was told.
    pub fn told(&self) -> Option<Timestamp> {
        self.told
    }

    /// Removes the due date that was told.
    pub(super) fn forget_told(&mut self) {
        self.told = None;
    }

    /// Its end.
    pub fn end(&self) -> Option<End> {
        self.end
    }
}
