//! Who may speak, how fast, and who is sent away: floods, scanners, guessers of passwords.
//!
//! Each source (an IPv4 address, or an IPv6 /64) has a bucket of messages and a score of
//! failures. A source that empties the one or fills the other is shut out for a time, twice
//! as long each time it comes back. Sources are of three kinds, because one address may be a
//! scanner, an office of a hundred phones behind a NAT, or the trunk that brings all calls:
//! a trunk is slowed down at most, never shut out, for that would be an outage of our own
//! making; and since a UDP source is easily forged, a source where somebody had the right
//! password gets ten times the patience.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use model::Timestamp;

/// How fast each kind of source may speak, and how long one is shut out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Somebody we know nothing about.
    pub stranger: Rate,
    /// A source from which a phone registered.
    pub known: Rate,
    /// A trunk.
    pub trusted: Rate,
    /// Failures a stranger may have at once: wrong passwords, unreadable messages, unknown numbers.
    pub failures_max: u32,
    /// One failure is forgotten after each such period.
    pub forgive: Duration,
    /// The first time out; it doubles up to `period_max`.
    pub period: Duration,
    /// The longest time out.
    pub period_max: Duration,
}

/// A bucket of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Messages a second in the long run.
    pub per_s: u32,
    /// Messages at once.
    pub burst: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            stranger: STRANGER,
            known: KNOWN,
            trusted: TRUSTED,
            failures_max: FAILURES_MAX,
            forgive: FORGIVE,
            period: PERIOD,
            period_max: PERIOD_MAX,
        }
    }
}

/// What a source is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Anybody.
    Stranger,
    /// Somebody there had the right password.
    Known,
    /// A trunk, by config.
    Trusted,
}

/// Whether a message may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admit {
    /// It may.
    Pass,
    /// It is dropped without an answer: too fast, or shut out before.
    Drop,
    /// It is dropped, and this was the one too many: its source is shut out for this long.
    ShutOut(Duration),
}

/// What a source did wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A wrong password, or a user who does not exist.
    Password,
    /// Bytes that are no message.
    Malformed,
    /// A request that strangers have no business with.
    Unwelcome,
    /// A number nobody has.
    UnknownNumber,
}

/// The sources and what we hold against them.
#[derive(Debug)]
pub(crate) struct Shield {
    limits: Limits,
    /// Sources heard since the last turn of the page, and those of the page before. A full
    /// page turns; so memory is bounded, and one message costs the same under any flood.
    page: BTreeMap<IpAddr, Source>,
    page_before: BTreeMap<IpAddr, Source>,
}

#[derive(Clone, Copy, Debug)]
struct Source {
    standing: Standing,
    /// What the bucket holds, in microseconds of its rate, at `at`.
    tokens_micros: u64,
    /// Failures not yet forgiven, in microseconds of forgiving, at `at`.
    guilt_micros: u64,
    at: Timestamp,
    /// Messages dropped since the bucket was last full.
    drops: u32,
    shut_until: Timestamp,
    /// How often it was shut out.
    times: u32,
    /// What it asked last without a password, as a hash.
    asked: u64,
}

impl Shield {
    pub(crate) fn new(limits: Limits) -> Shield {
        Shield { limits, page: BTreeMap::new(), page_before: BTreeMap::new() }
    }

    /// A message came from `source`; a trunk says so each time.
    pub(crate) fn admit(&mut self, now: Timestamp, source: IpAddr, is_trunk: bool) -> Admit {
        let limits = self.limits;
        let source = self.source(now, source);
        source.rank(is_trunk);
        if source.is_shut(now) {
            return Admit::Drop;
        }
        let rate = source.rate(&limits);
        let price = 1_000_000 / u64::from(rate.per_s.max(1));
        let is_full = source.refill(now, price.saturating_mul(rate.burst.into()));
        if is_full {
            source.drops = 0;
        }
        if let Some(rest) = source.tokens_micros.checked_sub(price) {
            source.tokens_micros = rest;
            return Admit::Pass;
        }
        source.drops = source.drops.saturating_add(1);
        let is_flood = source.drops >= rate.burst.saturating_mul(FLOOD_BURSTS);
        match is_flood && source.standing != Standing::Trusted {
            true => Admit::ShutOut(source.shut(now, &limits)),
            false => Admit::Drop,
        }
    }

    /// A source did something wrong; gives for how long it is shut out, if that was too much.
    pub(crate) fn failed(
        &mut self,
        now: Timestamp,
        source: IpAddr,
        failure: Failure,
    ) -> Option<Duration> {
        let limits = self.limits;
        let source = self.source(now, source);
        let patience = match source.standing {
            Standing::Trusted => return None,
            Standing::Known => limits.failures_max.saturating_mul(PATIENCE),
            Standing::Stranger => limits.failures_max,
        };
        if source.is_shut(now) {
            return None;
        }
        source.refill(now, u64::MAX);
        let forgive = micros(limits.forgive);
        let weight = match failure {
            Failure::Password | Failure::Malformed | Failure::Unwelcome => 1,
            // Dialling through the numbers is how a thief looks for a way out.
            Failure::UnknownNumber => 2,
        };
        source.guilt_micros = source.guilt_micros.saturating_add(forgive.saturating_mul(weight));
        let is_too_much = source.guilt_micros > forgive.saturating_mul(patience.into());
        is_too_much.then(|| source.shut(now, &limits))
    }

