//! A dialog: what both ends of a leg remember of each other (RFC 3261 12).

use std::net::SocketAddr;

use primitives::Timestamp;

use crate::{
    Flow, SavedDialog, Transport,
    device::Device,
    id_generator::IdGenerator,
    message::{Message, Method, Name, NameAddr, Via},
    next_hop::{return_peer, usable_addr},
    peer::{FarEnd, Peer},
    text::Params,
    transaction::MAX_FORWARDS,
    uri::Uri,
};

/// One dialog, from either side.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    call_id: String,
    /// Us, with our tag.
    local: NameAddr,
    /// Them, with their tag.
    remote: NameAddr,
    /// Their Contact.
    target: Uri,
    /// Through whom, nearest first.
    routes: Vec<NameAddr>,
    local_seq: u32,
    remote_seq: Option<u32>,
    /// The way its first message took, or the last one that moved it.
    flow: Flow,
    /// Where the far end is: the flow's far end, or behind a proxy of ours what that saw.
    source: SocketAddr,
    far_end: FarEnd,
    /// Which phone of the seat it is with, so that requests follow this one when it registers
    /// over another flow.
    device: Option<Device>,
    /// Whether anything changed since [`Dialog::take_changed`].
    changed: bool,
}

impl Dialog {
    /// The dialog an INVITE of theirs begins (12.1.1). `None`: it lacks what a dialog needs.
    ///
    /// RFC 2543 asked for no Contact. A caller without one is talked to where the INVITE came
    /// from.
    pub(crate) fn uas(invite: &Message, tag: &str, peer: Peer, far_end: FarEnd) -> Option<Dialog> {
        let remote = invite.from()?;
        let contact = invite.contacts().into_iter().next().map(|contact| contact.uri);
        let target = contact.unwrap_or_else(|| Uri::sip(remote.uri.user.as_deref(), peer.source));
        let peer = if far_end.is_phone() { return_peer(peer, invite, &target) } else { peer };
        let mut local = invite.to()?;
        local.params.set("tag", Some(tag.to_owned()));
        local.display.clear();
        Some(Dialog {
            call_id: invite.call_id()?.to_owned(),
            local,
            remote,
            target,
            routes: invite.record_routes(),
            local_seq: 0,
            remote_seq: Some(invite.cseq()?.0),
            flow: peer.flow,
            source: peer.source,
            far_end,
            device: None,
            changed: true,
        })
    }

    /// The dialog an answer to our INVITE begins (12.1.2).
    pub(crate) fn uac(
        invite: &Message,
        answer: &Message,
        peer: Peer,
        far_end: FarEnd,
    ) -> Option<Dialog> {
        let mut routes = answer.record_routes();
        routes.reverse();
        // 12.1.2 wants a Contact; who forgets it can only mean where we called.
        let contact = answer.contacts().into_iter().next().map(|contact| contact.uri);
        Some(Dialog {
            call_id: invite.call_id()?.to_owned(),
            local: invite.from()?,
            remote: answer.to()?,
            target: contact.or_else(|| invite.uri().cloned())?,
            routes,
            local_seq: invite.cseq()?.0,
            remote_seq: None,
            flow: peer.flow,
            source: peer.source,
            far_end,
            device: None,
            changed: true,
        })
    }

    /// The dialog an answer begins whose INVITE is forgotten.
    pub(crate) fn stray(answer: &Message, peer: Peer, far_end: FarEnd) -> Option<Dialog> {
        let mut routes = answer.record_routes();
        routes.reverse();
        Some(Dialog {
            call_id: answer.call_id()?.to_owned(),
            local: answer.from()?,
            remote: answer.to()?,
            target: answer.contacts().into_iter().next()?.uri,
            routes,
            local_seq: answer.cseq()?.0,
            remote_seq: None,
            flow: peer.flow,
            source: peer.source,
            far_end,
            device: None,
            changed: false,
        })
    }

    /// What a BYE needs after a restart.
    pub(crate) fn saved(&self, expires_at: Timestamp) -> SavedDialog {
        SavedDialog {
            call_id: self.call_id.clone(),
            local: self.local.to_string(),
            remote: self.remote.to_string(),
            target: self.target.to_string(),
            routes: self.routes.iter().map(NameAddr::to_string).collect(),
            cseq: self.local_seq,
            peer: self.peer(),
            far_end: self.far_end.clone(),
            expires_at,
        }
    }

