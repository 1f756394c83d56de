//! Where calls wait and where threads meet.
//!
//! [`Intake`] is the lock-free queue by which threads hand work to each other. [`CallQueue`] holds
//! the calls that wait, in the order they are served. [`HandleTimes`] and [`WaitEstimate`] tell how
//! long they will wait.
//!
//! The crate knows nothing of a call's voice, of agents, or of clocks.

mod call_queue;
mod handle_times;
mod intake;
mod wait_estimate;

pub use call_queue::{CallQueue, QueueEntry};
pub use handle_times::{HandleTimes, ServingSeat};
pub use intake::{Batch, Intake};
pub use wait_estimate::{WaitEstimate, WaitTable};
