//! Splits a stream into messages by Content-Length (RFC 3261 18.3).

use super::{
    ParseError,
    head::{self, Length},
    parse,
};
use crate::message::Message;

/// The bytes of one stream that do not form a message yet. A sender of more than
/// [`MESSAGE_BYTES_MAX`] without a complete message loses the connection.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    buffer: Vec<u8>,
    /// Where the next message begins.
    start: usize,
    /// How far after `start` the end of the head was searched, so that a sender of single bytes
    /// costs no more than one of complete messages.
    searched: usize,
    /// Length of head and body of the message at `start`, once its head is complete.
    need: Option<usize>,
    /// Bytes skipped between messages since [`Framer::take_cost`].
    skipped: usize,
    /// Pieces since the last complete message, and those not yet charged.
    pieces: usize,
    unpaid_pieces: usize,
    /// Framing is lost; further bytes are dropped.
    is_lost: bool,
}

/// An item of a stream.
#[derive(Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "no value is stored; each is moved on at once")]
pub(crate) enum Framed {
    /// A message.
    Message(Message),
    /// A double CRLF, answered by a single one (RFC 5626 3.5.1).
    Ping,
}

impl Framer {
    /// Adds received bytes. Drain [`Framer::next`] after each piece.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.is_lost {
            return;
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
        self.pieces = self.pieces.saturating_add(1);
        if self.pieces > PIECES_FREE {
            self.unpaid_pieces = self.unpaid_pieces.saturating_add(1);
        }
    }

    /// Returns whether a message has begun and is incomplete. Line ends that may become a ping do
    /// not count.
    pub(crate) fn is_amid_message(&self) -> bool {
        !self.is_lost && !matches!(self.pending(), [] | [b'\r' | b'\n', ..])
    }

    /// Returns the cost of bytes outside messages, in messages: bytes skipped between messages, and
    /// pieces beyond those of the largest message. Each is counted once.
    pub(crate) fn take_cost(&mut self) -> usize {
        let price = self.skipped / SKIPPED_A_MESSAGE + self.unpaid_pieces;
        self.skipped %= SKIPPED_A_MESSAGE;
        self.unpaid_pieces = 0;
        price
    }

    /// Returns the next item if it is complete. After an error with `close` there is none.
    pub(crate) fn next(&mut self) -> Option<Result<Framed, ParseError>> {
        if self.is_lost {
            return None;
        }
        if self.need.is_none() {
            if self.skip_line_ends() {
                return Some(Ok(Framed::Ping));
            }
            if matches!(self.pending(), [b'\r', ..]) {
                return None;
            }
            if let Err(error) = self.measure() {
                return Some(Err(self.lose(error)));
            }
        }
        let pending = self.pending().len();
        let Some(need) = self.need else {
            let is_full = pending > MESSAGE_BYTES_MAX;
            return is_full.then(|| Err(self.lose(ParseError::silent("the head is too long"))));
        };
        if pending < need {
            return None;
        }
        let parsed = self.pending().get(..need).map(parse);
        self.start += need;
        (self.searched, self.need, self.pieces) = (0, None, 0);
        parsed.map(|message| message.map(Framed::Message))
    }

    fn pending(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Skips line ends between messages; true when two came in a row.
    fn skip_line_ends(&mut self) -> bool {
        loop {
            let step = match self.pending() {
                [b'\r', b'\n', b'\r', b'\n', ..] => {
                    self.start += 4;
                    return true;
                }
                // May become a ping with the next piece.
                [b'\r'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r'] => return false,
                [b'\r', b'\n', ..] => 2,
                [b'\r' | b'\n', ..] => 1,
                _ => return false,
            };
            self.start += step;
            self.skipped += step;
        }
    }

    /// Finds the end of the head and the length of the message.
    fn measure(&mut self) -> Result<(), ParseError> {
        let pending = self.pending();
        let unsearched = pending.get(self.searched..).unwrap_or_default();
        let Some(end) = head::end_of_head(unsearched).map(|end| end + self.searched) else {
            let line = pending.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
            self.searched = line;
            return Ok(());
        };
        let head = pending.get(..end).unwrap_or_default();
        let need = match head::length(head) {
            Length::Bytes(length) => end.saturating_add(length),
            Length::Missing => {
                return Err(without_body(head, 400, "no Content-Length on a stream"));
            }
            Length::Unreadable => {
                return Err(without_body(head, 400, "Content-Length is not a number"));
            }
        };
        if need > MESSAGE_BYTES_MAX {
            return Err(without_body(head, 413, "the message is too large"));
        }
        self.need = Some(need);
        Ok(())
    }

    fn lose(&mut self, error: ParseError) -> ParseError {
        *self = Framer { is_lost: true, ..Framer::default() };
        error.closing()
    }
}

/// Builds the error of a head whose body length is unknown.
fn without_body(head: &[u8], code: u16, what: &'static str) -> ParseError {
    let message = head::read(head).and_then(super::rsip_adapter::message);
    match message {
        Ok(message) => ParseError::answered(code, what, &message),
        Err(error) => error,
    }
}

/// This many bytes between messages cost as much as a message. A ping has four bytes.
const SKIPPED_A_MESSAGE: usize = 16;
/// A message of 64 KiB comes in 45 Ethernet frames.
const PIECES_FREE: usize = 64;
/// The largest message: 64 KiB, the size of a datagram.
pub(crate) const MESSAGE_BYTES_MAX: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: &str = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n\
        From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n";

    fn options(body: &str) -> String {
        format!("{OPTIONS}Content-Length: {}\r\n\r\n{body}", body.len())
    }

    fn drain(framer: &mut Framer) -> Vec<Result<Framed, ParseError>> {
        std::iter::from_fn(|| framer.next()).collect()
    }

    fn bodies(items: Vec<Result<Framed, ParseError>>) -> Vec<String> {
        items
            .into_iter()
            .map(|item| match item {
                Ok(Framed::Message(message)) => String::from_utf8_lossy(&message.body).into_owned(),
                Ok(Framed::Ping) => "ping".into(),
                Err(error) => error.what.into(),
            })
            .collect()
    }

    #[test]
    fn messages_are_complete_for_any_piece_size() {
        let stream =
            format!("{}\r\n\r\n\r\n{}\r\n{}", options("one"), options(""), options("three"));
        for piece in [1, 2, 3, 7, 100, 10_000] {
            let mut framer = Framer::default();
            let mut items = Vec::new();
            for bytes in stream.as_bytes().chunks(piece) {
                framer.push(bytes);
                items.extend(drain(&mut framer));
            }
            assert_eq!(bodies(items), ["one", "ping", "", "three"], "cut each {piece}");
        }
    }

    #[test]
    fn stream_without_content_length_is_answered_and_closed() {
        let mut framer = Framer::default();
        framer.push(format!("{OPTIONS}\r\n").as_bytes());
        let Some(Err(error)) = framer.next() else { panic!("a error") };
        assert!(error.close);
        assert_eq!(error.answer.and_then(|answer| answer.code()), Some(400));
        framer.push(options("").as_bytes());
        assert_eq!(framer.next(), None);
    }

    #[test]
    fn too_large_body_is_answered_413_before_it_comes() {
        let mut framer = Framer::default();
        framer.push(format!("{OPTIONS}Content-Length: 4000000000\r\n\r\n").as_bytes());
        let Some(Err(error)) = framer.next() else { panic!("a error") };
        assert_eq!((error.close, error.answer.and_then(|a| a.code())), (true, Some(413)));
    }

    #[test]
    fn endless_head_does_not_fill_memory() {
        let mut framer = Framer::default();
        let mut lost = false;
        for _ in 0..1_000 {
            framer.push(&[b'x'; 1_000]);
            lost |= matches!(framer.next(), Some(Err(error)) if error.close);
            assert!(framer.buffer.len() <= MESSAGE_BYTES_MAX + 1_000);
        }
        assert!(lost);
    }

    #[test]
    fn bytes_between_messages_and_single_bytes_are_charged() {
        let mut framer = Framer::default();
        framer.push(options("").as_bytes());
        drain(&mut framer);
        framer.push(b"\r\n\r\n");
        drain(&mut framer);
        assert_eq!((framer.take_cost(), framer.is_amid_message()), (0, false));
        framer.push(&[b'\n'; 1_000]);
        drain(&mut framer);
        assert_eq!((framer.take_cost(), framer.is_amid_message()), (62, false));
        assert_eq!(framer.take_cost(), 0);
        framer.push(options("").as_bytes());
        drain(&mut framer);
        for byte in options("").bytes() {
            assert_eq!(drain(&mut framer), []);
            framer.push(&[byte]);
        }
        assert!(framer.is_amid_message());
        assert_eq!(framer.take_cost(), options("").len() - PIECES_FREE);
        assert_eq!(drain(&mut framer).len(), 1);
        assert!(!framer.is_amid_message());
    }

    #[test]
    fn malformed_message_in_a_valid_frame_keeps_the_connection() {
        let mut framer = Framer::default();
        let bad = options("").replace("CSeq: 1", "CSeq: x");
        framer.push(format!("{bad}{}", options("next")).as_bytes());
        assert_eq!(bodies(drain(&mut framer)), ["CSeq is missing, malformed or too large", "next"]);
    }
}
