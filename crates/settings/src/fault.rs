//! A fault of the config, with its place and a proposal.

use std::fmt;

/// A fault of the config: its place, the problem and a proposal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file's path as the operator knows it: `config/seats.toml`.
    pub file: String,
    /// From 1; 0 when the fault is about the whole file.
    pub line: usize,
    /// From 1; `None` when the fault is about the whole line or file.
    pub column: Option<usize>,
    /// The key, such as `seats[3].number`; empty when the file could not be read.
    pub key: String,
    /// The problem, as a sentence.
    pub what: String,
    /// The proposal.
    pub right: String,
}

/// Formats as `config/seats.toml:12:8: seats[3].number: "100O" is not a seat number; write digits,
/// like "1001"`.
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
