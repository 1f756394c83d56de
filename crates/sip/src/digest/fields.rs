//! The syntax `Digest name=value, name="value"` of both sides.

use crate::text::{split, unquote};

/// The fields of a challenge or an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Parses the fields; `None` for a scheme other than Digest or a duplicate field.
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

/// Returns the nonce of an Authorization without parsing the rest.
pub(crate) fn nonce_of(authorization: &str) -> Option<&str> {
    let mut pieces = authorization.split("nonce");
    let first = pieces.next()?;
    // `cnonce` ends in the same letters.
    let mut before = first;
    for piece in pieces {
        if !before.ends_with(['c', 'C'])
            && let Some(value) = piece.trim_start().strip_prefix('=')
        {
            let value = value.trim_start();
            let value = value.strip_prefix('"').unwrap_or(value);
            return value.split(['"', ',']).next();
        }
        before = piece;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::nonce_of;

    #[test]
    fn nonce_is_found_and_cnonce_is_ignored() {
        assert_eq!(nonce_of("Digest cnonce=\"a\", nonce=\"b\""), Some("b"));
        assert_eq!(nonce_of("Digest nonce = b, cnonce=a"), Some("b"));
        assert_eq!(nonce_of("Digest cnonce=\"a\""), None);
        assert_eq!(nonce_of("Basic x"), None);
    }
}
