//! By when something is due: which days and hours are worked, and the clocks that count with them.
//!
//! It will never know a ticket: what a clock is for is handed in.

pub mod calendar;
pub mod clock;
