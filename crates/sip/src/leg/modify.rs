//! Voice changed in the middle of a call: hold, resume, a new address, and both at once.
//!
//! Theirs come by re-INVITE and UPDATE and are answered at once. Ours go out by
//! re-INVITE, one at a time; when both ends try together, both are told 491 and
//! try again after waits that differ (RFC 3261 14).

use std::time::Duration;

use model::{Direction, LegId, Timestamp};

use super::{Leg, invite::Purpose, session_timer::SessionExpires, talk::Talking, uas::differs};
use crate::{
    Endpoint, Event, LegEnd,
    endpoint::Peer,
    message::{Message, Method, Name},
    sdp,
    transaction::TxId,
};

impl Endpoint {
    /// The switch wants voice to flow this way.
    pub(crate) fn direct(&mut self, now: Timestamp, id: LegId, direction: Direction) {
        // A leg that is not answered yet has no voice to direct; one that is gone neither.
        if let Some(Leg::Talking(talking)) = self.legs.get_mut(&id) {
            talking.wanted = direction;
            self.try_change(now, id);
            self.arm(id);
        }
    }

    /// Sends a re-INVITE when one is wanted and none stands in the way.
    pub(super) fn try_change(&mut self, now: Timestamp, id: LegId) {
        if let Some(Leg::Talking(talking)) = self.legs.get(&id)
            && talking.wanted != talking.asked
            && talking.retry_at.is_none()
            && talking.is_settled()
        {
            self.reinvite(now, id);
        }
    }

    /// Offers our voice anew, in the direction wanted.
    pub(super) fn reinvite(&mut self, now: Timestamp, id: LegId) {
        let Some(mut talking) = self.take_talking(id) else { return };
        if talking.is_settled() {
            let mut local = talking.local.clone();
            local.redirect(talking.wanted);
            let (mut request, flow) = talking.dialog.request(Method::Invite, &mut self.ident);
            if let Some(session) = talking.session {
                let refresher_is_uac = Some(session.ours);
                let expires = SessionExpires { interval: session.interval, refresher_is_uac };
                request.headers.push(Name::SessionExpires, expires.write());
            }
            self.dress(&mut request, talking.dialog.contact());
            request.set_body("application/sdp", sdp::offer(&local));
            let purpose = Purpose::Change(local, Box::new(talking.dialog.clone()));
            let peer = Peer { flow, ..talking.dialog.peer() };
            talking.change = Some(self.invite(now, id, request, peer, purpose, None));
        }
        self.legs.insert(id, Leg::Talking(talking));
    }

    /// Our re-INVITE was answered 2xx; its ACK is out.
    pub(super) fn change_accepted(
        &mut self,
        now: Timestamp,
        id: LegId,
        local: sdp::Local,
        response: &Message,
    ) {
        let Some(Leg::Talking(talking)) = self.legs.get_mut(&id) else { return };
        (talking.change, talking.retries) = (None, 0);
        talking.dialog.refresh_target(response);
        talking.learn_allow(response);
        if talking.session.is_some() {
            talking.start_session(now, response);
        }
        // An answer we cannot read leaves the far end's voice where it was.
        if let Some(mut remote) = sdp::accept(&local, &response.body) {
            let peer = talking.dialog.peer();
            talking.source.observe(response, peer, talking.dialog.party());
            talking.source.complete(&mut remote, peer.source.ip());
            let is_news = differs(talking.remote.as_ref(), &remote);
            talking.remote = Some(remote.clone());
            if is_news && !talking.is_over {
                self.out.event(Event::RemoteChanged { leg: id, remote });
            }
        }
        talking.asked = local.direction;
        talking.local = local;
        self.try_change(now, id);
        self.arm(id);
    }

    /// Our re-INVITE was refused, or nobody answered, or its stream broke.
    pub(super) fn change_refused(
        &mut self,
        now: Timestamp,
        id: LegId,
        code: u16,
        response: Option<&Message>,
    ) {
        let Some(mut talking) = self.take_talking(id) else { return };
        talking.change = None;
        if !talking.is_over {
            self.refresh_refused(now, &mut talking, code, response);
        }
        let retry_after = response.and_then(|response| response.seconds(&Name::RetryAfter));
        let wait = match (code, retry_after) {
            _ if talking.is_over || talking.retries >= RETRIES_MAX => None,
            (491, _) => Some(self.glare_wait(talking.is_dialled)),
            // 14.2: an INVITE of theirs, or our last one, has no final answer yet.
            (500, Some(seconds)) if seconds <= RETRY_AFTER_S_MAX => {
                Some(Duration::from_secs(seconds.max(1).into()))
            }
            _ => None,
        };
        match (code, wait) {
            _ if talking.is_over => {}
            // 14.1: the dialog is gone.
            (408 | 481, _) => {
                self.bye(now, &mut talking.dialog, None);
                self.end(id, Some(&talking.dialog.key()), LegEnd::Lost);
                return;
            }
            (_, Some(wait)) => {
                talking.retries += 1;
                talking.retry_at = Some(now + wait);
            }
            // They do not want it; all stays as it was.
            (_, None) => {
                talking.retries = 0;
                talking.wanted = talking.asked;
            }
        }
        self.legs.insert(id, Leg::Talking(talking));
        self.arm(id);
    }

