//! Keys that match a message to its transaction.

use crate::message::{Message, Method};

/// RFC 3261 17.1.3: branch and method, because CANCEL shares its INVITE's branch.
pub(super) fn client_key(message: &Message) -> Option<String> {
    let via = message.via()?;
    let (_, method) = message.cseq()?;
    Some(format!("{} {method}", via.branch()?))
}

/// RFC 3261 17.2.3: branch, sent-by and method (ACK counts as INVITE). For senders without the
/// magic cookie, the fields that RFC 2543 used.
pub(super) fn server_key(request: &Message, as_method: Option<&Method>) -> Option<String> {
    let via = request.via()?;
    let (number, method) = request.cseq()?;
    let method = match as_method.unwrap_or(&method) {
        Method::Ack => &Method::Invite,
        method => method,
    };
    let port = via.port.unwrap_or(5060);
    if via.is_rfc3261() {
        return Some(format!("{} {}:{port} {method}", via.branch()?, via.host));
    }
    let from = request.from()?;
    let (tag, call_id) = (from.tag().unwrap_or_default(), request.call_id()?);
    Some(format!("{tag} {call_id} {number} {}:{port} {method}", via.host))
}

/// RFC 3261 8.2.2.2: a request outside a dialog that arrives over two paths differs only in its
/// branch.
pub(super) fn origin_key(request: &Message) -> Option<String> {
    if request.to()?.tag().is_some() {
        return None;
    }
    let (number, method) = request.cseq()?;
    let from = request.from()?;
    Some(format!("{} {} {number} {method}", from.tag()?, request.call_id()?))
}
