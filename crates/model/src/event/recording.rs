//! A recording's life: started, closed, salvaged, heard.

use serde::{Deserialize, Serialize};

use crate::{AccountName, CallId};

/// The file of a call is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingStarted {
    /// The call.
    pub call: CallId,
    /// Below the recordings folder: `2026/11/22/1J8Z4QK0T3G.wav`.
    pub file: String,
}

/// The file is complete, synced, hashed and named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingClosed {
    /// The call.
    pub call: CallId,
    /// Below the recordings folder.
    pub file: String,
    /// Its length in ms.
    pub length_ms: u64,
    /// Of the whole file, in hex.
    pub sha256: String,
    /// Silence filled in for the caller's side, in ms.
    pub caller_gap_ms: u64,
    /// Silence filled in for the hotline's side, in ms.
    pub hotline_gap_ms: u64,
}

/// The call is not recorded, or not all of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingFailed {
    /// The call.
    pub call: CallId,
    /// What went wrong, in a sentence.
    pub why: String,
}

/// A file left open by a crash was repaired at start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingSalvaged {
    /// The call.
    pub call: CallId,
    /// Below the recordings folder.
    pub file: String,
    /// How much could be saved, in ms.
    pub length_ms: u64,
    /// Of the whole file, in hex.
    pub sha256: String,
}

/// Somebody replayed or downloaded it: every listening is audited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingHeard {
    /// The call.
    pub call: CallId,
    /// Who.
    pub by: AccountName,
}
