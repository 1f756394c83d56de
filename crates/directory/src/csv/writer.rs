//! Writes rows as CSV (RFC 4180), with quotes only where they are needed.

use std::fmt;

use model::Date;
use spreadsheet::{CsvStyle, Writer};

/// A file with these columns and rows.
pub(crate) fn write(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = Writer::new(CsvStyle::ForFiles);
    writer.text(columns);
    rows.into_iter().for_each(|row| writer.text(row));
    writer.finish()
}

/// The value, or an empty cell.
pub(crate) fn optional<T: fmt::Display>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The values, separated by `;`.
pub(crate) fn list<T: fmt::Display>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(";")
}

/// The date, or an empty cell.
pub(crate) fn date(value: Option<Date>) -> String {
    optional(value)
}
