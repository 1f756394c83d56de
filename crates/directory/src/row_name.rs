//! Names of rows in faults, and values as they are written in files.

use std::fmt;

use model::{
    Date,
    desk::{GradeKey, RouteKey},
};
use serde::Serialize;

/// A row's name in faults: its code, and the first day of its version.
pub(crate) fn row_name(id: impl fmt::Display, from: Option<Date>) -> String {
    match from {
        Some(from) => format!("{id} from {from}"),
        None => id.to_string(),
    }
}

/// The name of a row of the directory in faults.
pub(crate) fn route_row(key: &RouteKey) -> String {
    format!("{} in {}", key.topic, value_or_star(key.area.as_ref()))
}

/// The name of a rule of grades in faults.
pub(crate) fn grade_row(key: &GradeKey) -> String {
    let difficulty = value_or_star(key.difficulty.as_ref().map(EnumName));
    let scope = value_or_star(key.scope.as_ref().map(EnumName));
    format!("{} {difficulty} {scope}", value_or_star(key.topic.as_ref()))
}

/// The value, or `*` for any.
pub(crate) fn value_or_star<T: fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(|| "*".to_string(), |value| value.to_string())
}

/// An enum's value as it is written in files and records: `task_force`.
pub(crate) struct EnumName<'a, T>(pub(crate) &'a T);

impl<T: Serialize> fmt::Display for EnumName<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}
