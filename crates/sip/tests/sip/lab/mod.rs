//! A test network: several endpoints, a network that loses, duplicates and reorders, and a virtual
//! clock. The same seed gives the same run.

pub(crate) mod far;
pub(crate) mod raw_messages;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::SocketAddr,
    time::Duration,
};

use md5::{Digest, Md5};
use primitives::{Direction, IpNetwork, LegId, Number, SeatId, SignalledSource, Timestamp};
use rand_chacha::{
    ChaCha12Rng,
    rand_core::{RngCore, SeedableRng},
};
use sha2::Sha256;
use sip::{
    Command, Config, Credentials, Dial, Endpoint, Event, Flow, Incoming, Input, LegEnd, Output,
    Register, SavedContact, SavedDialog, SavedInvite, SavedState, Seat, Secret, StateUpdate,
    Target, Transport, Trunk,
};

/// How the network treats datagrams. Streams are reliable and ordered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    /// Percent of datagrams lost.
    pub(crate) loss: u32,
    /// Percent of datagrams that are duplicated.
    pub(crate) doubled: u32,
    /// Minimum delay in ms.
    pub(crate) ms_min: u32,
    /// Random delay added to it, in ms; this reorders.
    pub(crate) ms_jitter: u32,
}

impl Weather {
    pub(crate) const FAIR: Weather = Weather { loss: 0, doubled: 0, ms_min: 5, ms_jitter: 0 };
    pub(crate) const STORM: Weather = Weather { loss: 20, doubled: 10, ms_min: 5, ms_jitter: 400 };
}

type Filter = Box<dyn FnMut(&Flow, &str) -> bool>;

/// The test network.
pub(crate) struct Lab {
    pub(crate) now: Timestamp,
    pub(crate) hosts: Vec<Host>,
    pub(crate) weather: Weather,
    /// Every message sent and its flow.
    pub(crate) sent: Vec<Sent>,
    rng: ChaCha12Rng,
    under_way: BTreeMap<(Timestamp, u64), Packet>,
    order: u64,
    streams_free_at: BTreeMap<Flow, Timestamp>,
    filter: Option<Filter>,
}

pub(crate) struct Host {
    pub(crate) endpoint: Endpoint,
    pub(crate) addr: SocketAddr,
    pub(crate) events: VecDeque<Event>,
    pub(crate) expected: Vec<SignalledSource>,
    /// Open streams to this host.
    pub(crate) streams: BTreeSet<Flow>,
    /// The contacts that its disk would hold at a restart.
    pub(crate) contacts: BTreeMap<SeatId, Vec<SavedContact>>,
    pub(crate) dialogs: BTreeMap<LegId, SavedDialog>,
    pub(crate) invites: BTreeMap<u64, SavedInvite>,
    config: Config,
}

pub(crate) struct Sent {
    pub(crate) at: Timestamp,
    pub(crate) flow: Flow,
    pub(crate) text: String,
}

struct Packet {
    flow: Flow,
    bytes: Vec<u8>,
}

impl Lab {
    pub(crate) fn new(seed: u64) -> Lab {
        Lab {
            now: Timestamp::from_micros(1_795_334_400_000_000),
            hosts: Vec::new(),
            weather: Weather::FAIR,
            sent: Vec::new(),
            rng: ChaCha12Rng::seed_from_u64(seed),
            under_way: BTreeMap::new(),
            order: 0,
            streams_free_at: BTreeMap::new(),
            filter: None,
        }
    }

    /// Adds an endpoint at an address and gives its number.
    pub(crate) fn host(&mut self, addr: &str, mut config: Config) -> usize {
        let addr = addr.parse().expect("an address");
        config.locals = vec![(Transport::Udp, addr), (Transport::Tcp, addr)];
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        let endpoint = Endpoint::new(config.clone(), seed);
        self.hosts.push(Host {
            endpoint,
            addr,
            events: VecDeque::new(),
            expected: Vec::new(),
            streams: BTreeSet::new(),
            contacts: BTreeMap::new(),
            dialogs: BTreeMap::new(),
            invites: BTreeMap::new(),
            config,
        });
        let host = self.hosts.len() - 1;
        self.drain(host);
        host
    }

    /// An endpoint crashes and restarts with what is on its disk, and a changed config.
    pub(crate) fn restart(&mut self, host: usize, change: impl FnOnce(&mut Config)) {
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        let at = &mut self.hosts[host];
        change(&mut at.config);
        at.endpoint = Endpoint::new(at.config.clone(), seed);
        at.events.clear();
        let contacts: Vec<_> = std::mem::take(&mut at.contacts).into_values().flatten().collect();
        let dialogs: Vec<_> = std::mem::take(&mut at.dialogs).into_values().collect();
        let invites: Vec<_> = std::mem::take(&mut at.invites).into_values().collect();
        let saved = SavedState {
            contacts: as_on_disk(&contacts),
            dialogs: as_on_disk(&dialogs),
            invites: as_on_disk(&invites),
        };
        at.endpoint.handle_input(self.now, Input::Restore(saved));
        self.drain(host);
    }

