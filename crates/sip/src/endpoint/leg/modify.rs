//! Voice changed in the middle of a call: hold, resume, a new address, and both at once.
//!
//! Theirs come by re-INVITE and UPDATE and are answered at once. Ours go out by
//! re-INVITE, one at a time; when both ends try together, both are told 491 and
//! try again after waits that differ (RFC 3261 14).

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
    /// The switch wants voice to flow this way.
    pub(crate) fn direct(&mut self, now: Timestamp, id: LegId, direction: Direction) {
        // A leg that is not answered yet has no voice to direct; one that is gone neither.
        if let Some(Leg::Established(established)) = self.legs.get_mut(&id) {
            established.wanted = direction;
            self.try_change(now, id);
            self.update_timer(id);
        }
    }

    /// Sends a re-INVITE when one is wanted and none stands in the way.
    pub(super) fn try_change(&mut self, now: Timestamp, id: LegId) {
        if let Some(Leg::Established(established)) = self.legs.get(&id)
            && established.wanted != established.asked
            && established.retry_at.is_none()
            && established.is_settled()
        {
            self.reinvite(now, id);
        }
    }

    /// Offers our voice anew, in the direction wanted.
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

    /// Our re-INVITE was answered 2xx; its ACK is out.
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
        // An answer we cannot read leaves the far end's voice where it was.
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

    /// Our re-INVITE was refused, or nobody answered, or its stream broke.
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
            // 14.2: an INVITE of theirs, or our last one, has no final answer yet.
            (500, Some(seconds)) if seconds <= RETRY_AFTER_S_MAX => {
                Some(Duration::from_secs(seconds.max(1).into()))
            }
            _ => None,
        };
        match (code, wait) {
            _ if established.is_over => {}
            // 14.1: the dialog is gone.
            (408 | 481, _) => {
                self.bye(now, &mut established.dialog, None);
                self.end(id, Some(&established.dialog.key()), LegEnd::Lost);
                return;
            }
            (_, Some(wait)) => {
                established.retries += 1;
                established.retry_at = Some(now + wait);
            }
            // They do not want it; all stays as it was.
            (_, None) => {
                established.retries = 0;
                established.wanted = established.asked;
            }
        }
        self.legs.insert(id, Leg::Established(established));
        self.update_timer(id);
    }

    /// How long to wait after glare: whoever owns the Call-ID waits longer, so that both do not
    /// meet again (RFC 3261 14.1).
    pub(super) fn glare_wait(&mut self, owns_call_id: bool) -> Duration {
        let steps = match owns_call_id {
            true => 210 + self.ids.below(191),
            false => self.ids.below(201),
        };
        Duration::from_millis(10) * steps.max(1)
    }

    /// INVITE inside a dialog: hold, resume, a new address, or a question for our offer.
    pub(super) fn reinvited(
        &mut self,
        now: Timestamp,
        id: LegId,
        tx: TxId,
        request: &Message,
        peer: Peer,
    ) {
        let Some(mut established) = self.take_established(id) else {
            // 14.2: the first INVITE has no answer yet.
            return self.answer(now, tx, request, 500);
        };
        let refusal = self.refusal_of_change(&established, request);
        if let Some(code) = refusal {
            self.legs.insert(id, Leg::Established(established));
            return self.answer(now, tx, request, code);
        }
        if established.is_unconfirmed() {
            // Who changes a call has our 200: this overtook the ACK, or the ACK is lost.
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

    /// UPDATE: the same without ACK (RFC 3311), or with no voice at all just a sign of life.
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
            // RFC 3311 5.2: an offer waits for its answer already. Without one: noted.
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

    /// Why a change of theirs cannot be taken up now.
    fn refusal_of_change(&self, established: &EstablishedLeg, request: &Message) -> Option<u16> {
        // 14.2: ours is under way, or our offer is not answered.
        let offered = established.unacked.as_ref().is_some_and(|unacked| unacked.offered);
        if established.change.is_some() || offered {
            return Some(491);
        }
        if let Some(code) = self.wrong_with_body(request) {
            return Some(code);
        }
        self.too_short_interval(request).then_some(422)
    }

    /// Answers an offer of theirs, and tells the switch what it changed. `None`: nothing in it
    /// is for us, and all stays as it was.
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

/// RFC 3261 14.2 has 0 to 10 s in the Retry-After of a 500 to a re-INVITE. A longer one is no
/// glare but a refusal.
const RETRY_AFTER_S_MAX: u32 = 10;
/// A far end that asks for another try this often in a row does not want the change.
const RETRIES_MAX: u8 = 10;

impl EstablishedLeg {
    /// Whether no offer and no 2xx of either side is under way.
    fn is_settled(&self) -> bool {
        !self.is_over && self.change.is_none() && self.unacked.is_none()
    }
}
