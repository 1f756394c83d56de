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
    /// All faults of the files and of the network they would make.
    pub fn import(&self, files: &[TableText<'_>]) -> Result<Vec<DirectoryChange>, Vec<TableFault>> {
        let mut files: Vec<TableText<'_>> = files.to_vec();
        files.sort_by_key(|file| file.table);
        let (mut changes, mut faults, mut lines) = (Vec::new(), Vec::new(), Lines::default());
        for file in files {
            changes.extend(tables::read(self, file, &mut lines, &mut faults));
        }
        let unread: BTreeSet<(Table, u64, &str)> =
            faults.iter().map(|fault| (fault.table, fault.line, fault.column)).collect();
        for mut fault in self.faults_with(&changes) {
            fault.line = lines.line(fault.table, &fault.row);
            // A faulty cell, line or level causes further faults in the network; only the first is
            // reported.
            let spoken = ["", "kind", fault.column].map(|c| (fault.table, fault.line, c));
            let areas = (Table::Areas, fault.line, "level");
            let said = spoken.iter().any(|place| unread.contains(place))
                || (fault.table == Table::Areas && unread.contains(&areas));
            if fault.line == 0 || !said {
                faults.push(fault);
            }
        }
        if faults.is_empty() {
            return Ok(changes);
        }
        faults.sort();
        Err(faults)
    }

    /// A table as a file. The result is empty for the roster, which does not belong to the network.
    pub fn export(&self, table: Table) -> String {
        tables::write(self, table)
    }
}
