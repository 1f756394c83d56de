//! The hop-by-hop requests after an INVITE: CANCEL and the ACK of a refusal.

use super::MAX_FORWARDS;
use crate::message::{Message, Method, Name};

/// Builds the CANCEL of our INVITE: same branch, same routes, no body (RFC 3261 9.1).
pub(crate) fn cancel_of(invite: &Message, reason: Option<String>) -> Option<Message> {
    let mut cancel = derived_request(invite, Method::Cancel)?;
    let to = invite.headers.get(&Name::To)?.to_owned();
    cancel.headers.push(Name::To, to);
    if let Some(reason) = reason {
        cancel.headers.push(Name::Reason, reason);
    }
    Some(cancel)
}

/// Builds the ACK of a refusal, which belongs to the transaction: the INVITE's branch and the
/// response's To (RFC 3261 17.1.1.3).
pub(super) fn ack_of_refusal(invite: &Message, response: &Message) -> Option<Message> {
    let mut ack = derived_request(invite, Method::Ack)?;
    ack.headers.push(Name::To, response.headers.get(&Name::To)?);
    Some(ack)
}

/// Builds what CANCEL and the ACK of a refusal share with their INVITE; To is missing.
fn derived_request(invite: &Message, method: Method) -> Option<Message> {
    let mut message = Message::request(method.clone(), invite.uri()?.clone());
    let (number, _) = invite.cseq()?;
    message.headers.push(Name::Via, invite.headers.get(&Name::Via)?);
    for name in [Name::Route, Name::From, Name::CallId] {
        for value in invite.headers.all(&name) {
            message.headers.push(name.clone(), value);
        }
    }
    message.headers.push(Name::MaxForwards, MAX_FORWARDS);
    message.headers.push(Name::CSeq, format_args!("{number} {method}"));
    Some(message)
}
