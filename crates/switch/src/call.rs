//! One call in the switch, from arrival to release.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use ivr::Walk;
use media::PromptId;
use model::{
    CallId, LegId, LineId, Number, OfferId, QueueId, RemoteMedia, SeatId, Timestamp, TrunkId,
    event::{CallEnd, LegRole, Party},
};

use crate::{MenuPlan, keys::Keys};

/// A call of a citizen.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) line: LineId,
    pub(crate) trunk: TrunkId,
    pub(crate) caller: Number,
    pub(crate) queue: QueueId,
    /// The caller's leg.
    pub(crate) leg: LegId,
    pub(crate) arrived: Timestamp,
    pub(crate) queued: Timestamp,
    /// The time in queues, all visits together, without the present one.
    pub(crate) wait: Duration,
    /// The time with seats, all talks together.
    pub(crate) talk: Duration,
    /// The seat of the last talk.
    pub(crate) talked_with: Option<SeatId>,
    /// The legs besides the caller's and that of the seat which has the call.
    pub(crate) guests: Vec<Guest>,
    /// The second leg of the phone that has the call, with which it consults.
    pub(crate) second: Option<SecondLeg>,
    /// The legs whose phones hold.
    pub(crate) holding: BTreeSet<LegId>,
    /// Whether the caller is held from the console, and why.
    pub(crate) hold: Option<Hold>,
    /// Until when the caller's keys stand in no log, after a menu asked for a secret number.
    pub(crate) secret_until: Timestamp,
    /// Recent keys that may also arrive the other way.
    pub(crate) keys: Keys,
    /// Whether the first announcement was played.
    pub(crate) announced: bool,
    /// The menu that the caller is in.
    pub(crate) menu: Option<Box<MenuCall>>,
    pub(crate) stage: Stage,
}

/// A caller in a menu.
#[derive(Debug)]
pub(crate) struct MenuCall {
    /// The menu as it was when the caller entered it.
    pub(crate) plan: Arc<MenuPlan>,
    pub(crate) walk: Walk,
    pub(crate) entered: Timestamp,
    pub(crate) keys: u32,
    /// The greeting of the line, until it is played.
    pub(crate) greeting: Vec<PromptId>,
}

/// The stage of a call, with its deadline or leg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stage {
    /// The caller is in a menu, which goes on at `until` when no key is pressed before.
    Menu {
        /// The wait for a key once the prompts have ended; `None` when it has begun.
        wait: Option<Duration>,
        /// When the prompts end by their length.
        prompts_end: Timestamp,
        until: Timestamp,
    },
    /// The caller hears greeting and music; no seat rings.
    Waiting,
    /// The caller hears music; one seat rings.
    Ringing { offer: OfferId, seat: SeatId, leg: LegId, since: Timestamp },
    /// The caller talks with a seat.
    Talking { seat: SeatId, leg: LegId, since: Timestamp },
    /// The call was transferred to a seat, which rings; the caller hears music. At `until` the
    /// transfer has failed.
    Transferring {
        to: SeatId,
        leg: LegId,
        since: Timestamp,
        until: Timestamp,
        /// The seat that gets the call back when the transfer fails; `None` when this is that
        /// attempt.
        from: Option<SeatId>,
    },
    /// The call was transferred to an outside number, which is a guest that rings or talks; no seat
    /// has it.
    Outside {
        /// The seat that gets the call back when the number does not answer; `None` when it has
        /// answered.
        from: Option<SeatId>,
    },
    /// The caller hears what to do (`begun` is `None`), then leaves a message, until `until` at the
    /// latest.
    Message { begun: Option<Timestamp>, until: Timestamp },
    /// The call left its queue without a seat. The caller hears a prompt; the call ends as `end`,
    /// at `until` at the latest.
    Leaving { end: CallEnd, until: Timestamp },
    /// The call is over. The voice thread flushes the recording and frees the ports. The switch
    /// forgets the call at `until` when that thread does not answer.
    Closing { until: Timestamp },
}

/// A leg that was asked into a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Guest {
    pub(crate) leg: LegId,
    pub(crate) role: LegRole,
    pub(crate) state: GuestState,
}

