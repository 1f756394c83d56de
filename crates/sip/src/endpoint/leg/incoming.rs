//! An incoming leg, from its INVITE to the switch's answer (RFC 3261 13.3).

use std::net::SocketAddr;

use primitives::{LegId, Number, RefusalCause, Timestamp};

use super::{
    Leg, established::EstablishedLeg, reason_value, session_timer::SessionExpires,
    voice_source::VoiceSource,
};
use crate::{
    Endpoint, Event, Incoming, LegEnd, Origin,
    dialog::Dialog,
    message::{Message, Name},
    peer::{FarEnd, Peer},
    sdp, timers,
    transaction::TxId,
};

/// An incoming leg that is not answered yet.
#[derive(Debug)]
pub(crate) struct IncomingLeg {
    pub(crate) tx: TxId,
    pub(crate) dialog: Dialog,
    invite: Message,
    /// Our tag.
    tag: String,
    source: VoiceSource,
    /// When 180 is sent again.
    again_at: Option<Timestamp>,
    /// When the call is refused because the switch has not answered it.
    give_up_at: Timestamp,
}

impl IncomingLeg {
    pub(super) fn deadline(&self) -> Timestamp {
        self.again_at.map_or(self.give_up_at, |again| again.min(self.give_up_at))
    }
}

impl Endpoint {
    /// Handles a new INVITE of an accepted caller; its transaction is open.
    pub(crate) fn call_arrives(
        &mut self,
        now: Timestamp,
        tx: TxId,
        invite: Message,
        peer: Peer,
        origin: Origin,
    ) {
        let trunk = match &origin {
            Origin::Trunk(trunk) => Some(trunk.clone()),
            Origin::Seat(_) => None,
        };
        let (caller, display) = caller_of(&invite, &origin);
        let dialled = invite.uri().map(|uri| uri.number()).unwrap_or_default();
        let refused = |code, cause| Event::Refused {
            caller: caller.clone(),
            dialled: dialled.clone(),
            trunk: trunk.clone(),
            code,
            cause,
        };
        if self.is_draining
            || self.legs.len() >= self.config.legs_max
            || self.transactions.is_full()
        {
            self.out.counts.full += 1;
            self.answer(now, tx, &invite, 503);
            let cause = match self.is_draining {
                true => RefusalCause::Draining,
                false => RefusalCause::EngineFull,
            };
            self.out.event(refused(503, cause));
            return;
        }
        if let Some(code) = self.wrong_with_body(&invite) {
            self.answer(now, tx, &invite, code);
            self.out.event(refused(code, RefusalCause::UnsupportedBody));
            return;
        }
        let far_end = match &origin {
            Origin::Trunk(trunk) => FarEnd::Trunk(trunk.clone()),
            Origin::Seat(seat) => FarEnd::Phone(*seat),
        };
        let mut source = VoiceSource::of(&self.config, &far_end);
        source.observe(&invite, peer, &far_end);
        let remote = match invite.body.is_empty() {
            true => None,
            false => match sdp::read_offer(&invite.body) {
                Some(mut remote) => {
                    source.complete(&mut remote, peer.source.ip());
                    Some(remote)
                }
                None => {
                    self.answer(now, tx, &invite, 488);
                    self.out.event(refused(488, RefusalCause::NoCodec));
                    return;
                }
            },
        };
        if self.too_short_interval(&invite) {
            // Not reported as a refusal: the caller retries with a longer interval (RFC 4028 7.4).
            self.answer(now, tx, &invite, 422);
            return;
        }
        let tag = self.ids.tag();
        let Some(mut dialog) = Dialog::uas(&invite, &tag, peer, far_end) else {
            // `wire::required_headers` accepted the message, so this does not happen.
            self.answer(now, tx, &invite, 400);
            self.out.event(refused(400, RefusalCause::BadRequest));
            return;
        };
        dialog.set_device(self.device_of(&dialog));
        let trying = invite.reply(100, None);
        self.transactions.respond(now, tx, &trying, &mut self.out);
        self.out.counts.legs_in += 1;
        let leg = LegId(self.next_leg);
        self.next_leg += 2;
        self.dialogs.insert(dialog.key(), leg);
        self.calls.insert(tx, leg);
        let signalled = source.expected(peer.source.ip());
        let give_up_at = now + timers::ANSWER_OWED;
        let incoming = IncomingLeg { tx, dialog, invite, tag, source, again_at: None, give_up_at };
        self.legs.insert(leg, Leg::Incoming(Box::new(incoming)));
        self.update_timer(leg);
        let incoming = Incoming { leg, origin, caller, display, dialled, remote, signalled };
        self.out.event(Event::Incoming(incoming));
    }

