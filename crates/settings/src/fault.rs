//! One thing wrong with the config, said so that whoever reads it can mend it.

use std::fmt;

/// What is wrong, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, as the operator knows it: `config/seats.toml`.
    pub file: String,
    /// From 1; 0 when the whole file is meant.
    pub line: usize,
    /// From 1; `None` when the whole line or file is meant.
    pub column: Option<usize>,
    /// `seats[3].number`; empty when the file could not be read at all.
    pub key: String,
    /// What is wrong, in a sentence.
    pub what: String,
    /// What would be right.
    pub right: String,
}

/// `config/seats.toml:12:8: seats[3].number: "100O" is no seat number; write digits, like "1001"`
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        f.write_str(": ")?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}; {}", self.what, self.right)
    }
}

impl std::error::Error for Fault {}
