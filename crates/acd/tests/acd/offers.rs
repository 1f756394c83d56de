//! Offers: calls and seats that are matched, miss and cross each other.

use std::time::Duration;

use crate::common::{Harness, one_queue, serves};
use acd::{Consequence, Input, Output, QueuePolicy, WithdrawReason, Work};
use model::{
    CallId, DecisionRule, Event, NotReadyReason, OfferId, SeatId,
    event::{MissedReason, QueueExit, RefusalCause, WithdrawalReason},
};

fn plain() -> QueuePolicy {
    QueuePolicy::default()
}

#[test]
fn call_rings_the_longest_idle_seat_and_its_decision_lists_the_candidates() {
    let mut harness = Harness::open(plain(), 3);
    harness.call(1);
    assert_eq!(harness.rung(), [(1, 1)]);
    let Some((_, Event::OfferMade(made))) = harness.log.last() else { panic!("{:?}", harness.log) };
    let decision = made.decision.as_deref().expect("an offer has its decision");
    assert_eq!(decision.rule, DecisionRule::LongestIdle);
    let candidates = decision.candidates.iter().map(|c| (c.seat.0, c.idle_ms));
    assert_eq!(candidates.collect::<Vec<_>>(), [(1, 3_000), (2, 2_000), (3, 1_000)]);
    assert_eq!((decision.eligible, decision.waited_ms), (3, 0));
    harness.picks_up(1);
    assert!(matches!(harness.work(1), Work::Talking { call, .. } if *call == CallId::from(1)));
    assert_eq!(harness.waiting(), [0u64; 0]);
}

#[test]
fn call_returns_to_its_old_position_after_a_missed_offer() {
    let mut harness = Harness::open(plain(), 2);
    harness.call(1);
    harness.pass_s(5);
    harness.call(2);
    harness.call(3);
    assert_eq!(harness.rung(), [(1, 1), (2, 2)]);
    harness.misses(2, MissedReason::Declined);
    assert_eq!(harness.waiting(), [1, 2, 3]);
    assert_eq!(harness.position(2), Some(2));
    // Seat 1 takes its call and finishes it: call 2 goes before call 3.
    harness.picks_up(1);
    harness.hangs_up(1);
    harness.ready(1).unwrap();
    assert_eq!(harness.rung(), [(2, 1)]);
}

#[test]
fn only_seat_is_offered_the_missed_call_again_after_the_back_off() {
    let mut harness = Harness::open(plain(), 1);
    harness.call(1);
    harness.misses(1, MissedReason::Declined);
    assert_eq!(harness.rung(), [(1, 1)]);
    assert!(harness.is_not_ready(1, NotReadyReason::Rejected));
    // The seat is ready by itself after 15 s, but not for this call.
    harness.pass_s(16);
    assert_eq!(*harness.work(1), Work::Ready);
    assert_eq!(harness.rung(), [(0, 0); 0]);
    // Another call rings the seat in between.
    harness.call(2);
    assert_eq!(harness.rung(), [(2, 1)]);
    harness.leaves(2);
    harness.pass_s(14);
    assert_eq!(harness.rung(), [(1, 1)]);
}

#[test]
fn each_missed_outcome_has_its_own_consequence() {
    for (missed, reason, comes_back) in [
        (MissedReason::Unanswered, NotReadyReason::Rona, None),
        (MissedReason::Declined, NotReadyReason::Rejected, Some(15)),
        (MissedReason::Busy, NotReadyReason::Busy, Some(10)),
        (MissedReason::Silent, NotReadyReason::Unreachable, Some(60)),
        (MissedReason::ServerError, NotReadyReason::System, Some(30)),
    ] {
        let mut harness = Harness::open(plain(), 1);
        harness.call(1);
        harness.misses(1, missed);
        assert!(harness.is_not_ready(1, reason), "{missed:?}");
        assert!(harness.acd.seat(SeatId(1)).unwrap().is_logged_in());
        harness.leaves(1);
        match comes_back {
            None => harness.pass_s(86_400),
            Some(s) => {
                harness.pass_s(s - 1);
                assert!(matches!(harness.work(1), Work::NotReady { .. }), "{missed:?} too early");
                harness.pass_s(1);
            }
        }
        assert_eq!(*harness.work(1) == Work::Ready, comes_back.is_some(), "{missed:?}");
    }
}

