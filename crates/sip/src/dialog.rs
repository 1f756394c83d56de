//! A dialog: the state that both ends of a leg share (RFC 3261 12).

use std::net::SocketAddr;

use primitives::Timestamp;

use crate::{
    Flow, SavedDialog, Transport,
    device::Device,
    id_generator::IdGenerator,
    message::{Message, Method, Name, NameAddr},
    next_hop::{return_peer, usable_addr},
    peer::{FarEnd, Peer},
    transaction::MAX_FORWARDS,
    uri::Uri,
};

/// One dialog, as UAS or UAC.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    call_id: String,
    /// Our address with our tag.
    local: NameAddr,
    /// Their address with their tag.
    remote: NameAddr,
    /// Their Contact.
    target: Uri,
    /// The route set, nearest first.
    routes: Vec<NameAddr>,
    local_seq: u32,
    remote_seq: Option<u32>,
    /// The flow of its first message, or of the last one that moved it.
    flow: Flow,
    /// The far end's address: the flow's remote address, or what a proxy of ours saw.
    source: SocketAddr,
    far_end: FarEnd,
    /// The phone of the seat that the dialog is with, so that requests follow it when it registers
    /// over another flow.
    device: Option<Device>,
    /// Whether the dialog changed since [`Dialog::take_changed`].
    changed: bool,
}

