//! A setting that does not fit the others.

use std::fmt;

/// A setting that does not fit the others, with a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The file and key to change.
    pub key: &'static str,
    /// The problem, as a sentence.
    pub what: String,
    /// The proposal.
    pub right: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.key, self.what, self.right)
    }
}
