//! Multipart bodies (RFC 5621): extracts the SDP.
//!
//! Carriers send an ISUP part beside the SDP (SIP-I, ITU-T Q.1912.5). Only the SDP is used; a
//! multipart body without SDP is left unchanged and answered 415.

use super::head;
use crate::{
    message::{Message, Name},
    text::{Params, unquote},
};

/// Replaces a multipart body that contains SDP by the SDP.
pub(super) fn unwrap(message: &mut Message) {
    if let Some(sdp) = sdp_of(message) {
        message.set_body(SDP, sdp);
    }
}

fn sdp_of(message: &Message) -> Option<Vec<u8>> {
    let kind = message.content_type()?;
    if !kind.starts_with("multipart/") {
        return None;
    }
    let (_, params) = message.headers.get(&Name::ContentType)?.split_once(';')?;
    let boundary = unquote(Params::parse(params)?.get("boundary")?);
    if boundary.is_empty() || boundary.len() > BOUNDARY_BYTES_MAX {
        return None;
    }
    parts(&message.body, format!("--{boundary}").as_bytes()).find_map(sdp_in)
}

/// Returns the parts between the delimiters, with their surrounding line ends.
fn parts<'a>(body: &'a [u8], delimiter: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = find(body, delimiter).and_then(|at| body.get(at + delimiter.len()..));
    std::iter::from_fn(move || {
        let part = rest?;
        let end = find(part, delimiter)?;
        rest = part.get(end + delimiter.len()..);
        part.get(..end)
    })
}

/// Returns the body of a part whose Content-Type is SDP.
fn sdp_in(part: &[u8]) -> Option<Vec<u8>> {
    let part = part.trim_ascii_start();
    let (headers, body) = part.split_at_checked(head::end_of_head(part)?)?;
    let headers = String::from_utf8_lossy(headers);
    let kind = headers.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (Name::parse(name.trim()) == Name::ContentType).then(|| value.trim().to_ascii_lowercase())
    })?;
    let is_sdp = kind.split(';').next().is_some_and(|kind| kind.trim() == SDP);
    is_sdp.then(|| body.to_vec())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

const SDP: &str = "application/sdp";
/// The longest boundary (RFC 2046 5.1.1).
const BOUNDARY_BYTES_MAX: usize = 70;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{message::Method, uri::Uri};

    fn invite(kind: &str, body: &[u8]) -> Message {
        let mut invite = Message::request(Method::Invite, Uri::parse("sip:a@b").expect("a URI"));
        invite.set_body(kind, body.to_vec());
        invite
    }

    const ISUP: &[u8] =
        b"preamble\r\n--x9\r\nContent-Type: application/isup;version=itu-t92+\r\n\r\n\
        \x01\x00\x20\xff--\r\n--x9\r\nc : Application/SDP\r\n\r\nv=0\r\no=-\r\n\r\n--x9--\r\n";

    #[test]
    fn sdp_beside_an_isup_part_is_extracted() {
        let mut message = invite("multipart/mixed; boundary=\"x9\"", ISUP);
        unwrap(&mut message);
        assert_eq!(message.content_type().as_deref(), Some("application/sdp"));
        assert_eq!(message.body, b"v=0\r\no=-\r\n\r\n");
    }

    #[test]
    fn body_without_sdp_is_unchanged() {
        let lines: &[&[u8]] = &[
            b"",
            b"--x9",
            b"--x9\r\n\r\n--x9--",
            b"--x9\r\nContent-Type: text/plain\r\n\r\nhi\r\n--x9--",
        ];
        for body in lines {
            for kind in
                ["multipart/mixed;boundary=x9", "multipart/mixed", "multipart/mixed;boundary="]
            {
                let mut message = invite(kind, body);
                unwrap(&mut message);
                assert_eq!(message, invite(kind, body));
            }
        }
        let mut plain = invite("text/plain;boundary=x9", ISUP);
        unwrap(&mut plain);
        assert_eq!(plain.body, ISUP);
    }
}
