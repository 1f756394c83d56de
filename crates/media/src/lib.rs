//! RTP media: relays voice between the legs of a call, plays prompts, and taps what the caller says
//! and hears for the recording.
//!
//! Every call has a relay with a leg to the caller and, later, legs to a seat, to a colleague, to a
//! supervisor. A table of routes says who hears whom. A leg that hears one voice gets its packets,
//! one that hears several gets a mix, and one that hears none gets prompts and music. [`Relays`] holds all relays of one thread: packets, commands and time go in, and the
//! results go directly to a [`Sink`]. `examples/relay.rs` shows the loop.
//!
//! The crate knows no socket, clock, file or SIP.

mod chunk;
pub mod codec;
mod dtmf;
mod mix;
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
