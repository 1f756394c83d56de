//! Recordings: started, closed, failed, salvaged, played back.

use serde::{Deserialize, Serialize};

use crate::{AccountName, CallId};

/// The recording file of a call was opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingStarted {
    /// The call.
    pub call: CallId,
    /// Below the recordings folder: `2026/11/22/1J8Z4QK0T3G.wav`.
    pub file: String,
}

/// The recording is complete: the file is synced, hashed and renamed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingClosed {
    /// The call.
    pub call: CallId,
    /// Below the recordings folder.
    pub file: String,
    /// Its length in ms.
    pub length_ms: u64,
    /// The SHA-256 of the whole file, in hex.
    pub sha256: String,
    /// Silence filled in for the caller's side, in ms.
    pub caller_gap_ms: u64,
    /// Silence filled in for the hotline's side, in ms.
    pub hotline_gap_ms: u64,
}

/// The call is not recorded, or only in part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingFailed {
    /// The call.
    pub call: CallId,
    /// The fault, in one sentence.
    pub why: String,
}

/// A file left open by a crash was repaired at start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingSalvaged {
    /// The call.
    pub call: CallId,
    /// Below the recordings folder.
    pub file: String,
    /// The length that could be saved, in ms.
    pub length_ms: u64,
    /// The SHA-256 of the whole file, in hex.
    pub sha256: String,
}

/// A person replayed or downloaded it; every playback is audited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingHeard {
    /// The call.
    pub call: CallId,
    /// The account that did it.
    pub by: AccountName,
}
