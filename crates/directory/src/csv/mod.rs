//! The tables as CSV files: read with every fault at once, written so that reading gives the same.
//!
//! A file holds all versions: one line for each day something changes. What a
//! file does not name stays as it is; history is never taken away.

mod columns;
mod lines;
pub(crate) mod reader;
mod revisions;
mod tables;
pub(crate) mod writer;

use std::collections::{BTreeMap, BTreeSet};

use model::desk::{DirectoryChange, DirectoryEvent};

pub(super) use columns::{grade_row, route_row};
pub(super) use writer::Word;

use super::{Network, Table, TableFault, register::drafted};
use lines::Lines;

/// A file of one table.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// Which table.
    pub table: Table,
    /// The file's text.
    pub text: &'a str,
}

impl Network {
    /// What some files change, in the order in which it must happen; nothing when they say what
    /// is known already. Or everything that is wrong with them, and with the network they would make.
    pub fn import(&self, sheets: &[Sheet<'_>]) -> Result<Vec<DirectoryChange>, Vec<TableFault>> {
        let mut sheets: Vec<Sheet<'_>> = sheets.to_vec();
        sheets.sort_by_key(|sheet| sheet.table);
        let (mut changes, mut faults, mut lines) = (Vec::new(), Vec::new(), Lines::default());
        for sheet in sheets {
            changes.extend(tables::read(self, sheet, &mut lines, &mut faults));
        }
        let unread: BTreeSet<(Table, u64, &str)> =
            faults.iter().map(|fault| (fault.table, fault.line, fault.column)).collect();
        for mut fault in self.faults_with(&changes) {
            fault.line = lines.line(fault.table, &fault.row);
            // A cell that could not be read has had its say, and one on which others depend
            // has spoken for its line.
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

    /// A table as a file; the roster is not of the network.
    pub fn export(&self, table: Table) -> String {
        tables::write(self, table)
    }
}

/// The records with which an empty log begins: the shipped tables, drafted and approved.
pub fn first_events(sheets: &[Sheet<'_>]) -> Result<Vec<DirectoryEvent>, Vec<TableFault>> {
    let changes = Network::default().import(sheets)?;
    let mut events = drafted(1, FIRST_NOTE.to_string(), changes);
    events.push(DirectoryEvent::Approved { draft: 1 });
    Ok(events)
}

/// What the first draft is for.
const FIRST_NOTE: &str = "the tables of the config folder";
