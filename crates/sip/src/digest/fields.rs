//! `Digest name=value, name="value"`: what both sides of a challenge write.

use crate::text::{split, unquote};

/// The fields of one challenge or one answer to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads them; `None` for a scheme other than Digest, or a field that stands twice.
    pub(super) fn parse(value: &str) -> Option<Fields> {
        let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let mut fields: Vec<(String, String)> = Vec::with_capacity(10);
        for piece in split(rest, ',').filter(|piece| !piece.is_empty()) {
            let (name, value) = piece.split_once('=')?;
            let name = name.trim().to_ascii_lowercase();
            if fields.iter().any(|(n, _)| *n == name) {
                return None;
            }
            fields.push((name, unquote(value)));
        }
        Some(Fields(fields))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}
