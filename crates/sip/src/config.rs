//! What the endpoint is told once, and what it counts.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use primitives::{IpNetwork, SeatId, SymmetricRtp, TrunkId};

use crate::{DigestAlgorithms, Seat, StreamLimits, Transport, shield};

/// How the endpoint shall behave. [`Config::new`] gives every default.
#[derive(Clone, Debug)]
pub struct Config {
    /// The digest realm, and the host part of our seats' addresses.
    pub realm: String,
    /// What Server and User-Agent say.
    pub product: String,
    /// Our concrete addresses, for requests that follow no registered flow.
    pub locals: Vec<(Transport, SocketAddr)>,
    /// Who may call us without a password.
    pub trunks: Vec<Trunk>,
    /// Proxies of ours: networks (address and prefix length in bits) from which Via and Path are
    /// believed.
    pub proxies: Vec<(IpAddr, u8)>,
    /// Addresses from which an earlier run knew phones.
    pub known_sources: Vec<shield::KnownSource>,
    /// Our seats; more come and go by command.
    pub seats: Vec<Seat>,
    /// Where the voice of each trunk comes from and goes to, beyond what its SDP says.
    pub trunk_voice: BTreeMap<TrunkId, VoicePolicy>,
    /// The same of each seat.
    pub seat_voice: BTreeMap<SeatId, VoicePolicy>,
    /// The shortest registration we grant, in seconds; shorter ones get 423.
    pub registration_s_min: u32,
    /// The longest registration we grant, in seconds; longer ones are cut.
    pub registration_s_max: u32,
    /// What a phone that asks for no period gets, in seconds.
    pub registration_s_default: u32,
    /// How many contacts a seat may have at once.
    pub contacts_max: usize,
    /// How many transactions may be open; one more request is answered 503.
    pub transactions_max: usize,
    /// How many legs may be open; one more call is answered 503.
    pub legs_max: usize,
    /// How many TCP streams may be open, and how long each may be silent.
    pub streams: StreamLimits,
    /// Which digest algorithms phones are asked for; both unless told otherwise.
    pub digest: DigestAlgorithms,
    /// How long a digest nonce is good.
    pub nonce_lifetime: Duration,
    /// How much one source may send.
    pub shield: shield::Limits,
    /// The session interval we ask for (RFC 4028); zero asks for none.
    pub session_expires: Duration,
    /// The shortest session interval we accept; RFC 4028 5 asks for 90 s at least.
    pub session_expires_min: Duration,
    /// What a 503 of ours says in Retry-After, in seconds.
    pub retry_after_s: u32,
}

impl Config {
    /// Every default, for an endpoint that speaks for `realm`.
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

/// What the configuration says of a far end's voice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoicePolicy {
    /// Networks that it may come from.
    pub networks: Arc<[IpNetwork]>,
    /// Whether ours goes to where it comes from.
    pub symmetric: SymmetricRtp,
}

/// A neighbour that brings and takes calls, known by where it sends from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trunk {
    /// Its name.
    pub id: TrunkId,
    /// Its source networks: address and prefix length in bits.
    pub sources: Vec<(IpAddr, u8)>,
}

impl Trunk {
    /// Whether `source` lies in one of its networks.
    pub fn holds(&self, source: IpAddr) -> bool {
        holds(&self.sources, source)
    }
}

/// Whether an address lies in one of these networks (address and prefix length in bits).
pub(crate) fn holds(networks: &[(IpAddr, u8)], address: IpAddr) -> bool {
    networks.iter().any(|(network, bits)| match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let bits = u32::from(*bits).min(32);
            let differ = network.to_bits() ^ address.to_bits();
            differ.checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let bits = u32::from(*bits).min(128);
            let differ = network.to_bits() ^ address.to_bits();
            differ.checked_shr(128 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    })
}

