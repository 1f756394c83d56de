//! The recorder's events, and the details of a call for its sidecar.

use primitives::{CallId, LineId, Number, SeatId, Timestamp};

/// An event about a recording or the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecorderEvent {
    /// The file was opened.
    Started {
        /// The call.
        call: CallId,
        /// Its name once closed, relative to the recordings folder: `2026/11/22/1J8Z4QK0T3G.wav`.
        file: String,
    },
    /// The file is complete, synced, hashed, described and named.
    Closed {
        /// The call.
        call: CallId,
        /// Its name relative to the recordings folder.
        file: String,
        /// Its length in ms.
        length_ms: u64,
        /// SHA-256 of the whole file, in hex.
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
        /// The error, as a sentence.
        why: String,
    },
    /// A recording could not be opened, written or closed, for another reason than a full disk: the
    /// first failure since [`RecorderEvent::Working`].
    Failing {
        /// The error, as a sentence.
        why: String,
    },
    /// Recordings work again, and none has failed for a minute.
    Working,
    /// Free space is below the low mark.
    DiskLow {
        /// Free space, in bytes.
        free: u64,
    },
    /// Free space is below the full mark: new calls are not recorded.
    DiskFull {
        /// Free space, in bytes.
        free: u64,
    },
    /// Enough space is free: both alarms are cleared.
    DiskOk,
}

/// The details of a call in the sidecar of its recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallDetails {
    /// The calling number.
    pub caller: Number,
    /// The dialled number.
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
