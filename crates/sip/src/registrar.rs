//! The registrar's table (RFC 3261 10): the contacts of each seat, their expiry and how to reach
//! them.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use primitives::{SeatId, Timestamp};

use crate::{
    Flow, SavedContact, Seat, Secret, Transport,
    device::Device,
    digest,
    message::{Message, Name, NameAddr},
    next_hop::return_peer,
    peer::Peer,
    uri::{Scheme, Uri},
};

/// The seats, their passwords and their contacts.
#[derive(Debug)]
pub(crate) struct Registrar {
    limits: Limits,
    seats: BTreeMap<SeatId, SeatEntry>,
    /// The next expiry of each seat that has one.
    due: BTreeSet<(Timestamp, SeatId)>,
    /// The seats registered from each peer.
    peers: BTreeSet<(Peer, SeatId)>,
    /// Seats whose contacts changed since the last [`Registrar::next_changed`].
    changed: BTreeSet<SeatId>,
}

/// Limits of registrations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Shorter registrations are answered 423.
    pub(crate) expires_s_min: u32,
    /// Longer registrations are shortened to this.
    pub(crate) expires_s_max: u32,
    /// Granted when the phone asks for no expiry.
    pub(crate) expires_s_default: u32,
    /// Most contacts of a seat; a further one replaces the first to expire.
    pub(crate) contacts_max: usize,
}

/// A contact through which a seat is called.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contact {
    /// The Request-URI.
    pub(crate) uri: Uri,
    /// The flow of requests, see [`return_peer`]; `None` for a fixed contact.
    pub(crate) peer: Option<Peer>,
    /// The proxies to it, nearest first (RFC 3327); they become Route headers.
    pub(crate) path: Vec<NameAddr>,
    /// When it expires; `None` for a fixed contact.
    pub(crate) expires_at: Option<Timestamp>,
}

/// The result of a REGISTER.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RegisterOutcome {
    /// 200 with all contacts and their `expires`.
    Accept {
        /// The Contact headers.
        contacts: Vec<NameAddr>,
        /// Whether the seat became reachable or unreachable.
        change: Option<ReachabilityChange>,
    },
    /// 423 with Min-Expires.
    TooBrief {
        /// In seconds.
        least_s: u32,
    },
    /// Another status code: 400, 403, 404, or 500 for a request that arrived after a newer one.
    Refuse(u16),
}

/// A change of a seat's reachability by REGISTER or expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReachabilityChange {
    /// Its first contact came.
    Reachable,
    /// It was reachable, and one of its phones registered anew.
    Renewed,
    /// Its last contact is gone.
    Unreachable,
}

#[derive(Clone, Debug, Default)]
struct SeatEntry {
    secret: Option<Secret>,
    fixed: Option<Uri>,
    bindings: Vec<Binding>,
}

#[derive(Clone, Debug)]
struct Binding {
    contact: NameAddr,
    /// The sender of the REGISTER, by which the phone is recognised.
    peer: Peer,
    /// The flow of requests to the phone.
    request_peer: Peer,
    path: Vec<NameAddr>,
    call_id: String,
    cseq: u32,
    expires_at: Timestamp,
}

impl Registrar {
    pub(crate) fn new(limits: Limits) -> Registrar {
        Registrar {
            limits,
            seats: BTreeMap::new(),
            due: BTreeSet::new(),
            peers: BTreeSet::new(),
            changed: BTreeSet::new(),
        }
    }

    /// Adds or replaces a seat. Contacts registered with another password are removed.
    pub(crate) fn put_seat(&mut self, seat: Seat) -> Option<ReachabilityChange> {
        let Seat { seat: id, secret, fixed } = seat;
        let fixed = fixed.as_deref().and_then(read_contact);
        self.change(id, |entry| {
            if entry.secret != secret {
                entry.bindings.clear();
            }
            (entry.secret, entry.fixed) = (secret, fixed);
        })
    }

