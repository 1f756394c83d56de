//! What is wrong with bytes that came, and what RFC 3261 says to answer.

use primitives::Number;

use crate::message::{Message, Method, Name, Via};

/// A message nobody may act upon.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ParseError {
    /// What is wrong, for the log and the counters.
    pub(crate) what: &'static str,
    /// The answer, sent without a transaction to where the bytes came from; `None` is silence.
    pub(crate) answer: Option<Box<Message>>,
    /// Who called whom, when it is an INVITE outside a dialog and is answered.
    pub(crate) call: Option<Box<(Number, Number)>>,
    /// Whether a stream has lost its frame and must be closed.
    pub(crate) close: bool,
}

impl ParseError {
    /// Wrong, and not answered: not a request, or not enough of one to know whom to answer.
    pub(crate) fn silent(what: &'static str) -> ParseError {
        ParseError { what, answer: None, call: None, close: false }
    }

    /// Answered 400 when it is a request with enough headers.
    pub(crate) fn bad_request(what: &'static str, message: &Message) -> ParseError {
        ParseError::answered(400, what, message)
    }

    /// Answered with this code when it is a request with enough headers; never an ACK
    /// (RFC 3261 17.1.1.3: nobody answers one) and never a response.
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

    /// The same, and the stream cannot go on.
    pub(crate) fn closing(self) -> ParseError {
        ParseError { close: true, ..self }
    }
}

/// The reply with only those Vias that can be read, and each single header once: an answer
/// does not repeat what made the request a fault.
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
            reply.headers.push(name.clone(), value.clone());
        }
    }
    reply.headers.push(Name::Warning, format!("399 heartline \"{what}\""));
    Some(Box::new(reply))
}

/// The To tag of every answer without a transaction: the same each time (RFC 3261 8.2.7), so that
/// the ACK of such an answer is known by it. No dialog ever has it.
pub(crate) const STATELESS_TAG: &str = "stateless";
