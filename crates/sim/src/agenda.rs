//! What will happen, in order.

use std::collections::BTreeMap;

use model::Timestamp;

/// Things planned; those for one moment happen in the order they were planned in.
#[derive(Debug)]
pub(crate) struct Agenda<T> {
    due: BTreeMap<(Timestamp, u64), T>,
    planned: u64,
}

impl<T> Agenda<T> {
    pub(crate) fn new() -> Agenda<T> {
        Agenda { due: BTreeMap::new(), planned: 0 }
    }

    pub(crate) fn plan(&mut self, at: Timestamp, thing: T) {
        self.planned += 1;
        self.due.insert((at, self.planned), thing);
    }

    /// When the first thing happens.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// The first thing, if its time has come.
    pub(crate) fn take(&mut self, now: Timestamp) -> Option<T> {
        self.next().filter(|at| *at <= now)?;
        self.due.pop_first().map(|(_, thing)| thing)
    }

    /// Changes everything planned.
    pub(crate) fn change(&mut self, change: impl Fn(T) -> T) {
        let due = std::mem::take(&mut self.due);
        self.due = due.into_iter().map(|(at, thing)| (at, change(thing))).collect();
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.due.retain(|_, thing| keep(thing));
    }
}
