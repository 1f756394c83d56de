//! Tickets, the assignments of units, and everything decided about them.
//!
//! - [`desk`] is the whole desk as one machine. [`ticket`] and [`assignment`] are its state
//!   machines (hotline.md 2.3 and 2.4), each with its table of commands; [`urge`] and [`order`]
//!   follow when a deadline is missed.
//! - [`channels`] is the fold over messages and knowledge beside the desk, with the steps that
//!   follow by rule.
//! - [`rights`] says what each role may do, [`masking`] how much of a caller a person sees.
//! - [`worklist`] lists the open work of each role and unit; [`call_references`] checks the calls
//!   that commands name as proof.
//! - [`invariants`] checks the invariants of the desk, for tests and simulations.
//!
//! It knows nothing of SIP messages, disks or web pages.

pub mod assignment;
pub mod call_references;
pub mod channels;
pub mod desk;
pub mod diagram;
pub mod dissatisfaction;
pub mod filing;
pub mod invariants;
pub mod masking;
pub mod order;
pub mod rights;
pub mod rules;
pub mod ticket;
pub mod urge;
pub mod wording;
pub mod worklist;

pub use desk::{CallToFile, CommandReceipt, Desk, DeskCommand, MISSED_CALLS_MAX};
pub use filing::Filing;
pub use rules::Rules;
pub use ticket::{Ticket, TicketKind};
