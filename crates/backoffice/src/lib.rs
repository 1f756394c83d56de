//! The hotline's promises: tickets and what becomes of them.
//!
//! It will never know a SIP message, a disk or a page.

mod ticket;

pub use ticket::{Ticket, TicketKind};
