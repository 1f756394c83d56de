//! The whole call center as one deterministic machine.

mod command;

pub use command::{Command, Refusal, Reply};
