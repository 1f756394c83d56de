//! Checks that a message has the headers that every message must have.

use super::ParseError;
use crate::message::{Message, Method, Name, NameAddr, StartLine, Via};

/// Returns the message, or its error.
pub(super) fn check(message: Message) -> Result<Message, ParseError> {
    let what = common(&message).or_else(|| match &message.start {
        StartLine::Request { method, .. } => request(&message, method),
        StartLine::Response { .. } => None,
    });
    match what {
        Some(what) => Err(ParseError::bad_request(what, &message)),
        None => Ok(message),
    }
}

/// Checks the headers that requests and responses share (RFC 3261 8.1.1).
fn common(message: &Message) -> Option<&'static str> {
    let headers = &message.headers;
    if headers.get(&Name::Via).is_none() {
        return Some("no Via");
    }
    if !headers.all(&Name::Via).all(|via| Via::parse(via).is_some()) {
        return Some("a Via is malformed");
    }
    if message.from().is_none() {
        return Some("From is missing or malformed");
    }
    if message.to().is_none() {
        return Some("To is missing or malformed");
    }
    if message.call_id().is_none_or(|id| id.is_empty() || id.contains(char::is_whitespace)) {
        return Some("Call-ID is missing or malformed");
    }
    if message.cseq().is_none() {
        return Some("CSeq is missing, malformed or too large");
    }
    None
}

fn request(message: &Message, method: &Method) -> Option<&'static str> {
    let headers = &message.headers;
    let reads = |name: &Name| headers.all(name).all(|value| NameAddr::parse(value).is_some());
    if message.cseq().is_some_and(|(_, named)| named != *method) {
        return Some("CSeq names another method");
    }
    // Only REGISTER needs a valid Contact. For other requests with an invalid one the flow of the
    // message is used.
    let registers = *method == Method::Register;
    let is_star = registers && headers.get(&Name::Contact) == Some("*");
    if registers && !is_star && !reads(&Name::Contact) {
        return Some("a Contact is malformed");
    }
    if is_star && headers.all(&Name::Contact).count() > 1 {
        return Some("a Contact beside *");
    }
    if !reads(&Name::Route) || !reads(&Name::RecordRoute) {
        return Some("a Route is malformed");
    }
    None
}
