//! The methods, bodies and extensions that we support: Allow, Accept, Supported and Unsupported
//! (RFC 3261 8.2, 11.2).

use primitives::Timestamp;

use super::Endpoint;
use crate::{
    message::{Message, Method, Name},
    transaction::TxId,
};

impl Endpoint {
    /// Returns the extensions that a request requires and we do not support (RFC 3261 8.2.2.3).
    /// `path` is supported in REGISTER only.
    pub(super) fn unsupported(&self, request: &Message) -> Option<String> {
        let is_register = request.method() == Some(&Method::Register);
        let is_known = |tag: &str| {
            tag.eq_ignore_ascii_case(SUPPORTED) || is_register && tag.eq_ignore_ascii_case(PATH)
        };
        let unknown: Vec<&str> =
            request.headers.all(&Name::Require).filter(|tag| !is_known(tag)).collect();
        (!unknown.is_empty()).then(|| unknown.join(", "))
    }

    /// Answers OPTIONS with the code that an INVITE would get (RFC 3261 11.2).
    pub(crate) fn answer_options(&mut self, now: Timestamp, tx: TxId, request: &Message) {
        let code = if self.is_draining { 503 } else { 200 };
        let mut answer = request.reply(code, Some(&self.ids.tag()));
        answer.headers.push(Name::Allow, ALLOW);
        answer.headers.push(Name::Accept, ACCEPT);
        answer.headers.push(Name::Supported, format_args!("{SUPPORTED}, {PATH}"));
        self.add_code_headers(request, &mut answer);
        self.transactions.respond(now, tx, &answer, &mut self.out);
    }

    /// Adds the headers that the code of an answer requires.
    pub(super) fn add_code_headers(&self, request: &Message, answer: &mut Message) {
        let code = answer.code().unwrap_or(500);
        let headers = &mut answer.headers;
        headers.push(Name::Server, &self.config.product);
        match code {
            405 | 501 => headers.push(Name::Allow, ALLOW),
            415 => {
                headers.push(Name::Accept, ACCEPT);
                headers.push(Name::AcceptEncoding, "identity");
            }
            420 => headers.push(Name::Unsupported, self.unsupported(request).unwrap_or_default()),
            422 => headers.push(Name::MinSe, self.config.session_expires_min.as_secs()),
            // RFC 3261 14.2: between 0 and 10 s, so that the second attempts of both ends do not
            // collide.
            500 => headers.push(Name::RetryAfter, "5"),
            503 => headers.push(Name::RetryAfter, self.config.retry_after_s),
            _ => {}
        }
    }
}

/// The methods we support.
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, REFER, REGISTER";
/// The extension we support in calls (RFC 4028).
pub(crate) const SUPPORTED: &str = "timer";
/// The option tag of RFC 3327: phones register through our proxies.
pub(super) const PATH: &str = "path";
/// The body types we support.
pub(crate) const ACCEPT: &str = "application/sdp, application/dtmf-relay, application/dtmf";