    /// Restores a contact of the previous run; ignored when its seat is gone or has another
    /// password.
    pub(crate) fn restore(&mut self, saved: SavedContact) -> Option<ReachabilityChange> {
        let SavedContact {
            seat,
            contact,
            peer,
            request_peer,
            path,
            call_id,
            cseq,
            expires_at,
            password_fingerprint,
        } = saved;
        let path = path.iter().map(|proxy| NameAddr::parse(proxy)).collect::<Option<Vec<_>>>()?;
        let contact = NameAddr::parse(&contact)?;
        let entry = self.seats.get(&seat)?;
        if entry.password_fingerprint()? != password_fingerprint {
            return None;
        }
        if entry.bindings.len() >= self.limits.contacts_max {
            return None;
        }
        self.change(seat, |entry| {
            entry.bindings.push(Binding {
                contact,
                peer,
                request_peer,
                path,
                call_id,
                cseq,
                expires_at,
            });
        })
    }

    /// Returns a seat whose contacts changed since the last call, and those that can be called
    /// after a restart.
    pub(crate) fn next_changed(&mut self) -> Option<(SeatId, Vec<SavedContact>)> {
        let seat = self.changed.pop_first()?;
        let Some(entry) = self.seats.get(&seat) else { return Some((seat, Vec::new())) };
        let Some(password_fingerprint) = entry.password_fingerprint() else {
            return Some((seat, Vec::new()));
        };
        let lasts = |binding: &&Binding| {
            binding.peer.flow.transport == Transport::Udp || binding.is_found_by_path()
        };
        let saved = entry.bindings.iter().filter(lasts).map(|binding| SavedContact {
            seat,
            contact: binding.contact.to_string(),
            peer: binding.peer,
            request_peer: binding.request_peer,
            path: binding.path.iter().map(NameAddr::to_string).collect(),
            call_id: binding.call_id.clone(),
            cseq: binding.cseq,
            expires_at: binding.expires_at,
            password_fingerprint: password_fingerprint.clone(),
        });
        Some((seat, saved.collect()))
    }

    /// Removes a seat and its contacts.
    pub(crate) fn remove_seat(&mut self, id: SeatId) -> Option<ReachabilityChange> {
        self.seats.get(&id)?;
        let change = self.change(id, |entry| *entry = SeatEntry::default());
        self.seats.remove(&id);
        change
    }

    /// Returns the password hash of a digest user. Users are seat numbers.
    pub(crate) fn secret(&self, user: &str) -> Option<&Secret> {
        self.seats.get(&seat_of(user)?)?.secret.as_ref()
    }

    /// Handles a REGISTER of `seat` with the right password (RFC 3261 10.3 from step 5).
    ///
    /// All changes are made, or none. `path` holds the proxies through which the phone is called.
    pub(crate) fn register(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        peer: Peer,
        path: Vec<NameAddr>,
        request: &Message,
    ) -> RegisterOutcome {
        let Some(entry) = self.seats.get(&seat) else { return RegisterOutcome::Refuse(404) };
        // A seat may register for itself only.
        let is_own = request.to().and_then(|to| seat_of(to.uri.user.as_deref()?)) == Some(seat);
        if !is_own {
            return RegisterOutcome::Refuse(403);
        }
        let bindings = match self.updated(now, entry.bindings.clone(), (peer, path), request) {
            Ok(bindings) => bindings,
            Err(refusal) => return refusal,
        };
        let is_renewed =
            bindings.iter().any(|new| !entry.bindings.iter().any(|old| new.is_refresh_of(old)));
        let change = self.change(seat, |entry| entry.bindings = bindings);
        let change = change.or(is_renewed.then_some(ReachabilityChange::Renewed));
        let contacts = self.granted(now, seat);
        RegisterOutcome::Accept { contacts, change }
    }

    /// Returns all contacts of a seat, the preferred one first.
    pub(crate) fn contacts(&self, seat: SeatId) -> Vec<Contact> {
        let Some(entry) = self.seats.get(&seat) else { return Vec::new() };
        let mut bindings: Vec<&Binding> = entry.bindings.iter().collect();
        bindings.sort_by_key(|binding| std::cmp::Reverse(binding.contact.q()));
        let fixed = entry.fixed.iter().map(|uri| Contact {
            uri: uri.clone(),
            peer: None,
            path: Vec::new(),
            expires_at: None,
        });
        let registered = bindings.into_iter().map(|binding| Contact {
            uri: binding.contact.uri.clone(),
            peer: Some(binding.request_peer),
            path: binding.path.clone(),
            expires_at: Some(binding.expires_at),
        });
        fixed.chain(registered).collect()
    }

