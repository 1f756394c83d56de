//! An offer's life: one seat reserved for one call until a deadline.

use serde::{Deserialize, Serialize};

use crate::{CallId, OfferId, SeatId, Timestamp};

/// A seat was reserved and its phone is being rung.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferMade {
    /// The offer.
    pub offer: OfferId,
    /// The call offered.
    pub call: CallId,
    /// The seat it is offered to.
    pub seat: SeatId,
    /// When it lapses.
    pub until: Timestamp,
    /// Why this seat: the routing explains itself.
    pub why: String,
}

/// The seat picked up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferAccepted {
    /// The offer.
    pub offer: OfferId,
    /// The call.
    pub call: CallId,
    /// The seat.
    pub seat: SeatId,
    /// How long it rang, in ms.
    pub ring_ms: u64,
}

/// The seat did not take the call. `RINGNOANSWER`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferMissed {
    /// The offer.
    pub offer: OfferId,
    /// The call, which goes on waiting with its old place.
    pub call: CallId,
    /// The seat.
    pub seat: SeatId,
    /// How it was missed.
    pub outcome: MissedOutcome,
    /// How long it rang, in ms.
    pub ring_ms: u64,
}

/// How an offer was missed. Each has its own consequence for the seat.
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
    /// 480, 404, 408, 410, or no transport.
    Unreachable,
    /// 488, 5xx: a fault of phone or configuration.
    Failed,
}

/// The offer was taken back. `RINGCANCELED`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferWithdrawn {
    /// The offer.
    pub offer: OfferId,
    /// The call.
    pub call: CallId,
    /// The seat.
    pub seat: SeatId,
    /// Why.
    pub why: Withdrawal,
    /// How long it rang, in ms.
    pub ring_ms: u64,
}

/// Why an offer was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawal {
    /// The caller hung up while it rang.
    CallerGone,
    /// The seat logged out or went not ready while it rang.
    SeatGone,
    /// The queue's rule moved the call on.
    QueueExit,
    /// The engine drains or restarted.
    Engine,
}
