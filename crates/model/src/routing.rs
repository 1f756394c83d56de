//! Routing profiles of agents, requirements of calls, the decision why a call was offered to a seat,
//! and the reason why a call waits.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AccountName, QueueId, SeatId, Skill, Timestamp, event::SeatActor};

/// The skills and queues of an agent, or of a seat without a person signed in by name.
/// Amazon Connect: routing profile.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct RoutingProfile {
    /// Level by skill, 1 to 10.
    #[serde(default)]
    pub skills: BTreeMap<Skill, u8>,
    /// Tier by queue, 1 to 10. Tier 1 is rung first.
    #[serde(default)]
    pub queues: BTreeMap<QueueId, u8>,
}

/// An agent as `agents.toml` describes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgentProfile {
    /// The team they belong to; empty for none. Shown, not used for routing.
    #[serde(default)]
    pub team: String,
    /// Their skills and queues.
    pub routing: RoutingProfile,
}

/// A routing profile that a supervisor gave an agent instead of the one in the config.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemporaryProfile {
    /// The skills and queues that apply now.
    pub routing: RoutingProfile,
    /// The end; `None`: when the agent signs out.
    pub until: Option<Timestamp>,
    /// The time it was set.
    pub since: Timestamp,
    /// The person who set it.
    pub by: SeatActor,
}

/// The requirement of a call on a seat.
///
/// It is written as a record with one field, so that other conditions can be added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requirement {
    /// The lowest acceptable level by skill, 1 to 10.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skills: BTreeMap<Skill, u8>,
}

impl Requirement {
    /// Whether any seat of the queue meets it.
    pub fn is_empty(&self) -> bool {
        self.skills.is_empty()
    }
}

/// The decision to offer a call to a seat, as data that is shown in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// The rule that decided between the candidates.
    pub rule: DecisionRule,
    /// The queue the call waited in.
    pub queue: QueueId,
    /// The time it had waited, in ms.
    pub waited_ms: u64,
    /// The requirement at that moment, after widening.
    #[serde(default, skip_serializing_if = "Requirement::is_empty")]
    pub requirement: Requirement,
    /// The overflow queue through which the seat was reached; `None`: the call's own queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overflow: Option<QueueId>,
    /// The number of ready seats that met the requirement.
    pub eligible: u32,
    /// The chosen seat, then the next ones in order; at most [`Decision::LISTED_MAX`].
    pub candidates: Vec<Candidate>,
    /// Ready seats of these queues that did not meet the requirement; at most
    /// [`Decision::LISTED_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ruled_out: Vec<RuledOut>,
}

impl Decision {
    /// The most candidates, and the most seats ruled out, that a record lists.
    pub const LISTED_MAX: usize = 5;
}

/// The rule that decided between the candidates of a [`Decision`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionRule {
    /// There was one candidate.
    OnlyCandidate,
    /// The others serve an overflow queue.
    OwnQueue,
    /// The others serve the queue in a higher tier.
    LowestTier,
    /// Strategy `longest_idle`.
    LongestIdle,
    /// Strategy `round_robin`.
    RoundRobin,
    /// Strategy `fewest_calls`.
    FewestCalls,
    /// Strategy `least_talk`.
    LeastTalk,
    /// Strategy `best_skill`.
    BestSkill,
    /// Strategy `linear`.
    Linear,
}

/// A ready seat that met a call's requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// The seat.
    pub seat: SeatId,
    /// The person signed in there, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AccountName>,
    /// The tier in which it serves the queue.
    pub tier: u8,
    /// The time it had been idle, in ms.
    pub idle_ms: u64,
    /// Calls taken since it signed in.
    pub answered: u32,
    /// Talk time since it signed in, in ms.
    pub talked_ms: u64,
    /// Its levels of the required skills.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skills: BTreeMap<Skill, u8>,
}

/// A ready seat that was not a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuledOut {
    /// The seat.
    pub seat: SeatId,
    /// The person signed in there, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AccountName>,
    /// The reason.
    pub reason: RuledOutReason,
}

/// The reason a ready seat was not a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuledOutReason {
    /// A required skill is missing or too low.
    Skill {
        /// The skill.
        skill: Skill,
        /// Its level; 0 when missing.
        level: u8,
        /// The level required.
        required: u8,
    },
    /// It serves in a tier that is not rung yet.
    Tier {
        /// Its tier.
        tier: u8,
        /// The highest tier that is rung now.
        tier_max: u8,
    },
    /// It missed this call shortly before.
    MissedThisCall,
}

/// The reason a waiting call is not offered to a seat at the moment, as data that is shown in the
/// reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WaitReason {
    /// The cause.
    pub cause: WaitCause,
    /// The requirement at the moment, after widening.
    pub requirement: Requirement,
    /// The highest tier that is rung now.
    pub tier_max: u8,
    /// The overflow queues whose seats may be rung as well by now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overflow: Vec<QueueId>,
    /// The number of signed-in seats that meet the requirement and are in a call, its ring or its
    /// wrap-up.
    pub busy: u32,
    /// The number of those that are not ready for another reason than their phone.
    pub not_ready: u32,
    /// The number of those whose phone cannot be rung: it is not reachable, or in a call of its own.
    pub unreachable: u32,
    /// Ready seats of these queues that are not rung for the call; at most
    /// [`Decision::LISTED_MAX`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ruled_out: Vec<RuledOut>,
}

/// The cause of a [`WaitReason`]. The first that is true counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitCause {
    /// No voice port is free to ring a seat.
    NoPort,
    /// The ready seats that meet its requirement missed it shortly before.
    Missed,
    /// Seats that meet its requirement are in a call, its ring or its wrap-up.
    Busy,
    /// Seats that meet its requirement are signed in, and each is not ready or cannot be rung.
    NotReady,
    /// Seats of its queues are signed in, and none meets its requirement.
    Unqualified,
    /// No seat of its queues is signed in.
    Unstaffed,
}
