//! Between 200 and BYE: ACKs, requests inside the dialog, and far ends that fall silent.

use std::{net::SocketAddr, time::Duration};

use model::{Direction, LegId, RemoteMedia, Timestamp};

use super::{
    Leg,
    probe::Probe,
    session_timer::{SessionExpires, SessionTimer},
    source::VoiceSource,
    uas::differs,
};
use crate::{
    Endpoint, Event, Flow, LegEnd, Transport,
    dialog::{Device, Dialog},
    endpoint::Peer,
    message::{Message, Method, Name},
    sdp, timer,
    transaction::{Act, InviteId, Tries, TxId, User},
    wire,
};

/// An answered leg.
#[derive(Debug)]
pub(crate) struct Talking {
    pub(crate) dialog: Dialog,
    /// Where their voice may come from.
    pub(super) source: VoiceSource,
    /// Our voice as agreed.
    pub(super) local: sdp::Local,
    /// Theirs; unknown until the ACK of a late offer.
    pub(super) remote: Option<RemoteMedia>,
    /// When it was answered.
    pub(crate) answered_at: Timestamp,
    /// Whether we dialled: then the Call-ID is ours, which matters for glare.
    pub(super) is_dialled: bool,
    /// A 2xx of ours without its ACK.
    pub(super) unacked: Option<Unacked>,
    /// A re-INVITE of ours under way.
    pub(super) change: Option<InviteId>,
    /// Which way voice shall flow, as the switch wants it.
    pub(super) wanted: Direction,
    /// What the far end was told of that. `local.direction` may be less: a far end that holds
    /// us narrows it, and that is no wish of ours.
    pub(super) asked: Direction,
    /// After glare: when we try again.
    pub(super) retry_at: Option<Timestamp>,
    /// How many changes of ours in a row were refused in a way that asks for another try.
    pub(super) retries: u8,
    pub(crate) session: Option<SessionTimer>,
    /// Whether the session's refresh, which is ours, has been sent or waits for a change under
    /// way, and nothing has refreshed the session since.
    pub(super) refreshes: bool,
    /// Whether the far end is being asked if it is still there.
    pub(super) probe: Option<Probe>,
    /// Whether the far end takes UPDATE (RFC 3311).
    pub(super) takes_update: bool,
    /// The switch hung up before the ACK came: told already, BYE still owed.
    pub(super) is_over: bool,
    pub(super) reason: Option<&'static str>,
}

/// A 2xx sent again until its ACK (13.3.1.4), end to end, whatever the transport.
#[derive(Debug)]
pub(super) struct Unacked {
    cseq: u32,
    bytes: Vec<u8>,
    flow: Flow,
    tries: Tries,
    /// Whether the 2xx held an offer, so that the ACK holds the answer.
    pub(super) offered: bool,
    /// Whether it answered the call itself and not a re-INVITE.
    initial: bool,
}

