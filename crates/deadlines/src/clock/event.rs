//! The events of a clock, and the extension that one of them adds.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use model::desk::{ClockTerms, PauseCause};

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
    /// This due date was announced to a person, so no new calendar makes it earlier.
    #[serde(rename = "told")]
    DueAnnounced(Timestamp),
    /// The obligation was met.
    Met,
    /// The obligation ended: the matter was recalled, withdrawn or returned.
    Stopped,
}

/// The role that approves an extension.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ExtensionApprover {
    /// The supervision group, for the first extension.
    SupervisionGroup,
    /// The director, also for a second one.
    Director,
}

/// An extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Extension {
    /// The working days that were added.
    pub days: u16,
    /// The time at which the unit asked.
    pub asked_at: Timestamp,
    /// The role that approved it.
    pub by: ExtensionApprover,
}
