//! The words of a unit of the network (成员单位, hotline.md 2.6): what it is, who answers for it, whom to call.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AreaId, Private, UnitId, form::words};
use crate::Number;

words!(
    /// What a unit is.
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
        /// 热线办: the hotline's own office, one and no more.
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
    /// What it is.
    pub kind: UnitKind,
    /// 1 city, 2 county or bureau, 3 township or county bureau, 4 community.
    pub level: u8,
    /// The unit above it in its area (块): dispatch walks here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<UnitId>,
    /// The unit above it in its trade (条): supervision walks here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub functional_parent: Option<UnitId>,
    /// Where it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
    /// With whom it is compared: `县区`; empty: it is not ranked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Its head (主要负责人).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chief: Option<Officer>,
    /// The deputies in charge of the hotline's matters (分管负责人).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deputies: Vec<Officer>,
    /// Who receives what the hotline sends (联络员); two are wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub liaisons: Vec<Liaison>,
    /// The number citizens may call, as it is printed (DSP-20).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub public_phone: String,
    /// The numbers that are told by SMS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sms: Vec<Number>,
    /// Of a task force: who is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<UnitId>,
}

/// Somebody who answers for a unit: their name is printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// Their name.
    pub name: String,
    /// Their post: `局长`.
    pub post: String,
}

/// Somebody who receives what the hotline sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Liaison {
    /// Their name.
    pub name: Private,
    /// Their number.
    pub number: Number,
}

words!(
    /// When somebody is on duty (DSP-18).
    DutyTime {
        /// Office hours of working days.
        Weekday,
        /// The rest of working days.
        Night,
        /// Days that are not worked.
        Holiday,
    }
);

/// Whom to call. Their order is the order of calling (CALL-32).
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