impl Talking {
    pub(super) fn new(
        answered_at: Timestamp,
        dialog: Dialog,
        source: VoiceSource,
        local: sdp::Local,
        remote: Option<RemoteMedia>,
        is_dialled: bool,
    ) -> Talking {
        Talking {
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

    /// The dialog has left the flow `before`: a 2xx without its ACK that went over it goes the
    /// new way when it is sent again.
    fn send_2xx_after(&mut self, before: Flow) {
        if let Some(unacked) = self.unacked.as_mut().filter(|unacked| unacked.flow == before) {
            unacked.flow = self.dialog.flow();
        }
    }

    pub(crate) fn dialog(&self) -> &Dialog {
        &self.dialog
    }

    /// Our 2xx to this INVITE is out; it goes out again until the ACK comes.
    pub(super) fn await_ack(
        &mut self,
        now: Timestamp,
        accepted: &Message,
        flow: Flow,
        offered: bool,
        initial: bool,
    ) {
        let Some((cseq, _)) = accepted.cseq() else { return };
        self.unacked = Some(Unacked {
            cseq,
            bytes: wire::write(accepted),
            flow,
            tries: Tries::new(now, timer::T1, timer::T2, timer::UNACKNOWLEDGED),
            offered,
            initial,
        });
    }

    /// Whether the call itself was answered and not acknowledged yet.
    pub(super) fn is_unconfirmed(&self) -> bool {
        self.unacked.as_ref().is_some_and(|unacked| unacked.initial)
    }

    /// What the far end says it takes.
    pub(super) fn learn_allow(&mut self, message: &Message) {
        if message.headers.get(&Name::Allow).is_some() {
            self.takes_update = message.lists(&Name::Allow, "UPDATE");
        }
    }

    /// The session interval our request was answered with (RFC 4028 7.2).
    pub(super) fn start_session(&mut self, now: Timestamp, response: &Message) {
        let agreed = response.headers.get(&Name::SessionExpires).and_then(SessionExpires::parse);
        self.refreshes = false;
        self.session = agreed.map(|agreed| {
            let ours = agreed.refresher_is_uac.unwrap_or(true);
            SessionTimer::start(now, agreed.interval, ours)
        });
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        let unacked = self.unacked.as_ref().map(|unacked| unacked.tries.deadline());
        let probe = self.probe.and_then(|probe| probe.again_at);
        let others = [self.retry_at, self.session.map(|session| session.at), probe];
        let others = others.into_iter().flatten().filter(|_| !self.is_over).min();
        unacked.into_iter().chain(others).min()
    }
}

impl Endpoint {
    /// An ACK inside a dialog: the 2xx arrived.
    pub(crate) fn acknowledged(&mut self, now: Timestamp, id: LegId, ack: &Message) {
        let Some(mut talking) = self.take_talking(id) else { return };
        let cseq = ack.cseq().map(|(number, _)| number);
        let Some(unacked) = talking.unacked.take_if(|unacked| cseq == Some(unacked.cseq)) else {
            // The ACK again, or of a 2xx given up.
            self.out.counts.absorbed += 1;
            self.legs.insert(id, Leg::Talking(talking));
            return;
        };
        if talking.is_over {
            let reason = talking.reason;
            self.bye(now, &mut talking.dialog, reason);
            self.forget(id, Some(&talking.dialog.key()));
            return;
        }
        let mut news = None;
        if unacked.offered {
            let Some(mut remote) = sdp::accept(&talking.local, &ack.body) else {
                // Our offer was not answered with a voice we can hear: there is no call.
                self.bye(now, &mut talking.dialog, Some("No usable answer to our offer"));
                self.end(id, Some(&talking.dialog.key()), LegEnd::HungUp);
                return;
            };
            talking.source.complete(&mut remote, talking.dialog.peer().source.ip());
            news = differs(talking.remote.as_ref(), &remote).then(|| remote.clone());
            talking.remote = Some(remote);
        }
        self.legs.insert(id, Leg::Talking(talking));
        match (unacked.initial, news) {
            (true, remote) => self.out.event(Event::Confirmed { leg: id, remote }),
            (false, Some(remote)) => self.out.event(Event::RemoteChanged { leg: id, remote }),
            (false, None) => {}
        }
        self.try_change(now, id);
        self.arm(id);
    }

    /// A request inside a dialog of ours, other than ACK and CANCEL.
    pub(crate) fn in_dialog(
        &mut self,
        now: Timestamp,
        id: LegId,
        tx: TxId,
        request: &Message,
        peer: Peer,
    ) {
        let (dialog, is_over) = match self.legs.get_mut(&id) {
            Some(Leg::Arriving(arriving)) => (&mut arriving.dialog, false),
            Some(Leg::Talking(talking)) => (&mut talking.dialog, talking.is_over),
            Some(Leg::Dialling(_)) | None => return self.answer(now, tx, request, 481),
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
            Method::Options => self.capabilities(now, tx, request),
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Prack
            | Method::Refer
            | Method::Notify
            | Method::Subscribe
            | Method::Message
            | Method::Publish => self.answer(now, tx, request, 405),
            Method::Other(_) => self.answer(now, tx, request, 501),
        }
        self.arm(id);
    }

    fn bye_came(&mut self, now: Timestamp, id: LegId, tx: TxId, request: &Message) {
        self.answer(now, tx, request, 200);
        match self.legs.remove(&id) {
            // 15.1.2 by a caller before the answer: as good as CANCEL.
            Some(leg @ Leg::Arriving(_)) => {
                self.legs.insert(id, leg);
                self.cancelled(now, id);
            }
            Some(Leg::Talking(talking)) if talking.is_over => {
                self.forget(id, Some(&talking.dialog.key()));
            }
            Some(Leg::Talking(talking)) => {
                self.end(id, Some(&talking.dialog.key()), LegEnd::ByeReceived);
            }
            // `in_dialog` answered 481 already.
            Some(Leg::Dialling(_)) | None => {}
        }
    }

    /// Keys by INFO: `application/dtmf-relay` says `Signal=5`, `application/dtmf` says `5`.
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

    pub(super) fn talk_timeout(&mut self, now: Timestamp, id: LegId) {
        let Some(mut talking) = self.take_talking(id) else { return };
        if let Some(unacked) = &mut talking.unacked {
            match unacked.tries.due(now) {
                Act::Fail => {
                    let reason = talking.reason;
                    self.bye(now, &mut talking.dialog, reason);
                    match talking.is_over {
                        true => self.forget(id, Some(&talking.dialog.key())),
                        false => self.end(id, Some(&talking.dialog.key()), LegEnd::NoAck),
                    }
                    return;
                }
                Act::Send => {
                    self.out.counts.retransmitted += 1;
                    self.out.send(unacked.flow, unacked.bytes.clone());
                }
                Act::Rest | Act::Pass | Act::Ack | Act::PassAndAck => {}
            }
        }
        let session_due = talking.session.filter(|session| session.at <= now && !talking.is_over);
        if let Some(session) = session_due {
            if !session.ours {
                self.bye(now, &mut talking.dialog, Some("Session timer expired"));
                self.end(id, Some(&talking.dialog.key()), LegEnd::Expired);
                return;
            }
            talking.session = Some(session.asked(now));
        }
        let retry = talking.retry_at.take_if(|at| *at <= now).is_some();
        let probe_due = talking.probe.and_then(|probe| probe.again_at).is_some_and(|at| at <= now);
        self.legs.insert(id, Leg::Talking(talking));
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

    /// Keeps the session alive: UPDATE where the far end takes it, else re-INVITE (RFC 4028 10).
    fn refresh(&mut self, now: Timestamp, id: LegId) {
        let Some(Leg::Talking(talking)) = self.legs.get_mut(&id) else { return };
        let Some(session) = talking.session else { return };
        talking.refreshes = true;
        if !talking.takes_update {
            return self.reinvite(now, id);
        }
        let (mut update, flow) = talking.dialog.request(Method::Update, &mut self.ident);
        let expires = SessionExpires { interval: session.interval, refresher_is_uac: Some(true) };
        update.headers.push(Name::SessionExpires, expires.write());
        let contact = talking.dialog.contact();
        self.dress(&mut update, contact);
        self.transactions.request(now, update, flow, User::Refresh(id), &mut self.out);
    }

    /// Our UPDATE was answered, or nobody did.
    pub(crate) fn refreshed(
        &mut self,
        now: Timestamp,
        id: LegId,
        code: u16,
        response: Option<&Message>,
    ) {
        let Some(mut talking) = self.take_talking(id) else { return };
        match code {
            408 | 481 if !talking.is_over => {
                self.bye(now, &mut talking.dialog, None);
                self.end(id, Some(&talking.dialog.key()), LegEnd::Lost);
                return;
            }
            200..=299 => {
                if let Some(response) = response {
                    // RFC 3311 5.1: UPDATE is a target refresh request.
                    talking.dialog.refresh_target(response);
                    talking.start_session(now, response);
                }
            }
            405 | 501 => {
                talking.takes_update = false;
                self.legs.insert(id, Leg::Talking(talking));
                self.refresh(now, id);
                return self.arm(id);
            }
            _ => self.refresh_refused(now, &mut talking, code, response),
        }
        self.legs.insert(id, Leg::Talking(talking));
        self.arm(id);
    }

    /// Our refresh was refused, or its stream broke: when to try again. RFC 4028 10 leaves the
    /// session as it was, and at its end the far end would give the call up.
    pub(super) fn refresh_refused(
        &mut self,
        now: Timestamp,
        talking: &mut Talking,
        code: u16,
        response: Option<&Message>,
    ) {
        let Some(session) = talking.session.filter(|_| talking.refreshes) else { return };
        let seconds = |name| Some(Duration::from_secs(response?.seconds(name)?.into()));
        let longer = seconds(&Name::MinSe).filter(|_| code == 422);
        let longer = longer.and_then(|least| session.lengthen(now, least));
        talking.session = Some(longer.unwrap_or_else(|| {
            let wait = match code {
                491 => Some(self.glare_wait(talking.is_dialled)),
                _ => seconds(&Name::RetryAfter),
            };
            session.retry(now, wait)
        }));
    }

    /// RFC 4028 9: answers a request that may refresh the session, and starts its timer.
    pub(super) fn answer_session(
        &self,
        now: Timestamp,
        talking: &mut Talking,
        request: &Message,
        response: &mut Message,
    ) {
        let asked = request.headers.get(&Name::SessionExpires).and_then(SessionExpires::parse);
        let least = request.seconds(&Name::MinSe).map(|s| Duration::from_secs(s.into()));
        let interval = match (asked, talking.session) {
            // Never longer than ours, for a far end may ask for years; nor shorter than they take.
            (Some(asked), _) if !self.config.session_expires.is_zero() => {
                let longest = self.config.session_expires.max(least.unwrap_or_default());
                asked.interval.min(longest).max(self.config.session_expires_min)
            }
            (Some(asked), _) => asked.interval.max(self.config.session_expires_min),
            (None, Some(session)) => session.interval,
            (None, None) => self.config.session_expires,
        };
        if interval.is_zero() {
            return;
        }
        let they_can = request.lists(&Name::Supported, "timer");
        let theirs = they_can && asked.and_then(|a| a.refresher_is_uac).unwrap_or(true);
        if theirs {
            response.headers.push(Name::Require, "timer".to_owned());
        }
        let agreed = SessionExpires { interval, refresher_is_uac: Some(theirs) };
        response.headers.push(Name::SessionExpires, agreed.write());
        talking.refreshes = false;
        talking.session = Some(SessionTimer::start(now, interval, !theirs));
    }

    /// Takes an answered leg out of the table; every way out puts it back or ends it.
    pub(super) fn take_talking(&mut self, id: LegId) -> Option<Box<Talking>> {
        match self.legs.remove(&id)? {
            Leg::Talking(talking) => Some(talking),
            leg @ (Leg::Arriving(_) | Leg::Dialling(_)) => {
                self.legs.insert(id, leg);
                None
            }
        }
    }
}

/// A key by its sign, or by its event number (RFC 4733 3.2), as some gateways write it.
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
    fn keys_come_as_signs_or_event_numbers() {
        assert_eq!(["5", "*", "#", "d", "11"].map(key_of), ["5", "*", "#", "D", "#"].map(key_of));
        assert_eq!(key_of("11"), Some('#'));
        assert_eq!([key_of(""), key_of("x"), key_of("16"), key_of("!")], [None; 4]);
    }
}
