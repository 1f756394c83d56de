//! A new request: who sent it, may they, and is it one we can serve?
//!
//! Trunks are known by their address, seats by the flow their phone registered
//! over and then by their password. Through a proxy of ours both are known by
//! what it saw. Everybody else is a stranger, and learns as little as can be:
//! REGISTER and INVITE get a challenge, the same for users that exist and users
//! that do not; everything else gets silence, and is counted.

use model::{SeatId, Timestamp, TrunkId, event::RefusalCause};

use super::{Endpoint, Peer};
use crate::{
    Event, Flow, Origin,
    dialog::Party,
    leg::{ALLOW, SUPPORTED},
    message::{Message, Method, Name},
    shield,
    transaction::TxId,
    uri::Scheme,
    wire,
};

/// Who is at the other end of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Trunk(TrunkId),
    /// Somebody at the address this seat's phone registered from; their INVITE still needs
    /// the password.
    Seat(SeatId),
    /// A proxy of ours that speaks for itself: it asks whether we are there.
    Proxy,
    Stranger,
}

impl Endpoint {
    /// Whether somebody known is at the other end.
    pub(super) fn knows(&self, peer: Peer) -> bool {
        self.who(peer) != Who::Stranger
    }

    /// A registered phone comes before a trunk: both may sit at one address.
    pub(super) fn who(&self, peer: Peer) -> Who {
        if let Some(seat) = self.seat_at(peer) {
            return Who::Seat(seat);
        }
        match self.trunk_at(peer) {
            Some(trunk) => Who::Trunk(trunk),
            None if self.is_proxy(peer.source.ip()) => Who::Proxy,
            None => Who::Stranger,
        }
    }

    /// The sender, as a dialog names its far end; `None`: a stranger.
    pub(crate) fn party_at(&self, peer: Peer) -> Option<Party> {
        match self.who(peer) {
            Who::Seat(seat) => Some(Party::Phone(seat)),
            Who::Trunk(trunk) => Some(Party::Trunk(trunk)),
            // The proxy speaks for a far end behind it.
            Who::Proxy => Some(Party::Host),
            Who::Stranger => None,
        }
    }

    /// The trunk whose address the sender has.
    pub(crate) fn trunk_at(&self, peer: Peer) -> Option<TrunkId> {
        let source = peer.source.ip();
        self.config.trunks.iter().find(|trunk| trunk.holds(source)).map(|trunk| trunk.id.clone())
    }

    /// A request outside every dialog, of no transaction we know.
    pub(super) fn screen(
        &mut self,
        now: Timestamp,
        peer: Peer,
        back: Flow,
        request: Message,
        in_dialog: bool,
    ) {
        let who = self.who(peer);
        let agent = request.headers.get(&Name::UserAgent).unwrap_or_default();
        if who == Who::Stranger && shield::is_scanner(agent) {
            self.out.counts.scanners += 1;
            return;
        }
        let method = request.method().cloned().unwrap_or(Method::Options);
        if method == Method::Register {
            return self.registers(now, peer, back, &request);
        }
        let is_call = method == Method::Invite && !in_dialog;
        let origin = match who {
            Who::Trunk(trunk) => Some(Origin::Trunk(trunk)),
            Who::Seat(_) | Who::Proxy | Who::Stranger if is_call => {
                match self.identify(now, peer, &request) {
                    Ok(seat) => Some(Origin::Seat(seat)),
                    Err(challenge) => return self.deny(back, challenge),
                }
            }
            Who::Seat(seat) => Some(Origin::Seat(seat)),
            Who::Proxy => None,
            Who::Stranger => {
                self.out.counts.strangers += 1;
                return;
            }
        };
        if self.transactions.is_full() {
            return self.too_full(back, &request, origin.filter(|_| is_call));
        }
        let tx = self.transactions.open(&request, back);
        if let Some(code) = self.unservable(&request, &method, in_dialog) {
            if let (true, Some(origin), Some(cause)) = (is_call, &origin, cause_of(code)) {
                self.tell_refused(&request, origin, code, cause);
            }
            return self.answer(now, tx, &request, code);
        }
        match origin {
            Some(origin) if is_call => self.call_arrives(now, tx, request, peer, origin),
            _ => self.capabilities(now, tx, &request),
        }
    }

