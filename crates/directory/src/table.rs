//! The tables of the directory, and their files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tables of the directory. Each is a CSV file.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Areas.
    Areas,
    /// Units.
    Units,
    /// Topics.
    Topics,
    /// The units that handle topics in areas.
    #[serde(rename = "directory")]
    Routes,
    /// The rules of grades.
    Grades,
    /// Duty contacts.
    Duty,
    /// The leaders' roster.
    Roster,
}

impl Table {
    /// All tables. Each refers only to itself and to those before it.
    pub const ALL: [Table; 7] = [
        Table::Areas,
        Table::Units,
        Table::Topics,
        Table::Routes,
        Table::Grades,
        Table::Duty,
        Table::Roster,
    ];

    /// Its name: the name of its file without `.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Table::Areas => "areas",
            Table::Units => "units",
            Table::Topics => "topics",
            Table::Routes => "directory",
            Table::Grades => "grades",
            Table::Duty => "duty",
            Table::Roster => "roster",
        }
    }

    /// The table with this name.
    pub fn by_name(name: &str) -> Option<Table> {
        Table::ALL.into_iter().find(|table| table.name() == name)
    }
}

/// A file of one table.
#[derive(Clone, Copy, Debug)]
pub struct TableText<'a> {
    /// The table.
    pub table: Table,
    /// The file's text.
    pub text: &'a str,
}
