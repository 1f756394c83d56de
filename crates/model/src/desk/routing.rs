//! The routing table (派单目录, DSP-05): the responsible units and the grade of a topic in an area.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{AreaId, Grade, Scope, TopicId, UnitId, form::word_enum};

/// The key of a row of the directory.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct RouteKey {
    /// The topic, with all below it.
    pub topic: TopicId,
    /// The area, with all in it; `None`: anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
}

/// The responsible units, in one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteRow {
    /// The unit that handles it (主办).
    pub lead: UnitRef,
    /// The units that assist (协办).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assists: Vec<UnitRef>,
    /// The unit that supervises (督办); `None`: the government of the area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervise: Option<UnitRef>,
    /// The grade; `None`: that of the topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// The quick-response kind, `Q01` to `Q12`; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub quick_kind: String,
    /// The unit that takes it when the lead cannot (兜底); `None`: the government of the area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<UnitRef>,
}

/// A unit by its code, or the government of the area: `@area`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitRef {
    /// A unit, by its code.
    Unit(UnitId),
    /// The government of the area the demand is about.
    AreaGovernment,
}

impl UnitRef {
    /// The written form of the government of the area.
    pub const AREA: &str = "@area";
}

impl From<&str> for UnitRef {
    fn from(text: &str) -> UnitRef {
        if text == UnitRef::AREA {
            UnitRef::AreaGovernment
        } else {
            UnitRef::Unit(UnitId::from(text))
        }
    }
}

impl fmt::Display for UnitRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnitRef::Unit(unit) => f.write_str(unit.as_str()),
            UnitRef::AreaGovernment => f.write_str(UnitRef::AREA),
        }
    }
}

impl Serialize for UnitRef {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnitRef {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<UnitRef, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        Ok(UnitRef::from(text.as_ref()))
    }
}

impl JsonSchema for UnitRef {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "UnitRef".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "examples": ["410105-000", UnitRef::AREA] })
    }
}

word_enum!(
    /// The difficulty as the dispatcher judges it (办理难度, REC-10).
    Difficulty {
        /// 简单
        Simple,
        /// 一般
        Ordinary,
        /// 复杂
        Complex,
    }
);

/// The condition of a grade rule; a field that is `None` matches anything.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct GradeKey {
    /// The topic, with all below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// The difficulty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difficulty: Option<Difficulty>,
    /// The scope the caller speaks for (REC-13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
}

/// The grade a rule gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeRule {
    /// The grade.
    pub grade: Grade,
}
