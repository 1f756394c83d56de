//! The endpoint's configuration and its counters.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use primitives::{IpNetwork, SeatId, TrunkId};

use crate::{DigestAlgorithms, Seat, StreamLimits, Transport, Trunk, VoicePolicy, shield};

/// The configuration of an endpoint. [`Config::new`] sets every default.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The digest realm, and the host part of our seats' addresses.
    pub realm: String,
    /// The value of Server and User-Agent.
    pub product: String,
    /// Our concrete addresses, used for requests that do not follow a registered flow.
    pub locals: Vec<(Transport, SocketAddr)>,
    /// Trunks, which may call without a password.
    pub trunks: Vec<Trunk>,
    /// The networks of our proxies, whose Via and Path headers are trusted.
    pub proxies: Vec<IpNetwork>,
    /// Addresses where phones had registered in an earlier run.
    pub known_sources: Vec<shield::KnownSource>,
    /// The seats at the start; commands add and remove seats.
    pub seats: Vec<Seat>,
    /// The media policy of each trunk.
    pub trunk_voice: BTreeMap<TrunkId, VoicePolicy>,
    /// The media policy of each seat.
    pub seat_voice: BTreeMap<SeatId, VoicePolicy>,
    /// The shortest registration we grant, in seconds; shorter ones get 423.
    pub registration_s_min: u32,
    /// The longest registration we grant, in seconds; longer ones are cut.
    pub registration_s_max: u32,
    /// The expiry granted to a phone that asks for none, in seconds.
    pub registration_s_default: u32,
    /// Most contacts of one seat at a time.
    pub contacts_max: usize,
    /// Most open transactions; a further request is answered 503.
    pub transactions_max: usize,
    /// Most open legs; a further call is answered 503.
    pub legs_max: usize,
    /// Limits of TCP connections and of their silence.
    pub streams: StreamLimits,
    /// Digest algorithms offered in challenges; both by default.
    pub digest: DigestAlgorithms,
    /// Lifetime of a digest nonce.
    pub nonce_lifetime: Duration,
    /// Rate limits of each source.
    pub shield: shield::Limits,
    /// The session interval we ask for (RFC 4028); zero asks for none.
    pub session_expires: Duration,
    /// The shortest session interval we accept; RFC 4028 5 asks for 90 s at least.
    pub session_expires_min: Duration,
    /// Retry-After of our 503 answers, in seconds.
    pub retry_after_s: u32,
}

impl Config {
    /// The default configuration for `realm`.
    pub fn new(realm: &str) -> Config {
        Config {
            realm: realm.to_owned(),
            product: "Heartline".to_owned(),
            locals: Vec::new(),
            trunks: Vec::new(),
            proxies: Vec::new(),
            known_sources: Vec::new(),
            seats: Vec::new(),
            trunk_voice: BTreeMap::new(),
            seat_voice: BTreeMap::new(),
            registration_s_min: REGISTRATION_S_MIN,
            registration_s_max: REGISTRATION_S_MAX,
            registration_s_default: REGISTRATION_S_DEFAULT,
            contacts_max: CONTACTS_MAX,
            transactions_max: TRANSACTIONS_MAX,
            legs_max: LEGS_MAX,
            streams: StreamLimits::default(),
            digest: DigestAlgorithms { md5: true, sha256: true },
            nonce_lifetime: NONCE_LIFETIME,
            shield: shield::Limits::default(),
            session_expires: SESSION_EXPIRES,
            session_expires_min: SESSION_EXPIRES_MIN,
            retry_after_s: RETRY_AFTER_S,
        }
    }
}

