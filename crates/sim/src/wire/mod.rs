//! Wire depth: SIP, byte for byte, between the engine's endpoint and all others.
//!
//! The engine's side is like the engine's SIP thread: an endpoint, the intake for arrivals, and
//! mailboxes to and from the center, which have a delay. Outside are phones and a carrier made of
//! endpoints of their own, strangers, and a network between them.
//!
//! - `network`: the addresses, and what happens to a datagram.
//! - `phone`, `carrier`, `stranger`: the senders outside.
//! - `passing`: delivers each datagram.
//! - `tap`: sees every message and checks invariant 11.
//! - `glance`: a quick look at a message.

mod carrier;
mod engine;
mod glance;
mod network;
mod passing;
mod phone;
mod stranger;
mod tap;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use model::{SeatId, Timestamp};

use self::{
    carrier::Carrier,
    engine::Engine,
    network::{Host, Network, PhoneId},
    phone::Phone,
    stranger::Strangers,
    tap::Tap,
};
use crate::{
    Hotline, Storm, agenda::Agenda, chance::Chance, output::SignallingOutput, report::Tally,
};

/// Signalling at wire depth.
#[derive(Debug)]
pub(crate) struct Wire {
    chance: Chance,
    storm: Storm,
    engine: Engine,
    network: Network,
    seats: Vec<SeatId>,
    ids: Vec<PhoneId>,
    phones: BTreeMap<PhoneId, Phone>,
    carrier: Carrier,
    strangers: Strangers,
    tap: Tap,
    mishaps: Agenda<Mishap>,
    /// The end of each phone's last fault, and the time of the engine's last crash.
    troubled: BTreeMap<PhoneId, Timestamp>,
    died: Timestamp,
    tally: Tally,
    outputs: VecDeque<SignallingOutput>,
}

/// A planned event of the network or its hosts.
#[derive(Debug)]
enum Mishap {
    /// A fault of some phone.
    Phone,
    /// A stranger sends a message.
    Stranger,
    /// The tap looks for responses without ACK.
    Look,
}

