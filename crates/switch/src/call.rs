//! One call in the switch, from arrival to release.

use std::time::Duration;

use model::{
    CallId, LegId, LineId, Number, OfferId, QueueId, SeatId, Timestamp, TrunkId,
    event::{CallEnd, Party},
};

use crate::keys::Keys;

/// A call of a citizen.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) line: LineId,
    pub(crate) trunk: TrunkId,
    pub(crate) caller: Number,
    pub(crate) queue: QueueId,
    /// The caller's leg.
    pub(crate) leg: LegId,
    pub(crate) arrived: Timestamp,
    pub(crate) queued: Timestamp,
    /// The time in the queue, until the first answer or until the call left the queue.
    pub(crate) wait: Duration,
    /// The time with seats, all talks together.
    pub(crate) talk: Duration,
    /// The seat of the last talk.
    pub(crate) talked_with: Option<SeatId>,
    /// The sides that have put the other one on hold.
    pub(crate) holding: Holding,
    /// Recent keys that may also arrive the other way.
    pub(crate) keys: Keys,
    /// Whether the first announcement was played.
    pub(crate) announced: bool,
    pub(crate) stage: Stage,
}

/// The stage of a call, with its deadline or leg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stage {
    /// The caller hears greeting and music; no seat rings.
    Waiting,
    /// The caller hears music; one seat rings.
    Ringing { offer: OfferId, seat: SeatId, leg: LegId, since: Timestamp },
    /// The caller talks with a seat.
    Talking { seat: SeatId, leg: LegId, since: Timestamp },
    /// The call left its queue without a seat. The caller hears a prompt; the call ends as `end`,
    /// at `until` at the latest.
    Leaving { end: CallEnd, until: Timestamp },
    /// The call is over. The voice thread flushes the recording and frees the ports. The switch
    /// forgets the call at `until` when that thread does not answer.
    Closing { until: Timestamp },
}

/// The sides that hold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Holding {
    pub(crate) caller: bool,
    pub(crate) seat: bool,
}

impl Holding {
    pub(crate) fn of(&mut self, party: Party) -> &mut bool {
        match party {
            Party::Caller => &mut self.caller,
            Party::Seat => &mut self.seat,
        }
    }
}

impl Call {
    /// The seat's leg, when one rings or talks.
    pub(crate) fn seat_leg(&self) -> Option<LegId> {
        match self.stage {
            Stage::Ringing { leg, .. } | Stage::Talking { leg, .. } => Some(leg),
            Stage::Waiting | Stage::Leaving { .. } | Stage::Closing { .. } => None,
        }
    }
}

/// A seat's own call to a feature code: it is accepted, answered with a prompt and hung up, at its
/// deadline at the latest (`deadlines`).
#[derive(Debug)]
pub(crate) struct FeatureCall {
    pub(crate) leg: LegId,
    pub(crate) seat: SeatId,
}

/// The owner of a leg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Owner {
    Caller(CallId),
    Seat(CallId),
    Feature(CallId),
}
