//! An answered leg, from its 200 to its BYE: ACKs and requests inside the dialog.

use std::net::SocketAddr;

use primitives::{Direction, LegId, RemoteMedia, Timestamp};

use super::{
    Leg,
    probe::Probe,
    session_timer::{SessionExpires, SessionTimer},
    voice_source::VoiceSource,
};
use crate::{
    Endpoint, Event, Flow, LegEnd, Transport,
    device::Device,
    dialog::Dialog,
    message::{Message, Method, Name},
    peer::Peer,
    sdp, timers,
    transaction::{Action, InviteId, Retransmission, TxId},
    wire,
};

/// An answered leg.
#[derive(Debug)]
pub(crate) struct EstablishedLeg {
    pub(crate) dialog: Dialog,
    /// Where their media may come from.
    pub(super) source: VoiceSource,
    /// Our media as agreed.
    pub(super) local: sdp::LocalMedia,
    /// Their media; unknown until the ACK of a late offer.
    pub(super) remote: Option<RemoteMedia>,
    /// When it was answered.
    pub(crate) answered_at: Timestamp,
    /// Whether we dialled. The Call-ID is then ours, which decides the wait after glare.
    pub(super) is_dialled: bool,
    /// Our 2xx that was not acknowledged yet.
    pub(super) unacked: Option<UnackedOk>,
    /// Our pending re-INVITE.
    pub(super) change: Option<InviteId>,
    /// The media direction the switch wants.
    pub(super) wanted: Direction,
    /// The direction last offered to the far end. `local.direction` may be narrower, because a far
    /// end that holds us narrows it.
    pub(super) asked: Direction,
    /// When to retry after glare.
    pub(super) retry_at: Option<Timestamp>,
    /// Our changes in a row that were refused with a code that asks for a retry.
    pub(super) retries: u8,
    pub(crate) session: Option<SessionTimer>,
    /// Whether our session refresh was sent or waits for a pending change, and nothing has
    /// refreshed the session since.
    pub(super) refreshes: bool,
    /// The pending check whether the far end is still there.
    pub(super) probe: Option<Probe>,
    /// How many REFERs came in the dialog, and the CSeq of one that is not answered yet.
    pub(super) refers: u32,
    pub(super) refer_cseq: Option<u32>,
    /// Whether the far end supports UPDATE (RFC 3311).
    pub(super) takes_update: bool,
    /// The switch hung up before the ACK came: the end was reported, and BYE follows the ACK.
    pub(super) is_over: bool,
    pub(super) reason: Option<&'static str>,
}

/// A 2xx that is retransmitted until its ACK, end to end and over any transport (RFC 3261
/// 13.3.1.4).
#[derive(Debug)]
pub(super) struct UnackedOk {
    cseq: u32,
    bytes: Vec<u8>,
    flow: Flow,
    retransmission: Retransmission,
    /// Whether the 2xx carried an offer, so that the ACK carries the answer.
    pub(super) offered: bool,
    /// Whether it answered the initial INVITE, not a re-INVITE.
    initial: bool,
}

impl EstablishedLeg {
    pub(super) fn new(
        answered_at: Timestamp,
        dialog: Dialog,
        source: VoiceSource,
        local: sdp::LocalMedia,
        remote: Option<RemoteMedia>,
        is_dialled: bool,
    ) -> EstablishedLeg {
        EstablishedLeg {
            dialog,
            source,
            answered_at,
            wanted: local.direction,
            asked: local.direction,
            local,
            remote,
            is_dialled,
            unacked: None,
            change: None,
            retry_at: None,
            retries: 0,
            session: None,
            refreshes: false,
            probe: None,
            refers: 0,
            refer_cseq: None,
            takes_update: false,
            is_over: false,
            reason: None,
        }
    }

    /// See [`Dialog::follow_device`].
    pub(super) fn follow_device(&mut self, device: &Device, way: Peer) {
        let before = self.dialog.flow();
        self.dialog.follow_device(device, way);
        self.send_2xx_after(before);
    }

    /// See [`Dialog::stream_closed`].
    pub(super) fn stream_closed(
        &mut self,
        local: impl Fn(Transport, SocketAddr) -> Option<SocketAddr>,
    ) {
        let before = self.dialog.flow();
        self.dialog.stream_closed(local);
        self.send_2xx_after(before);
    }

    /// Moves an unacknowledged 2xx that was sent over `before` to the dialog's new flow.
    fn send_2xx_after(&mut self, before: Flow) {
        if let Some(unacked) = self.unacked.as_mut().filter(|unacked| unacked.flow == before) {
            unacked.flow = self.dialog.flow();
        }
    }

    pub(crate) fn dialog(&self) -> &Dialog {
        &self.dialog
    }

