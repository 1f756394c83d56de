//! The dispatcher's inputs, outputs and commands.

use std::{collections::BTreeMap, time::Duration};

use model::{
    AccountName, CallId, Event, NotReadyReason, OfferId, QueueId, RoutingProfile, SeatId, Skill,
    Timestamp,
    event::{MissedReason, QueueExit, RefusalCause, SeatActor},
};

/// The inputs of the dispatcher. An input about a seat, call or offer that it does not know, or
/// does not know any more, changes nothing, because messages cross.
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
    /// The seat's phone is in a call that the dispatcher did not make.
    SeatBusy {
        /// The seat.
        seat: SeatId,
    },
    /// That call is over.
    SeatFree {
        /// The seat.
        seat: SeatId,
    },
    /// A call waits for a seat. Answered by `CallQueued` or `Refused`.
    Enqueue {
        /// The call.
        call: CallId,
        /// The queue.
        queue: QueueId,
        /// The lowest acceptable level by required skill.
        skills: BTreeMap<Skill, u8>,
        /// The priority; 0 is ordinary, and higher goes first.
        priority: u8,
        /// The start of its wait, which decides among equals.
        since: Timestamp,
        /// Whether it had an agent before and was transferred.
        transferred: bool,
    },
    /// The caller chose to leave a message: the call leaves its queue as [`QueueExit::Voicemail`].
    ChooseVoicemail {
        /// The call.
        call: CallId,
    },
    /// The caller hung up, whatever the call did.
    Leave {
        /// The call.
        call: CallId,
    },
    /// The seat's phone rings.
    Ringing {
        /// The offer.
        offer: OfferId,
    },
    /// The seat picked up.
    Answered {
        /// The offer.
        offer: OfferId,
    },
    /// The seat did not take the call; its leg is gone.
    Missed {
        /// The offer.
        offer: OfferId,
        /// The behaviour of the phone.
        reason: MissedReason,
        /// Its final SIP answer.
        code: u16,
    },
    /// The seat could not be rung because no voice port was free. The offer is taken back, the seat
    /// stays as idle as before, and no seat is rung until [`Input::PortsFree`].
    NotRung {
        /// The offer.
        offer: OfferId,
    },
    /// A voice port is free again: seats may be rung.
    PortsFree,
    /// Caller and seat no longer talk: after-call work begins.
    TalkEnded {
        /// The call.
        call: CallId,
    },
    /// A seat has a call without an offer: it was transferred to the seat. The seat talks from now
    /// on, whatever it did before. After its wrap-up it is ready again, or not ready for the reason
    /// that a person gave before.
    TalkTaken {
        /// The call.
        call: CallId,
        /// The seat.
        seat: SeatId,
        /// The queue that the call came from; its wrap-up counts.
        queue: QueueId,
        /// How long the phone rang, in ms.
        ring_ms: u64,
    },
    /// The dispatcher refuses new calls; those still waiting at `until` leave as `Draining`.
    Drain {
        /// The last moment a waiting call may wait.
        until: Timestamp,
    },
    /// `poll_timeout` has come.
    Timeout,
}

/// The outputs of the dispatcher, for its driver.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Write this event to the log.
    Event(Event),
    /// Ring this seat for this call, until it answers, misses, or the offer is withdrawn.
    Offer {
        /// The offer, which every answer has to name.
        offer: OfferId,
        /// The call.
        call: CallId,
        /// The seat.
        seat: SeatId,
        /// The time at which the dispatcher ends it with `Withdraw`.
        until: Timestamp,
    },
    /// Stop ringing this seat. If the seat's answer crosses this, its leg has to be ended.
    Withdraw {
        /// The offer.
        offer: OfferId,
        /// The call.
        call: CallId,
        /// The seat.
        seat: SeatId,
        /// The reason.
        why: WithdrawReason,
    },
    /// This call left its queue by a rule; the caller has to be told.
    Exit {
        /// The call.
        call: CallId,
        /// The rule.
        exit: QueueExit,
    },
    /// A seat that the policy does not have is not used any more: nobody is signed in there, and it
    /// does not talk.
    SeatRemoved {
        /// The seat.
        seat: SeatId,
    },
    /// This call was not taken into its queue, and no event was written about it.
    Refused {
        /// The call.
        call: CallId,
        /// The cause: `QueueFull`, `Draining`, or `NoSuchLine` when the queue does not exist.
        refusal: RefusalCause,
    },
}

/// The reason why a seat stops ringing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithdrawReason {
    /// It was not answered by the deadline.
    Lapsed,
    /// The caller hung up, the seat signed out, or a rule of the queue ended the wait.
    TakenBack,
}

