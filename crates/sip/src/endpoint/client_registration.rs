//! The client side of registration: sends REGISTER, answers the challenge and refreshes in time
//! (RFC 3261 10.2).

use std::{collections::BTreeMap, time::Duration};

use primitives::Timestamp;

use super::{Endpoint, TimerKey, capabilities::ALLOW};
use crate::{
    Event, Flow, Register, dialog, digest,
    message::{Message, Method, Name, NameAddr},
    transaction::{MAX_FORWARDS, TransactionUser, TxId},
    uri::Uri,
};

/// All our registrations with other registrars.
#[derive(Debug, Default)]
pub(crate) struct Registrations {
    next: usize,
    held: BTreeMap<usize, Registration>,
}

#[derive(Debug)]
struct Registration {
    wanted: Register,
    flow: Flow,
    call_id: String,
    from_tag: String,
    cseq: u32,
    /// The request as sent last.
    request: Message,
    tx: TxId,
    /// Whether a challenge was answered already; a second one means a wrong password.
    tried_password: bool,
    /// The last code reported to the switch.
    told: Option<u16>,
}

impl Registrations {
    pub(crate) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Returns whether a registration uses this flow.
    pub(crate) fn uses(&self, flow: Flow) -> bool {
        self.held.values().any(|registration| registration.flow == flow)
    }
}

impl Endpoint {
    /// Registers, or changes or ends the registration of the same address of record.
    pub(crate) fn register(&mut self, now: Timestamp, wanted: Register) {
        let known = self.registrations.held.iter().find(|(_, held)| held.wanted.aor == wanted.aor);
        let place = known.map(|(place, _)| *place);
        let Some(local) = self.local_for(wanted.transport, wanted.registrar) else {
            self.out.event(Event::Registered { aor: wanted.aor, code: 503 });
            return;
        };
        let flow = Flow { transport: wanted.transport, local, remote: wanted.registrar };
        let Some(request) = first(&wanted, flow) else {
            self.out.event(Event::Registered { aor: wanted.aor, code: 400 });
            return;
        };
        let place = place.unwrap_or_else(|| {
            self.registrations.next += 1;
            self.registrations.next
        });
        let before = self.registrations.held.remove(&place);
        let (call_id, from_tag, cseq) = match before {
            Some(before) => (before.call_id, before.from_tag, before.cseq),
            None => (self.ids.call_id(), self.ids.tag(), self.ids.cseq()),
        };
        let registration = Registration {
            wanted,
            flow,
            call_id,
            from_tag,
            cseq,
            request,
            tx: TxId::NONE,
            tried_password: false,
            told: None,
        };
        self.registrations.held.insert(place, registration);
        self.send_register(now, place);
    }

    /// Refreshes the registration, or retries it.
    pub(crate) fn registration_timeout(&mut self, now: Timestamp, place: usize) {
        if let Some(held) = self.registrations.held.get_mut(&place) {
            held.forget_challenge();
            self.send_register(now, place);
        }
    }

    /// Handles a final response.
    pub(crate) fn registration_answered(
        &mut self,
        now: Timestamp,
        place: usize,
        response: &Message,
    ) {
        let Some(held) = self.registrations.held.get_mut(&place) else { return };
        if response.cseq().is_none_or(|(number, _)| number != held.cseq) {
            // The response belongs to a REGISTER that a newer one replaced.
            return;
        }
        let code = response.code().unwrap_or(500);
        match code {
            200..=299 if held.wanted.expires.is_zero() => {
                self.registrations.held.remove(&place);
                self.timers.set(TimerKey::Registration(place), None);
            }
            200..=299 => {
                held.tried_password = false;
                let granted = granted(response, held.flow).unwrap_or(held.wanted.expires);
                self.timers.set(TimerKey::Registration(place), Some(now + refresh_after(granted)));
                self.tell(place, 200);
            }
            401 | 407 if !held.tried_password => {
                held.tried_password = true;
                let cnonce = self.ids.tag();
                let credentials = &held.wanted.credentials;
                match digest::respond(&held.request, response, credentials, &cnonce) {
                    Some((name, value)) => {
                        held.request.headers.remove(&name);
                        held.request.headers.push(name, value);
                        self.send_register(now, place);
                    }
                    None => self.give_up(place, code),
                }
            }
            423 => match response.seconds(&Name::MinExpires) {
                Some(least) if Duration::from_secs(least.into()) > held.wanted.expires => {
                    held.wanted.expires = Duration::from_secs(least.into());
                    held.forget_challenge();
                    held.request.headers.set(Name::Expires, least);
                    self.send_register(now, place);
                }
                _ => self.give_up(place, code),
            },
            // A wrong password stays wrong; a retry would only be rate-limited.
            401 | 403 | 404 | 407 => self.give_up(place, code),
            _ => self.try_later(now, place, code),
        }
    }

