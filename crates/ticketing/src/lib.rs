//! Tickets, and what becomes of them.
//!
//! [`desk`] is all of it as one machine: [`ticket`] and [`assignment`] are the
//! state machines of hotline.md 2.3 and 2.4, each with its table; [`urge`] and
//! [`order`] are what happens when nobody kept the time.
//! [`channels`] is messages and knowledge beside the desk as one fold, and what follows by rule.
//! [`rights`] says who may do what, [`masking`] who sees how much of a caller.
//! [`worklist`] says what waits for whom, [`named_calls`] what a call has to be that proves something.
//! [`laws`] is what must always hold of all of it, for those who watch.
//!
//! It will never know a SIP message, a disk or a page.

pub mod assignment;
pub mod channels;
pub mod desk;
pub mod diagram;
pub mod dissatisfaction;
pub mod filing;
pub mod laws;
pub mod masking;
pub mod named_calls;
pub mod order;
pub mod rights;
pub mod rules;
pub mod ticket;
pub mod urge;
pub mod wording;
pub mod worklist;

pub use desk::{CallToFile, Desk, DeskCommand, Done, MISSED_CALLS_MAX};
pub use filing::Filing;
pub use rules::Rules;
pub use ticket::{Ticket, TicketKind};
