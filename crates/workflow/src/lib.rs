//! The parts that the back office's state machines share: refusals, state tables and checks of
//! text.
//!
//! It knows no ticket, unit or message.

mod refusal;
pub mod table;
pub mod text;

pub use refusal::{Fault, Refusal};
