//! Parses and writes messages; the only module that uses rsip.
//!
//! [`parse`] takes one complete message, [`Framer`] splits a stream into messages, [`write()`]
//! makes bytes. Input that rsip would refuse or lose is handled before: `head` unfolds, expands,
//! decodes and splits, and URIs, name-addrs and Vias have parsers of our own.

pub(crate) mod charset;
mod framer;
mod head;
mod multipart;
mod parse_error;
mod peek;
mod required_headers;
mod rsip_adapter;

pub(crate) use framer::{Framed, Framer};
pub(crate) use parse_error::{ParseError, STATELESS_TAG};
pub(crate) use peek::{Claims, PacketKind, branch_of, claims, packet_kind};

use crate::message::{Message, Name, StartLine};

/// Parses one complete message, as in a datagram.
///
/// Bytes after Content-Length are dropped (RFC 3261 18.3); fewer are an error.
pub(crate) fn parse(bytes: &[u8]) -> Result<Message, ParseError> {
    let (head, body) =
        head::cut(bytes).ok_or(ParseError::silent("the head does not end with an empty line"))?;
    let head = head::read(head)?;
    let announced = head.content_length;
    let mut message = rsip_adapter::message(head)?;
    let error = match announced {
        head::Length::Bytes(length) => match body.get(..length) {
            Some(body) => {
                message.body = body.to_vec();
                None
            }
            None => Some("the body is shorter than Content-Length says"),
        },
        head::Length::Missing => {
            message.body = body.to_vec();
            None
        }
        head::Length::Unreadable => Some("Content-Length is not a number"),
    };
    match error {
        Some(what) => Err(ParseError::bad_request(what, &message)),
        None => {
            multipart::unwrap(&mut message);
            required_headers::check(message)
        }
    }
}

/// Writes a message, with its Content-Length.
pub(crate) fn write(message: &Message) -> Vec<u8> {
    let mut text = String::with_capacity(HEAD_BYTES_USUAL + message.body.len());
    match &message.start {
        StartLine::Request { method, uri } => {
            text.push_str(method.as_str());
            text.push(' ');
            text.push_str(&uri.to_string());
            text.push_str(" SIP/2.0\r\n");
        }
        StartLine::Response { code, reason } => {
            text.push_str("SIP/2.0 ");
            text.push_str(&code.to_string());
            text.push(' ');
            push_line(&mut text, reason);
        }
    }
    for (name, value) in message.headers.iter().filter(|(name, _)| **name != Name::ContentLength) {
        text.push_str(name.as_str());
        text.push_str(": ");
        push_line(&mut text, value);
    }
    text.push_str("Content-Length: ");
    text.push_str(&message.body.len().to_string());
    text.push_str("\r\n\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&message.body);
    bytes
}

/// Line ends in a value become spaces, so that no value can add a header.
fn push_line(text: &mut String, value: &str) {
    match value.contains(['\r', '\n']) {
        true => text.extend(value.chars().map(|c| match c {
            '\r' | '\n' => ' ',
            c => c,
        })),
        false => text.push_str(value),
    }
    text.push_str("\r\n");
}

/// Room for the head of a usual INVITE without growing.
const HEAD_BYTES_USUAL: usize = 1_024;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod torture;
