//! The doors: the registrar, passwords, and who is shut out.

use model::{SeatId, Timestamp};

use super::Endpoint;
use crate::{
    Config, Event, Flow, Seat,
    dialog::{Device, Dialog, Party, return_flow},
    digest::Verdict,
    leg::Place,
    message::{Message, Method, Name, NameAddr},
    registrar::{self, Change, Registered, Registrar},
    shield::{Admit, Failure},
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

    pub(super) fn remove_seat(&mut self, id: SeatId) {
        let change = self.registrar.remove_seat(id);
        self.tell_of(id, change);
    }

    /// All places where a seat's phones are, the preferred first.
    pub(crate) fn contacts_of(&self, seat: SeatId) -> Vec<Place> {
        let contacts = self.registrar.contacts(seat).into_iter();
        contacts
            .filter_map(|contact| match contact.flow {
                Some(flow) => Some(Place { uri: contact.uri, flow, party: Party::Phone(seat) }),
                None => {
                    let flow = self.flow_to(&contact.uri)?;
                    Some(Place { uri: contact.uri, flow, party: Party::Host })
                }
            })
            .collect()
    }

    /// The seat whose phone registered over this flow.
    pub(super) fn seat_at(&self, flow: Flow) -> Option<SeatId> {
        self.registrar.seat_at(flow)
    }

    /// Whether a phone of this seat registered over this flow.
    pub(super) fn is_seat_at(&self, seat: SeatId, flow: Flow) -> bool {
        self.registrar.is_seat_at(seat, flow)
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
    pub(super) fn registers(&mut self, now: Timestamp, flow: Flow, back: Flow, request: &Message) {
        let seat = match self.identify(now, flow, request) {
            Ok(seat) => seat,
            Err(answer) => return self.deny(back, answer),
        };
        if self.transactions.is_full() {
            self.out.counts.full += 1;
            let mut answer = request.reply(503, Some(&self.ident.tag()));
            self.explain(request, &mut answer);
            return self.out.send(back, wire::write(&answer));
        }
        let tx = self.transactions.open(request, back);
        if self.unsupported(request).is_some() {
            return self.answer(now, tx, request, 420);
        }
        let before = self.registrar.ways(seat);
        match self.registrar.register(now, seat, flow, request) {
            Registered::Accept { contacts, change } => {
                self.follow_devices(seat, flow, &before, request);
                let mut accepted = request.reply(200, Some(&self.ident.tag()));
                for contact in contacts {
                    accepted.headers.push(Name::Contact, contact.to_string());
                }
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
    fn follow_devices(&mut self, seat: SeatId, flow: Flow, before: &[Flow], request: &Message) {
        for contact in request.contacts() {
            let way = return_flow(flow, request, &contact.uri);
            let is_gone = contact.expires().or(request.expires()) == Some(0);
            if is_gone || before.contains(&way) {
                continue;
            }
            let device = Device::new(seat, &contact, request.call_id());
            for leg in self.legs.values_mut() {
                leg.follow_device(&device, way);
            }
        }
    }

    /// Which of its seat's phones a dialog is with; `None` when it is not with a seat's phone.
    pub(crate) fn device_of(&self, dialog: &Dialog) -> Option<Device> {
        let Party::Phone(seat) = dialog.party() else { return None };
        let unregistered = || Device::new(*seat, &NameAddr::new(dialog.target().clone()), None);
        let found = self.registrar.device_at(*seat, dialog.flow(), dialog.target());
        Some(found.unwrap_or_else(unregistered))
    }

    /// Which seat's password the request holds, or the challenge to send. Unknown users get
    /// the same challenge as known ones. `None`: silence.
    pub(super) fn identify(
        &mut self,
        now: Timestamp,
        flow: Flow,
        request: &Message,
    ) -> Result<SeatId, Option<Box<Message>>> {
        let source = flow.remote.ip();
        let agent = request.headers.get(&Name::UserAgent).unwrap_or_default();
        if let Some(period) = self.shield.recognise(now, source, agent) {
            self.out.counts.shut_out += 1;
            self.out.event(Event::ShutOut { source, period });
            return Err(None);
        }
        let registrar = &self.registrar;
        let verdict = self.challenger.verify(now, request, |user| registrar.secret(user));
        let is_stale = match verdict {
            Verdict::Good(user) => match user.parse() {
                Ok(seat) => {
                    self.shield.succeeded(now, source);
                    return Ok(SeatId(seat));
                }
                // The registrar's users are numbers; there is no other.
                Err(_) => false,
            },
            Verdict::Stale => true,
            Verdict::Absent => {
                // A phone asks without password once and then with it, which is forgiven.
                if request.method() == Some(&Method::Invite) {
                    let via = request.headers.get(&Name::Via).unwrap_or_default();
                    let uri = request.uri().map(ToString::to_string).unwrap_or_default();
                    if !self.shield.asks_again(now, source, &format!("{uri} {via}")) {
                        self.failed(now, flow, Failure::UnknownNumber);
                    }
                }
                false
            }
            Verdict::Bad => {
                self.failed(now, flow, Failure::Password);
                // Not a fresh challenge: phones answer that at once with the same wrong
                // password, without end, and shut out the whole office behind their address.
                // An unknown user gets the same.
                let mut forbidden = request.reply(403, Some(CHALLENGE_TAG));
                forbidden.headers.push(Name::Server, self.config.product.clone());
                return Err(Some(Box::new(forbidden)));
            }
        };
        // 8.2.7: an answer without a transaction needs the same tag each time.
        let mut challenge = request.reply(401, Some(CHALLENGE_TAG));
        for value in self.challenger.challenges(now, is_stale, self.config.digest) {
            challenge.headers.push(Name::WwwAuthenticate, value);
        }
        challenge.headers.push(Name::Server, self.config.product.clone());
        Err(Some(Box::new(challenge)))
    }

    /// Sends a challenge without a transaction: a stranger takes no place in our tables.
    pub(super) fn deny(&mut self, back: Flow, challenge: Option<Box<Message>>) {
        if let Some(challenge) = challenge {
            self.out.counts.challenged += 1;
            self.out.send(back, wire::write(&challenge));
        }
    }

    /// Whether a message from there is dropped unread.
    pub(super) fn shuts_out(&mut self, now: Timestamp, flow: Flow) -> bool {
        let source = flow.remote.ip();
        let is_trunk = self.config.trunks.iter().any(|trunk| trunk.holds(source));
        match self.shield.admit(now, source, is_trunk) {
            Admit::Pass => return false,
            Admit::Drop => {}
            Admit::ShutOut(period) => self.out.event(Event::ShutOut { source, period }),
        }
        self.out.counts.shut_out += 1;
        true
    }

    /// A source did something wrong; once too often, and it is shut out.
    pub(super) fn failed(&mut self, now: Timestamp, flow: Flow, failure: Failure) {
        let source = flow.remote.ip();
        if let Some(period) = self.shield.failed(now, source, failure) {
            self.out.event(Event::ShutOut { source, period });
        }
    }

    fn tell_of(&mut self, seat: SeatId, change: Option<Change>) {
        match change {
            Some(Change::Reached) => self.out.event(Event::SeatReached { seat }),
            Some(Change::Unreached) => self.out.event(Event::SeatUnreached { seat }),
            None => {}
        }
    }
}

/// The To tag of every challenge; no dialog ever has it.
const CHALLENGE_TAG: &str = "challenge";
