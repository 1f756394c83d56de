//! The dispatcher (ACD): decides which agent answers which call.
//!
//! Calls join their queues, seats become ready, and each ready seat is offered the call that is
//! first for it. An offer is a lease: one seat, one call, one deadline. Everything the dispatcher
//! does is an event.
//!
//! It knows nothing of SIP, voice, clocks or tickets, nor what a caller hears while waiting.

mod backlog;
mod decision;
mod dispatcher;
mod matching;
mod policy;
mod port;
mod ready_agents;
mod requirement;
mod seat;
mod seat_counts;
mod seat_table;

pub use backlog::ClassId;
pub use dispatcher::{ClassOutlook, Dispatcher, QueueEstimate};
pub use policy::{
    Consequence, Limits, MissedPolicy, Overflow, Policy, QueuePolicy, SeatPolicy, Strategy,
    Widening,
};
pub use port::{
    AgentCommand, Input, NotAdopted, NotNowReason, Output, ProfileCommand, ProfileRejected,
    Rejected, WithdrawReason,
};
pub use seat::{Device, SavedSeat, SeatState, Work};
