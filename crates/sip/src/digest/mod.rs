//! Digest authentication (RFC 7616) with MD5 and SHA-256 (RFC 8760).
//!
//! [`Challenger`] is the challenging side, [`respond()`] the answering side. Senders cannot find
//! out users: an unknown user costs the same work and gets the same answer as a wrong password.

mod challenger;
mod fields;
mod respond;

pub use challenger::DigestAlgorithms;
pub(crate) use challenger::{Challenger, Verdict};
pub(crate) use fields::nonce_of;
pub(crate) use respond::respond;

use md5::{Digest as _, Md5};
use sha2::Sha256;

use crate::Secret;

/// Returns H(A1) of a user and a password in a realm, for both algorithms (RFC 7616 3.4.2).
///
/// ```
/// let secret = sip::hash_password("1001", "heartline", "pw");
/// assert_eq!(secret.md5, "fcf9506338d05d43c0b6667c5b736719");
/// assert_eq!(format!("{secret:?}"), "Secret(****)");
/// ```
pub fn hash_password(user: &str, realm: &str, password: &str) -> Secret {
    let parts = [user, realm, password];
    Secret { md5: Algorithm::Md5.hash(&parts), sha256: Algorithm::Sha256.hash(&parts) }
}

/// Digest algorithms in the order of preference: RFC 8760 2.4 requires the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Sha256,
    Md5,
}

impl Algorithm {
    const ALL: [Algorithm; 2] = [Algorithm::Sha256, Algorithm::Md5];

    /// Parses an algorithm; no name means MD5 (RFC 7616 3.3). The `-sess` variants are not
    /// supported.
    fn parse(name: Option<&str>) -> Option<Algorithm> {
        match name.unwrap_or("MD5").to_ascii_uppercase().as_str() {
            "MD5" => Some(Algorithm::Md5),
            "SHA-256" => Some(Algorithm::Sha256),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    /// Hashes the parts joined by colons; lower-case hex.
    fn hash(self, parts: &[&str]) -> String {
        let text = parts.join(":");
        match self {
            Algorithm::Md5 => hex(&Md5::digest(text.as_bytes())),
            Algorithm::Sha256 => hex(&Sha256::digest(text.as_bytes())),
        }
    }

    /// Returns the response to a challenge (RFC 7616 3.4.1); without `counted` as in RFC 2069.
    fn response(
        self,
        ha1: &str,
        nonce: &str,
        counted: Option<(&str, &str)>,
        method: &str,
        uri: &str,
    ) -> String {
        let ha2 = self.hash(&[method, uri]);
        match counted {
            Some((count, cnonce)) => self.hash(&[ha1, nonce, count, cnonce, "auth", &ha2]),
            None => self.hash(&[ha1, nonce, &ha2]),
        }
    }
}

/// A 64-bit fingerprint of a secret, to detect a changed password without storing it.
pub(crate) fn fingerprint(secret: &Secret) -> String {
    let mut fingerprint = Algorithm::Sha256.hash(&["mark", &secret.sha256]);
    fingerprint.truncate(16);
    fingerprint
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| DIGITS.get(usize::from(digit)).copied().map(char::from)).collect()
}

#[cfg(test)]
mod tests;
