//! Stories of who is rung: skills, tiers, widening, overflow, order across queues, strategies.

mod common;

use std::time::Duration;

use acd::{Outlook, Overflow, Policy, QueuePolicy, SeatPolicy, Strategy, Widening};
use common::{Floor, one_queue, queue, serves, skills};
use model::{Event, SeatId, event::MissedReason};

fn plain() -> QueuePolicy {
    QueuePolicy { wrap_up: Duration::ZERO, ..QueuePolicy::default() }
}

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Two queues; seat 1 serves `a`, seat 2 serves `b`, seat 3 serves both.
fn two_queues(a: QueuePolicy, b: QueuePolicy) -> Policy {
    Policy {
        queues: [(queue("a"), a), (queue("b"), b)].into(),
        seats: [
            (SeatId(1), serves(&["a"])),
            (SeatId(2), serves(&["b"])),
            (SeatId(3), serves(&["a", "b"])),
        ]
        .into(),
        ..Policy::default()
    }
}

#[test]
fn a_shared_seat_takes_the_longest_wait_of_all_its_queues() {
    let mut floor = Floor::new(two_queues(plain(), plain()));
    floor.call_to("b", 1, 0, &[]);
    floor.pass_s(1);
    floor.call_to("a", 2, 0, &[]);
    floor.call_to("a", 3, 0, &[]);
    floor.sit_down(3);
    assert_eq!(floor.rung(), [(1, 3)]);
    floor.picks_up(3);
    floor.hangs_up(1);
    assert_eq!(floor.rung(), [(2, 3)]);
}

#[test]
fn priority_goes_before_wait_and_weight_before_both() {
    let heavy = QueuePolicy { weight: 1, ..plain() };
    let mut floor = Floor::new(two_queues(plain(), heavy));
    floor.call_to("a", 1, 0, &[]);
    floor.pass_s(60);
    floor.call_to("a", 2, 9, &[]);
    floor.pass_s(60);
    floor.call_to("b", 3, 0, &[]);
    floor.sit_down(3);
    for call in [3, 2, 1] {
        assert_eq!(floor.rung(), [(call, 3)]);
        floor.picks_up(3);
        floor.hangs_up(call);
    }
}

#[test]
fn only_who_knows_enough_is_rung_and_the_reason_says_how_much() {
    let mut policy = one_queue(plain(), 2);
    policy.seats.get_mut(&SeatId(2)).unwrap().skills = skills(&[("english", 7)]);
    let mut floor = Floor::new(policy);
    floor.sit_down(1);
    floor.sit_down(2);
    floor.call_to("main", 1, 0, &[("english", 5)]);
    assert_eq!(floor.rung(), [(1, 2)]);
    let Some((_, Event::OfferMade(made))) = floor.log.last() else { panic!() };
    assert_eq!(
        made.why,
        "the only ready seat that may take it, idle 1 s; english 7 of 5; \
         the call waited 0 s in main"
    );
    // Who asks for less than others is not held up by them.
    floor.call_to("main", 2, 0, &[("english", 5)]);
    floor.call_to("main", 3, 0, &[]);
    assert_eq!(floor.rung(), [(3, 1)]);
}

#[test]
fn widening_asks_less_and_then_reaches_further() {
    let widening = vec![
        Widening { after: s(10), lower_by: 2, tiers: 0 },
        Widening { after: s(20), lower_by: 10, tiers: 1 },
    ];
    let mut policy = one_queue(QueuePolicy { widening, ..plain() }, 2);
    policy.seats.get_mut(&SeatId(1)).unwrap().skills = skills(&[("english", 3)]);
    policy.seats.get_mut(&SeatId(2)).unwrap().queues = [(queue("main"), 2)].into();
    let mut floor = Floor::new(policy);
    floor.sit_down(1);
    floor.sit_down(2);
    floor.call_to("main", 1, 0, &[("english", 5)]);
    floor.call_to("main", 2, 0, &[("english", 9)]);
    floor.pass_s(9);
    assert_eq!(floor.rung(), []);
    floor.pass_s(1);
    assert_eq!(floor.rung(), [(1, 1)]);
    floor.pass_s(10);
    assert_eq!(floor.rung(), [(2, 2)]);
}

#[test]
fn overflow_brings_other_seats_and_keeps_the_place() {
    let overflow = vec![Overflow { after: s(30), to: queue("b") }];
    let a = QueuePolicy { overflow, ..plain() };
    let mut floor = Floor::new(two_queues(a, plain()));
    floor.call_to("a", 1, 0, &[]);
    floor.sit_down(2);
    floor.pass_s(28);
    assert_eq!(floor.rung(), []);
    floor.pass_s(1);
    assert_eq!(floor.rung(), [(1, 2)]);
    assert_eq!(floor.acd.waiting(&queue("a")).count(), 1);
    // Its own queue's seat is preferred from now on.
    floor.misses(2, MissedReason::Unanswered);
    floor.ready(2).unwrap();
    floor.sit_down(1);
    assert_eq!(floor.rung(), [(1, 1)]);
}

