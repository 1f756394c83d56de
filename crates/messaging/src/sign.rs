//! Signed messages: HMAC-SHA256 over name, time and body, as Standard Webhooks has it.
//!
//! `webhook-signature: v1,BASE64` signs `id.timestamp.body` (Standard Webhooks
//! 1.0, symmetric), so a partner can check ours and make theirs with any
//! library of that name. `webhook-key` beside it says which key it was; it is
//! a hint and not signed. Several signatures stand in one header while a key
//! is being changed.

use std::{fmt, time::Duration};

use base64ct::{Base64, Encoding};
use hmac::{Hmac, Mac};
use model::Timestamp;
use sha2::Sha256;

/// A secret two programs share, and its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    id: String,
    secret: Vec<u8>,
}

/// The name says which; the secret is nobody's business.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, ****)", self.id)
    }
}

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsigned {
    /// No name, time or signature, or one that cannot be read.
    Missing,
    /// Made too long ago or too far ahead: somebody may have kept it, or a clock is wrong.
    OutOfTime,
    /// None of our keys has signed this.
    Wrong,
}

impl Key {
    /// A key from a secret as it is kept: `whsec_` and base64, or any text, taken as it is.
    pub fn new(id: &str, secret: &str) -> Key {
        let bytes = secret
            .strip_prefix(PREFIX)
            .and_then(|encoded| Base64::decode_vec(encoded).ok())
            .unwrap_or_else(|| secret.as_bytes().to_vec());
        Key { id: id.to_owned(), secret: bytes }
    }

    /// A key from any text, taken as it is: for senders that show it instead of signing with it.
    pub fn token(id: &str, text: &str) -> Key {
        Key { id: id.to_owned(), secret: text.as_bytes().to_vec() }
    }

    /// Whether somebody shows this very text. How long it takes says nothing about how near they came.
    pub fn is_shown(&self, text: &str) -> bool {
        let mut ours = self.empty();
        ours.update(&self.secret);
        let mut theirs = self.empty();
        theirs.update(text.as_bytes());
        ours.verify_slice(&theirs.finalize().into_bytes()).is_ok()
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The value of `webhook-signature` for a message. `at` is the moment of sending.
    pub fn sign(&self, message_id: &str, at: Timestamp, body: &[u8]) -> String {
        let seconds = seconds(at).to_string();
        let tag = self.mac(message_id, &seconds, body).finalize().into_bytes();
        format!("{VERSION}{}", Base64::encode_string(&tag))
    }

    /// Whether this key signed it. Takes as long for a wrong signature as for a right one.
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

/// A new secret from fresh chance: `whsec_` and base64, so that scanners find a leaked one.
pub fn secret_from(entropy: [u8; 32]) -> String {
    format!("{PREFIX}{}", Base64::encode_string(&entropy))
}

/// The value of `webhook-timestamp` for a moment: whole seconds since 1970.
pub fn seconds(at: Timestamp) -> u64 {
    at.micros() / 1_000_000
}

/// What came with a message.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// `webhook-id`
    pub message_id: &'a str,
    /// `webhook-timestamp`
    pub timestamp: &'a str,
    /// `webhook-signature`: one or several, with spaces between.
    pub signatures: &'a str,
}

/// The name of the key that signed this, in time.
///
/// Every key is tried with every signature, at most [`SIGNATURES_MAX`] of them:
/// how long it takes tells nobody which came near.
pub fn verify<'k>(
    now: Timestamp,
    keys: &'k [Key],
    claim: Claim<'_>,
    body: &[u8],
) -> Result<&'k str, Unsigned> {
    if claim.message_id.is_empty() || claim.signatures.trim().is_empty() {
        return Err(Unsigned::Missing);
    }
    let signed_at = claim.timestamp.parse::<u64>().map_err(|_| Unsigned::Missing)?;
    if signed_at.abs_diff(seconds(now)) > REPLAY_WINDOW.as_secs() {
        return Err(Unsigned::OutOfTime);
    }
    let mut found = None;
    for key in keys {
        for signature in claim.signatures.split_whitespace().take(SIGNATURES_MAX) {
            if key.signed(signature, claim.message_id, claim.timestamp, body) {
                found = Some(key.id());
            }
        }
    }
    found.ok_or(Unsigned::Wrong)
}

