//! Offer and answer (RFC 3264) for one stream of G.711 and keys.
//!
//! We speak PCMA, PCMU and telephone-event over RTP/AVP, one audio stream a leg, at whatever
//! payload types the two sides name. RTP/AVPF (RFC 4585) is taken as asked and answered in
//! kind: without `a=rtcp-fb` it adds only when RTCP may be sent. Comfort noise (RFC 3389) is not
//! agreed to: a far end that may not send it sends voice instead, and that is what the other
//! side and the recording want.
//! Every other stream offered is refused with port 0, in its place. A description
//! nobody can read and one without a voice for us get the same answer: 488.

mod parse;
mod write;

use std::net::{IpAddr, SocketAddr};

use primitives::{Codec, Direction, PayloadTypes, RemoteMedia, SignalledSource};
use sdp_types::Media;

use parse::{AudioStream, Profile};

/// Our side of a leg's voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalMedia {
    /// Where we take RTP.
    pub(crate) addr: IpAddr,
    /// At which port.
    pub(crate) rtp_port: u16,
    /// The `o=` line's session, one for the life of a leg.
    pub(crate) session_id: u64,
    /// The `o=` line's version, one more with each description that differs (RFC 3264 8).
    pub(crate) version: u64,
    /// Which way we want voice to flow; an answer never sends more.
    pub(crate) direction: Direction,
    /// What our last answer last_answer.
    last_answer: Option<LastAnswer>,
    /// The streams of our last answer, each refused one as it stands there and `None` for ours.
    /// Empty before the first answer: then ours is the only one.
    streams: Vec<Option<Media>>,
}

/// What an answer of ours last_answer, as far as the next may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LastAnswer {
    codec: Codec,
    types: PayloadTypes,
    direction: Direction,
    profile: Profile,
    streams: usize,
}

impl LocalMedia {
    /// AudioStream both ways at `addr`, nothing last_answer yet.
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

    /// All streams of a description of ours, with `ours` in its place.
    fn arrange(&self, ours: Media) -> Vec<Media> {
        match self.streams.as_slice() {
            [] => vec![ours],
            streams => {
                streams.iter().map(|other| other.clone().unwrap_or_else(|| ours.clone())).collect()
            }
        }
    }

    /// Another direction, and so another version.
    pub(crate) fn set_direction(&mut self, direction: Direction) {
        self.direction = direction;
        self.bump_version();
    }

    /// The next description is another version.
    pub(crate) fn bump_version(&mut self) {
        self.version = self.version.saturating_add(1);
    }
}

/// Our offer: both codecs and keys, the numbers at which we take them, and every stream refused
/// before in its place (RFC 3264 8).
pub(crate) fn offer(local: &LocalMedia) -> Vec<u8> {
    let offered = OfferedFormats::for_local(local);
    write::offer(local, &offered)
}

/// What an offer of ours names, the preferred codec first.
struct OfferedFormats {
    profile: Profile,
    codecs: [(Codec, u8); 2],
    telephone_event: u8,
}

impl OfferedFormats {
    /// What was agreed before comes first and keeps its numbers (RFC 3264 8.3.2).
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

    /// The numbers at which we then take `codec` and keys.
    fn types_of(&self, codec: Codec) -> PayloadTypes {
        let number = self.codecs.iter().find(|(offered, _)| *offered == codec).map(|(_, n)| *n);
        PayloadTypes {
            codec: number.unwrap_or(codec.payload_type()),
            telephone_event: Some(self.telephone_event),
        }
    }
}

/// The answer to their offer, and their voice. `None`: there is nothing in it for us.
///
/// The version goes up when the answer says something else than the last one did.
pub(crate) fn answer(local: &mut LocalMedia, offer: &[u8]) -> Option<(Vec<u8>, RemoteMedia)> {
    let session = parse::session(offer)?;
    let (place, voice) = parse::first_audio(&session)?;
    // We take voice at the numbers of their offer, as the answer then says (RFC 3264 6.1).
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

/// Their voice, as their answer to our offer sends it. `None`: we cannot hear each other.
pub(crate) fn read_answer(local: &LocalMedia, answer: &[u8]) -> Option<RemoteMedia> {
    let session = parse::session(answer)?;
    // Theirs stand in the order of ours (RFC 3264 6).
    let place = local.streams.iter().position(Option::is_none).unwrap_or(0);
    let voice = parse::audio(&session, session.medias.get(place)?)?;
    // They send by the numbers of our offer, and take by those of their answer (RFC 3264 5.1).
    Some(remote(&voice, OfferedFormats::for_local(local).types_of(voice.codec), local.direction))
}

/// Their voice, as their offer sends it, before we answer.
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
        // The leg adds it: the SDP alone does not say.
        signalled: SignalledSource::default(),
    }
}

/// Whether the writer of this direction sends, and whether it receives.
fn directions_of(direction: Direction) -> (bool, bool) {
    match direction {
        Direction::SendRecv => (true, true),
        Direction::SendOnly => (true, false),
        Direction::RecvOnly => (false, true),
        Direction::Inactive => (false, false),
    }
}

/// The payload type nearly everybody uses for RFC 4733 events.
const TELEPHONE_EVENT: u8 = 101;
/// Where 101 is taken by a codec.
const TELEPHONE_EVENT_ELSE: u8 = 102;

#[cfg(test)]
mod tests;
