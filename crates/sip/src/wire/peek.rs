//! Inspects a datagram before it is parsed: what kind of bytes it has, and which identifiers may
//! let it in although its sender's bucket is empty.

use crate::digest;

/// The kind of a datagram, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PacketKind {
    /// A keep-alive for a NAT binding: CRLF (RFC 5626 4.4.1), NULs, spaces or nothing.
    KeepAlive,
    /// STUN, with or without the magic cookie of RFC 8489: a keep-alive (RFC 5626 4.4.2), or a
    /// phone that asks for its address.
    Stun,
    /// A misdirected RTP packet (RFC 7983: version 2 in the first two bits).
    Rtp,
    /// Anything else, to be parsed as a message.
    Message,
}

/// Returns the kind of a datagram. A SIP message never begins with a byte below 32 or above 127.
pub(crate) fn packet_kind(bytes: &[u8]) -> PacketKind {
    let is_blank = |b: &u8| matches!(b, b'\r' | b'\n' | 0 | b' ');
    if bytes == b"jaK" || bytes.len() <= KEEPALIVE_BYTES_MAX && bytes.iter().all(is_blank) {
        return PacketKind::KeepAlive;
    }
    match bytes {
        [0..=3, _, high, low, ..] if bytes.len() >= STUN_BYTES => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            if length + STUN_BYTES == bytes.len() { PacketKind::Stun } else { PacketKind::Message }
        }
        [128..=191, ..] if bytes.len() >= RTP_BYTES => PacketKind::Rtp,
        _ => PacketKind::Message,
    }
}

/// The identifiers in a message, unverified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims<'a> {
    /// Its Call-ID.
    pub(crate) call_id: Option<&'a str>,
    /// The branch in the first Via of a response.
    pub(crate) branch: Option<&'a str>,
    /// The nonce of its first Authorization.
    pub(crate) nonce: Option<&'a str>,
}

/// Returns the identifiers in a datagram. It is cheaper than parsing, since it runs for every
/// datagram of a flood.
pub(crate) fn claims(bytes: &[u8]) -> Claims<'_> {
    let head = bytes.get(..HEAD_BYTES_MAX).unwrap_or(bytes);
    let is_answer = head.starts_with(b"SIP/2.0 ");
    let mut claims = Claims::default();
    for line in head.split(|b| *b == b'\n').skip(1) {
        if matches!(line, [] | [b'\r']) {
            break;
        }
        let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
        let (name, value) = line.split_at(colon);
        let Ok(value) = std::str::from_utf8(value.get(1..).unwrap_or_default()) else { continue };
        let (name, value) = (name.trim_ascii(), value.trim());
        let is = |long: &[u8], short: &[u8]| {
            name.eq_ignore_ascii_case(long) || !short.is_empty() && name.eq_ignore_ascii_case(short)
        };
        if claims.call_id.is_none() && is(b"Call-ID", b"i") {
            claims.call_id = Some(value);
        } else if claims.branch.is_none() && is_answer && is(b"Via", b"v") {
            claims.branch = branch_of(value);
        } else if claims.nonce.is_none() && is(b"Authorization", b"") {
            claims.nonce = digest::nonce_of(value);
        }
    }
    claims
}

/// Returns the branch of a Via without parsing the rest.
pub(crate) fn branch_of(via: &str) -> Option<&str> {
    let (_, rest) = via.split_once("branch=")?;
    rest.split([';', ',', ' ', '\t']).next().filter(|branch| !branch.is_empty())
}

/// Some phones send four NULs, some two CRLFs; none sends more.
const KEEPALIVE_BYTES_MAX: usize = 16;
/// RFC 8489 5: the header.
const STUN_BYTES: usize = 20;
/// RFC 3550 5.1: the header.
const RTP_BYTES: usize = 12;
/// The relevant headers are in this part of every real message.
const HEAD_BYTES_MAX: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keep_alives_stun_and_rtp_are_distinguished_from_messages() {
        let stun = b"\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl";
        let rtp = b"\x80\x08\x00\x01\x00\x00\x00\xa0\x00\x00\x00\x01\xd5\xd5";
        for (bytes, is) in [
            (&b""[..], PacketKind::KeepAlive),
            (b"\r\n\r\n", PacketKind::KeepAlive),
            (b"\0\0\0\0", PacketKind::KeepAlive),
            (b"jaK", PacketKind::KeepAlive),
            (stun, PacketKind::Stun),
            (b"\x00\x01\x00\x04\x21\x12\xa4\x42abcdefghijkl", PacketKind::Message),
            (rtp, PacketKind::Rtp),
            (b"\x80", PacketKind::Message),
            (b"OPTIONS sip:a SIP/2.0\r\n\r\n", PacketKind::Message),
            (&[b'\n'; 2_000], PacketKind::Message),
        ] {
            assert_eq!(packet_kind(bytes), is, "{bytes:?}");
        }
    }

    #[test]
    fn claims_are_found_in_long_and_compact_form() {
        let register = b"REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\n\
            call-id : abc@x\r\nAuthorization: Digest username=\"1\", nonce=\"n1\", uri=\"u\"\r\n\
            \r\nCall-ID: body";
        let found = claims(register);
        assert_eq!((found.call_id, found.branch, found.nonce), (Some("abc@x"), None, Some("n1")));
        let answer = b"SIP/2.0 200 OK\nv: SIP/2.0/UDP a;branch=z9hG4bKy;rport\ni: q\n\n";
        let found = claims(answer);
        assert_eq!((found.call_id, found.branch, found.nonce), (Some("q"), Some("z9hG4bKy"), None));
        assert_eq!(claims(b"\xff\xfe\n:\n::\n\n"), Claims::default());
        assert_eq!(claims(b""), Claims::default());
    }
}
