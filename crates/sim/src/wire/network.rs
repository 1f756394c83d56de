//! The network between engine, phones, carrier and strangers. It delays, loses, duplicates and
//! reorders.
//!
//! Phones are behind the NAT of their office: their datagrams come from a public address that may
//! change during a call, and datagrams to an earlier address are lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use model::{SeatId, Timestamp};
use sip::{Flow, Transport};

use crate::{agenda::Agenda, chance::Chance, storm::Weather};

use super::glance::{Glance, Start};

/// A host with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Host {
    Engine,
    Carrier,
    Phone(PhoneId),
    Stranger,
}

/// A phone. A seat may have several, and all of them ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PhoneId {
    pub(super) seat: SeatId,
    /// 0 is the desk phone, 1 the mobile one.
    pub(super) nth: u8,
}

impl std::fmt::Display for PhoneId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.seat, self.nth)
    }
}

/// Where the engine listens.
pub(super) const ENGINE: SocketAddr = at([10, 0, 0, 1], 5_060);
/// Where the carrier's gateway is.
pub(super) const CARRIER: SocketAddr = at([10, 9, 0, 1], 5_060);

#[derive(Debug)]
pub(super) struct Network {
    chance: Chance,
    weather: Weather,
    under_way: Agenda<Packet>,
    hosts: BTreeMap<SocketAddr, Host>,
    /// The public address of each phone.
    outside: BTreeMap<PhoneId, SocketAddr>,
    /// Phones without a cable, with the end of that fault.
    dark: BTreeMap<PhoneId, Timestamp>,
    /// Call-IDs of calls whose carrier side failed; none of their datagrams pass.
    severed: BTreeSet<String>,
    /// Call-IDs of calls whose ACKs are lost.
    silent: BTreeSet<String>,
    next_port: u16,
}

#[derive(Debug)]
struct Packet {
    from: SocketAddr,
    to: SocketAddr,
    bytes: Vec<u8>,
}

/// A datagram that was delivered.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) to: Host,
    /// The flow as its receiver sees it.
    pub(super) flow: Flow,
    pub(super) bytes: Vec<u8>,
}

impl Network {
    pub(super) fn new(chance: Chance, weather: Weather) -> Network {
        Network {
            chance,
            weather,
            under_way: Agenda::new(),
            hosts: BTreeMap::from([(ENGINE, Host::Engine), (CARRIER, Host::Carrier)]),
            outside: BTreeMap::new(),
            dark: BTreeMap::new(),
            severed: BTreeSet::new(),
            silent: BTreeSet::new(),
            next_port: 20_000,
        }
    }

    /// The NAT gives a phone a new public address; the old one is closed.
    pub(super) fn bind(&mut self, phone: PhoneId) {
        self.next_port = self.next_port.checked_add(1).unwrap_or(20_000);
        let office = (phone.seat.0 % OFFICES) as u8;
        let outside = at([100, 64, 0, 1 + office], self.next_port);
        if let Some(before) = self.outside.insert(phone, outside) {
            self.hosts.remove(&before);
        }
        self.hosts.insert(outside, Host::Phone(phone));
    }

    /// The public address of a phone.
    pub(super) fn outside(&self, phone: PhoneId) -> Option<SocketAddr> {
        self.outside.get(&phone).copied()
    }

    /// A phone's cable is out until `until`.
    pub(super) fn cut(&mut self, phone: PhoneId, until: Timestamp) {
        self.dark.insert(phone, until);
    }

    /// The caller's switch failed: no datagram of this call passes in either direction.
    pub(super) fn sever(&mut self, call_id: &str) {
        self.severed.insert(call_id.to_owned());
    }

    /// Loses every ACK of this call.
    pub(super) fn silence(&mut self, call_id: &str) {
        self.silent.insert(call_id.to_owned());
    }

    /// Ends the faults of cables and network. Severed calls stay severed.
    pub(super) fn clear_up(&mut self) {
        self.weather = Weather::FAIR;
        self.dark.clear();
        self.silent.clear();
    }

    /// Sends a datagram of a host's endpoint.
    pub(super) fn send(&mut self, now: Timestamp, from: Host, flow: Flow, bytes: Vec<u8>) {
        let source = match from {
            Host::Phone(phone) if self.is_dark(now, phone) => return,
            Host::Phone(phone) => self.outside(phone).unwrap_or(flow.local),
            Host::Engine | Host::Carrier | Host::Stranger => flow.local,
        };
        self.post(now, source, flow.remote, bytes);
    }

    /// Sends a datagram from any address.
    pub(super) fn post(
        &mut self,
        now: Timestamp,
        from: SocketAddr,
        to: SocketAddr,
        bytes: Vec<u8>,
    ) {
        if self.swallows(&bytes) || self.chance.below(1_000) < self.weather.lost {
            return;
        }
        if self.chance.below(1_000) < self.weather.doubled {
            let at = now + self.delay();
            self.under_way.plan(at, Packet { from, to, bytes: bytes.clone() });
        }
        let at = now + self.delay();
        self.under_way.plan(at, Packet { from, to, bytes });
    }

    /// The next datagram that has arrived by now.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<Arrived> {
        while let Some(Packet { from, to, bytes }) = self.under_way.take(now) {
            // The address belongs to no host: the NAT binding is closed, or it was a stranger's.
            let host = self.hosts.get(&to).copied().unwrap_or(Host::Stranger);
            let local = match host {
                Host::Phone(phone) if self.is_dark(now, phone) => continue,
                Host::Phone(phone) => inside(phone),
                Host::Engine | Host::Carrier | Host::Stranger => to,
            };
            let flow = Flow { transport: Transport::Udp, local, remote: from };
            return Some(Arrived { to: host, flow, bytes });
        }
        None
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.under_way.next()
    }

    fn swallows(&self, bytes: &[u8]) -> bool {
        if self.severed.is_empty() && self.silent.is_empty() {
            return false;
        }
        let Some(glance) = Glance::at(bytes) else { return false };
        let is_ack = matches!(glance.start, Start::Request("ACK"));
        self.severed.contains(glance.call_id) || is_ack && self.silent.contains(glance.call_id)
    }

    fn is_dark(&self, now: Timestamp, phone: PhoneId) -> bool {
        self.dark.get(&phone).is_some_and(|until| *until > now)
    }

    fn delay(&mut self) -> Duration {
        let Weather { late, least, jitter, .. } = self.weather;
        match self.chance.below(1_000) < late {
            true => self.chance.between(LATE_MIN, LATE_MAX),
            false => self.chance.between(least, least + jitter),
        }
    }
}

/// A phone's own address behind its NAT.
pub(super) fn inside(phone: PhoneId) -> SocketAddr {
    let [_, _, high, low] = phone.seat.0.to_be_bytes();
    at([10, 200 + phone.nth, high, low], 5_060)
}

/// Whether the address has never belonged to a known host.
pub(super) fn is_strange(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V4(ip) if ip.octets().starts_with(&[203, 0, 113]))
}

/// The address of a stranger.
pub(super) fn strange(n: u8) -> SocketAddr {
    at([203, 0, 113, n], 5_060)
}

const fn at(ip: [u8; 4], port: u16) -> SocketAddr {
    let [a, b, c, d] = ip;
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), port)
}

/// Seats are spread over this many NATs: many phones share one address.
const OFFICES: u32 = 4;
/// Late enough for several retransmissions to overtake it.
const LATE_MIN: Duration = Duration::from_secs(1);
/// Within T4, which is how long SIP assumes that a message may linger (RFC 3261 17.1.2.2).
const LATE_MAX: Duration = Duration::from_millis(4_900);
