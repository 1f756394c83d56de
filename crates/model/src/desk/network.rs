//! What happens to the network of units and to the tables beside it: areas, topics, the directory, grades, duty.
//!
//! All of it has versions by date: a bureau that is renamed or merged in March
//! was what it was in February, and a ticket of February still says so.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AreaId, DutyContact, DutyTime, GradeKey, GradeRule, RouteKey, RouteRow, Topic, TopicId, Unit,
    UnitId, form::words,
};
use crate::Date;

/// What happened to the network. A change counts from its approval on (hotline.md 2.7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum DirectoryEvent {
    /// Changes were put together.
    Drafted {
        /// The draft's number, from 1.
        draft: u32,
        /// What for.
        note: String,
        /// The changes, in order.
        changes: Vec<DirectoryChange>,
    },
    /// More changes of a draft that is too long for one record.
    Extended {
        /// Which draft.
        draft: u32,
        /// The changes that follow.
        changes: Vec<DirectoryChange>,
    },
    /// A draft was approved: it counts.
    Approved {
        /// Which.
        draft: u32,
    },
    /// A draft was turned down.
    Refused {
        /// Which.
        draft: u32,
        /// Why.
        reason: String,
    },
    /// A unit wrote down who is on duty. Nobody approves that: it is the unit's own.
    DutyWritten {
        /// Which unit.
        unit: UnitId,
        /// For which time.
        time: DutyTime,
        /// Whom to call, first things first; nobody clears it.
        contacts: Vec<DutyContact>,
    },
}

/// A change to one thing of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum DirectoryChange {
    /// To an area.
    Area(AreaId, Revision<Area, AreaId>),
    /// To a unit.
    Unit(UnitId, UnitRevision),
    /// To a topic.
    Topic(TopicId, TopicRevision),
    /// To a row of the directory.
    Route(RouteKey, RouteRevision),
    /// To a rule of grades.
    Grade(GradeKey, Revision<GradeRule, NoSuccessor>),
    /// To a unit's duty contacts.
    Duty(UnitId, DutyTime, Vec<DutyContact>),
}

/// What happens to a unit: founded, changed, renamed, merged, split, ended.
pub type UnitRevision = Revision<Unit, UnitId>;
/// What happens to a topic.
pub type TopicRevision = Revision<Topic, TopicId>;
/// What happens to a row of the directory.
pub type RouteRevision = Revision<RouteRow, NoSuccessor>;

/// What happens to anything that has versions by date and may end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum Revision<T, Id> {
    /// From a day on it is so, until the next version.
    Written {
        /// The first day; `None`: since always.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Date>,
        /// The document it rests on.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        basis: String,
        /// What it is.
        now: Box<T>,
    },
    /// It ends: with no successor closed, with one merged or moved, with several split.
    Ended {
        /// Its last day.
        last: Date,
        /// What comes after it.
        #[serde(default = "Vec::<Id>::new", skip_serializing_if = "Vec::is_empty")]
        successors: Vec<Id>,
        /// The document it rests on.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        basis: String,
    },
    /// The end was a mistake, or was put off.
    EndRevoked,
}

/// The successor of what has none: a row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NoSuccessor {}

impl fmt::Display for NoSuccessor {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl JsonSchema for NoSuccessor {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "NoSuccessor".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        false.into()
    }
}

words!(
    /// How large an area is.
    AreaLevel {
        /// 市
        City,
        /// 县、区
        County,
        /// 乡、镇、街道
        Township,
        /// 村、社区
        Community,
    }
);

/// A part of the territory (区划).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its name: `金水区`.
    pub name: String,
    /// How large.
    pub level: AreaLevel,
    /// What it is a part of; the largest has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<AreaId>,
}