/// Counters since the start, for metrics. They only grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests received and parsed.
    pub requests_in: u64,
    /// Responses received and parsed.
    pub responses_in: u64,
    /// Requests and responses sent, retransmissions included.
    pub sent: u64,
    /// Received retransmissions, and ACKs of refusals: absorbed.
    pub absorbed: u64,
    /// Our retransmissions.
    pub retransmitted: u64,
    /// Datagrams and stream pieces that are not valid SIP.
    pub malformed: u64,
    /// Keep-alives that are not SIP: line ends, NULs (RFC 5626 4.4.1).
    pub keepalives: u64,
    /// STUN on the SIP port (RFC 5626 4.4.2), not answered.
    pub stun: u64,
    /// RTP packets received on the SIP port.
    pub stray_rtp: u64,
    /// Messages dropped because an unknown address sent too many.
    pub dropped_strangers: u64,
    /// Messages dropped because an address where phones registered before sent too many.
    pub dropped_offices: u64,
    /// Messages of a registered phone dropped because it sent too many.
    pub dropped_phones: u64,
    /// Messages of a trunk dropped because it sent too many.
    pub dropped_trunks: u64,
    /// Messages through a proxy of ours dropped because all together were too many.
    pub dropped_proxies: u64,
    /// Messages accepted although the sender's bucket was empty: of a dialog of ours, an answer to
    /// a challenge of ours, or from a new phone beside a flood.
    pub let_in: u64,
    /// Requests with the User-Agent of a scanner; not answered.
    pub scanners: u64,
    /// Wrong passwords, and passwords for unknown users.
    pub wrong_passwords: u64,
    /// Passwords not checked because too many were wrong before.
    pub slowed_passwords: u64,
    /// Requests from unknown senders that were not answered.
    pub strangers: u64,
    /// Requests and responses for a call that did not come from its far end.
    pub impostors: u64,
    /// Requests answered 401.
    pub challenged: u64,
    /// Responses and ACKs without a matching transaction or dialog.
    pub strays: u64,
    /// Requests answered 503 because a table was full or the engine drains.
    pub full: u64,
    /// TCP connections that we closed: silent, incomplete, unparsable, or to make room.
    pub streams_closed: u64,
    /// Our transactions that timed out.
    pub timed_out: u64,
    /// Incoming legs.
    pub legs_in: u64,
    /// Dialled legs.
    pub legs_out: u64,
}

impl Counts {
    /// Each counter with its name, for metrics.
    pub fn named(&self) -> [(&'static str, u64); 27] {
        [
            ("requests_in", self.requests_in),
            ("responses_in", self.responses_in),
            ("sent", self.sent),
            ("absorbed", self.absorbed),
            ("retransmitted", self.retransmitted),
            ("malformed", self.malformed),
            ("keepalives", self.keepalives),
            ("stun", self.stun),
            ("stray_rtp", self.stray_rtp),
            ("dropped_strangers", self.dropped_strangers),
            ("dropped_offices", self.dropped_offices),
            ("dropped_phones", self.dropped_phones),
            ("dropped_trunks", self.dropped_trunks),
            ("dropped_proxies", self.dropped_proxies),
            ("let_in", self.let_in),
            ("scanners", self.scanners),
            ("wrong_passwords", self.wrong_passwords),
            ("slowed_passwords", self.slowed_passwords),
            ("strangers", self.strangers),
            ("impostors", self.impostors),
            ("challenged", self.challenged),
            ("strays", self.strays),
            ("full", self.full),
            ("streams_closed", self.streams_closed),
            ("timed_out", self.timed_out),
            ("legs_in", self.legs_in),
            ("legs_out", self.legs_out),
        ]
    }
}

/// A phone behind NAT that registers every minute keeps its hole open; faster is a storm.
const REGISTRATION_S_MIN: u32 = 60;
/// A phone that vanished is forgotten within the hour.
const REGISTRATION_S_MAX: u32 = 3_600;
/// Most phones ask for an hour; with five minutes a phone that is gone is noticed sooner.
const REGISTRATION_S_DEFAULT: u32 = 300;
/// A desk phone, a softphone, and the same two after a reboot.
const CONTACTS_MAX: usize = 4;
/// 32 s of 2,000 calls per second would fill it.
const TRANSACTIONS_MAX: usize = 100_000;
/// Ten times the lines of the largest hotline.
const LEGS_MAX: usize = 20_000;
/// Long enough for one exchange and its retransmissions, short enough to be worthless when stolen.
const NONCE_LIFETIME: Duration = Duration::from_secs(300);
/// RFC 4028 4.2 recommends half an hour.
const SESSION_EXPIRES: Duration = Duration::from_secs(1_800);
/// RFC 4028 5: the smallest value anybody may insist on.
const SESSION_EXPIRES_MIN: Duration = Duration::from_secs(90);
/// A caller's switch tries again after the worst of a burst.
const RETRY_AFTER_S: u32 = 5;
