//! Converts rsip's types for methods and codes to ours.
//!
//! rsip reads the first line. The parts of it that rsip would lose or refuse are replaced by
//! placeholders and kept here: the Request-URI, the reason phrase and unknown methods. The headers
//! are those of the normalised head: rsip makes a text of each, and a message has twenty.

use rsip::SipMessage;

use super::{ParseError, head::Head};
use crate::{
    message::{Message, Method, StartLine},
    uri::Uri,
};

/// Converts a head to a message without a body.
pub(super) fn message(head: Head<'_>) -> Result<Message, ParseError> {
    let line = Line::read(&head.start)?;
    let parsed = SipMessage::try_from(plain_text(&line).as_bytes())
        .map_err(|_| ParseError::silent("rsip refuses the normalised first line"))?;
    let start = match (parsed, &line) {
        (SipMessage::Request(request), Line::Request { method, .. }) => {
            let method = match Method::parse(method) {
                Some(Method::Other(word)) => Method::Other(word),
                _ => known(request.method),
            };
            let uri = Uri::parse(STAND_IN_URI).ok_or(ParseError::silent("no stand-in"))?;
            StartLine::Request { method, uri }
        }
        (SipMessage::Response(response), Line::Response { reason, .. }) => {
            let code = response.status_code.code();
            StartLine::Response { code, reason: (*reason).to_owned() }
        }
        _ => return Err(ParseError::silent("neither a request nor a response")),
    };
    let mut message = Message { start, headers: head.headers, body: Vec::new() };
    if let Line::Request { uri, version, .. } = line {
        let asked = request_uri(uri, version, &message)?;
        if let StartLine::Request { uri, .. } = &mut message.start {
            *uri = asked;
        }
    }
    match head.error {
        Some(what) => Err(ParseError::bad_request(what, &message)),
        None => Ok(message),
    }
}

/// The parts of the first line.
enum Line<'a> {
    Request { method: &'a str, uri: &'a str, version: &'a str },
    Response { code: &'a str, reason: &'a str },
}

impl Line<'_> {
    fn read(text: &str) -> Result<Line<'_>, ParseError> {
        if let Some(rest) = text.strip_prefix("SIP/2.0 ") {
            let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
            let is_code = matches!(code.as_bytes(), [b'1'..=b'6', b'0'..=b'9', b'0'..=b'9']);
            return match is_code {
                true => Ok(Line::Response { code, reason: reason.trim() }),
                false => Err(ParseError::silent("a response with an invalid status code")),
            };
        }
        let (method, rest) = text
            .trim_end()
            .split_once(' ')
            .ok_or(ParseError::silent("the first line has only one word"))?;
        let is_method = Method::parse(method).is_some();
        let has_version = rest.to_ascii_uppercase().contains(" SIP/");
        if !is_method || !has_version {
            return Err(ParseError::silent("the first line is not SIP"));
        }
        // RFC 4475 3.1.2.10 and 3.1.2.11: surplus blanks around the three words are ignored. Blanks
        // within the URI make it invalid (3.1.2.9).
        let (uri, version) = rest.rsplit_once(' ').unwrap_or((rest, ""));
        Ok(Line::Request { method, uri: uri.trim(), version })
    }
}

fn request_uri(uri: &str, version: &str, message: &Message) -> Result<Uri, ParseError> {
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err(ParseError::answered(505, "a SIP version other than 2.0", message));
    }
    // RFC 4475 3.1.2.8: angle brackets around it may be ignored.
    let bare = uri.strip_prefix('<').and_then(|uri| uri.strip_suffix('>')).unwrap_or(uri);
    let mut uri = Uri::parse(bare)
        .ok_or_else(|| ParseError::bad_request("the Request-URI is malformed", message))?;
    if matches!(uri.scheme, crate::uri::Scheme::Other(_)) {
        return Err(ParseError::answered(416, "an unknown URI scheme", message));
    }
    // RFC 4475 3.1.2.12: headers in the URI are ignored and never become headers of the message.
    uri.headers.clear();
    Ok(uri)
}

/// Writes a head without headers for rsip.
fn plain_text(line: &Line<'_>) -> String {
    match line {
        Line::Request { method, .. } => {
            let is_known =
                matches!(Method::parse(method), Some(m) if !matches!(m, Method::Other(_)));
            let method = if is_known { method } else { "OPTIONS" };
            format!("{method} {STAND_IN_URI} SIP/2.0\r\n\r\n")
        }
        Line::Response { code, .. } => format!("SIP/2.0 {code} -\r\n\r\n"),
    }
}

fn known(method: rsip::Method) -> Method {
    match method {
        rsip::Method::Invite => Method::Invite,
        rsip::Method::Ack => Method::Ack,
        rsip::Method::Cancel => Method::Cancel,
        rsip::Method::Bye => Method::Bye,
        rsip::Method::Register => Method::Register,
        rsip::Method::Options => Method::Options,
        rsip::Method::Info => Method::Info,
        rsip::Method::Update => Method::Update,
        rsip::Method::PRack => Method::Prack,
        rsip::Method::Refer => Method::Refer,
        rsip::Method::Notify => Method::Notify,
        rsip::Method::Subscribe => Method::Subscribe,
        rsip::Method::Message => Method::Message,
        rsip::Method::Publish => Method::Publish,
    }
}

const STAND_IN_URI: &str = "sip:stand-in";
