//! One dispatch decision with many seats: `cargo bench --bench dispatch`.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use std::{
    collections::{BTreeMap, VecDeque},
    hint::black_box,
    time::Duration,
};

use acd::{Dispatcher, Input, Output, Policy, QueuePolicy, SeatPolicy};
use criterion::{Criterion, criterion_group, criterion_main};
use model::{CallId, OfferId, QueueId, SeatId, Skill, Timestamp};

const SEATS: u32 = 500;
const WAITING: u64 = 1_000;

/// A dispatcher with its seats, and the clock of the measurement.
struct Bench {
    acd: Dispatcher,
    now: Timestamp,
    last: u64,
}

impl Bench {
    /// Ten queues, and seats that serve three of them with levels of six skills: every seat is ready.
    /// `kinds`: how many different profiles the seats have.
    fn new(kinds: u32) -> Bench {
        let queue = |n: u32| QueueId::from(format!("queue-{}", n % 10).as_str());
        let plain = QueuePolicy { wrap_up: Duration::ZERO, ..QueuePolicy::default() };
        let seat = |n: u32| {
            let kind = n % kinds;
            let level = |place: u32| (kind / 10u32.pow(place) % 10 + 1) as u8;
            SeatPolicy {
                skills: SKILLS.iter().zip(0..).map(|(s, n)| (Skill::from(*s), level(n))).collect(),
                queues: [(queue(n), 1), (queue(n + 1), 1), (queue(n + 2), 1)].into(),
                starts_ready: true,
                waits_after_wrap_up: false,
            }
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

    /// The same when every seat talks and 1,000 calls wait. Enough calls have ended for estimates of
    /// the wait. Returns the calls that talk.
    fn busy(kinds: u32) -> (Bench, VecDeque<CallId>) {
        let mut bench = Bench::new(kinds);
        let mut talking = VecDeque::new();
        while talking.len() < SEATS as usize {
            if let Some((offer, call, _)) = bench.arrive() {
                bench.input(Input::Answered { offer });
                talking.push_back(call);
            }
        }
        for _ in 0..WAITING {
            bench.arrive();
        }
        for _ in 0..SEATS {
            bench.next_talk(&mut talking);
        }
        (bench, talking)
    }

    /// A talk ends, its seat answers the next call, and another call arrives.
    fn next_talk(&mut self, talking: &mut VecDeque<CallId>) {
        let call = talking.pop_front().expect("a call is talking");
        let next = self.input(Input::TalkEnded { call });
        let (offer, call, _) = next.expect("a call waits");
        self.input(Input::Answered { offer });
        talking.push_back(call);
        self.arrive();
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
            transferred: false,
            call: CallId::from(self.last),
            queue: QueueId::from(format!("queue-{}", self.last % 10).as_str()),
            skills: BTreeMap::from([(Skill::from(SKILLS[(self.last % 6) as usize]), 1)]),
            priority: 0,
            since: self.now,
        })
    }
}

/// All seats are in calls, 1,000 calls wait: a call ends, and its seat takes the next one.
fn seat_becomes_ready(c: &mut Criterion) {
    for (kinds, name) in PROFILES {
        let (mut bench, mut talking) = Bench::busy(kinds);
        let name = format!("a talk ends, its seat is offered the next of 1,000 calls, {name}");
        c.bench_function(&name, |b| b.iter(|| bench.next_talk(&mut talking)));
    }
}

/// 500 seats are ready: a call arrives, is offered, and its caller leaves.
fn call_arrives(c: &mut Criterion) {
    for (kinds, name) in PROFILES {
        let mut bench = Bench::new(kinds);
        let name = format!("a call is offered to one of 500 ready seats, and leaves, {name}");
        c.bench_function(&name, |b| {
            b.iter(|| {
                let (_, call, _) = bench.arrive().expect("a seat is ready");
                bench.input(Input::Leave { call });
            });
        });
    }
}

/// 500 seats talk and 1,000 calls wait: the cost of one more with its expected wait, and of its
/// leaving.
fn call_waits(c: &mut Criterion) {
    for (kinds, name) in PROFILES {
        let (mut bench, _) = Bench::busy(kinds);
        let name = format!("a call joins 1,000 that wait for 500 seats, and leaves, {name}");
        c.bench_function(&name, |b| {
            b.iter(|| {
                assert!(bench.arrive().is_none(), "every seat talks");
                let call = CallId::from(bench.last);
                bench.input(Input::Leave { call });
            });
        });
    }
}

criterion_group!(benches, seat_becomes_ready, call_arrives, call_waits);
criterion_main!(benches);

/// The numbers of different profiles that are measured.
const PROFILES: [(u32, &str); 2] = [(20, "20 profiles"), (SEATS, "every seat its own profile")];
const SKILLS: [&str; 6] = ["mandarin", "dialect", "english", "tax", "housing", "health"];
