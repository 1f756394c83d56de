//! Due dates: the calendar of working days and hours, and the clocks that count with it.
//!
//! The crate does not know tickets: the purpose of a clock is an argument.

pub mod calendar;
pub mod clock;
