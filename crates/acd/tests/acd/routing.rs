//! The choice of the seat: skills, tiers, widening, overflow, order across queues, strategies.

use std::time::Duration;

use crate::common::{Harness, one_queue, queue, serves, skills};
use acd::{Overflow, Policy, QueueEstimate, QueuePolicy, SeatPolicy, Strategy, Widening};
use model::{CallId, DecisionRule, Event, RuledOut, RuledOutReason, SeatId, event::MissedReason};

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
fn shared_seat_takes_the_longest_waiting_call_of_its_queues() {
    let mut harness = Harness::new(two_queues(plain(), plain()));
    harness.call_to("b", 1, 0, &[]);
    harness.pass_s(1);
    harness.call_to("a", 2, 0, &[]);
    harness.call_to("a", 3, 0, &[]);
    harness.sit_down(3);
    assert_eq!(harness.rung(), [(1, 3)]);
    harness.picks_up(3);
    harness.hangs_up(1);
    assert_eq!(harness.rung(), [(2, 3)]);
}

#[test]
fn weight_goes_before_priority_and_priority_before_wait() {
    let heavy = QueuePolicy { weight: 1, ..plain() };
    let mut harness = Harness::new(two_queues(plain(), heavy));
    harness.call_to("a", 1, 0, &[]);
    harness.pass_s(60);
    harness.call_to("a", 2, 9, &[]);
    harness.pass_s(60);
    harness.call_to("b", 3, 0, &[]);
    harness.sit_down(3);
    for call in [3, 2, 1] {
        assert_eq!(harness.rung(), [(call, 3)]);
        harness.picks_up(3);
        harness.hangs_up(call);
    }
}

#[test]
fn only_skilled_seats_are_rung_and_the_decision_has_the_levels() {
    let mut policy = one_queue(plain(), 2);
    policy.seats.get_mut(&SeatId(2)).unwrap().skills = skills(&[("english", 7)]);
    let mut harness = Harness::new(policy);
    harness.sit_down(1);
    harness.sit_down(2);
    harness.call_to("main", 1, 0, &[("english", 5)]);
    assert_eq!(harness.rung(), [(1, 2)]);
    let Some((_, Event::OfferMade(made))) = harness.log.last() else { panic!() };
    let decision = made.decision.as_deref().expect("an offer has its decision");
    assert_eq!(decision.rule, DecisionRule::OnlyCandidate);
    assert_eq!(decision.requirement.skills, skills(&[("english", 5)]));
    assert_eq!(decision.candidates[0].skills, skills(&[("english", 7)]));
    let skill = "english".into();
    let reason = RuledOutReason::Skill { skill, level: 0, required: 5 };
    assert_eq!(decision.ruled_out, [RuledOut { seat: SeatId(1), agent: None, reason }]);
    // A call that requires less does not wait for the others.
    harness.call_to("main", 2, 0, &[("english", 5)]);
    harness.call_to("main", 3, 0, &[]);
    assert_eq!(harness.rung(), [(3, 1)]);
}

#[test]
fn widening_lowers_levels_and_adds_tiers() {
    let widening = vec![
        Widening { after: s(10), lower_by: 2, tiers: 0 },
        Widening { after: s(20), lower_by: 10, tiers: 1 },
    ];
    let mut policy = one_queue(QueuePolicy { widening, ..plain() }, 2);
    policy.seats.get_mut(&SeatId(1)).unwrap().skills = skills(&[("english", 3)]);
    policy.seats.get_mut(&SeatId(2)).unwrap().queues = [(queue("main"), 2)].into();
    let mut harness = Harness::new(policy);
    harness.sit_down(1);
    harness.sit_down(2);
    harness.call_to("main", 1, 0, &[("english", 5)]);
    harness.call_to("main", 2, 0, &[("english", 9)]);
    harness.pass_s(9);
    assert_eq!(harness.rung(), []);
    harness.pass_s(1);
    assert_eq!(harness.rung(), [(1, 1)]);
    harness.pass_s(10);
    assert_eq!(harness.rung(), [(2, 2)]);
}

#[test]
fn overflow_adds_seats_and_keeps_the_position() {
    let overflow = vec![Overflow { after: s(30), to: queue("b") }];
    let a = QueuePolicy { overflow, ..plain() };
    let mut harness = Harness::new(two_queues(a, plain()));
    harness.call_to("a", 1, 0, &[]);
    harness.sit_down(2);
    harness.pass_s(28);
    assert_eq!(harness.rung(), []);
    harness.pass_s(1);
    assert_eq!(harness.rung(), [(1, 2)]);
    assert_eq!(harness.acd.waiting(&queue("a")).count(), 1);
    // From now on the seat of its own queue is preferred.
    harness.misses(2, MissedReason::Unanswered);
    harness.ready(2).unwrap();
    harness.sit_down(1);
    assert_eq!(harness.rung(), [(1, 1)]);
}

