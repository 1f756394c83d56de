//! SIP signalling (RFC 3261): registers phones, answers and places calls, refuses strangers.
//!
//! The interface is [`Endpoint`], a state machine: bytes and commands go in, bytes and events come
//! out, and `now` is an argument. The driver calls [`Endpoint::handle_input`], then
//! [`Endpoint::poll_output`] until it returns `None`, then waits until [`Endpoint::poll_timeout`] or
//! the next input; `examples/options.rs` shows that loop.
//!
//! The crate knows no socket, clock, queue or ticket, and handles no RTP.

mod config;
mod device;
mod dialog;
mod digest;
mod endpoint;
mod flow;
mod id_generator;
mod message;
mod next_hop;
mod outbox;
mod peer;
mod port;
mod registrar;
mod sdp;
pub mod shield;
mod state;
mod text;
mod timers;
mod transaction;
mod trunk;
mod uri;
mod wire;

pub use config::{Config, Counts};
pub use digest::{DigestAlgorithms, hash_password};
pub use endpoint::{Endpoint, StreamLimits};
pub use flow::{Flow, Transport};
pub use port::*;
pub use state::{SavedContact, SavedDialog, SavedInvite, SavedState, StateUpdate};
pub use trunk::{Trunk, VoicePolicy};
