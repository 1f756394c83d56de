//! Calls: arrival, queue, connection, hold, end, voice quality.

use serde::{Deserialize, Serialize};

pub use primitives::{Party, RefusalCause};

use crate::{
    CallId, LegId, LineId, MenuId, Number, QueueId, Requirement, SeatId, Skill, TrunkId,
    event::SeatActor,
};

/// A call arrived and was admitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallArrived {
    /// The call.
    pub call: CallId,
    /// The caller's number.
    pub caller: Number,
    /// The number dialled (DNIS).
    pub dialled: Number,
    /// The line this belongs to.
    pub line: LineId,
    /// The trunk it came on.
    pub trunk: TrunkId,
}

/// A call was refused: busy and blocked attempts are counted too (CALL-06).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallRefused {
    /// An id for the attempt, which was no call: the missed-call item refers to it.
    pub call: CallId,
    /// The caller's number.
    pub caller: Number,
    /// The number dialled.
    pub dialled: Number,
    /// The trunk it came on, when known.
    pub trunk: Option<TrunkId>,
    /// The SIP status we answered with.
    pub code: u16,
    /// The cause.
    pub cause: RefusalCause,
}

/// The call was answered: the greeting plays and the recording runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallAccepted {
    /// The call.
    pub call: CallId,
}

/// The call waits for a seat. `ENTERQUEUE`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallQueued {
    /// The call.
    pub call: CallId,
    /// The queue.
    pub queue: QueueId,
    /// The required skills, without their levels. Logs written before [`CallQueued::requirement`]
    /// was recorded have only these.
    pub skills: Vec<Skill>,
    /// The skills that the call requires of a seat. Empty in logs written before this was recorded.
    #[serde(default, skip_serializing_if = "Requirement::is_empty")]
    pub requirement: Requirement,
    /// 0 is ordinary; higher goes first.
    pub priority: u8,
    /// Its position when it joined, from 1.
    pub position: u32,
    /// The expected wait in ms, without the ring; `None` when it could not be estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_ms: Option<u64>,
    /// Whether the call had an agent before and was transferred here. It is the same contact: it is
    /// not offered, answered or abandoned a second time in the figures of queues.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transferred: bool,
    /// The time in ms that the call waited before and that counts for its place in this queue: a
    /// call that comes back from a failed transfer does not start at the end.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub waited_ms: u64,
}

/// Caller and seat are connected. `CONNECT`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallConnected {
    /// The call.
    pub call: CallId,
    /// The queue it waited in.
    pub queue: QueueId,
    /// The seat that answered.
    pub seat: SeatId,
    /// The time in the queue, ring included, in ms.
    pub wait_ms: u64,
    /// The ring time of this seat, in ms.
    pub ring_ms: u64,
}

/// A leg was asked into a call, or a supervisor asked to be connected: its phone is dialled. It ends
/// with one [`LegLeft`]. The caller's leg and those of the seats that take the call from a queue have
/// no such event: their stay is in [`CallArrived`], [`CallConnected`], [`CallTransferred`] and
/// [`CallEnded`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegDialled {
    /// The call.
    pub call: CallId,
    /// The leg, unique in the call.
    pub leg: LegId,
    /// Its part in the call.
    pub role: LegRole,
    /// The person or phone that asked for it.
    pub by: SeatActor,
}

/// The leg was answered and is in the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegJoined {
    /// The call.
    pub call: CallId,
    /// The leg.
    pub leg: LegId,
    /// Its part in the call.
    pub role: LegRole,
    /// How long it rang, in ms.
    pub ring_ms: u64,
}

/// A supervisor changed from listening to whispering or speaking, or back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MonitorModeSet {
    /// The call.
    pub call: CallId,
    /// The supervisor's leg.
    pub leg: LegId,
    /// The seat at whose phone the supervisor is.
    pub seat: SeatId,
    /// The mode from now on.
    pub mode: MonitorMode,
    /// The person who changed it.
    pub by: SeatActor,
}

/// The leg left the call, or was not answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegLeft {
    /// The call.
    pub call: CallId,
    /// The leg.
    pub leg: LegId,
    /// Its part in the call.
    pub role: LegRole,
    /// Why.
    pub end: LegLeftReason,
    /// How long it was in the call, in ms; `None` when it was not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_ms: Option<u64>,
}

/// The part of a further leg in a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "role")]
pub enum LegRole {
    /// A colleague whom the agent asked.
    Colleague {
        /// The colleague's seat.
        seat: SeatId,
    },
    /// A supervisor.
    Supervisor {
        /// The seat at whose phone the supervisor is.
        seat: SeatId,
        /// Whether the supervisor listens, whispers or speaks, at the time of the event.
        mode: MonitorMode,
    },
    /// An outside number that the agent called.
    External {
        /// The number.
        number: Number,
    },
}

