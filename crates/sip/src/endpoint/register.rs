//! REGISTER from phones, and the contacts through which seats are called.

use primitives::{SeatId, Timestamp};

use super::{Endpoint, capabilities::PATH, leg::Destination};
use crate::{
    Config, Event, Flow, SavedContact, Seat, Transport,
    device::Device,
    dialog::Dialog,
    message::{Message, Name, NameAddr},
    next_hop::return_peer,
    peer::{FarEnd, Peer},
    registrar::{self, ReachabilityChange, RegisterOutcome, Registrar},
};

pub(super) fn registrar(config: &Config) -> Registrar {
    Registrar::new(registrar::Limits {
        expires_s_min: config.registration_s_min,
        expires_s_max: config.registration_s_max,
        expires_s_default: config.registration_s_default,
        contacts_max: config.contacts_max,
    })
}

impl Endpoint {
    pub(super) fn put_seat(&mut self, seat: Seat) {
        let id = seat.seat;
        let change = self.registrar.put_seat(seat);
        self.report_change(id, change);
    }

    /// Restores a contact of the previous run.
    pub(crate) fn restore_contact(&mut self, saved: SavedContact) {
        let seat = saved.seat;
        let change = self.registrar.restore(saved);
        self.report_change(seat, change);
    }

    pub(super) fn remove_seat(&mut self, id: SeatId) {
        let change = self.registrar.remove_seat(id);
        self.report_change(id, change);
    }

    /// Returns all destinations of a seat, the preferred one first.
    pub(crate) fn contacts_of(&self, seat: SeatId) -> Vec<Destination> {
        let contacts = self.registrar.contacts(seat).into_iter();
        contacts
            .filter_map(|contact| match contact.peer {
                Some(peer) => {
                    let peer = Peer { flow: self.flow_by(&contact.path, peer.flow), ..peer };
                    let far_end = FarEnd::Phone(seat);
                    Some(Destination { uri: contact.uri, peer, routes: contact.path, far_end })
                }
                None => {
                    let peer = Peer::direct(self.flow_to(&contact.uri)?);
                    let (routes, far_end) = (Vec::new(), FarEnd::Host);
                    Some(Destination { uri: contact.uri, peer, routes, far_end })
                }
            })
            .collect()
    }

    /// Returns the flow over which a registered phone is called. It is the flow of its REGISTER,
    /// except behind a proxy of ours: over UDP the address in the nearest Path, since not every
    /// proxy sends from the port it listens on; over TCP a new connection there when the old one is
    /// closed.
    fn flow_by(&self, path: &[NameAddr], flow: Flow) -> Flow {
        let nearest = path.first().map(|nearest| &nearest.uri);
        let Some((uri, remote)) = nearest.and_then(|uri| Some((uri, uri.addr()?))) else {
            return flow;
        };
        match flow.transport {
            _ if !self.is_proxy(remote.ip()) => flow,
            Transport::Udp => Flow { remote, ..flow },
            Transport::Tcp if self.streams.contains(flow) => flow,
            Transport::Tcp => self.flow_to(uri).unwrap_or(flow),
        }
    }

    /// Returns the seat whose phone registered from `peer`.
    pub(super) fn seat_at(&self, peer: Peer) -> Option<SeatId> {
        self.registrar.seat_at(peer)
    }

    /// Returns whether a phone of this seat registered from `peer`.
    pub(super) fn is_seat_at(&self, seat: SeatId, peer: Peer) -> bool {
        self.registrar.is_seat_at(seat, peer)
    }

    /// Removes the contacts of a closed connection.
    pub(super) fn contact_lost(&mut self, flow: Flow) {
        for seat in self.registrar.closed(flow) {
            self.out.event(Event::SeatUnreached { seat });
        }
    }

    /// Returns when the next contact expires.
    pub(super) fn next_expiry(&self) -> Option<Timestamp> {
        self.registrar.poll_timeout()
    }

    pub(super) fn expire_contacts(&mut self, now: Timestamp) {
        for seat in self.registrar.expire(now) {
            self.out.event(Event::SeatUnreached { seat });
        }
    }

