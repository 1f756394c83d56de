//! RTP media: relays voice between caller and seat, plays prompts, and taps both sides for the
//! recording.
//!
//! Every call has a relay with a leg to the caller and, later, one to a seat. The relay forwards
//! packets between them, plays prompts and music to a waiting side, and taps both for the
//! recording. [`Relays`] holds all relays of one thread: packets, commands and time go in, and the
//! results go directly to a [`Sink`]. `examples/relay.rs` shows the loop.
//!
//! The crate knows no socket, clock, file or SIP.

mod chunk;
pub mod codec;
mod dtmf;
mod mos;
mod packet;
mod port;
mod prompt;
mod receive_stats;
mod relay;
mod rtcp_session;
mod seq;
mod talker;
mod tap;
mod tone;

pub use chunk::*;
pub use port::*;
pub use prompt::Prompt;
pub use relay::{Config, PortHistory, Relays};
pub use talker::{DelayStats, Talker};
pub use tone::{chord, tone, tone_amplitude};

/// Sample rate of all media here, in Hz.
pub const SAMPLE_RATE: u32 = 8_000;