/// Three seats sit down; the first call goes to seat 1 for a minute, then two short ones
/// are taken; who is rung next?
fn next_by(strategy: Strategy) -> u32 {
    let policy = one_queue(QueuePolicy { strategy, ..plain() }, 3);
    let mut floor = Floor::new(policy);
    (1..=3).for_each(|seat| floor.sit_down(seat));
    for (call, lasts) in [(1, 60), (2, 5), (3, 5)] {
        floor.call(call);
        let rung = floor.rung();
        let (_, seat) = rung[0];
        floor.picks_up(seat);
        floor.pass_s(lasts);
        floor.hangs_up(call);
        floor.pass_s(1);
    }
    floor.call(4);
    floor.rung()[0].1
}

#[test]
fn each_strategy_names_its_seat() {
    // Talks: seat 1, 2, 3 in turn for these; seat 1 is idle longest again.
    assert_eq!(next_by(Strategy::LongestIdle), 1);
    assert_eq!(next_by(Strategy::RoundRobin), 1);
    assert_eq!(next_by(Strategy::FewestCalls), 1);
    // Seat 1 talked a minute; 2 and 3 five seconds each, and 2 is idle longer.
    assert_eq!(next_by(Strategy::LeastTalk), 2);
    // Seat 1 again and again.
    assert_eq!(next_by(Strategy::Linear), 1);
}

#[test]
fn round_robin_goes_by_offers_not_by_idle_time() {
    let policy = one_queue(QueuePolicy { strategy: Strategy::RoundRobin, ..plain() }, 3);
    let mut floor = Floor::new(policy);
    (1..=3).for_each(|seat| floor.sit_down(seat));
    for (call, seat) in [(1, 1), (2, 2), (3, 3), (4, 1)] {
        floor.call(call);
        assert_eq!(floor.rung(), [(call, seat)]);
        // Seats that were rung in vain had their turn.
        floor.leaves(call);
    }
}

#[test]
fn fewest_calls_counts_since_signing_in() {
    let policy = one_queue(QueuePolicy { strategy: Strategy::FewestCalls, ..plain() }, 2);
    let mut floor = Floor::new(policy);
    floor.sit_down(1);
    for call in 1..=3 {
        floor.call(call);
        floor.picks_up(1);
        floor.hangs_up(call);
    }
    floor.sit_down(2);
    for call in 4..=6 {
        floor.rung();
        floor.call(call);
        assert_eq!(floor.rung(), [(call, 2)]);
        floor.picks_up(2);
        floor.hangs_up(call);
    }
    // Three each: the one idle longer.
    floor.call(7);
    assert_eq!(floor.rung(), [(7, 1)]);
}

#[test]
fn best_skill_prefers_who_knows_more_then_who_idles_longer() {
    let mut policy = one_queue(QueuePolicy { strategy: Strategy::BestSkill, ..plain() }, 3);
    for (seat, level) in [(1, 5), (2, 9), (3, 9)] {
        policy.seats.get_mut(&SeatId(seat)).unwrap().skills = skills(&[("english", level)]);
    }
    let mut floor = Floor::new(policy);
    (1..=3).for_each(|seat| floor.sit_down(seat));
    for (call, seat) in [(1, 2), (2, 3), (3, 1)] {
        floor.call_to("main", call, 0, &[("english", 4)]);
        assert_eq!(floor.rung(), [(call, seat)]);
    }
}

#[test]
fn a_lower_tier_is_rung_before_any_strategy_speaks() {
    let widening = vec![Widening { after: s(0), lower_by: 0, tiers: 1 }];
    let mut policy = one_queue(QueuePolicy { widening, ..plain() }, 2);
    policy.seats.insert(
        SeatId(1),
        SeatPolicy { queues: [(queue("main"), 2)].into(), ..SeatPolicy::default() },
    );
    let mut floor = Floor::new(policy);
    floor.sit_down(1);
    floor.sit_down(2);
    floor.call(1);
    floor.call(2);
    assert_eq!(floor.rung(), [(1, 2), (2, 1)]);
}

#[test]
fn the_expected_wait_follows_position_and_is_on_record_when_a_call_joins() {
    let mut floor = Floor::open(plain(), 1);
    for call in 1..=6 {
        floor.call(call);
        floor.picks_up(1);
        floor.pass_s(100);
        floor.hangs_up(call);
    }
    floor.call(7);
    floor.picks_up(1);
    floor.call(8);
    floor.call(9);
    floor.pass_s(40);
    let outlook: Vec<_> = floor.acd.outlook(floor.now).into_values().collect();
    let of = |position, seconds| Outlook { position, expected: Some(s(seconds)) };
    assert_eq!(outlook, [of(1, 60), of(2, 160)]);
    let expected = floor.log.iter().filter_map(|(_, event)| match event {
        Event::CallQueued(e) => Some(e.expected_ms),
        _ => None,
    });
    // The first were too few to learn from.
    let expected: Vec<_> = expected.collect();
    assert_eq!(expected.last_chunk(), Some(&[Some(0), Some(100_000), Some(200_000)]));
    assert_eq!(expected.first(), Some(&None));
}