impl Dialog {
    /// Creates the dialog of a received INVITE (RFC 3261 12.1.1); `None` when a required header is
    /// missing.
    ///
    /// RFC 2543 did not require a Contact. Requests to a caller without one go to where the INVITE
    /// came from.
    pub(crate) fn uas(invite: &Message, tag: &str, peer: Peer, far_end: FarEnd) -> Option<Dialog> {
        let remote = invite.from()?;
        let contact = invite.contacts().into_iter().next().map(|contact| contact.uri);
        let target = contact.unwrap_or_else(|| Uri::sip(remote.uri.user.as_deref(), peer.source));
        let peer = if far_end.is_phone() { return_peer(peer, invite, &target) } else { peer };
        let mut local = invite.to()?;
        local.params.set("tag", Some(tag));
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

    /// Creates the dialog of a response to our INVITE (RFC 3261 12.1.2).
    pub(crate) fn uac(
        invite: &Message,
        answer: &Message,
        peer: Peer,
        far_end: FarEnd,
    ) -> Option<Dialog> {
        let mut routes = answer.record_routes();
        routes.reverse();
        // RFC 3261 12.1.2 requires a Contact; without one the target is the Request-URI.
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

    /// Creates the dialog of a response whose INVITE is forgotten.
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

    /// Returns the state that a BYE after a restart needs.
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

    /// Restores a dialog of the previous run for our requests. Requests sent after it was saved are
    /// unknown, so its CSeq continues well above. `None` when it cannot be parsed.
    pub(crate) fn restored(saved: SavedDialog) -> Option<Dialog> {
        let routes = saved.routes.iter().map(|route| NameAddr::parse(route));
        Some(Dialog {
            call_id: saved.call_id,
            local: NameAddr::parse(&saved.local)?,
            remote: NameAddr::parse(&saved.remote)?,
            target: Uri::parse(&saved.target)?,
            routes: routes.collect::<Option<Vec<_>>>()?,
            // RFC 3261 8.1.1.5: below 2^31. `request` adds one.
            local_seq: saved.cseq.saturating_add(CSEQ_LEAP - 1).min(CSEQ_MAX - 1),
            remote_seq: None,
            flow: saved.peer.flow,
            source: saved.peer.source,
            far_end: saved.far_end,
            device: None,
            changed: false,
        })
    }

    /// Returns whether the saved state changed since the last call.
    pub(crate) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// The key by which requests inside the dialog are found.
    pub(crate) fn key(&self) -> String {
        key(&self.call_id, self.local.tag(), self.remote.tag())
    }

    /// Returns whether a host is ours, as this phone knows it: our address, or the host in From or To
    /// of its call.
    pub(crate) fn is_own_host(&self, host: &str) -> bool {
        let named = [&self.local.uri.host, &self.remote.uri.host];
        let ip = host.parse::<std::net::IpAddr>().map(|ip| ip.to_canonical());
        ip == Ok(self.flow.local.ip()) || named.iter().any(|own| own.eq_ignore_ascii_case(host))
    }

    /// Builds a request inside the dialog with the next CSeq, and returns its flow (RFC 3261
    /// 12.2.1.1).
    pub(crate) fn request(&mut self, method: Method, ids: &mut IdGenerator) -> (Message, Flow) {
        self.changed = true;
        if self.local_seq == 0 {
            self.local_seq = ids.cseq();
        } else {
            self.local_seq += 1;
        }
        self.build(method, self.local_seq, ids)
    }

    /// Builds the ACK of a 2xx to the INVITE with this CSeq (RFC 3261 13.2.2.4).
    pub(crate) fn ack(&self, cseq: u32, ids: &mut IdGenerator) -> (Message, Flow) {
        self.build(Method::Ack, cseq, ids)
    }

    /// Returns whether a received request is in order, and notes its CSeq (RFC 3261 12.2.2).
    pub(crate) fn accepts(&mut self, cseq: u32) -> bool {
        match self.remote_seq {
            Some(last) if cseq <= last => false,
            _ => {
                self.remote_seq = Some(cseq);
                true
            }
        }
    }

    /// Updates the target from a re-INVITE, an UPDATE or their responses (RFC 3261 12.2).
    ///
    /// It always counts as a change, because it refreshes the session too.
    pub(crate) fn refresh_target(&mut self, message: &Message) {
        self.changed = true;
        if let Some(contact) = message.contacts().into_iter().next() {
            self.target = contact.uri;
        }
    }

    /// Follows a request that came from `peer`: a phone that moved to another port of its NAT, or
    /// any far end that moved to another connection.
    pub(crate) fn follow(&mut self, peer: Peer, request: &Message) {
        if self.far_end.is_phone() {
            self.set_peer(return_peer(peer, request, &self.target));
        } else if peer.flow.transport == Transport::Tcp {
            self.set_peer(peer);
        }
    }

    /// Sets the phone that this dialog is with.
    pub(crate) fn set_device(&mut self, device: Option<Device>) {
        self.device = device;
    }

    /// Handles a registration of a phone of the far end's seat, reached at `way` from now on. When
    /// it is the phone of this dialog, requests go there.
    pub(crate) fn follow_device(&mut self, device: &Device, way: Peer) {
        let is_seat = matches!(self.far_end, FarEnd::Phone(seat) if seat == device.seat);
        if is_seat && self.device.as_ref().is_some_and(|own| own.is_same(device)) {
            self.set_peer(way);
        }
    }

    /// Handles the close of the dialog's connection. The next request opens one to the Contact or
    /// to the first route (RFC 3261 18.1.1). A phone's Contact is used only on the phone's own
    /// host, so that a phone cannot direct us to any address. `local` returns our address towards a
    /// remote one; without a match nothing changes.
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

    /// Moves the far end, and with it our requests.
    fn set_peer(&mut self, peer: Peer) {
        self.changed |= self.peer() != peer;
        (self.flow, self.source) = (peer.flow, peer.source);
    }

    /// Sets the flow of our requests. Without a proxy between, the far end moves with it.
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

    /// Our address on this leg, where our media is offered.
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

    /// The far end: the flow of our requests, and behind a proxy of ours the address that the proxy
    /// saw.
    pub(crate) fn peer(&self) -> Peer {
        Peer { flow: self.flow, source: self.source }
    }

    /// Returns whether a message came from the far end: a phone's exact port, because others may
    /// share its NAT; otherwise the far end's host or the host our requests go to. A proxy of ours
    /// may use another of its connections.
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
        // RFC 3261 12.2.1.1: a strict router (no `lr`) takes the Request-URI, and the target
        // becomes the last Route.
        let strict = self.routes.first().filter(|route| !route.uri.lr());
        let uri = strict.map_or(&self.target, |route| &route.uri).clone();
        let flow = self.next_hop();
        let mut request = Message::request(method.clone(), uri);
        request.headers.push(Name::Via, via(flow, &ids.branch()));
        request.headers.push(Name::MaxForwards, MAX_FORWARDS);
        for route in self.routes.iter().skip(usize::from(strict.is_some())) {
            request.headers.push(Name::Route, route);
        }
        if strict.is_some() {
            request.headers.push(Name::Route, NameAddr::new(self.target.clone()));
        }
        request.headers.push(Name::From, &self.local);
        request.headers.push(Name::To, &self.remote);
        request.headers.push(Name::CallId, &self.call_id);
        request.headers.push(Name::CSeq, format_args!("{cseq} {method}"));
        (request, flow)
    }

    /// The first route, otherwise the target.
    fn next_hop_uri(&self) -> &Uri {
        self.routes.first().map_or(&self.target, |route| &route.uri)
    }

    /// Returns the flow of the next request: to the first route, otherwise to the target. Requests
    /// to phones and over TCP keep the dialog's flow, and so do those whose next hop is a host
    /// name, which is not resolved, or unreachable.
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

/// How far the CSeq of a restored dialog continues above the saved one.
const CSEQ_LEAP: u32 = 1_000;
/// RFC 3261 8.1.1.5: a CSeq is less than 2^31.
const CSEQ_MAX: u32 = (1 << 31) - 1;

/// Returns the dialog key of a received request.
pub(crate) fn key_of(request: &Message) -> Option<String> {
    Some(key(request.call_id()?, request.to()?.tag(), request.from()?.tag()))
}

/// Returns the key of the dialog with these tags.
pub(crate) fn key_of_tags(call_id: &str, local_tag: &str, remote_tag: &str) -> String {
    key(call_id, Some(local_tag), Some(remote_tag))
}

fn key(call_id: &str, local_tag: Option<&str>, remote_tag: Option<&str>) -> String {
    format!("{call_id} {} {}", local_tag.unwrap_or_default(), remote_tag.unwrap_or_default())
}

/// Builds our Via, with `rport` (RFC 3581).
pub(crate) fn via(flow: Flow, branch: &str) -> String {
    let transport = match flow.transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
    };
    // An IPv6 address prints in brackets, and without the scope, which only we know.
    let sent_by = SocketAddr::new(flow.local.ip(), flow.local.port());
    format!("SIP/2.0/{transport} {sent_by};branch={branch};rport")
}

/// Builds our Contact: the local address of the flow.
pub(crate) fn contact(user: Option<&str>, flow: Flow) -> String {
    let mut uri = Uri::sip(user, flow.local);
    if flow.transport == Transport::Tcp {
        uri.params.set("transport", Some("tcp"));
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
            invite.headers.push(Name::RecordRoute, route);
        }
        invite.headers.push(Name::From, "\"A\" <sip:a@b>;tag=theirs");
        invite.headers.push(Name::To, "<sip:12345@10.0.0.1>");
        invite.headers.push(Name::CallId, "c");
        invite.headers.push(Name::CSeq, "7 INVITE");
        invite.headers.push(Name::Contact, "<sip:a@10.0.0.7:5070>");
        invite
    }

