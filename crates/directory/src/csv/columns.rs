//! The columns of each file. `config/README.md` explains them.

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

pub(super) const ROUTES: &[&str] = &[
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