/// The commands that a person may give to a seat.
#[derive(Clone, Debug, PartialEq)]
pub enum AgentCommand {
    /// Sign in.
    LogIn {
        /// The seat.
        seat: SeatId,
        /// The agent, when known.
        agent: Option<AccountName>,
        /// The person or phone that gives the command.
        by: SeatActor,
    },
    /// Sign out; while talking, when the call ends.
    LogOut {
        /// The seat.
        seat: SeatId,
        /// The person or phone that gives the command.
        by: SeatActor,
    },
    /// Take calls; ends wrap-up early.
    Ready {
        /// The seat.
        seat: SeatId,
        /// The person or phone that gives the command.
        by: SeatActor,
    },
    /// Take no calls; while talking, when the call ends.
    NotReady {
        /// The seat.
        seat: SeatId,
        /// The reason.
        reason: NotReadyReason,
        /// The person or phone that gives the command.
        by: SeatActor,
    },
    /// Extend the after-call work.
    ExtendWrapUp {
        /// The seat.
        seat: SeatId,
        /// The extension, up to the limit of one wrap-up.
        by_how_much: Duration,
        /// The person or phone that gives the command.
        by: SeatActor,
    },
}

impl AgentCommand {
    /// The seat of the command.
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

/// The reason why a seat's state does not allow a command.
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
    /// The wrap-up has reached its maximum.
    WrapUpAtMost,
}

impl NotNowReason {
    /// All reasons.
    pub const ALL: [NotNowReason; 6] = [
        NotNowReason::SignedInElsewhere,
        NotNowReason::SeatTaken,
        NotNowReason::SignedOut,
        NotNowReason::PhoneUnreachable,
        NotNowReason::NotInWrapUp,
        NotNowReason::WrapUpAtMost,
    ];

    /// The word in the API.
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

/// The reason why a command was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// The policy does not have the seat.
    NoSuchSeat,
    /// The seat's state does not allow the command.
    NotNow {
        /// The reason as a code.
        reason: NotNowReason,
        /// The state, as an English sentence.
        state: String,
        /// The commands that are allowed now: `log_in`, `log_out`, `ready`, `not_ready`,
        /// `extend_wrap_up`.
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

/// The commands of a supervisor for an agent's skills and queues.
#[derive(Clone, Debug, PartialEq)]
pub enum ProfileCommand {
    /// Use these skills and queues instead of the configured ones.
    Set {
        /// The agent, signed in or not.
        agent: AccountName,
        /// All skills and queues from now on.
        profile: RoutingProfile,
        /// The end of the change; `None`: when the agent signs out.
        until: Option<Timestamp>,
        /// The supervisor.
        by: SeatActor,
    },
    /// Use the configured skills and queues again.
    Withdraw {
        /// The agent.
        agent: AccountName,
        /// The supervisor.
        by: SeatActor,
    },
}

/// A reason why a policy cannot be adopted while calls go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAdopted {
    /// The new policy does not have this queue, callers wait in it, and no queue takes them over.
    QueueHasCallers {
        /// The queue.
        queue: QueueId,
        /// The number of waiting callers.
        callers: usize,
    },
    /// Callers are to be moved out of a queue that the new policy keeps.
    QueueStays {
        /// The queue.
        queue: QueueId,
    },
    /// Callers are to be moved from or to a queue that does not exist.
    NoSuchQueue {
        /// The queue.
        queue: QueueId,
    },
}

impl std::fmt::Display for NotAdopted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NotAdopted::QueueHasCallers { queue, callers } => write!(
                f,
                "{callers} callers wait in queue \"{queue}\", which the new config does not have; \
                 name the queue that takes them over (move_to), or keep the queue until they are \
                 answered"
            ),
            NotAdopted::QueueStays { queue } => write!(
                f,
                "queue \"{queue}\" is in the new config; only callers of a removed queue are moved"
            ),
            NotAdopted::NoSuchQueue { queue } => {
                write!(f, "there is no queue \"{queue}\" to move callers from or to")
            }
        }
    }
}

/// The reason why a change of a profile was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileRejected {
    /// The policy does not have the queue.
    NoSuchQueue(QueueId),
    /// The level of this skill is not 1 to 10.
    BadLevel(Skill),
    /// The tier in this queue is not 1 to 10.
    BadTier(QueueId),
    /// More than 64 skills, or a skill's name is empty or longer than 120 bytes.
    TooLarge,
    /// `until` is not in the future.
    EndsInThePast,
    /// There are as many temporary profiles as [`crate::Limits`] allows.
    TooMany,
    /// The agent has no temporary profile.
    NothingToWithdraw,
}

impl std::fmt::Display for ProfileRejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ProfileRejected::NoSuchQueue(queue) => write!(f, "there is no queue \"{queue}\""),
            ProfileRejected::BadLevel(skill) => {
                write!(f, "the level of skill \"{skill}\" has to be 1 to 10")
            }
            ProfileRejected::BadTier(queue) => {
                write!(f, "the tier in queue \"{queue}\" has to be 1 to 10")
            }
            ProfileRejected::TooLarge => {
                f.write_str("a profile has at most 64 skills with names of 1 to 120 bytes")
            }
            ProfileRejected::EndsInThePast => f.write_str("the end has to be in the future"),
            ProfileRejected::TooMany => f.write_str("there are too many temporary profiles"),
            ProfileRejected::NothingToWithdraw => f.write_str("the agent has no temporary profile"),
        }
    }
}

impl std::error::Error for ProfileRejected {}
