//! Seats: reachable, signed in, ready, not ready, wrap-up.

use serde::{Deserialize, Serialize};

use crate::{AccountName, CallId, NotReadyReason, SeatId, Timestamp};

/// The seat's phone became reachable: its first contact registered, or its address is fixed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatReached {
    /// The seat.
    pub seat: SeatId,
}

/// The seat's last contact expired or was removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatUnreached {
    /// The seat.
    pub seat: SeatId,
}

/// A person or phone signed in. `ADDMEMBER`, `AGENTLOGIN`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatLoggedIn {
    /// The seat.
    pub seat: SeatId,
    /// The person, when known.
    pub agent: Option<AccountName>,
    /// The party that asked.
    pub by: SeatActor,
}

/// The seat was signed out. `REMOVEMEMBER`, `AGENTLOGOFF`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatLoggedOut {
    /// The seat.
    pub seat: SeatId,
    /// The party that asked.
    pub by: SeatActor,
}

/// The seat takes calls. `UNPAUSE`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatReady {
    /// The seat.
    pub seat: SeatId,
    /// The party that asked; the engine when wrap-up ended or the phone came back.
    pub by: SeatActor,
}

/// The seat takes no calls. `PAUSE`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatNotReady {
    /// The seat.
    pub seat: SeatId,
    /// The reason.
    pub reason: NotReadyReason,
    /// The party that asked; the engine for its own reasons.
    pub by: SeatActor,
    /// The end of the back-off after a missed offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<Timestamp>,
}

/// During a call, the state after it was chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatNextSet {
    /// The seat.
    pub seat: SeatId,
    /// The state instead of wrap-up; `None`: wrap-up.
    pub next: Option<AfterTalk>,
    /// The party that asked.
    pub by: SeatActor,
}

/// The state a seat goes to after a call, instead of wrap-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AfterTalk {
    /// Signs out.
    LogOut,
    /// Takes no calls.
    NotReady {
        /// The reason.
        reason: NotReadyReason,
    },
}

/// After-call work began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatWrapUpStarted {
    /// The seat.
    pub seat: SeatId,
    /// The call it follows.
    pub call: CallId,
    /// The deadline.
    pub until: Timestamp,
}

/// The seat's SIP password was set. The password itself is not in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatPasswordSet {
    /// The seat.
    pub seat: SeatId,
}

/// The party that changed a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatActor {
    /// The seat's own phone, by feature code.
    Phone,
    /// A person through the API or the page.
    Person(AccountName),
    /// The engine, by rule.
    Engine,
}
