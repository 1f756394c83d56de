//! The line numbers of the rows that were read.

use super::{BTreeMap, Table};

/// The line number of each row of each table.
#[derive(Default)]
pub(super) struct Lines(BTreeMap<(Table, String), u64>);

impl Lines {
    /// Notes the line of a row. Returns the line noted before for the same row, if there is one.
    pub(super) fn note(&mut self, table: Table, row: String, line: u64) -> Option<u64> {
        self.0.insert((table, row), line)
    }

    /// The line of a row, from 1; 0 when no file contains it.
    pub(super) fn line(&self, table: Table, row: &str) -> u64 {
        self.0.get(&(table, row.to_string())).copied().unwrap_or(0)
    }
}
