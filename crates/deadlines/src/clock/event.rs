//! What happens to a clock.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use model::desk::{ClockTerms, PauseCause};

use super::Extension;

/// Something that happened to a clock. When, is the record's own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    Changed(ClockTerms),
    /// A person was told this due date: no new calendar makes it earlier.
    Told(Timestamp),
    /// What was owed is done.
    Met,
    /// Nobody owes it any more: recalled, withdrawn, returned.
    Stopped,
}