    /// Whether `source` asks the same thing again, because our answer was lost on the way: that
    /// is one failure, not as many as there are timers.
    pub(crate) fn asks_again(&mut self, now: Timestamp, source: IpAddr, what: &str) -> bool {
        // FNV-1a: a collision forgives one failure.
        let hash = what.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        std::mem::replace(&mut self.source(now, source).asked, hash) == hash
    }

    /// Somebody at `source` had the right password: their failures are forgiven.
    pub(crate) fn succeeded(&mut self, now: Timestamp, source: IpAddr) {
        let source = self.source(now, source);
        source.guilt_micros = 0;
        if source.standing == Standing::Stranger {
            source.standing = Standing::Known;
        }
    }

    /// Shuts out a stranger who calls itself by a scanner's name; they seldom bother to lie.
    pub(crate) fn recognise(
        &mut self,
        now: Timestamp,
        source: IpAddr,
        user_agent: &str,
    ) -> Option<Duration> {
        let agent = user_agent.to_ascii_lowercase();
        if !SCANNERS.iter().any(|scanner| agent.contains(scanner)) {
            return None;
        }
        let limits = self.limits;
        let source = self.source(now, source);
        let is_stranger = source.standing == Standing::Stranger && !source.is_shut(now);
        is_stranger.then(|| source.shut(now, &limits))
    }

    /// The source's entry on the open page.
    fn source(&mut self, now: Timestamp, source: IpAddr) -> &mut Source {
        let key = network(source);
        if self.page.len() >= PAGE_MAX && !self.page.contains_key(&key) {
            self.turn(now);
        }
        let before = self.page_before.remove(&key);
        self.page.entry(key).or_insert_with(|| before.unwrap_or_else(|| Source::new(now)))
    }

    /// A new page. Who is shut out, or known, is carried over, up to half of it.
    fn turn(&mut self, now: Timestamp) {
        let full = std::mem::take(&mut self.page);
        let carried =
            |source: &Source| source.is_shut(now) || source.standing != Standing::Stranger;
        let kept = full.iter().filter(|(_, source)| carried(source)).take(PAGE_MAX / 2);
        self.page = kept.map(|(key, source)| (*key, *source)).collect();
        self.page_before = full;
    }
}

impl Source {
    fn new(now: Timestamp) -> Source {
        Source {
            standing: Standing::Stranger,
            // More than any bucket holds; the first message finds it full.
            tokens_micros: u64::MAX,
            guilt_micros: 0,
            at: now,
            drops: 0,
            shut_until: Timestamp::default(),
            times: 0,
            asked: 0,
        }
    }

    fn rank(&mut self, is_trunk: bool) {
        self.standing = match (is_trunk, self.standing) {
            (true, _) => Standing::Trusted,
            // No trunk any more: the config changed.
            (false, Standing::Trusted) => Standing::Stranger,
            (false, standing) => standing,
        };
    }

    fn rate(&self, limits: &Limits) -> Rate {
        match self.standing {
            Standing::Stranger => limits.stranger,
            Standing::Known => limits.known,
            Standing::Trusted => limits.trusted,
        }
    }

    /// Time fills the bucket and forgives. True when the bucket is full.
    fn refill(&mut self, now: Timestamp, most_micros: u64) -> bool {
        let passed = micros(now.since(self.at));
        self.guilt_micros = self.guilt_micros.saturating_sub(passed);
        self.tokens_micros = self.tokens_micros.saturating_add(passed).min(most_micros);
        self.at = self.at.max(now);
        self.tokens_micros == most_micros
    }

    fn is_shut(&self, now: Timestamp) -> bool {
        self.shut_until > now && self.standing != Standing::Trusted
    }

    fn shut(&mut self, now: Timestamp, limits: &Limits) -> Duration {
        let period = limits.period.saturating_mul(1 << self.times.min(16)).min(limits.period_max);
        self.times = self.times.saturating_add(1);
        self.shut_until = now + period;
        (self.guilt_micros, self.drops) = (0, 0);
        period
    }
}

/// What counts as one source: an IPv6 host owns a whole /64.
fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// A phone registering, being challenged, and calling sends some ten messages.
const STRANGER: Rate = Rate { per_s: 20, burst: 100 };
/// A hundred phones behind one NAT that come back after a power cut.
const KNOWN: Rate = Rate { per_s: 500, burst: 2_000 };
/// Two thousand calls a second of five messages each.
const TRUSTED: Rate = Rate { per_s: 10_000, burst: 20_000 };
/// A person mistypes a password three times; a guesser needs more than ten tries.
const FAILURES_MAX: u32 = 10;
/// A phone with an old password tries again each minute and stays below this for ever.
const FORGIVE: Duration = Duration::from_secs(20);
/// Long enough for a scanner to lose interest.
const PERIOD: Duration = Duration::from_secs(600);
/// An address may belong to somebody else tomorrow.
const PERIOD_MAX: Duration = Duration::from_secs(86_400);
/// How many times more failures a source with registered phones may have.
const PATIENCE: u32 = 10;
/// Dropping is enough for a burst; who goes on for ten more is flooding.
const FLOOD_BURSTS: u32 = 10;
/// Sources on a page; two pages take some 13 MB.
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
