//! The reason a waiting call is not offered to a seat.

use std::time::Duration;

use crate::common::{Harness, queue, serves, skills};
use acd::{Input, Overflow, Policy, QueuePolicy, SeatPolicy, Widening};
use model::{
    CallId, NotReadyReason, RuledOut, RuledOutReason, SeatId, WaitCause, WaitReason,
    event::MissedReason,
};

fn reason(harness: &Harness, call: u64) -> WaitReason {
    harness.acd.wait_reason(CallId::from(call)).expect("the call waits without an offer")
}

fn cause(harness: &Harness, call: u64) -> WaitCause {
    reason(harness, call).cause
}

/// Queue `main`; seat 1 speaks English at level 3, seat 2 at level 7.
fn english() -> Policy {
    let seat = |level| SeatPolicy { skills: skills(&[("english", level)]), ..serves(&["main"]) };
    Policy {
        queues: [(queue("main"), QueuePolicy::default())].into(),
        seats: [(SeatId(1), seat(3)), (SeatId(2), seat(7))].into(),
        ..Policy::default()
    }
}

#[test]
fn queue_without_a_signed_in_seat_is_unstaffed() {
    let mut harness = Harness::new(english());
    harness.call(1);
    assert_eq!(cause(&harness, 1), WaitCause::Unstaffed);
}

#[test]
fn seats_below_the_requirement_are_listed_with_their_level() {
    let mut harness = Harness::new(english());
    harness.sit_down(1);
    harness.call_to("main", 1, 0, &[("english", 5)]);
    let reason = reason(&harness, 1);
    assert_eq!(reason.cause, WaitCause::Unqualified);
    assert_eq!(reason.requirement.skills, skills(&[("english", 5)]));
    let unskilled = RuledOutReason::Skill { skill: "english".into(), level: 3, required: 5 };
    let expected = RuledOut { seat: SeatId(1), agent: None, reason: unskilled };
    assert_eq!(reason.ruled_out, [expected]);
    assert_eq!((reason.busy, reason.not_ready, reason.unreachable), (0, 0, 0));
}

#[test]
fn seats_that_would_serve_are_counted_by_their_state() {
    let mut harness = Harness::open(QueuePolicy::default(), 3);
    harness.not_ready(3, NotReadyReason::Meal).unwrap();
    harness.call(1);
    harness.call(2);
    harness.call(3);
    let busy = reason(&harness, 3);
    assert_eq!((busy.cause, busy.busy, busy.not_ready), (WaitCause::Busy, 2, 1));
    harness.log_out(1).unwrap();
    harness.log_out(2).unwrap();
    assert_eq!(cause(&harness, 3), WaitCause::NotReady);
}

#[test]
fn ready_seat_with_an_unreachable_phone_is_counted_as_unreachable() {
    let mut harness = Harness::open(QueuePolicy::default(), 1);
    harness.input(Input::SeatUnreached { seat: SeatId(1) });
    harness.call(1);
    let reason = reason(&harness, 1);
    assert_eq!((reason.cause, reason.unreachable), (WaitCause::NotReady, 1));
}

#[test]
fn seat_that_missed_the_call_is_the_reason_until_it_is_rung_again() {
    let mut harness = Harness::open(QueuePolicy::default(), 1);
    harness.call(1);
    harness.misses(1, MissedReason::ServerError);
    harness.ready(1).unwrap();
    let reason = reason(&harness, 1);
    assert_eq!(reason.cause, WaitCause::Missed);
    assert_eq!(reason.ruled_out[0].reason, RuledOutReason::MissedThisCall);
}

#[test]
fn ready_seat_is_not_rung_without_a_voice_port() {
    let mut harness = Harness::open(QueuePolicy::default(), 1);
    harness.call(1);
    let offer = harness.offer_at(1);
    harness.input(Input::NotRung { offer });
    assert_eq!(cause(&harness, 1), WaitCause::NoPort);
}

#[test]
fn offered_call_has_no_reason_to_wait() {
    let mut harness = Harness::open(QueuePolicy::default(), 1);
    harness.call(1);
    assert_eq!(harness.acd.wait_reason(CallId::from(1)), None);
}

#[test]
fn reason_follows_widening_and_overflow() {
    let s = Duration::from_secs;
    let widening = vec![Widening { after: s(10), lower_by: 1, tiers: 2 }];
    let overflow = vec![Overflow { after: s(20), to: queue("other") }];
    let main = QueuePolicy { widening, overflow, ..QueuePolicy::default() };
    let mut harness = Harness::new(Policy {
        queues: [(queue("main"), main), (queue("other"), QueuePolicy::default())].into(),
        seats: [(SeatId(1), serves(&["other"]))].into(),
        ..Policy::default()
    });
    harness.call_to("main", 1, 0, &[("english", 5)]);
    let before = reason(&harness, 1);
    assert_eq!((before.tier_max, &before.overflow[..]), (1, &[][..]));
    harness.pass_s(15);
    let widened = reason(&harness, 1);
    assert_eq!(widened.requirement.skills, skills(&[("english", 4)]));
    assert_eq!(widened.tier_max, 3);
    harness.pass_s(10);
    assert_eq!(reason(&harness, 1).overflow, [queue("other")]);
}
