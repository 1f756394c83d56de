//! The words of urging (催办).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OverdueLevel;

/// Who urges.
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
    /// A clock that has reached a level.
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

/// How it was said.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum UrgeChannel {
    /// By phone, bound to the call's recording.
    Phone,
    /// By message in the system.
    Network,
    /// By SMS.
    Sms,
    /// On paper (催办通知书).
    Written,
}

/// One urge. When, is the record's own time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Urge {
    /// Who.
    pub source: UrgeSource,
    /// How.
    pub channel: UrgeChannel,
    /// How late the clock was.
    pub level: OverdueLevel,
    /// What was said.
    pub text: String,
    /// Whether it counts: a citizen's only once a day (hotline.md 2.5d).
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub counts: bool,
}

fn yes() -> bool {
    true
}
