//! Signed messages: HMAC-SHA256 over id, time and body (Standard Webhooks).
//!
//! `webhook-signature: v1,BASE64` signs `id.timestamp.body` (Standard Webhooks 1.0, symmetric), so
//! that a partner can verify and sign with any library for it. `webhook-key` names the key; it is a
//! hint and is not signed. One header has several signatures while a key is being replaced.

use std::{fmt, time::Duration};

use base64ct::{Base64, Encoding};
use hmac::{Hmac, Mac};
use model::Timestamp;
use sha2::Sha256;

/// A shared secret with its id.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    id: String,
    secret: Vec<u8>,
}

/// Shows the id and never the secret.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, ****)", self.id)
    }
}

/// A message is not signed correctly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureError {
    /// The id, time or signature is missing or cannot be read.
    Missing,
    /// The time is too far from now: the message may be replayed, or a clock is wrong.
    OutOfTime,
    /// None of the keys has signed this.
    Wrong,
}

impl Key {
    /// A key from a stored secret: `whsec_` and base64, or any text as it is.
    pub fn new(id: &str, secret: &str) -> Key {
        let bytes = secret
            .strip_prefix(PREFIX)
            .and_then(|encoded| Base64::decode_vec(encoded).ok())
            .unwrap_or_else(|| secret.as_bytes().to_vec());
        Key { id: id.to_owned(), secret: bytes }
    }

    /// A key from any text as it is, for senders that present it instead of signing.
    pub fn token(id: &str, text: &str) -> Key {
        Key { id: id.to_owned(), secret: text.as_bytes().to_vec() }
    }

    /// Whether a text is this secret. Takes constant time.
    pub fn is_shown(&self, text: &str) -> bool {
        let mut ours = self.empty();
        ours.update(&self.secret);
        let mut theirs = self.empty();
        theirs.update(text.as_bytes());
        ours.verify_slice(&theirs.finalize().into_bytes()).is_ok()
    }

    /// The id of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The value of `webhook-signature` for a message sent at `at`.
    pub fn sign(&self, message_id: &str, at: Timestamp, body: &[u8]) -> String {
        let seconds = seconds(at).to_string();
        let tag = self.mac(message_id, &seconds, body).finalize().into_bytes();
        format!("{VERSION}{}", Base64::encode_string(&tag))
    }

    /// Whether this key signed a message. Takes constant time.
    fn signed(&self, signature: &str, message_id: &str, seconds: &str, body: &[u8]) -> bool {
        let Some(encoded) = signature.strip_prefix(VERSION) else { return false };
        let Ok(tag) = Base64::decode_vec(encoded) else { return false };
        self.mac(message_id, seconds, body).verify_slice(&tag).is_ok()
    }

    fn mac(&self, message_id: &str, seconds: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.empty();
        for part in [message_id.as_bytes(), b".", seconds.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }

    fn empty(&self) -> Hmac<Sha256> {
        match <Hmac<Sha256> as Mac>::new_from_slice(&self.secret) {
            Ok(mac) => mac,
            Err(_) => unreachable!("HMAC takes a key of any length (RFC 2104 2)"),
        }
    }
}

/// A new secret from random bytes: `whsec_` and base64, so that scanners find a leaked one.
pub fn secret_from(entropy: [u8; 32]) -> String {
    format!("{PREFIX}{}", Base64::encode_string(&entropy))
}

/// The value of `webhook-timestamp`: whole seconds since 1970.
pub fn seconds(at: Timestamp) -> u64 {
    at.micros() / 1_000_000
}

/// The headers of a signed message.
#[derive(Clone, Copy, Debug)]
pub struct SignatureHeaders<'a> {
    /// `webhook-id`
    pub message_id: &'a str,
    /// `webhook-timestamp`
    pub timestamp: &'a str,
    /// `webhook-signature`: one or several, with spaces between.
    pub signatures: &'a str,
}

/// Verifies a message; returns the id of the key that signed it.
///
/// Every key is tried with every signature, at most [`SIGNATURES_MAX`], so that the time says nothing
/// about the result.
pub fn verify<'k>(
    now: Timestamp,
    keys: &'k [Key],
    claim: SignatureHeaders<'_>,
    body: &[u8],
) -> Result<&'k str, SignatureError> {
    if claim.message_id.is_empty() || claim.signatures.trim().is_empty() {
        return Err(SignatureError::Missing);
    }
    let signed_at = claim.timestamp.parse::<u64>().map_err(|_| SignatureError::Missing)?;
    if signed_at.abs_diff(seconds(now)) > REPLAY_WINDOW.as_secs() {
        return Err(SignatureError::OutOfTime);
    }
    let mut found = None;
    for key in keys {
        for signature in claim.signatures.split_whitespace().take(SIGNATURES_MAX) {
            if key.signed(signature, claim.message_id, claim.timestamp, body) {
                found = Some(key.id());
            }
        }
    }
    found.ok_or(SignatureError::Wrong)
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SignatureError::Missing => {
                "webhook-id, webhook-timestamp and webhook-signature are needed, see Standard Webhooks"
            }
            SignatureError::OutOfTime => "the timestamp is more than five minutes from now",
            SignatureError::Wrong => "the signature matches no known key",
        })
    }
}

