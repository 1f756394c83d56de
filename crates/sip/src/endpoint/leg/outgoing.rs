//! An outgoing leg until it is answered: one INVITE per contact, the first 200 wins (RFC 3261 13.2,
//! 16.7).

use std::net::SocketAddr;

use primitives::{LegId, Timestamp};

use super::{
    ELSEWHERE, Leg,
    established::EstablishedLeg,
    invite::{Invite, InvitePurpose},
    voice_source::VoiceSource,
};
use crate::{
    Credentials, Dial, Endpoint, Event, Flow, Target,
    dialog::{self, Dialog},
    message::{Message, Method, Name, NameAddr},
    peer::{FarEnd, Peer},
    sdp,
    transaction::{InviteId, MAX_FORWARDS},
    uri::Uri,
};

/// A dialled leg that is not answered yet.
#[derive(Debug)]
pub(crate) struct OutgoingLeg {
    /// The INVITEs that may still be answered.
    pub(crate) forks: Vec<InviteId>,
    /// Whether `Ringing` was reported.
    rung: bool,
    /// The best refusal so far.
    best: Option<u16>,
    /// The destination.
    to: Target,
}

/// One contact to call.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    /// The Request-URI.
    pub(crate) uri: Uri,
    /// The flow to it and the source of its messages.
    pub(crate) peer: Peer,
    /// The proxies on the way, nearest first (RFC 3327 5.3).
    pub(crate) routes: Vec<NameAddr>,
    /// The far end there.
    pub(crate) far_end: FarEnd,
}

impl Endpoint {
    /// Places a call.
    pub(crate) fn dial(&mut self, now: Timestamp, dial: Dial) {
        if self.legs.contains_key(&dial.leg) {
            // The leg exists; a second call with its id would end it twice.
            return;
        }
        let leg = dial.leg;
        if self.legs.len() >= self.config.legs_max || self.transactions.is_full() {
            self.out.counts.full += 1;
            self.out.event(Event::Failed { leg, code: 503 });
            return;
        }
        let (destinations, to) = match self.destinations(&dial.to) {
            Ok(destinations) => destinations,
            Err(code) => {
                self.out.event(Event::Failed { leg, code });
                return;
            }
        };
        self.out.counts.legs_out += 1;
        let mut forks = Vec::with_capacity(destinations.len());
        for place in destinations {
            let addr = SocketAddr::new(place.peer.flow.local.ip(), dial.rtp_port);
            let local = self.voice_at(addr);
            let request = self.invitation(&dial, &place, &to, &local);
            let credentials: Option<Credentials> = dial.credentials.clone();
            let purpose = InvitePurpose::Initial(local, place.far_end);
            forks.push(self.invite(now, leg, request, place.peer, purpose, credentials));
        }
        let outgoing = OutgoingLeg { forks, rung: false, best: None, to: dial.to };
        self.legs.insert(leg, Leg::Outgoing(Box::new(outgoing)));
        self.tell_expected(leg);
    }

    /// Reports where the media of an unanswered leg may come from.
    pub(crate) fn tell_expected(&mut self, leg: LegId) {
        let Some(Leg::Outgoing(outgoing)) = self.legs.get(&leg) else { return };
        let mut invites = outgoing.forks.iter().filter_map(|fork| self.invites.get(fork));
        let Some(mut signalled) = invites.next().and_then(|invite| {
            let source = VoiceSource::to(&self.config, &outgoing.to, invite.far_end()?);
            Some(source.expected(invite.peer().source.ip()))
        }) else {
            return;
        };
        signalled.hosts.extend(invites.map(|invite| invite.peer().source.ip().to_canonical()));
        let early = self.early_addresses(&outgoing.forks);
        signalled.hosts.extend(early.iter().map(|addr| addr.ip().to_canonical()));
        signalled.hosts.sort_unstable();
        signalled.hosts.dedup();
        self.out.event(Event::VoiceExpected { leg, signalled });
    }

    /// Returns the media addresses of the early dialogs of these INVITEs.
    fn early_addresses(&self, forks: &[InviteId]) -> Vec<SocketAddr> {
        let invites = forks.iter().filter_map(|fork| self.invites.get(fork));
        let mut addresses: Vec<SocketAddr> = invites.flat_map(Invite::early_addresses).collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses
    }

    /// Handles a ringing fork.
    pub(crate) fn fork_rings(&mut self, leg: LegId) {
        if let Some(Leg::Outgoing(outgoing)) = self.legs.get_mut(&leg)
            && !std::mem::replace(&mut outgoing.rung, true)
        {
            self.out.event(Event::Ringing { leg });
        }
    }

    /// Handles the first answer: its dialog becomes the leg's, the other forks are cancelled.
    pub(crate) fn fork_answered(
        &mut self,
        now: Timestamp,
        leg: LegId,
        fork: InviteId,
        mut dialog: Dialog,
        local: sdp::LocalMedia,
        response: &Message,
    ) {
        let Some(mut remote) = sdp::read_answer(&local, &response.body) else {
            // The answer has no media we support: handled as a refusal.
            self.bye(now, &mut dialog, None);
            self.fork_failed(now, leg, fork, 488);
            return;
        };
        let Some(Leg::Outgoing(outgoing)) = self.legs.remove(&leg) else { return };
        let mut source = VoiceSource::to(&self.config, &outgoing.to, dialog.far_end());
        source.observe(response, dialog.peer(), dialog.far_end());
        source.supersede(self.early_addresses(&outgoing.forks));
        source.complete(&mut remote, dialog.peer().source.ip());
        self.cancel_all(now, &outgoing.forks, Some(ELSEWHERE));
        self.dialogs.insert(dialog.key(), leg);
        dialog.set_device(self.device_of(&dialog));
        let mut established =
            EstablishedLeg::new(now, dialog, source, local, Some(remote.clone()), true);
        established.start_session(now, response);
        established.learn_allow(response);
        self.legs.insert(leg, Leg::Established(Box::new(established)));
        self.out.event(Event::Answered { leg, remote });
        self.update_timer(leg);
    }

