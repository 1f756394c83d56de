//! The columns of each file. `config/README.md` explains them.

use model::desk::{GradeKey, RouteKey};

use super::writer::{any, word};

pub(super) const AREAS: &[&str] =
    &["code", "name", "level", "parent", "from", "until", "successors", "basis", "end_basis"];

pub(super) const UNITS: &[&str] = &[
    "code",
    "name",
    "short",
    "kind",
    "level",
    "parent",
    "functional_parent",
    "area",
    "group",
    "chief",
    "deputies",
    "liaisons",
    "public_phone",
    "sms",
    "members",
    "from",
    "until",
    "successors",
    "basis",
    "end_basis",
];

pub(super) const TOPICS: &[&str] = &[
    "code",
    "name",
    "english",
    "lead",
    "grade",
    "purposes",
    "from",
    "until",
    "successors",
    "basis",
    "end_basis",
];

pub(super) const DIRECTORY: &[&str] = &[
    "topic",
    "area",
    "lead",
    "assists",
    "supervise",
    "grade",
    "quick_kind",
    "fallback",
    "from",
    "until",
    "basis",
    "end_basis",
];

pub(super) const GRADES: &[&str] =
    &["topic", "difficulty", "scope", "grade", "from", "until", "basis", "end_basis"];

pub(super) const DUTY: &[&str] = &["unit", "time", "name", "post", "number"];

/// The name of a row of the directory in faults.
pub(crate) fn route_row(key: &RouteKey) -> String {
    format!("{} in {}", key.topic, any(key.area.as_ref()))
}

/// The name of a rule of grades in faults.
pub(crate) fn grade_row(key: &GradeKey) -> String {
    let [difficulty, scope] = [word(key.difficulty.as_ref()), word(key.scope.as_ref())];
    let star = |text: String| if text.is_empty() { "*".to_string() } else { text };
    format!("{} {} {}", any(key.topic.as_ref()), star(difficulty), star(scope))
}
