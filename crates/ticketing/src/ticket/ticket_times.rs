//! The times of a ticket's steps, all that reports may ask for.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The first or the last time of each step, as its field says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TicketTimes {
    /// The registration (T02).
    pub registered: Option<Timestamp>,
    /// The last time it went to review (T09).
    pub reviewed: Option<Timestamp>,
    /// The first dispatch (T14).
    pub dispatched: Option<Timestamp>,
    /// The first time all results were in (T17).
    pub results_in: Option<Timestamp>,
    /// The last time the hub accepted the results (T19).
    pub accepted: Option<Timestamp>,
    /// The last reply to the caller (T20).
    pub replied: Option<Timestamp>,
    /// The last time it was closed.
    pub closed: Option<Timestamp>,
    /// The archiving (T27).
    pub archived: Option<Timestamp>,
    /// The last change of any kind.
    pub changed: Timestamp,
}