    /// A dialog of the run before, good for requests of ours. What was sent after it was saved is
    /// not known, so its CSeq goes on well above. `None`: it cannot be read.
    pub(crate) fn restored(saved: SavedDialog) -> Option<Dialog> {
        let routes = saved.routes.iter().map(|route| NameAddr::parse(route));
        Some(Dialog {
            call_id: saved.call_id,
            local: NameAddr::parse(&saved.local)?,
            remote: NameAddr::parse(&saved.remote)?,
            target: Uri::parse(&saved.target)?,
            routes: routes.collect::<Option<Vec<_>>>()?,
            // 8.1.1.5: below 2^31. `request` adds one.
            local_seq: saved.cseq.saturating_add(CSEQ_LEAP - 1).min(CSEQ_MAX - 1),
            remote_seq: None,
            flow: saved.peer.flow,
            source: saved.peer.source,
            far_end: saved.far_end,
            device: None,
            changed: false,
        })
    }

    /// Whether what a BYE needs has changed since this was last asked.
    pub(crate) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// What requests inside the dialog are found by.
    pub(crate) fn key(&self) -> String {
        key(&self.call_id, self.local.tag(), self.remote.tag())
    }

    /// A request inside the dialog, with the next CSeq, and which way it goes (12.2.1.1).
    pub(crate) fn request(&mut self, method: Method, ids: &mut IdGenerator) -> (Message, Flow) {
        self.changed = true;
        if self.local_seq == 0 {
            self.local_seq = ids.cseq();
        } else {
            self.local_seq += 1;
        }
        self.build(method, self.local_seq, ids)
    }

    /// The ACK of a 2xx to the INVITE with this CSeq (13.2.2.4).
    pub(crate) fn ack(&self, cseq: u32, ids: &mut IdGenerator) -> (Message, Flow) {
        self.build(Method::Ack, cseq, ids)
    }

    /// Whether a request of theirs comes in order (12.2.2); remembers its CSeq.
    pub(crate) fn accepts(&mut self, cseq: u32) -> bool {
        match self.remote_seq {
            Some(last) if cseq <= last => false,
            _ => {
                self.remote_seq = Some(cseq);
                true
            }
        }
    }

    /// A re-INVITE or UPDATE and its answer may move the far end (12.2).
    ///
    /// It counts as a change in any case, for it refreshes the session too.
    pub(crate) fn refresh_target(&mut self, message: &Message) {
        self.changed = true;
        if let Some(contact) = message.contacts().into_iter().next() {
            self.target = contact.uri;
        }
    }

    /// A request of theirs came from `peer`. A phone that moved to another port of its NAT, or
    /// anybody who moved to another stream, is followed there.
    pub(crate) fn follow(&mut self, peer: Peer, request: &Message) {
        if self.far_end.is_phone() {
            self.set_peer(return_peer(peer, request, &self.target));
        } else if peer.flow.transport == Transport::Tcp {
            self.set_peer(peer);
        }
    }

    /// Which phone of its seat this dialog is with.
    pub(crate) fn set_device(&mut self, device: Option<Device>) {
        self.device = device;
    }

    /// A phone of the far end's seat registered, and is reached by `way` from now on. When it
    /// is the phone of this dialog, requests go there.
    pub(crate) fn follow_device(&mut self, device: &Device, way: Peer) {
        let is_seat = matches!(self.far_end, FarEnd::Phone(seat) if seat == device.seat);
        if is_seat && self.device.as_ref().is_some_and(|own| own.is_same(device)) {
            self.set_peer(way);
        }
    }

    /// The stream this dialog goes over has closed. What is sent next opens one to the Contact,
    /// or to the first route (RFC 3261 18.1.1). A phone's Contact counts only on the host the
    /// phone was at: a phone may not send us to any address. `local` is our address towards
    /// another one; without one that fits all stays as it was.
    pub(crate) fn stream_closed(
        &mut self,
        local: impl Fn(Transport, SocketAddr) -> Option<SocketAddr>,
    ) {
        let next = self.next_hop_uri();
        let Some((remote, transport)) = usable_addr(next, self.flow).zip(next.transport()) else {
            return;
        };
        if self.far_end.is_phone() && remote.ip() != self.flow.remote.ip() {
            return;
        }
        if let Some(local) = local(transport, remote) {
            self.set_flow(Flow { transport, local, remote });
        }
    }