impl Wire {
    pub(crate) fn new(mut chance: Chance, hotline: &Hotline, storm: Storm) -> Wire {
        let seats: Vec<SeatId> = hotline.policy.seats.keys().copied().collect();
        let mut network = Network::new(chance.branch(), storm.weather);
        let mut phones = BTreeMap::new();
        let at_desks = seats.iter().map(|seat| PhoneId { seat: *seat, nth: 0 });
        let in_pockets = seats.iter().step_by(POCKETS).map(|seat| PhoneId { seat: *seat, nth: 1 });
        let ids: Vec<PhoneId> = at_desks.chain(in_pockets).collect();
        for id in &ids {
            network.bind(*id);
            phones.insert(*id, Phone::new(*id, chance.branch(), storm.clone()));
        }
        Wire {
            engine: Engine::new(chance.branch(), &seats),
            network,
            phones,
            carrier: Carrier::new(chance.branch(), storm.clone()),
            strangers: Strangers::new(chance.branch()),
            tap: Tap::default(),
            mishaps: Agenda::new(),
            troubled: BTreeMap::new(),
            died: Timestamp::default(),
            tally: Tally::default(),
            outputs: VecDeque::new(),
            seats,
            ids,
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

    pub(crate) fn handle_command(&mut self, now: Timestamp, command: sip::Command) {
        self.engine.handle_command(now, command);
    }

    /// The phone on a seat's desk loses power.
    pub(crate) fn lose_phone(&mut self, now: Timestamp, seat: SeatId) {
        self.power_off(now, PhoneId { seat, nth: 0 });
    }

    pub(crate) fn dial_code(&mut self, now: Timestamp, seat: SeatId, code: &str) -> bool {
        let id = PhoneId { seat, nth: 0 };
        let dials = self.phones.get_mut(&id).is_some_and(|phone| phone.dial(now, code));
        self.flush_phone(now, id);
        dials
    }

    pub(crate) fn crash(&mut self, now: Timestamp) {
        self.died = now;
        self.engine.crash();
        self.tap.died(Host::Engine);
    }

    pub(crate) fn restart(&mut self, now: Timestamp) {
        self.engine.restart(now);
        self.flush_engine(now);
    }

    pub(crate) fn calm(&mut self, _now: Timestamp) {
        self.network.clear_up();
        self.mishaps.retain(|mishap| matches!(mishap, Mishap::Look));
        // People may still ignore a ringing phone, but no phone fails any more.
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
        for n in 0..self.ids.len() {
            let Some(id) = self.ids.get(n).copied() else { break };
            let Some(phone) = self.phones.get_mut(&id) else { continue };
            if phone.poll_timeout().is_some_and(|at| at <= now) {
                let was_on = phone.is_on();
                phone.handle_timeout(now);
                if was_on != phone.is_on() {
                    self.tap.died(Host::Phone(id));
                    self.trouble_until(id, now);
                }
                self.flush_phone(now, id);
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

    pub(crate) fn poll_output(&mut self) -> Option<SignallingOutput> {
        self.outputs.pop_front()
    }

    /// The counts so far.
    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    /// Sets whether people may hang up, hold and dial.
    pub(crate) fn set_hanging_up(&mut self, may: bool) {
        for phone in self.phones.values_mut() {
            phone.set_hanging_up(may);
        }
        self.carrier.set_hanging_up(may);
    }

    /// All phones sign off.
    pub(crate) fn close(&mut self, now: Timestamp) {
        for n in 0..self.ids.len() {
            let Some(id) = self.ids.get(n).copied() else { break };
            if let Some(phone) = self.phones.get_mut(&id) {
                phone.sign_off(now);
            }
            self.flush_phone(now, id);
        }
    }

    /// Invariant 12 while calls are up: legs that center, engine and far ends see differently. `calls` is
    /// the center's number of calls, `in_calls` the seats it sees in calls, once for each leg.
    pub(crate) fn disagreements(&self, calls: usize, in_calls: &[SeatId]) -> Vec<String> {
        let mut found = Vec::new();
        let carrier = self.carrier.up();
        if carrier != calls {
            found.push(format!("the carrier has {carrier} calls up, the center {calls}"));
        }
        let phones: usize = self.phones.values().map(|phone| phone.legs().count()).sum();
        for seat in &self.seats {
            let here = self.phones.iter().filter(|(id, _)| id.seat == *seat);
            let up = here.flat_map(|(_, phone)| phone.legs()).filter(|leg| leg.is_up).count();
            let expected = in_calls.iter().filter(|in_call| *in_call == seat).count();
            if up != expected {
                found.push(format!("seat {seat} has {up} legs up, the center sees {expected}"));
            }
        }
        let engine = self.engine.legs();
        if engine != carrier + phones {
            found.push(format!(
                "the engine has {engine} legs, the carrier {carrier} and the phones {phones}"
            ));
        }
        found
    }

    /// Invariant 12 at rest: hosts with something still active.
    pub(crate) fn unrest(&self) -> Vec<String> {
        let mut found = self.engine.unrest();
        if !self.carrier.is_idle() {
            found.push("the carrier's endpoint is not at rest".to_owned());
        }
        for (id, phone) in &self.phones {
            if !phone.is_idle() {
                found.push(format!("phone {id} is not at rest"));
            }
        }
        found
    }

    fn trouble_until(&mut self, id: PhoneId, until: Timestamp) {
        let last = self.troubled.entry(id).or_default();
        *last = until.max(*last);
    }

    fn power_off(&mut self, now: Timestamp, id: PhoneId) {
        if let Some(phone) = self.phones.get_mut(&id)
            && phone.is_on()
        {
            phone.power_off(now);
            self.tap.died(Host::Phone(id));
            self.trouble_until(id, now);
        }
    }

    // ---- what happens -------------------------------------------------------

    fn befall(&mut self, now: Timestamp, mishap: &Mishap) {
        match mishap {
            Mishap::Phone => {
                if let Some(id) = self.chance.one_of(&self.ids).copied() {
                    self.trouble(now, id);
                }
                let after = self.chance.about(self.storm.mishap) + Duration::from_millis(1);
                self.mishaps.plan(now + after, Mishap::Phone);
            }
            Mishap::Stranger => {
                let said = self.strangers.speak(&self.seats);
                self.tally.strange += 1;
                let phone = self.chance.one_of(&self.ids).copied();
                // Mostly to the engine, sometimes to the public address of a phone.
                let to = phone
                    .filter(|_| self.chance.one_in(8))
                    .and_then(|phone| self.network.outside(phone))
                    .unwrap_or(network::ENGINE);
                self.network.post(now, said.from, to, said.bytes);
                let after = self.chance.about(self.storm.stranger) + Duration::from_millis(1);
                self.mishaps.plan(now + after, Mishap::Stranger);
            }
            Mishap::Look => {
                for what in self.tap.overdue(now) {
                    self.outputs.push_back(SignallingOutput::Violation(11, what));
                }
                self.mishaps.plan(now + LOOK_EVERY, Mishap::Look);
            }
        }
    }

    fn trouble(&mut self, now: Timestamp, id: PhoneId) {
        self.trouble_until(id, now);
        match self.chance.below(3) {
            0 => self.power_off(now, id),
            1 => {
                let until = now + self.chance.about(Duration::from_secs(40));
                self.network.cut(id, until);
                self.trouble_until(id, until);
            }
            _ => self.network.bind(id),
        }
    }
}

/// The password of a seat's phone.
fn password(seat: SeatId) -> String {
    format!("pw{seat}")
}

/// The digest realm.
const REALM: &str = "hotline.example";
/// The session interval all ends ask for. It is short, so that an end whose peer is gone notices
/// soon.
const SESSION: Duration = Duration::from_secs(600);
/// Every third seat has a second phone.
const POCKETS: usize = 3;
const LOOK_EVERY: Duration = Duration::from_secs(5);
