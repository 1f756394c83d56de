//! Wire depth: SIP, byte for byte, between the engine's endpoint and everybody else.
//!
//! The engine's side is what the daemon's SIP thread is: an endpoint, the intake for arrivals,
//! and mailboxes to and from the center, which take their time. Outside are phones and a
//! carrier made of endpoints of their own, strangers, and a network between them all.
//!
//! - `network`: who has which address, and what becomes of a datagram.
//! - `phone`, `carrier`, `stranger`: the people.
//! - `tap`: sees every message; law 11.
//! - `glance`: what a bystander reads off a message.

mod carrier;
mod engine;
mod glance;
mod network;
mod phone;
mod stranger;
mod tap;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use model::{SeatId, Timestamp};

use self::{
    carrier::{Carrier, Fault},
    engine::Engine,
    glance::{Glance, Start},
    network::{Arrived, Host, Network},
    phone::Phone,
    stranger::Strangers,
    tap::Tap,
};
use crate::{
    Floor, Storm,
    agenda::Agenda,
    chance::Chance,
    lines::News,
    report::Tally,
};

/// Signalling at wire depth.
#[derive(Debug)]
pub(crate) struct Wire {
    chance: Chance,
    storm: Storm,
    engine: Engine,
    network: Network,
    seats: Vec<SeatId>,
    phones: BTreeMap<SeatId, Phone>,
    carrier: Carrier,
    strangers: Strangers,
    tap: Tap,
    mishaps: Agenda<Mishap>,
    tally: Tally,
    news: VecDeque<News>,
}

/// What befalls the network and those on it.
#[derive(Debug)]
enum Mishap {
    /// Something happens to some phone.
    Phone,
    /// A stranger says something.
    Stranger,
    /// The tap looks for answers nobody acknowledged.
    Look,
}

impl Wire {
    pub(crate) fn new(mut chance: Chance, floor: &Floor, storm: Storm) -> Wire {
        let seats: Vec<SeatId> = floor.policy.seats.keys().copied().collect();
        let mut network = Network::new(chance.branch(), storm.weather);
        let mut phones = BTreeMap::new();
        for seat in &seats {
            network.bind(*seat);
            phones.insert(*seat, Phone::new(*seat, chance.branch(), storm.clone()));
        }
        Wire {
            engine: Engine::new(chance.branch(), &seats),
            network,
            phones,
            carrier: Carrier::new(chance.branch(), storm.clone()),
            strangers: Strangers::new(chance.branch()),
            tap: Tap::default(),
            mishaps: Agenda::new(),
            tally: Tally::default(),
            news: VecDeque::new(),
            seats,
            chance,
            storm,
        }
    }

    pub(crate) fn open(&mut self, now: Timestamp) {
        for phone in self.phones.values_mut() {
            phone.register_within(now, Duration::from_secs(60));
        }
        self.mishaps.plan(now + self.storm.mishap, Mishap::Phone);
        self.mishaps.plan(now + self.storm.stranger, Mishap::Stranger);
        self.mishaps.plan(now + LOOK_EVERY, Mishap::Look);
    }

    pub(crate) fn call(&mut self, now: Timestamp, caller: &str, dialled: &str) {
        self.carrier.call(now, caller, dialled);
        self.flush_carrier(now);
    }

    pub(crate) fn obey(&mut self, now: Timestamp, command: sip::Command) {
        self.engine.obey(now, command);
    }

    pub(crate) fn lose_phone(&mut self, now: Timestamp, seat: SeatId) {
        if let Some(phone) = self.phones.get_mut(&seat)
            && phone.is_on()
        {
            phone.power_off(now);
            self.tap.died(Host::Phone(seat));
        }
    }

    pub(crate) fn dial_code(&mut self, now: Timestamp, seat: SeatId, code: &str) -> bool {
        let dials = self.phones.get_mut(&seat).is_some_and(|phone| phone.dial(now, code));
        self.flush_phone(now, seat);
        dials
    }

    pub(crate) fn crash(&mut self, _now: Timestamp) {
        self.engine.crash();
        self.tap.died(Host::Engine);
    }

    pub(crate) fn restart(&mut self, _now: Timestamp) {
        self.engine.restart();
    }

    pub(crate) fn calm(&mut self, _now: Timestamp) {
        self.network.clear_up();
        self.mishaps.retain(|mishap| matches!(mishap, Mishap::Look));
        // The people at the phones still look away, but no phone dies any more.
        for phone in self.phones.values_mut() {
            phone.calm();
        }
        self.carrier.calm();
    }

