//! The statistics of each queue, in quarter hours.

use std::{collections::BTreeMap, time::Duration};

use model::{
    CallId, Event, QueueId, Record, Timestamp, Zone,
    event::{MeasuredBy, RefusalCause},
};
use serde::{Deserialize, Serialize};

use crate::{QueueStats, Thresholds, wallboard::is_abandoned};

/// The statistics of every queue in quarter hours of local time, for the last eight days.
///
/// An event counts in the quarter hour in which it happens. A call may be offered in one and
/// answered in the next, which has it in `carried`. A quarter hour without events has no row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueueIntervals {
    zone: Zone,
    thresholds: BTreeMap<QueueId, Thresholds>,
    rows: BTreeMap<Timestamp, Interval>,
    calls: OpenCalls,
    /// Calls of an emergency log whose end has not been imported yet.
    imported: OpenCalls,
}

/// Calls that have not ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct OpenCalls {
    waiting: BTreeMap<CallId, (QueueId, Timestamp)>,
    talking: BTreeMap<CallId, QueueId>,
}

/// One quarter hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// The statistics, by queue.
    pub queues: BTreeMap<QueueId, QueueStats>,
    /// Calls refused before they entered a queue, by cause.
    pub refused: BTreeMap<RefusalCause, u64>,
}

impl Interval {
    /// Whether every queue is balanced: each call that entered was answered, has left or waits.
    pub fn is_balanced(&self) -> bool {
        self.queues.values().all(QueueStats::is_balanced)
    }

    /// All queues together.
    pub fn total(&self) -> QueueStats {
        self.queues.values().fold(QueueStats::default(), |sum, stats| {
            let both = sum.add(stats);
            // The queues are of the same time: `add` is meant for one period after another.
            QueueStats {
                carried: sum.carried + stats.carried,
                waiting: sum.waiting + stats.waiting,
                ..both
            }
        })
    }
}

impl QueueIntervals {
    /// The state before the first record. A queue that is not in `thresholds` has the defaults.
    pub fn new(zone: Zone, thresholds: BTreeMap<QueueId, Thresholds>) -> QueueIntervals {
        QueueIntervals {
            zone,
            thresholds,
            rows: BTreeMap::new(),
            calls: OpenCalls::default(),
            imported: OpenCalls::default(),
        }
    }

    /// The saved intervals with the thresholds of this value, which come from the config.
    #[must_use]
    pub fn restore(self, saved: QueueIntervals) -> QueueIntervals {
        QueueIntervals { thresholds: self.thresholds, ..saved }
    }

    /// Applies one record.
    pub fn apply(&mut self, record: &Record) {
        let Event::RecordImported(imported) = &record.event else { return self.follow(record) };
        // Imported calls count in the quarter hours in which they happened, as far back as those
        // are kept. The calls that wait now did not wait then.
        let start = quarter_of(self.zone, imported.record.at);
        let is_forgotten = self.rows.len() >= KEPT
            && self.rows.first_key_value().is_some_and(|(first, _)| start < *first);
        if !is_forgotten {
            std::mem::swap(&mut self.calls, &mut self.imported);
            self.follow(&imported.record);
            std::mem::swap(&mut self.calls, &mut self.imported);
        }
    }

    fn follow(&mut self, record: &Record) {
        let at = record.at;
        match &record.event {
            Event::CallRefused(e) => *self.row(at).refused.entry(e.cause).or_default() += 1,
            Event::CallQueued(e) => {
                // The call changed its queue without `CallLeftQueue`: it flowed out of the first.
                self.leave_queue(at, e.call, |stats, _, _| stats.count_flow_out(0));
                if !e.transferred {
                    self.queue(at, &e.queue).count_offered();
                }
                self.calls.waiting.insert(e.call, (e.queue.clone(), at));
            }
            Event::CallConnected(e) => {
                if let Some(queue) =
                    self.leave_queue(at, e.call, |stats, _, by| stats.count_answered(e.wait_ms, by))
                {
                    // After a transfer the whole talk counts where the call was answered first.
                    self.calls.talking.entry(e.call).or_insert(queue);
                }
            }
            Event::ConfigAdopted(e) => {
                // Calls that are counted already stay as they are.
                let thresholds = |by: &MeasuredBy| Thresholds {
                    answer_ms: by.answer_ms,
                    short_abandon_ms: by.short_abandon_ms,
                };
                self.thresholds =
                    e.queues.iter().map(|(queue, by)| (queue.clone(), thresholds(by))).collect();
            }
            Event::CallMoved(e) => {
                // It flowed out of one queue into the other, and its wait goes on.
                let since = self.calls.waiting.get(&e.call).map(|(_, since)| *since);
                self.leave_queue(at, e.call, |stats, _, _| stats.count_flow_out(0));
                if let Some(since) = since {
                    self.queue(at, &e.to).count_offered();
                    self.calls.waiting.insert(e.call, (e.to.clone(), since));
                }
            }
            Event::CallLeftQueue(e) => {
                self.leave_queue(at, e.call, |stats, _, _| stats.count_flow_out(e.wait_ms));
            }
            Event::CallEnded(e) => {
                self.leave_queue(at, e.call, |stats, wait_ms, by| match is_abandoned(e.end) {
                    true => stats.count_abandoned(wait_ms, by),
                    false => stats.count_flow_out(wait_ms),
                });
                if let Some(queue) = self.calls.talking.remove(&e.call) {
                    self.queue(at, &queue).count_talk(e.talk_ms);
                }
            }
            Event::ClockStepped(e) => {
                // The clock was set forward: nobody has waited for the time it skipped.
                let jump = Duration::from_micros(e.jump_us);
                self.calls.waiting.values_mut().for_each(|(_, since)| *since += jump);
            }
            // The other events are not counted by the quarter hour.
            _ => {}
        }
    }