/// What happened so far, by name, for whoever draws curves. All only grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests that came and could be read.
    pub requests_in: u64,
    /// Answers that came and could be read.
    pub responses_in: u64,
    /// Requests and answers sent, retransmissions included.
    pub sent: u64,
    /// Requests of theirs and answers that came again, and ACKs of refusals: absorbed.
    pub absorbed: u64,
    /// Messages of ours sent again.
    pub retransmitted: u64,
    /// What could not be read as SIP.
    pub malformed: u64,
    /// Keep-alives that are no SIP: line ends, NULs (RFC 5626 4.4.1).
    pub keepalives: u64,
    /// STUN on the SIP port (RFC 5626 4.4.2), not answered.
    pub stun: u64,
    /// Voice packets that strayed to the SIP port.
    pub stray_rtp: u64,
    /// Messages dropped because an address nothing is known about sent too many.
    pub dropped_strangers: u64,
    /// Messages dropped because an address where phones registered before sent too many.
    pub dropped_offices: u64,
    /// Messages of a registered phone dropped because it sent too many.
    pub dropped_phones: u64,
    /// Messages of a trunk dropped because it sent too many.
    pub dropped_trunks: u64,
    /// Messages through a proxy of ours dropped because all together were too many.
    pub dropped_proxies: u64,
    /// Messages let in although their sender's bucket was empty: of a dialog of ours, an answer
    /// to a challenge of ours, or a new phone beside a flood.
    pub let_in: u64,
    /// Requests with a scanner's User-Agent, not answered.
    pub scanners: u64,
    /// Wrong passwords, and passwords of users who do not exist.
    pub wrong_passwords: u64,
    /// Passwords not looked at because too many were wrong before.
    pub slowed_passwords: u64,
    /// Requests from strangers that got silence.
    pub strangers: u64,
    /// Requests and answers for a call that came from elsewhere than its far end.
    pub impostors: u64,
    /// Requests answered 401.
    pub challenged: u64,
    /// Answers and ACKs that belong to nothing.
    pub strays: u64,
    /// Requests answered 503 because a table was full or we drain.
    pub full: u64,
    /// TCP streams we closed: silent, unfinished, unreadable, or to make room.
    pub streams_closed: u64,
    /// Transactions of ours that nobody answered in time.
    pub timed_out: u64,
    /// Legs that began: incoming.
    pub legs_in: u64,
    /// Legs that began: dialled.
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
/// What most phones ask for anyway is an hour; a hotline wants to know sooner.
const REGISTRATION_S_DEFAULT: u32 = 300;
/// A desk phone, a softphone, and the same two after a reboot.
const CONTACTS_MAX: usize = 4;
/// Thirty-two seconds of 2,000 calls a second would fill it.
const TRANSACTIONS_MAX: usize = 100_000;
/// Ten times the largest hotline's lines.
const LEGS_MAX: usize = 20_000;
/// Long enough for one exchange and its retransmissions, short enough to be worthless when stolen.
const NONCE_LIFETIME: Duration = Duration::from_secs(300);
/// RFC 4028 4.2 recommends half an hour.
const SESSION_EXPIRES: Duration = Duration::from_secs(1_800);
/// RFC 4028 5: the smallest value anybody may insist on.
const SESSION_EXPIRES_MIN: Duration = Duration::from_secs(90);
/// A caller's switch tries again after the worst of a burst.
const RETRY_AFTER_S: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trunk_is_known_by_its_networks() {
        let trunk = Trunk {
            id: "telecom".into(),
            sources: vec![
                ("10.1.0.0".parse().unwrap(), 16),
                ("192.0.2.7".parse().unwrap(), 32),
                ("2001:db8::".parse().unwrap(), 32),
            ],
        };
        let holds = |source: &str| trunk.holds(source.parse().unwrap());
        assert!(holds("10.1.200.3") && holds("192.0.2.7") && holds("2001:db8::1"));
        assert!(!holds("10.2.0.1") && !holds("192.0.2.8") && !holds("::1"));
        let all = Trunk { id: "all".into(), sources: vec![("0.0.0.0".parse().unwrap(), 0)] };
        assert!(all.holds("8.8.8.8".parse().unwrap()));
    }
}
