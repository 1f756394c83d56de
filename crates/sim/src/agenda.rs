//! The agenda: what is planned, ordered by time.

use std::collections::BTreeMap;

use model::Timestamp;

/// Planned items. Items for the same moment are taken in the order in which they were planned.
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

    /// The time of the first item.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the first item, if its time has come.
    pub(crate) fn take(&mut self, now: Timestamp) -> Option<T> {
        self.next().filter(|at| *at <= now)?;
        self.due.pop_first().map(|(_, thing)| thing)
    }

    /// Changes every item.
    pub(crate) fn change(&mut self, change: impl Fn(T) -> T) {
        let due = std::mem::take(&mut self.due);
        self.due = due.into_iter().map(|(at, thing)| (at, change(thing))).collect();
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.due.retain(|_, thing| keep(thing));
    }
}
