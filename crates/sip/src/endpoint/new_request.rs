//! Requests outside every dialog: who sent them, whether they are allowed, and whether we support
//! them.
//!
//! A trunk is identified by its address, a seat by the flow its phone registered over and then by
//! its password; behind a proxy of ours, by the address the proxy saw. Every other sender is
//! unknown and learns as little as possible: REGISTER and INVITE get a challenge, the same for
//! existing and unknown users; other requests are counted and not answered.

use primitives::{RefusalCause, Timestamp};

use super::{Endpoint, sender::Sender};
use crate::{
    Event, Flow, Origin,
    message::{Message, Method, Name},
    peer::Peer,
    shield,
    uri::Scheme,
    wire,
};

impl Endpoint {
    /// Handles a request that belongs to no dialog and no known transaction.
    pub(super) fn handle_new_request(
        &mut self,
        now: Timestamp,
        peer: Peer,
        back: Flow,
        request: Message,
        in_dialog: bool,
    ) {
        let sender = self.sender_of(peer);
        let agent = request.headers.get(&Name::UserAgent).unwrap_or_default();
        if sender == Sender::Stranger && shield::is_scanner(agent) {
            self.out.counts.scanners += 1;
            return;
        }
        let method = request.method().cloned().unwrap_or(Method::Options);
        if method == Method::Register {
            return self.handle_register(now, peer, back, &request);
        }
        let is_call = method == Method::Invite && !in_dialog;
        let origin = match sender {
            Sender::Trunk(trunk) => Some(Origin::Trunk(trunk)),
            Sender::Seat(_) | Sender::Proxy | Sender::Stranger if is_call => {
                match self.authenticate(now, peer, &request) {
                    Ok(seat) => Some(Origin::Seat(seat)),
                    Err(challenge) => return self.send_refusal(back, challenge),
                }
            }
            Sender::Seat(seat) => Some(Origin::Seat(seat)),
            Sender::Proxy => None,
            Sender::Stranger => {
                self.out.counts.strangers += 1;
                return;
            }
        };
        if self.transactions.is_full() {
            return self.refuse_when_full(back, &request, origin.filter(|_| is_call));
        }
        let tx = self.transactions.open(&request, back);
        if let Some(code) = self.rejection_code(&request, &method, in_dialog) {
            if let (true, Some(origin), Some(cause)) = (is_call, &origin, refusal_cause(code)) {
                self.tell_refused(&request, origin, code, cause);
            }
            return self.answer(now, tx, &request, code);
        }
        match origin {
            Some(origin) if is_call => self.call_arrives(now, tx, request, peer, origin),
            _ => self.answer_options(now, tx, &request),
        }
    }

    /// Returns the status code that refuses a request outside a dialog, if any (RFC 3261 8.2).
    fn rejection_code(&self, request: &Message, method: &Method, in_dialog: bool) -> Option<u16> {
        // Max-Forwards 0 is accepted, since we do not forward the request (RFC 4475 3.3.11). Once
        // we forward calls, a request without a hop left must be answered 483 (RFC 3261 16.3 item
        // 3).
        match method {
            Method::Invite | Method::Options if in_dialog => return Some(481),
            Method::Invite | Method::Options => {}
            Method::Bye | Method::Cancel | Method::Update | Method::Info | Method::Ack => {
                return Some(481);
            }
            Method::Register
            | Method::Prack
            | Method::Refer
            | Method::Notify
            | Method::Subscribe
            | Method::Message
            | Method::Publish => return Some(405),
            Method::Other(_) => return Some(501),
        }
        let scheme = request.uri().map(|uri| &uri.scheme);
        if matches!(scheme, Some(Scheme::Other(_)) | None) {
            return Some(416);
        }
        self.unsupported(request).map(|_| 420)
    }

    /// Answers 503 without a transaction because the transaction table is full. `caller` is given
    /// for a call.
    pub(super) fn refuse_when_full(
        &mut self,
        back: Flow,
        request: &Message,
        caller: Option<Origin>,
    ) {
        self.out.counts.full += 1;
        let mut answer = request.reply(503, Some(wire::STATELESS_TAG));
        self.add_code_headers(request, &mut answer);
        self.out.send(back, wire::write(&answer));
        if let Some(origin) = caller {
            self.tell_refused(request, &origin, 503, RefusalCause::EngineFull);
        }
    }

    /// Reports a refused call to the switch.
    fn tell_refused(&mut self, request: &Message, origin: &Origin, code: u16, cause: RefusalCause) {
        let (caller, dialled) = request.call_asked();
        let trunk = match origin {
            Origin::Trunk(trunk) => Some(trunk.clone()),
            Origin::Seat(_) => None,
        };
        self.out.event(Event::Refused { caller, dialled, trunk, code, cause });
    }
}

/// Returns the refusal cause that corresponds to a status code, if there is one.
pub(super) fn refusal_cause(code: u16) -> Option<RefusalCause> {
    match code {
        416 => Some(RefusalCause::UnsupportedUri),
        420 => Some(RefusalCause::UnsupportedExtension),
        483 => Some(RefusalCause::TooManyHops),
        _ => None,
    }
}
