//! A value with versions by date and perhaps an end: one unit, one topic, one row.

use std::collections::BTreeMap;

use model::{Date, desk::Revision};
use serde::{Deserialize, Serialize};

/// The versions of one thing, by the day from which each is valid; `None` means since always.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versioned<T, Id> {
    versions: BTreeMap<Option<Date>, Version<T>>,
    end: Option<EndOfValidity<Id>>,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version<T> {
    /// The document that justifies it.
    pub basis: String,
    /// The content.
    pub now: T,
}

/// The end of a thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndOfValidity<Id> {
    /// Its last day.
    pub last: Date,
    /// The things that succeed it.
    pub successors: Vec<Id>,
    /// The document that justifies it.
    pub basis: String,
}

impl<T, Id> Default for Versioned<T, Id> {
    fn default() -> Versioned<T, Id> {
        Versioned { versions: BTreeMap::new(), end: None }
    }
}

impl<T: Clone, Id: Clone> Versioned<T, Id> {
    /// Applies a revision.
    pub fn apply(&mut self, event: &Revision<T, Id>) {
        match event {
            Revision::Written { from, basis, now } => {
                let version = Version { basis: basis.clone(), now: T::clone(now) };
                self.versions.insert(*from, version);
            }
            Revision::Ended { last, successors, basis } => {
                let (successors, basis) = (successors.clone(), basis.clone());
                self.end = Some(EndOfValidity { last: *last, successors, basis });
            }
            Revision::EndRevoked => self.end = None,
        }
    }
}

impl<T, Id> Versioned<T, Id> {
    /// The version valid on a day; `None` before the first one begins and after the end.
    pub fn on(&self, date: Date) -> Option<&T> {
        if self.has_ended(date) {
            return None;
        }
        self.versions.range(..=Some(date)).next_back().map(|(_, version)| &version.now)
    }

    /// The version valid on a day; after the end the last one, before the beginning the first one.
    pub fn nearest(&self, date: Date) -> Option<&T> {
        let before = self.versions.range(..=Some(date)).next_back();
        before.or_else(|| self.versions.iter().next()).map(|(_, version)| &version.now)
    }

    /// Whether its last day is before a day.
    pub fn has_ended(&self, date: Date) -> bool {
        self.end.as_ref().is_some_and(|end| end.last < date)
    }

    /// Its versions, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = (Option<Date>, &Version<T>)> {
        self.versions.iter().map(|(from, version)| (*from, version))
    }

    /// The version that begins on a day.
    pub fn version(&self, from: Option<Date>) -> Option<&Version<T>> {
        self.versions.get(&from)
    }

    /// The newest version.
    pub fn newest(&self) -> Option<(Option<Date>, &Version<T>)> {
        self.versions().last()
    }

    /// Its end, past or to come.
    pub fn end(&self) -> Option<&EndOfValidity<Id>> {
        self.end.as_ref()
    }

    /// The days on which something changes: the first day of each version, and the day after the
    /// last.
    pub fn change_dates(&self) -> impl Iterator<Item = Date> {
        let after = self.end.iter().map(|end| end.last.plus(1));
        self.versions.keys().flatten().copied().chain(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(month: u8, day: u8) -> Date {
        Date { year: 2013, month, day }
    }

    fn written(from: Option<Date>, now: &'static str) -> Revision<&'static str, u8> {
        Revision::Written { from, basis: String::new(), now: Box::new(now) }
    }

    #[test]
    fn newest_version_begun_by_a_day_is_valid() {
        let mut name = Versioned::default();
        name.apply(&written(Some(date(6, 1)), "new"));
        name.apply(&written(None, "old"));
        name.apply(&Revision::Ended { last: date(8, 31), successors: vec![7], basis: "".into() });
        let on = |day| name.on(day).copied();
        assert_eq!(on(date(5, 31)), Some("old"));
        assert_eq!(on(date(6, 1)), Some("new"));
        assert_eq!(on(date(8, 31)), Some("new"));
        assert_eq!(on(date(9, 1)), None);
        assert_eq!(name.nearest(date(9, 1)), Some(&"new"));
        assert_eq!(name.change_dates().collect::<Vec<_>>(), [date(6, 1), date(9, 1)]);
    }

    #[test]
    fn end_can_be_revoked_and_first_version_is_not_valid_earlier() {
        let mut name = Versioned::default();
        name.apply(&written(Some(date(6, 1)), "new"));
        name.apply(&Revision::Ended { last: date(6, 30), successors: vec![], basis: "".into() });
        name.apply(&Revision::EndRevoked);
        assert_eq!(name.on(date(7, 1)), Some(&"new"));
        assert_eq!(name.on(date(5, 1)), None);
        assert_eq!(name.nearest(date(5, 1)), Some(&"new"));
    }
}
