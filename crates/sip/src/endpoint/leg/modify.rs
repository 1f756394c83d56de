//! Media changes during a call: hold, resume and new addresses.
//!
//! The far end's changes come by re-INVITE and UPDATE and are answered at once. Ours go out by
//! re-INVITE, one at a time. When both ends change at the same time, both get 491 and retry after
//! different waits (RFC 3261 14).

use std::time::Duration;

use primitives::{Direction, LegId, Timestamp};

use super::{
    Leg, established::EstablishedLeg, invite::InvitePurpose, session_timer::SessionExpires,
};
use crate::{
    Endpoint, Event, LegEnd,
    message::{Message, Method, Name},
    peer::Peer,
    sdp,
    transaction::TxId,
};

impl Endpoint {
    /// Sets the media direction that the switch wants.
    pub(crate) fn direct(&mut self, now: Timestamp, id: LegId, direction: Direction) {
        // An unanswered leg has no media to direct.
        if let Some(Leg::Established(established)) = self.legs.get_mut(&id) {
            established.wanted = direction;
            self.try_change(now, id);
            self.update_timer(id);
        }
    }

    /// Sends a re-INVITE when the wanted direction differs and none is pending.
    pub(super) fn try_change(&mut self, now: Timestamp, id: LegId) {
        if let Some(Leg::Established(established)) = self.legs.get(&id)
            && established.wanted != established.asked
            && established.retry_at.is_none()
            && established.is_settled()
        {
            self.reinvite(now, id);
        }
    }

    /// Sends a re-INVITE with our media in the wanted direction.
    pub(super) fn reinvite(&mut self, now: Timestamp, id: LegId) {
        let Some(mut established) = self.take_established(id) else { return };
        if established.is_settled() {
            let mut local = established.local.clone();
            local.set_direction(established.wanted);
            let (mut request, flow) = established.dialog.request(Method::Invite, &mut self.ids);
            if let Some(session) = established.session {
                let refresher_is_uac = Some(session.ours);
                let expires = SessionExpires { interval: session.interval, refresher_is_uac };
                request.headers.push(Name::SessionExpires, expires.write());
            }
            self.add_dialog_headers(&mut request, established.dialog.contact());
            request.set_body("application/sdp", sdp::offer(&local));
            let purpose = InvitePurpose::Reinvite(local, Box::new(established.dialog.clone()));
            let peer = Peer { flow, ..established.dialog.peer() };
            established.change = Some(self.invite(now, id, request, peer, purpose, None));
        }
        self.legs.insert(id, Leg::Established(established));
    }

    /// Handles a 2xx to our re-INVITE; its ACK was sent.
    pub(super) fn change_accepted(
        &mut self,
        now: Timestamp,
        id: LegId,
        local: sdp::LocalMedia,
        response: &Message,
    ) {
        let Some(Leg::Established(established)) = self.legs.get_mut(&id) else { return };
        (established.change, established.retries) = (None, 0);
        established.dialog.refresh_target(response);
        established.learn_allow(response);
        if established.session.is_some() {
            established.start_session(now, response);
        }
        // An unusable answer leaves the far end's media unchanged.
        if let Some(mut remote) = sdp::read_answer(&local, &response.body) {
            let peer = established.dialog.peer();
            established.source.observe(response, peer, established.dialog.far_end());
            established.source.complete(&mut remote, peer.source.ip());
            let is_news = established.remote.as_ref() != Some(&remote);
            established.remote = Some(remote.clone());
            if is_news && !established.is_over {
                self.out.event(Event::RemoteChanged { leg: id, remote });
            }
        }
        established.asked = local.direction;
        established.local = local;
        self.try_change(now, id);
        self.update_timer(id);
    }

    /// Handles a refusal of our re-INVITE, a timeout or a broken connection.
    pub(super) fn change_refused(
        &mut self,
        now: Timestamp,
        id: LegId,
        code: u16,
        response: Option<&Message>,
    ) {
        let Some(mut established) = self.take_established(id) else { return };
        established.change = None;
        if !established.is_over {
            self.refresh_refused(now, &mut established, code, response);
        }
        let retry_after = response.and_then(|response| response.seconds(&Name::RetryAfter));
        let wait = match (code, retry_after) {
            _ if established.is_over || established.retries >= RETRIES_MAX => None,
            (491, _) => Some(self.glare_wait(established.is_dialled)),
            // RFC 3261 14.2: their INVITE, or our last one, has no final response yet.
            (500, Some(seconds)) if seconds <= RETRY_AFTER_S_MAX => {
                Some(Duration::from_secs(seconds.max(1).into()))
            }
            _ => None,
        };
        match (code, wait) {
            _ if established.is_over => {}
            // RFC 3261 14.1: the dialog is gone.
            (408 | 481, _) => {
                self.bye(now, &mut established.dialog, None);
                self.end(id, Some(&established.dialog.key()), LegEnd::Lost);
                return;
            }
            (_, Some(wait)) => {
                established.retries += 1;
                established.retry_at = Some(now + wait);
            }
            // The far end refuses the change; nothing changes.
            (_, None) => {
                established.retries = 0;
                established.wanted = established.asked;
            }
        }
        self.legs.insert(id, Leg::Established(established));
        self.update_timer(id);
    }

