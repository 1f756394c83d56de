//! Offer and answer (RFC 3264) for one stream of G.711 and keys.
//!
//! We speak PCMA, PCMU and telephone-event over RTP/AVP, one audio stream a leg.
//! Every other stream offered is refused with port 0, in its place. A description
//! nobody can read and one without a voice for us get the same answer: 488.

mod read;
mod write;

use std::net::{IpAddr, SocketAddr};

use model::{Codec, Direction, Remote, Signalled};

use read::Voice;

/// Our side of a leg's voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Local {
    /// Where we take RTP.
    pub(crate) addr: IpAddr,
    /// At which port.
    pub(crate) rtp_port: u16,
    /// The `o=` line's session, one for the life of a leg.
    pub(crate) session_id: u64,
    /// The `o=` line's version, one more with each description that differs (RFC 3264 8).
    pub(crate) version: u64,
    /// Which way we want voice to flow; an answer never gives more.
    pub(crate) direction: Direction,
    /// What our last answer said.
    said: Option<Said>,
}

/// What an answer of ours said, as far as the next may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said {
    codec: Codec,
    telephone_event: Option<u8>,
    direction: Direction,
    streams: usize,
}

impl Local {
    /// Voice both ways at `addr`, nothing said yet.
    pub(crate) fn new(addr: SocketAddr, session_id: u64) -> Local {
        Local {
            addr: addr.ip(),
            rtp_port: addr.port(),
            session_id,
            version: 1,
            direction: Direction::SendRecv,
            said: None,
        }
    }

    /// Another direction, and so another version.
    pub(crate) fn redirect(&mut self, direction: Direction) {
        self.direction = direction;
        self.renew();
    }

    /// The next description is another version.
    pub(crate) fn renew(&mut self) {
        self.version = self.version.saturating_add(1);
    }
}

/// Our offer: both codecs and keys.
pub(crate) fn offer(local: &Local) -> Vec<u8> {
    let (first, event) = match local.said {
        Some(said) => (said.codec, said.telephone_event.unwrap_or(TELEPHONE_EVENT)),
        None => (Codec::Pcma, TELEPHONE_EVENT),
    };
    let second = match first {
        Codec::Pcma => Codec::Pcmu,
        Codec::Pcmu => Codec::Pcma,
    };
    write::offer(local, &[first, second], event)
}

/// The answer to their offer, and their voice. `None`: there is nothing in it for us.
///
/// The version goes up when the answer says something else than the last one did.
pub(crate) fn answer(local: &mut Local, offer: &[u8]) -> Option<(Vec<u8>, Remote)> {
    let session = read::session(offer)?;
    let (place, voice) = read::first_voice(&session)?;
    let remote = remote(&voice, local.direction);
    let said = Said {
        codec: remote.codec,
        telephone_event: remote.telephone_event,
        direction: remote.direction,
        streams: session.medias.len(),
    };
    if local.said.is_some_and(|before| before != said) {
        local.renew();
    }
    local.said = Some(said);
    Some((write::answer(local, &session, place, &remote), remote))
}

/// Their voice, as their answer to our offer gives it. `None`: we cannot hear each other.
pub(crate) fn accept(local: &Local, answer: &[u8]) -> Option<Remote> {
    let session = read::session(answer)?;
    // We offer one stream, so theirs is the first (RFC 3264 6).
    let voice = read::voice(&session, session.medias.first()?)?;
    Some(remote(&voice, local.direction))
}

/// Their voice, as their offer gives it, before we answer.
pub(crate) fn hear(offer: &[u8]) -> Option<Remote> {
    let session = read::session(offer)?;
    let (_, voice) = read::first_voice(&session)?;
    Some(remote(&voice, Direction::SendRecv))
}

fn remote(voice: &Voice, wanted: Direction) -> Remote {
    let (want_send, want_recv) = flows(wanted);
    Remote {
        rtp: voice.rtp,
        codec: voice.codec,
        telephone_event: voice.telephone_event,
        ptime: voice.ptime,
        direction: match (want_send && voice.takes, want_recv && voice.gives) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        },
        // Whoever knows the leg adds it: the SDP alone does not say.
        signalled: Signalled::default(),
    }
}

/// Whether the writer of this direction sends, and whether it receives.
fn flows(direction: Direction) -> (bool, bool) {
    match direction {
        Direction::SendRecv => (true, true),
        Direction::SendOnly => (true, false),
        Direction::RecvOnly => (false, true),
        Direction::Inactive => (false, false),
    }
}

/// The payload type nearly everybody uses for RFC 4733 events.
const TELEPHONE_EVENT: u8 = 101;

#[cfg(test)]
mod tests;