    /// The far end is there from now on, and requests go there.
    fn set_peer(&mut self, peer: Peer) {
        self.changed |= self.peer() != peer;
        (self.flow, self.source) = (peer.flow, peer.source);
    }

    /// Requests go this way from now on. Without a proxy between, the far end is at its other end.
    pub(crate) fn set_flow(&mut self, flow: Flow) {
        let source = match self.peer().is_behind_proxy() {
            true => self.source,
            false => flow.remote,
        };
        self.set_peer(Peer { flow, source });
    }

    /// Our Contact.
    pub(crate) fn contact(&self) -> String {
        contact(self.local.uri.user.as_deref(), self.flow)
    }

    /// Our own address on this leg, where our voice is offered.
    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.flow.local
    }

    pub(crate) fn flow(&self) -> Flow {
        self.flow
    }

    /// Their Contact.
    pub(crate) fn target(&self) -> &Uri {
        &self.target
    }

    pub(crate) fn far_end(&self) -> &FarEnd {
        &self.far_end
    }

    /// Where the far end is: the flow requests take, and behind a proxy of ours what the proxy saw.
    pub(crate) fn peer(&self) -> Peer {
        Peer { flow: self.flow, source: self.source }
    }

    /// Whether a message came from where the dialog is: a phone from the very port, for others
    /// may share its NAT; else from the host it is with, or the one our requests go to. A proxy of
    /// ours between may take another of its streams.
    pub(crate) fn is_with(&self, peer: Peer) -> bool {
        let is_same_proxy = peer.is_behind_proxy()
            && self.peer().is_behind_proxy()
            && peer.flow.remote.ip() == self.flow.remote.ip();
        if peer.source == self.source && (peer.flow == self.flow || is_same_proxy) {
            return true;
        }
        let hosts = [self.source, self.next_hop().remote].map(|addr| addr.ip());
        !self.far_end.is_phone() && hosts.contains(&peer.source.ip())
    }

    fn build(&self, method: Method, cseq: u32, ids: &mut IdGenerator) -> (Message, Flow) {
        // 12.2.1.1: a strict router (no lr) takes the Request-URI, the target goes last.
        let strict = self.routes.first().filter(|route| !route.uri.lr());
        let uri = strict.map_or(&self.target, |route| &route.uri).clone();
        let mut routes: Vec<String> = self
            .routes
            .iter()
            .skip(usize::from(strict.is_some()))
            .map(NameAddr::to_string)
            .collect();
        if strict.is_some() {
            routes.push(NameAddr::new(self.target.clone()).to_string());
        }
        let flow = self.next_hop();
        let mut request = Message::request(method.clone(), uri);
        request.headers.push(Name::Via, via(flow, ids.branch()));
        request.headers.push(Name::MaxForwards, MAX_FORWARDS.to_owned());
        for route in routes {
            request.headers.push(Name::Route, route);
        }
        request.headers.push(Name::From, self.local.to_string());
        request.headers.push(Name::To, self.remote.to_string());
        request.headers.push(Name::CallId, self.call_id.clone());
        request.headers.push(Name::CSeq, format!("{cseq} {method}"));
        (request, flow)
    }

    /// The first route, else the target.
    fn next_hop_uri(&self) -> &Uri {
        self.routes.first().map_or(&self.target, |route| &route.uri)
    }

    /// Where the next request goes: to the first route, else to the target. A phone's
    /// requests keep to the way it came, and so do those of a stream; so does everything
    /// whose next hop is a name, which we do not resolve, or an address that cannot be reached.
    fn next_hop(&self) -> Flow {
        if self.far_end.is_phone() || self.flow.transport == Transport::Tcp {
            return self.flow;
        }
        let next = self.next_hop_uri();
        match (usable_addr(next, self.flow), next.transport()) {
            (Some(remote), Some(Transport::Udp)) => Flow { remote, ..self.flow },
            _ => self.flow,
        }
    }
}