    /// Returns the flows of requests to a seat's registered phones.
    pub(crate) fn request_peers(&self, seat: SeatId) -> Vec<Peer> {
        let entry = self.seats.get(&seat).into_iter();
        entry.flat_map(|entry| &entry.bindings).map(|binding| binding.request_peer).collect()
    }

    /// Returns the registered phone of a seat at `way`; the one with this Contact when there are
    /// several.
    pub(crate) fn device_at(
        &self,
        seat: SeatId,
        request_peer: Peer,
        contact: &Uri,
    ) -> Option<Device> {
        let bindings = &self.seats.get(&seat)?.bindings;
        let mut there =
            bindings.iter().filter(|b| b.request_peer == request_peer || b.peer == request_peer);
        let first = there.clone().next()?;
        let binding = there.find(|b| b.contact.uri.same(contact)).unwrap_or(first);
        Some(Device::new(seat, &binding.contact, Some(&binding.call_id)))
    }

    /// Returns the seat whose phone registered from `peer`; the lowest number when there are
    /// several.
    pub(crate) fn seat_at(&self, peer: Peer) -> Option<SeatId> {
        let (at, seat) = self.peers.range((peer, SeatId(0))..).next()?;
        (*at == peer).then_some(*seat)
    }

    /// Returns whether a phone of this seat registered from `peer`.
    pub(crate) fn is_seat_at(&self, seat: SeatId, peer: Peer) -> bool {
        self.peers.contains(&(peer, seat))
    }

    /// Removes the contacts of a closed connection, except those whose Path names a proxy (RFC
    /// 3327): they are called over another connection. Returns the seats that became unreachable.
    pub(crate) fn closed(&mut self, flow: Flow) -> Vec<SeatId> {
        let first = Peer { flow, source: LOWEST };
        let behind = self.peers.range((first, SeatId(0))..);
        let behind = behind.take_while(|(at, _)| at.flow == flow);
        let seats: Vec<SeatId> = behind.map(|(_, seat)| *seat).collect();
        self.prune(seats, |binding| binding.peer.flow != flow || binding.is_found_by_path())
    }

    /// Removes expired contacts. Returns the seats that became unreachable.
    pub(crate) fn expire(&mut self, now: Timestamp) -> Vec<SeatId> {
        let over = self.due.iter().take_while(|(at, _)| *at <= now);
        let seats: Vec<SeatId> = over.map(|(_, seat)| *seat).collect();
        self.prune(seats, |binding| binding.expires_at > now)
    }

    /// Returns when the next contact expires.
    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    fn prune(&mut self, seats: Vec<SeatId>, keep: impl Fn(&Binding) -> bool) -> Vec<SeatId> {
        let mut unreachable = Vec::new();
        for seat in seats {
            if self.change(seat, |entry| entry.bindings.retain(&keep))
                == Some(ReachabilityChange::Unreachable)
            {
                unreachable.push(seat);
            }
        }
        unreachable
    }

    /// Changes a seat and updates both indexes.
    fn change(
        &mut self,
        id: SeatId,
        change: impl FnOnce(&mut SeatEntry),
    ) -> Option<ReachabilityChange> {
        let entry = self.seats.entry(id).or_default();
        for binding in &entry.bindings {
            self.peers.remove(&(binding.peer, id));
        }
        if let Some(at) = entry.next_expiry() {
            self.due.remove(&(at, id));
        }
        let was_reachable = entry.is_reachable();
        let had_bindings = !entry.bindings.is_empty();
        change(entry);
        if had_bindings || !entry.bindings.is_empty() {
            self.changed.insert(id);
        }
        for binding in &entry.bindings {
            self.peers.insert((binding.peer, id));
        }
        if let Some(at) = entry.next_expiry() {
            self.due.insert((at, id));
        }
        match (was_reachable, entry.is_reachable()) {
            (false, true) => Some(ReachabilityChange::Reachable),
            (true, false) => Some(ReachabilityChange::Unreachable),
            (true, true) | (false, false) => None,
        }
    }