#[test]
fn unreachable_seat_is_ready_once_its_phone_is_reached() {
    let mut harness = Harness::open(plain(), 1);
    harness.call(1);
    harness.misses(1, MissedReason::Silent);
    harness.leaves(1);
    harness.input(Input::SeatUnreached { seat: SeatId(1) });
    // The back-off ends while the phone is unreachable: nothing changes.
    harness.pass_s(300);
    assert!(harness.is_not_ready(1, NotReadyReason::Unreachable));
    harness.input(Input::SeatReached { seat: SeatId(1) });
    assert_eq!(*harness.work(1), Work::Ready);
}

#[test]
fn expired_lease_withdraws_the_offer() {
    let mut harness = Harness::open(plain(), 1);
    harness.call(1);
    harness.rings(1);
    let offer = harness.offer_at(1);
    harness.pass_s(20);
    assert!(harness.is_not_ready(1, NotReadyReason::Rona));
    let (call, seat) = (CallId::from(1), SeatId(1));
    assert!(harness.outputs.contains(&Output::Withdraw {
        offer,
        call,
        seat,
        why: WithdrawReason::Lapsed
    }));
    assert_eq!(harness.waiting(), [1]);
    // The answer that crossed the withdrawal changes nothing, nor does the 487 to the CANCEL.
    harness.input(Input::Answered { offer });
    harness.input(Input::Missed { offer, reason: MissedReason::Busy, code: 486 });
    assert!(harness.is_not_ready(1, NotReadyReason::Rona));
    assert_eq!(harness.waiting(), [1]);
}

#[test]
fn phone_that_never_rang_counts_as_unreachable() {
    let mut harness = Harness::open(plain(), 1);
    harness.call(1);
    harness.pass_s(20);
    assert!(harness.is_not_ready(1, NotReadyReason::Unreachable));
}

#[test]
fn caller_hanging_up_keeps_the_ringing_seats_idle_time() {
    let mut harness = Harness::open(plain(), 2);
    harness.call(1);
    assert_eq!(harness.rung(), [(1, 1)]);
    harness.leaves(1);
    assert_eq!(*harness.work(1), Work::Ready);
    let Some((_, Event::OfferWithdrawn(w))) = harness.log.last() else { panic!() };
    assert_eq!(w.why, WithdrawalReason::CallerGone);
    // The call is still first.
    harness.call(2);
    assert_eq!(harness.rung(), [(2, 1)]);
    assert_eq!(harness.waiting(), [2]);
}

#[test]
fn signing_out_while_ringing_returns_the_call_to_its_queue() {
    let mut harness = Harness::open(plain(), 2);
    harness.call(1);
    harness.call(2);
    harness.call(3);
    harness.rung();
    harness.log_out(1).unwrap();
    assert_eq!(*harness.work(1), Work::Off);
    assert_eq!(harness.waiting(), [1, 2, 3]);
    assert_eq!(harness.last_events(2), ["SeatLoggedOut", "OfferWithdrawn"]);
    harness.picks_up(2);
    harness.hangs_up(2);
    harness.ready(2).unwrap();
    assert_eq!(harness.rung(), [(1, 2)]);
}

#[test]
fn break_requested_while_talking_begins_after_the_call() {
    let mut harness = Harness::open(plain(), 1);
    harness.call(1);
    harness.picks_up(1);
    harness.not_ready(1, NotReadyReason::Meal).unwrap();
    assert!(matches!(harness.work(1), Work::Talking { .. }));
    harness.hangs_up(1);
    assert!(harness.is_not_ready(1, NotReadyReason::Meal));
    // A request that was cancelled has no effect.
    harness.ready(1).unwrap();
    harness.call(2);
    harness.picks_up(1);
    harness.log_out(1).unwrap();
    harness.ready(1).unwrap();
    harness.leaves(2);
    assert!(matches!(harness.work(1), Work::WrapUp { .. }));
}

#[test]
fn wrap_up_ends_by_itself_or_by_ready() {
    let mut harness = Harness::open(plain(), 1);
    harness.call(1);
    harness.picks_up(1);
    harness.hangs_up(1);
    harness.pass_s(19);
    assert!(matches!(harness.work(1), Work::WrapUp { .. }));
    harness.call(2);
    harness.rung();
    harness.pass_s(1);
    assert_eq!(harness.rung(), [(2, 1)]);
}

