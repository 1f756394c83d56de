//! Which line of a file holds which row.

use super::{BTreeMap, Table};

/// The lines of the files that were read.
#[derive(Default)]
pub(super) struct Lines(BTreeMap<(Table, String), u64>);

impl Lines {
    /// A row stands there. The line of the same row before it, when there is one.
    pub(super) fn note(&mut self, table: Table, row: String, line: u64) -> Option<u64> {
        self.0.insert((table, row), line)
    }

    /// Where a row stands; 0 when no file holds it.
    pub(super) fn line(&self, table: Table, row: &str) -> u64 {
        self.0.get(&(table, row.to_string())).copied().unwrap_or(0)
    }
}