    /// Handles a timeout or a broken connection.
    pub(crate) fn registration_failed(
        &mut self,
        now: Timestamp,
        place: usize,
        tx: TxId,
        code: u16,
    ) {
        if self.registrations.held.get(&place).is_some_and(|held| held.tx == tx) {
            self.try_later(now, place, code);
        }
    }

    fn try_later(&mut self, now: Timestamp, place: usize, code: u16) {
        let Some(held) = self.registrations.held.get(&place) else { return };
        if held.wanted.expires.is_zero() {
            // The registration to be removed expires without our help.
            return self.give_up(place, code);
        }
        self.timers.set(TimerKey::Registration(place), Some(now + TRY_AGAIN));
        self.tell(place, code);
    }

    fn give_up(&mut self, place: usize, code: u16) {
        self.tell(place, code);
        self.registrations.held.remove(&place);
        self.timers.set(TimerKey::Registration(place), None);
    }

    /// Reports a code to the switch when it changed.
    fn tell(&mut self, place: usize, code: u16) {
        let Some(held) = self.registrations.held.get_mut(&place) else { return };
        if held.told.replace(code) != Some(code) {
            let aor = held.wanted.aor.clone();
            self.out.event(Event::Registered { aor, code });
        }
    }

    fn send_register(&mut self, now: Timestamp, place: usize) {
        let Some(held) = self.registrations.held.get_mut(&place) else { return };
        held.cseq += 1;
        let headers = &mut held.request.headers;
        headers.set(Name::Via, dialog::via(held.flow, &self.ids.branch()));
        headers.set(Name::CallId, &held.call_id);
        headers.set(Name::CSeq, format_args!("{} REGISTER", held.cseq));
        headers.set(Name::UserAgent, &self.config.product);
        if let Some(mut from) = NameAddr::parse(&format!("<{}>", held.wanted.aor)) {
            from.params.set("tag", Some(&held.from_tag));
            headers.set(Name::From, &from);
        }
        let (request, flow) = (held.request.clone(), held.flow);
        let user = TransactionUser::Register(place);
        held.tx = self.transactions.request(now, request, flow, user, &mut self.out);
        self.timers.set(TimerKey::Registration(place), None);
    }
}

impl Registration {
    /// We use a nonce for one exchange only; the next request starts without credentials.
    fn forget_challenge(&mut self) {
        self.tried_password = false;
        self.request.headers.remove(&Name::Authorization);
        self.request.headers.remove(&Name::ProxyAuthorization);
    }
}

/// Builds a REGISTER without the headers that change with each sending.
fn first(wanted: &Register, flow: Flow) -> Option<Message> {
    let aor = Uri::parse(&wanted.aor)?;
    let mut registrar = aor.clone();
    registrar.user = None;
    let mut request = Message::request(Method::Register, registrar);
    let headers = &mut request.headers;
    headers.push(Name::Via, "");
    headers.push(Name::MaxForwards, MAX_FORWARDS);
    headers.push(Name::From, "");
    headers.push(Name::To, NameAddr::new(aor.clone()));
    headers.push(Name::CallId, "");
    headers.push(Name::CSeq, "");
    headers.push(Name::Contact, dialog::contact(aor.user.as_deref(), flow));
    headers.push(Name::Expires, wanted.expires.as_secs());
    headers.push(Name::Allow, ALLOW);
    Some(request)
}

/// Returns the expiry granted for our contact, which may be shorter than requested.
fn granted(response: &Message, flow: Flow) -> Option<Duration> {
    let contacts = response.contacts();
    let ours = contacts.iter().find(|contact| contact.uri.addr() == Some(flow.local));
    let seconds = ours.and_then(NameAddr::expires).or_else(|| response.expires())?;
    Some(Duration::from_secs(seconds.into()))
}

/// Returns when to refresh: early enough for a second attempt.
fn refresh_after(granted: Duration) -> Duration {
    (granted * 4 / 5).max(Duration::from_secs(1))
}

/// The pause before a retry after a temporary failure.
const TRY_AGAIN: Duration = Duration::from_secs(30);
