//! What supervisors see: folds over the log.
//!
//! Each fold is a value with `apply(at, &Event)`; feed it the log and it is
//! right, feed it the log again and it is the same. It will never know where
//! a record is kept or who looks.

mod cdr;
mod wallboard;

pub use cdr::Cdr;
pub use wallboard::{QueueBoard, SeatBoard, WaitingCall, Wallboard};
