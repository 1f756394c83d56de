//! The directory (hotline.md 2.6): units and everything that belongs to them, by date.
//!
//! [`Directory`] holds areas, units, topics, the directory of routes, the rules of grades and the
//! duty contacts. Each of them has versions by the day from which they are valid. A query names its
//! day, so an old ticket is answered as it was then. [`DirectoryState`] is the fold over the log: changes
//! are drafted, checked ([`Directory::faults`]), and valid once they are approved.
//!
//! - `tree.rs`: the tree of units with its two kinds of edges, and reorganisations
//! - `route.rs`: the unit that handles a demand, and why; `grade.rs`: the demand's grade
//! - `duty.rs`: the contacts to call at a moment
//! - `csv/`: the tables as files
//!
//! The crate does not know tickets: the open work of units is an argument.

mod arbitration;
mod area;
mod csv;
mod duty;
mod fault;
mod grade;
pub mod leader;
mod route;
mod row_name;
mod state;
mod table;
mod topic;
mod tree;
mod validation;
mod versioned;

use std::collections::BTreeMap;

use model::desk::{
    Area, AreaId, DirectoryChange, DutyContact, DutyTime, GradeKey, GradeRule, NoSuccessor,
    RouteKey, RouteRow, Topic, TopicId, Unit, UnitId,
};
use serde::{Deserialize, Serialize};

pub use duty::{ContactOption, ContactRole};
pub use fault::TableFault;
pub use grade::{GradeDecision, GradeSource};
pub use route::{Route, RouteQuery, RouteReason};
pub use state::{CHANGES_MAX, DRAFTS_MAX, DirectoryCommand, DirectoryState, Draft, initial_events};
pub use table::{Table, TableText};
pub use topic::ResolvedTopic;
pub use tree::{Handover, Successor};
pub use validation::DirectoryWarning;
pub use versioned::{EndOfValidity, Version, Versioned};

/// The directory in all its versions, past and to come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    areas: BTreeMap<AreaId, Versioned<Area, AreaId>>,
    units: BTreeMap<UnitId, Versioned<Unit, UnitId>>,
    topics: BTreeMap<TopicId, Versioned<Topic, TopicId>>,
    routes: BTreeMap<RouteKey, Versioned<RouteRow, NoSuccessor>>,
    grades: BTreeMap<GradeKey, Versioned<GradeRule, NoSuccessor>>,
    duty: BTreeMap<UnitId, BTreeMap<DutyTime, Vec<DutyContact>>>,
}

impl Directory {
    /// Applies a change.
    pub fn apply(&mut self, change: &DirectoryChange) {
        match change {
            DirectoryChange::Area(id, event) => {
                self.areas.entry(id.clone()).or_default().apply(event)
            }
            DirectoryChange::Unit(id, event) => {
                self.units.entry(id.clone()).or_default().apply(event)
            }
            DirectoryChange::Topic(id, event) => {
                self.topics.entry(id.clone()).or_default().apply(event);
            }
            DirectoryChange::Route(key, event) => {
                self.routes.entry(key.clone()).or_default().apply(event);
            }
            DirectoryChange::Grade(key, event) => {
                self.grades.entry(key.clone()).or_default().apply(event);
            }
            DirectoryChange::Duty(unit, time, contacts) => {
                self.write_duty(unit, *time, contacts.clone());
            }
        }
    }

    fn write_duty(&mut self, unit: &UnitId, time: DutyTime, contacts: Vec<DutyContact>) {
        let lists = self.duty.entry(unit.clone()).or_default();
        if contacts.is_empty() {
            lists.remove(&time);
        } else {
            lists.insert(time, contacts);
        }
        if lists.is_empty() {
            self.duty.remove(unit);
        }
    }

    /// Whether nothing was ever written, so that the shipped tables may be offered.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty() && self.units.is_empty() && self.topics.is_empty()
    }

    /// An area with all its versions.
    pub fn area(&self, id: &AreaId) -> Option<&Versioned<Area, AreaId>> {
        self.areas.get(id)
    }

    /// A unit with all its versions.
    pub fn unit(&self, id: &UnitId) -> Option<&Versioned<Unit, UnitId>> {
        self.units.get(id)
    }

    /// A topic with all its versions.
    pub fn topic(&self, id: &TopicId) -> Option<&Versioned<Topic, TopicId>> {
        self.topics.get(id)
    }

    /// All areas, by code.
    pub fn areas(&self) -> impl Iterator<Item = (&AreaId, &Versioned<Area, AreaId>)> {
        self.areas.iter()
    }

    /// All units, by code.
    pub fn units(&self) -> impl Iterator<Item = (&UnitId, &Versioned<Unit, UnitId>)> {
        self.units.iter()
    }

    /// All topics, by code.
    pub fn topics(&self) -> impl Iterator<Item = (&TopicId, &Versioned<Topic, TopicId>)> {
        self.topics.iter()
    }

    /// All rows of the directory.
    pub fn routes(&self) -> impl Iterator<Item = (&RouteKey, &Versioned<RouteRow, NoSuccessor>)> {
        self.routes.iter()
    }

    /// All rules of grades.
    pub fn grades(&self) -> impl Iterator<Item = (&GradeKey, &Versioned<GradeRule, NoSuccessor>)> {
        self.grades.iter()
    }
}
