//! The inputs that a fuzzer sends to the engine, and the invariants that must hold for any input.
//!
//! Each function takes bytes, hands them to the real parser or machine through its public
//! interface, and panics when an invariant is broken. `fuzz_targets/` calls them from libFuzzer,
//! `tests/fuzz.rs` from proptest.

#![allow(unreachable_pub, reason = "tests/fuzz.rs includes this file as a private module")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is how a fuzzer learns of a fault"
)]

mod files;
mod signalling;
mod voice;

pub use files::{config, journal_frames};
pub use signalling::{digest, sdp, sip_message, sip_stream};
pub use voice::{dtmf, rtcp, rtp};
