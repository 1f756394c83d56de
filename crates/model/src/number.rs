//! A person's telephone number, which prints redacted unless somebody asks for it by name.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// A telephone number or SIP user part as the network gave it; empty when withheld.
///
/// `Debug` and `Display` redact: `138****5678`. Serialising keeps it whole,
/// because the log must; showing it whole to a person is [`Number::reveal`].
#[derive(
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Number(Arc<str>);

impl Number {
    /// A number from the digits or user part the network gave.
    ///
    /// Visual separators of `tel:` URIs (RFC 3966 3) go; "anonymous" and
    /// "unavailable" become the withheld number.
    pub fn new(text: &str) -> Number {
        let is_telephone = text.bytes().all(|b| b.is_ascii_digit() || b"+-.()*# ".contains(&b));
        if is_telephone {
            return Number(
                text.chars().filter(|c| !"-.() ".contains(*c)).collect::<String>().into(),
            );
        }
        match text.to_ascii_lowercase().as_str() {
            "anonymous" | "unavailable" | "restricted" | "unknown" => Number::default(),
            _ => Number(text.into()),
        }
    }

    /// Whether the caller withheld the number.
    pub fn is_withheld(&self) -> bool {
        self.0.is_empty()
    }

    /// The whole number. Whoever shows it to a person answers for it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chars: Vec<char> = self.0.chars().collect();
        match chars.len() {
            0 => f.write_str("withheld"),
            // Short numbers are services and seats: 12345, 110, 1001.
            1..=5 => f.write_str(&self.0),
            n => {
                let head: String = chars[..3].iter().collect();
                let tail: String = chars[n.saturating_sub(4).max(4)..].iter().collect();
                write!(f, "{head}****{tail}")
            }
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
