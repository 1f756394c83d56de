//! Statistics that supervisors watch: call records, queues, agents, the wallboard and the audit.
//!
//! Each is a fold over the log: a value that follows records. The same records give the same
//! value, so every one of them can be made again from the log. The crate does not know where
//! records are kept, who looks at a value, or what a ticket is.

mod agent_intervals;
mod agent_stats;
pub mod audit;
mod cdr;
mod estimate_accuracy;
mod queue_intervals;
mod queue_log;
mod queue_stats;
mod wallboard;

pub use agent_intervals::AgentIntervals;
pub use agent_stats::AgentStats;
pub use cdr::{Cdr, SEGMENTS_MAX, Segment, SegmentKind, Voicemail};
pub use estimate_accuracy::EstimateAccuracy;
pub use queue_intervals::{Interval, QueueIntervals};
pub use queue_log::QueueLog;
pub use queue_stats::{QueueStats, ServiceLevel, Thresholds};
pub use wallboard::{
    BoardChange, BoardChanges, CallBoard, CallBoards, LegBoard, QueueBoard, SeatBoard, WaitingCall,
    WaitingList, Wallboard, WallboardSnapshot,
};
