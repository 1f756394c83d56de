//! Reads received bytes: keep-alives and messages, and finds what each message belongs to.

use primitives::{RefusalCause, Timestamp};

use super::{
    Endpoint,
    admission::claims_of,
    new_request::refusal_cause,
    streams::{StreamActivity, StreamOwner},
};
use crate::{
    Event, Flow, Transport,
    message::{Message, Method, Name, NameAddr, StartLine},
    peer::Peer,
    transaction::{RequestMatch, TransactionOutcome, TransactionUser, TxId},
    uri::Uri,
    wire::{self, Claims, Framed, Framer, PacketKind, ParseError},
};

impl Endpoint {
    /// Handles a datagram or the next piece of a stream.
    pub(super) fn handle_bytes(&mut self, now: Timestamp, flow: Flow, bytes: &[u8]) {
        match flow.transport {
            Transport::Udp => {
                if !self.admit(now, Peer::direct(flow), || wire::claims(bytes)) {
                    return;
                }
                match wire::packet_kind(bytes) {
                    PacketKind::Message => match wire::parse(bytes) {
                        Ok(message) => self.message(now, flow, message),
                        Err(error) => self.handle_parse_error(now, flow, error),
                    },
                    // Keep-alives are harmless from any sender.
                    PacketKind::KeepAlive => self.out.counts.keepalives += 1,
                    PacketKind::Stun => self.out.counts.stun += 1,
                    PacketKind::Rtp => self.out.counts.stray_rtp += 1,
                }
            }
            Transport::Tcp => self.handle_stream_bytes(now, flow, bytes),
        }
    }

    /// Handles a closed connection or an unreachable destination.
    pub(super) fn flow_closed(&mut self, now: Timestamp, flow: Flow) {
        self.streams.close(flow);
        // This comes first, so that requests sent because of the close use a working flow.
        self.leave_stream(flow);
        for (tx, user) in self.transactions.closed(flow) {
            self.request_outcome(now, tx, user, TransactionOutcome::Unreachable);
        }
        self.stream_lost(now, flow);
        self.contact_lost(flow);
    }

    fn handle_stream_bytes(&mut self, now: Timestamp, flow: Flow, bytes: &[u8]) {
        // A connection that was not opened to us is one we opened.
        if !self.streams.contains(flow) && !self.admit_stream(now, flow, StreamOwner::Us, 0) {
            return;
        }
        // The framer is taken out of the table, because a message may close the connection.
        let Some(mut framer) = self.streams.take_framer(flow) else { return };
        framer.push(bytes);
        match self.serve_messages(now, flow, &mut framer) {
            Some(heard) => self.streams.put_back(now, flow, framer, heard),
            None => self.drop_stream(now, flow),
        }
    }

    /// Handles all complete messages of a stream; `None` when the connection must be closed.
    fn serve_messages(
        &mut self,
        now: Timestamp,
        flow: Flow,
        framer: &mut Framer,
    ) -> Option<StreamActivity> {
        let mut heard = StreamActivity::default();
        while let Some(framed) = framer.next() {
            let claims = || match &framed {
                Ok(Framed::Message(message)) => claims_of(message),
                Ok(Framed::Ping) | Err(_) => Claims::default(),
            };
            if !self.admit(now, Peer::direct(flow), claims) {
                match self.may_keep_stream(now, flow) {
                    // Too fast: this message is dropped, the next one may be accepted.
                    true => continue,
                    false => return None,
                }
            }
            match framed {
                // The pong of RFC 5626 3.5.1.
                Ok(Framed::Ping) => {
                    heard.ping = true;
                    self.out.send(flow, b"\r\n".to_vec());
                }
                Ok(Framed::Message(message)) => {
                    heard.message = true;
                    self.message(now, flow, message);
                }
                Err(error) => {
                    let close = error.close;
                    self.handle_parse_error(now, flow, error);
                    if close {
                        return None;
                    }
                }
            }
        }
        // Bytes outside messages cost time too and are charged to the sender.
        for _ in 0..framer.take_cost() {
            if !self.admit(now, Peer::direct(flow), Claims::default) {
                return self.may_keep_stream(now, flow).then_some(heard);
            }
        }
        Some(heard)
    }

    /// Answers an unparsable request of a known sender; unknown senders get nothing.
    fn handle_parse_error(&mut self, now: Timestamp, flow: Flow, error: ParseError) {
        self.out.counts.malformed += 1;
        let Some(answer) = error.answer else { return };
        // The answer carries the request's Vias.
        let peer = self.peer_of(flow, &answer);
        if self.admit_proxied(now, peer, &answer) && self.is_known(peer) {
            if let Some((caller, dialled)) = error.call.map(|call| *call) {
                let code = answer.code().unwrap_or(400);
                let cause = refusal_cause(code).unwrap_or(RefusalCause::BadRequest);
                let trunk = self.trunk_only_at(peer);
                self.out.event(Event::Refused { caller, dialled, trunk, code, cause });
            }
            self.out.send(answer_flow(&answer, flow), wire::write(&answer));
        }
    }

    fn message(&mut self, now: Timestamp, flow: Flow, message: Message) {
        match message.start {
            StartLine::Response { .. } => self.response(now, flow, &message),
            StartLine::Request { .. } => self.request(now, flow, message),
        }
    }

