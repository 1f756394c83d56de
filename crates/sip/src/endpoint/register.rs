//! The doors: the registrar and passwords.

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

    /// A contact of the run before.
    pub(crate) fn restore_contact(&mut self, saved: SavedContact) {
        let seat = saved.seat;
        let change = self.registrar.restore(saved);
        self.report_change(seat, change);
    }

    pub(super) fn remove_seat(&mut self, id: SeatId) {
        let change = self.registrar.remove_seat(id);
        self.report_change(id, change);
    }

    /// All destinations where a seat's phones are, the preferred first.
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

    /// Over which flow a registered phone is called: the one its REGISTER came by, but by UDP to
    /// where the nearest proxy of its path listens, for not every proxy sends from there, and by
    /// TCP over a new stream to there when the old one has closed.
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

    /// The seat whose phone registered from there.
    pub(super) fn seat_at(&self, peer: Peer) -> Option<SeatId> {
        self.registrar.seat_at(peer)
    }

    /// Whether a phone of this seat registered from there.
    pub(super) fn is_seat_at(&self, seat: SeatId, peer: Peer) -> bool {
        self.registrar.is_seat_at(seat, peer)
    }

    /// A stream closed: nobody can be called over it.
    pub(super) fn contact_lost(&mut self, flow: Flow) {
        for seat in self.registrar.closed(flow) {
            self.out.event(Event::SeatUnreached { seat });
        }
    }

    /// When the next contact expires.
    pub(super) fn next_expiry(&self) -> Option<Timestamp> {
        self.registrar.poll_timeout()
    }

    pub(super) fn expire_contacts(&mut self, now: Timestamp) {
        for seat in self.registrar.expire(now) {
            self.out.event(Event::SeatUnreached { seat });
        }
    }

    /// REGISTER. Only the 200 takes a entry in the transaction table: a refusal can be made
    /// again from nothing, a registration must not be done twice.
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
                    accepted.headers.push(Name::Contact, contact.to_string());
                }
                // RFC 3327 5.3.
                for proxy in path {
                    accepted.headers.push(Name::Path, proxy.to_string());
                }
                accepted.headers.push(Name::Supported, PATH.to_owned());
                self.add_code_headers(request, &mut accepted);
                self.transactions.respond(now, tx, &accepted, &mut self.out);
                self.report_change(seat, change);
            }
            RegisterOutcome::TooBrief { least_s } => {
                let mut refused = request.reply(423, Some(&self.ids.tag()));
                refused.headers.push(Name::MinExpires, least_s.to_string());
                self.add_code_headers(request, &mut refused);
                self.transactions.respond(now, tx, &refused, &mut self.out);
            }
            RegisterOutcome::Refuse(code) => self.answer(now, tx, request, code),
        }
    }

    /// Phones of a seat registered: what we ask of those that are new to their way, in talks of
    /// theirs, goes there from now on.
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

    /// Which of its seat's phones a dialog is with; `None` when it is not with a seat's phone.
    pub(crate) fn device_of(&self, dialog: &Dialog) -> Option<Device> {
        let FarEnd::Phone(seat) = dialog.far_end() else { return None };
        let unregistered = || Device::new(*seat, &NameAddr::new(dialog.target().clone()), None);
        let found = self.registrar.device_at(*seat, dialog.peer(), dialog.target());
        Some(found.unwrap_or_else(unregistered))
    }

    /// The proxies a phone is to be called through (RFC 3327): believed from a proxy of ours, whose
    /// own is the nearest; from anybody else a Path is passed over, and the phone is called the
    /// way it came. `None`: one cannot be read, or there are too many.
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

/// More proxies than stand in a row anywhere; each goes into every call to the phone.
const PATH_MAX: usize = 8;