/// How far the CSeq of a restored dialog is ahead of the last one saved.
const CSEQ_LEAP: u32 = 1_000;
/// RFC 3261 8.1.1.5: a CSeq is less than 2^31.
const CSEQ_MAX: u32 = (1 << 31) - 1;

/// What the dialog of a request of theirs is found by.
pub(crate) fn key_of(request: &Message) -> Option<String> {
    Some(key(request.call_id()?, request.to()?.tag(), request.from()?.tag()))
}

fn key(call_id: &str, local_tag: Option<&str>, remote_tag: Option<&str>) -> String {
    format!("{call_id} {} {}", local_tag.unwrap_or_default(), remote_tag.unwrap_or_default())
}

/// A Via of ours, asking for rport (RFC 3581).
pub(crate) fn via(flow: Flow, branch: String) -> String {
    let transport = match flow.transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
    };
    let params = Params(vec![("branch".to_owned(), Some(branch)), ("rport".to_owned(), None)]);
    let host = flow.local.ip().to_string();
    Via { transport: transport.to_owned(), host, port: Some(flow.local.port()), params }.to_string()
}

/// A Contact of ours: the near end of the flow.
pub(crate) fn contact(user: Option<&str>, flow: Flow) -> String {
    let mut uri = Uri::sip(user, flow.local);
    if flow.transport == Transport::Tcp {
        uri.params.set("transport", Some("tcp".to_owned()));
    }
    NameAddr::new(uri).to_string()
}

#[cfg(test)]
mod tests {
    use primitives::SeatId;

    use super::*;

    fn flow() -> Flow {
        Flow {
            transport: Transport::Udp,
            local: "10.0.0.1:5060".parse().expect("an address"),
            remote: "10.0.0.9:5060".parse().expect("an address"),
        }
    }

    fn invite(record_routes: &[&str]) -> Message {
        let uri = Uri::parse("sip:12345@10.0.0.1").expect("a URI");
        let mut invite = Message::request(Method::Invite, uri);
        for route in record_routes {
            invite.headers.push(Name::RecordRoute, (*route).to_owned());
        }
        invite.headers.push(Name::From, "\"A\" <sip:a@b>;tag=theirs".to_owned());
        invite.headers.push(Name::To, "<sip:12345@10.0.0.1>".to_owned());
        invite.headers.push(Name::CallId, "c".to_owned());
        invite.headers.push(Name::CSeq, "7 INVITE".to_owned());
        invite.headers.push(Name::Contact, "<sip:a@10.0.0.7:5070>".to_owned());
        invite
    }

    fn dialog(record_routes: &[&str]) -> Dialog {
        Dialog::uas(&invite(record_routes), "ours", Peer::direct(flow()), FarEnd::Host)
            .expect("a dialog")
    }

    #[test]
    fn without_routes_a_request_goes_to_the_contact() {
        let mut dialog = dialog(&[]);
        let (bye, way) = dialog.request(Method::Bye, &mut IdGenerator::new([1; 32]));
        assert_eq!(bye.uri().map(Uri::to_string).as_deref(), Some("sip:a@10.0.0.7:5070"));
        assert_eq!(way.remote.to_string(), "10.0.0.7:5070");
        assert_eq!(bye.headers.get(&Name::To), Some("\"A\" <sip:a@b>;tag=theirs"));
        assert_eq!(bye.headers.get(&Name::From), Some("<sip:12345@10.0.0.1>;tag=ours"));
    }

    #[test]
    fn loose_routes_go_into_route_and_the_first_gets_the_request() {
        let mut dialog = dialog(&["<sip:10.0.0.2;lr>", "<sip:10.0.0.3;lr>"]);
        let (bye, way) = dialog.request(Method::Bye, &mut IdGenerator::new([1; 32]));
        let routes: Vec<&str> = bye.headers.all(&Name::Route).collect();
        assert_eq!(routes, ["<sip:10.0.0.2;lr>", "<sip:10.0.0.3;lr>"]);
        assert_eq!(bye.uri().map(Uri::to_string).as_deref(), Some("sip:a@10.0.0.7:5070"));
        assert_eq!(way.remote.to_string(), "10.0.0.2:5060");
    }

