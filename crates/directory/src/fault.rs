//! A fault of a table: its row and column, what is wrong, and what would be right.

use std::fmt;

use serde::Serialize;
use workflow::Fault;

use super::Table;

/// One fault of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TableFault {
    /// The table.
    pub table: Table,
    /// The line of the file, from 1; 0 when no file contains the row.
    pub line: u64,
    /// The row's code; empty when it has none.
    pub row: String,
    /// The column; empty when the fault concerns the whole row.
    pub column: &'static str,
    /// The fault in words.
    pub what: String,
    /// The correction in words.
    pub right: String,
}

impl TableFault {
    /// A fault in a column of a row.
    pub(crate) fn new(
        table: Table,
        row: impl fmt::Display,
        column: &'static str,
        what: impl Into<String>,
        right: impl Into<String>,
    ) -> TableFault {
        let (row, what, right) = (row.to_string(), what.into(), right.into());
        TableFault { table, line: 0, row, column, what, right }
    }

    /// The fault of a command, with the field as a path: `units[410105-000].parent`.
    pub fn as_command_fault(&self) -> Fault {
        let mut field = format!("{}[{}]", self.table.name(), self.row);
        if !self.column.is_empty() {
            field.push('.');
            field.push_str(self.column);
        }
        Fault::new(field, format!("{}; {}", self.what, self.right))
    }

    /// The fault of a command that contained the table as a file: `units.csv line 12, parent`.
    pub fn as_file_fault(&self) -> Fault {
        if self.line == 0 {
            return self.as_command_fault();
        }
        let mut field = format!("{}.csv line {}", self.table.name(), self.line);
        if !self.column.is_empty() {
            field.push_str(", ");
            field.push_str(self.column);
        }
        Fault::new(field, format!("{}; {}", self.what, self.right))
    }
}

/// Displays the fault as `units.csv:12: parent: there is no unit "410106-000"; write a unit's
/// code`.
impl fmt::Display for TableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.csv", self.table.name())?;
        match self.line {
            0 if self.row.is_empty() => {}
            0 => write!(f, " ({})", self.row)?,
            line => write!(f, ":{line}")?,
        }
        if !self.column.is_empty() {
            write!(f, ": {}", self.column)?;
        }
        write!(f, ": {}; {}", self.what, self.right)
    }
}

impl std::error::Error for TableFault {}
