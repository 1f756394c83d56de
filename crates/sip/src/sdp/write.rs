//! Writes our description.

use primitives::{Codec, Direction, RemoteMedia};
use sdp_types::{Attribute, Connection, Media, MediaType, Origin, Session, Time, TransportProto};

use super::{LocalMedia, OfferedFormats, parse::Profile};

/// Writes an offer with these codecs, the preferred one first.
pub(super) fn offer(local: &LocalMedia, offered: &OfferedFormats) -> Vec<u8> {
    let mut session = session(local);
    let event = Some(offered.telephone_event);
    let ours = audio(local, offered.profile, &offered.codecs, event, local.direction);
    session.medias = local.arrange(ours);
    bytes(&session)
}

/// Writes an answer with as many streams as offered (RFC 3264 6): ours in the offered profile, the
/// others refused.
pub(super) fn answer(
    local: &LocalMedia,
    offer: &Session,
    profile: Profile,
    remote: &RemoteMedia,
) -> Vec<u8> {
    let mut session = session(local);
    // RFC 3264 6: the time is copied from the offer.
    session.times = offer.times.iter().map(|t| Time::new(t.start_time, t.stop_time)).collect();
    let codecs = [(remote.codec, remote.receive.codec)];
    let event = remote.receive.telephone_event;
    session.medias = local.arrange(audio(local, profile, &codecs, event, remote.direction));
    bytes(&session)
}

fn session(local: &LocalMedia) -> Session {
    let origin = Origin::with_ip_addr(local.session_id, local.version, local.addr);
    let mut session = Session::new(origin, "-");
    session.connection = Some(Connection::from_ip_addr(local.addr));
    session
}

fn audio(
    local: &LocalMedia,
    profile: Profile,
    codecs: &[(Codec, u8)],
    telephone_event: Option<u8>,
    direction: Direction,
) -> Media {
    let types = codecs.iter().map(|(_, number)| *number).chain(telephone_event);
    let formats: Vec<String> = types.map(|format| format.to_string()).collect();
    let proto = match profile {
        Profile::Avp => TransportProto::RtpAvp,
        Profile::Avpf => TransportProto::RtpAvpf,
    };
    let mut media = Media::new(MediaType::Audio, local.rtp_port, proto, formats.join(" "));
    let mut say = |name: &str, value: String| {
        media.attributes.push(Attribute { attribute: name.to_owned(), value: Some(value) });
    };
    for (codec, number) in codecs {
        let name = match codec {
            Codec::Pcma => "PCMA",
            Codec::Pcmu => "PCMU",
        };
        say("rtpmap", format!("{number} {name}/8000"));
    }
    if let Some(event) = telephone_event {
        say("rtpmap", format!("{event} telephone-event/8000"));
        say("fmtp", format!("{event} 0-15"));
    }
    say("ptime", PTIME_MS.to_string());
    let direction = match direction {
        Direction::SendRecv => "sendrecv",
        Direction::SendOnly => "sendonly",
        Direction::RecvOnly => "recvonly",
        Direction::Inactive => "inactive",
    };
    media.attributes.push(Attribute { attribute: direction.to_owned(), value: None });
    media
}

/// Returns an offered stream, refused with port 0 and without attributes.
pub(super) fn refused(theirs: &Media) -> Media {
    let mut media = theirs.clone();
    (media.port, media.num_ports) = (0, None);
    media.connections.clear();
    media.bandwidths.clear();
    media.attributes.clear();
    (media.media_title, media.key) = (None, None);
    media
}

fn bytes(session: &Session) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(DESCRIPTION_BYTES_USUAL);
    // Writing to memory cannot fail.
    let _ = session.write(&mut bytes);
    bytes
}

/// The packet length we ask for, in ms: one frame of the media thread.
const PTIME_MS: u32 = 20;
const DESCRIPTION_BYTES_USUAL: usize = 384;
