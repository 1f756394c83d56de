//! Signalling as machines: RFC 3261 over rsip.
//!
//! The one door is [`Endpoint`]: bytes and commands in, bytes and events out,
//! `now` as an argument. It registers seats, answers and places calls, and
//! keeps strangers out. It will never know a socket, a clock, a queue or a
//! ticket, and it never looks at a voice packet.

mod config;
mod dialog;
mod digest;
mod endpoint;
mod ident;
mod leg;
mod message;
mod outbox;
mod port;
mod registrar;
mod registration;
mod saved;
mod sdp;
pub mod shield;
mod text;
mod timer;
mod transaction;
mod uri;
mod wire;

pub use config::{Config, Counts, Trunk, VoicePolicy};
pub use digest::{DigestAlgorithms, hash_password};
pub use endpoint::{Endpoint, StreamLimits};
pub use port::*;
pub use saved::{SavedContact, SavedDialog, SavedInvite, SavedState, StateUpdate};
