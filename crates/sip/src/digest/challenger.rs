//! The side that asks: nonces that expire, counts that only grow, one answer for all strangers.

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

/// Makes challenges and judges the answers.
///
/// A nonce carries its time, a serial number and the source_hash it was sent to, sealed with our key,
/// so giving one out costs no memory. Only a nonce somebody answered with the right password is
/// remembered, with the highest count it was used with.
///
/// A sender that answers a nonce could hear at the source_hash it was sent to. So wrong passwords are
/// counted by that source_hash, whatever source the answer bears: the source of a datagram can be forged.
pub(crate) struct Challenger {
    realm: String,
    key: [u8; 32],
    lifetime: Duration,
    serial: u32,
    /// The highest nonce count by nonce, oldest nonce first.
    counts: BTreeMap<NonceStamp, u32>,
    /// Nonces up to this one were forgotten while still young, and are stale.
    floor: NonceStamp,
    /// What unknown users are measured against: as long as the real ones, and nobody's.
    unknown_user: Secret,
}

/// What an answer to a challenge is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// There was none for our realm: challenge.
    Absent,
    /// This user has the password.
    Good(String),
    /// The nonce is too old, of another endpoint, or was used with this count before: challenge
    /// anew with `stale`, and the phone asks its user nothing (RFC 7616 3.3). Where the nonce is
    /// not ours the password was not looked at.
    Stale,
    /// Too many were wrong before: not looked at.
    Slowed,
    /// Wrong, or of a user who does not exist.
    Bad(Attempt),
}

/// Which algorithms phones are asked for; an answer by either is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigestAlgorithms {
    /// RFC 2617, what every phone knows.
    pub md5: bool,
    /// RFC 8760.
    pub sha256: bool,
}

/// When a nonce was made, and which of that moment's it is.
type NonceStamp = (u64, u32);

/// What a nonce of ours carries.
struct Nonce {
    stamp: NonceStamp,
    /// Where it was sent to, see [`Challenger::source_hash_of`].
    source_hash: u64,
}

impl Challenger {
    /// For a realm. `key` comes from entropy: who knows it makes nonces himself.
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

    /// One challenge for each algorithm, the stronger first (RFC 8760 2.4), for as many
    /// `WWW-Authenticate` headers.
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

    /// The challenges of those algorithms that are offered.
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

    /// Judges what `request` says in its Authorization. `lookup` gives a user's secret, `may_try`
    /// says whether this user's password may be looked at now.
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
        // The work is done whether or not the user exists.
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

    /// Whether this nonce was sent to `source` not long ago: whoever has it could hear there.
    pub(crate) fn was_sent_to(&self, now: Timestamp, source: IpAddr, nonce: &str) -> bool {
        self.nonce_of(nonce).is_some_and(|nonce| {
            self.is_fresh(now, &nonce) && nonce.source_hash == self.source_hash_of(source)
        })
    }

    /// Whether the nonce is counted higher than before; from now on this count is used up. An
    /// answer without a count uses the nonce up altogether.
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

    /// Reads a nonce; `None` for one that is not ours.
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

    /// An address as a nonce carries it: a hash with our key, so that nobody can look for another
    /// address with the same one.
    fn source_hash_of(&self, source: IpAddr) -> u64 {
        let source_hash = self.keyed_hash(&network(source).to_string());
        source_hash.get(..16).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or_default()
    }

    /// The key stands before and after the text, so that nobody can extend it.
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

/// An answer to a challenge, as it came.
struct Answer {
    user: String,
    realm: String,
    nonce: String,
    uri: String,
    response: String,
    algorithm: Algorithm,
    /// The nonce count, and as it was written together with the client's nonce.
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
            // RFC 7616 3.4.3: old clients leave it out.
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

    /// Whether the answer was computed for what is asked now (RFC 7616 3.4.6): whom it calls
    /// must agree. The host need not, for session border controllers rewrite it.
    fn is_for(&self, request: &Message) -> bool {
        match (Uri::parse(&self.uri), request.uri()) {
            (Some(signed), Some(asked)) => signed.user == asked.user,
            _ => false,
        }
    }
}

/// Two nonces in use for each of 8,000 phones within one lifetime.
const NONCES_MAX: usize = 16_384;
/// 64 bits of time, 32 of serial number, 64 of source_hash.
const STAMP_CHARS: usize = 40;
/// 128 bits cannot be guessed.
const HASH_CHARS: usize = 32;