    /// Retransmits our 2xx until its ACK comes.
    pub(super) fn await_ack(
        &mut self,
        now: Timestamp,
        accepted: &Message,
        flow: Flow,
        offered: bool,
        initial: bool,
    ) {
        let Some((cseq, _)) = accepted.cseq() else { return };
        self.unacked = Some(UnackedOk {
            cseq,
            bytes: wire::write(accepted),
            flow,
            retransmission: Retransmission::new(
                now,
                timers::T1,
                timers::T2,
                timers::UNACKNOWLEDGED,
            ),
            offered,
            initial,
        });
    }

    /// Returns whether the initial INVITE was answered and not acknowledged yet.
    pub(super) fn is_unconfirmed(&self) -> bool {
        self.unacked.as_ref().is_some_and(|unacked| unacked.initial)
    }

    /// Reads the far end's Allow.
    pub(super) fn learn_allow(&mut self, message: &Message) {
        if message.headers.get(&Name::Allow).is_some() {
            self.takes_update = message.lists(&Name::Allow, "UPDATE");
        }
    }

    /// Starts the session timer that the response to our request set (RFC 4028 7.2).
    pub(super) fn start_session(&mut self, now: Timestamp, response: &Message) {
        let agreed = response.headers.get(&Name::SessionExpires).and_then(SessionExpires::parse);
        self.refreshes = false;
        self.session = agreed.map(|agreed| {
            let ours = agreed.refresher_is_uac.unwrap_or(true);
            SessionTimer::start(now, agreed.interval, ours)
        });
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        let unacked = self.unacked.as_ref().map(|unacked| unacked.retransmission.deadline());
        let probe = self.probe.and_then(|probe| probe.again_at);
        let others = [self.retry_at, self.session.map(|session| session.at), probe];
        let others = others.into_iter().flatten().filter(|_| !self.is_over).min();
        unacked.into_iter().chain(others).min()
    }
}

impl Endpoint {
    /// Handles an ACK inside a dialog: our 2xx arrived.
    pub(crate) fn acknowledged(&mut self, now: Timestamp, id: LegId, ack: &Message) {
        let Some(mut established) = self.take_established(id) else { return };
        let cseq = ack.cseq().map(|(number, _)| number);
        let Some(unacked) = established.unacked.take_if(|unacked| cseq == Some(unacked.cseq))
        else {
            // A duplicate ACK, or one for a 2xx that timed out.
            self.out.counts.absorbed += 1;
            self.legs.insert(id, Leg::Established(established));
            return;
        };
        if established.is_over {
            let reason = established.reason;
            self.bye(now, &mut established.dialog, reason);
            self.forget(id, Some(&established.dialog.key()));
            return;
        }
        let mut news = None;
        if unacked.offered {
            let Some(mut remote) = sdp::read_answer(&established.local, &ack.body) else {
                // The answer to our offer is unusable: the call ends.
                self.bye(now, &mut established.dialog, Some("No usable answer to our offer"));
                self.end(id, Some(&established.dialog.key()), LegEnd::HungUp);
                return;
            };
            established.source.complete(&mut remote, established.dialog.peer().source.ip());
            news = (established.remote.as_ref() != Some(&remote)).then(|| remote.clone());
            established.remote = Some(remote);
        }
        self.legs.insert(id, Leg::Established(established));
        match (unacked.initial, news) {
            (true, remote) => self.out.event(Event::Confirmed { leg: id, remote }),
            (false, Some(remote)) => self.out.event(Event::RemoteChanged { leg: id, remote }),
            (false, None) => {}
        }
        self.try_change(now, id);
        self.update_timer(id);
    }

    /// Handles a request inside one of our dialogs, except ACK and CANCEL.
    pub(crate) fn in_dialog(
        &mut self,
        now: Timestamp,
        id: LegId,
        tx: TxId,
        request: &Message,
        peer: Peer,
    ) {
        let (dialog, is_over) = match self.legs.get_mut(&id) {
            Some(Leg::Incoming(incoming)) => (&mut incoming.dialog, false),
            Some(Leg::Established(established)) => (&mut established.dialog, established.is_over),
            Some(Leg::Outgoing(_)) | None => return self.answer(now, tx, request, 481),
        };
        let in_order = request.cseq().is_some_and(|(number, _)| dialog.accepts(number));
        if !in_order {
            return self.answer(now, tx, request, 500);
        }
        dialog.follow(peer, request);
        let method = request.method().cloned().unwrap_or(Method::Options);
        match method {
            Method::Bye => self.bye_came(now, id, tx, request),
            _ if is_over => self.answer(now, tx, request, 481),
            Method::Invite => self.reinvited(now, id, tx, request, peer),
            Method::Update => self.updated(now, id, tx, request, peer),
            Method::Info => self.keyed(now, id, tx, request),
            Method::Options => self.answer_options(now, tx, request),
            Method::Refer => self.referred(now, id, tx, request),
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Prack
            | Method::Notify
            | Method::Subscribe
            | Method::Message
            | Method::Publish => self.answer(now, tx, request, 405),
            Method::Other(_) => self.answer(now, tx, request, 501),
        }
        self.update_timer(id);
    }

