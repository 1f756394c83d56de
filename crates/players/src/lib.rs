//! Callers and seats with real SIP and RTP, for the demo and the load run.

mod chance;
pub mod demo;
pub mod load;
mod play;
mod sample;
mod script;
mod tally;
mod voices;