    /// Datagrams for which this returns true are lost, until the next filter.
    pub(crate) fn lose_if(&mut self, filter: impl FnMut(&Flow, &str) -> bool + 'static) {
        self.filter = Some(Box::new(filter));
    }

    pub(crate) fn lose_nothing(&mut self) {
        self.filter = None;
    }

    /// Gives a command to an endpoint.
    pub(crate) fn tell(&mut self, host: usize, command: Command) {
        self.hosts[host].endpoint.handle_input(self.now, Input::Command(command));
        self.drain(host);
    }

    /// A message from an address that no endpoint has.
    pub(crate) fn inject(&mut self, from: &str, to: usize, text: &str) {
        let bytes = text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
        self.inject_bytes(from, to, &bytes);
    }

    /// A datagram from an address that no endpoint has.
    pub(crate) fn inject_bytes(&mut self, from: &str, to: usize, bytes: &[u8]) {
        let flow = self.flow_from(from, to);
        self.hosts[to].endpoint.handle_input(self.now, Input::Received { flow, bytes });
        self.drain(to);
    }

    /// Part of a stream from an address that no endpoint has.
    pub(crate) fn inject_stream(&mut self, from: &str, to: usize, text: &str) {
        let flow = Flow { transport: Transport::Tcp, ..self.flow_from(from, to) };
        let bytes = text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
        self.hosts[to].endpoint.handle_input(self.now, Input::Received { flow, bytes: &bytes });
        self.drain(to);
    }

    fn flow_from(&self, from: &str, to: usize) -> Flow {
        let remote = from.parse().expect("an address");
        Flow { transport: Transport::Udp, local: self.hosts[to].addr, remote }
    }

    /// Opens a TCP connection from an address that no endpoint has.
    pub(crate) fn connect(&mut self, from: &str, to: usize) -> Flow {
        let flow = Flow { transport: Transport::Tcp, ..self.flow_from(from, to) };
        self.hosts[to].streams.insert(flow);
        self.hosts[to].endpoint.handle_input(self.now, Input::Opened { flow });
        self.drain(to);
        flow
    }

    /// Bytes over a stream, unless it was closed.
    pub(crate) fn stream(&mut self, flow: Flow, to: usize, bytes: &[u8]) {
        if self.hosts[to].streams.contains(&flow) {
            self.hosts[to].endpoint.handle_input(self.now, Input::Received { flow, bytes });
            self.drain(to);
        }
    }

    pub(crate) fn is_open(&self, host: usize, flow: Flow) -> bool {
        self.hosts[host].streams.contains(&flow)
    }

    pub(crate) fn close(&mut self, host: usize, flow: Flow) {
        self.hosts[host].streams.remove(&flow);
        self.hosts[host].endpoint.handle_input(self.now, Input::Closed { flow });
        self.drain(host);
    }

    /// Advances the time.
    pub(crate) fn run(&mut self, span: Duration) {
        let until = self.now + span;
        while let Some(next) = self.next().filter(|next| *next <= until) {
            self.step(next);
        }
        self.now = until;
    }

    pub(crate) fn run_s(&mut self, seconds: u64) {
        self.run(Duration::from_secs(seconds));
    }

    /// Runs until nothing is pending anywhere; panics when that takes more than a day.
    pub(crate) fn rest(&mut self) {
        let limit = self.now + Duration::from_secs(86_400);
        while let Some(next) = self.next() {
            assert!(next < limit, "still not at rest after a day");
            self.step(next);
        }
    }

    /// The events of a host since last asked.
    pub(crate) fn events(&mut self, host: usize) -> Vec<Event> {
        self.hosts[host].events.drain(..).collect()
    }

    /// The media sources a host expected for legs it dialled, since last asked.
    pub(crate) fn expected(&mut self, host: usize) -> Vec<SignalledSource> {
        std::mem::take(&mut self.hosts[host].expected)
    }

    /// The next incoming call of a host; other events before it are dropped.
    pub(crate) fn incoming(&mut self, host: usize) -> Incoming {
        while let Some(event) = self.hosts[host].events.pop_front() {
            if let Event::Incoming(incoming) = event {
                return incoming;
            }
        }
        panic!("no call came to host {host}")
    }

    /// How many messages a host sent whose text begins like this.
    pub(crate) fn count_sent(&self, host: usize, begins: &str) -> usize {
        let addr = self.hosts[host].addr;
        self.sent.iter().filter(|s| s.flow.local == addr && s.text.starts_with(begins)).count()
    }

