//! What the machines of the back office share: refusals, tables of states, checks of texts.
//!
//! It will never know a ticket, a unit or a message.

mod refusal;
pub mod table;
pub mod text;

pub use refusal::{Fault, Refusal};
