//! Normalises the head of a message: unfolds lines, decodes text, expands names, splits lists.
//!
//! Line ends may be CRLF or a lone LF. A line that is not a header is ignored (RFC 3261 8.2.2). A
//! bare CR, used in smuggling attacks, makes the whole head invalid.

use std::borrow::Cow;

use super::{ParseError, charset};
use crate::{
    message::{Headers, Name, Shape},
    text::{is_token, split},
};

/// A parsed head.
#[derive(Debug)]
pub(super) struct Head<'a> {
    /// The first line.
    pub(super) start: Cow<'a, str>,
    /// The headers without Content-Length, in order.
    pub(super) headers: Headers,
    /// The value of Content-Length.
    pub(super) content_length: Length,
    /// A fault of the head whose lines could be parsed.
    pub(super) error: Option<&'static str>,
}

/// The value of Content-Length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// A number of bytes.
    Bytes(usize),
    /// Nothing.
    Missing,
    /// Not a number, or two different numbers.
    Unreadable,
}

/// Splits a message at its empty line; line ends before the first line are skipped (RFC 3261 7.5).
pub(super) fn cut(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n'))?;
    let bytes = bytes.get(start..)?;
    let end = end_of_head(bytes)?;
    bytes.split_at_checked(end)
}

/// Returns the length of the head in bytes, its empty line included.
pub(super) fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let mut line_start = 0;
    loop {
        let rest = bytes.get(line_start..)?;
        let length = rest.iter().position(|b| *b == b'\n')?;
        let line = rest.get(..length)?;
        line_start += length + 1;
        if matches!(line, [] | [b'\r']) {
            return Some(line_start);
        }
    }
}

/// Returns Content-Length without parsing the rest.
pub(super) fn length(bytes: &[u8]) -> Length {
    let mut length = Length::Missing;
    for line in unfolded(bytes).skip(1) {
        if let Some((Name::ContentLength, value)) = header(&decode(line)) {
            length = length.and(value);
        }
    }
    length
}

/// Parses a head.
pub(super) fn read(bytes: &[u8]) -> Result<Head<'_>, ParseError> {
    let mut lines = unfolded(bytes);
    let start = lines.next().map(decode).ok_or(ParseError::silent("the message is empty"))?;
    if has_line_end(&start) {
        return Err(ParseError::silent("the first line contains a line end"));
    }
    let mut head = Head {
        start,
        headers: Headers::with_capacity(bytes.len()),
        content_length: Length::Missing,
        error: None,
    };
    for (count, line) in lines.filter(|line| !line.is_empty()).enumerate() {
        let line = decode(line);
        if has_line_end(&line) {
            head.error = Some("a header line contains a line end");
        }
        if let Some((name, value)) = header(&line) {
            head.take(name, value);
        }
        if head.headers.len().max(count) > HEADERS_MAX {
            return Err(ParseError::silent("too many headers"));
        }
    }
    Ok(head)
}

impl Head<'_> {
    fn take(&mut self, name: Name, value: &str) {
        if name == Name::ContentLength {
            self.content_length = self.content_length.and(value);
            return;
        }
        match name.shape() {
            // Empty list items are skipped: real gateways write `Require:` and `Allow: INVITE,
            // ,ACK` (RFC 3261 25.1 allows an empty Supported only).
            Shape::List if value.is_empty() => {}
            Shape::List if value.contains(',') => {
                let items = split(value, ',').filter(|item| !item.is_empty());
                for item in items.take(HEADERS_MAX + 1) {
                    self.headers.push(name.clone(), item);
                }
            }
            Shape::Single => self.take_single(name, value),
            Shape::List | Shape::Free => self.headers.push(name, value),
        }
    }

    /// Adds a header that may occur once. A repetition with the same value is dropped; another
    /// value is an error, because two parsers could use different ones (RFC 4475 3.3.8).
    fn take_single(&mut self, name: Name, value: &str) {
        match self.headers.get(&name) {
            Some(before) if before == value => {}
            Some(_) => {
                self.error = Some("a single header occurs twice with different values");
                self.headers.push(name, value);
            }
            None => self.headers.push(name, value),
        }
    }
}

impl Length {
    /// Adds one more Content-Length. The same number twice is accepted; two numbers would be two
    /// messages in one.
    fn and(self, value: &str) -> Length {
        let is_digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
        let more = match value.parse() {
            Ok(length) if is_digits => Length::Bytes(length),
            _ => Length::Unreadable,
        };
        match self {
            Length::Missing => more,
            before if before == more => more,
            _ => Length::Unreadable,
        }
    }
}

/// Parses `Name : value`.
fn header(line: &str) -> Option<(Name, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_end_matches([' ', '\t']);
    let value = value.trim();
    (is_token(name) && !has_line_end(value)).then(|| (Name::parse(name), value))
}

/// Returns whether the text has a character that another parser might take for a line end.
fn has_line_end(text: &str) -> bool {
    text.bytes().any(|b| matches!(b, b'\r' | b'\n'))
}

/// Returns the lines with their continuations; each item covers all its pieces, line ends included.
fn unfolded(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        loop {
            let tail = rest.get(end..).unwrap_or_default();
            end += tail.iter().position(|b| *b == b'\n').map_or(tail.len(), |at| at + 1);
            if !matches!(rest.get(end), Some(b' ' | b'\t')) {
                break;
            }
        }
        let (line, tail) = rest.split_at_checked(end)?;
        rest = tail;
        Some(without_line_end(line))
    })
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Decodes one line; a fold becomes one space (RFC 3261 7.3.1).
fn decode(line: &[u8]) -> Cow<'_, str> {
    if !line.contains(&b'\n') {
        return charset::decode(line);
    }
    let mut joined = Vec::with_capacity(line.len());
    for (at, piece) in line.split(|b| *b == b'\n').enumerate() {
        let piece = piece.strip_suffix(b"\r").unwrap_or(piece);
        if at > 0 {
            joined.push(b' ');
        }
        joined.extend_from_slice(if at > 0 { piece.trim_ascii_start() } else { piece });
    }
    Cow::Owned(charset::decode(&joined).into_owned())
}

/// A message with more headers is an attack.
const HEADERS_MAX: usize = 256;