impl LegRole {
    /// The seat of the leg's phone; `None` for an outside number.
    pub fn seat(&self) -> Option<SeatId> {
        match self {
            LegRole::Colleague { seat } | LegRole::Supervisor { seat, .. } => Some(*seat),
            LegRole::External { .. } => None,
        }
    }

    /// The outside number, to be masked before it is shown.
    pub fn number_mut(&mut self) -> Option<&mut Number> {
        match self {
            LegRole::External { number } => Some(number),
            LegRole::Colleague { .. } | LegRole::Supervisor { .. } => None,
        }
    }
}

/// The use of a supervisor's voice in a call.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MonitorMode {
    /// Nobody hears the supervisor. 监听
    Listen,
    /// Only the agent hears the supervisor. 耳语
    Whisper,
    /// All hear the supervisor. 强插
    Barge,
}

/// Why a further leg left a call.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LegLeftReason {
    /// Its phone did not answer, or refused.
    Unanswered,
    /// It hung up, or its phone was lost.
    HungUp,
    /// A person removed it from the call.
    Removed,
    /// It took the call over: it is the agent's leg from now on.
    TookOver,
    /// The call ended.
    CallEnded,
}

/// An agent gave the call to someone else: the agent's talk is over, the call goes on.
/// `BLINDTRANSFER`, `ATTENDEDTRANSFER`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallTransferred {
    /// The call.
    pub call: CallId,
    /// The seat whose talk is over.
    pub seat: SeatId,
    /// The new party.
    pub to: TransferTarget,
    /// Whether the agent had talked with the new party before, or a supervisor took the call over.
    pub attended: bool,
    /// The person or phone that transferred it.
    pub by: SeatActor,
    /// The talk time with this seat, in ms.
    pub talk_ms: u64,
}

/// The new party of a transferred call.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TransferTarget {
    /// A seat.
    Seat(SeatId),
    /// A queue.
    Queue(QueueId),
    /// An outside number.
    Number(Number),
}

impl TransferTarget {
    /// The outside number, to be masked before it is shown.
    pub fn number_mut(&mut self) -> Option<&mut Number> {
        match self {
            TransferTarget::Number(number) => Some(number),
            TransferTarget::Seat(_) | TransferTarget::Queue(_) => None,
        }
    }
}

/// A seat has the call without an offer from a queue: after a transfer, or because a transfer failed
/// and the call came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TalkTaken {
    /// The call.
    pub call: CallId,
    /// The seat.
    pub seat: SeatId,
    /// How long its phone rang, in ms; 0 when it was in the call already.
    pub ring_ms: u64,
}

/// The seat or number to which a call was transferred did not take it. The call goes back to the seat that
/// transferred it, then to its queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransferFailed {
    /// The call.
    pub call: CallId,
    /// The seat that did not take it; `None` when an outside number did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatId>,
    /// The phone's final SIP answer; `None` when it rang to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
}

/// One side put the other on hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallHeld {
    /// The call.
    pub call: CallId,
    /// The side that held.
    pub by: Party,
}

/// The held side was resumed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallResumed {
    /// The call.
    pub call: CallId,
    /// The side that resumed.
    pub by: Party,
}

/// A key was pressed (RFC 4733 or INFO).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallKeyed {
    /// The call.
    pub call: CallId,
    /// The side that pressed it.
    pub by: Party,
    /// `0`-`9`, `*`, `#`, `A`-`D`.
    pub key: char,
}

/// Voice of a side is taken from a source that nothing vouches for: the address of its SDP is
/// unreachable from here, no host named by signalling sends, and the source was the only one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoiceSourceAssumed {
    /// The call.
    pub call: CallId,
    /// The side.
    pub by: Party,
}

/// The caller entered the menu of the line, before any queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MenuEntered {
    /// The call.
    pub call: CallId,
    /// The menu.
    pub menu: MenuId,
}

/// A node of the menu was dealt with. A node that asks again is dealt with once for each try.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MenuVisited {
    /// The call.
    pub call: CallId,
    /// The name of the node in the menu's file.
    pub node: String,
    /// The outcome.
    #[serde(flatten)]
    pub outcome: MenuOutcome,
}

/// The outcome of a visit of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum MenuOutcome {
    /// Its prompts were played, or its values set, or it was a way out.
    Done,
    /// A key of the choice was pressed.
    Key {
        /// `0`-`9`, `*`, `#`.
        key: char,
    },
    /// Digits were typed.
    Digits {
        /// The digits.
        digits: String,
    },
    /// Digits were typed that the menu calls secret; they are in no record.
    SecretDigits {
        /// How many.
        count: u32,
    },
    /// A key without a meaning was pressed, or too few digits were typed.
    Wrong,
    /// No key was pressed in time.
    TimedOut,
    /// A case of a branch held.
    Case {
        /// Which, from 1; 0: none did.
        case: u32,
    },
}

/// The caller left the menu. Time in a menu does not count as waiting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MenuLeft {
    /// The call.
    pub call: CallId,
    /// The menu.
    pub menu: MenuId,
    /// Where the caller went.
    pub exit: MenuExit,
    /// The time in the menu, in ms.
    pub menu_ms: u64,
}

