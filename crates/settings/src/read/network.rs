//! `[sip]`, `[media]`: addresses and ports, and conflicts between them.

use std::{net::SocketAddr, time::Duration};

use sip::{
    Config, DigestAlgorithms, StreamLimits,
    shield::{Limits, Rate},
};

use super::DAY;
use crate::{
    BadPorts, Http, Media, Ports, Sip,
    keys::{
        self,
        register::{DEFAULT, MAX, MIN},
    },
    kinds,
    page::{Table, Value},
};

/// Reads `[sip]` with its two tables.
pub(super) fn sip(t: &Table<'_>) -> Option<Sip> {
    let udp = t.read(&keys::sip::UDP, kinds::set(kinds::socket));
    let tcp = t.read(&keys::sip::TCP, kinds::set(kinds::socket));
    let advertise = t.optional(&keys::sip::ADVERTISE, kinds::advertised);
    let realm = t.read(&keys::sip::REALM, realm);
    let digest = t.read(&keys::sip::DIGEST, kinds::set(digest));
    let session = t.read(&keys::sip::SESSION_EXPIRES, kinds::duration(SESSION_MIN..=DAY));
    let retry = t.read(&keys::sip::RETRY_AFTER, kinds::duration(SECOND..=HOUR));
    let register = t.table("register", &keys::register::SECTION).and_then(|t| register(&t));
    let shield = t.table("shield", &keys::shield::SECTION).and_then(|t| shield(&t));
    let streams = t.table("streams", &keys::streams::SECTION).and_then(|t| streams(&t));
    let (udp, tcp) = (udp?, tcp?);
    if udp.is_empty() && tcp.is_empty() {
        t.wrong("udp", "there is no address to listen on", "write at least one in udp or tcp");
    }
    let digest = digest?;
    if digest.is_empty() {
        t.wrong(
            "digest",
            "the list is empty, so no phone can register",
            "write [\"md5\"], or [\"md5\", \"sha-256\"]",
        );
    }
    let register = register?;
    let endpoint = Config {
        registration_s_min: register.min,
        registration_s_max: register.max,
        registration_s_default: register.default,
        digest: DigestAlgorithms {
            md5: digest.contains(&Digest::Md5),
            sha256: digest.contains(&Digest::Sha256),
        },
        session_expires: session?,
        retry_after_s: seconds(retry?),
        shield: shield?,
        streams: streams?,
        ..Config::new(&realm?)
    };
    Some(Sip { udp, tcp, advertise: advertise?, endpoint })
}

/// The lifetimes of a phone's registration in seconds (RFC 3261 10.3).
struct RegistrationTimes {
    /// A shorter lifetime is answered with 423.
    min: u32,
    /// A longer lifetime is reduced to this.
    max: u32,
    /// The lifetime when the phone requests none.
    default: u32,
}

fn register(t: &Table<'_>) -> Option<RegistrationTimes> {
    let time = || kinds::duration(Duration::from_secs(10)..=DAY);
    let (min, max, default) =
        (t.read(&MIN, time()), t.read(&MAX, time()), t.read(&DEFAULT, time()));
    let (min, max, default) = (min?, max?, default?);
    if !(min <= default && default <= max) {
        t.wrong(DEFAULT.name, "it is not between min and max", "order them min, default, max");
    }
    Some(RegistrationTimes { min: seconds(min), max: seconds(max), default: seconds(default) })
}

fn seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}

fn shield(t: &Table<'_>) -> Option<Limits> {
    let messages = t.read(&keys::shield::MESSAGES_PER_S, kinds::count(1..=1_000_000));
    let burst = t.read(&keys::shield::BURST, kinds::count(1..=1_000_000));
    let trunk = t.read(&keys::shield::TRUNK_MESSAGES_PER_S, kinds::count(1..=10_000_000));
    let wrong = t.read(&keys::shield::WRONG_PASSWORDS, kinds::count(1..=1_000));
    let retry = t.read(&keys::shield::PASSWORD_RETRY, kinds::duration(SECOND..=HOUR));
    let (stranger, trunk) = (Rate { per_s: messages?, burst: burst? }, trunk?);
    Some(Limits {
        stranger,
        office: Rate {
            per_s: stranger.per_s.saturating_mul(OFFICE_TIMES),
            burst: stranger.burst.saturating_mul(OFFICE_TIMES),
        },
        trusted: Rate { per_s: trunk, burst: trunk.saturating_mul(2) },
        wrong_passwords: wrong?,
        password_retry: retry?,
    })
}