    #[test]
    fn a_strict_router_gets_itself_as_request_uri() {
        let mut dialog = dialog(&["<sip:10.0.0.2>", "<sip:10.0.0.3;lr>"]);
        let (bye, way) = dialog.request(Method::Bye, &mut IdGenerator::new([1; 32]));
        let routes: Vec<&str> = bye.headers.all(&Name::Route).collect();
        assert_eq!(routes, ["<sip:10.0.0.3;lr>", "<sip:a@10.0.0.7:5070>"]);
        assert_eq!(bye.uri().map(Uri::to_string).as_deref(), Some("sip:10.0.0.2"));
        assert_eq!(way.remote.to_string(), "10.0.0.2:5060");
    }

    #[test]
    fn a_clients_routes_are_reversed_and_its_cseq_counts_on() {
        let mut answer = invite(&[]).reply(200, Some("callee"));
        answer.headers.push(Name::RecordRoute, "<sip:10.0.0.3;lr>".to_owned());
        answer.headers.push(Name::RecordRoute, "<sip:10.0.0.2;lr>".to_owned());
        let mut dialog = Dialog::uac(&invite(&[]), &answer, Peer::direct(flow()), FarEnd::Host)
            .expect("a dialog");
        let mut ids = IdGenerator::new([1; 32]);
        let (ack, way) = dialog.ack(7, &mut ids);
        assert_eq!(ack.headers.get(&Name::Route), Some("<sip:10.0.0.2;lr>"));
        assert_eq!(way.remote.to_string(), "10.0.0.2:5060");
        assert_eq!(ack.cseq(), Some((7, Method::Ack)));
        assert_eq!(dialog.request(Method::Bye, &mut ids).0.cseq(), Some((8, Method::Bye)));
    }

    #[test]
    fn requests_must_come_in_order() {
        let mut dialog = dialog(&[]);
        assert!(!dialog.accepts(6) && !dialog.accepts(7));
        assert!(dialog.accepts(9) && !dialog.accepts(8) && dialog.accepts(10));
    }

    #[test]
    fn stream_that_is_replaced_moves_the_far_end_with_it() {
        let tcp = Flow { transport: Transport::Tcp, ..flow() };
        let mut invite = invite(&[]);
        let contact = "<sip:a@10.0.0.7:5070;transport=tcp>".to_owned();
        invite.headers.replace_first(&Name::Contact, contact);
        let mut dialog =
            Dialog::uas(&invite, "ours", Peer::direct(tcp), FarEnd::Host).expect("a dialog");
        dialog.stream_closed(|_, _| Some(tcp.local));
        let remote = "10.0.0.7:5070".parse().expect("an address");
        assert_eq!(dialog.peer(), Peer::direct(Flow { remote, ..tcp }));
    }

    #[test]
    fn far_end_that_moves_behind_its_proxy_is_a_change_to_save() {
        let behind_proxy = |source: &str| {
            let source = source.parse().expect("an address");
            Peer { flow: flow(), source }
        };
        let mut dialog = Dialog::uas(
            &invite(&[]),
            "ours",
            behind_proxy("203.0.113.5:40000"),
            FarEnd::Phone(SeatId(1001)),
        )
        .expect("a dialog");
        assert!(dialog.take_changed() && !dialog.take_changed());
        dialog.follow(behind_proxy("203.0.113.5:40000"), &invite(&[]));
        assert!(!dialog.take_changed());
        dialog.follow(behind_proxy("203.0.113.5:40002"), &invite(&[]));
        assert!(dialog.take_changed());
        assert_eq!(dialog.peer(), behind_proxy("203.0.113.5:40002"));
    }

    #[test]
    fn a_phone_behind_nat_is_reached_the_way_it_came() {
        let seat = FarEnd::Phone(SeatId(1001));
        let mut phone =
            Dialog::uas(&invite(&[]), "ours", Peer::direct(flow()), seat).expect("a dialog");
        let (_, way) = phone.request(Method::Bye, &mut IdGenerator::new([1; 32]));
        assert_eq!(way, flow());
    }
}
