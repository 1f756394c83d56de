//! Writes rows as CSV (RFC 4180), with quotes only where they are needed.

use std::fmt;

use model::Date;
use serde::Serialize;
use spreadsheet::{CsvStyle, Writer};

/// An enum's value as it is written in files and records: `task_force`.
pub(crate) struct Word<'a, T>(pub(crate) &'a T);

impl<T: Serialize> fmt::Display for Word<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}

/// A file with these columns and rows.
pub(crate) fn write(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = Writer::new(CsvStyle::ForFiles);
    writer.text(columns);
    rows.into_iter().for_each(|row| writer.text(row));
    writer.finish()
}

/// The value, or an empty cell.
pub(crate) fn maybe<T: fmt::Display>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The value, or `*` for any.
pub(crate) fn any<T: fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(|| "*".to_string(), |value| value.to_string())
}

/// The values, separated by `;`.
pub(crate) fn list<T: fmt::Display>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(";")
}

/// The word, or an empty cell.
pub(crate) fn word<T: Serialize>(value: Option<&T>) -> String {
    maybe(value.map(Word))
}

/// The date, or an empty cell.
pub(crate) fn date(value: Option<Date>) -> String {
    maybe(value)
}
