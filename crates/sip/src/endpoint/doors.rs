//! The doors: the registrar and passwords.

use model::{SeatId, Timestamp};

use super::{Endpoint, Peer, screen::PATH};
use crate::{
    Config, Event, Flow, RateLimit, SavedContact, Seat, Transport,
    dialog::{Device, Dialog, Party, return_way},
    digest::Verdict,
    leg::Place,
    message::{Message, Name, NameAddr},
    registrar::{self, Change, Registered, Registrar},
    wire,
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
        self.tell_of(id, change);
    }

    /// A contact of the run before.
    pub(crate) fn restore_contact(&mut self, saved: SavedContact) {
        let seat = saved.seat;
        let change = self.registrar.restore(saved);
        self.tell_of(seat, change);
    }

    pub(super) fn remove_seat(&mut self, id: SeatId) {
        let change = self.registrar.remove_seat(id);
        self.tell_of(id, change);
    }

    /// All places where a seat's phones are, the preferred first.
    pub(crate) fn contacts_of(&self, seat: SeatId) -> Vec<Place> {
        let contacts = self.registrar.contacts(seat).into_iter();
        contacts
            .filter_map(|contact| match contact.peer {
                Some(peer) => {
                    let peer = Peer { flow: self.flow_by(&contact.path, peer.flow), ..peer };
                    let party = Party::Phone(seat);
                    Some(Place { uri: contact.uri, peer, routes: contact.path, party })
                }
                None => {
                    let peer = Peer::direct(self.flow_to(&contact.uri)?);
                    let (routes, party) = (Vec::new(), Party::Host);
                    Some(Place { uri: contact.uri, peer, routes, party })
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
            Transport::Tcp if self.streams.holds(flow) => flow,
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
    pub(super) fn next_of_doors(&self) -> Option<Timestamp> {
        self.registrar.poll_timeout()
    }

    pub(super) fn doors_timeout(&mut self, now: Timestamp) {
        for seat in self.registrar.expire(now) {
            self.out.event(Event::SeatUnreached { seat });
        }
    }

    /// REGISTER. Only the 200 takes a place in the transaction table: a refusal can be made
    /// again from nothing, a registration must not be done twice.
    pub(super) fn registers(&mut self, now: Timestamp, peer: Peer, back: Flow, request: &Message) {
        let seat = match self.identify(now, peer, request) {
            Ok(seat) => seat,
            Err(answer) => return self.deny(back, answer),
        };
        if self.transactions.is_full() {
            return self.too_full(back, request, None);
        }
        let tx = self.transactions.open(request, back);
        if self.unsupported(request).is_some() {
            return self.answer(now, tx, request, 420);
        }
        let Some(path) = self.path_of(peer, request) else {
            return self.answer(now, tx, request, 400);
        };
        let before = self.registrar.ways(seat);
        match self.registrar.register(now, seat, peer, path.clone(), request) {
            Registered::Accept { contacts, change } => {
                self.follow_devices(seat, peer, &before, request);
                let mut accepted = request.reply(200, Some(&self.ident.tag()));
                for contact in contacts {
                    accepted.headers.push(Name::Contact, contact.to_string());
                }
                // RFC 3327 5.3.
                for proxy in path {
                    accepted.headers.push(Name::Path, proxy.to_string());
                }
                accepted.headers.push(Name::Supported, PATH.to_owned());
                self.explain(request, &mut accepted);
                self.transactions.respond(now, tx, &accepted, &mut self.out);
                self.tell_of(seat, change);
            }
            Registered::TooBrief { least_s } => {
                let mut refused = request.reply(423, Some(&self.ident.tag()));
                refused.headers.push(Name::MinExpires, least_s.to_string());
                self.explain(request, &mut refused);
                self.transactions.respond(now, tx, &refused, &mut self.out);
            }
            Registered::Refuse(code) => self.answer(now, tx, request, code),
        }
    }

    /// Phones of a seat registered: what we ask of those that are new to their way, in talks of
    /// theirs, goes there from now on.
    fn follow_devices(&mut self, seat: SeatId, peer: Peer, before: &[Peer], request: &Message) {
        let mut has_moved = false;
        for contact in request.contacts() {
            let way = return_way(peer, request, &contact.uri);
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
        let Party::Phone(seat) = dialog.party() else { return None };
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

    /// Which seat's password the request holds, or the answer to send. Unknown users get the same
    /// as known ones. `None`: silence.
    pub(super) fn identify(
        &mut self,
        now: Timestamp,
        peer: Peer,
        request: &Message,
    ) -> Result<SeatId, Option<Box<Message>>> {
        let source = peer.source.ip();
        let (registrar, shield) = (&self.registrar, &mut self.shield);
        let lookup = |user: &str| registrar.secret(user);
        let may_try = |user: &str, attempt| {
            // A neighbour's guesses must not keep a phone from renewing its registration.
            let is_there = user.parse().is_ok_and(|seat| registrar.is_seat_at(SeatId(seat), peer));
            is_there || shield.may_try(now, attempt)
        };
        let is_stale = match self.challenger.verify(now, request, lookup, may_try) {
            Verdict::Good(user) => match user.parse() {
                Ok(seat) => {
                    self.shield.succeeded(now, source);
                    // Behind a proxy of ours the stream is the proxy's, which needs no proof.
                    self.streams.prove(peer.flow);
                    return Ok(SeatId(seat));
                }
                // The registrar's users are numbers; there is no other.
                Err(_) => false,
            },
            Verdict::Stale => true,
            Verdict::Absent => false,
            Verdict::Slowed => {
                self.out.counts.slowed_passwords += 1;
                return Err(self.slow_down(peer, request));
            }
            Verdict::Bad(attempt) => {
                self.out.counts.wrong_passwords += 1;
                if self.shield.wrong_password(now, attempt) {
                    self.out.event(Event::RateLimited { source, limit: RateLimit::Passwords });
                }
                // Not a fresh challenge: phones answer that at once with the same wrong
                // password, without end. An unknown user gets the same.
                return Err(Some(self.refusal(request, 403)));
            }
        };
        let mut challenge = self.refusal(request, 401);
        for value in self.challenger.challenges(now, source, is_stale, self.config.digest) {
            challenge.headers.push(Name::WwwAuthenticate, value);
        }
        Err(Some(challenge))
    }

    /// What is said when a password is not looked at: by UDP nothing, for the request will come
    /// again by itself and may then be looked at; a stream brings it once.
    fn slow_down(&self, peer: Peer, request: &Message) -> Option<Box<Message>> {
        if peer.flow.transport == Transport::Udp {
            return None;
        }
        let mut answer = self.refusal(request, 503);
        let retry_s = self.config.shield.password_retry.as_secs().max(1);
        answer.headers.push(Name::RetryAfter, retry_s.to_string());
        Some(answer)
    }

    /// A refusal without a transaction.
    fn refusal(&self, request: &Message, code: u16) -> Box<Message> {
        let mut refusal = request.reply(code, Some(wire::STATELESS_TAG));
        refusal.headers.push(Name::Server, self.config.product.clone());
        Box::new(refusal)
    }

    /// Sends a challenge without a transaction: a stranger takes no place in our tables.
    pub(super) fn deny(&mut self, back: Flow, challenge: Option<Box<Message>>) {
        if let Some(challenge) = challenge {
            self.out.counts.challenged += 1;
            self.out.send(back, wire::write(&challenge));
        }
    }

    fn tell_of(&mut self, seat: SeatId, change: Option<Change>) {
        match change {
            Some(Change::Reached | Change::Renewed) => self.out.event(Event::SeatReached { seat }),
            Some(Change::Unreached) => self.out.event(Event::SeatUnreached { seat }),
            None => {}
        }
    }
}

/// More proxies than stand in a row anywhere; each goes into every call to the phone.
const PATH_MAX: usize = 8;