/// Three seats become ready. The first call goes to seat 1 for a minute, then two short ones are
/// taken. Returns the seat that is rung next.
fn next_by(strategy: Strategy) -> u32 {
    let policy = one_queue(QueuePolicy { strategy, ..plain() }, 3);
    let mut harness = Harness::new(policy);
    (1..=3).for_each(|seat| harness.sit_down(seat));
    for (call, lasts) in [(1, 60), (2, 5), (3, 5)] {
        harness.call(call);
        let rung = harness.rung();
        let (_, seat) = rung[0];
        harness.picks_up(seat);
        harness.pass_s(lasts);
        harness.hangs_up(call);
        harness.pass_s(1);
    }
    harness.call(4);
    harness.rung()[0].1
}

#[test]
fn each_strategy_chooses_its_seat() {
    // These calls go to seat 1, 2 and 3 in turn; seat 1 is then idle longest.
    assert_eq!(next_by(Strategy::LongestIdle), 1);
    assert_eq!(next_by(Strategy::RoundRobin), 1);
    assert_eq!(next_by(Strategy::FewestCalls), 1);
    // Seat 1 talked a minute, 2 and 3 five seconds each, and 2 is idle longer.
    assert_eq!(next_by(Strategy::LeastTalk), 2);
    // Seat 1 each time.
    assert_eq!(next_by(Strategy::Linear), 1);
}

#[test]
fn round_robin_orders_by_last_offer() {
    let policy = one_queue(QueuePolicy { strategy: Strategy::RoundRobin, ..plain() }, 3);
    let mut harness = Harness::new(policy);
    (1..=3).for_each(|seat| harness.sit_down(seat));
    for (call, seat) in [(1, 1), (2, 2), (3, 3), (4, 1)] {
        harness.call(call);
        assert_eq!(harness.rung(), [(call, seat)]);
        // A seat that was rung without an answer had its turn.
        harness.leaves(call);
    }
}

#[test]
fn fewest_calls_counts_from_sign_in() {
    let policy = one_queue(QueuePolicy { strategy: Strategy::FewestCalls, ..plain() }, 2);
    let mut harness = Harness::new(policy);
    harness.sit_down(1);
    for call in 1..=3 {
        harness.call(call);
        harness.picks_up(1);
        harness.hangs_up(call);
    }
    harness.sit_down(2);
    for call in 4..=6 {
        harness.rung();
        harness.call(call);
        assert_eq!(harness.rung(), [(call, 2)]);
        harness.picks_up(2);
        harness.hangs_up(call);
    }
    // Both have three calls; the one that is idle longer is rung.
    harness.call(7);
    assert_eq!(harness.rung(), [(7, 1)]);
}

#[test]
fn best_skill_prefers_higher_levels_then_longer_idle() {
    let mut policy = one_queue(QueuePolicy { strategy: Strategy::BestSkill, ..plain() }, 3);
    for (seat, level) in [(1, 5), (2, 9), (3, 9)] {
        policy.seats.get_mut(&SeatId(seat)).unwrap().skills = skills(&[("english", level)]);
    }
    let mut harness = Harness::new(policy);
    (1..=3).for_each(|seat| harness.sit_down(seat));
    for (call, seat) in [(1, 2), (2, 3), (3, 1)] {
        harness.call_to("main", call, 0, &[("english", 4)]);
        assert_eq!(harness.rung(), [(call, seat)]);
    }
}

#[test]
fn lower_tier_is_rung_before_the_strategy_applies() {
    let widening = vec![Widening { after: s(0), lower_by: 0, tiers: 1 }];
    let mut policy = one_queue(QueuePolicy { widening, ..plain() }, 2);
    policy.seats.insert(
        SeatId(1),
        SeatPolicy { queues: [(queue("main"), 2)].into(), ..SeatPolicy::default() },
    );
    let mut harness = Harness::new(policy);
    harness.sit_down(1);
    harness.sit_down(2);
    harness.call(1);
    harness.call(2);
    assert_eq!(harness.rung(), [(1, 2), (2, 1)]);
}

#[test]
fn expected_wait_grows_with_the_position_and_is_logged() {
    let mut harness = Harness::open(plain(), 1);
    for call in 1..=6 {
        harness.call(call);
        harness.picks_up(1);
        harness.pass_s(100);
        harness.hangs_up(call);
    }
    harness.call(7);
    harness.picks_up(1);
    harness.call(8);
    harness.call(9);
    harness.pass_s(40);
    let estimate = |call| harness.acd.queue_estimate(harness.now, CallId::from(call));
    let of = |position, seconds| Some(QueueEstimate { position, expected: Some(s(seconds)) });
    assert_eq!([8, 9].map(estimate), [of(1, 60), of(2, 160)]);
    let expected = harness.log.iter().filter_map(|(_, event)| match event {
        Event::CallQueued(e) => Some(e.expected_ms),
        _ => None,
    });
    // The first handle times were too few for an estimate.
    let expected: Vec<_> = expected.collect();
    assert_eq!(expected.last_chunk(), Some(&[Some(0), Some(100_000), Some(200_000)]));
    assert_eq!(expected.first(), Some(&None));
}
