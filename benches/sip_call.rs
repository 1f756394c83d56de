//! The signalling of a whole call: `cargo bench --bench sip_call`.
//!
//! A trunk calls, the hotline answers and rings a seat, the seat answers, the caller hangs up: 14
//! messages in and out. Trunk and telephone are endpoints too; only the hotline's time and
//! allocations count. The allocations of a call are printed before the times.
#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(clippy::print_stdout, reason = "the counts are for the person who runs it")]

use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

use allocation_counter::AllocationInfo;
use criterion::{Criterion, criterion_group, criterion_main};
use model::{IpNetwork, LegId, Number, SeatId, Timestamp, TrunkId};
use sip::{
    Command, Config, Dial, Endpoint, Event, Flow, Input, Output, Seat, Target, Transport, Trunk,
};

fn call(c: &mut Criterion) {
    let mut network = Network::new();
    for _ in 0..WARM_UP_CALLS {
        network.call();
    }
    let before = network.hotline;
    for _ in 0..COUNTED_CALLS {
        network.call();
    }
    let counted = network.hotline;
    println!(
        "sip_call: {} allocations and {} bytes a call",
        (counted.allocations - before.allocations) / COUNTED_CALLS,
        (counted.bytes - before.bytes) / COUNTED_CALLS
    );
    c.bench_function("sip_call/a call, the hotline's side", |b| {
        b.iter_custom(|calls| {
            let before = network.hotline.time;
            (0..calls).for_each(|_| network.call());
            network.hotline.time - before
        });
    });
}

/// Three endpoints and a network without delay.
struct Network {
    now: Timestamp,
    hosts: [Host; 3],
    packets: VecDeque<(Flow, Vec<u8>)>,
    next_leg: u64,
    hotline: Cost,
}

struct Host {
    endpoint: Endpoint,
    address: SocketAddr,
    events: Vec<Event>,
}

/// The cost of the hotline's endpoint so far.
#[derive(Clone, Copy, Default)]
struct Cost {
    time: Duration,
    allocations: u64,
    bytes: u64,
}

impl Network {
    fn new() -> Network {
        let address = |last: u8| SocketAddr::from(([192, 0, 2, last], 5060));
        let host = |at: usize, other: &[usize]| {
            let mut config = Config::new("heartline");
            let address = address(at as u8 + 1);
            config.locals = vec![(Transport::Udp, address)];
            config.trunks = other
                .iter()
                .map(|other| Trunk {
                    id: TrunkId::from("other"),
                    sources: vec![IpNetwork::host([192, 0, 2, *other as u8 + 1].into())],
                })
                .collect();
            // The rate limits are above any carrier's, so that the shield checks and does not drop.
            config.shield.trusted.per_s = 1_000_000;
            config.shield.trusted.burst = 1_000_000;
            if at == HOTLINE {
                let fixed = Some("sip:1001@192.0.2.3:5060".to_owned());
                config.seats = vec![Seat { seat: SeatId(1001), secret: None, fixed }];
            }
            Host { endpoint: Endpoint::new(config, [at as u8; 32]), address, events: Vec::new() }
        };
        Network {
            now: Timestamp::from_micros(1_795_334_400_000_000),
            hosts: [host(HOTLINE, &[TRUNK]), host(TRUNK, &[HOTLINE]), host(PHONE, &[HOTLINE])],
            packets: VecDeque::new(),
            next_leg: 2,
            hotline: Cost::default(),
        }
    }

    /// One call a second, so that its transactions end thirty calls later, as in a busy hour.
    fn call(&mut self) {
        let leg = LegId(self.next_leg);
        self.next_leg += 2;
        self.tell(TRUNK, dial(leg, Target::Uri("sip:12345@192.0.2.1:5060".into())));
        let caller = self.incoming(HOTLINE);
        self.tell(HOTLINE, Command::Accept { leg: caller, rtp_port: 20_000 });
        self.tell(HOTLINE, dial(leg, Target::Seat(SeatId(1001))));
        let phone = self.incoming(PHONE);
        self.tell(PHONE, Command::Ring { leg: phone });
        self.tell(PHONE, Command::Accept { leg: phone, rtp_port: 30_000 });
        let is_answered = |event: &Event| matches!(event, Event::Answered { .. });
        assert!(self.hosts[HOTLINE].events.iter().any(is_answered), "the seat answers");
        self.tell(TRUNK, Command::HangUp { leg, reason: None });
        self.tell(HOTLINE, Command::HangUp { leg, reason: None });
        self.hosts.iter_mut().for_each(|host| host.events.clear());
        self.now += Duration::from_secs(1);
        for host in [HOTLINE, TRUNK, PHONE] {
            while self.hosts[host].endpoint.poll_timeout().is_some_and(|at| at <= self.now) {
                self.feed(host, Input::Timeout);
            }
        }
        self.deliver();
    }

    fn tell(&mut self, host: usize, command: Command) {
        self.feed(host, Input::Command(command));
        self.deliver();
    }

    fn incoming(&self, host: usize) -> LegId {
        let incoming = |event: &Event| match event {
            Event::Incoming(incoming) => Some(incoming.leg),
            _ => None,
        };
        self.hosts[host].events.iter().find_map(incoming).expect("a call")
    }

    fn deliver(&mut self) {
        while let Some((sent, bytes)) = self.packets.pop_front() {
            let flow = Flow { local: sent.remote, remote: sent.local, ..sent };
            let to = self.hosts.iter().position(|host| host.address == flow.local).expect("a host");
            self.feed(to, Input::Received { flow, bytes: &bytes });
        }
    }

    fn feed(&mut self, to: usize, input: Input<'_>) {
        let (host, now) = (&mut self.hosts[to], self.now);
        let mut outputs = Vec::with_capacity(16);
        let begun = Instant::now();
        let counted = allocation_counter::measure(|| {
            host.endpoint.handle_input(now, input);
            outputs.extend(std::iter::from_fn(|| host.endpoint.poll_output()));
        });
        if to == HOTLINE {
            self.hotline.add(begun.elapsed(), &counted);
        }
        for output in outputs {
            match output {
                Output::Send { flow, bytes } => self.packets.push_back((flow, bytes)),
                Output::Event(event) => host.events.push(event),
                Output::Close { .. } | Output::Save(_) => {}
            }
        }
    }
}

impl Cost {
    fn add(&mut self, time: Duration, counted: &AllocationInfo) {
        self.time += time;
        self.allocations += counted.count_total;
        self.bytes += counted.bytes_total;
    }
}

fn dial(leg: LegId, to: Target) -> Command {
    Command::Dial(Dial {
        leg,
        to,
        caller: Number::new("13812345678"),
        display: "张三".to_owned(),
        rtp_port: 20_000,
        headers: vec![("X-Heartline-Call", "1J8Z4QK0T3G".to_owned())],
        credentials: None,
    })
}

const HOTLINE: usize = 0;
const TRUNK: usize = 1;
const PHONE: usize = 2;
/// Until as many transactions end as begin.
const WARM_UP_CALLS: u64 = 100;
const COUNTED_CALLS: u64 = 200;

criterion_group!(benches, call);
criterion_main!(benches);
