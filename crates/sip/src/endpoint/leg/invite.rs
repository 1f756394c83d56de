//! An INVITE that we sent, with all responses that may still come.
//!
//! It outlives its leg: a 200 that crosses our CANCEL, and the 200 of a second fork, are
//! acknowledged and then ended with BYE (RFC 3261 9.1, 13.2.2.4).

use std::{collections::BTreeMap, net::SocketAddr};

use primitives::{LegId, Timestamp};

use super::{reason_value, recent_byes::BUSY_PAUSE};
use crate::{
    Credentials, Endpoint, Flow, SavedInvite, StateUpdate,
    dialog::{self, Dialog},
    digest,
    endpoint::TimerKey,
    message::{Message, Method, Name},
    peer::{FarEnd, Peer},
    sdp, timers,
    transaction::{InviteId, TransactionOutcome, TransactionUser, TxId, cancel_of},
    wire,
};

/// One INVITE, and its repetition with credentials.
#[derive(Debug)]
pub(crate) struct Invite {
    leg: LegId,
    purpose: InvitePurpose,
    /// Whether the leg still waits for it.
    live: bool,
    tx: TxId,
    /// The request as sent last.
    request: Message,
    peer: Peer,
    /// Whether a provisional response came; only then may it be cancelled (RFC 3261 9.1).
    provisional: bool,
    cancel: CancelState,
    busy: BusyRetry,
    credentials: Option<Credentials>,
    /// The ACK for each 2xx by its To tag; sent again when the 2xx is retransmitted.
    acks: BTreeMap<String, (Vec<u8>, Flow)>,
    /// The newest SDP of each early dialog, by its To tag.
    early: BTreeMap<String, Vec<u8>>,
}

impl Invite {
    /// The destination and the flow to it.
    pub(crate) fn peer(&self) -> Peer {
        self.peer
    }

    /// The called far end; `None` inside a dialog.
    pub(crate) fn far_end(&self) -> Option<&FarEnd> {
        match &self.purpose {
            InvitePurpose::Initial(_, far_end) => Some(far_end),
            InvitePurpose::Reinvite(..) => None,
        }
    }

    /// The media addresses of its early dialogs.
    pub(crate) fn early_addresses(&self) -> impl Iterator<Item = SocketAddr> {
        let (InvitePurpose::Initial(local, _) | InvitePurpose::Reinvite(local, _)) = &self.purpose;
        self.early.values().filter_map(|body| Some(sdp::read_answer(local, body)?.rtp))
    }

    /// Keeps the SDP of a provisional response; returns true when it changed.
    fn keep_early(&mut self, response: &Message) -> bool {
        let (true, Some(tag)) = (!response.body.is_empty(), to_tag(response)) else { return false };
        if self.early.len() >= ACKS_MAX && !self.early.contains_key(&tag) {
            return false;
        }
        self.early.insert(tag, response.body.clone()).as_ref() != Some(&response.body)
    }

    /// Completes a 2xx without SDP with the SDP of its early dialog. RFC 3261 13.2.1 requires the
    /// answer in the 2xx too, but a UAC must accept one in a provisional response.
    fn completed(&self, response: &Message) -> Option<Message> {
        let early = self.early.get(&to_tag(response)?).filter(|_| response.body.is_empty())?;
        Some(Message { body: early.clone(), ..response.clone() })
    }
}

fn to_tag(message: &Message) -> Option<String> {
    message.to().and_then(|to| to.tag().map(str::to_owned))
}

