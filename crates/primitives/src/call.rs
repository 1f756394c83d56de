//! The parties of a call, and the cause of a refusal, as signalling and voice use them.

use serde::{Deserialize, Serialize};

/// A party of a call.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The citizen.
    Caller,
    /// The seat.
    Seat,
    /// A colleague whom the seat asked into the call.
    Guest,
    /// A supervisor who listens, whispers or speaks.
    Supervisor,
}

/// The cause of a refusal.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCause {
    /// The intake was full: 503 with Retry-After.
    IntakeFull,
    /// No voice port was free: 503.
    NoPorts,
    /// The trunk's channel limit: 503.
    TrunkFull,
    /// The queue's limit: 486. `FULL`
    QueueFull,
    /// No such line: 404.
    NoSuchLine,
    /// No codec in common: 488. `SYSCOMPAT`
    NoCodec,
    /// The engine is draining: 503.
    Draining,
    /// The log cannot be written: 503.
    LogFailed,
    /// The number is on the blacklist: 603 (CALL-15).
    Blacklisted,
    /// Signalling has no room for one more leg or transaction: 503.
    EngineFull,
    /// The INVITE breaks RFC 3261: 400.
    BadRequest,
    /// The INVITE's body is not SDP, or is encoded: 415.
    UnsupportedBody,
    /// The Request-URI is not a SIP URI: 416.
    UnsupportedUri,
    /// The INVITE requires an extension the engine does not support: 420.
    UnsupportedExtension,
    /// Max-Forwards ran out: 483.
    TooManyHops,
}
