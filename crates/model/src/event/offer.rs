//! Offers: one seat reserved for one call until a deadline.

use serde::{Deserialize, Serialize};

use crate::{CallId, Decision, OfferId, SeatId, Timestamp};

/// A seat was reserved and its phone is being rung.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferMade {
    /// The offer.
    pub offer: OfferId,
    /// The call offered.
    pub call: CallId,
    /// The seat it is offered to.
    pub seat: SeatId,
    /// The time it expires.
    pub until: Timestamp,
    /// The reason for choosing this seat, as an English sentence: only in logs written before
    /// [`OfferMade::decision`] was recorded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The reason for choosing this seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Box<Decision>>,
}

/// The seat answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferAccepted {
    /// The offer.
    pub offer: OfferId,
    /// The call.
    pub call: CallId,
    /// The seat.
    pub seat: SeatId,
    /// The ring time, in ms.
    pub ring_ms: u64,
}

/// The seat did not answer the offer. `RINGNOANSWER`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferMissed {
    /// The offer.
    pub offer: OfferId,
    /// The call, which keeps its position in the queue.
    pub call: CallId,
    /// The seat.
    pub seat: SeatId,
    /// The class of the miss; it decides the consequence for the seat.
    pub outcome: MissedOutcome,
    /// The phone's reaction. `None` in logs written before it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<MissedReason>,
    /// The phone's final SIP answer. `None` when no final answer came before the deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// The ring time, in ms.
    pub ring_ms: u64,
}

/// The class of a missed offer. Each has its own consequence for the seat.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MissedOutcome {
    /// Rang to the deadline (RONA).
    NoAnswer,
    /// 486, 600.
    Busy,
    /// 603, or the reject key.
    Rejected,
    /// No provisional answer before the deadline, 3xx, 404, 408, 410, 480, 503, or no transport.
    Unreachable,
    /// 488, 5xx: a fault of phone or configuration.
    Failed,
}

/// A phone's reaction to an offer it did not take, by its SIP answer (RFC 3261 21).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MissedReason {
    /// It rang to the deadline without an answer.
    Unanswered,
    /// It sent no provisional answer before the deadline, or 408.
    Silent,
    /// 486, 600: in another call.
    Busy,
    /// 603, 607: the reject key was pressed.
    Declined,
    /// 401, 403, 407: the phone does not take calls from us.
    Forbidden,
    /// 3xx: the phone forwards its calls elsewhere. The engine does not follow it.
    Redirected,
    /// 404, 410, 484, 485, 604: the phone does not know this number.
    NotFound,
    /// 480, 487: registered nowhere, or do-not-disturb.
    Unavailable,
    /// 503, or no transport: the phone or its proxy cannot be reached.
    NoService,
    /// 406, 415, 488, 606: no voice format in common.
    NotAcceptable,
    /// Other 5xx: a fault of the phone.
    ServerError,
    /// Any other final answer.
    Other,
}

impl MissedReason {
    /// The reason for a final SIP answer of 300 or more.
    pub fn of_code(code: u16) -> MissedReason {
        match code {
            300..=399 => MissedReason::Redirected,
            401 | 403 | 407 => MissedReason::Forbidden,
            404 | 410 | 484 | 485 | 604 => MissedReason::NotFound,
            406 | 415 | 488 | 606 => MissedReason::NotAcceptable,
            408 => MissedReason::Silent,
            480 | 487 => MissedReason::Unavailable,
            486 | 600 => MissedReason::Busy,
            603 | 607 => MissedReason::Declined,
            503 => MissedReason::NoService,
            500..=599 => MissedReason::ServerError,
            _ => MissedReason::Other,
        }
    }

    /// The class of the miss, which decides the consequence for the seat.
    pub fn outcome(self) -> MissedOutcome {
        match self {
            MissedReason::Unanswered => MissedOutcome::NoAnswer,
            MissedReason::Busy => MissedOutcome::Busy,
            MissedReason::Declined | MissedReason::Forbidden => MissedOutcome::Rejected,
            MissedReason::Silent
            | MissedReason::Redirected
            | MissedReason::NotFound
            | MissedReason::Unavailable
            | MissedReason::NoService => MissedOutcome::Unreachable,
            MissedReason::NotAcceptable | MissedReason::ServerError | MissedReason::Other => {
                MissedOutcome::Failed
            }
        }
    }
}

/// The offer was withdrawn. `RINGCANCELED`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferWithdrawn {
    /// The offer.
    pub offer: OfferId,
    /// The call.
    pub call: CallId,
    /// The seat.
    pub seat: SeatId,
    /// The reason.
    pub why: WithdrawalReason,
    /// The ring time, in ms.
    pub ring_ms: u64,
}

/// The reason an offer was withdrawn.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawalReason {
    /// The caller hung up while it rang.
    CallerGone,
    /// The seat logged out or went not ready while it rang.
    SeatGone,
    /// The queue's rule moved the call on.
    QueueExit,
    /// The engine drains or restarted.
    Engine,
    /// No voice port was free to ring the seat with. Not counted against the seat.
    NoPorts,
}