#[test]
fn zero_wrap_up_makes_the_seat_ready_at_once() {
    let mut harness = Harness::open(QueuePolicy { wrap_up: Duration::ZERO, ..plain() }, 1);
    harness.call(1);
    harness.picks_up(1);
    harness.call(2);
    harness.rung();
    harness.hangs_up(1);
    assert_eq!(harness.rung(), [(2, 1)]);
}

#[test]
fn full_queue_refuses_a_call() {
    let mut harness = Harness::open(QueuePolicy { max_length: Some(1), ..plain() }, 0);
    harness.call(1);
    harness.outputs.clear();
    assert!(harness.acd.is_full(&crate::common::queue("main")));
    harness.call(2);
    let (call, refusal) = (CallId::from(2), RefusalCause::QueueFull);
    assert_eq!(harness.outputs, [Output::Refused { call, refusal }]);
    harness.call_to("nowhere", 3, 0, &[]);
    let (call, refusal) = (CallId::from(3), RefusalCause::NoSuchLine);
    assert_eq!(harness.outputs.last(), Some(&Output::Refused { call, refusal }));
}

#[test]
fn max_wait_ends_waiting_but_not_ringing() {
    let wait = Some(Duration::from_secs(30));
    let mut harness = Harness::open(QueuePolicy { max_wait: wait, ..plain() }, 1);
    harness.call(1);
    harness.pass_s(15);
    harness.call(2);
    harness.misses(1, MissedReason::Declined);
    harness.rung();
    // The seat rings for call 2 at 30 s. The 30 s of the call are over at 45 s, while the seat
    // rings.
    harness.pass_s(16);
    assert_eq!(harness.waiting(), [2]);
    let (call, exit) = (CallId::from(1), QueueExit::Timeout);
    assert!(harness.outputs.contains(&Output::Exit { call, exit }));
    harness.pass_s(15);
    assert_eq!(harness.waiting(), [2]);
    harness.picks_up(1);
    assert_eq!(harness.waiting(), [0u64; 0]);
}

#[test]
fn call_missed_after_max_wait_leaves_its_queue() {
    let wait = Some(Duration::from_secs(5));
    let mut harness = Harness::open(QueuePolicy { max_wait: wait, ..plain() }, 2);
    harness.call(1);
    harness.pass_s(10);
    harness.outputs.clear();
    harness.misses(1, MissedReason::Unanswered);
    let (call, exit) = (CallId::from(1), QueueExit::Timeout);
    assert!(harness.outputs.contains(&Output::Exit { call, exit }));
    assert_eq!(harness.rung(), [(0, 0); 0]);
}

#[test]
fn unstaffed_queue_with_leave_when_empty_releases_its_calls() {
    let mut harness = Harness::open(QueuePolicy { leave_when_empty: true, ..plain() }, 1);
    harness.not_ready(1, NotReadyReason::Break).unwrap();
    harness.call(1);
    harness.call(2);
    assert_eq!(harness.waiting(), [1, 2]);
    harness.outputs.clear();
    harness.log_out(1).unwrap();
    assert_eq!(harness.waiting(), [0u64; 0]);
    harness.call(3);
    let exits = harness.outputs.iter().filter(|o| matches!(o, Output::Exit { .. })).count();
    assert_eq!(exits, 3);
}

#[test]
fn drain_refuses_new_calls_and_releases_the_rest_at_its_end() {
    let mut harness = Harness::open(plain(), 1);
    harness.call(1);
    harness.call(2);
    let until = harness.now + Duration::from_secs(10);
    harness.input(Input::Drain { until });
    harness.outputs.clear();
    harness.call(3);
    let (call, refusal) = (CallId::from(3), RefusalCause::Draining);
    assert_eq!(harness.outputs, [Output::Refused { call, refusal }]);
    assert_eq!(harness.waiting(), [1, 2]);
    harness.pass_s(10);
    assert_eq!(harness.waiting(), [0u64; 0]);
    assert_eq!(*harness.work(1), Work::Ready);
}

#[test]
fn call_is_queued_once() {
    let mut harness = Harness::open(plain(), 0);
    harness.call(1);
    harness.pass_s(5);
    harness.call(2);
    harness.call(1);
    assert_eq!(harness.waiting(), [1, 2]);
}