/// A leg that the phone of the seat dialled to ask a colleague, beside its leg to the caller.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SecondLeg {
    pub(crate) leg: LegId,
    /// The colleague's leg; both hear each other only.
    pub(crate) guest: LegId,
    pub(crate) rtp_port: u16,
    /// Whether it was answered, because the colleague was there.
    pub(crate) is_accepted: bool,
    /// The phone's media; `None` until its ACK, for a late offer.
    pub(crate) remote: Option<RemoteMedia>,
}

/// Whether a guest rings or is in the call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum GuestState {
    /// It rings, until this time at the latest.
    Ringing { since: Timestamp, until: Timestamp },
    /// It is in the call.
    Joined { since: Timestamp },
}

/// The reason why a caller is held from the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// The agent holds.
    ByAgent,
    /// A guest was asked; the hold ends by itself when the guest leaves.
    Consultation,
}

impl Guest {
    /// Whether the agent asked it, and it is not a supervisor.
    pub(crate) fn is_asked(&self) -> bool {
        matches!(self.role, LegRole::Colleague { .. } | LegRole::External { .. })
    }

    pub(crate) fn is_joined(&self) -> bool {
        matches!(self.state, GuestState::Joined { .. })
    }
}

impl Call {
    /// The seats whose phones are in the call, once for each leg.
    pub(crate) fn seats(&self) -> impl Iterator<Item = SeatId> {
        let talking = match self.stage {
            Stage::Talking { seat, .. } => Some(seat),
            _ => None,
        };
        let second = self.second.as_ref().filter(|second| second.is_accepted).and(talking);
        let joined = self.guests.iter().filter(|guest| guest.is_joined());
        talking.into_iter().chain(second).chain(joined.filter_map(|guest| guest.role.seat()))
    }

    /// The leg of the seat that rings for the call or has it.
    pub(crate) fn seat_leg(&self) -> Option<LegId> {
        match self.stage {
            Stage::Ringing { leg, .. }
            | Stage::Talking { leg, .. }
            | Stage::Transferring { leg, .. } => Some(leg),
            Stage::Menu { .. }
            | Stage::Waiting
            | Stage::Outside { .. }
            | Stage::Message { .. }
            | Stage::Leaving { .. }
            | Stage::Closing { .. } => None,
        }
    }

    /// Whether it is not over.
    pub(crate) fn is_up(&self) -> bool {
        !matches!(self.stage, Stage::Closing { .. })
    }

    /// Whether a key that the caller presses now belongs to a secret number. Whoever types too many
    /// digits types them in one go.
    pub(crate) fn is_secret_key(&mut self, now: Timestamp) -> bool {
        if self.menu.as_ref().is_some_and(|menu| menu.walk.is_secret()) {
            self.secret_until = now + SECRET_AFTER;
        }
        now < self.secret_until
    }

    /// Whether a seat is connected to it.
    pub(crate) fn is_talking(&self) -> bool {
        matches!(self.stage, Stage::Talking { .. })
    }

    /// Which party a leg is; `None` when it is not in the call.
    pub(crate) fn party(&self, leg: LegId) -> Option<Party> {
        if leg == self.leg {
            return Some(Party::Caller);
        }
        let is_second = self.second.as_ref().is_some_and(|second| second.leg == leg);
        if self.seat_leg() == Some(leg) || is_second {
            return Some(Party::Seat);
        }
        self.guest(leg).map(|guest| match guest.role {
            LegRole::Colleague { .. } | LegRole::External { .. } => Party::Guest,
            LegRole::Supervisor { .. } => Party::Supervisor,
        })
    }

    pub(crate) fn guest(&self, leg: LegId) -> Option<&Guest> {
        self.guests.iter().find(|guest| guest.leg == leg)
    }

    /// The supervisor at the phone of a seat.
    pub(crate) fn supervisor_at(&self, seat: SeatId) -> Option<&Guest> {
        self.guests.iter().find(
            |guest| matches!(guest.role, LegRole::Supervisor { seat: own, .. } if own == seat),
        )
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
    /// The seat that rings for the call from its queue, or has it.
    Seat(CallId),
    Guest(CallId),
    /// The second leg of the phone of the seat.
    Second(CallId),
    Feature(CallId),
}

/// How long after a secret digit further keys are taken for a part of the same number.
const SECRET_AFTER: Duration = Duration::from_secs(5);
