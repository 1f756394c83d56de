//! The tables as CSV files. Reading reports all faults at once; a written file is read as the same
//! table.
//!
//! A file contains all versions: one line for each day on which something changes. Rows that a file
//! does not contain stay as they are; an import never deletes history.

mod columns;
mod lines;
pub(crate) mod reader;
mod revisions;
mod tables;
pub(crate) mod writer;

use std::collections::{BTreeMap, BTreeSet};

use model::desk::DirectoryChange;

use super::{Directory, Table, TableFault, TableText};
use lines::Lines;

impl Directory {
    /// The changes that some files make, in the order in which they must be applied; empty when the
    /// files contain nothing new.
    ///
    /// # Errors
    /// All faults of the files and of the directory they would make.
    pub fn import(&self, files: &[TableText<'_>]) -> Result<Vec<DirectoryChange>, Vec<TableFault>> {
        let mut files: Vec<TableText<'_>> = files.to_vec();
        files.sort_by_key(|file| file.table);
        let (mut changes, mut faults, mut lines) = (Vec::new(), Vec::new(), Lines::default());
        for file in files {
            changes.extend(tables::read(self, file, &mut lines, &mut faults));
        }
        let reported: BTreeSet<(Table, u64, &str)> =
            faults.iter().map(|fault| (fault.table, fault.line, fault.column)).collect();
        for mut fault in self.faults_with(&changes) {
            fault.line = lines.line(fault.table, &fault.row);
            // A faulty cell, line or level causes further faults; only the first is reported.
            let places = ["", "kind", fault.column].map(|c| (fault.table, fault.line, c));
            let areas = (Table::Areas, fault.line, "level");
            let is_reported = places.iter().any(|place| reported.contains(place))
                || (fault.table == Table::Areas && reported.contains(&areas));
            if fault.line == 0 || !is_reported {
                faults.push(fault);
            }
        }
        if faults.is_empty() {
            return Ok(changes);
        }
        faults.sort();
        Err(faults)
    }

    /// A table as a file. The result is empty for the roster, which is not part of the directory.
    pub fn export(&self, table: Table) -> String {
        tables::write(self, table)
    }
}
