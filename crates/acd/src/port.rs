//! What goes in and out of the dispatcher.

use std::{collections::BTreeMap, time::Duration};

use model::{
    AccountName, CallId, Event, NotReadyReason, OfferId, QueueId, SeatId, Skill, Timestamp,
    event::{MissedReason, QueueExit, RefusalCause, SeatActor},
};

/// What the dispatcher is told. Whatever names a seat, call or offer it does
/// not know (any more) changes nothing: messages cross.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The seat's phone can be reached: its first contact registered.
    SeatReached {
        /// The seat.
        seat: SeatId,
    },
    /// The seat's last contact is gone.
    SeatUnreached {
        /// The seat.
        seat: SeatId,
    },
    /// The seat's phone is in a call of its own.
    SeatBusy {
        /// The seat.
        seat: SeatId,
    },
    /// That call is over.
    SeatFree {
        /// The seat.
        seat: SeatId,
    },
    /// A call wants a seat. Answered by `CallQueued` or `Refused`.
    Enqueue {
        /// The call.
        call: CallId,
        /// Where it waits.
        queue: QueueId,
        /// What a seat must know, and at least how well.
        skills: BTreeMap<Skill, u8>,
        /// 0 is ordinary; higher goes first.
        priority: u8,
        /// Since when it counts as waiting: its place among equals.
        since: Timestamp,
    },
    /// The caller is gone, whatever the call did.
    Leave {
        /// The call.
        call: CallId,
    },
    /// The seat's phone rings.
    Ringing {
        /// For which offer.
        offer: OfferId,
    },
    /// The seat picked up.
    Answered {
        /// Which offer.
        offer: OfferId,
    },
    /// The seat did not take the call; its leg is gone.
    Missed {
        /// Which offer.
        offer: OfferId,
        /// What the phone did.
        reason: MissedReason,
        /// Its final SIP answer.
        code: u16,
    },
    /// The seat could not be rung, because no voice port was free. The offer is taken back, the
    /// seat keeps its place, and nobody is rung until [`Input::PortsFree`].
    NotRung {
        /// Which offer.
        offer: OfferId,
    },
    /// There is a free voice port again: seats may be rung.
    PortsFree,
    /// Caller and seat no longer talk: after-call work begins.
    TalkEnded {
        /// The call.
        call: CallId,
    },
    /// Take no more calls; those still waiting at `until` leave as `Draining`.
    Drain {
        /// The last moment a waiting call may wait.
        until: Timestamp,
    },
    /// `poll_timeout` has come.
    Timeout,
}

/// What the dispatcher wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Put this on the record.
    Event(Event),
    /// Ring this seat for this call, until it answers, misses, or the offer is withdrawn.
    Offer {
        /// The offer: name it in every answer.
        offer: OfferId,
        /// The call.
        call: CallId,
        /// The seat.
        seat: SeatId,
        /// When the dispatcher ends it by itself, by `Withdraw`.
        until: Timestamp,
    },
    /// Stop ringing this seat. If its answer crosses this, end that leg: the offer is over.
    Withdraw {
        /// The offer.
        offer: OfferId,
        /// The call.
        call: CallId,
        /// The seat.
        seat: SeatId,
        /// Why.
        why: WithdrawReason,
    },
    /// This call left its queue by rule; it is the caller's turn to be told.
    Exit {
        /// The call.
        call: CallId,
        /// The rule.
        exit: QueueExit,
    },
    /// This call was not taken into its queue; nothing of it is on the record here.
    Refused {
        /// The call.
        call: CallId,
        /// Why: `QueueFull`, `Draining`, or `NoSuchLine` when there is no such queue.
        refusal: RefusalCause,
    },
}

/// Why a seat stops ringing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithdrawReason {
    /// It rang to the deadline, or never answered.
    Lapsed,
    /// The offer was taken back: somebody hung up, signed out, or the queue's rule moved the call.
    TakenBack,
}

/// What a person may want of a seat.
#[derive(Clone, Debug, PartialEq)]
pub enum AgentCommand {
    /// Sign in.
    LogIn {
        /// Where.
        seat: SeatId,
        /// Who sits there, when known.
        agent: Option<AccountName>,
        /// Who asks.
        by: SeatActor,
    },
    /// Sign out; while talking, when the call ends.
    LogOut {
        /// The seat.
        seat: SeatId,
        /// Who asks.
        by: SeatActor,
    },
    /// Take calls; ends wrap-up early.
    Ready {
        /// The seat.
        seat: SeatId,
        /// Who asks.
        by: SeatActor,
    },
    /// Take no calls; while talking, when the call ends.
    NotReady {
        /// The seat.
        seat: SeatId,
        /// Why.
        reason: NotReadyReason,
        /// Who asks.
        by: SeatActor,
    },
    /// More time for after-call work.
    ExtendWrapUp {
        /// The seat.
        seat: SeatId,
        /// How much more, up to the limit of one wrap-up.
        by_how_much: Duration,
        /// Who asks.
        by: SeatActor,
    },
}

impl AgentCommand {
    /// The seat it is about.
    pub fn seat(&self) -> SeatId {
        match self {
            AgentCommand::LogIn { seat, .. }
            | AgentCommand::LogOut { seat, .. }
            | AgentCommand::Ready { seat, .. }
            | AgentCommand::NotReady { seat, .. }
            | AgentCommand::ExtendWrapUp { seat, .. } => *seat,
        }
    }
}

/// Why a seat's state does not allow a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNowReason {
    /// The person is signed in at another seat.
    SignedInElsewhere,
    /// Another person is signed in at the seat.
    SeatTaken,
    /// Nobody is signed in at the seat.
    SignedOut,
    /// The seat's phone cannot be reached.
    PhoneUnreachable,
    /// The seat is not in wrap-up.
    NotInWrapUp,
    /// The wrap-up is as long as one may be.
    WrapUpAtMost,
}

impl NotNowReason {
    /// All of them.
    pub const ALL: [NotNowReason; 6] = [
        NotNowReason::SignedInElsewhere,
        NotNowReason::SeatTaken,
        NotNowReason::SignedOut,
        NotNowReason::PhoneUnreachable,
        NotNowReason::NotInWrapUp,
        NotNowReason::WrapUpAtMost,
    ];

    /// The word the API and the page use.
    pub fn as_str(self) -> &'static str {
        match self {
            NotNowReason::SignedInElsewhere => "signed_in_elsewhere",
            NotNowReason::SeatTaken => "seat_taken",
            NotNowReason::SignedOut => "signed_out",
            NotNowReason::PhoneUnreachable => "phone_unreachable",
            NotNowReason::NotInWrapUp => "not_in_wrap_up",
            NotNowReason::WrapUpAtMost => "wrap_up_at_most",
        }
    }
}

/// Why a command was not granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// No such seat in the policy.
    NoSuchSeat,
    /// Not in this state.
    NotNow {
        /// Why, as a word for programs.
        reason: NotNowReason,
        /// What the state is, in a sentence.
        state: String,
        /// The wishes that would be granted now: `log_in`, `log_out`, `ready`,
        /// `not_ready`, `extend_wrap_up`.
        allowed: Vec<&'static str>,
    },
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Rejected::NoSuchSeat => f.write_str("no such seat"),
            Rejected::NotNow { state, allowed, .. } => {
                write!(f, "not now: {state}; possible now: {}", allowed.join(", "))
            }
        }
    }
}

impl std::error::Error for Rejected {}
