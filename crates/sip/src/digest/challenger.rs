//! The challenging side of digest authentication: nonces that expire, counts that only grow, the
//! same answer for all unknown users.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use primitives::Timestamp;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use super::{Algorithm, fields::Fields, hex};
use crate::{
    Secret,
    message::{Message, Name},
    shield::{Attempt, hash, network},
    text::quote,
    uri::Uri,
};

/// Issues challenges and verifies the answers.
///
/// A nonce carries its time, a serial number and a hash of the address it was sent to,
/// authenticated with our key, so that issuing one takes no memory. Only a nonce that was answered
/// with the right password is stored, with its highest count.
///
/// A sender that answers a nonce receives at the address it was sent to. Wrong passwords are
/// therefore counted by that address, not by the source of the answer, which can be forged.
pub(crate) struct Challenger {
    realm: String,
    key: [u8; 32],
    lifetime: Duration,
    serial: u32,
    /// The highest nonce count by nonce, oldest nonce first.
    counts: BTreeMap<NonceStamp, u32>,
    /// Nonces up to this one were forgotten before they expired, and are stale.
    floor: NonceStamp,
    /// A secret for unknown users, so that checking them takes the same time.
    unknown_user: Secret,
}

/// The result of verifying an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No answer for our realm: challenge.
    Absent,
    /// The user has the right password.
    Good(String),
    /// The nonce is expired, of another endpoint, or this count was used before: challenge again
    /// with `stale`, so that the phone does not ask its user (RFC 7616 3.3). When the nonce is not
    /// ours, the password was not checked.
    Stale,
    /// Too many wrong passwords before: not checked.
    Slowed,
    /// A wrong password or an unknown user.
    Bad(Attempt),
}

/// The digest algorithms offered in challenges; an answer by either is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigestAlgorithms {
    /// MD5 (RFC 2617), which every phone supports.
    pub md5: bool,
    /// SHA-256 (RFC 8760).
    pub sha256: bool,
}

/// When a nonce was issued, in microseconds, and its serial number.
type NonceStamp = (u64, u32);

/// The content of our nonce.
struct Nonce {
    stamp: NonceStamp,
    /// Hash of the address it was sent to, see [`Challenger::source_hash_of`].
    source_hash: u64,
}

impl Challenger {
    /// Creates the challenger of a realm. `key` must come from entropy: anyone who knows it can
    /// forge nonces.
    pub(crate) fn new(realm: &str, key: [u8; 32], lifetime: Duration) -> Challenger {
        let unknown_user = Secret {
            md5: Algorithm::Md5.hash(&["", realm, &hex(&key)]),
            sha256: Algorithm::Sha256.hash(&["", realm, &hex(&key)]),
        };
        Challenger {
            realm: realm.to_owned(),
            key,
            lifetime,
            serial: 0,
            counts: BTreeMap::new(),
            floor: (0, 0),
            unknown_user,
        }
    }

    /// Returns one challenge per algorithm, the stronger first (RFC 8760 2.4), each for its own
    /// `WWW-Authenticate`.
    pub(crate) fn challenge(&mut self, now: Timestamp, source: IpAddr, stale: bool) -> [String; 2] {
        self.serial = self.serial.wrapping_add(1);
        let nonce = self.nonce((now.micros(), self.serial), self.source_hash_of(source));
        let realm = quote(&self.realm);
        let stale = if stale { ", stale=true" } else { "" };
        Algorithm::ALL.map(|algorithm| {
            let algorithm = algorithm.as_str();
            format!("Digest realm={realm}, nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"{stale}")
        })
    }

    /// Returns the challenges of the offered algorithms.
    pub(crate) fn challenges(
        &mut self,
        now: Timestamp,
        source: IpAddr,
        stale: bool,
        offered: DigestAlgorithms,
    ) -> Vec<String> {
        let all = Algorithm::ALL.into_iter().zip(self.challenge(now, source, stale));
        all.filter(|(algorithm, _)| match algorithm {
            Algorithm::Md5 => offered.md5,
            Algorithm::Sha256 => offered.sha256,
        })
        .map(|(_, challenge)| challenge)
        .collect()
    }

    /// Verifies the Authorization of `request`. `lookup` returns a user's secret, `may_try` whether
    /// this user's password may be checked now.
    pub(crate) fn verify<'a>(
        &mut self,
        now: Timestamp,
        request: &Message,
        lookup: impl Fn(&str) -> Option<&'a Secret>,
        may_try: impl FnOnce(&str, Attempt) -> bool,
    ) -> Verdict {
        let answer = request
            .headers
            .all(&Name::Authorization)
            .filter_map(Answer::parse)
            .find(|answer| answer.realm == self.realm);
        let Some(answer) = answer else { return Verdict::Absent };
        let Some(nonce) = self.nonce_of(&answer.nonce).filter(|nonce| self.is_fresh(now, nonce))
        else {
            return Verdict::Stale;
        };
        let attempt = Attempt { user: hash(&answer.user), source_hash: nonce.source_hash };
        if !may_try(&answer.user, attempt) {
            return Verdict::Slowed;
        }
        // The same work is done for unknown users.
        let secret = lookup(&answer.user);
        let is_known = secret.is_some();
        let is_right = answer.is_right(request, secret.unwrap_or(&self.unknown_user));
        if !is_known || !is_right {
            return Verdict::Bad(attempt);
        }
        match self.use_count(now, nonce.stamp, answer.count) {
            true => Verdict::Good(answer.user),
            false => Verdict::Stale,
        }
    }

