//! Calls: arrival, queue, connection, hold, end, voice quality.

use serde::{Deserialize, Serialize};

pub use primitives::{Party, RefusalCause};

use crate::{CallId, LineId, Number, QueueId, Requirement, SeatId, Skill, TrunkId};

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
}