    /// Sends 180.
    pub(crate) fn ring(&mut self, now: Timestamp, id: LegId) {
        // In any other state the caller hung up meanwhile or was answered already.
        if let Some(Leg::Incoming(incoming)) = self.legs.get_mut(&id) {
            if incoming.again_at.is_none() {
                incoming.give_up_at = now + timers::RUNG_MAX;
            }
            incoming.again_at = Some(now + timers::RING_AGAIN);
            self.ring_again(now, id);
            self.update_timer(id);
        }
    }

    /// Handles the deadline of an unanswered leg: sends the next 180, or refuses the call.
    pub(super) fn incoming_timeout(&mut self, now: Timestamp, id: LegId) {
        let Some(Leg::Incoming(incoming)) = self.legs.get(&id) else { return };
        if incoming.give_up_at > now {
            return self.ring_again(now, id);
        }
        // 480 when it rang; 503 when the switch did nothing at all.
        let code = if incoming.again_at.is_some() { 480 } else { 503 };
        self.reject(now, id, code, None);
    }

    pub(super) fn ring_again(&mut self, now: Timestamp, id: LegId) {
        let Some(Leg::Incoming(incoming)) = self.legs.get_mut(&id) else { return };
        incoming.again_at = Some(now + timers::RING_AGAIN);
        let mut ringing = incoming.invite.reply(180, Some(&incoming.tag));
        let (tx, contact) = (incoming.tx, incoming.dialog.contact());
        self.add_dialog_headers(&mut ringing, contact);
        self.transactions.respond(now, tx, &ringing, &mut self.out);
    }

    /// Sends 200 with our media.
    pub(crate) fn accept(&mut self, now: Timestamp, id: LegId, rtp_port: u16) {
        let incoming = match self.legs.remove(&id) {
            Some(Leg::Incoming(incoming)) => incoming,
            Some(leg) => {
                // Answered twice: the first answer stands.
                self.legs.insert(id, leg);
                return;
            }
            // The caller hung up meanwhile.
            None => return,
        };
        let IncomingLeg { tx, dialog, invite, tag, source, .. } = *incoming;
        let addr = SocketAddr::new(dialog.local_addr().ip(), rtp_port);
        let mut local = self.voice_at(addr);
        let offered = invite.body.is_empty();
        let (body, remote) = match offered {
            true => (sdp::offer(&local), None),
            false => match sdp::answer(&mut local, &invite.body) {
                Some((body, mut remote)) => {
                    source.complete(&mut remote, dialog.peer().source.ip());
                    (body, Some(remote))
                }
                // `call_arrives` accepted this offer, so this does not happen.
                None => (Vec::new(), None),
            },
        };
        self.calls.remove(&tx);
        let mut established = EstablishedLeg::new(now, dialog, source, local, remote, false);
        established.learn_allow(&invite);
        let mut accepted = invite.reply(200, Some(&tag));
        self.add_dialog_headers(&mut accepted, established.dialog.contact());
        self.answer_session(now, &mut established, &invite, &mut accepted);
        accepted.set_body("application/sdp", body);
        self.transactions.respond(now, tx, &accepted, &mut self.out);
        let flow = established.dialog.flow();
        established.await_ack(now, &accepted, flow, offered, true);
        self.legs.insert(id, Leg::Established(Box::new(established)));
        self.update_timer(id);
    }

