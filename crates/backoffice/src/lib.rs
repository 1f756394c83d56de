//! The hotline's promises: tickets, and by when somebody must do something about them.
//!
//! [`calendar`] says which days and hours are worked, [`clock`] counts with
//! them, [`urge`] and [`order`] are what happens when nobody kept the time.
//! [`knowledge`] is what callers are answered with.
//!
//! It will never know a SIP message, a disk or a page.

pub mod calendar;
pub mod clock;
pub mod knowledge;
pub mod order;
mod refusal;
mod ticket;
pub mod urge;

pub use refusal::{Fault, Refusal};
pub use ticket::{Ticket, TicketKind};