    /// Returns the wait after glare: the owner of the Call-ID waits longer, so that both do not
    /// collide again (RFC 3261 14.1).
    pub(super) fn glare_wait(&mut self, owns_call_id: bool) -> Duration {
        let steps = match owns_call_id {
            true => 210 + self.ids.below(191),
            false => self.ids.below(201),
        };
        Duration::from_millis(10) * steps.max(1)
    }

    /// Handles INVITE inside a dialog: hold, resume, a new address, or a request for our offer.
    pub(super) fn reinvited(
        &mut self,
        now: Timestamp,
        id: LegId,
        tx: TxId,
        request: &Message,
        peer: Peer,
    ) {
        let Some(mut established) = self.take_established(id) else {
            // RFC 3261 14.2: the first INVITE has no final response yet.
            return self.answer(now, tx, request, 500);
        };
        let refusal = self.refusal_of_change(&established, request);
        if let Some(code) = refusal {
            self.legs.insert(id, Leg::Established(established));
            return self.answer(now, tx, request, code);
        }
        if established.is_unconfirmed() {
            // The sender of a re-INVITE has our 200: the ACK was overtaken or lost.
            self.out.event(Event::Confirmed { leg: id, remote: None });
        }
        established.unacked = None;
        let offered = request.body.is_empty();
        let body = match offered {
            true => {
                established.asked = established.wanted;
                established.local.set_direction(established.wanted);
                sdp::offer(&established.local)
            }
            false => match self.answer_offer(id, &mut established, request, peer) {
                Some(body) => body,
                None => {
                    self.legs.insert(id, Leg::Established(established));
                    return self.answer(now, tx, request, 488);
                }
            },
        };
        let mut accepted = self.accepted(now, &mut established, request);
        accepted.set_body("application/sdp", body);
        self.transactions.respond(now, tx, &accepted, &mut self.out);
        let flow = self.transactions.flow(tx).unwrap_or(established.dialog.flow());
        established.await_ack(now, &accepted, flow, offered, false);
        self.legs.insert(id, Leg::Established(established));
    }

    /// Handles UPDATE: a change without ACK (RFC 3311), or without SDP only a session refresh.
    pub(super) fn updated(
        &mut self,
        now: Timestamp,
        id: LegId,
        tx: TxId,
        request: &Message,
        peer: Peer,
    ) {
        let has_offer = !request.body.is_empty();
        let Some(mut established) = self.take_established(id) else {
            // RFC 3311 5.2: an earlier offer is unanswered. An UPDATE without an offer is accepted.
            return self.answer(now, tx, request, if has_offer { 500 } else { 200 });
        };
        let refusal = match has_offer {
            true => self.refusal_of_change(&established, request),
            false => self.too_short_interval(request).then_some(422),
        };
        if let Some(code) = refusal {
            self.legs.insert(id, Leg::Established(established));
            return self.answer(now, tx, request, code);
        }
        let body = match has_offer {
            true => match self.answer_offer(id, &mut established, request, peer) {
                Some(body) => Some(body),
                None => {
                    self.legs.insert(id, Leg::Established(established));
                    return self.answer(now, tx, request, 488);
                }
            },
            false => None,
        };
        let mut accepted = self.accepted(now, &mut established, request);
        if let Some(body) = body {
            accepted.set_body("application/sdp", body);
        }
        self.transactions.respond(now, tx, &accepted, &mut self.out);
        self.legs.insert(id, Leg::Established(established));
    }

    /// Returns the code that refuses the far end's change now, if any.
    fn refusal_of_change(&self, established: &EstablishedLeg, request: &Message) -> Option<u16> {
        // RFC 3261 14.2: our change is pending, or our offer is unanswered.
        let offered = established.unacked.as_ref().is_some_and(|unacked| unacked.offered);
        if established.change.is_some() || offered {
            return Some(491);
        }
        if let Some(code) = self.wrong_with_body(request) {
            return Some(code);
        }
        self.too_short_interval(request).then_some(422)
    }

    /// Answers the far end's offer and reports what it changed. `None` when the offer has nothing
    /// we support; nothing changes then.
    fn answer_offer(
        &mut self,
        id: LegId,
        established: &mut EstablishedLeg,
        request: &Message,
        peer: Peer,
    ) -> Option<Vec<u8>> {
        let (body, mut remote) = sdp::answer(&mut established.local, &request.body)?;
        established.source.observe(request, peer, established.dialog.far_end());
        established.source.complete(&mut remote, peer.source.ip());
        if established.remote.as_ref() != Some(&remote) {
            established.remote = Some(remote.clone());
            self.out.event(Event::RemoteChanged { leg: id, remote });
        }
        Some(body)
    }

    fn accepted(
        &self,
        now: Timestamp,
        established: &mut EstablishedLeg,
        request: &Message,
    ) -> Message {
        established.dialog.refresh_target(request);
        established.learn_allow(request);
        let mut accepted = request.reply(200, None);
        self.add_dialog_headers(&mut accepted, established.dialog.contact());
        self.answer_session(now, established, request, &mut accepted);
        accepted
    }
}

/// RFC 3261 14.2: Retry-After is 0 to 10 s in a 500 to a re-INVITE. A longer one is a refusal.
const RETRY_AFTER_S_MAX: u32 = 10;
/// After this many retries in a row the far end is taken to refuse the change.
const RETRIES_MAX: u8 = 10;

impl EstablishedLeg {
    /// Returns whether no offer and no 2xx is pending on either side.
    fn is_settled(&self) -> bool {
        !self.is_over && self.change.is_none() && self.unacked.is_none()
    }
}