    /// Returns whether this nonce was sent to `source` and is fresh: its holder receives there.
    pub(crate) fn was_sent_to(&self, now: Timestamp, source: IpAddr, nonce: &str) -> bool {
        self.nonce_of(nonce).is_some_and(|nonce| {
            self.is_fresh(now, &nonce) && nonce.source_hash == self.source_hash_of(source)
        })
    }

    /// Returns whether the nonce count is higher than before, and uses it up. An answer without a
    /// count uses up the nonce.
    fn use_count(&mut self, now: Timestamp, stamp: NonceStamp, count: Option<u32>) -> bool {
        self.forget_old(now);
        if stamp <= self.floor {
            return false;
        }
        let count = count.unwrap_or(u32::MAX);
        if self.counts.get(&stamp).is_some_and(|highest| count <= *highest) {
            return false;
        }
        self.counts.insert(stamp, count);
        while self.counts.len() > NONCES_MAX {
            if let Some((oldest, _)) = self.counts.pop_first() {
                self.floor = self.floor.max(oldest);
            }
        }
        true
    }

    fn forget_old(&mut self, now: Timestamp) {
        while let Some((stamp, _)) = self.counts.first_key_value()
            && now.since(Timestamp::from_micros(stamp.0)) > self.lifetime
        {
            self.counts.pop_first();
        }
    }

    fn is_fresh(&self, now: Timestamp, nonce: &Nonce) -> bool {
        now.since(Timestamp::from_micros(nonce.stamp.0)) <= self.lifetime
    }

    fn nonce(&self, (micros, serial): NonceStamp, source_hash: u64) -> String {
        let stamp = format!("{micros:016x}{serial:08x}{source_hash:016x}");
        let seal = self.keyed_hash(&stamp);
        stamp + &seal
    }

    /// Parses a nonce; `None` when it is not ours.
    fn nonce_of(&self, nonce: &str) -> Option<Nonce> {
        let (stamp, seal) = nonce.split_at_checked(STAMP_CHARS)?;
        let is_ours: bool = self.keyed_hash(stamp).as_bytes().ct_eq(seal.as_bytes()).into();
        if !is_ours {
            return None;
        }
        let (micros, rest) = stamp.split_at_checked(16)?;
        let (serial, source_hash) = rest.split_at_checked(8)?;
        Some(Nonce {
            stamp: (u64::from_str_radix(micros, 16).ok()?, u32::from_str_radix(serial, 16).ok()?),
            source_hash: u64::from_str_radix(source_hash, 16).ok()?,
        })
    }

    /// Hashes an address with our key, so that an address with the same hash cannot be searched
    /// for.
    fn source_hash_of(&self, source: IpAddr) -> u64 {
        let source_hash = self.keyed_hash(&network(source).to_string());
        source_hash.get(..16).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or_default()
    }

    /// The key is hashed before and after the text, which prevents length extension.
    fn keyed_hash(&self, stamp: &str) -> String {
        let hash = Sha256::new().chain_update(self.key).chain_update(stamp).chain_update(self.key);
        let mut seal = hex(&hash.finalize());
        seal.truncate(HASH_CHARS);
        seal
    }
}

impl std::fmt::Debug for Challenger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Challenger({}, {} nonces, ****)", self.realm, self.counts.len())
    }
}

/// An answer to a challenge, as received.
struct Answer {
    user: String,
    realm: String,
    nonce: String,
    uri: String,
    response: String,
    algorithm: Algorithm,
    /// The nonce count, and its text together with the client's nonce.
    count: Option<u32>,
    counted: Option<(String, String)>,
}

impl Answer {
    fn parse(value: &str) -> Option<Answer> {
        let fields = Fields::parse(value)?;
        let text = |name| fields.get(name).map(str::to_owned);
        let (count, counted) = match fields.get("qop") {
            Some(qop) if qop.eq_ignore_ascii_case("auth") => {
                let count = text("nc").filter(|count| count.len() == 8)?;
                let number = u32::from_str_radix(&count, 16).ok()?;
                (Some(number), Some((count, text("cnonce")?)))
            }
            Some(_) => return None,
            // Old clients leave it out (RFC 7616 3.4.3).
            None => (None, None),
        };
        Some(Answer {
            user: text("username")?,
            realm: text("realm")?,
            nonce: text("nonce")?,
            uri: text("uri")?,
            response: text("response")?,
            algorithm: Algorithm::parse(fields.get("algorithm"))?,
            count,
            counted,
        })
    }

    fn is_right(&self, request: &Message, secret: &Secret) -> bool {
        let method = request.method().map_or("", |method| method.as_str());
        let ha1 = match self.algorithm {
            Algorithm::Md5 => &secret.md5,
            Algorithm::Sha256 => &secret.sha256,
        };
        let counted =
            self.counted.as_ref().map(|(count, cnonce)| (count.as_str(), cnonce.as_str()));
        let right = self.algorithm.response(ha1, &self.nonce, counted, method, &self.uri);
        let given = self.response.to_ascii_lowercase();
        let is_right: bool = right.as_bytes().ct_eq(given.as_bytes()).into();
        is_right & self.is_for(request)
    }

    /// Returns whether the answer was computed for this request (RFC 7616 3.4.6): the user part
    /// must match. The host may differ, because session border controllers rewrite it.
    fn is_for(&self, request: &Message) -> bool {
        match (Uri::parse(&self.uri), request.uri()) {
            (Some(signed), Some(asked)) => signed.user == asked.user,
            _ => false,
        }
    }
}

/// Two nonces in use for each of 8,000 phones within one lifetime.
const NONCES_MAX: usize = 16_384;
/// 64 bits of time, 32 of serial number, 64 of source hash, in hex.
const STAMP_CHARS: usize = 40;
/// 128 bits in hex.
const HASH_CHARS: usize = 32;
