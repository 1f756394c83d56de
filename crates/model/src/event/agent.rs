//! Changes of the skills and queues of an agent.

use serde::{Deserialize, Serialize};

use super::SeatActor;
use crate::{AccountName, RoutingProfile, Timestamp};

/// A supervisor changed an agent's skills and queues for a time. `ADDMEMBER`, `REMOVEMEMBER` of a
/// queue
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentProfileChanged {
    /// The agent, who need not be signed in.
    pub agent: AccountName,
    /// The skills and queues that apply instead of those in the config.
    pub profile: RoutingProfile,
    /// The end of the change; `None`: when the agent signs out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The party that asked.
    pub by: SeatActor,
}

/// An agent's skills and queues are those of the config again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentProfileRestored {
    /// The agent.
    pub agent: AccountName,
    /// The reason the change ended.
    pub cause: ProfileEnd,
    /// The party that asked; the engine when the change expired.
    pub by: SeatActor,
}

/// The reason a temporary profile ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileEnd {
    /// The agent signed out.
    SignedOut,
    /// It expired.
    Expired,
    /// A supervisor ended it.
    Withdrawn,
}