/// Messages older or newer than this are refused (Standard Webhooks: five minutes).
pub const REPLAY_WINDOW: Duration = Duration::from_secs(300);
/// The maximum number of signatures that are tried: of an old key, a new one, and some more.
pub const SIGNATURES_MAX: usize = 8;
const PREFIX: &str = "whsec_";
const VERSION: &str = "v1,";

#[cfg(test)]
mod tests {
    use super::*;

    /// The example every library of Standard Webhooks is tested with.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: Timestamp = Timestamp::from_micros(1_614_265_330_000_000);
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn claim(signatures: &str) -> SignatureHeaders<'_> {
        SignatureHeaders { message_id: ID, timestamp: "1614265330", signatures }
    }

    #[test]
    fn example_of_standard_webhooks_is_signed_and_verified() {
        let key = Key::new("example", SECRET);
        assert_eq!(key.sign(ID, AT, BODY), SIGNATURE);
        assert_eq!(verify(AT, &[key], claim(SIGNATURE), BODY), Ok("example"));
    }

    /// RFC 4231 4.2, 4.3, 4.4 and 4.7: HMAC-SHA-256 itself, with short and long keys.
    #[test]
    fn examples_of_rfc_4231_are_reproduced() {
        let hmac = |key: &[u8], text: &[u8]| {
            let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).unwrap();
            mac.update(text);
            let tag = mac.finalize().into_bytes();
            tag.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let cases: [(&[u8], &[u8], &str); 4] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 20],
                &[0xdd; 50],
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, text, expected) in cases {
            assert_eq!(hmac(key, text), expected);
        }
    }

    #[test]
    fn changed_message_is_refused() {
        let keys = [Key::new("example", SECRET)];
        let other_body = verify(AT, &keys, claim(SIGNATURE), br#"{"test": 2432232315}"#);
        assert_eq!(other_body, Err(SignatureError::Wrong));
        let other_id = SignatureHeaders { message_id: "msg_other", ..claim(SIGNATURE) };
        assert_eq!(verify(AT, &keys, other_id, BODY), Err(SignatureError::Wrong));
        let other_time = SignatureHeaders { timestamp: "1614265331", ..claim(SIGNATURE) };
        assert_eq!(verify(AT, &keys, other_time, BODY), Err(SignatureError::Wrong));
        let other_key = [Key::new("other", "whsec_c2VjcmV0")];
        assert_eq!(verify(AT, &other_key, claim(SIGNATURE), BODY), Err(SignatureError::Wrong));
    }

    #[test]
    fn message_older_than_the_replay_window_is_refused() {
        let keys = [Key::new("example", SECRET)];
        for late in [299, 300] {
            let now = AT + Duration::from_secs(late);
            assert_eq!(verify(now, &keys, claim(SIGNATURE), BODY), Ok("example"));
        }
        for now in [AT + Duration::from_secs(301), AT - Duration::from_secs(301)] {
            assert_eq!(verify(now, &keys, claim(SIGNATURE), BODY), Err(SignatureError::OutOfTime));
        }
    }

    #[test]
    fn both_keys_are_valid_during_a_key_change() {
        let (old, new) = (Key::new("2026", SECRET), Key::new("2027", "whsec_bmV3"));
        let both = format!("{} {SIGNATURE}", new.sign(ID, AT, BODY));
        assert_eq!(verify(AT, std::slice::from_ref(&old), claim(&both), BODY), Ok("2026"));
        assert_eq!(verify(AT, &[new], claim(&both), BODY), Ok("2027"));
        let nonsense = "v1 v2,x v1,??? , v1,g0hM9SsE";
        assert_eq!(verify(AT, &[old], claim(nonsense), BODY), Err(SignatureError::Wrong));
    }

    #[test]
    fn token_must_match_completely() {
        let token = Key::token("push", SECRET);
        assert!(token.is_shown(SECRET));
        for other in ["", "whsec_", &SECRET[1..], &SECRET[..SECRET.len() - 1]] {
            assert!(!token.is_shown(other), "{other}");
        }
    }

    #[test]
    fn debug_output_of_a_key_hides_the_secret() {
        assert_eq!(format!("{:?}", Key::new("example", SECRET)), "Key(example, ****)");
    }

    #[test]
    fn generated_secret_is_a_valid_key() {
        let key = Key::new("made", &secret_from([7; 32]));
        assert_eq!(key.secret, [7; 32]);
        assert_eq!(Key::new("given", "p@ss").secret, b"p@ss");
    }
}
