//! Urges (催办): reminders to a unit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OverdueLevel;

/// The party that urges.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum UrgeSource {
    /// The caller, by calling again about an open ticket.
    Citizen,
    /// The hotline's own desk.
    Hub,
    /// The supervising unit.
    Supervisor,
    /// A leader.
    Leader,
    /// A clock that reached an overdue level.
    System,
}

impl UrgeSource {
    /// All of them, in the bulletin's order.
    pub const ALL: [UrgeSource; 5] = [
        UrgeSource::Citizen,
        UrgeSource::Hub,
        UrgeSource::Supervisor,
        UrgeSource::Leader,
        UrgeSource::System,
    ];
}

/// The channel of an urge.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum UrgeChannel {
    /// Telephone; the call's recording is linked.
    Phone,
    /// A message in the system.
    Network,
    /// SMS.
    Sms,
    /// A written notice (催办通知书).
    Written,
}

/// One urge; its time is that of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Urge {
    /// The party that urges.
    pub source: UrgeSource,
    /// The channel.
    pub channel: UrgeChannel,
    /// The overdue level of the clock.
    pub level: OverdueLevel,
    /// The text.
    pub text: String,
    /// Whether it counts: a citizen's only once a day (hotline.md 2.5d).
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub counts: bool,
}

fn yes() -> bool {
    true
}
