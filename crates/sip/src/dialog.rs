//! A dialog: what both ends of a leg remember of each other (RFC 3261 12).

use std::net::SocketAddr;

use model::{SeatId, TrunkId};

use crate::{
    Flow, Transport,
    ident::Ident,
    message::{Message, Method, Name, NameAddr, Via},
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
    party: Party,
}

/// Who is at the far end of a dialog, and so what a message of theirs is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    /// A phone of this seat, known by its flow. Requests must go that same way, for it may sit
    /// behind NAT; it moves by registering anew, or by its password.
    Phone(SeatId),
    /// A trunk, whose gateways speak from any of its addresses.
    Trunk(TrunkId),
    /// Somebody we called by address: a fixed contact, a URI. Known by that address.
    Host,
}

impl Party {
    fn is_pinned(&self) -> bool {
        matches!(self, Party::Phone(_))
    }
}

impl Dialog {
    /// The dialog an INVITE of theirs begins (12.1.1). `None`: it lacks what a dialog needs.
    pub(crate) fn uas(invite: &Message, tag: &str, flow: Flow, party: Party) -> Option<Dialog> {
        let mut local = invite.to()?;
        local.params.set("tag", Some(tag.to_owned()));
        local.display.clear();
        Some(Dialog {
            call_id: invite.call_id()?.to_owned(),
            local,
            remote: invite.from()?,
            target: invite.contacts().into_iter().next()?.uri,
            routes: invite.record_routes(),
            local_seq: 0,
            remote_seq: Some(invite.cseq()?.0),
            flow,
            party,
        })
    }

    /// The dialog an answer to our INVITE begins (12.1.2).
    pub(crate) fn uac(
        invite: &Message,
        answer: &Message,
        flow: Flow,
        party: Party,
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
            flow,
            party,
        })
    }

    /// What requests inside the dialog are found by.
    pub(crate) fn key(&self) -> String {
        key(&self.call_id, self.local.tag(), self.remote.tag())
    }

    /// A request inside the dialog, with the next CSeq, and which way it goes (12.2.1.1).
    pub(crate) fn request(&mut self, method: Method, ident: &mut Ident) -> (Message, Flow) {
        if self.local_seq == 0 {
            self.local_seq = ident.cseq();
        } else {
            self.local_seq += 1;
        }
        self.build(method, self.local_seq, ident)
    }

    /// The ACK of a 2xx to the INVITE with this CSeq (13.2.2.4).
    pub(crate) fn ack(&self, cseq: u32, ident: &mut Ident) -> (Message, Flow) {
        self.build(Method::Ack, cseq, ident)
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
    pub(crate) fn refresh_target(&mut self, message: &Message) {
        if let Some(contact) = message.contacts().into_iter().next() {
            self.target = contact.uri;
        }
    }

    /// A phone moved to another port of its NAT, or to another stream: follow it.
    pub(crate) fn follow(&mut self, flow: Flow) {
        if self.party.is_pinned() || flow.transport == Transport::Tcp {
            self.flow = flow;
        }
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

    pub(crate) fn party(&self) -> &Party {
        &self.party
    }

    /// Whether a message came from where the dialog is: a phone from the very port, for others
    /// may share its NAT; else from the host it is with, or the one our requests go to.
    pub(crate) fn is_with(&self, source: Flow) -> bool {
        if source == self.flow {
            return true;
        }
        let hosts = [self.flow, self.next_hop()].map(|flow| flow.remote.ip());
        !self.party.is_pinned() && hosts.contains(&source.remote.ip())
    }

    fn build(&self, method: Method, cseq: u32, ident: &mut Ident) -> (Message, Flow) {
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
        request.headers.push(Name::Via, via(flow, ident.branch()));
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

    /// Where the next request goes: to the first route, else to the target. A phone's
    /// requests keep to the way it came, and so do those of a stream; so does everything
    /// whose next hop is a name, which we do not resolve.
    fn next_hop(&self) -> Flow {
        if self.party.is_pinned() || self.flow.transport == Transport::Tcp {
            return self.flow;
        }
        let next = self.routes.first().map_or(&self.target, |route| &route.uri);
        match (next.addr(), next.transport()) {
            (Some(remote), Some(Transport::Udp))
                if remote.is_ipv4() == self.flow.local.is_ipv4() =>
            {
                Flow { remote, ..self.flow }
            }
            _ => self.flow,
        }
    }
}

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
        Dialog::uas(&invite(record_routes), "ours", flow(), Party::Host).expect("a dialog")
    }

    #[test]
    fn without_routes_a_request_goes_to_the_contact() {
        let mut dialog = dialog(&[]);
        let (bye, way) = dialog.request(Method::Bye, &mut Ident::new([1; 32]));
        assert_eq!(bye.uri().map(Uri::to_string).as_deref(), Some("sip:a@10.0.0.7:5070"));
        assert_eq!(way.remote.to_string(), "10.0.0.7:5070");
        assert_eq!(bye.headers.get(&Name::To), Some("\"A\" <sip:a@b>;tag=theirs"));
        assert_eq!(bye.headers.get(&Name::From), Some("<sip:12345@10.0.0.1>;tag=ours"));
    }

    #[test]
    fn loose_routes_go_into_route_and_the_first_gets_the_request() {
        let mut dialog = dialog(&["<sip:10.0.0.2;lr>", "<sip:10.0.0.3;lr>"]);
        let (bye, way) = dialog.request(Method::Bye, &mut Ident::new([1; 32]));
        let routes: Vec<&str> = bye.headers.all(&Name::Route).collect();
        assert_eq!(routes, ["<sip:10.0.0.2;lr>", "<sip:10.0.0.3;lr>"]);
        assert_eq!(bye.uri().map(Uri::to_string).as_deref(), Some("sip:a@10.0.0.7:5070"));
        assert_eq!(way.remote.to_string(), "10.0.0.2:5060");
    }

    #[test]
    fn a_strict_router_gets_itself_as_request_uri() {
        let mut dialog = dialog(&["<sip:10.0.0.2>", "<sip:10.0.0.3;lr>"]);
        let (bye, way) = dialog.request(Method::Bye, &mut Ident::new([1; 32]));
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
        let mut dialog = Dialog::uac(&invite(&[]), &answer, flow(), Party::Host).expect("a dialog");
        let mut ident = Ident::new([1; 32]);
        let (ack, way) = dialog.ack(7, &mut ident);
        assert_eq!(ack.headers.get(&Name::Route), Some("<sip:10.0.0.2;lr>"));
        assert_eq!(way.remote.to_string(), "10.0.0.2:5060");
        assert_eq!(ack.cseq(), Some((7, Method::Ack)));
        assert_eq!(dialog.request(Method::Bye, &mut ident).0.cseq(), Some((8, Method::Bye)));
    }

    #[test]
    fn requests_must_come_in_order() {
        let mut dialog = dialog(&[]);
        assert!(!dialog.accepts(6) && !dialog.accepts(7));
        assert!(dialog.accepts(9) && !dialog.accepts(8) && dialog.accepts(10));
    }

    #[test]
    fn a_phone_behind_nat_is_reached_the_way_it_came() {
        let seat = Party::Phone(SeatId(1001));
        let mut phone = Dialog::uas(&invite(&[]), "ours", flow(), seat).expect("a dialog");
        let (_, way) = phone.request(Method::Bye, &mut Ident::new([1; 32]));
        assert_eq!(way, flow());
    }
}
