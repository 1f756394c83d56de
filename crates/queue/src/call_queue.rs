//! The calls that wait in one queue, in the order they are served: priority, then longest wait,
//! then the call's id.

use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeMap,
};

use primitives::{CallId, Timestamp};

/// A call's position in the order of service. Less is served first.
///
/// It does not change while the call waits: after a missed offer the call returns to its old
/// position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueEntry {
    /// 0 is ordinary; higher goes first.
    pub priority: u8,
    /// The start of its wait.
    pub since: Timestamp,
    /// The call; the lower id, which arrived earlier, breaks a tie.
    pub call: CallId,
}

impl Ord for QueueEntry {
    fn cmp(&self, other: &QueueEntry) -> Ordering {
        let key = |p: &QueueEntry| (Reverse(p.priority), p.since, p.call);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for QueueEntry {
    fn partial_cmp(&self, other: &QueueEntry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The waiting calls of one queue.
///
/// They are kept as sorted runs of at most 128 entries. Joining and leaving compare
/// O(log n) times and then move entries within one run; a position is a sum over the runs' lengths.
/// At the lengths that occur this is faster than a balanced tree with counts.
#[derive(Clone, Debug, Default)]
pub struct CallQueue {
    /// No run is empty; the entries are in order within and between runs.
    runs: Vec<Vec<QueueEntry>>,
    entries: BTreeMap<CallId, QueueEntry>,
}

impl CallQueue {
    /// An empty queue.
    pub fn new() -> CallQueue {
        CallQueue::default()
    }

    /// Adds a call. Returns `false`, and changes nothing, when it waits already.
    pub fn join(&mut self, entry: QueueEntry) -> bool {
        if self.entries.contains_key(&entry.call) {
            return false;
        }
        self.entries.insert(entry.call, entry);
        let r = self.run_of(&entry);
        let Some(run) = self.runs.get_mut(r) else {
            self.runs.push(vec![entry]);
            return true;
        };
        let at = run.partition_point(|p| *p < entry);
        run.insert(at, entry);
        if run.len() > RUN_MAX {
            let later = run.split_off(RUN_MAX / 2);
            self.runs.insert(r + 1, later);
        }
        true
    }

    /// Removes a call and returns its entry.
    pub fn leave(&mut self, call: CallId) -> Option<QueueEntry> {
        let entry = self.entries.remove(&call)?;
        let r = self.run_of(&entry);
        let run = self.runs.get_mut(r)?;
        if let Ok(at) = run.binary_search(&entry) {
            run.remove(at);
        }
        if run.is_empty() {
            self.runs.remove(r);
        }
        Some(entry)
    }

    /// A call's position, from 1.
    pub fn position(&self, call: CallId) -> Option<usize> {
        let entry = self.entries.get(&call)?;
        let r = self.run_of(entry);
        let before: usize = self.runs.iter().take(r).map(Vec::len).sum();
        let within = self.runs.get(r)?.partition_point(|p| p < entry);
        Some(before + within + 1)
    }

    /// A call's entry.
    pub fn entry(&self, call: CallId) -> Option<&QueueEntry> {
        self.entries.get(&call)
    }

    /// The next call to be served.
    pub fn first(&self) -> Option<&QueueEntry> {
        self.runs.first().and_then(|run| run.first())
    }

    /// All calls in the order they are served.
    pub fn iter(&self) -> impl Iterator<Item = &QueueEntry> {
        self.runs.iter().flatten()
    }

    /// The number of waiting calls.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no call waits.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The index of the run that holds the entry or would hold it: the last run that does not
    /// begin after it.
    fn run_of(&self, entry: &QueueEntry) -> usize {
        let after = self.runs.partition_point(|run| run.first().is_some_and(|p| p <= entry));
        after.saturating_sub(1)
    }
}

/// 128 entries are 3 kB: moving within one run stays in the first-level cache.
const RUN_MAX: usize = 128;