    fn response(&mut self, now: Timestamp, flow: Flow, response: &Message) {
        self.out.counts.responses_in += 1;
        if response.headers.all(&Name::Via).count() != 1 {
            // RFC 3261 8.1.3.3: a response with more than one Via is not for us.
            self.out.counts.strays += 1;
            return;
        }
        let asked = self.transactions.asked(response);
        if asked.is_some_and(|asked| !self.may_answer(asked, flow)) {
            self.out.counts.impostors += 1;
            return;
        }
        let Some(user) = self.transactions.response(now, response, &mut self.out) else {
            if asked.is_none() {
                self.stray_accept(now, Peer::direct(flow), response);
            }
            return;
        };
        let code = response.code().unwrap_or(500);
        match user {
            TransactionUser::Invite(invite) => self.invite_answered(now, invite, response),
            TransactionUser::Refresh(leg) if code >= 200 => {
                self.refreshed(now, leg, code, Some(response))
            }
            TransactionUser::Probe(leg) if code >= 200 => self.probe_answered(now, leg, code),
            TransactionUser::Register(place) if code >= 200 => {
                self.registration_answered(now, place, response)
            }
            // A 1xx to these carries no news, and nothing waits for the response to a BYE.
            TransactionUser::Refresh(_)
            | TransactionUser::Probe(_)
            | TransactionUser::Register(_)
            | TransactionUser::None => {}
        }
    }

    fn request(&mut self, now: Timestamp, flow: Flow, mut request: Message) {
        self.out.counts.requests_in += 1;
        let peer = self.peer_of(flow, &request);
        if !self.admit_proxied(now, peer, &request) {
            return;
        }
        let Some(mut via) = request.via() else { return };
        via.record_source(flow.remote);
        request.headers.replace_first(&Name::Via, &via);
        let back = answer_flow(&request, flow);
        match self.transactions.match_request(now, &request, &mut self.out) {
            RequestMatch::Retransmission => {}
            RequestMatch::Cancel(invite) => self.handle_cancel(now, peer, back, invite, &request),
            RequestMatch::Merged if self.is_known(peer) => {
                let tx = self.transactions.open(&request, back);
                self.answer(now, tx, &request, 482);
            }
            RequestMatch::Merged => self.out.counts.strangers += 1,
            RequestMatch::New => self.new_request(now, peer, back, request),
        }
    }

    /// Handles CANCEL for a known INVITE; it must come from the INVITE's sender.
    fn handle_cancel(
        &mut self,
        now: Timestamp,
        peer: Peer,
        back: Flow,
        invite: TxId,
        request: &Message,
    ) {
        let leg = self.calls.get(&invite).copied();
        let is_theirs = match leg {
            Some(leg) => self.is_from_far_end(leg, peer),
            // Answered already: nothing is left to cancel.
            None => self.is_known(peer),
        };
        if !is_theirs {
            return self.refuse_stranger_to_dialog(peer, back, request);
        }
        // RFC 3261 9.2: CANCEL is answered 200 whatever happens to the INVITE.
        let tx = self.transactions.open(request, back);
        self.answer(now, tx, request, 200);
        if let Some(leg) = leg {
            self.cancelled(now, leg);
        }
    }

    fn new_request(&mut self, now: Timestamp, peer: Peer, back: Flow, mut request: Message) {
        pop_own_route(&mut request, peer.flow);
        let to = request.to();
        let tag = to.as_ref().and_then(NameAddr::tag);
        let (in_dialog, is_stateless) = (tag.is_some(), tag == Some(wire::STATELESS_TAG));
        let leg = crate::dialog::key_of(&request)
            .filter(|_| in_dialog)
            .and_then(|key| self.dialogs.get(&key).copied());
        if leg.is_some_and(|leg| !self.is_allowed_in_dialog(now, leg, peer, back, &request)) {
            return;
        }
        match (leg, request.method()) {
            (Some(leg), Some(Method::Ack)) => self.acknowledged(now, leg, &request),
            // An ACK is never answered. One with the stateless tag acknowledges a refusal sent
            // without a transaction.
            (None, Some(Method::Ack)) if is_stateless => self.out.counts.absorbed += 1,
            (None, Some(Method::Ack)) => self.out.counts.strays += 1,
            (Some(leg), _) => {
                let tx = self.transactions.open(&request, back);
                match self.unsupported(&request) {
                    Some(_) => self.answer(now, tx, &request, 420),
                    None => self.in_dialog(now, leg, tx, &request, peer),
                }
            }
            (None, _) => self.handle_new_request(now, peer, back, request, in_dialog),
        }
    }

    /// Answers a request that starts no dialog, with Server and the headers its code requires.
    pub(crate) fn answer(&mut self, now: Timestamp, tx: TxId, request: &Message, code: u16) {
        let mut answer = request.reply(code, Some(&self.ids.tag()));
        self.add_code_headers(request, &mut answer);
        self.transactions.respond(now, tx, &answer, &mut self.out);
    }
}

/// Returns the flow of the answer to a request (RFC 3261 18.2.2, RFC 3581 4): the same connection
/// over TCP; over UDP the source port when `rport` asks for it, otherwise the port in the Via.
/// `maddr` is ignored, since it would let anyone direct our answers to any host.
fn answer_flow(message: &Message, flow: Flow) -> Flow {
    let asks_for_port = message.via().is_some_and(|via| via.rport().is_some());
    if flow.transport == Transport::Tcp || asks_for_port {
        return flow;
    }
    let port = message.via().and_then(|via| via.port).unwrap_or(DEFAULT_PORT);
    let mut back = flow;
    back.remote.set_port(port);
    back
}

/// Removes a topmost Route that names us (RFC 3261 16.4).
fn pop_own_route(request: &mut Message, flow: Flow) {
    let ours = |uri: &Uri| uri.addr() == Some(flow.local);
    if request.routes().first().is_some_and(|route| ours(&route.uri)) {
        request.headers.remove_first(&Name::Route);
    }
}

const DEFAULT_PORT: u16 = 5_060;
