//! A seat's life: reached, logged in, ready, not ready, wrapping up.

use serde::{Deserialize, Serialize};

use crate::{AccountName, CallId, NotReadyReason, SeatId, Timestamp};

/// The seat's phone can be reached: its first contact registered, or it is fixed.
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

/// Somebody signed in. `ADDMEMBER`, `AGENTLOGIN`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatLoggedIn {
    /// The seat.
    pub seat: SeatId,
    /// The person, when known.
    pub agent: Option<AccountName>,
    /// Who asked.
    pub by: SeatActor,
}

/// Signed out. `REMOVEMEMBER`, `AGENTLOGOFF`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatLoggedOut {
    /// The seat.
    pub seat: SeatId,
    /// Who asked.
    pub by: SeatActor,
}

/// Takes calls. `UNPAUSE`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatReady {
    /// The seat.
    pub seat: SeatId,
    /// Who asked; the engine when wrap-up ran out or the phone came back.
    pub by: SeatActor,
}

/// Takes no calls. `PAUSE`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatNotReady {
    /// The seat.
    pub seat: SeatId,
    /// Why.
    pub reason: NotReadyReason,
    /// Who asked; the engine for its own reasons.
    pub by: SeatActor,
    /// When it is ready again by itself: what a missed offer cost it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<Timestamp>,
}

/// While talking: what comes after the talk was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatNextSet {
    /// The seat.
    pub seat: SeatId,
    /// Instead of wrap-up; `None`: wrap-up after all.
    pub next: Option<AfterTalk>,
    /// Who asked.
    pub by: SeatActor,
}

/// What a seat does when its talk ends, instead of wrap-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AfterTalk {
    /// Signs out.
    LogOut,
    /// Takes no calls.
    NotReady {
        /// Why.
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
    /// When it ends by itself.
    pub until: Timestamp,
}

/// The seat's SIP password was set. The password is nowhere in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatPasswordSet {
    /// The seat.
    pub seat: SeatId,
}

/// Who did it.
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
