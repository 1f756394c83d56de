//! A quick look at a SIP message by text search, without a parser. All senders here write headers
//! alike.

/// The first line, the Call-ID, the CSeq, and whether To has a tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glance<'a> {
    pub(super) start: Start<'a>,
    pub(super) call_id: &'a str,
    pub(super) cseq: u32,
    /// The method in the CSeq.
    pub(super) method: &'a str,
    pub(super) in_dialog: bool,
}

/// A request by its method, or a response by its code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Start<'a> {
    Request(&'a str),
    Response(u16),
}

impl<'a> Glance<'a> {
    /// `None` when the bytes are not a message in the form written here.
    pub(super) fn at(bytes: &'a [u8]) -> Option<Glance<'a>> {
        let head = match bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            Some(end) => bytes.get(..end)?,
            None => bytes,
        };
        let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let start = match (first.next()?, first.next()?) {
            ("SIP/2.0", code) => Start::Response(code.parse().ok()?),
            (method, _) => Start::Request(method),
        };
        let (mut call_id, mut cseq, mut in_dialog) = (None, None, false);
        for line in lines {
            let Some((name, value)) = line.split_once(": ") else { continue };
            match name {
                "Call-ID" => call_id = Some(value),
                "CSeq" => cseq = value.split_once(' '),
                "To" => in_dialog = value.contains(";tag="),
                _ => {}
            }
        }
        let (number, method) = cseq?;
        let (call_id, cseq) = (call_id?, number.parse().ok()?);
        Some(Glance { start, call_id, cseq, method, in_dialog })
    }

    /// Whether it is a 2xx to an INVITE.
    pub(super) fn is_accept(&self) -> bool {
        matches!(self.start, Start::Response(200..=299)) && self.method == "INVITE"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glance_reads_start_line_and_headers() {
        let text =
            b"SIP/2.0 200 OK\r\nTo: <sip:a@b>;tag=1\r\nCall-ID: x@y\r\nCSeq: 7 INVITE\r\n\r\nTo: z";
        let glance = Glance::at(text).unwrap();
        assert!(glance.is_accept() && glance.in_dialog);
        assert_eq!((glance.call_id, glance.cseq), ("x@y", 7));
        assert!(Glance::at(b"\x00\xff").is_none());
        assert!(Glance::at(b"").is_none());
    }
}
