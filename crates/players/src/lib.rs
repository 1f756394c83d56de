//! Callers and seats with real SIP and RTP, for the demo and the load run.

mod agenda;
mod agent;
mod chance;
pub mod demo;
mod leg;
pub mod load;
mod phone;
mod play;
mod sample;
mod script;
mod tally;
mod voices;
