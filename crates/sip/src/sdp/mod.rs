//! SDP offer and answer (RFC 3264) for one audio stream of G.711 with DTMF.
//!
//! PCMA, PCMU and telephone-event over RTP/AVP are supported, one audio stream per leg, at the
//! payload types the two sides name. RTP/AVPF (RFC 4585) is accepted and answered in kind: without
//! `a=rtcp-fb` it only changes when RTCP may be sent. Comfort noise (RFC 3389) is not agreed to, so
//! that the far end sends continuous voice for the other side and the recording. Every other stream
//! is refused with port 0 in its position. A malformed description and one without a supported
//! stream get the same answer: 488.

mod parse;
mod write;

use std::net::{IpAddr, SocketAddr};

use primitives::{Codec, Direction, PayloadTypes, RemoteMedia, SignalledSource};
use sdp_types::Media;

use parse::{AudioStream, Profile};

/// Our side of a leg's media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalMedia {
    /// The address where we receive RTP.
    pub(crate) addr: IpAddr,
    /// The port where we receive RTP.
    pub(crate) rtp_port: u16,
    /// The `o=` line's session, one for the life of a leg.
    pub(crate) session_id: u64,
    /// The version in the `o=` line, incremented with each description that differs (RFC 3264 8).
    pub(crate) version: u64,
    /// The direction we want; an answer never widens it.
    pub(crate) direction: Direction,
    /// Our last answer.
    last_answer: Option<LastAnswer>,
    /// The streams of our last answer: each refused one, and `None` for ours. Empty before the
    /// first answer: then ours is the only one.
    streams: Vec<Option<Media>>,
}

/// The parts of our answer that the next one may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LastAnswer {
    codec: Codec,
    types: PayloadTypes,
    direction: Direction,
    profile: Profile,
    streams: usize,
}

impl LocalMedia {
    /// Media in both directions at `addr`, before any answer.
    pub(crate) fn new(addr: SocketAddr, session_id: u64) -> LocalMedia {
        LocalMedia {
            addr: addr.ip(),
            rtp_port: addr.port(),
            session_id,
            version: 1,
            direction: Direction::SendRecv,
            last_answer: None,
            streams: Vec::new(),
        }
    }

    /// Returns all streams of our description, with `ours` in its position.
    fn arrange(&self, ours: Media) -> Vec<Media> {
        match self.streams.as_slice() {
            [] => vec![ours],
            streams => {
                streams.iter().map(|other| other.clone().unwrap_or_else(|| ours.clone())).collect()
            }
        }
    }

    /// Sets the direction and increments the version.
    pub(crate) fn set_direction(&mut self, direction: Direction) {
        self.direction = direction;
        self.bump_version();
    }

    /// Increments the version of the next description.
    pub(crate) fn bump_version(&mut self) {
        self.version = self.version.saturating_add(1);
    }
}

/// Builds our offer: both codecs and DTMF at our payload types, and every stream refused before in
/// its position (RFC 3264 8).
pub(crate) fn offer(local: &LocalMedia) -> Vec<u8> {
    let offered = OfferedFormats::for_local(local);
    write::offer(local, &offered)
}

/// The formats of our offer, the preferred codec first.
struct OfferedFormats {
    profile: Profile,
    codecs: [(Codec, u8); 2],
    telephone_event: u8,
}

impl OfferedFormats {
    /// The agreed codec comes first and keeps its payload types (RFC 3264 8.3.2).
    fn for_local(local: &LocalMedia) -> OfferedFormats {
        let (first, types, profile) = match local.last_answer {
            Some(last_answer) => (last_answer.codec, last_answer.types, last_answer.profile),
            None => (Codec::Pcma, PayloadTypes::of(Codec::Pcma, None), Profile::Avp),
        };
        let second = match first {
            Codec::Pcma => Codec::Pcmu,
            Codec::Pcmu => Codec::Pcma,
        };
        let usual = [TELEPHONE_EVENT, TELEPHONE_EVENT_ELSE];
        let free = usual.into_iter().find(|number| *number != types.codec);
        OfferedFormats {
            profile,
            codecs: [(first, types.codec), (second, second.payload_type())],
            telephone_event: types.telephone_event.or(free).unwrap_or(TELEPHONE_EVENT),
        }
    }