    /// How long to wait after glare: whoever owns the Call-ID waits longer, so that both do not
    /// meet again (RFC 3261 14.1).
    pub(super) fn glare_wait(&mut self, owns_call_id: bool) -> Duration {
        let steps = match owns_call_id {
            true => 210 + self.ident.below(191),
            false => self.ident.below(201),
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
        let Some(mut talking) = self.take_talking(id) else {
            // 14.2: the first INVITE has no answer yet.
            return self.answer(now, tx, request, 500);
        };
        let refusal = self.refusal_of_change(&talking, request);
        if let Some(code) = refusal {
            self.legs.insert(id, Leg::Talking(talking));
            return self.answer(now, tx, request, code);
        }
        if talking.is_unconfirmed() {
            // Who changes a call has our 200: this overtook the ACK, or the ACK is lost.
            self.out.event(Event::Confirmed { leg: id, remote: None });
        }
        talking.unacked = None;
        let offered = request.body.is_empty();
        let body = match offered {
            true => {
                talking.asked = talking.wanted;
                talking.local.redirect(talking.wanted);
                sdp::offer(&talking.local)
            }
            false => match self.answer_offer(id, &mut talking, request, peer) {
                Some(body) => body,
                None => {
                    self.legs.insert(id, Leg::Talking(talking));
                    return self.answer(now, tx, request, 488);
                }
            },
        };
        let mut accepted = self.accepted(now, &mut talking, request);
        accepted.set_body("application/sdp", body);
        self.transactions.respond(now, tx, &accepted, &mut self.out);
        let flow = self.transactions.flow(tx).unwrap_or(talking.dialog.flow());
        talking.await_ack(now, &accepted, flow, offered, false);
        self.legs.insert(id, Leg::Talking(talking));
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
        let Some(mut talking) = self.take_talking(id) else {
            // RFC 3311 5.2: an offer waits for its answer already. Without one: noted.
            return self.answer(now, tx, request, if has_offer { 500 } else { 200 });
        };
        let refusal = match has_offer {
            true => self.refusal_of_change(&talking, request),
            false => self.too_short_interval(request).then_some(422),
        };
        if let Some(code) = refusal {
            self.legs.insert(id, Leg::Talking(talking));
            return self.answer(now, tx, request, code);
        }
        let body = match has_offer {
            true => match self.answer_offer(id, &mut talking, request, peer) {
                Some(body) => Some(body),
                None => {
                    self.legs.insert(id, Leg::Talking(talking));
                    return self.answer(now, tx, request, 488);
                }
            },
            false => None,
        };
        let mut accepted = self.accepted(now, &mut talking, request);
        if let Some(body) = body {
            accepted.set_body("application/sdp", body);
        }
        self.transactions.respond(now, tx, &accepted, &mut self.out);
        self.legs.insert(id, Leg::Talking(talking));
    }

    /// Why a change of theirs cannot be taken up now.
    fn refusal_of_change(&self, talking: &Talking, request: &Message) -> Option<u16> {
        // 14.2: ours is under way, or our offer is not answered.
        let offered = talking.unacked.as_ref().is_some_and(|unacked| unacked.offered);
        if talking.change.is_some() || offered {
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
        talking: &mut Talking,
        request: &Message,
        peer: Peer,
    ) -> Option<Vec<u8>> {
        let (body, mut remote) = sdp::answer(&mut talking.local, &request.body)?;
        talking.source.observe(request, peer, talking.dialog.party());
        talking.source.complete(&mut remote, peer.source.ip());
        if differs(talking.remote.as_ref(), &remote) {
            talking.remote = Some(remote.clone());
            self.out.event(Event::RemoteChanged { leg: id, remote });
        }
        Some(body)
    }

    fn accepted(&self, now: Timestamp, talking: &mut Talking, request: &Message) -> Message {
        talking.dialog.refresh_target(request);
        talking.learn_allow(request);
        let mut accepted = request.reply(200, None);
        self.dress(&mut accepted, talking.dialog.contact());
        self.answer_session(now, talking, request, &mut accepted);
        accepted
    }
}

/// RFC 3261 14.2 has 0 to 10 s in the Retry-After of a 500 to a re-INVITE. A longer one is no
/// glare but a refusal.
const RETRY_AFTER_S_MAX: u32 = 10;
/// A far end that asks for another try this often in a row does not want the change.
const RETRIES_MAX: u8 = 10;

impl Talking {
    /// Whether no offer and no 2xx of either side is under way.
    fn is_settled(&self) -> bool {
        !self.is_over && self.change.is_none() && self.unacked.is_none()
    }
}
