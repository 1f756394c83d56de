//! Who answers whom.
//!
//! The dispatcher is one machine: calls join their lines, seats become ready,
//! and each ready seat is offered to the call whose turn it is. An offer is a
//! lease: one seat, one call, one deadline. Everything it does is an event.
//!
//! It will never know SIP, voice, a clock, a ticket, or what a queue plays
//! while callers wait.

mod dispatcher;
mod floor;
mod hall;
mod matching;
mod policy;
mod port;
mod seat;

pub use dispatcher::{Dispatcher, Outlook};
pub use policy::{
    Consequence, Limits, MissedPolicy, Overflow, Policy, QueuePolicy, SeatPolicy, Strategy,
    Widening,
};
pub use port::{Denied, Input, NotNowReason, Output, Wish, Withdrawn};
pub use seat::{AsLeft, Device, SeatState, Work};
