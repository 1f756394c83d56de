//! The events of a clock.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use model::desk::{ClockTerms, PauseCause};

use super::Extension;

/// An event of a clock. Its time is that of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockEvent {
    /// The clock started. A second start changes nothing.
    Started,
    /// The clock was paused for a cause.
    Paused(PauseCause),
    /// The cause ended. The clock runs again when no other cause holds it.
    Resumed(PauseCause),
    /// Days were added.
    Extended(Extension),
    /// The grade or the policy changed: the new terms apply from the start of the clock.
    Changed(ClockTerms),
    /// A person was told this due date, so no new calendar makes it earlier.
    Told(Timestamp),
    /// The obligation was met.
    Met,
    /// The obligation ended: the matter was recalled, withdrawn or returned.
    Stopped,
}