    fn bye_came(&mut self, now: Timestamp, id: LegId, tx: TxId, request: &Message) {
        self.answer(now, tx, request, 200);
        match self.legs.remove(&id) {
            // RFC 3261 15.1.2: a caller's BYE before the answer acts like CANCEL.
            Some(leg @ Leg::Incoming(_)) => {
                self.legs.insert(id, leg);
                self.cancelled(now, id);
            }
            Some(Leg::Established(established)) if established.is_over => {
                self.forget(id, Some(&established.dialog.key()));
            }
            Some(Leg::Established(established)) => {
                self.end(id, Some(&established.dialog.key()), LegEnd::ByeReceived);
            }
            // `in_dialog` answered 481 already.
            Some(Leg::Outgoing(_)) | None => {}
        }
    }

    /// Handles DTMF by INFO: `application/dtmf-relay` has `Signal=5`, `application/dtmf` has `5`.
    fn keyed(&mut self, now: Timestamp, id: LegId, tx: TxId, request: &Message) {
        let text = String::from_utf8_lossy(&request.body);
        let key = match request.content_type().as_deref() {
            _ if request.body.is_empty() => None,
            Some("application/dtmf-relay") => text.lines().find_map(|line| {
                let (name, value) = line.split_once('=')?;
                name.trim().eq_ignore_ascii_case("signal").then(|| value.trim().to_owned())
            }),
            Some("application/dtmf") => Some(text.trim().to_owned()),
            _ => return self.answer(now, tx, request, 415),
        };
        self.answer(now, tx, request, 200);
        if let Some(key) = key.as_deref().and_then(key_of) {
            self.out.event(Event::DtmfReceived { leg: id, key });
        }
    }

    pub(super) fn established_timeout(&mut self, now: Timestamp, id: LegId) {
        let Some(mut established) = self.take_established(id) else { return };
        if let Some(unacked) = &mut established.unacked {
            match unacked.retransmission.due(now) {
                Action::Fail => {
                    let reason = established.reason;
                    self.bye(now, &mut established.dialog, reason);
                    match established.is_over {
                        true => self.forget(id, Some(&established.dialog.key())),
                        false => self.end(id, Some(&established.dialog.key()), LegEnd::NoAck),
                    }
                    return;
                }
                Action::Send => {
                    self.out.counts.retransmitted += 1;
                    self.out.send(unacked.flow, unacked.bytes.clone());
                }
                Action::Nothing | Action::Deliver | Action::Ack | Action::DeliverAndAck => {}
            }
        }
        let session_due =
            established.session.filter(|session| session.at <= now && !established.is_over);
        if let Some(session) = session_due {
            if !session.ours {
                self.bye(now, &mut established.dialog, Some("Session timer expired"));
                self.end(id, Some(&established.dialog.key()), LegEnd::Expired);
                return;
            }
            established.session = Some(session.asked(now));
        }
        let retry = established.retry_at.take_if(|at| *at <= now).is_some();
        let probe_due =
            established.probe.and_then(|probe| probe.again_at).is_some_and(|at| at <= now);
        self.legs.insert(id, Leg::Established(established));
        if session_due.is_some() {
            self.refresh(now, id);
        }
        if retry {
            self.try_change(now, id);
        }
        if probe_due {
            self.send_probe(now, id);
        }
    }

    /// Takes an answered leg out of the table; every caller puts it back or ends it.
    pub(super) fn take_established(&mut self, id: LegId) -> Option<Box<EstablishedLeg>> {
        match self.legs.remove(&id)? {
            Leg::Established(established) => Some(established),
            leg @ (Leg::Incoming(_) | Leg::Outgoing(_)) => {
                self.legs.insert(id, leg);
                None
            }
        }
    }
}

/// Parses a DTMF digit, or its event number (RFC 4733 3.2) as some gateways write it.
fn key_of(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let first = chars.next()?.to_ascii_uppercase();
    if chars.next().is_none() {
        return matches!(first, '0'..='9' | '*' | '#' | 'A'..='D').then_some(first);
    }
    match text {
        "10" => Some('*'),
        "11" => Some('#'),
        "12" => Some('A'),
        "13" => Some('B'),
        "14" => Some('C'),
        "15" => Some('D'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::key_of;

    #[test]
    fn dtmf_is_read_as_digit_or_event_number() {
        assert_eq!(["5", "*", "#", "d", "11"].map(key_of), ["5", "*", "#", "D", "#"].map(key_of));
        assert_eq!(key_of("11"), Some('#'));
        assert_eq!([key_of(""), key_of("x"), key_of("16"), key_of("!")], [None; 4]);
    }
}
