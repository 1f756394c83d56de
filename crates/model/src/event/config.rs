//! The config in force.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{AccountName, QueueId, SeatId};

/// A config was put in force, at a start or while calls went on.
///
/// The record holds the whole config as text, so that a later start, a replay and a person who asks
/// find what was in force, and an earlier one can be restored. It is written only when it differs
/// from the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfigAdopted {
    /// The occasion.
    pub cause: AdoptionCause,
    /// The account that asked for it, `os:NAME` at the machine itself; `None` at a start and for a
    /// signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
    /// The version of the program that checked the files.
    pub version: String,
    /// The text files by their path in the config folder: `seats.toml`, `calendar/2026.toml`.
    pub files: BTreeMap<String, ConfigText>,
    /// The SHA-256 of each prompt's file, in hex, by the prompt's name. The data folder keeps the
    /// bytes.
    pub prompts: BTreeMap<String, String>,
    /// The seats, as ranges of the first and the last number.
    pub seats: Vec<(SeatId, SeatId)>,
    /// The queues, with the thresholds by which each is measured from now on.
    pub queues: BTreeMap<QueueId, MeasuredBy>,
    /// Queues that were removed while callers waited there, with the queue that took them over.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub moved: BTreeMap<QueueId, QueueId>,
    /// The changes against the config before, a sentence each; at most [`ConfigAdopted::CHANGES_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<String>,
    /// The number of all changes.
    #[serde(default)]
    pub changes_in_all: u32,
}

/// The thresholds of a queue's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasuredBy {
    /// An answer within this time is in time, in ms.
    pub answer_ms: u64,
    /// A caller who leaves within this time is a short abandon, in ms.
    pub short_abandon_ms: u64,
}

impl ConfigAdopted {
    /// The most changes that a record lists.
    pub const CHANGES_MAX: usize = 200;

    /// Whether the config has this seat.
    pub fn has_seat(&self, seat: SeatId) -> bool {
        self.seats.iter().any(|(first, last)| (*first..=*last).contains(&seat))
    }

    /// Seats in order as ranges.
    pub fn ranges(seats: impl IntoIterator<Item = SeatId>) -> Vec<(SeatId, SeatId)> {
        let mut ranges: Vec<(SeatId, SeatId)> = Vec::new();
        for seat in seats {
            match ranges.last_mut() {
                Some((_, last)) if last.0.checked_add(1) == Some(seat.0) => *last = seat,
                _ => ranges.push((seat, seat)),
            }
        }
        ranges
    }
}

/// The occasion on which a config was put in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdoptionCause {
    /// A start of the engine.
    Start,
    /// SIGHUP.
    Signal,
    /// The command line at the machine.
    Command,
    /// The API.
    Api,
}

impl AdoptionCause {
    /// The word in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            AdoptionCause::Start => "start",
            AdoptionCause::Signal => "signal",
            AdoptionCause::Command => "command",
            AdoptionCause::Api => "api",
        }
    }
}

/// The text of a config file. It may have callers' numbers (blacklist.toml) and is not printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfigText(pub String);

impl fmt::Debug for ConfigText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfigText({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_ranges_and_found_in_them() {
        let seats = ConfigAdopted::ranges([1001, 1002, 1003, 1010].map(SeatId));
        assert_eq!(seats, [(SeatId(1001), SeatId(1003)), (SeatId(1010), SeatId(1010))]);
        let json = r#"{"cause":"start","version":"1","files":{"a.toml":"x = 1"},"prompts":{},
            "seats":[[1001,1003],[1010,1010]],"queues":{"q":{"answer_ms":15000,"short_abandon_ms":5000}}}"#;
        let adopted: ConfigAdopted = serde_json::from_str(json).unwrap();
        assert!(adopted.has_seat(SeatId(1002)) && !adopted.has_seat(SeatId(1004)));
        assert!(!format!("{adopted:?}").contains("x = 1"));
    }
}