    pub(crate) fn handle_timeout(&mut self, now: Timestamp) {
        while let Some(arrived) = self.network.take(now) {
            self.deliver(now, arrived);
        }
        self.engine.handle_timeout(now);
        self.flush_engine(now);
        for n in 0..self.seats.len() {
            let Some(seat) = self.seats.get(n).copied() else { break };
            let Some(phone) = self.phones.get_mut(&seat) else { continue };
            if phone.poll_timeout().is_some_and(|at| at <= now) {
                let was_on = phone.is_on();
                phone.handle_timeout(now);
                if was_on && !phone.is_on() {
                    self.tap.died(Host::Phone(seat));
                }
                self.flush_phone(now, seat);
            }
        }
        if self.carrier.poll_timeout().is_some_and(|at| at <= now) {
            self.carrier.handle_timeout(now);
            self.flush_carrier(now);
        }
        while let Some(mishap) = self.mishaps.take(now) {
            self.befall(now, &mishap);
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        let others = [
            self.network.next(),
            self.engine.poll_timeout(),
            self.carrier.poll_timeout(),
            self.mishaps.next(),
        ];
        let phones = self.phones.values().filter_map(Phone::poll_timeout);
        others.into_iter().flatten().chain(phones).min()
    }

    pub(crate) fn poll_output(&mut self) -> Option<News> {
        self.news.pop_front()
    }

    /// What was seen on the wire.
    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    /// Whether people may hang up, hold and dial.
    pub(crate) fn set_hanging_up(&mut self, may: bool) {
        for phone in self.phones.values_mut() {
            phone.set_hanging_up(may);
        }
        self.carrier.set_hanging_up(may);
    }

    /// All phones sign off.
    pub(crate) fn close(&mut self, now: Timestamp) {
        for n in 0..self.seats.len() {
            let Some(seat) = self.seats.get(n).copied() else { break };
            if let Some(phone) = self.phones.get_mut(&seat) {
                phone.sign_off(now);
            }
            self.flush_phone(now, seat);
        }
    }

    /// Law 12 while calls are up: where center, engine and far ends see different legs.
    /// `calls` are the center's, `talking` the seats it sees in a talk.
    pub(crate) fn disagreements(&self, calls: usize, talking: &[SeatId]) -> Vec<String> {
        let mut found = Vec::new();
        let carrier = self.carrier.up();
        if carrier != calls {
            found.push(format!("the carrier has {carrier} calls up, the center {calls}"));
        }
        let mut phones = 0;
        for (seat, phone) in &self.phones {
            let up = phone.legs().filter(|leg| leg.is_up).count();
            let expected = talking.iter().filter(|talking| *talking == seat).count();
            if up != expected {
                found.push(format!("phone {seat} has {up} talks, the center sees {expected}"));
            }
            phones += phone.legs().count();
        }
        let engine = self.engine.legs();
        if engine != carrier + phones {
            found.push(format!(
                "the engine has {engine} legs, the carrier {carrier} and the phones {phones}"
            ));
        }
        found
    }

    /// Law 12 at rest: who still has something under way.
    pub(crate) fn unrest(&self) -> Vec<String> {
        let mut found = self.engine.unrest();
        if !self.carrier.is_at_rest() {
            found.push("the carrier's endpoint is not at rest".to_owned());
        }
        for (seat, phone) in &self.phones {
            if !phone.is_at_rest() {
                found.push(format!("phone {seat} is not at rest"));
            }
        }
        found
    }

    // ---- what happens -------------------------------------------------------

    fn befall(&mut self, now: Timestamp, mishap: &Mishap) {
        match mishap {
            Mishap::Phone => {
                if let Some(seat) = self.chance.one_of(&self.seats).copied() {
                    self.trouble(now, seat);
                }
                let after = self.chance.about(self.storm.mishap) + Duration::from_millis(1);
                self.mishaps.plan(now + after, Mishap::Phone);
            }
            Mishap::Stranger => {
                let said = self.strangers.speak(&self.seats);
                self.tally.strange += 1;
                let seat = self.chance.one_of(&self.seats).copied();
                // Mostly the engine; sometimes they find a phone's way out.
                let to = seat
                    .filter(|_| self.chance.one_in(8))
                    .and_then(|seat| self.network.outside(seat))
                    .unwrap_or(network::ENGINE);
                self.network.post(now, said.from, to, said.bytes);
                let after = self.chance.about(self.storm.stranger) + Duration::from_millis(1);
                self.mishaps.plan(now + after, Mishap::Stranger);
            }
            Mishap::Look => {
                for what in self.tap.overdue(now) {
                    self.news.push_back(News::Breach(11, what));
                }
                self.mishaps.plan(now + LOOK_EVERY, Mishap::Look);
            }
        }
    }

    fn trouble(&mut self, now: Timestamp, seat: SeatId) {
        match self.chance.below(3) {
            0 => self.lose_phone(now, seat),
            1 => {
                let until = now + self.chance.about(Duration::from_secs(40));
                self.network.cut(seat, until);
            }
            _ => self.network.bind(seat),
        }
    }

    // ---- datagrams ------------------------------------------------------------

    fn deliver(&mut self, now: Timestamp, arrived: Arrived) {
        self.tally.datagrams += 1;
        let Arrived { to, flow, bytes } = arrived;
        let glance = Glance::at(&bytes);
        let is_strange = network::is_strange(flow.remote);
        if let Some(glance) = glance.filter(|_| !is_strange) {
            self.tap.delivered(to, &glance);
        }
        let call_id = glance.map_or("", |glance| glance.call_id);
        match to {
            Host::Engine => {
                self.engine.receive(now, flow, &bytes);
                if !is_strange {
                    self.strangers.overhear(&bytes);
                }
                self.flush_engine(now);
            }
            Host::Carrier => {
                self.carrier.receive(now, flow, &bytes);
                self.flush_carrier(now);
            }
            Host::Phone(seat) => {
                if let Some(phone) = self.phones.get_mut(&seat) {
                    phone.receive(now, flow, &bytes, call_id);
                }
                self.flush_phone(now, seat);
            }
            Host::Stranger => {}
        }
    }

    fn flush_engine(&mut self, now: Timestamp) {
        while let Some((flow, bytes)) = self.engine.out.pop_front() {
            if let Some(glance) = Glance::at(&bytes) {
                self.tap.sent(now, Host::Engine, &glance);
                let is_call = glance.start == Start::Request("INVITE") || glance.is_accept();
                if is_call && network::is_strange(flow.remote) {
                    let what = format!("a stranger at {} is let into a call", flow.remote);
                    self.news.push_back(News::Breach(13, what));
                }
            }
            self.network.send(now, Host::Engine, flow, bytes);
        }
        self.news.extend(self.engine.news.drain(..));
    }

    fn flush_phone(&mut self, now: Timestamp, seat: SeatId) {
        let Some(phone) = self.phones.get_mut(&seat) else { return };
        while let Some(call_id) = phone.rung.pop_front() {
            self.tally.rung += 1;
            let others = phone.legs().filter(|leg| leg.call_id != call_id);
            for other in others {
                if self.engine.wants_both(&call_id, &other.call_id) {
                    let what = format!("phone {seat} rings for a second offer beside a first");
                    self.news.push_back(News::Breach(3, what));
                }
            }
        }
        while let Some((flow, bytes)) = phone.out.pop_front() {
            if let Some(glance) = Glance::at(&bytes) {
                self.tap.sent(now, Host::Phone(seat), &glance);
            }
            self.network.send(now, Host::Phone(seat), flow, bytes);
        }
    }

    fn flush_carrier(&mut self, now: Timestamp) {
        while let Some(fault) = self.carrier.faults.pop_front() {
            match fault {
                Fault::Sever(call_id) => self.network.sever(&call_id),
                Fault::Silence(call_id) => self.network.silence(&call_id),
            }
        }
        while let Some((flow, bytes)) = self.carrier.out.pop_front() {
            if let Some(glance) = Glance::at(&bytes) {
                self.tap.sent(now, Host::Carrier, &glance);
            }
            self.network.send(now, Host::Carrier, flow, bytes);
        }
    }
}

/// The password of a seat's phone.
fn password(seat: SeatId) -> String {
    format!("pw{seat}")
}

/// The digest realm.
const REALM: &str = "hotline.example";
/// The session interval all ends ask for: short, so that who is alone on a leg notices soon.
const SESSION: Duration = Duration::from_secs(600);
const LOOK_EVERY: Duration = Duration::from_secs(5);
