//! The folds over the log, each told records and asked for its numbers.

mod agent_intervals;
mod audit;
mod folds;
mod imported;
mod wallboard_changes;
