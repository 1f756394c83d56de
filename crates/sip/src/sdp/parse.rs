//! Parses the far end's description tolerantly.
//!
//! sdp-types parses; a filter before it keeps only the needed lines in the order of the grammar,
//! because gateways omit `s=` and `t=`, end lines with LF, add trailing spaces and write session
//! ids of thirty digits.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use primitives::{Codec, PayloadTypes};
use sdp_types::{AddrType, Attribute, Connection, Media, Session};

use crate::{message::number, wire::charset};

/// A usable stream of the far end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AudioStream {
    /// Where the far end receives RTP; the unspecified address for the old form of hold and for a
    /// host name, which is not resolved.
    pub(super) rtp: SocketAddr,
    /// The profile of the `m=` line.
    pub(super) profile: Profile,
    /// The first offered codec that we support.
    pub(super) codec: Codec,
    /// The payload types at which the far end receives it and DTMF.
    pub(super) types: PayloadTypes,
    /// The wanted packet length.
    pub(super) ptime: Duration,
    /// Whether the far end sends.
    pub(super) sends: bool,
    /// Whether the far end receives.
    pub(super) receives: bool,
}

/// An unencrypted RTP profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// RTP/AVP (RFC 3551).
    Avp,
    /// RTP/AVPF (RFC 4585).
    Avpf,
}

impl Profile {
    fn parse(proto: &str) -> Option<Profile> {
        match proto.to_ascii_uppercase().as_str() {
            "RTP/AVP" => Some(Profile::Avp),
            "RTP/AVPF" => Some(Profile::Avpf),
            // Encrypted profiles, and streams that are not RTP.
            _ => None,
        }
    }
}

/// Parses the description; `None` when it is malformed.
pub(super) fn session(body: &[u8]) -> Option<Session> {
    let text = charset::decode(body);
    Session::parse(normalized(&text)?.as_bytes()).ok()
}

/// Returns the first usable stream and its position.
pub(super) fn first_audio(session: &Session) -> Option<(usize, AudioStream)> {
    let mut streams = session.medias.iter().enumerate();
    streams.find_map(|(place, media)| Some((place, audio(session, media)?)))
}

/// Reads a stream; `None` when it is not usable.
pub(super) fn audio(session: &Session, media: &Media) -> Option<AudioStream> {
    let is_ours = media.media.eq_ignore_ascii_case("audio") && media.port != 0;
    let profile = Profile::parse(&media.proto).filter(|_| is_ours)?;
    let host = Host::parse(media.connections.first().or(session.connection.as_ref())?)?;
    let numbers = || media.fmt.split_ascii_whitespace().filter_map(|f| f.parse::<u8>().ok());
    let formats = || numbers().filter(|number| *number <= PAYLOAD_TYPE_MAX);
    let (number, codec) = formats().find_map(|format| Some((format, codec(media, format)?)))?;
    let is_event =
        |format: &u8| !is_static(*format) && maps(media, *format, "telephone-event") == Some(true);
    let types = PayloadTypes { codec: number, telephone_event: formats().find(is_event) };
    let (sends, receives) = direction(&media.attributes)
        .or_else(|| direction(&session.attributes))
        .unwrap_or((true, true));
    Some(AudioStream {
        rtp: SocketAddr::new(host.ip(), media.port),
        profile,
        codec,
        types,
        ptime: ptime(media),
        sends,
        receives: receives && !matches!(host, Host::Held(_)),
    })
}

/// The host of a `c=` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    At(IpAddr),
    /// A host name (RFC 4566 5.7), as the unspecified address of its family. It is not resolved,
    /// because that would block and could return any address. RTP is accepted from the hosts that
    /// signalling names.
    Named(IpAddr),
    /// The unspecified address, the old form of hold (RFC 2543 B.5): nothing may be sent.
    Held(IpAddr),
}

impl Host {
    fn ip(self) -> IpAddr {
        let (Host::At(ip) | Host::Named(ip) | Host::Held(ip)) = self;
        ip
    }

    /// `None` for a multicast address and for text that is neither an address nor a name.
    fn parse(connection: &Connection) -> Option<Host> {
        let text = connection.connection_address.split('/').next()?;
        let Ok(ip) = text.parse::<IpAddr>() else {
            let unspecified: IpAddr = match connection.addrtype {
                AddrType::Ip6 => Ipv6Addr::UNSPECIFIED.into(),
                AddrType::Ip4 | AddrType::Other(_) => Ipv4Addr::UNSPECIFIED.into(),
            };
            return is_host_name(text).then_some(Host::Named(unspecified));
        };
        // RFC 5118 4.9: an IPv4 address may be written in IPv6.
        match ip.to_canonical() {
            ip if ip.is_multicast() => None,
            ip if ip.is_unspecified() => Some(Host::Held(ip)),
            ip => Some(Host::At(ip)),
        }
    }
}

/// Returns whether the text is a host name: labels of letters, digits, hyphens and underscores, the
/// last one not a number, so that a mistyped IPv4 address is refused (RFC 1123 2.1).
fn is_host_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.split('.').all(is_label) && !last.bytes().all(|b| b.is_ascii_digit())
}

/// Returns the codec of a payload type: 0 and 8 by RFC 3551 unless an rtpmap differs, dynamic ones
/// by their rtpmap.
fn codec(media: &Media, format: u8) -> Option<Codec> {
    let names = [(Codec::Pcma, "PCMA"), (Codec::Pcmu, "PCMU")];
    names.into_iter().map(|(codec, name)| (codec, maps(media, format, name))).find_map(
        |(codec, is_mapped)| {
            let at_own_number = format == codec.payload_type();
            let is_codec = match is_static(format) {
                true => at_own_number && is_mapped.unwrap_or(true),
                false => is_mapped == Some(true),
            };
            is_codec.then_some(codec)
        },
    )
}

