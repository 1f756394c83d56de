//! One call as the switch holds it, from arrival to release.

use std::time::Duration;

use model::{
    CallId, LegId, LineId, Number, OfferId, QueueId, SeatId, Timestamp, TrunkId,
    event::{CallEnd, Party},
};

use crate::keys::Keys;

/// A citizen's call.
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
    /// In the queue until the first answer, or until it left.
    pub(crate) wait: Duration,
    /// With seats, all talks together.
    pub(crate) talk: Duration,
    /// The seat it talked with last.
    pub(crate) talked_with: Option<SeatId>,
    /// Which sides have put the other on hold.
    pub(crate) holding: Holding,
    /// Keys that may yet come by the other way.
    pub(crate) keys: Keys,
    /// Whether the first announcement was made.
    pub(crate) announced: bool,
    pub(crate) stage: Stage,
}

/// Where a call is. A deadline or a leg lives in the stage it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stage {
    /// Hears greeting and music; no seat rings.
    Waiting,
    /// Hears music; one seat rings.
    Ringing { offer: OfferId, seat: SeatId, leg: LegId, since: Timestamp },
    /// With a seat.
    Talking { seat: SeatId, leg: LegId, since: Timestamp },
    /// Its queue let it go; hears why, then is ended as `end`, at `until` in any case.
    Leaving { end: CallEnd, until: Timestamp },
    /// Over: the voice thread flushes the recording and frees the ports. Forgotten at `until` if
    /// that thread does not answer.
    Closing { until: Timestamp },
}

/// Who holds.
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

/// A seat's own call to a feature code: accepted, told yes or no, hung up, at its deadline in any
/// case (`deadlines`).
#[derive(Debug)]
pub(crate) struct FeatureCall {
    pub(crate) leg: LegId,
    pub(crate) seat: SeatId,
}

/// What a leg belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Owner {
    Caller(CallId),
    Seat(CallId),
    Feature(CallId),
}