impl fmt::Display for Unsigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unsigned::Missing => {
                "webhook-id, webhook-timestamp and webhook-signature are needed, see Standard Webhooks"
            }
            Unsigned::OutOfTime => "the timestamp is more than five minutes from now",
            Unsigned::Wrong => "no key known here has signed this",
        })
    }
}

/// A message older or newer than this is not believed (Standard Webhooks: five minutes).
pub const REPLAY_WINDOW: Duration = Duration::from_secs(300);
/// Signatures looked at in one header: an old key's and a new one's, and some more.
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

    fn claim(signatures: &str) -> Claim<'_> {
        Claim { message_id: ID, timestamp: "1614265330", signatures }
    }

    #[test]
    fn the_example_of_standard_webhooks_is_signed_and_believed() {
        let key = Key::new("example", SECRET);
        assert_eq!(key.sign(ID, AT, BODY), SIGNATURE);
        assert_eq!(verify(AT, &[key], claim(SIGNATURE), BODY), Ok("example"));
    }

    /// RFC 4231 4.2, 4.3, 4.4 and 4.7: HMAC-SHA-256 itself, with short and long keys.
    #[test]
    fn the_examples_of_rfc_4231() {
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
    fn whoever_changes_a_byte_is_not_believed() {
        let keys = [Key::new("example", SECRET)];
        let other_body = verify(AT, &keys, claim(SIGNATURE), br#"{"test": 2432232315}"#);
        assert_eq!(other_body, Err(Unsigned::Wrong));
        let other_id = Claim { message_id: "msg_other", ..claim(SIGNATURE) };
        assert_eq!(verify(AT, &keys, other_id, BODY), Err(Unsigned::Wrong));
        let other_time = Claim { timestamp: "1614265331", ..claim(SIGNATURE) };
        assert_eq!(verify(AT, &keys, other_time, BODY), Err(Unsigned::Wrong));
        let other_key = [Key::new("other", "whsec_c2VjcmV0")];
        assert_eq!(verify(AT, &other_key, claim(SIGNATURE), BODY), Err(Unsigned::Wrong));
    }

    #[test]
    fn what_was_kept_for_six_minutes_is_not_believed() {
        let keys = [Key::new("example", SECRET)];
        for late in [299, 300] {
            let now = AT + Duration::from_secs(late);
            assert_eq!(verify(now, &keys, claim(SIGNATURE), BODY), Ok("example"));
        }
        for now in [AT + Duration::from_secs(301), AT - Duration::from_secs(301)] {
            assert_eq!(verify(now, &keys, claim(SIGNATURE), BODY), Err(Unsigned::OutOfTime));
        }
    }

    #[test]
    fn two_keys_hold_while_one_is_changed_for_the_other() {
        let (old, new) = (Key::new("2026", SECRET), Key::new("2027", "whsec_bmV3"));
        let both = format!("{} {SIGNATURE}", new.sign(ID, AT, BODY));
        assert_eq!(verify(AT, std::slice::from_ref(&old), claim(&both), BODY), Ok("2026"));
        assert_eq!(verify(AT, &[new], claim(&both), BODY), Ok("2027"));
        let nonsense = "v1 v2,x v1,??? , v1,g0hM9SsE";
        assert_eq!(verify(AT, &[old], claim(nonsense), BODY), Err(Unsigned::Wrong));
    }

    #[test]
    fn a_token_is_shown_whole_or_not() {
        let token = Key::token("push", SECRET);
        assert!(token.is_shown(SECRET));
        for other in ["", "whsec_", &SECRET[1..], &SECRET[..SECRET.len() - 1]] {
            assert!(!token.is_shown(other), "{other}");
        }
    }

    #[test]
    fn a_key_prints_its_name_alone() {
        assert_eq!(format!("{:?}", Key::new("example", SECRET)), "Key(example, ****)");
    }

    #[test]
    fn a_made_secret_is_a_key() {
        let key = Key::new("made", &secret_from([7; 32]));
        assert_eq!(key.secret, [7; 32]);
        assert_eq!(Key::new("given", "p@ss").secret, b"p@ss");
    }
}