    /// The payload types at which we receive `codec` and DTMF.
    fn types_of(&self, codec: Codec) -> PayloadTypes {
        let number = self.codecs.iter().find(|(offered, _)| *offered == codec).map(|(_, n)| *n);
        PayloadTypes {
            codec: number.unwrap_or(codec.payload_type()),
            telephone_event: Some(self.telephone_event),
        }
    }
}

/// Builds the answer to the far end's offer, and returns its media. `None` when the offer has
/// nothing we support.
///
/// The version is incremented when the answer differs from the last one.
pub(crate) fn answer(local: &mut LocalMedia, offer: &[u8]) -> Option<(Vec<u8>, RemoteMedia)> {
    let session = parse::session(offer)?;
    let (place, voice) = parse::first_audio(&session)?;
    // We receive at the payload types of their offer, as the answer states (RFC 3264 6.1).
    let remote = remote(&voice, voice.types, local.direction);
    let last_answer = LastAnswer {
        codec: remote.codec,
        types: remote.receive,
        direction: remote.direction,
        profile: voice.profile,
        streams: session.medias.len(),
    };
    if local.last_answer.is_some_and(|before| before != last_answer) {
        local.bump_version();
    }
    local.last_answer = Some(last_answer);
    local.streams = (session.medias.iter().enumerate())
        .map(|(at, theirs)| (at != place).then(|| write::refused(theirs)))
        .collect();
    Some((write::answer(local, &session, voice.profile, &remote), remote))
}

/// Returns the far end's media by its answer to our offer; `None` when there is no common codec.
pub(crate) fn read_answer(local: &LocalMedia, answer: &[u8]) -> Option<RemoteMedia> {
    let session = parse::session(answer)?;
    // Their streams are in the order of ours (RFC 3264 6).
    let place = local.streams.iter().position(Option::is_none).unwrap_or(0);
    let voice = parse::audio(&session, session.medias.get(place)?)?;
    // They send with the payload types of our offer and receive with those of their answer (RFC
    // 3264 5.1).
    Some(remote(&voice, OfferedFormats::for_local(local).types_of(voice.codec), local.direction))
}

/// Returns the far end's media by its offer, before we answer.
pub(crate) fn read_offer(offer: &[u8]) -> Option<RemoteMedia> {
    let session = parse::session(offer)?;
    let (_, voice) = parse::first_audio(&session)?;
    Some(remote(&voice, voice.types, Direction::SendRecv))
}

fn remote(voice: &AudioStream, receive: PayloadTypes, wanted: Direction) -> RemoteMedia {
    let (want_send, want_recv) = directions_of(wanted);
    RemoteMedia {
        rtp: voice.rtp,
        codec: voice.codec,
        send: voice.types,
        receive,
        ptime: voice.ptime,
        direction: match (want_send && voice.receives, want_recv && voice.sends) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        },
        // The leg adds it; the SDP does not tell.
        signalled: SignalledSource::default(),
    }
}

/// Returns whether the side with this direction sends, and whether it receives.
fn directions_of(direction: Direction) -> (bool, bool) {
    match direction {
        Direction::SendRecv => (true, true),
        Direction::SendOnly => (true, false),
        Direction::RecvOnly => (false, true),
        Direction::Inactive => (false, false),
    }
}

/// The usual payload type of RFC 4733 events.
const TELEPHONE_EVENT: u8 = 101;
/// The alternative when a codec uses 101.
const TELEPHONE_EVENT_ELSE: u8 = 102;

#[cfg(test)]
mod tests;
