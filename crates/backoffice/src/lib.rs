//! The hotline's promises: tickets, and by when somebody must do something about them.
//!
//! [`desk`] is all of it as one machine: [`ticket`] and [`assignment`] are the
//! state machines of hotline.md 2.3 and 2.4, each with its table; [`calendar`]
//! says which days and hours are worked, [`clock`] counts with them, [`urge`]
//! and [`order`] are what happens when nobody kept the time.
//! [`courier`] is what leaves the house and what comes in by message.
//! [`knowledge`] is what callers are answered with, [`channels`] both as one fold, and what follows by rule.
//! [`rights`] says who may do what, [`masking`] who sees how much of a caller.
//! [`worklist`] says what waits for whom, [`named_calls`] what a call has to be that proves something.
//! [`laws`] is what must always hold of all of it, for those who watch.
//!
//! It will never know a SIP message, a disk or a page.

pub mod assignment;
pub mod calendar;
pub mod channels;
pub mod clock;
pub mod courier;
pub mod desk;
pub mod dissatisfaction;
pub mod filing;
pub mod knowledge;
pub mod laws;
pub mod leader;
pub mod masking;
pub mod named_calls;
pub mod network;
pub mod order;
mod refusal;
pub mod rights;
pub mod rules;
pub mod table;
mod text;
pub mod ticket;
pub mod urge;
pub mod wording;
pub mod worklist;

pub use desk::{Desk, DeskCommand, Done, MISSED_CALLS_MAX};
pub use filing::Filing;
pub use refusal::{Fault, Refusal};
pub use rules::Rules;
pub use ticket::{Ticket, TicketKind};