    /// The last message a host sent whose text begins like this.
    pub(crate) fn last_sent(&self, host: usize, begins: &str) -> String {
        let addr = self.hosts[host].addr;
        let mut all = self.sent.iter().rev();
        let found = all.find(|s| s.flow.local == addr && s.text.starts_with(begins));
        found.unwrap_or_else(|| panic!("host {host} never sent {begins}")).text.clone()
    }

    /// Every datagram a host sent to an address, by its first line.
    pub(crate) fn heard_by(&self, addr: &str) -> Vec<String> {
        let addr: SocketAddr = addr.parse().expect("an address");
        let to = self.sent.iter().filter(|s| s.flow.remote == addr);
        to.map(|s| s.text.lines().next().unwrap_or_default().to_owned()).collect()
    }

    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.rng.next_u32() % 100 < percent
    }

    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.rng.next_u32() % bound.max(1)
    }

    fn next(&self) -> Option<Timestamp> {
        let packet = self.under_way.first_key_value().map(|((at, _), _)| *at);
        let alarms = self.hosts.iter().filter_map(|host| host.endpoint.poll_timeout());
        packet.into_iter().chain(alarms).min().map(|next| next.max(self.now))
    }

    fn step(&mut self, next: Timestamp) {
        self.now = next;
        while let Some(entry) = self.under_way.first_entry().filter(|e| e.key().0 <= next) {
            let packet = entry.remove();
            let Some(to) = self.hosts.iter().position(|h| h.addr == packet.flow.local) else {
                continue;
            };
            let flow = packet.flow;
            if flow.transport == Transport::Tcp && self.hosts[to].streams.insert(flow) {
                self.hosts[to].endpoint.handle_input(next, Input::Opened { flow });
                self.drain(to);
            }
            let input = Input::Received { flow, bytes: &packet.bytes };
            self.hosts[to].endpoint.handle_input(next, input);
            self.drain(to);
        }
        for host in 0..self.hosts.len() {
            if self.hosts[host].endpoint.poll_timeout().is_some_and(|at| at <= next) {
                self.hosts[host].endpoint.handle_input(next, Input::Timeout);
                self.drain(host);
                let left = self.hosts[host].endpoint.poll_timeout();
                assert!(left.is_none_or(|at| at > next), "a timeout that never passes");
            }
        }
    }

    fn drain(&mut self, host: usize) {
        while let Some(output) = self.hosts[host].endpoint.poll_output() {
            match output {
                Output::Send { flow, bytes } => self.send(flow, bytes),
                Output::Close { flow } => {
                    self.hosts[host].streams.remove(&flow);
                }
                // Stored apart from the events of legs, so that tests can compare those as a whole.
                Output::Event(Event::VoiceExpected { signalled, .. }) => {
                    self.hosts[host].expected.push(signalled);
                }
                Output::Event(event) => self.hosts[host].events.push_back(event),
                Output::Save(save) => {
                    let at = &mut self.hosts[host];
                    match save {
                        StateUpdate::Contacts { seat, contacts } => {
                            at.contacts.insert(seat, contacts);
                        }
                        StateUpdate::Dialog { leg, dialog } => {
                            at.dialogs.insert(leg, *dialog);
                        }
                        StateUpdate::DialogEnded { leg } => {
                            at.dialogs.remove(&leg);
                        }
                        StateUpdate::Invite { id, invite } => {
                            at.invites.insert(id, *invite);
                        }
                        StateUpdate::InviteEnded { id } => {
                            at.invites.remove(&id);
                        }
                    }
                }
            }
        }
    }

    fn send(&mut self, flow: Flow, bytes: Vec<u8>) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let filtered = self.filter.as_mut().is_some_and(|lose| lose(&flow, &text));
        let lost = filtered || flow.transport == Transport::Udp && self.chance(self.weather.loss);
        self.sent.push(Sent { at: self.now, flow, text });
        if lost {
            return;
        }
        let back = Flow { transport: flow.transport, local: flow.remote, remote: flow.local };
        if flow.transport == Transport::Tcp
            && let Some(sender) = self.hosts.iter_mut().find(|host| host.addr == flow.local)
        {
            // Opens a stream when there is none.
            sender.streams.insert(flow);
        }
        let copies = match flow.transport {
            Transport::Udp if self.chance(self.weather.doubled) => 2,
            Transport::Udp | Transport::Tcp => 1,
        };
        for _ in 0..copies {
            let ms = self.weather.ms_min + self.below(self.weather.ms_jitter + 1);
            let mut at = self.now + Duration::from_millis(ms.into());
            if flow.transport == Transport::Tcp {
                let free = self.streams_free_at.entry(flow).or_default();
                at = at.max(*free);
                *free = at;
            }
            self.order += 1;
            self.under_way.insert((at, self.order), Packet { flow: back, bytes: bytes.clone() });
        }
    }
}

