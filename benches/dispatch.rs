//! One dispatch decision with many seats: `cargo bench --bench dispatch`.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use std::{collections::BTreeMap, hint::black_box, time::Duration};

use acd::{AgentCommand, Dispatcher, Input, Output, Policy, QueuePolicy, SeatPolicy};
use criterion::{Criterion, criterion_group, criterion_main};
use model::{CallId, OfferId, QueueId, SeatId, Skill, Timestamp, event::SeatActor};

const SEATS: u32 = 500;
const WAITING: u64 = 1_000;

/// A dispatcher with its seats, and the clock of the measurement.
struct Bench {
    acd: Dispatcher,
    now: Timestamp,
    last: u64,
}

impl Bench {
    /// Ten queues, twenty kinds of seats, every seat serving three queues and ready.
    fn new() -> Bench {
        let queue = |n: u32| QueueId::from(format!("queue-{}", n % 10).as_str());
        let plain = QueuePolicy { wrap_up: Duration::ZERO, ..QueuePolicy::default() };
        let seat = |n: u32| SeatPolicy {
            skills: [(Skill::from("mandarin"), 5 + (n % 2) as u8)].into(),
            queues: [(queue(n), 1), (queue(n + 1), 1), (queue(n + 2), 1)].into(),
            starts_ready: true,
            waits_after_wrap_up: false,
        };
        let policy = Policy {
            queues: (0..10).map(|n| (queue(n), plain.clone())).collect(),
            seats: (1..=SEATS).map(|n| (SeatId(n), seat(n))).collect(),
            ..Policy::default()
        };
        let now = Timestamp::from_micros(1_795_334_400_000_000);
        let mut bench = Bench { acd: Dispatcher::new(policy, OfferId(0)), now, last: 0 };
        for n in 1..=SEATS {
            bench.input(Input::SeatReached { seat: SeatId(n) });
        }
        bench
    }

    fn input(&mut self, input: Input) -> Option<(OfferId, CallId, SeatId)> {
        self.now += Duration::from_micros(10);
        self.acd.handle_input(self.now, input);
        let mut offered = None;
        while let Some(output) = self.acd.poll_output() {
            if let Output::Offer { offer, call, seat, .. } = black_box(output) {
                offered = Some((offer, call, seat));
            }
        }
        offered
    }

    fn arrive(&mut self) -> Option<(OfferId, CallId, SeatId)> {
        self.last += 1;
        self.input(Input::Enqueue {
            call: CallId::from(self.last),
            queue: QueueId::from(format!("queue-{}", self.last % 10).as_str()),
            skills: BTreeMap::from([(Skill::from("mandarin"), 5)]),
            priority: 0,
            since: self.now,
        })
    }
}

/// All seats are in calls, 1,000 calls wait: a call ends, and its seat takes the next one.
fn seat_becomes_ready(c: &mut Criterion) {
    let mut bench = Bench::new();
    let mut talking = std::collections::VecDeque::new();
    for _ in 0..SEATS {
        if let Some((offer, call, _)) = bench.arrive() {
            bench.input(Input::Answered { offer });
            talking.push_back(call);
        }
    }
    for _ in 0..WAITING {
        bench.arrive();
    }
    c.bench_function("a talk ends, its seat is offered the next of 1,000 calls", |b| {
        b.iter(|| {
            let call = talking.pop_front().expect("a call is talking");
            let next = bench.input(Input::TalkEnded { call });
            let (offer, call, _) = next.expect("a call waits");
            bench.input(Input::Answered { offer });
            talking.push_back(call);
            bench.arrive();
        });
    });
}

/// 500 seats are ready: a call arrives, is offered, and its caller leaves.
fn call_arrives(c: &mut Criterion) {
    let mut bench = Bench::new();
    c.bench_function("a call arrives and is offered to one of 500 seats, and leaves", |b| {
        b.iter(|| {
            let (_, call, _) = bench.arrive().expect("a seat is ready");
            bench.input(Input::Leave { call });
        });
    });
}

/// 1,000 calls wait and no seat is ready: the cost of one more, and of its leaving.
fn no_seat_is_ready(c: &mut Criterion) {
    let mut bench = Bench::new();
    for n in 1..=SEATS {
        let by = SeatActor::Engine;
        let _ = bench.acd.handle_command(bench.now, AgentCommand::LogOut { seat: SeatId(n), by });
    }
    for _ in 0..WAITING {
        bench.arrive();
    }
    c.bench_function("a call joins 1,000 that wait, no seat is ready, and leaves", |b| {
        b.iter(|| {
            bench.arrive();
            let call = CallId::from(bench.last);
            bench.input(Input::Leave { call });
        });
    });
}

criterion_group!(benches, seat_becomes_ready, call_arrives, no_seat_is_ready);
criterion_main!(benches);
