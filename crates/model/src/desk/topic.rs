//! Topics (问题分类, hotline.md 5.1): three levels, by code.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Grade, Purpose};

/// A topic, in one version. A topic inherits what it does not define from the one above it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Its name: `占道经营`.
    pub name: String,
    /// Its name in English; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub english: String,
    /// The short name of the unit that handles it unless the directory says otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lead: String,
    /// The usual grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// The purposes allowed for it; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<Purpose>,
}