/// Serialised and read again.
pub(crate) fn as_on_disk<T: serde::Serialize + serde::de::DeserializeOwned>(saved: &T) -> T {
    let text = serde_json::to_string(saved).expect("it can be written");
    serde_json::from_str(&text).expect("it can be read")
}

/// The center's address in every test.
pub(crate) const CENTER: &str = "10.0.0.1:5060";
/// The trunk's address.
pub(crate) const TRUNK: &str = "10.9.0.1:5060";
/// The realm in every test.
pub(crate) const REALM: &str = "hotline.example";

/// A center with a trunk at 10.9.0.0/16 and seats 1001 to 1003, password `pw1001` and so on.
pub(crate) fn center_config() -> Config {
    let mut config = Config::new(REALM);
    config.trunks = vec![Trunk {
        id: "telecom".into(),
        sources: vec![IpNetwork { address: "10.9.0.0".parse().unwrap(), prefix: 16 }],
    }];
    config.seats = (1001..=1003).map(seat).collect();
    config
}

/// A phone, or the far end of the trunk, which accepts calls from anywhere in 10/8.
pub(crate) fn phone_config() -> Config {
    let mut config = Config::new("phone.example");
    config.trunks = vec![Trunk {
        id: "line".into(),
        sources: vec![IpNetwork { address: "10.0.0.0".parse().unwrap(), prefix: 8 }],
    }];
    config
}

pub(crate) fn seat(number: u32) -> Seat {
    let secret = Some(secret(&number.to_string(), &format!("pw{number}")));
    Seat { seat: SeatId(number), secret, fixed: None }
}

pub(crate) fn secret(user: &str, password: &str) -> Secret {
    let a1 = format!("{user}:{REALM}:{password}");
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    Secret { md5: hex(&Md5::digest(&a1)), sha256: hex(&Sha256::digest(&a1)) }
}

pub(crate) fn credentials(number: u32) -> Credentials {
    Credentials { user: number.to_string(), password: format!("pw{number}") }
}

pub(crate) fn register(number: u32, expires_s: u64) -> Command {
    Command::Register(Register {
        aor: format!("sip:{number}@{REALM}"),
        registrar: CENTER.parse().unwrap(),
        transport: Transport::Udp,
        expires: Duration::from_secs(expires_s),
        credentials: credentials(number),
    })
}

pub(crate) fn dial(leg: u64, to: Target) -> Dial {
    Dial {
        leg: LegId(leg),
        to,
        caller: Number::new("13812345678"),
        display: "张三".to_owned(),
        rtp_port: 20_000,
        headers: vec![("X-Heartline-Call", "1J8Z4QK0T3G".to_owned())],
        credentials: None,
    }
}

pub(crate) fn dial_uri(leg: u64, uri: &str) -> Command {
    Command::Dial(dial(leg, Target::Uri(uri.to_owned())))
}

pub(crate) fn dial_seat(leg: u64, seat: u32) -> Command {
    Command::Dial(dial(leg, Target::Seat(SeatId(seat))))
}

pub(crate) fn accept(leg: LegId) -> Command {
    Command::Accept { leg, rtp_port: 30_000 }
}

pub(crate) fn ring(leg: LegId) -> Command {
    Command::Ring { leg }
}

pub(crate) fn hang_up(leg: LegId) -> Command {
    Command::HangUp { leg, reason: None }
}

pub(crate) fn hold(leg: LegId) -> Command {
    Command::SetDirection { leg, direction: Direction::SendOnly }
}

pub(crate) fn resume(leg: LegId) -> Command {
    Command::SetDirection { leg, direction: Direction::SendRecv }
}

pub(crate) fn ended(leg: LegId, end: LegEnd) -> Event {
    Event::Ended { leg, end }
}

/// A center and a trunk's far end, on a network without loss.
pub(crate) fn pair(seed: u64) -> (Lab, usize, usize) {
    let mut lab = Lab::new(seed);
    let center = lab.host(CENTER, center_config());
    let trunk = lab.host(TRUNK, phone_config());
    (lab, center, trunk)
}

/// The trunk called, the center answered: both legs, the trunk's first.
pub(crate) fn talking(lab: &mut Lab, center: usize, trunk: usize) -> (LegId, LegId) {
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1:5060"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    lab.tell(center, accept(leg));
    lab.run_s(1);
    assert!(matches!(lab.events(trunk).last(), Some(Event::Answered { .. })));
    assert_eq!(lab.events(center), [Event::Confirmed { leg, remote: None }]);
    (LegId(2), leg)
}