fn streams(t: &Table<'_>) -> Option<StreamLimits> {
    use keys::streams::{FIRST_MESSAGE, IDLE, MESSAGE, PER_KNOWN, PER_STRANGER, PER_TRUNK, TOTAL};
    let share = || kinds::count(1..=STREAMS_MAX);
    let within = || kinds::duration(SECOND..=Duration::from_secs(300));
    let total = t.read(&TOTAL, kinds::count(16..=STREAMS_MAX));
    let stranger = t.read(&PER_STRANGER, share());
    let known = t.read(&PER_KNOWN, share());
    let trunk = t.read(&PER_TRUNK, share());
    let first_message = t.read(&FIRST_MESSAGE, within());
    let message = t.read(&MESSAGE, within());
    let idle = t.read(&IDLE, kinds::duration(Duration::from_secs(10)..=DAY));
    Some(StreamLimits {
        total: total? as usize,
        per_stranger: stranger? as usize,
        per_known: known? as usize,
        per_trunk: trunk? as usize,
        first_message: first_message?,
        message: message?,
        idle: idle?,
    })
}

/// Reads `[media]`.
pub(super) fn media(t: &Table<'_>) -> Option<Media> {
    let bind = t.read(&keys::media::BIND, kinds::ip);
    let ports = t.read(&keys::media::PORTS, ports);
    let threads = t.optional(&keys::media::THREADS, kinds::count(1..=THREADS_MAX));
    let lost = t.read(
        &keys::media::VOICE_LOST_AFTER,
        kinds::duration_or_off(SECOND..=Duration::from_secs(600)),
    );
    let assume_source = t.read(&keys::media::ASSUME_SOURCE, kinds::flag);
    Some(Media {
        bind: bind?,
        ports: ports?,
        threads: threads?,
        relays: media::Config {
            voice_lost_after: lost?,
            assume_source: assume_source?,
            ..media::Config::default()
        },
    })
}

/// Reports a port that is both for signalling and in the range for voice.
pub(super) fn check_ports(t: &Table<'_>, sip: &Sip, media: &Media) {
    let Ports::Range { first, last } = media.ports else { return };
    if let Some(at) = sip.udp.iter().find(|at| (first..=last).contains(&at.port())) {
        let what = format!("{first}-{last} contains the port of {at}, on which SIP listens");
        t.wrong(keys::media::PORTS.name, what, "choose a range without it");
    }
}

/// Reports a TCP address that both signalling and the console listen on.
pub(super) fn check_console(t: &Table<'_>, sip: &Sip, http: &Http) {
    let meets = |at: &&SocketAddr| {
        let everywhere = at.ip().is_unspecified() || http.listen.ip().is_unspecified();
        at.port() != 0
            && at.port() == http.listen.port()
            && (everywhere || at.ip() == http.listen.ip())
    };
    if let Some(at) = sip.tcp.iter().find(meets) {
        let what = format!("SIP already listens on {at}");
        t.wrong(keys::http::LISTEN.name, what, "choose another port");
    }
}

fn ports(v: &Value<'_>) -> Option<Ports> {
    match Ports::parse(&kinds::some_text(v)?) {
        Ok(ports) => Some(ports),
        Err(BadPorts { what, right }) => v.wrong(what, right),
    }
}

/// Text that can be quoted in a challenge (RFC 7616 3.3).
fn realm(v: &Value<'_>) -> Option<String> {
    let text = kinds::some_text(v)?;
    if text.contains(['"', '\\', ':']) {
        return v.wrong("quotes, colons and backslashes cannot be in a realm", "write plain words");
    }
    Some(text)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digest {
    Md5,
    Sha256,
}

fn digest(v: &Value<'_>) -> Option<Digest> {
    match kinds::some_text(v)?.to_ascii_lowercase().as_str() {
        "md5" => Some(Digest::Md5),
        "sha-256" => Some(Digest::Sha256),
        other => v.wrong(
            format!("\"{other}\" is not a digest algorithm"),
            "write \"md5\" or \"sha-256\"",
        ),
    }
}

/// More threads than any supported machine has cores.
pub(super) const THREADS_MAX: u32 = 64;
const SECOND: Duration = Duration::from_secs(1);
/// The factor by which the limit of an address is higher when a phone has registered from it: an
/// office has several phones behind one address (config/README.md).
const OFFICE_TIMES: u32 = 10;
/// The most connections that signalling has file descriptors for.
const STREAMS_MAX: u32 = 16_384;
const HOUR: Duration = Duration::from_secs(3_600);
/// The shortest session interval that may be requested (RFC 4028 4).
const SESSION_MIN: Duration = Duration::from_secs(90);
