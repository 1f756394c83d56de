//! Rate limits for each sender, against floods, scanners and password guessing.
//!
//! Every message takes a token from a bucket. Without a token it is dropped without an answer and
//! counted; the next message is checked again. No address is ever blocked: an address may be an
//! office of a hundred phones behind NAT, and the source of a datagram is not proven, so that
//! blocking would let anyone block others.
//!
//! A neighbour behind the same address spends only its own tokens, because buckets belong to what a
//! sender has proven (`BucketKey`):
//! - a registered phone has the bucket of its flow, a trunk has its own;
//! - all other senders at an address share the bucket of that address, which is ten times as large
//!   where a phone has authenticated before;
//! - when that bucket is empty, a message of one of our dialogs or transactions is still accepted
//!   (tags and branches are unguessable), and so is the answer to a challenge that we sent to this
//!   address (only a host that receives there can know it).
//!
//! Wrong passwords are counted by user and by the address the challenge was sent to, which cannot
//! be forged. After some of them, further attempts are checked slowly.

use std::{collections::BTreeMap, net::IpAddr, net::SocketAddr, time::Duration};

use primitives::Timestamp;

use crate::{Transport, peer::Peer};

/// Rate limits for each kind of sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// An unknown address; also the flow of one registered phone.
    pub stranger: Rate,
    /// An address where a phone has authenticated.
    pub office: Rate,
    /// One address of a trunk, or of a proxy of ours.
    pub trusted: Rate,
    /// Wrong passwords for one user from one address that are checked without delay.
    pub wrong_passwords: u32,
    /// After those, one password is checked per this period.
    pub password_retry: Duration,
}

/// The size and refill rate of a token bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Messages per second in the long run.
    pub per_s: u32,
    /// Messages at once.
    pub burst: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            stranger: STRANGER,
            office: OFFICE,
            trusted: TRUSTED,
            wrong_passwords: WRONG_PASSWORDS,
            password_retry: PASSWORD_RETRY,
        }
    }
}

/// An address where a phone has authenticated. The driver keeps these over a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownSource {
    /// The IPv4 address, or the first address of the IPv6 /64.
    pub address: IpAddr,
    /// When a phone last authenticated there, to the hour.
    pub seen_at: Timestamp,
}

/// The owner of a token bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BucketKey {
    /// All unproven senders at an address. TCP and UDP have separate buckets: TCP's handshake
    /// proves an address, and forged UDP must not spend the tokens of TCP.
    Address(Transport, IpAddr),
    /// One port of an address with known phones: a small bucket, so that a new phone is accepted
    /// beside a neighbour that empties the bucket of the address.
    Port(SocketAddr),
    /// The flow of a registered phone.
    Phone(Peer),
    /// An address of a trunk.
    Trunk(IpAddr),
    /// An address of a proxy of ours, for everything that comes through it.
    Proxy(IpAddr),
    /// A dialog of ours, by the hash of its Call-ID.
    Dialog(u64),
    /// A sender that answers a challenge which was sent to this address.
    Challenged(IpAddr),
}

/// A password attempt: the user and the address the challenge was sent to, both hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attempt {
    pub(crate) user: u64,
    pub(crate) source_hash: u64,
}

/// The buckets and the known addresses.
#[derive(Debug)]
pub(crate) struct Shield {
    limits: Limits,
    messages: Buckets<BucketKey>,
    passwords: Buckets<Attempt>,
    /// The time of the last authentication, by network.
    known: BTreeMap<IpAddr, Timestamp>,
    known_version: u64,
}

impl Shield {
    /// Creates the buckets; `known` holds the addresses of an earlier run.
    pub(crate) fn new(limits: Limits, known: &[KnownSource]) -> Shield {
        let known = known.iter().take(KNOWN_MAX);
        Shield {
            limits,
            messages: Buckets::default(),
            passwords: Buckets::default(),
            known: known.map(|source| (network(source.address), source.seen_at)).collect(),
            known_version: 0,
        }
    }

