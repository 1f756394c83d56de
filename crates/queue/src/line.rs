//! Who waits in one queue, in the order they are to be served: priority, then
//! longest wait, then the call's own id.

use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeMap,
};

use model::{CallId, Timestamp};

/// A call's place among others. Less is served sooner.
///
/// It does not change while a call waits: who rings in vain and comes back
/// comes back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// 0 is ordinary; higher goes first.
    pub priority: u8,
    /// Since when it counts as waiting.
    pub since: Timestamp,
    /// The call; the lower id, which arrived earlier, breaks a tie.
    pub call: CallId,
}

impl Ord for Place {
    fn cmp(&self, other: &Place) -> Ordering {
        let key = |p: &Place| (Reverse(p.priority), p.since, p.call);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Place) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A waiting line.
///
/// Kept as sorted runs of at most 128 places: joining and leaving
/// compare O(log n) times and then move within one run (a few cache lines), and
/// a position is a sum over the runs' lengths. For the lines there are, that is
/// faster than a balanced tree that counts, and a page shorter.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Neither empty nor out of order, within and between.
    runs: Vec<Vec<Place>>,
    places: BTreeMap<CallId, Place>,
}

impl Line {
    /// An empty line.
    pub fn new() -> Line {
        Line::default()
    }

    /// Join; `false` and nothing done when the call is in already.
    pub fn join(&mut self, place: Place) -> bool {
        if self.places.contains_key(&place.call) {
            return false;
        }
        self.places.insert(place.call, place);
        let r = self.run_of(&place);
        let Some(run) = self.runs.get_mut(r) else {
            self.runs.push(vec![place]);
            return true;
        };
        let at = run.partition_point(|p| *p < place);
        run.insert(at, place);
        if run.len() > RUN_MAX {
            let later = run.split_off(RUN_MAX / 2);
            self.runs.insert(r + 1, later);
        }
        true
    }

    /// Leave; the place it had, if it was in.
    pub fn leave(&mut self, call: CallId) -> Option<Place> {
        let place = self.places.remove(&call)?;
        let r = self.run_of(&place);
        let run = self.runs.get_mut(r)?;
        if let Ok(at) = run.binary_search(&place) {
            run.remove(at);
        }
        if run.is_empty() {
            self.runs.remove(r);
        }
        Some(place)
    }

    /// A call's position, from 1.
    pub fn position(&self, call: CallId) -> Option<usize> {
        let place = self.places.get(&call)?;
        let r = self.run_of(place);
        let before: usize = self.runs.iter().take(r).map(Vec::len).sum();
        let within = self.runs.get(r)?.partition_point(|p| p < place);
        Some(before + within + 1)
    }

    /// A call's place.
    pub fn place(&self, call: CallId) -> Option<&Place> {
        self.places.get(&call)
    }

    /// Who is next.
    pub fn first(&self) -> Option<&Place> {
        self.runs.first().and_then(|run| run.first())
    }

    /// All, in the order they are to be served.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.runs.iter().flatten()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The run a place is in or belongs into: the last that does not begin after it.
    fn run_of(&self, place: &Place) -> usize {
        let after = self.runs.partition_point(|run| run.first().is_some_and(|p| p <= place));
        after.saturating_sub(1)
    }
}

/// 128 places are 3 kB: a move within one stays in the first-level cache.
const RUN_MAX: usize = 128;