    /// The first reason why a request outside a dialog gets no service (8.2).
    fn unservable(&self, request: &Message, method: &Method, in_dialog: bool) -> Option<u16> {
        // Max-Forwards 0 is served: the request has arrived, and we send it nowhere (RFC 4475
        // 3.3.11). This ends when calls go out again: a request that we pass on needs a hop
        // left, and without one the answer is 483 (RFC 3261 16.3 item 3).
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

    /// What a request requires and we do not speak (8.2.2.3). A path is for registrations.
    pub(super) fn unsupported(&self, request: &Message) -> Option<String> {
        let is_register = request.method() == Some(&Method::Register);
        let is_known = |tag: &str| {
            tag.eq_ignore_ascii_case(SUPPORTED) || is_register && tag.eq_ignore_ascii_case(PATH)
        };
        let unknown: Vec<&str> =
            request.headers.all(&Name::Require).filter(|tag| !is_known(tag)).collect();
        (!unknown.is_empty()).then(|| unknown.join(", "))
    }

    /// OPTIONS: what an INVITE would be told (11.2).
    pub(crate) fn capabilities(&mut self, now: Timestamp, tx: TxId, request: &Message) {
        let code = if self.is_draining { 503 } else { 200 };
        let mut answer = request.reply(code, Some(&self.ident.tag()));
        answer.headers.push(Name::Allow, ALLOW.to_owned());
        answer.headers.push(Name::Accept, ACCEPT.to_owned());
        answer.headers.push(Name::Supported, format!("{SUPPORTED}, {PATH}"));
        self.explain(request, &mut answer);
        self.transactions.respond(now, tx, &answer, &mut self.out);
    }

    /// Gives an answer the headers its code asks for.
    pub(super) fn explain(&self, request: &Message, answer: &mut Message) {
        let code = answer.code().unwrap_or(500);
        let mut say = |name, value| answer.headers.push(name, value);
        say(Name::Server, self.config.product.clone());
        match code {
            405 | 501 => say(Name::Allow, ALLOW.to_owned()),
            415 => {
                say(Name::Accept, ACCEPT.to_owned());
                say(Name::AcceptEncoding, "identity".to_owned());
            }
            420 => say(Name::Unsupported, self.unsupported(request).unwrap_or_default()),
            422 => {
                let least = self.config.session_expires_min.as_secs();
                say(Name::MinSe, least.to_string());
            }
            // 14.2: between 0 and 10 s, so that both ends' second tries do not meet.
            500 => say(Name::RetryAfter, "5".to_owned()),
            503 => say(Name::RetryAfter, self.config.retry_after_s.to_string()),
            _ => {}
        }
    }

    /// The transaction table is full: 503 without a transaction. `caller` has brought a call.
    pub(super) fn too_full(&mut self, back: Flow, request: &Message, caller: Option<Origin>) {
        self.out.counts.full += 1;
        let mut answer = request.reply(503, Some(wire::STATELESS_TAG));
        self.explain(request, &mut answer);
        self.out.send(back, wire::write(&answer));
        if let Some(origin) = caller {
            self.tell_refused(request, &origin, 503, RefusalCause::EngineFull);
        }
    }

    /// Tells the switch that a call was refused.
    fn tell_refused(&mut self, request: &Message, origin: &Origin, code: u16, cause: RefusalCause) {
        let (caller, dialled) = request.call_asked();
        let trunk = match origin {
            Origin::Trunk(trunk) => Some(trunk.clone()),
            Origin::Seat(_) => None,
        };
        self.out.event(Event::Refused { caller, dialled, trunk, code, cause });
    }

    /// The trunk at the other end, when it is one and no seat.
    pub(super) fn trunk_of(&self, peer: Peer) -> Option<TrunkId> {
        match self.who(peer) {
            Who::Trunk(trunk) => Some(trunk),
            Who::Seat(_) | Who::Proxy | Who::Stranger => None,
        }
    }
}

/// Why an INVITE gets this code, where the code says it.
pub(super) fn cause_of(code: u16) -> Option<RefusalCause> {
    match code {
        416 => Some(RefusalCause::UnsupportedUri),
        420 => Some(RefusalCause::UnsupportedExtension),
        483 => Some(RefusalCause::TooManyHops),
        _ => None,
    }
}

/// The option tag of RFC 3327: phones register through proxies of ours.
pub(super) const PATH: &str = "path";
/// The bodies we read.
pub(crate) const ACCEPT: &str = "application/sdp, application/dtmf-relay, application/dtmf";