    /// Handles a refused fork. The leg fails when it was the last one, or with a 6xx.
    pub(crate) fn fork_failed(&mut self, now: Timestamp, leg: LegId, fork: InviteId, code: u16) {
        let Some(Leg::Outgoing(outgoing)) = self.legs.get_mut(&leg) else { return };
        outgoing.forks.retain(|other| *other != fork);
        let best = outgoing.best.map_or(code, |best| better(best, code));
        outgoing.best = Some(best);
        // RFC 3261 16.7 item 5: a 6xx ends the search.
        if outgoing.forks.is_empty() || code >= 600 {
            let forks = std::mem::take(&mut outgoing.forks);
            self.cancel_all(now, &forks, None);
            self.fail(leg, best);
        }
    }

    /// Returns the contacts to call and the value of To, or the status code that fails the call.
    fn destinations(&self, target: &Target) -> Result<(Vec<Destination>, String), u16> {
        match target {
            Target::Seat(seat) => {
                let destinations = self.contacts_of(*seat);
                match destinations.is_empty() {
                    true => Err(480),
                    false => Ok((destinations, format!("<sip:{seat}@{}>", self.config.realm))),
                }
            }
            Target::Uri(text) => {
                let uri = Uri::parse(text).ok_or(404_u16)?;
                let to = NameAddr::new(uri.clone()).to_string();
                let flow = self.flow_to(&uri).ok_or(404_u16)?;
                let peer = Peer::direct(flow);
                let far_end = self.trunk_at(peer).map_or(FarEnd::Host, FarEnd::Trunk);
                Ok((vec![Destination { uri, peer, routes: Vec::new(), far_end }], to))
            }
        }
    }

    fn invitation(
        &mut self,
        dial: &Dial,
        place: &Destination,
        to: &str,
        local: &sdp::LocalMedia,
    ) -> Message {
        let mut invite = Message::request(Method::Invite, place.uri.clone());
        let headers = &mut invite.headers;
        headers.push(Name::Via, dialog::via(place.peer.flow, &self.ids.branch()));
        headers.push(Name::MaxForwards, MAX_FORWARDS);
        for route in &place.routes {
            headers.push(Name::Route, route);
        }
        headers.push(Name::From, from(dial, place.peer.flow, self.ids.tag()));
        headers.push(Name::To, to);
        headers.push(Name::CallId, self.ids.call_id());
        headers.push(Name::CSeq, format_args!("{} INVITE", self.ids.cseq()));
        if dial.caller.is_withheld() {
            headers.push(Name::Privacy, "id");
        }
        if !self.config.session_expires.is_zero() {
            let interval = self.config.session_expires.as_secs();
            headers.push(Name::SessionExpires, interval);
            headers.push(Name::MinSe, self.config.session_expires_min.as_secs());
        }
        for (name, value) in &dial.headers {
            headers.push(Name::parse(name), value);
        }
        let user = (!dial.caller.is_withheld()).then(|| dial.caller.reveal());
        self.add_dialog_headers(&mut invite, dialog::contact(user, place.peer.flow));
        invite.set_body("application/sdp", sdp::offer(local));
        invite
    }
}

/// Builds From. A withheld number becomes the anonymous URI of RFC 3323 4.1.1.3.
fn from(dial: &Dial, flow: Flow, tag: String) -> String {
    let uri = match dial.caller.is_withheld() {
        true => Uri::parse("sip:anonymous@anonymous.invalid"),
        false => None,
    };
    let uri = uri.unwrap_or_else(|| {
        let mut uri = Uri::sip(Some(dial.caller.reveal()), flow.local);
        uri.port = None;
        uri
    });
    let mut from = NameAddr::new(uri);
    from.display = dial.display.clone();
    from.params.set("tag", Some(&tag));
    from.to_string()
}

/// Returns the better of two refusals (RFC 3261 16.7 item 6): a 6xx first, then the lowest class;
/// within 4xx a code that says more than "not reached".
fn better(one: u16, other: u16) -> u16 {
    let rank = |code: u16| match code {
        600.. => (0, 0),
        // A 503 is about one contact, not about the callee.
        503 => (6, 0),
        401 | 407 | 415 | 420 | 484 => (code / 100, 0),
        408 | 480 | 487 => (code / 100, 2),
        code => (code / 100, 1),
    };
    if rank(other) < rank(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::better;

    #[test]
    fn best_refusal_is_chosen_as_by_a_proxy() {
        let best = |codes: &[u16]| codes.iter().copied().reduce(better);
        assert_eq!(best(&[486, 603]), Some(603));
        assert_eq!(best(&[503, 500, 486, 404]), Some(486));
        assert_eq!(best(&[408, 486]), Some(486));
        assert_eq!(best(&[503, 500]), Some(500));
        assert_eq!(best(&[486, 302]), Some(302));
    }
}
