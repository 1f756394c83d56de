//! Changes of what an agent serves.

use serde::{Deserialize, Serialize};

use super::SeatActor;
use crate::{AccountName, RoutingProfile, Timestamp};

/// A supervisor changed an agent's skills and queues for a time. `ADDMEMBER`, `REMOVEMEMBER` of a
/// queue
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentProfileChanged {
    /// The agent, who need not be signed in.
    pub agent: AccountName,
    /// The skills and queues that hold instead of those in the config.
    pub profile: RoutingProfile,
    /// When the change ends; `None`: when the agent signs out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who asked.
    pub by: SeatActor,
}

/// An agent serves again what the config says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentProfileRestored {
    /// The agent.
    pub agent: AccountName,
    /// Why the change ended.
    pub cause: ProfileEnd,
    /// Who asked; the engine when its time was over.
    pub by: SeatActor,
}

/// Why a temporary profile ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileEnd {
    /// The agent signed out.
    SignedOut,
    /// Its time was over.
    Expired,
    /// A supervisor ended it.
    Withdrawn,
}
