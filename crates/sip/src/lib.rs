//! Signalling as machines: RFC 3261 over rsip.
//!
//! The one door is [`Endpoint`]: bytes and commands in, bytes and events out,
//! `now` as an argument. It registers seats, answers and places calls, and
//! keeps strangers out. It will never know a socket, a clock, a queue or a
//! ticket, and it never looks at a voice packet.

mod message;
mod port;
mod text;
mod uri;
mod wire;

pub use port::*;
