//! A clock as a fold over what happened to it.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ClockEvent, ClockTerms, Extension, Pauses};

/// One clock. The fields are facts; due dates are computed from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Clock {
    promise: ClockTerms,
    started: Option<Timestamp>,
    pauses: Pauses,
    extensions: Vec<Extension>,
    told: Option<Timestamp>,
    end: Option<End>,
}

/// How a clock ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Done, then.
    Met(Timestamp),
    /// No longer owed, since then.
    Stopped(Timestamp),
}

impl End {
    /// When.
    pub fn at(self) -> Timestamp {
        match self {
            End::Met(at) | End::Stopped(at) => at,
        }
    }
}

impl Clock {
    /// Armed, not yet running: a leader's signature arms, the dispatch starts (2.3 T13, T14).
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

    /// Running since `at`.
    pub fn started(promise: ClockTerms, at: Timestamp) -> Clock {
        let mut clock = Clock::armed(promise);
        clock.apply(at, &ClockEvent::Started);
        clock
    }

    /// The fold of a whole history.
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

    /// Something happened. What comes after the end changes nothing.
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
                // What was told belonged to the old promise; the new one is told anew.
                self.told = None;
            }
            ClockEvent::Told(due) => self.told = self.told.max(Some(due)),
            ClockEvent::Met => self.end = Some(End::Met(at)),
            ClockEvent::Stopped => self.end = Some(End::Stopped(at)),
        }
    }

    /// What is owed.
    pub fn promise(&self) -> ClockTerms {
        self.promise
    }

    /// Since when it runs.
    pub fn running_since(&self) -> Option<Timestamp> {
        self.started
    }

    /// When it stood still.
    pub fn pauses(&self) -> &Pauses {
        &self.pauses
    }

    /// What was added.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The days added in all.
    pub fn extended_days(&self) -> u32 {
        self.extensions.iter().map(|extension| u32::from(extension.days)).sum()
    }

    /// The latest due date a person was told.
    pub fn told(&self) -> Option<Timestamp> {
        self.told
    }

    /// As if nobody had been told.
    pub(super) fn forget_told(&mut self) {
        self.told = None;
    }

    /// How it ended.
    pub fn end(&self) -> Option<End> {
        self.end
    }
}
