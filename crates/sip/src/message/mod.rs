//! A parsed SIP message: a start line, headers with one value per entry, a body.

mod headers;
mod method;
mod name;
mod name_addr;
mod reason;
mod via;

pub(crate) use headers::Headers;
pub(crate) use method::Method;
pub(crate) use name::{Name, Shape};
pub(crate) use name_addr::NameAddr;
pub(crate) use reason::phrase;
pub(crate) use via::Via;

use primitives::Number;

use crate::uri::Uri;

/// A request or a response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    /// The first line.
    pub(crate) start: StartLine,
    /// The headers in order. Content-Length is computed when writing and not kept here.
    pub(crate) headers: Headers,
    /// The body's bytes.
    pub(crate) body: Vec<u8>,
}

/// The first line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StartLine {
    /// `INVITE sip:12345@host SIP/2.0`
    Request {
        /// The method.
        method: Method,
        /// The Request-URI.
        uri: Uri,
    },
    /// `SIP/2.0 200 OK`
    Response {
        /// 100 to 699.
        code: u16,
        /// The reason phrase.
        reason: String,
    },
}

impl Message {
    /// A request without headers.
    pub(crate) fn request(method: Method, uri: Uri) -> Message {
        Message {
            start: StartLine::Request { method, uri },
            headers: Headers::with_capacity(HEADER_BYTES_USUAL),
            body: Vec::new(),
        }
    }

    /// A response without headers, with the RFC's reason phrase.
    pub(crate) fn response(code: u16) -> Message {
        let reason = reason::phrase(code).to_owned();
        Message {
            start: StartLine::Response { code, reason },
            headers: Headers::default(),
            body: Vec::new(),
        }
    }

    /// Builds the response to this request (RFC 3261 8.2.6): Via, From, To, Call-ID and CSeq are
    /// copied, To gets `to_tag` when it has none, a 100 carries the Timestamp, and a response that
    /// creates a dialog carries the Record-Route.
    pub(crate) fn reply(&self, code: u16, to_tag: Option<&str>) -> Message {
        let mut reply = Message::response(code);
        reply.headers = Headers::with_capacity(HEADER_BYTES_USUAL);
        let makes_dialog = (101..300).contains(&code)
            && matches!(self.method(), Some(Method::Invite | Method::Subscribe | Method::Refer));
        for (name, value) in self.headers.iter() {
            match name {
                Name::Via | Name::From | Name::CallId | Name::CSeq => {
                    reply.headers.push(name.clone(), value);
                }
                Name::To => match to_tag.filter(|_| !is_tagged(value)) {
                    Some(tag) => reply.headers.push(Name::To, format_args!("{value};tag={tag}")),
                    None => reply.headers.push(Name::To, value),
                },
                Name::Timestamp if code == 100 => {
                    reply.headers.push(Name::Timestamp, value);
                }
                Name::RecordRoute if makes_dialog => {
                    reply.headers.push(Name::RecordRoute, value);
                }
                _ => {}
            }
        }
        reply
    }

    /// Returns whether this is a request.
    pub(crate) fn is_request(&self) -> bool {
        matches!(self.start, StartLine::Request { .. })
    }

    /// A request's method.
    pub(crate) fn method(&self) -> Option<&Method> {
        match &self.start {
            StartLine::Request { method, .. } => Some(method),
            StartLine::Response { .. } => None,
        }
    }

    /// Returns the calling and the dialled number of an INVITE from a trunk: P-Asserted-Identity
    /// (RFC 3325) before From, Request-URI before To.
    pub(crate) fn call_asked(&self) -> (Number, Number) {
        let caller = self.name_addr(&Name::PAssertedIdentity).or_else(|| self.from());
        let dialled = self.uri().map(Uri::number).filter(|number| !number.is_withheld());
        let to = || self.to().map(|to| to.uri.number());
        let caller = caller.map(|who| who.uri.number()).unwrap_or_default();
        (caller, dialled.or_else(to).unwrap_or_default())
    }

    /// A request's Request-URI.
    pub(crate) fn uri(&self) -> Option<&Uri> {
        match &self.start {
            StartLine::Request { uri, .. } => Some(uri),
            StartLine::Response { .. } => None,
        }
    }

    /// A response's code.
    pub(crate) fn code(&self) -> Option<u16> {
        match self.start {
            StartLine::Request { .. } => None,
            StartLine::Response { code, .. } => Some(code),
        }
    }

    /// The topmost Via.
    pub(crate) fn via(&self) -> Option<Via> {
        self.headers.get(&Name::Via).and_then(Via::parse)
    }

    /// From.
    pub(crate) fn from(&self) -> Option<NameAddr> {
        self.headers.get(&Name::From).and_then(NameAddr::parse_from_to)
    }

    /// To.
    pub(crate) fn to(&self) -> Option<NameAddr> {
        self.headers.get(&Name::To).and_then(NameAddr::parse_from_to)
    }

    /// The first value of a header that holds a name-addr.
    pub(crate) fn name_addr(&self, name: &Name) -> Option<NameAddr> {
        self.headers.get(name).and_then(NameAddr::parse)
    }

    /// Call-ID.
    pub(crate) fn call_id(&self) -> Option<&str> {
        self.headers.get(&Name::CallId)
    }

    /// CSeq: the number, below 2^31, and the method.
    pub(crate) fn cseq(&self) -> Option<(u32, Method)> {
        let mut words = self.headers.get(&Name::CSeq)?.split_ascii_whitespace();
        let number = number(words.next()?).filter(|n| *n < 1 << 31)?;
        let method = Method::parse(words.next()?)?;
        words.next().is_none().then_some((number, method))
    }

