//! Changes of the directory: units, areas, topics, routes, grades, duty contacts.
//!
//! Everything in it has versions by date: a bureau that is renamed or merged in March keeps its old
//! name in February, and a ticket of February still shows it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AreaId, DutyContact, DutyTime, GradeKey, GradeRule, RouteKey, RouteRow, Topic, TopicId, Unit,
    UnitId, form::word_enum,
};
use crate::Date;

/// An event of the directory. A change takes effect with its approval (hotline.md 2.7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum DirectoryEvent {
    /// A draft of changes was begun.
    Drafted {
        /// The draft's number, from 1.
        draft: u32,
        /// The purpose of the changes.
        note: String,
        /// The changes, in order.
        changes: Vec<DirectoryChange>,
    },
    /// More changes of a draft that is too long for one record.
    Extended {
        /// The draft's number.
        draft: u32,
        /// The changes that follow.
        changes: Vec<DirectoryChange>,
    },
    /// A draft was approved and takes effect.
    Approved {
        /// The draft's number.
        draft: u32,
    },
    /// A draft was refused.
    Refused {
        /// The draft's number.
        draft: u32,
        /// The reason.
        reason: String,
    },
    /// A unit entered its duty contacts. They need no approval.
    DutyWritten {
        /// The unit.
        unit: UnitId,
        /// The time of duty.
        time: DutyTime,
        /// The contacts, in calling order; an empty list clears it.
        contacts: Vec<DutyContact>,
    },
}

/// A change to one entry of the directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum DirectoryChange {
    /// An area.
    Area(AreaId, Revision<Area, AreaId>),
    /// A unit.
    Unit(UnitId, UnitRevision),
    /// A topic.
    Topic(TopicId, TopicRevision),
    /// A row of the routing table.
    Route(RouteKey, RouteRevision),
    /// A grade rule.
    Grade(GradeKey, Revision<GradeRule, NoSuccessor>),
    /// A unit's duty contacts.
    Duty(UnitId, DutyTime, Vec<DutyContact>),
}

/// A change of a unit: founded, changed, renamed, merged, split, ended.
pub type UnitRevision = Revision<Unit, UnitId>;
/// A change of a topic.
pub type TopicRevision = Revision<Topic, TopicId>;
/// A change of a row of the routing table.
pub type RouteRevision = Revision<RouteRow, NoSuccessor>;

/// A change of a thing that has versions by date and may end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum Revision<T, Id> {
    /// A new version, valid from a day on.
    Written {
        /// The first day; `None`: since always.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Date>,
        /// The document it is based on.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        basis: String,
        /// The new version.
        now: Box<T>,
    },
    /// It ends: closed without a successor, merged or moved with one, split with several.
    Ended {
        /// Its last day.
        last: Date,
        /// The successors.
        #[serde(default = "Vec::<Id>::new", skip_serializing_if = "Vec::is_empty")]
        successors: Vec<Id>,
        /// The document it is based on.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        basis: String,
    },
    /// The end was revoked: it was a mistake, or was postponed.
    EndRevoked,
}

/// The successor type of things that have no successors: rows of a table.
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

word_enum!(
    /// The administrative level of an area.
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
    /// The level.
    pub level: AreaLevel,
    /// The area it belongs to; the largest has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<AreaId>,
}
