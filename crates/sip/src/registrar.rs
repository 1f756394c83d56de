//! Where each seat's phones are (RFC 3261 10): contacts, how long they last, how to reach them.

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
    /// Which seats registered from where.
    peers: BTreeSet<(Peer, SeatId)>,
    /// Seats whose contacts changed since [`Registrar::next_changed`].
    changed: BTreeSet<SeatId>,
}

/// What a registration may ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Shorter registrations are answered 423.
    pub(crate) expires_s_min: u32,
    /// Longer ones are cut to this.
    pub(crate) expires_s_max: u32,
    /// Granted to who asks for no period.
    pub(crate) expires_s_default: u32,
    /// How many contacts a seat may have; one more takes the entry of the first to expire.
    pub(crate) contacts_max: usize,
}

/// A way to a seat.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contact {
    /// The Request-URI.
    pub(crate) uri: Uri,
    /// The way requests go, see [`return_peer`]. `None` for a fixed contact.
    pub(crate) peer: Option<Peer>,
    /// The proxies on the way, nearest first (RFC 3327); they go into Route.
    pub(crate) path: Vec<NameAddr>,
    /// When it ends; `None` for a fixed contact.
    pub(crate) expires_at: Option<Timestamp>,
}

/// What became of a REGISTER.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RegisterOutcome {
    /// 200 with all contacts, each with its `expires`.
    Accept {
        /// For the Contact headers.
        contacts: Vec<NameAddr>,
        /// Whether the seat can be reached now and could not before, or the reverse.
        change: Option<ReachabilityChange>,
    },
    /// 423 with Min-Expires.
    TooBrief {
        /// In seconds.
        least_s: u32,
    },
    /// Another code: 400, 403, 404, or 500 for a request overtaken by a newer one.
    Refuse(u16),
}

/// What a REGISTER or an expiry means for whether a seat can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReachabilityChange {
    /// It can be called: its first contact came.
    Reachable,
    /// It could be called before, and a phone of it registered anew.
    Renewed,
    /// It cannot.
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
    /// Where the REGISTER came from: what the phone is known by.
    peer: Peer,
    /// Where requests to the phone go.
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

    /// Sets or replaces a seat. Who registered with another password is out.
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

    /// A contact of the run before; void when its seat is gone or has another password now.
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

    /// A seat whose contacts changed since this was last asked, and those that can be called
    /// after a start.
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

    /// What a digest user's password hashes to. Users are seats, written as digits.
    pub(crate) fn secret(&self, user: &str) -> Option<&Secret> {
        self.seats.get(&seat_of(user)?)?.secret.as_ref()
    }

    /// A REGISTER of `seat`, whose password was right (RFC 3261 10.3 from step 5).
    ///
    /// All of it is done, or nothing. `path` are the proxies to call it through.
    pub(crate) fn register(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        peer: Peer,
        path: Vec<NameAddr>,
        request: &Message,
    ) -> RegisterOutcome {
        let Some(entry) = self.seats.get(&seat) else { return RegisterOutcome::Refuse(404) };
        // Nobody registers for somebody else.
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

    /// All ways to a seat, the preferred first; none when it cannot be reached.
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

    /// The ways to a seat's registered phones.
    pub(crate) fn request_peers(&self, seat: SeatId) -> Vec<Peer> {
        let entry = self.seats.get(&seat).into_iter();
        entry.flat_map(|entry| &entry.bindings).map(|binding| binding.request_peer).collect()
    }

    /// The registered phone of a seat that is reached by this way, or speaks from there; the one
    /// with this Contact where there are several.
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

    /// The seat whose phone registered from there; the lowest number when several did.
    pub(crate) fn seat_at(&self, peer: Peer) -> Option<SeatId> {
        let (at, seat) = self.peers.range((peer, SeatId(0))..).next()?;
        (*at == peer).then_some(*seat)
    }

    /// Whether a phone of this seat registered from there.
    pub(crate) fn is_seat_at(&self, seat: SeatId, peer: Peer) -> bool {
        self.peers.contains(&(peer, seat))
    }

    /// A stream closed: the contacts behind it cannot be called any more, unless they came by
    /// proxies that their Path names (RFC 3327): those are called by another stream. Gives the
    /// seats that cannot be reached now.
    pub(crate) fn closed(&mut self, flow: Flow) -> Vec<SeatId> {
        let first = Peer { flow, source: LOWEST };
        let behind = self.peers.range((first, SeatId(0))..);
        let behind = behind.take_while(|(at, _)| at.flow == flow);
        let seats: Vec<SeatId> = behind.map(|(_, seat)| *seat).collect();
        self.prune(seats, |binding| binding.peer.flow != flow || binding.is_found_by_path())
    }

    /// Ends what has expired. Gives the seats that cannot be reached now.
    pub(crate) fn expire(&mut self, now: Timestamp) -> Vec<SeatId> {
        let over = self.due.iter().take_while(|(at, _)| *at <= now);
        let seats: Vec<SeatId> = over.map(|(_, seat)| *seat).collect();
        self.prune(seats, |binding| binding.expires_at > now)
    }

    /// When the next contact expires.
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

    /// Changes a seat and keeps both indexes true.
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

    /// The bindings as the request wants them.
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
            // Step 6: a star means all, and only with Expires 0.
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
                // Step 7: an older request that came late changes nothing.
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
                // A phone that restarts at another port must come in; its ghost goes out.
                let first = bindings.iter().map(|b| b.expires_at).min();
                let ghost = bindings.iter().position(|b| Some(b.expires_at) == first);
                bindings.remove(ghost.unwrap_or_default());
            }
        }
        Ok(bindings)
    }

    /// The contacts as a 200 tells them (step 8).
    fn granted(&self, now: Timestamp, seat: SeatId) -> Vec<NameAddr> {
        let bindings = self.seats.get(&seat).map(|entry| entry.bindings.as_slice());
        let bindings = bindings.unwrap_or_default().iter();
        bindings
            .map(|binding| {
                let mut contact = binding.contact.clone();
                let left = binding.expires_at.since(now).as_secs();
                contact.params.set("expires", Some(left.to_string()));
                contact
            })
            .collect()
    }
}

impl Binding {
    /// Whether a proxy of its Path leads to it, whatever becomes of the stream it registered over.
    fn is_found_by_path(&self) -> bool {
        self.path.first().is_some_and(|nearest| nearest.uri.addr().is_some())
    }

    /// Whether this is `old`, refreshed: the same phone that has not restarted (RFC 3261 10.2: one
    /// Call-ID for all registrations of a boot).
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

    /// A mark of the seat's password that does not give it away; `None`: no phone may register.
    fn password_fingerprint(&self) -> Option<String> {
        self.secret.as_ref().map(digest::fingerprint)
    }

    fn next_expiry(&self) -> Option<Timestamp> {
        self.bindings.iter().map(|binding| binding.expires_at).min()
    }
}

/// A fixed contact may be written with or without brackets.
fn read_contact(text: &str) -> Option<Uri> {
    Uri::parse(text).or_else(|| NameAddr::parse(text).map(|contact| contact.uri))
}

fn seat_of(user: &str) -> Option<SeatId> {
    crate::message::number(user).map(SeatId)
}

/// Before every other address.
const LOWEST: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

#[cfg(test)]
mod tests;
