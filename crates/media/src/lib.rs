//! Voice as machines: relay, prompts, recording tap.
//!
//! It will never know a socket, a clock, a file, or SIP.

mod port;

pub use port::*;
