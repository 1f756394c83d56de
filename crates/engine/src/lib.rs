//! The running engine: threads, sockets, clock, entropy and disk around the center.
//!
//! The engine makes no decisions about calls: it passes inputs to the machines and carries out
//! their outputs.

mod accounts;
mod attachments;
pub mod backend;
pub mod clock;
pub mod control;
mod damage;
mod day_signatures;
pub mod descriptors;
mod destination_status;
mod dscp;
pub mod emergency;
pub mod entropy;
pub mod fault;
pub mod in_force;
mod key_watch;
pub mod keyring;
pub mod keys;
mod known_sources;
mod live;
pub mod machine;
mod mailbox;
mod metrics;
mod open311;
pub mod plan;
mod progress;
mod recent;
mod reload;
mod replace;
pub mod reports;
pub mod restore;
pub mod running;
mod sip_state;
pub mod site;
mod snapshots;
pub mod start;
pub mod supervisor;
pub mod tables;
mod threads;
pub mod view;
mod worklists;

pub use fault::Fault;
pub use threads::put_behind_calls;
