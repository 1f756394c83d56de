//! What supervisors see: folds over the log.
//!
//! Each fold is a value that follows records; feed it the log and it is right,
//! feed it the log again and it is the same. It will never know where a record
//! is kept or who looks.

mod agent_stats;
mod agents;
pub mod audit;
mod cdr;
mod forecast;
mod interval;
mod queue_log;
mod queue_stats;
mod wallboard;

pub use agent_stats::AgentStats;
pub use agents::Agents;
pub use cdr::Cdr;
pub use forecast::Forecast;
pub use interval::{Interval, Intervals};
pub use queue_log::QueueLog;
pub use queue_stats::{QueueStats, ServiceLevel, Thresholds};
pub use wallboard::{QueueBoard, SeatBoard, WaitingCall, Wallboard};