/// The purpose of an INVITE.
#[derive(Debug)]
pub(crate) enum InvitePurpose {
    /// Start a dialog with this far end, offering this media.
    Initial(sdp::LocalMedia, FarEnd),
    /// Change a dialog, offering this media.
    Reinvite(sdp::LocalMedia, Box<Dialog>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CancelState {
    No,
    /// CANCEL follows the first provisional response.
    Pending(Option<&'static str>),
    Sent,
}

/// The second attempt at a phone that was busy with the call before; see [`RecentByes`].
///
/// [`RecentByes`]: super::RecentByes
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BusyRetry {
    Unused,
    /// The INVITE is sent again when the timer runs out.
    Waiting,
    Used,
}

impl Invite {
    /// The state from which a CANCEL is built after a restart.
    fn saved(&self, now: Timestamp) -> SavedInvite {
        let mut request = self.request.clone();
        request.body.clear();
        SavedInvite {
            request: String::from_utf8_lossy(&wire::write(&request)).into_owned(),
            flow: self.peer.flow,
            expires_at: now + timers::C,
        }
    }
}

impl Endpoint {
    /// Sends an INVITE for a leg.
    pub(crate) fn invite(
        &mut self,
        now: Timestamp,
        leg: LegId,
        request: Message,
        peer: Peer,
        purpose: InvitePurpose,
        credentials: Option<Credentials>,
    ) -> InviteId {
        self.next_invite += 1;
        let id = InviteId(self.next_invite);
        let user = TransactionUser::Invite(id);
        let tx = self.transactions.request(now, request.clone(), peer.flow, user, &mut self.out);
        let invite = Invite {
            leg,
            purpose,
            live: true,
            tx,
            request,
            peer,
            provisional: false,
            cancel: CancelState::No,
            busy: BusyRetry::Unused,
            credentials,
            acks: BTreeMap::new(),
            early: BTreeMap::new(),
        };
        self.invites.insert(id, invite);
        id
    }

    /// Cancels each INVITE, now or as soon as a provisional response allows it.
    pub(crate) fn cancel_all(
        &mut self,
        now: Timestamp,
        invites: &[InviteId],
        reason: Option<&'static str>,
    ) {
        for id in invites {
            if let Some(invite) = self.invites.get_mut(id) {
                invite.live = false;
                if invite.cancel == CancelState::No {
                    invite.cancel = CancelState::Pending(reason);
                }
            }
            self.cancel_if_allowed(now, *id);
        }
    }

    /// Handles a response to our INVITE, including a retransmitted 2xx.
    pub(crate) fn invite_answered(&mut self, now: Timestamp, id: InviteId, response: &Message) {
        let code = response.code().unwrap_or(500);
        match code {
            100..=199 => self.invite_progress(now, id, response, code),
            200..=299 => self.invite_accepted(now, id, response),
            _ => self.invite_refused(now, id, response, code),
        }
    }

    /// Handles a 2xx to an INVITE that is forgotten: of the previous run, or timed out. It is
    /// acknowledged and ended (RFC 3261 13.2.2.4), so that the person who answered is not left in a
    /// dead call. Unknown senders are ignored.
    pub(crate) fn stray_accept(&mut self, now: Timestamp, peer: Peer, response: &Message) {
        let is_accept = matches!(response.code(), Some(200..=299))
            && response.cseq().is_some_and(|(_, method)| method == Method::Invite);
        let Some(far_end) = self.far_end_at(peer).filter(|_| is_accept) else { return };
        if self.transactions.is_full() {
            return;
        }
        let Some(mut dialog) = Dialog::stray(response, peer, far_end) else { return };
        // The dialog exists: its 2xx was retransmitted after the transaction ended.
        if self.dialogs.contains_key(&dialog.key()) {
            return;
        }
        let Some((cseq, _)) = response.cseq() else { return };
        let (ack, way) = dialog.ack(cseq, &mut self.ids);
        self.out.send(way, wire::write(&ack));
        self.bye(now, &mut dialog, None);
    }

    /// Handles an INVITE that ended without a response.
    pub(crate) fn invite_outcome(
        &mut self,
        now: Timestamp,
        id: InviteId,
        tx: TxId,
        outcome: TransactionOutcome,
    ) {
        if self.invites.get(&id).is_none_or(|invite| invite.tx != tx) {
            // The earlier transaction, without credentials.
            return;
        }
        match outcome {
            TransactionOutcome::TimedOut => self.invite_lost(now, id, 408, None),
            TransactionOutcome::Unreachable => self.invite_lost(now, id, 503, None),
            // Refused or answered long ago: no further response can come.
            TransactionOutcome::Terminated => self.drop_invite(id),
        }
    }

    /// Handles an INVITE that rang too long (timer C), was cancelled and never answered, or waits
    /// to be sent again to a busy phone.
    pub(crate) fn invite_timeout(&mut self, now: Timestamp, id: InviteId) {
        let Some(invite) = self.invites.get_mut(&id) else { return };
        if invite.busy == BusyRetry::Waiting {
            invite.busy = BusyRetry::Used;
            match invite.live {
                true => self.send_again(now, id),
                false => self.drop_invite(id),
            }
            return;
        }
        match invite.cancel {
            CancelState::Sent => {
                let tx = invite.tx;
                self.transactions.forget(tx);
                self.invite_lost(now, id, 408, None);
            }
            CancelState::No | CancelState::Pending(_) => {
                let (leg, live) = (invite.leg, invite.live);
                self.cancel_all(now, &[id], None);
                if live {
                    self.fork_failed(now, leg, id, 408);
                }
            }
        }
    }

    fn invite_progress(&mut self, now: Timestamp, id: InviteId, response: &Message, code: u16) {
        let Some(invite) = self.invites.get_mut(&id) else { return };
        let has_early = code > 100 && invite.live && invite.keep_early(response);
        let first = !std::mem::replace(&mut invite.provisional, true);
        if first {
            self.timers.set(TimerKey::Invite(id), Some(now + timers::C));
            if let InvitePurpose::Initial(..) = invite.purpose {
                let save = StateUpdate::Invite { id: id.0, invite: Box::new(invite.saved(now)) };
                self.out.save(save);
            }
        }
        let (leg, rings) = (invite.leg, code > 100 && invite.live);
        self.cancel_if_allowed(now, id);
        if has_early {
            self.tell_expected(leg);
        }
        if rings {
            self.fork_rings(leg);
        }
    }

    fn invite_accepted(&mut self, now: Timestamp, id: InviteId, response: &Message) {
        let Some(invite) = self.invites.get_mut(&id) else { return };
        self.timers.set(TimerKey::Invite(id), None);
        let tag = to_tag(response).unwrap_or_default();
        if let Some((ack, flow)) = invite.acks.get(&tag) {
            // Our ACK was lost.
            self.out.counts.retransmitted += 1;
            self.out.send(*flow, ack.clone());
            return;
        }
        if invite.acks.len() >= ACKS_MAX {
            return;
        }
        self.out.save(StateUpdate::InviteEnded { id: id.0 });
        let completed = invite.completed(response);
        let response = completed.as_ref().unwrap_or(response);
        let dialog = match &invite.purpose {
            InvitePurpose::Initial(_, far_end) => {
                Dialog::uac(&invite.request, response, invite.peer, far_end.clone())
            }
            InvitePurpose::Reinvite(_, dialog) => {
                let mut dialog = dialog.clone();
                dialog.refresh_target(response);
                Some(*dialog)
            }
        };
        let Some((mut dialog, (cseq, _))) = dialog.zip(invite.request.cseq()) else { return };
        let (mut ack, flow) = dialog.ack(cseq, &mut self.ids);
        for name in [Name::Authorization, Name::ProxyAuthorization] {
            // RFC 3261 22.1: the ACK carries the credentials of its INVITE.
            if let Some(value) = invite.request.headers.get(&name) {
                ack.headers.push(name.clone(), value);
            }
        }
        let bytes = wire::write(&ack);
        invite.acks.insert(tag, (bytes.clone(), flow));
        self.out.send(flow, bytes);
        let leg = invite.leg;
        match (std::mem::replace(&mut invite.live, false), &invite.purpose) {
            (true, InvitePurpose::Initial(voice, _)) => {
                let voice = voice.clone();
                self.fork_answered(now, leg, id, dialog, voice, response);
            }
            (true, InvitePurpose::Reinvite(voice, _)) => {
                let voice = voice.clone();
                self.change_accepted(now, leg, voice, response);
            }
            // It crossed our CANCEL, or another fork was faster.
            (false, InvitePurpose::Initial(..)) => {
                self.bye(now, &mut dialog, Some(super::ELSEWHERE))
            }
            // The leg ended while its re-INVITE was under way; its BYE is out already.
            (false, InvitePurpose::Reinvite(..)) => {}
        }
    }

    fn invite_refused(&mut self, now: Timestamp, id: InviteId, response: &Message, code: u16) {
        if matches!(code, 401 | 407) && self.try_with_password(now, id, response) {
            return;
        }
        if code == 422 && self.try_longer_interval(now, id, response) {
            return;
        }
        if code == BUSY_HERE && self.try_after_bye(now, id) {
            return;
        }
        self.invite_lost(now, id, code, Some(response));
    }

    /// Handles a final refusal or none at all; tells the leg if it still waits.
    fn invite_lost(&mut self, now: Timestamp, id: InviteId, code: u16, response: Option<&Message>) {
        let Some(invite) = self.invites.get_mut(&id) else { return };
        let leg = invite.leg;
        let live = std::mem::replace(&mut invite.live, false);
        let changes = matches!(invite.purpose, InvitePurpose::Reinvite(..));
        self.drop_invite(id);
        match (live, changes) {
            (true, false) => self.fork_failed(now, leg, id, code),
            (true, true) => self.change_refused(now, leg, code, response),
            (false, _) => {}
        }
    }

    fn drop_invite(&mut self, id: InviteId) {
        self.invites.remove(&id);
        self.out.save(StateUpdate::InviteEnded { id: id.0 });
        self.timers.set(TimerKey::Invite(id), None);
    }

    fn cancel_if_allowed(&mut self, now: Timestamp, id: InviteId) {
        let Some(invite) = self.invites.get_mut(&id) else { return };
        let CancelState::Pending(reason) = invite.cancel else { return };
        if !invite.provisional {
            return;
        }
        let Some((request, flow)) = self.transactions.pending_invite(invite.tx) else { return };
        let Some(cancel) = cancel_of(request, reason.map(reason_value)) else { return };
        invite.cancel = CancelState::Sent;
        self.transactions.request(now, cancel, flow, TransactionUser::None, &mut self.out);
        self.timers.set(TimerKey::Invite(id), Some(now + timers::CANCELLED));
    }

    /// Sends the INVITE again with credentials, once: a second 401 means a wrong password (RFC 3261
    /// 22.2).
    fn try_with_password(&mut self, now: Timestamp, id: InviteId, response: &Message) -> bool {
        let Some(invite) = self.invites.get_mut(&id) else { return false };
        let Some(credentials) = invite.credentials.take().filter(|_| invite.live) else {
            return false;
        };
        let cnonce = self.ids.tag();
        match digest::respond(&invite.request, response, &credentials, &cnonce) {
            Some((name, value)) => invite.request.headers.push(name, value),
            None => return false,
        }
        self.send_again(now, id);
        true
    }

    /// Sends the INVITE again with the longer session interval that the far end requires (RFC 4028
    /// 7.4).
    fn try_longer_interval(&mut self, now: Timestamp, id: InviteId, response: &Message) -> bool {
        let Some(invite) = self.invites.get_mut(&id) else { return false };
        let begins = matches!(invite.purpose, InvitePurpose::Initial(..));
        let Some(least) = response.seconds(&Name::MinSe).filter(|_| invite.live && begins) else {
            return false;
        };
        if invite.request.seconds(&Name::MinSe).is_some_and(|before| before >= least) {
            return false;
        }
        invite.request.headers.set(Name::SessionExpires, least);
        invite.request.headers.set(Name::MinSe, least);
        self.send_again(now, id);
        true
    }

    /// Plans a second INVITE to a phone that answers 486 within a second of our BYE.
    fn try_after_bye(&mut self, now: Timestamp, id: InviteId) -> bool {
        let Some(invite) = self.invites.get_mut(&id) else { return false };
        let is_phone = invite.far_end().is_some_and(FarEnd::is_phone);
        let is_first = invite.live && invite.busy == BusyRetry::Unused;
        if !is_phone || !is_first || !self.recent_byes.contains(now, invite.peer.flow) {
            return false;
        }
        invite.busy = BusyRetry::Waiting;
        // The end of the refused transaction is not the end of this INVITE.
        invite.tx = TxId::NONE;
        self.timers.set(TimerKey::Invite(id), Some(now + BUSY_PAUSE));
        true
    }

    /// Sends the same INVITE as a new transaction: next CSeq, new branch (RFC 3261 8.1.3.5).
    fn send_again(&mut self, now: Timestamp, id: InviteId) {
        let Some(invite) = self.invites.get_mut(&id) else { return };
        let Some((cseq, _)) = invite.request.cseq() else { return };
        let cseq = format!("{} {}", cseq + 1, Method::Invite);
        invite.request.headers.set(Name::CSeq, cseq);
        let via = dialog::via(invite.peer.flow, &self.ids.branch());
        invite.request.headers.set(Name::Via, via);
        invite.provisional = false;
        let (request, flow) = (invite.request.clone(), invite.peer.flow);
        let user = TransactionUser::Invite(id);
        invite.tx = self.transactions.request(now, request, flow, user, &mut self.out);
        self.timers.set(TimerKey::Invite(id), None);
    }
}

/// The phone is in another call (RFC 3261 21.4.24).
const BUSY_HERE: u16 = 486;
/// Most forks that may answer one INVITE; further ones get no ACK and time out.
const ACKS_MAX: usize = 8;