#[test]
fn inputs_about_unknown_ids_change_nothing() {
    let mut harness = Harness::open(plain(), 1);
    harness.outputs.clear();
    let (seat, call, offer) = (SeatId(99), CallId::from(99), OfferId(99));
    for input in [
        Input::SeatReached { seat },
        Input::SeatUnreached { seat },
        Input::SeatBusy { seat },
        Input::SeatFree { seat },
        Input::Leave { call },
        Input::TalkEnded { call },
        Input::Ringing { offer },
        Input::Answered { offer },
        Input::Missed { offer, reason: MissedReason::Busy, code: 486 },
        Input::Timeout,
    ] {
        harness.input(input);
    }
    assert_eq!(harness.outputs, []);
}

#[test]
fn zero_back_off_leaves_the_seat_ready_for_other_calls() {
    let mut policy = one_queue(plain(), 1);
    policy.missed.rejected = Consequence::BackOff(Duration::ZERO);
    policy.seats.insert(SeatId(2), serves(&[]));
    let mut harness = Harness::new(policy);
    harness.sit_down(1);
    harness.call(1);
    harness.misses(1, MissedReason::Declined);
    harness.call(2);
    harness.rung();
    harness.pass(Duration::ZERO);
    assert_eq!(harness.rung(), [(2, 1)]);
}

#[test]
fn seat_without_a_port_keeps_its_turn() {
    let mut harness = Harness::open(plain(), 2);
    harness.call(1);
    assert_eq!(harness.rung(), [(1, 1)]);
    let offer = harness.offer_at(1);
    harness.input(Input::NotRung { offer });
    assert_eq!(*harness.work(1), Work::Ready);
    let Some((_, Event::OfferWithdrawn(withdrawn))) = harness.log.last() else { panic!() };
    assert_eq!(withdrawn.why, WithdrawalReason::NoPorts);
    // No seat is rung, whatever call arrives or seat becomes ready.
    harness.call(2);
    harness.not_ready(2, NotReadyReason::Break).unwrap();
    harness.ready(2).unwrap();
    assert_eq!(harness.rung(), [(0, 0); 0]);
    assert!(harness.acd.is_without_ports());
    harness.input(Input::PortsFree);
    assert_eq!(harness.rung(), [(1, 1), (2, 2)], "in order, the longest idle first");
}

#[test]
fn call_whose_wait_ends_while_no_port_is_free_leaves_its_queue() {
    let policy = QueuePolicy { max_wait: Some(Duration::from_secs(30)), ..plain() };
    let mut harness = Harness::open(policy, 1);
    harness.call(1);
    let offer = harness.offer_at(1);
    harness.input(Input::NotRung { offer });
    harness.pass_s(30);
    assert_eq!(harness.waiting(), [0u64; 0]);
    assert_eq!(*harness.work(1), Work::Ready);
}

#[test]
fn ringable_seats_are_limited_by_waiting_calls() {
    let mut harness = Harness::open(plain(), 3);
    assert_eq!(harness.acd.ringable_with(1), 1, "one caller more, three seats");
    harness.call(1);
    assert_eq!(harness.acd.ringable_with(0), 0, "it rings already");
    assert_eq!(harness.acd.ringable_with(5), 2, "two seats do not ring");
    harness.picks_up(1);
    harness.not_ready(2, NotReadyReason::Break).unwrap();
    assert_eq!(harness.acd.ringable_with(5), 2, "a pause may end at any time");
    harness.log_out(3).unwrap();
    assert_eq!(harness.acd.ringable_with(5), 1);
}

#[test]
fn own_call_of_an_unreachable_phone_makes_the_seat_ready() {
    let mut harness = Harness::open(plain(), 1);
    harness.call(1);
    harness.pass_s(20);
    assert!(harness.is_not_ready(1, NotReadyReason::Unreachable));
    harness.leaves(1);
    let seat = SeatId(1);
    harness.input(Input::SeatBusy { seat });
    assert!(harness.is_not_ready(1, NotReadyReason::Unreachable));
    harness.input(Input::SeatFree { seat });
    assert_eq!(*harness.work(1), Work::Ready);
}

#[path = "../../examples/offer.rs"]
mod offer_example;

#[test]
fn example_offer_runs() {
    offer_example::main();
}