/// Returns whether the payload type is static for us, whatever an rtpmap says: G.711 (RFC 3551 6)
/// and comfort noise (RFC 3389 4).
fn is_static(format: u8) -> bool {
    matches!(format, 0 | 8 | 13)
}

/// Returns whether an rtpmap names `format` so at 8 kHz; `None` without an rtpmap.
fn maps(media: &Media, format: u8, name: &str) -> Option<bool> {
    let maps = media.attributes.iter().filter(|a| a.attribute.eq_ignore_ascii_case("rtpmap"));
    let mut maps = maps.filter_map(|a| a.value.as_deref()?.trim().split_once(char::is_whitespace));
    let (_, encoding) = maps.find(|(number, _)| number.parse() == Ok(format))?;
    let mut parts = encoding.trim().split('/');
    let is_name = parts.next().is_some_and(|n| n.eq_ignore_ascii_case(name));
    Some(is_name && parts.next() == Some("8000") && matches!(parts.next(), None | Some("1" | "")))
}

fn direction(attributes: &[Attribute]) -> Option<(bool, bool)> {
    attributes.iter().find_map(|a| match a.attribute.to_ascii_lowercase().as_str() {
        "sendrecv" => Some((true, true)),
        "sendonly" => Some((true, false)),
        "recvonly" => Some((false, true)),
        "inactive" => Some((false, false)),
        _ => None,
    })
}

/// Returns the ptime, at most the maxptime, in steps of 10 ms from 10 to 60 ms; 20 ms when none is
/// given (RFC 3551 4.2).
fn ptime(media: &Media) -> Duration {
    let named = |name: &str| {
        let mut all = media.attributes.iter().filter(|a| a.attribute.eq_ignore_ascii_case(name));
        all.find_map(|a| number(a.value.as_deref()?.trim()))
    };
    let wanted =
        named("ptime").unwrap_or(PTIME_MS_USUAL).min(named("maxptime").unwrap_or(u32::MAX));
    let ms = (wanted / 10 * 10).clamp(PTIME_MS_MIN, PTIME_MS_MAX);
    Duration::from_millis(ms.into())
}

/// Keeps the needed lines in the order of the grammar. `None` when it does not begin with `v=0` or
/// has too many lines or streams.
fn normalized(text: &str) -> Option<String> {
    let mut lines = text.lines().filter_map(line);
    if lines.next() != Some(('v', "0")) {
        return None;
    }
    let mut head = Block::default();
    let mut streams: Vec<Block<'_>> = Vec::new();
    let mut times = Vec::new();
    for (at, (letter, value)) in lines.enumerate() {
        if at >= LINES_MAX {
            return None;
        }
        match letter {
            'm' if streams.len() >= STREAMS_MAX => return None,
            'm' => streams.push(Block { media: Some(value), ..Block::default() }),
            't' => times.push(value),
            'c' => streams.last_mut().unwrap_or(&mut head).connection.push(value),
            'a' => streams.last_mut().unwrap_or(&mut head).attributes.push(value),
            // Titles, bandwidths, keys, repeats and others are not needed.
            _ => {}
        }
    }
    let mut plain = String::with_capacity(text.len() + STAND_IN_LINES.len());
    plain.push_str(STAND_IN_LINES);
    let time = times.iter().find(|time| is_time(time)).copied().unwrap_or("0 0");
    head.write(&mut plain, Some(time));
    streams.iter().for_each(|stream| stream.write(&mut plain, None));
    Some(plain)
}

/// The session part or one stream.
#[derive(Default)]
struct Block<'a> {
    media: Option<&'a str>,
    connection: Vec<&'a str>,
    attributes: Vec<&'a str>,
}

impl Block<'_> {
    fn write(&self, out: &mut String, time: Option<&str>) {
        let media = self.media.iter().map(|value| ("m=", value));
        let connection = self.connection.first().into_iter().map(|value| ("c=", value));
        let time = time.as_ref().into_iter().map(|value| ("t=", value));
        let attributes = self.attributes.iter().map(|value| ("a=", value));
        for (key, value) in media.chain(connection).chain(time).chain(attributes) {
            out.push_str(key);
            out.push_str(value);
            out.push_str("\r\n");
        }
    }
}

fn line(text: &str) -> Option<(char, &str)> {
    let (key, value) = text.split_once('=')?;
    let mut letters = key.trim().chars();
    let letter = letters.next()?;
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let is_line = letters.next().is_none() && !value.contains(['\r', '\0']);
    is_line.then_some((letter.to_ascii_lowercase(), value))
}

fn is_time(value: &str) -> bool {
    let words: Vec<_> = value.split_ascii_whitespace().map(str::parse::<u64>).collect();
    words.len() == 2 && words.iter().all(Result::is_ok)
}

/// Placeholders for the lines that are not needed.
const STAND_IN_LINES: &str = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\n";
/// A payload type has seven bits (RFC 3550 5.1).
const PAYLOAD_TYPE_MAX: u8 = 127;
const PTIME_MS_USUAL: u32 = 20;
const PTIME_MS_MIN: u32 = 10;
/// Longer packets make a conversation difficult.
const PTIME_MS_MAX: u32 = 60;
/// A browser's longest offer has some 200 lines.
const LINES_MAX: usize = 1_000;
/// Audio, video, slides, text, and as many again.
const STREAMS_MAX: usize = 16;
