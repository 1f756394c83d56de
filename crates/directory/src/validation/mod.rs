//! Checks of the directory: conditions that are true on every day. All violations are reported at
//! once.

mod areas;
mod routes;
mod texts;
mod topics;
mod units;

use std::{collections::BTreeSet, fmt};

use model::{
    Date,
    desk::{AreaId, AreaLevel, DirectoryChange, TopicId, UnitId, UnitKind},
};
use serde::Serialize;

use super::{Directory, Table, TableFault, Versioned, row_name::row_name};

impl Directory {
    /// All faults of the directory.
    pub fn faults(&self) -> Vec<TableFault> {
        let mut faults = FaultCollector::default();
        areas::check(self, &mut faults);
        units::check(self, &mut faults);
        topics::check(self, &mut faults);
        routes::check(self, &mut faults);
        faults.sorted()
    }

    /// All faults that some changes would cause.
    pub fn faults_with(&self, changes: &[DirectoryChange]) -> Vec<TableFault> {
        let mut after = self.clone();
        for change in changes {
            after.apply(change);
        }
        // A check may have become stricter, so faults that existed before do not count against the
        // changes.
        let before: BTreeSet<TableFault> = self.faults().into_iter().collect();
        after.faults().into_iter().filter(|fault| !before.contains(fault)).collect()
    }

    /// Deficiencies on a day that are not faults.
    pub fn warnings(&self, date: Date) -> Vec<DirectoryWarning> {
        let mut warnings = Vec::new();
        for (id, unit) in self.active(date) {
            let receives = !matches!(unit.kind, UnitKind::External | UnitKind::Hub);
            if receives && unit.liaisons.len() < LIAISONS_WANTED {
                warnings.push(DirectoryWarning::FewLiaisons {
                    unit: id.clone(),
                    has: unit.liaisons.len(),
                });
            }
            if receives && !self.duty.contains_key(id) {
                warnings.push(DirectoryWarning::NoDuty { unit: id.clone() });
            }
        }
        for (id, area) in &self.areas {
            let county = area.on(date).is_some_and(|area| area.level == AreaLevel::County);
            if county && self.government_of(id, date).is_none() {
                warnings.push(DirectoryWarning::NoGovernment { area: id.clone() });
            }
        }
        for (id, topic) in &self.topics {
            let Some(short) = topic.on(date).map(|topic| &topic.lead) else { continue };
            let called =
                self.active(date).any(|(_, unit)| unit.short == *short || unit.name == *short);
            if !short.is_empty() && !called {
                warnings.push(DirectoryWarning::UnknownShortName {
                    topic: id.clone(),
                    short: short.clone(),
                });
            }
        }
        warnings
    }
}

/// A deficiency that is not a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryWarning {
    /// A unit has fewer than two liaisons.
    FewLiaisons {
        /// The unit.
        unit: UnitId,
        /// The number of its liaisons.
        has: usize,
    },
    /// A unit has no duty contacts at any time.
    NoDuty {
        /// The unit.
        unit: UnitId,
    },
    /// A county has no government: unclear matters there go to the hub.
    NoGovernment {
        /// The area.
        area: AreaId,
    },
    /// A topic gives a short name that no unit has.
    #[serde(rename = "nobody_called")]
    UnknownShortName {
        /// The topic.
        topic: TopicId,
        /// The short name.
        short: String,
    },
}

impl fmt::Display for DirectoryWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DirectoryWarning::FewLiaisons { unit, has } => {
                write!(f, "{unit} has {has} liaisons; there should be {LIAISONS_WANTED}")
            }
            DirectoryWarning::NoDuty { unit } => write!(f, "{unit} has no duty contacts"),
            DirectoryWarning::NoGovernment { area } => write!(f, "{area} has no government"),
            DirectoryWarning::UnknownShortName { topic, short } => {
                write!(f, "topic {topic} goes to {short}, but no unit has this short name")
            }
        }
    }
}

/// The faults found; each check reports a row and column once.
#[derive(Default)]
struct FaultCollector {
    faults: Vec<TableFault>,
    seen: BTreeSet<(Table, String, &'static str, &'static str)>,
}

impl FaultCollector {
    /// Adds a fault. `right` also identifies the check.
    fn add(
        &mut self,
        table: Table,
        row: &str,
        column: &'static str,
        what: impl Into<String>,
        right: &'static str,
    ) {
        if self.seen.insert((table, row.to_string(), column, right)) {
            self.faults.push(TableFault::new(table, row, column, what, right));
        }
    }

    fn sorted(mut self) -> Vec<TableFault> {
        self.faults.sort();
        self.faults
    }

    /// Checks that versions are in order, that the end is after them, and that successors exist.
    fn check_dates<T, Id: fmt::Display + Ord>(
        &mut self,
        table: Table,
        id: &Id,
        versioned: &Versioned<T, Id>,
        exists_on: impl Fn(&Id, Date) -> bool,
    ) {
        let Some((newest, _)) = versioned.newest() else {
            let what = format!("there is no {id}");
            return self.add(table, &id.to_string(), "", what, "write it before it ends");
        };
        let row = row_name(id, newest);
        if versioned.versions().count() > VERSIONS_MAX {
            self.add(table, &row, "from", "it has more than 100 versions", "write fewer");
        }
        let Some(end) = versioned.end() else { return };
        if newest.is_some_and(|from| from > end.last) {
            let what = format!("it ends on {}, before this version begins", end.last);
            self.add(
                table,
                &row,
                "until",
                what,
                "write a last day that is not before the first day",
            );
        }
        let after = end.last.plus(1);
        for next in &end.successors {
            if next == id {
                self.add(table, &row, "successors", "it names itself", "name another, or none");
            } else if !exists_on(next, after) {
                let what = format!("{next} does not exist on {after}");
                self.add(
                    table,
                    &row,
                    "successors",
                    what,
                    "name one that exists on the day after the end",
                );
            }
        }
    }

    /// Checks that a table has at most `most` rows.
    fn check_size(&mut self, table: Table, rows: usize, most: usize) {
        if rows > most {
            self.add(
                table,
                "",
                "",
                format!("{rows} rows"),
                "a table has fewer rows: see the README",
            );
        }
    }
}

/// A day, as faults name it.
fn date_text(date: Date) -> String {
    if date == BEGINNING { "from the beginning".to_string() } else { format!("on {date}") }
}

/// The row of the version valid on a day.
fn row_name_on<T, Id>(id: impl fmt::Display, versioned: &Versioned<T, Id>, date: Date) -> String {
    let holds =
        versioned.versions().map(|(from, _)| from).filter(|from| *from <= Some(date)).last();
    row_name(id, holds.flatten())
}

/// The days on which references must be checked: those on which this thing or one of the others
/// changes.
fn dates_to_check<T, Id>(
    versioned: &Versioned<T, Id>,
    others: impl Iterator<Item = Date>,
) -> BTreeSet<Date> {
    let days = versioned.change_dates().chain(others).chain([BEGINNING]);
    days.filter(|date| versioned.on(*date).is_some()).collect()
}

/// The day that stands for "since always" in checks.
const BEGINNING: Date = Date { year: 1, month: 1, day: 1 };
/// Two, so that one may be ill (hotline.md 2.6).
const LIAISONS_WANTED: usize = 2;
/// Enough for a unit that is renamed each year for a century.
const VERSIONS_MAX: usize = 100;
