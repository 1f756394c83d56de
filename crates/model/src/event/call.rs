//! A call's life: arrived, queued, connected, ended.

use serde::{Deserialize, Serialize};

pub use primitives::{Party, RefusalCause};

use crate::{CallId, LineId, Number, QueueId, SeatId, Skill, TrunkId};

/// A caller reached us and was admitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallArrived {
    /// The call.
    pub call: CallId,
    /// Who calls.
    pub caller: Number,
    /// What they dialled (DNIS).
    pub dialled: Number,
    /// The line this belongs to.
    pub line: LineId,
    /// The trunk it came on.
    pub trunk: TrunkId,
}

/// A caller was turned away: busy and blocked attempts are data, not silence (CALL-06).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallRefused {
    /// An id of its own, though no call came of it: the missed-call item names it.
    pub call: CallId,
    /// Who called.
    pub caller: Number,
    /// What they dialled.
    pub dialled: Number,
    /// The trunk it came on, when known.
    pub trunk: Option<TrunkId>,
    /// The SIP answer we gave.
    pub code: u16,
    /// Why.
    pub cause: RefusalCause,
}

/// We answered: the greeting plays and the recording runs.
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
    /// Where.
    pub queue: QueueId,
    /// What a seat must know.
    pub skills: Vec<Skill>,
    /// 0 is ordinary; higher goes first.
    pub priority: u8,
    /// Its place when it joined, from 1.
    pub position: u32,
    /// How long it would wait, in ms, as far as could be said; the ring not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_ms: Option<u64>,
}

/// Caller and seat hear each other. `CONNECT`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallConnected {
    /// The call.
    pub call: CallId,
    /// The queue it waited in.
    pub queue: QueueId,
    /// Who answered.
    pub seat: SeatId,
    /// From entering the queue to here, ring included, in ms.
    pub wait_ms: u64,
    /// How long this seat rang, in ms.
    pub ring_ms: u64,
}

/// One side put the other on hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallHeld {
    /// The call.
    pub call: CallId,
    /// Who pressed hold.
    pub by: Party,
}

/// The held side is back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallResumed {
    /// The call.
    pub call: CallId,
    /// Who pressed resume.
    pub by: Party,
}

/// A key was pressed (RFC 4733 or INFO).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallKeyed {
    /// The call.
    pub call: CallId,
    /// Who pressed.
    pub by: Party,
    /// `0`-`9`, `*`, `#`, `A`-`D`.
    pub key: char,
}

/// A side is heard from a source of voice that nothing vouches for: its SDP's address cannot be
/// reached from here, no host that signalling names speaks, and the source was alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoiceSourceAssumed {
    /// The call.
    pub call: CallId,
    /// Which side.
    pub by: Party,
}

/// The call left the queue by rule, not by answer and not by the caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallLeftQueue {
    /// The call.
    pub call: CallId,
    /// The queue it left.
    pub queue: QueueId,
    /// By which rule.
    pub exit: QueueExit,
    /// How long it had waited, in ms.
    pub wait_ms: u64,
}

/// The rule by which a call left the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueExit {
    /// Longest wait reached. `EXITWITHTIMEOUT`
    Timeout,
    /// Nobody logged in serves it. `EXITEMPTY`
    Empty,
    /// To another queue.
    Overflow,
    /// The engine drains.
    Draining,
}

/// The call is over. `ABANDON`, `COMPLETECALLER`, `COMPLETEAGENT`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallEnded {
    /// The call.
    pub call: CallId,
    /// How it ended.
    pub end: CallEnd,
    /// The seat it talked with last, when it did.
    pub seat: Option<SeatId>,
    /// From arrival to here, in ms.
    pub total_ms: u64,
    /// In the queue, ring included, in ms.
    pub wait_ms: u64,
    /// With seats, in ms.
    pub talk_ms: u64,
}

/// What the voice of a call was like, measured until its relay closed, which is after `CallEnded`.
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
    /// What we received from the far end; `None` when nothing came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<StreamQuality>,
    /// What the far end received from us, as its reports say; `None` when it sent none.
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

/// How a call ended.
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
    /// We turned it away after it had arrived (`CallRefused` says why).
    Refused,
    /// Voice or signalling of the caller went silent.
    Lost,
    /// The engine drained with the call up.
    Drained,
    /// The engine died with the call up; found at the next start. `NODEFAIL`
    NodeFailed,
    /// Something impossible happened and was contained.
    Fault,
    /// Somebody who was not in the call ended it from the console: a supervisor or an admin.
    SupervisorHungUp,
}