    /// The quarter hours with the time each begins.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = (Timestamp, &Interval)> {
        self.rows.iter().map(|(start, row)| (*start, row))
    }

    /// The quarter hours that begin from `from` on and before `to`.
    pub fn rows_between(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Interval)> {
        let rows = self.rows.range(from..to.max(from));
        rows.map(|(start, row)| (*start, row.clone())).collect()
    }

    /// The thresholds of a queue.
    pub fn thresholds(&self, queue: &QueueId) -> Thresholds {
        self.thresholds.get(queue).copied().unwrap_or_default()
    }

    /// The beginning of the local day.
    pub fn midnight(&self, now: Timestamp) -> Timestamp {
        self.zone.midnight(now)
    }

    /// The sum of a queue's quarter hours from `from` to `to`; both are boundaries.
    pub fn between(&self, queue: &QueueId, from: Timestamp, to: Timestamp) -> QueueStats {
        if to <= from {
            return QueueStats::default();
        }
        let rows = self.rows.range(from..to).filter_map(|(_, row)| row.queues.get(queue));
        rows.copied().reduce(|sum, next| sum.add(&next)).unwrap_or_default()
    }

    /// How long the call that waits longest has waited, in ms (LWT). 最长等待
    pub fn longest_wait_ms(&self, queue: &QueueId, now: Timestamp) -> Option<u64> {
        let waits = self.calls.waiting.values().filter(|(name, _)| name == queue);
        waits.map(|(_, since)| now.ms_since(*since)).max()
    }

    /// The quarter hour of a moment. A new one begins with the calls that wait.
    fn row(&mut self, at: Timestamp) -> &mut Interval {
        let start = quarter_of(self.zone, at);
        if !self.rows.contains_key(&start) && self.rows.len() >= KEPT {
            self.rows.pop_first();
        }
        let OpenCalls { waiting, talking } = &self.calls;
        self.rows.entry(start).or_insert_with(|| {
            let mut row = Interval::default();
            let counted = waiting.iter().filter(|(call, _)| !talking.contains_key(call));
            for (queue, _) in counted.map(|(_, place)| place) {
                let stats = row.queues.entry(queue.clone()).or_default();
                stats.carried += 1;
                stats.waiting += 1;
            }
            row
        })
    }

    fn queue(&mut self, at: Timestamp, queue: &QueueId) -> &mut QueueStats {
        self.row(at).queues.entry(queue.clone()).or_default()
    }

    /// Removes a waiting call and updates its queue with the wait in ms and the thresholds.
    fn leave_queue(
        &mut self,
        at: Timestamp,
        call: CallId,
        update: impl FnOnce(&mut QueueStats, u64, Thresholds),
    ) -> Option<QueueId> {
        // A new quarter hour is begun before the removal, so that it carries this call.
        self.row(at);
        let (queue, since) = self.calls.waiting.remove(&call)?;
        if self.calls.talking.contains_key(&call) {
            // It was counted before its transfer.
            return Some(queue);
        }
        let by = self.thresholds(&queue);
        update(self.queue(at, &queue), at.ms_since(since), by);
        Some(queue)
    }
}

/// The beginning of the quarter hour of local time that contains `at`.
pub(crate) fn quarter_of(zone: Zone, at: Timestamp) -> Timestamp {
    let into_s = u64::from(zone.second_of_day(at)) % QUARTER_S;
    Timestamp::from_micros(
        (at.micros() / 1_000_000).saturating_sub(into_s).saturating_mul(1_000_000),
    )
}

const QUARTER_S: u64 = 15 * 60;
/// Eight days, so that a day can be compared with the same day of the week before.
const KEPT: usize = 8 * 96;
