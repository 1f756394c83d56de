//! What the recorder says, and what it is told about a call.

use primitives::{CallId, LineId, Number, SeatId, Timestamp};

/// What became of a recording, or of the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecorderEvent {
    /// The file is open.
    Started {
        /// The call.
        call: CallId,
        /// Its name once closed, below the recordings folder: `2026/11/22/1J8Z4QK0T3G.wav`.
        file: String,
    },
    /// The file is complete, synced, hashed, described and named.
    Closed {
        /// The call.
        call: CallId,
        /// Below the recordings folder.
        file: String,
        /// Its length in ms.
        length_ms: u64,
        /// Of the whole file, in hex.
        sha256: String,
        /// Silence filled in for the caller's side, in ms.
        caller_gap_ms: u64,
        /// Silence filled in for the hotline's side, in ms.
        hotline_gap_ms: u64,
    },
    /// The call is not recorded, or not to its end; what was written is kept and closed.
    Failed {
        /// The call.
        call: CallId,
        /// What went wrong, in a sentence.
        why: String,
    },
    /// A recording could not be begun, written or closed, for another reason than a full disk: the
    /// first failure since [`RecorderEvent::Working`].
    Failing {
        /// What went wrong, in a sentence.
        why: String,
    },
    /// Recordings are begun again, and none has failed for a minute.
    Working,
    /// Less is free than the low mark.
    DiskLow {
        /// Free, in bytes.
        free: u64,
    },
    /// Less is free than the full mark: new calls are not recorded.
    DiskFull {
        /// Free, in bytes.
        free: u64,
    },
    /// Enough is free again: both alarms are over.
    DiskOk,
}

/// What stands beside a recording about its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallDetails {
    /// Who called.
    pub caller: Number,
    /// What they dialled.
    pub dialled: Number,
    /// The line.
    pub line: LineId,
    /// The seat that talked last.
    pub seat: Option<SeatId>,
    /// When the call arrived.
    pub arrived: Timestamp,
    /// When a seat answered first.
    pub connected: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
}
