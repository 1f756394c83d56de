//! What supervisors see: folds over the log.
//!
//! Each fold is a value that follows records; feed it the log and it is right,
//! feed it the log again and it is the same. [`facts`] are what reports count
//! from, [`figure`] has every formula. It will never know where a record is
//! kept or who looks.

mod agent_stats;
mod agents;
pub mod appeal;
pub mod audit;
mod backdrop;
pub mod bulletin;
mod cdr;
mod due;
pub mod facts;
pub mod figure;
mod forecast;
mod interval;
mod period;
mod queue_log;
mod queue_stats;
pub mod rank;
mod rules;
pub mod score;
pub mod sheet;
mod wallboard;

pub use agent_stats::AgentStats;
pub use agents::Agents;
pub use backdrop::{Appeal, Backdrop, Instructed, Issue, OrderFact, Released};
pub use cdr::Cdr;
pub use due::{Due, Timetable};
pub use forecast::Forecast;
pub use interval::{Interval, Intervals};
pub use period::{BadPeriod, Cuts, Period, PeriodKind};
pub use queue_log::QueueLog;
pub use queue_stats::{QueueStats, ServiceLevel, Thresholds};
pub use rules::{Extras, Opening, Rules, Weights};
pub use wallboard::{KeptWallboard, QueueBoard, SeatBoard, WaitingCall, Wallboard};