    fn dialog(record_routes: &[&str]) -> Dialog {
        Dialog::uas(&invite(record_routes), "ours", Peer::direct(flow()), FarEnd::Host)
            .expect("a dialog")
    }

    #[test]
    fn request_without_routes_goes_to_the_contact() {
        let mut dialog = dialog(&[]);
        let (bye, way) = dialog.request(Method::Bye, &mut IdGenerator::new([1; 32]));
        assert_eq!(bye.uri().map(Uri::to_string).as_deref(), Some("sip:a@10.0.0.7:5070"));
        assert_eq!(way.remote.to_string(), "10.0.0.7:5070");
        assert_eq!(bye.headers.get(&Name::To), Some("\"A\" <sip:a@b>;tag=theirs"));
        assert_eq!(bye.headers.get(&Name::From), Some("<sip:12345@10.0.0.1>;tag=ours"));
    }

    #[test]
    fn loose_routes_fill_route_and_the_first_gets_the_request() {
        let mut dialog = dialog(&["<sip:10.0.0.2;lr>", "<sip:10.0.0.3;lr>"]);
        let (bye, way) = dialog.request(Method::Bye, &mut IdGenerator::new([1; 32]));
        let routes: Vec<&str> = bye.headers.all(&Name::Route).collect();
        assert_eq!(routes, ["<sip:10.0.0.2;lr>", "<sip:10.0.0.3;lr>"]);
        assert_eq!(bye.uri().map(Uri::to_string).as_deref(), Some("sip:a@10.0.0.7:5070"));
        assert_eq!(way.remote.to_string(), "10.0.0.2:5060");
    }

    #[test]
    fn strict_router_gets_its_own_uri_as_request_uri() {
        let mut dialog = dialog(&["<sip:10.0.0.2>", "<sip:10.0.0.3;lr>"]);
        let (bye, way) = dialog.request(Method::Bye, &mut IdGenerator::new([1; 32]));
        let routes: Vec<&str> = bye.headers.all(&Name::Route).collect();
        assert_eq!(routes, ["<sip:10.0.0.3;lr>", "<sip:a@10.0.0.7:5070>"]);
        assert_eq!(bye.uri().map(Uri::to_string).as_deref(), Some("sip:10.0.0.2"));
        assert_eq!(way.remote.to_string(), "10.0.0.2:5060");
    }

    #[test]
    fn uac_dialog_reverses_routes_and_continues_cseq() {
        let mut answer = invite(&[]).reply(200, Some("callee"));
        answer.headers.push(Name::RecordRoute, "<sip:10.0.0.3;lr>");
        answer.headers.push(Name::RecordRoute, "<sip:10.0.0.2;lr>");
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
    fn request_out_of_order_is_not_accepted() {
        let mut dialog = dialog(&[]);
        assert!(!dialog.accepts(6) && !dialog.accepts(7));
        assert!(dialog.accepts(9) && !dialog.accepts(8) && dialog.accepts(10));
    }

    #[test]
    fn replaced_connection_moves_the_far_end() {
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
    fn far_end_that_moves_behind_its_proxy_is_saved() {
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
    fn request_to_a_phone_behind_nat_uses_its_flow() {
        let seat = FarEnd::Phone(SeatId(1001));
        let mut phone =
            Dialog::uas(&invite(&[]), "ours", Peer::direct(flow()), seat).expect("a dialog");
        let (_, way) = phone.request(Method::Bye, &mut IdGenerator::new([1; 32]));
        assert_eq!(way, flow());
    }
}
