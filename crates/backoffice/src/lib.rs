//! The hotline's promises: tickets, and by when somebody must do something about them.
//!
//! [`calendar`] says which days and hours are worked, [`clock`] counts with
//! them, [`urge`] and [`order`] are what happens when nobody kept the time.
//! [`rights`] says who may do what, [`masking`] who sees how much of a caller.
//!
//! It will never know a SIP message, a disk or a page.

pub mod calendar;
pub mod clock;
pub mod masking;
pub mod order;
mod refusal;
pub mod rights;
mod ticket;
pub mod urge;

pub use refusal::{Fault, Refusal};
pub use ticket::{Ticket, TicketKind};