    /// Takes a token for one message; false when the bucket is empty.
    pub(crate) fn take(&mut self, now: Timestamp, bucket: BucketKey) -> bool {
        let rate = self.rate(now, bucket);
        let price = NANOS_PER_S / u64::from(rate.per_s.max(1));
        self.messages.of(now, bucket).take(now, price, rate.burst)
    }

    /// Returns whether to report dropped messages of this bucket: once in ten minutes.
    pub(crate) fn is_news(&mut self, now: Timestamp, bucket: BucketKey) -> bool {
        self.messages.of(now, bucket).is_news(now)
    }

    /// Returns whether a password may be checked now.
    pub(crate) fn may_try(&mut self, now: Timestamp, attempt: Attempt) -> bool {
        let (price, burst) = self.price_of_password();
        self.passwords.of(now, attempt).refill(now, price, burst) >= price
    }

    /// Counts a wrong password. True when further ones are checked slowly from now on and this
    /// should be reported: once in ten minutes.
    pub(crate) fn wrong_password(&mut self, now: Timestamp, attempt: Attempt) -> bool {
        let (price, burst) = self.price_of_password();
        let bucket = self.passwords.of(now, attempt);
        bucket.take(now, price, burst) && bucket.nanos < price && bucket.is_news(now)
    }

    /// Notes that a phone at `source` authenticated.
    pub(crate) fn succeeded(&mut self, now: Timestamp, source: IpAddr) {
        let key = network(source);
        let seen_at = self.known.get(&key).copied();
        if seen_at.is_some_and(|at| now.since(at) < KNOWN_PRECISION) {
            return;
        }
        if seen_at.is_none() && self.known.len() >= KNOWN_MAX {
            let oldest = self.known.iter().min_by_key(|(_, at)| **at).map(|(key, _)| *key);
            if let Some(oldest) = oldest {
                self.known.remove(&oldest);
            }
        }
        self.known.insert(key, now);
        self.known_version += 1;
    }

    /// Returns whether a phone authenticated there lately.
    pub(crate) fn is_known(&self, now: Timestamp, source: IpAddr) -> bool {
        self.known.get(&network(source)).is_some_and(|at| now.since(*at) < KNOWN_FOR)
    }

    /// The known addresses in order.
    pub(crate) fn known(&self) -> impl Iterator<Item = KnownSource> {
        self.known
            .iter()
            .map(|(address, seen_at)| KnownSource { address: *address, seen_at: *seen_at })
    }

    /// Grows whenever [`Shield::known`] changes.
    pub(crate) fn known_version(&self) -> u64 {
        self.known_version
    }

    fn rate(&self, now: Timestamp, bucket: BucketKey) -> Rate {
        match bucket {
            BucketKey::Address(_, ip) if self.is_known(now, ip) => self.limits.office,
            BucketKey::Address(..) | BucketKey::Phone(_) => self.limits.stranger,
            BucketKey::Port(_) => PORT,
            BucketKey::Trunk(_) | BucketKey::Proxy(_) => self.limits.trusted,
            BucketKey::Dialog(_) => DIALOG,
            BucketKey::Challenged(_) => CHALLENGED,
        }
    }

    fn price_of_password(&self) -> (u64, u32) {
        (nanos(self.limits.password_retry).max(1), self.limits.wrong_passwords.max(1))
    }
}

/// Token buckets by key, bounded. A full page is set aside and a new one begun. A bucket used since
/// then moves to the new page; one that was unused for two pages is forgotten and starts full
/// again. Memory is bounded, and a message costs the same under any flood.
#[derive(Debug)]
struct Buckets<K> {
    page: BTreeMap<K, Bucket>,
    page_before: BTreeMap<K, Bucket>,
}

impl<K> Default for Buckets<K> {
    fn default() -> Buckets<K> {
        Buckets { page: BTreeMap::new(), page_before: BTreeMap::new() }
    }
}

