//! The wallboard, and figures of agents and queues by quarter hours.

use std::{collections::BTreeMap, sync::Arc};

use model::{AccountName, QueueId, Timestamp};
use stats::{AgentStats, Interval, QueueIntervals, Thresholds, Wallboard};

/// Live and recent statistics, from memory.
pub trait Statistics: Send + Sync + 'static {
    /// The newest wallboard; it may be some 250 ms old.
    fn wallboard(&self) -> Arc<Wallboard>;

    /// Figures of each agent, by quarter hours that begin between `from` (`None`: local midnight)
    /// and `to`.
    fn agents(&self, from: Option<Timestamp>, to: Timestamp) -> AgentQuarterHours;

    /// Figures of each queue, by quarter hours that begin between `from` (`None`: local midnight)
    /// and `to`.
    fn queues(&self, from: Option<Timestamp>, to: Timestamp) -> QueueQuarterHours;
}

/// Figures of agents by quarter hours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentQuarterHours {
    /// The first moment asked for.
    pub from: Timestamp,
    /// The quarter hours of each agent, by when they began.
    pub rows: BTreeMap<AccountName, BTreeMap<Timestamp, AgentStats>>,
}

/// Figures of queues by quarter hours.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueQuarterHours {
    /// The first moment asked for.
    pub from: Timestamp,
    /// The quarter hours, by when they began.
    pub rows: Vec<(Timestamp, Interval)>,
    /// The thresholds that each queue is measured by.
    pub thresholds: BTreeMap<QueueId, Thresholds>,
}

impl QueueQuarterHours {
    /// The part of `intervals` between `from` (`None`: local midnight) and `to`.
    pub fn between(intervals: &QueueIntervals, from: Option<Timestamp>, to: Timestamp) -> Self {
        let from = from.unwrap_or_else(|| intervals.midnight(to));
        let rows = intervals.rows_between(from, to);
        let queues = rows.iter().flat_map(|(_, row)| row.queues.keys());
        let thresholds = queues.map(|queue| (queue.clone(), intervals.thresholds(queue))).collect();
        QueueQuarterHours { from, rows, thresholds }
    }
}
