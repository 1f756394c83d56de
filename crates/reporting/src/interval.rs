//! The day in quarter hours, queue by queue, always in balance.

use std::{collections::BTreeMap, time::Duration};

use model::{CallId, Event, QueueId, Record, Timestamp, Zone, event::RefusalCause};
use serde::{Deserialize, Serialize};

use crate::{QueueStats, Thresholds, wallboard::is_abandoned};

/// Quarter hours of the hotline's local time, the last eight days of them.
///
/// A thing counts in the quarter in which it happens: a call may be offered in
/// one and answered in the next, which carries it. A quarter in which nothing
/// happened has no row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    zone: Zone,
    thresholds: BTreeMap<QueueId, Thresholds>,
    rows: BTreeMap<Timestamp, Interval>,
    calls: Calls,
    /// Calls of an emergency of which the end is still to be imported.
    imported: Calls,
}

/// Calls that have not ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Calls {
    waiting: BTreeMap<CallId, (QueueId, Timestamp)>,
    talking: BTreeMap<CallId, QueueId>,
}

/// One quarter hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// By queue.
    pub queues: BTreeMap<QueueId, QueueStats>,
    /// Callers turned away before any queue, by cause.
    pub refused: BTreeMap<RefusalCause, u64>,
}

impl Interval {
    /// Law 8 for the house: who called, refused ones included, is answered, has
    /// left, was refused, or waits.
    pub fn is_balanced(&self) -> bool {
        self.queues.values().all(QueueStats::is_balanced)
    }

    /// All queues as one.
    pub fn total(&self) -> QueueStats {
        self.queues.values().fold(QueueStats::default(), |sum, stats| {
            let both = sum.add(stats);
            // Side by side, not one after the other.
            QueueStats {
                carried: sum.carried + stats.carried,
                waiting: sum.waiting + stats.waiting,
                ..both
            }
        })
    }
}

impl Intervals {
    /// An empty day. A queue without thresholds of its own is measured by the defaults.
    pub fn new(zone: Zone, thresholds: BTreeMap<QueueId, Thresholds>) -> Intervals {
        Intervals {
            zone,
            thresholds,
            rows: BTreeMap::new(),
            calls: Calls::default(),
            imported: Calls::default(),
        }
    }

    /// What was kept, with the thresholds of today's config.
    #[must_use]
    pub fn go_on_from(self, kept: Intervals) -> Intervals {
        Intervals { thresholds: self.thresholds, ..kept }
    }

    /// Follow one record.
    pub fn apply(&mut self, record: &Record) {
        let Event::RecordImported(imported) = &record.event else { return self.follow(record) };
        // Its calls count in the quarters in which they happened, as far back as those are kept,
        // and the calls that wait now did not wait then.
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
                // It left its queue for another without a word: then it flowed out.
                self.leaves(at, e.call, |stats, _, _| stats.flows_out(0));
                self.queue(at, &e.queue).enters();
                self.calls.waiting.insert(e.call, (e.queue.clone(), at));
            }
            Event::CallConnected(e) => {
                if let Some(queue) =
                    self.leaves(at, e.call, |stats, _, by| stats.is_answered(e.wait_ms, by))
                {
                    self.calls.talking.insert(e.call, queue);
                }
            }
            Event::CallLeftQueue(e) => {
                self.leaves(at, e.call, |stats, _, _| stats.flows_out(e.wait_ms));
            }
            Event::CallEnded(e) => {
                self.leaves(at, e.call, |stats, wait_ms, by| match is_abandoned(e.end) {
                    true => stats.abandons(wait_ms, by),
                    false => stats.flows_out(wait_ms),
                });
                if let Some(queue) = self.calls.talking.remove(&e.call) {
                    self.queue(at, &queue).talked(e.talk_ms);
                }
            }
            Event::ClockStepped(e) => {
                // Nobody has waited for that much longer.
                let jump = Duration::from_micros(e.jump_us);
                self.calls.waiting.values_mut().for_each(|(_, since)| *since += jump);
            }
            // Nothing that is counted by the quarter hour.
            _ => {}
        }
    }

    /// The quarters, by the moment they begin.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = (Timestamp, &Interval)> {
        self.rows.iter().map(|(start, row)| (*start, row))
    }

    /// The quarters that begin from one moment on, up to another.
    pub fn rows_between(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Interval)> {
        let rows = self.rows.range(from..to.max(from));
        rows.map(|(start, row)| (*start, row.clone())).collect()
    }

    /// What a queue is measured by.
    pub fn thresholds(&self, queue: &QueueId) -> Thresholds {
        self.thresholds.get(queue).copied().unwrap_or_default()
    }

    /// When the hotline's local day began.
    pub fn midnight(&self, now: Timestamp) -> Timestamp {
        self.zone.midnight(now)
    }

    /// All that happened in a queue from one moment to another, both at quarters.
    pub fn between(&self, queue: &QueueId, from: Timestamp, to: Timestamp) -> QueueStats {
        if to <= from {
            return QueueStats::default();
        }
        let rows = self.rows.range(from..to).filter_map(|(_, row)| row.queues.get(queue));
        rows.copied().reduce(|sum, next| sum.add(&next)).unwrap_or_default()
    }

    /// How long the longest waiting waits now, in ms (LWT). 最长等待
    pub fn longest_wait_ms(&self, queue: &QueueId, now: Timestamp) -> Option<u64> {
        let waits = self.calls.waiting.values().filter(|(name, _)| name == queue);
        waits.map(|(_, since)| now.ms_since(*since)).max()
    }

    /// The quarter a moment is in; it opens with who waits.
    fn row(&mut self, at: Timestamp) -> &mut Interval {
        let start = quarter_of(self.zone, at);
        if !self.rows.contains_key(&start) && self.rows.len() >= KEPT {
            self.rows.pop_first();
        }
        let waiting = &self.calls.waiting;
        self.rows.entry(start).or_insert_with(|| {
            let mut row = Interval::default();
            for (queue, _) in waiting.values() {
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

    /// A waiting call waits no more: tell its queue how, with the wait and the thresholds.
    fn leaves(
        &mut self,
        at: Timestamp,
        call: CallId,
        tell: impl FnOnce(&mut QueueStats, u64, Thresholds),
    ) -> Option<QueueId> {
        // The quarter opens first: with this call still in it.
        self.row(at);
        let (queue, since) = self.calls.waiting.remove(&call)?;
        let by = self.thresholds(&queue);
        tell(self.queue(at, &queue), at.ms_since(since), by);
        Some(queue)
    }
}

/// When the quarter hour of local time began that a moment is in.
pub(crate) fn quarter_of(zone: Zone, at: Timestamp) -> Timestamp {
    let into_s = u64::from(zone.second_of_day(at)) % QUARTER_S;
    Timestamp::from_micros(
        (at.micros() / 1_000_000).saturating_sub(into_s).saturating_mul(1_000_000),
    )
}

const QUARTER_S: u64 = 15 * 60;
/// Eight days: the week before is there to compare with.
const KEPT: usize = 8 * 96;
