//! When what happened to a ticket: every time a report may ask for, from the first day.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The first or last time of each step, as named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Times {
    /// Taken on (T02).
    pub registered: Option<Timestamp>,
    /// To review, the last time (T09).
    pub reviewed: Option<Timestamp>,
    /// Dispatched, the first time (T14).
    pub dispatched: Option<Timestamp>,
    /// All results in, the first time (T17).
    pub results_in: Option<Timestamp>,
    /// Results accepted by the hub, the last time (T19).
    pub accepted: Option<Timestamp>,
    /// The caller was told, the last time (T20).
    pub replied: Option<Timestamp>,
    /// Closed, the last time.
    pub closed: Option<Timestamp>,
    /// Put away (T27).
    pub archived: Option<Timestamp>,
    /// The last change of any kind.
    pub changed: Timestamp,
}
