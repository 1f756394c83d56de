//! Where calls wait and where threads meet.
//!
//! [`Intake`] is the one place where threads hand each other work without ever
//! waiting for one another. [`Line`] is who waits, in order. [`Service`]
//! guesses how long, and keeps the score of its guesses.
//!
//! It will never know what a call sounds like, who answers it, or a clock.

mod estimate;
mod intake;
mod line;

pub use estimate::{Server, Service};
pub use intake::{Batch, Intake};
pub use line::{Line, Place};
