//! SIP methods, known and unknown.

use std::fmt;

use crate::text::is_token;

/// A request's method. The names are case-sensitive (RFC 3261 7.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Method {
    Invite,
    Ack,
    Cancel,
    Bye,
    Register,
    Options,
    Info,
    Update,
    Prack,
    Refer,
    Notify,
    Subscribe,
    Message,
    Publish,
    /// An unknown token; answered 501.
    Other(String),
}

impl Method {
    /// Parses a method; `None` when the text is not a token.
    pub(crate) fn parse(text: &str) -> Option<Method> {
        if let Some((_, method)) = KNOWN.iter().find(|(word, _)| *word == text) {
            return Some(method.clone());
        }
        is_token(text).then(|| Method::Other(text.to_owned()))
    }

    /// The token.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Method::Other(word) => word,
            known => KNOWN.iter().find(|(_, m)| m == known).map_or("", |(word, _)| word),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const KNOWN: [(&str, Method); 14] = [
    ("INVITE", Method::Invite),
    ("ACK", Method::Ack),
    ("CANCEL", Method::Cancel),
    ("BYE", Method::Bye),
    ("REGISTER", Method::Register),
    ("OPTIONS", Method::Options),
    ("INFO", Method::Info),
    ("UPDATE", Method::Update),
    ("PRACK", Method::Prack),
    ("REFER", Method::Refer),
    ("NOTIFY", Method::Notify),
    ("SUBSCRIBE", Method::Subscribe),
    ("MESSAGE", Method::Message),
    ("PUBLISH", Method::Publish),
];