impl<K: Ord + Copy> Buckets<K> {
    fn of(&mut self, now: Timestamp, key: K) -> &mut Bucket {
        if self.page.len() >= PAGE_MAX && !self.page.contains_key(&key) {
            self.page_before = std::mem::take(&mut self.page);
        }
        let before = self.page_before.remove(&key);
        self.page.entry(key).or_insert_with(|| before.unwrap_or_else(|| Bucket::full(now)))
    }
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Its content at `at`, in nanoseconds of its rate.
    nanos: u64,
    at: Timestamp,
    /// When it was last reported empty.
    told_at: Option<Timestamp>,
}

impl Bucket {
    fn full(now: Timestamp) -> Bucket {
        // More than any bucket holds; the first refill caps it.
        Bucket { nanos: u64::MAX, at: now, told_at: None }
    }

    /// Refills it with the time passed, up to `burst` times the price of one. Returns its content.
    fn refill(&mut self, now: Timestamp, price: u64, burst: u32) -> u64 {
        let most = price.saturating_mul(burst.into());
        self.nanos = self.nanos.saturating_add(nanos(now.since(self.at))).min(most);
        self.at = self.at.max(now);
        self.nanos
    }

    /// Returns whether to report it now.
    fn is_news(&mut self, now: Timestamp) -> bool {
        let is_news = self.told_at.is_none_or(|at| now.since(at) >= TELL_AGAIN);
        if is_news {
            self.told_at = Some(now);
        }
        is_news
    }

    /// Takes the price of one if it holds that much.
    fn take(&mut self, now: Timestamp, price: u64, burst: u32) -> bool {
        match self.refill(now, price, burst).checked_sub(price) {
            Some(rest) => {
                self.nanos = rest;
                true
            }
            None => false,
        }
    }
}

/// Returns whether a User-Agent belongs to a scanning tool; most do not disguise it.
pub(crate) fn is_scanner(user_agent: &str) -> bool {
    let agent = user_agent.to_ascii_lowercase();
    SCANNERS.iter().any(|scanner| agent.contains(scanner))
}

/// Returns what counts as one address: an IPv6 host owns a whole /64.
pub(crate) fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

/// FNV-1a for bucket keys: a collision only makes two senders share a bucket.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

const NANOS_PER_S: u64 = 1_000_000_000;
/// A phone that registers, is challenged and calls sends some ten messages.
const STRANGER: Rate = Rate { per_s: 50, burst: 200 };
/// A hundred phones behind one NAT after a power cut.
const OFFICE: Rate = Rate { per_s: 500, burst: 2_000 };
/// 2,000 calls per second of ten messages each.
const TRUSTED: Rate = Rate { per_s: 20_000, burst: 40_000 };
/// REGISTER, the answer to its challenge, and retransmissions.
const PORT: Rate = Rate { per_s: 2, burst: 10 };
/// DTMF by INFO is the busiest traffic inside a dialog: about ten per second.
const DIALOG: Rate = Rate { per_s: 20, burst: 60 };
/// A hundred phones of one office that register while somebody floods with their address.
const CHALLENGED: Rate = Rate { per_s: 20, burst: 100 };
/// A person mistypes a password three times; guessing needs more than ten attempts.
const WRONG_PASSWORDS: u32 = 10;
/// A phone with an old password tries once a minute and stays below this.
const PASSWORD_RETRY: Duration = Duration::from_secs(20);
/// Often enough for an operator.
const TELL_AGAIN: Duration = Duration::from_secs(600);
/// An office is still known after the longest holidays.
const KNOWN_FOR: Duration = Duration::from_secs(30 * 86_400);
/// The driver saves the list when it changes, not for each refresh of each phone.
const KNOWN_PRECISION: Duration = Duration::from_secs(3_600);
/// Each seat of the largest hotline in its own home.
const KNOWN_MAX: usize = 8_192;
/// Buckets per page; two pages of messages take some 17 MB.
const PAGE_MAX: usize = 65_536;
/// User agents of tools that only ever scan.
const SCANNERS: [&str; 10] = [
    "friendly-scanner",
    "friendly-request",
    "sipvicious",
    "sundayddr",
    "sip-scan",
    "sipsak",
    "sipcli",
    "pplsip",
    "vaxsipuseragent",
    "iwar",
];

#[cfg(test)]
mod tests;
