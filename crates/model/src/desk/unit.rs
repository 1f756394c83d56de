//! A unit of the directory (成员单位, hotline.md 2.6): its kind, its responsible persons, its
//! contacts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AreaId, Private, UnitId, form::word_enum};
use crate::Number;

word_enum!(
    /// The kind of unit.
    UnitKind {
        /// 县区政府: what `@area` means.
        Government,
        /// 部门
        Bureau,
        /// 乡镇、街道办事处
        Township,
        /// 村、社区
        Community,
        /// 水、电、气、暖 (DSP-17)
        Utility,
        /// 公共企业
        PublicEnterprise,
        /// 中央、省驻地单位
        CentralBody,
        /// 工作组: for a time, with members and a last day (DSP-23).
        TaskForce,
        /// 外地单位: beyond our territory (DSP-14).
        External,
        /// 热线办: the hotline's own office; there is exactly one.
        Hub,
    }
);

/// A unit, in one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its full name.
    pub name: String,
    /// Its short name, by which topics and people call it: `市公安局`.
    pub short: String,
    /// The kind.
    pub kind: UnitKind,
    /// 1 city, 2 county or bureau, 3 township or county bureau, 4 community.
    pub level: u8,
    /// The unit above it in its area (块); dispatch follows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<UnitId>,
    /// The unit above it in its sector (条); supervision follows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub functional_parent: Option<UnitId>,
    /// The area it works in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
    /// The group it is ranked in: `县区`; empty: it is not ranked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Its head (主要负责人).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chief: Option<Officer>,
    /// The deputies in charge of the hotline's matters (分管负责人).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deputies: Vec<Officer>,
    /// The liaisons (联络员); there should be two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub liaisons: Vec<Liaison>,
    /// The number citizens may call, as it is printed (DSP-20).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub public_phone: String,
    /// The numbers that get SMS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sms: Vec<Number>,
    /// The members of a task force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<UnitId>,
}

/// A person who answers for a unit; the name is printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// Their name.
    pub name: String,
    /// Their post: `局长`.
    pub post: String,
}

/// A person who receives what the hotline sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Liaison {
    /// Their name.
    pub name: Private,
    /// Their number.
    pub number: Number,
}

word_enum!(
    /// The time of a duty contact (DSP-18).
    DutyTime {
        /// Office hours of working days.
        Weekday,
        /// The rest of working days.
        Night,
        /// Days that are not worked.
        Holiday,
    }
);

/// A duty contact; contacts are called in their order (CALL-32).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyContact {
    /// Their name; empty for a duty room.
    #[serde(default, skip_serializing_if = "Private::is_empty")]
    pub name: Private,
    /// Their post, or the room: `值班室`.
    pub post: String,
    /// The number.
    pub number: Number,
}