    /// Handles REGISTER. Only the 200 opens a transaction: a refusal can be computed again, but a
    /// registration must not be processed twice.
    pub(super) fn handle_register(
        &mut self,
        now: Timestamp,
        peer: Peer,
        back: Flow,
        request: &Message,
    ) {
        let seat = match self.authenticate(now, peer, request) {
            Ok(seat) => seat,
            Err(answer) => return self.send_refusal(back, answer),
        };
        if self.transactions.is_full() {
            return self.refuse_when_full(back, request, None);
        }
        let tx = self.transactions.open(request, back);
        if self.unsupported(request).is_some() {
            return self.answer(now, tx, request, 420);
        }
        let Some(path) = self.path_of(peer, request) else {
            return self.answer(now, tx, request, 400);
        };
        let before = self.registrar.request_peers(seat);
        match self.registrar.register(now, seat, peer, path.clone(), request) {
            RegisterOutcome::Accept { contacts, change } => {
                self.follow_devices(seat, peer, &before, request);
                let mut accepted = request.reply(200, Some(&self.ids.tag()));
                for contact in contacts {
                    accepted.headers.push(Name::Contact, &contact);
                }
                // RFC 3327 5.3: the Path is returned.
                for proxy in path {
                    accepted.headers.push(Name::Path, &proxy);
                }
                accepted.headers.push(Name::Supported, PATH);
                self.add_code_headers(request, &mut accepted);
                self.transactions.respond(now, tx, &accepted, &mut self.out);
                self.report_change(seat, change);
            }
            RegisterOutcome::TooBrief { least_s } => {
                let mut refused = request.reply(423, Some(&self.ids.tag()));
                refused.headers.push(Name::MinExpires, least_s);
                self.add_code_headers(request, &mut refused);
                self.transactions.respond(now, tx, &refused, &mut self.out);
            }
            RegisterOutcome::Refuse(code) => self.answer(now, tx, request, code),
        }
    }

    /// Moves dialogs with a seat's phones to the flow over which they registered anew.
    fn follow_devices(&mut self, seat: SeatId, peer: Peer, before: &[Peer], request: &Message) {
        let mut has_moved = false;
        for contact in request.contacts() {
            let way = return_peer(peer, request, &contact.uri);
            let is_gone = contact.expires().or(request.expires()) == Some(0);
            if is_gone || before.contains(&way) {
                continue;
            }
            has_moved = true;
            let device = Device::new(seat, &contact, request.call_id());
            for leg in self.legs.values_mut() {
                leg.follow_device(&device, way);
            }
        }
        if has_moved {
            self.save_dialogs();
        }
    }

    /// Returns the phone of the seat that a dialog is with; `None` when the far end is not a seat's
    /// phone.
    pub(crate) fn device_of(&self, dialog: &Dialog) -> Option<Device> {
        let FarEnd::Phone(seat) = dialog.far_end() else { return None };
        let unregistered = || Device::new(*seat, &NameAddr::new(dialog.target().clone()), None);
        let found = self.registrar.device_at(*seat, dialog.peer(), dialog.target());
        Some(found.unwrap_or_else(unregistered))
    }

    /// Returns the proxies through which a phone is called (RFC 3327). A Path is accepted from our
    /// proxies only; from other senders it is ignored, and the phone is called the way it
    /// registered. `None` when an entry cannot be parsed or there are too many.
    fn path_of(&self, peer: Peer, request: &Message) -> Option<Vec<NameAddr>> {
        if !self.is_proxy(peer.flow.remote.ip()) {
            return Some(Vec::new());
        }
        request.path().filter(|path| path.len() <= PATH_MAX)
    }

    fn report_change(&mut self, seat: SeatId, change: Option<ReachabilityChange>) {
        match change {
            Some(ReachabilityChange::Reachable | ReachabilityChange::Renewed) => {
                self.out.event(Event::SeatReached { seat })
            }
            Some(ReachabilityChange::Unreachable) => self.out.event(Event::SeatUnreached { seat }),
            None => {}
        }
    }
}

/// More proxies than any real path has; each one is added to every call to the phone.
const PATH_MAX: usize = 8;
