//! Voice as machines: relay, prompts, recording tap.
//!
//! Every call has a relay with a leg to the caller and, later, one to a seat. The relay passes
//! packets between them, plays prompts and music to whoever waits, and taps both voices for the
//! recording. [`Relays`] holds all relays of one thread: packets, commands and time go in, and what
//! comes of them goes straight to a [`Sink`].
//!
//! It will never know a socket, a clock, a file, or SIP.

mod chunk;
mod codec;
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
pub use relay::{Config, Relays};
pub use talker::{DelayStats, Talker};
pub use tone::{chord, tone, tone_amplitude};

/// Samples a second, of everything here.
pub const SAMPLE_RATE: u32 = 8_000;