    /// The contacts; `*` is not one, see [`Message::is_contact_star`].
    pub(crate) fn contacts(&self) -> Vec<NameAddr> {
        self.headers.all(&Name::Contact).filter_map(NameAddr::parse).collect()
    }

    /// Returns whether a REGISTER removes all contacts (`*`).
    pub(crate) fn is_contact_star(&self) -> bool {
        self.headers.all(&Name::Contact).any(|value| value == "*")
    }

    /// The Route headers, topmost first.
    pub(crate) fn routes(&self) -> Vec<NameAddr> {
        self.headers.all(&Name::Route).filter_map(NameAddr::parse).collect()
    }

    /// The Record-Route headers, topmost first.
    pub(crate) fn record_routes(&self) -> Vec<NameAddr> {
        self.headers.all(&Name::RecordRoute).filter_map(NameAddr::parse).collect()
    }

    /// The Path headers, topmost first (RFC 3327); `None` when one is malformed.
    pub(crate) fn path(&self) -> Option<Vec<NameAddr>> {
        self.headers.all(&Name::Path).map(NameAddr::parse).collect()
    }

    /// Expires in seconds; a malformed value counts as 3600 (RFC 3261 20.19, RFC 4475 3.1.2.4).
    pub(crate) fn expires(&self) -> Option<u32> {
        self.headers.get(&Name::Expires).map(|value| number(value).unwrap_or(EXPIRES_UNREADABLE_S))
    }

    /// A header that begins with a number of seconds, such as Min-Expires, Min-SE or Retry-After.
    pub(crate) fn seconds(&self, name: &Name) -> Option<u32> {
        let value = self.headers.get(name)?;
        let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
        value.get(..end).and_then(number)
    }

    /// Returns whether a list header (Supported, Require, Allow) contains this word.
    pub(crate) fn lists(&self, name: &Name, word: &str) -> bool {
        self.headers.all(name).any(|value| value.eq_ignore_ascii_case(word))
    }

    /// The body's type without parameters, lower case: `application/sdp`.
    pub(crate) fn content_type(&self) -> Option<String> {
        let value = self.headers.get(&Name::ContentType)?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// Sets the body.
    pub(crate) fn set_body(&mut self, content_type: &str, body: Vec<u8>) {
        self.headers.set(Name::ContentType, content_type);
        self.body = body;
    }
}

/// Parses digits only: no sign, no fraction.
pub(crate) fn number(text: &str) -> Option<u32> {
    let is_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_digits.then(|| text.parse().ok())?
}

/// Returns whether a To value has a tag, or may have one although it is malformed.
fn is_tagged(value: &str) -> bool {
    match NameAddr::parse_from_to(value) {
        Some(to) => to.tag().is_some(),
        None => value.to_ascii_lowercase().contains("tag"),
    }
}

/// Room for the headers of a usual message.
const HEADER_BYTES_USUAL: usize = 1_024;
/// A malformed expiry counts as an hour.
pub(crate) const EXPIRES_UNREADABLE_S: u32 = 3_600;

#[cfg(test)]
mod tests {
    use super::*;

    fn invite() -> Message {
        let uri = Uri::parse("sip:12345@10.0.0.1").expect("a URI");
        let mut invite = Message::request(Method::Invite, uri);
        invite.headers.push(Name::Via, "SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1");
        invite.headers.push(Name::Via, "SIP/2.0/UDP 10.0.0.3;branch=z9hG4bK0");
        invite.headers.push(Name::RecordRoute, "<sip:10.0.0.2;lr>");
        invite.headers.push(Name::From, "<sip:a@b>;tag=1");
        invite.headers.push(Name::To, "<sip:12345@10.0.0.1>");
        invite.headers.push(Name::CallId, "x");
        invite.headers.push(Name::CSeq, "0009 INVITE");
        invite.headers.push(Name::Timestamp, "54");
        invite
    }

    #[test]
    fn reply_copies_the_headers_of_rfc3261() {
        let ringing = invite().reply(180, Some("t"));
        let lines: Vec<String> = ringing.headers.iter().map(|(n, v)| format!("{n}: {v}")).collect();
        assert_eq!(
            lines,
            [
                "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1",
                "Via: SIP/2.0/UDP 10.0.0.3;branch=z9hG4bK0",
                "Record-Route: <sip:10.0.0.2;lr>",
                "From: <sip:a@b>;tag=1",
                "To: <sip:12345@10.0.0.1>;tag=t",
                "Call-ID: x",
                "CSeq: 0009 INVITE",
            ]
        );
        let trying = invite().reply(100, None);
        assert_eq!(trying.headers.get(&Name::Timestamp), Some("54"));
        assert_eq!(trying.to().and_then(|to| to.tag().map(str::to_owned)), None);
    }

    #[test]
    fn existing_to_tag_is_kept() {
        let mut bye = invite();
        bye.headers.set(Name::To, "<sip:b@c>;tag=theirs");
        assert_eq!(
            bye.reply(200, Some("ours")).headers.get(&Name::To),
            Some("<sip:b@c>;tag=theirs")
        );
    }

    #[test]
    fn numbers_are_checked_for_digits_and_range() {
        let mut message = invite();
        assert_eq!(message.cseq(), Some((9, Method::Invite)));
        for bad in ["36893488147419103232 INVITE", "2147483648 INVITE", "-1 INVITE", "1", "1 A B"] {
            message.headers.set(Name::CSeq, bad);
            assert_eq!(message.cseq(), None, "{bad}");
        }
        message.headers.set(Name::Expires, "1000000000000000");
        assert_eq!(message.expires(), Some(3600));
        message.headers.set(Name::RetryAfter, "18;duration=3600");
        assert_eq!(message.seconds(&Name::RetryAfter), Some(18));
    }
}