    /// Refuses a call.
    pub(crate) fn reject(
        &mut self,
        now: Timestamp,
        id: LegId,
        code: u16,
        retry_after_s: Option<u32>,
    ) {
        match self.legs.remove(&id) {
            Some(Leg::Incoming(incoming)) => {
                let code = if (300..700).contains(&code) { code } else { 480 };
                self.refuse(now, &incoming, code, retry_after_s, None);
                self.end(id, Some(&incoming.dialog.key()), LegEnd::HungUp);
            }
            // Already answered, or dialled by us: it is hung up instead.
            Some(leg) => {
                self.legs.insert(id, leg);
                self.hang_up(now, id, None);
            }
            // The caller hung up meanwhile.
            None => {}
        }
    }

    /// Ends an unanswered leg after CANCEL, BYE or a broken connection.
    pub(crate) fn cancelled(&mut self, now: Timestamp, id: LegId) {
        match self.legs.remove(&id) {
            Some(Leg::Incoming(incoming)) => {
                self.refuse(now, &incoming, 487, None, None);
                self.end(id, Some(&incoming.dialog.key()), LegEnd::Cancelled);
            }
            // It crossed our 200: the answer stands, and the caller sends ACK and BYE (RFC 3261
            // 9.2).
            Some(leg) => {
                self.legs.insert(id, leg);
            }
            None => {}
        }
    }

    pub(super) fn refuse(
        &mut self,
        now: Timestamp,
        incoming: &IncomingLeg,
        code: u16,
        retry_after_s: Option<u32>,
        reason: Option<&str>,
    ) {
        self.calls.remove(&incoming.tx);
        let mut refusal = incoming.invite.reply(code, Some(&incoming.tag));
        let retry_after_s = retry_after_s.or((code == 503).then_some(self.config.retry_after_s));
        if let Some(seconds) = retry_after_s {
            refusal.headers.push(Name::RetryAfter, seconds);
        }
        if let Some(reason) = reason {
            refusal.headers.push(Name::Reason, reason_value(reason));
        }
        refusal.headers.push(Name::Server, &self.config.product);
        self.transactions.respond(now, incoming.tx, &refusal, &mut self.out);
    }

    /// Returns 415 for a body that is not SDP or is encoded (RFC 3261 8.2.3). A body without
    /// Content-Type is recognised by its first bytes.
    pub(super) fn wrong_with_body(&self, request: &Message) -> Option<u16> {
        if request.body.is_empty() {
            return None;
        }
        let encoded = request
            .headers
            .all(&Name::ContentEncoding)
            .any(|encoding| !encoding.eq_ignore_ascii_case("identity"));
        let is_sdp = match request.content_type().as_deref() {
            Some(kind) => kind == "application/sdp",
            None => request.body.starts_with(b"v=0"),
        };
        (encoded || !is_sdp).then_some(415)
    }

    /// Returns whether the session interval is shorter than we accept and the sender understands
    /// 422 (RFC 4028 9).
    pub(super) fn too_short_interval(&self, request: &Message) -> bool {
        request.lists(&Name::Supported, "timer")
            && request
                .headers
                .get(&Name::SessionExpires)
                .and_then(SessionExpires::parse)
                .is_some_and(|asked| asked.interval < self.config.session_expires_min)
    }
}

/// Returns the caller's number and display name. A trunk's P-Asserted-Identity (RFC 3325) or From
/// is trusted; a seat is identified by its password, whatever its phone writes.
fn caller_of(invite: &Message, origin: &Origin) -> (Number, String) {
    let from = invite.from();
    match origin {
        Origin::Trunk(_) => {
            let who = invite.name_addr(&Name::PAssertedIdentity).or(from);
            who.map(|who| (who.uri.number(), who.display)).unwrap_or_default()
        }
        Origin::Seat(seat) => {
            let display = from.map(|from| from.display).unwrap_or_default();
            (Number::new(&seat.to_string()), display)
        }
    }
}
