//! Errors of received bytes, and the answers that RFC 3261 requires.

use primitives::Number;

use crate::message::{Message, Method, Name, Via};

/// An invalid message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ParseError {
    /// The error, for the log and the counters.
    pub(crate) what: &'static str,
    /// The answer, sent without a transaction to the source; `None` sends nothing.
    pub(crate) answer: Option<Box<Message>>,
    /// Calling and called number of an answered INVITE outside a dialog.
    pub(crate) call: Option<Box<(Number, Number)>>,
    /// Whether framing is lost and the connection must be closed.
    pub(crate) close: bool,
}

impl ParseError {
    /// An error that is not answered: not a request, or too incomplete to answer.
    pub(crate) fn silent(what: &'static str) -> ParseError {
        ParseError { what, answer: None, call: None, close: false }
    }

    /// An error answered 400 if it is a request with enough headers.
    pub(crate) fn bad_request(what: &'static str, message: &Message) -> ParseError {
        ParseError::answered(400, what, message)
    }

    /// An error answered with this code if it is a request with enough headers, and never for an
    /// ACK (RFC 3261 17.1.1.3) or a response.
    pub(crate) fn answered(code: u16, what: &'static str, message: &Message) -> ParseError {
        let is_answerable = matches!(message.method(), Some(method) if *method != Method::Ack)
            && [Name::From, Name::To, Name::CallId, Name::CSeq]
                .iter()
                .all(|name| message.headers.get(name).is_some());
        let answer = is_answerable.then(|| reply(code, what, message)).flatten();
        let begins_call = message.method() == Some(&Method::Invite)
            && message.to().is_none_or(|to| to.tag().is_none());
        let call = (answer.is_some() && begins_call).then(|| Box::new(message.call_asked()));
        ParseError { what, answer, call, close: false }
    }

    /// The same error, and the connection must be closed.
    pub(crate) fn closing(self) -> ParseError {
        ParseError { close: true, ..self }
    }
}

/// Builds the reply with the parsable Vias only and each single header once, so that the answer
/// does not repeat the fault.
fn reply(code: u16, what: &'static str, message: &Message) -> Option<Box<Message>> {
    let is_readable = |via: &str| Via::of_any_version(via).is_some();
    message.headers.get(&Name::Via).filter(|via| is_readable(via))?;
    let whole = message.reply(code, Some(STATELESS_TAG));
    let mut reply = Message::response(code);
    for (name, value) in whole.headers.iter() {
        let is_wanted = match name {
            Name::Via => is_readable(value),
            name => reply.headers.get(name).is_none(),
        };
        if is_wanted {
            reply.headers.push(name.clone(), value);
        }
    }
    reply.headers.push(Name::Warning, format_args!("399 heartline \"{what}\""));
    Some(Box::new(reply))
}

/// The To tag of every answer without a transaction. It is constant (RFC 3261 8.2.7), so that the
/// ACK of such an answer is recognised. No dialog uses it.
pub(crate) const STATELESS_TAG: &str = "stateless";