    /// Returns the bindings that the request asks for.
    fn updated(
        &self,
        now: Timestamp,
        mut bindings: Vec<Binding>,
        (peer, path): (Peer, Vec<NameAddr>),
        request: &Message,
    ) -> Result<Vec<Binding>, RegisterOutcome> {
        let (Some(call_id), Some((cseq, _))) = (request.call_id(), request.cseq()) else {
            return Err(RegisterOutcome::Refuse(400));
        };
        let is_overtaken = |b: &Binding| b.call_id == call_id && cseq <= b.cseq;
        if request.is_contact_star() {
            // RFC 3261 10.3 step 6: `*` means all contacts, and only with Expires 0.
            if request.expires() != Some(0) || request.headers.all(&Name::Contact).count() > 1 {
                return Err(RegisterOutcome::Refuse(400));
            }
            return match bindings.iter().any(is_overtaken) {
                true => Err(RegisterOutcome::Refuse(500)),
                false => Ok(Vec::new()),
            };
        }
        for contact in request.contacts() {
            let is_callable = matches!(contact.uri.scheme, Scheme::Sip | Scheme::Sips);
            if !is_callable {
                return Err(RegisterOutcome::Refuse(400));
            }
            let wanted_s = contact.expires().or(request.expires());
            let expires_s = wanted_s.unwrap_or(self.limits.expires_s_default);
            if (1..self.limits.expires_s_min).contains(&expires_s) {
                return Err(RegisterOutcome::TooBrief { least_s: self.limits.expires_s_min });
            }
            let before = bindings.iter().position(|b| b.contact.uri.same(&contact.uri));
            if let Some(at) = before {
                // RFC 3261 10.3 step 7: an older request that arrives late changes nothing.
                if bindings.get(at).is_some_and(is_overtaken) {
                    return Err(RegisterOutcome::Refuse(500));
                }
                bindings.remove(at);
            }
            if expires_s == 0 {
                continue;
            }
            let period = Duration::from_secs(expires_s.min(self.limits.expires_s_max).into());
            let (call_id, expires_at) = (call_id.to_owned(), now + period);
            let (request_peer, path) = (return_peer(peer, request, &contact.uri), path.clone());
            bindings.push(Binding { contact, peer, request_peer, path, call_id, cseq, expires_at });
            while bindings.len() > self.limits.contacts_max {
                // A phone that restarted at another port must be accepted; its stale contact is
                // removed.
                let first = bindings.iter().map(|b| b.expires_at).min();
                let ghost = bindings.iter().position(|b| Some(b.expires_at) == first);
                bindings.remove(ghost.unwrap_or_default());
            }
        }
        Ok(bindings)
    }

    /// Returns the contacts for the 200 (RFC 3261 10.3 step 8).
    fn granted(&self, now: Timestamp, seat: SeatId) -> Vec<NameAddr> {
        let bindings = self.seats.get(&seat).map(|entry| entry.bindings.as_slice());
        let bindings = bindings.unwrap_or_default().iter();
        bindings
            .map(|binding| {
                let mut contact = binding.contact.clone();
                let left = binding.expires_at.since(now).as_secs();
                contact.params.set("expires", Some(&left.to_string()));
                contact
            })
            .collect()
    }
}

impl Binding {
    /// Returns whether a Path names a proxy to it, so that it survives its connection.
    fn is_found_by_path(&self) -> bool {
        self.path.first().is_some_and(|nearest| nearest.uri.addr().is_some())
    }

    /// Returns whether this binding refreshes `old`: the same phone without a restart (RFC 3261
    /// 10.2: one Call-ID for all registrations of a boot).
    fn is_refresh_of(&self, old: &Binding) -> bool {
        self.call_id == old.call_id
            && self.peer == old.peer
            && self.contact.uri.same(&old.contact.uri)
    }
}

impl SeatEntry {
    fn is_reachable(&self) -> bool {
        self.fixed.is_some() || !self.bindings.is_empty()
    }

    /// A fingerprint of the seat's password; `None` when no phone may register.
    fn password_fingerprint(&self) -> Option<String> {
        self.secret.as_ref().map(digest::fingerprint)
    }

    fn next_expiry(&self) -> Option<Timestamp> {
        self.bindings.iter().map(|binding| binding.expires_at).min()
    }
}

/// Parses a fixed contact, with or without angle brackets.
fn read_contact(text: &str) -> Option<Uri> {
    Uri::parse(text).or_else(|| NameAddr::parse(text).map(|contact| contact.uri))
}

fn seat_of(user: &str) -> Option<SeatId> {
    crate::message::number(user).map(SeatId)
}

/// The lowest address, for range queries.
const LOWEST: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

#[cfg(test)]
mod tests;