/// Where a caller went from a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MenuExit {
    /// To a queue.
    Queue,
    /// To a queue's voicemail.
    Voicemail,
    /// The menu ended the call.
    HungUp,
    /// The caller hung up.
    CallerHungUp,
    /// The caller was in the menu for too long and went to the queue of the line.
    Limit,
    /// The call ended for another reason.
    CallEnded,
}

/// The call left the queue by rule, not by answer and not by the caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallLeftQueue {
    /// The call.
    pub call: CallId,
    /// The queue it left.
    pub queue: QueueId,
    /// The rule.
    pub exit: QueueExit,
    /// The time in the queue, in ms.
    pub wait_ms: u64,
}

/// A waiting call was moved to another queue, because its queue was removed from the config. It keeps
/// the time that it has waited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallMoved {
    /// The call.
    pub call: CallId,
    /// The queue that was removed.
    pub from: QueueId,
    /// The queue it waits in from now on.
    pub to: QueueId,
    /// Its position there, from 1.
    pub position: u32,
}

/// The rule by which a call left the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueExit {
    /// Longest wait reached. `EXITWITHTIMEOUT`
    Timeout,
    /// No logged-in seat serves the queue. `EXITEMPTY`
    Empty,
    /// It moved to another queue.
    Overflow,
    /// The engine drains.
    Draining,
    /// The caller chose by key to leave a message. `EXITWITHKEY`
    Voicemail,
}

/// A caller left a message, which is a part of the call's recording. The call's missed-call item asks
/// for a call back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoicemailLeft {
    /// The call.
    pub call: CallId,
    /// The queue that it left.
    pub queue: QueueId,
    /// Where the message begins in the recording, in ms.
    pub from_ms: u64,
    /// How long it is, in ms.
    pub length_ms: u64,
}

/// The call is over. `ABANDON`, `COMPLETECALLER`, `COMPLETEAGENT`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallEnded {
    /// The call.
    pub call: CallId,
    /// The end.
    pub end: CallEnd,
    /// The seat it talked with last, when it did.
    pub seat: Option<SeatId>,
    /// The time from arrival, in ms.
    pub total_ms: u64,
    /// The time in the queue, ring included, in ms.
    pub wait_ms: u64,
    /// The talk time with seats, in ms.
    pub talk_ms: u64,
}

/// The voice quality of a call, measured until its relay closed, which is after `CallEnded`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoiceMeasured {
    /// The call.
    pub call: CallId,
    /// Between the caller and us.
    pub caller: LegQuality,
    /// Between us and the seat or seats that answered; `None` when none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<LegQuality>,
}

/// Voice on one leg, both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LegQuality {
    /// The stream received from the far end; `None` when nothing came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<StreamQuality>,
    /// The stream the far end received from us, by its RTCP reports; `None` when it sent none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<StreamQuality>,
    /// There and back, in ms, as of the far end's last report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<u32>,
}

/// Voice in one direction (RFC 3550 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StreamQuality {
    /// RTP packets received, or sent.
    pub packets: u64,
    /// RTP packets that were expected and did not arrive.
    pub lost: u64,
    /// Interarrival jitter at the end, in ms (RFC 3550 A.8).
    pub jitter_ms: f32,
    /// Mean opinion score, 1.0 to 4.4, estimated from loss and delay (ITU-T G.107).
    pub mos: f32,
}

/// The way a call ended.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CallEnd {
    /// The caller hung up after talking. `COMPLETECALLER`
    CallerHungUp,
    /// The seat hung up. `COMPLETEAGENT`
    SeatHungUp,
    /// The caller left before a seat answered. `ABANDON`
    Abandoned,
    /// The queue's rule ended it. `EXITWITHTIMEOUT`, `EXITEMPTY`
    QueueExit,
    /// It was refused after it had arrived (`CallRefused` has the cause).
    Refused,
    /// The caller's voice and signalling stopped.
    Lost,
    /// The engine drained with the call up.
    Drained,
    /// The engine crashed during the call; recorded at the next start. `NODEFAIL`
    NodeFailed,
    /// An internal fault was contained.
    Fault,
    /// A supervisor or admin, not a party of the call, ended it from the console.
    SupervisorHungUp,
    /// The outside number that the call was transferred to hung up.
    OutsideHungUp,
    /// The caller left a message for a call back.
    MessageLeft,
    /// The caller hung up in a menu: the call was not offered to a queue.
    LeftInMenu,
    /// A menu ended the call, which was not offered to a queue.
    MenuEnded,
}

impl CallEnd {
    /// Whether the call ended in a menu, before any queue, because the caller hung up or the menu ended
    /// it. Its caller is owed no call back.
    pub fn is_in_menu(self) -> bool {
        matches!(self, CallEnd::LeftInMenu | CallEnd::MenuEnded)
    }
}
