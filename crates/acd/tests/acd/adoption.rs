//! Another policy is adopted while calls wait, ring and talk.

use std::{collections::BTreeMap, time::Duration};

use crate::common::{Harness, one_queue, queue, serves};
use acd::{AgentCommand, NotAdopted, Output, Policy, QueuePolicy, Rejected, Strategy, Work};
use model::{
    AccountName, AgentProfile, CallId, Event, RoutingProfile, SeatId,
    event::{AfterTalk, SeatActor},
};

fn adopt(
    harness: &mut Harness,
    policy: Policy,
    moves: &[(&str, &str)],
) -> Result<(), Vec<NotAdopted>> {
    let moves: BTreeMap<_, _> = moves.iter().map(|(from, to)| (queue(from), queue(to))).collect();
    let result = harness.acd.adopt(harness.now, policy, &moves);
    harness.drain();
    result
}

fn seconds(s: u64) -> Duration {
    Duration::from_secs(s)
}

/// Seats that were removed since the outputs were last taken.
fn removed(harness: &Harness) -> Vec<u32> {
    let removed = harness.outputs.iter().filter_map(|output| match output {
        Output::SeatRemoved { seat } => Some(seat.0),
        _ => None,
    });
    removed.collect()
}

fn without(policy: &Policy, seat: u32) -> Policy {
    let mut policy = policy.clone();
    policy.seats.remove(&SeatId(seat));
    policy
}

/// Queues `main` and `other`; seats 1 and 2 serve `main`, seat 3 serves `other`.
fn two_queues() -> Policy {
    let mut policy = one_queue(QueuePolicy::default(), 2);
    policy.queues.insert(queue("other"), QueuePolicy::default());
    policy.seats.insert(SeatId(3), serves(&["other"]));
    policy
}

#[test]
fn same_policy_changes_nothing() {
    let policy = one_queue(QueuePolicy::default(), 2);
    let mut harness = Harness::open(QueuePolicy::default(), 2);
    harness.call(10);
    harness.picks_up(1);
    harness.call(11);
    harness.call(12);
    harness.call(13);
    let (events, offer) = (harness.log.len(), harness.offer_at(2));
    adopt(&mut harness, policy, &[]).unwrap();
    assert_eq!(harness.log.len(), events);
    assert_eq!(harness.waiting(), [11, 12, 13]);
    assert_eq!(harness.offer_at(2), offer);
    harness.picks_up(2);
    harness.hangs_up(10);
    harness.pass_s(30);
    assert_eq!(harness.waiting(), [12, 13]);
    assert!(matches!(harness.work(1), Work::Alerting { call, .. } if call.as_u64() == 12));
}

#[test]
fn waiting_calls_keep_their_places_and_a_new_seat_is_rung_for_the_first() {
    let mut harness = Harness::open(QueuePolicy::default(), 0);
    harness.call(10);
    harness.pass_s(5);
    harness.call_to("main", 11, 3, &[]);
    harness.call(12);
    assert_eq!(harness.waiting(), [11, 10, 12]);
    adopt(&mut harness, one_queue(QueuePolicy::default(), 1), &[]).unwrap();
    assert_eq!(harness.waiting(), [11, 10, 12]);
    harness.outputs.clear();
    harness.sit_down(1);
    assert_eq!(harness.rung(), [(11, 1)]);
}

#[test]
fn seat_removed_in_a_talk_goes_after_it() {
    let policy = one_queue(QueuePolicy::default(), 2);
    let mut harness = Harness::open(QueuePolicy::default(), 2);
    harness.call(10);
    harness.picks_up(1);
    harness.outputs.clear();
    adopt(&mut harness, without(&policy, 1), &[]).unwrap();
    assert!(matches!(harness.work(1), Work::Talking { .. }));
    assert_eq!(removed(&harness), [0; 0]);
    // The seat is not in the config any more: nobody changes what happens after the talk.
    assert_eq!(harness.ready(1), Err(Rejected::NoSuchSeat));
    harness.hangs_up(10);
    assert!(harness.acd.seat(SeatId(1)).is_none());
    assert_eq!(removed(&harness), [1]);
    assert_eq!(harness.last_events(1), ["SeatLoggedOut"]);
    harness.call(11);
    assert!(matches!(harness.work(2), Work::Alerting { .. }));
}

#[test]
fn seat_that_returns_before_its_talk_ends_stays() {
    let policy = one_queue(QueuePolicy::default(), 1);
    let mut harness = Harness::open(QueuePolicy::default(), 1);
    harness.call(10);
    harness.picks_up(1);
    adopt(&mut harness, without(&policy, 1), &[]).unwrap();
    let next = |harness: &Harness| harness.acd.seat(SeatId(1)).and_then(|s| s.next.clone());
    assert_eq!(next(&harness), Some((AfterTalk::LogOut, SeatActor::Engine)));
    adopt(&mut harness, policy, &[]).unwrap();
    assert_eq!(next(&harness), None);
    harness.hangs_up(10);
    assert!(matches!(harness.work(1), Work::WrapUp { .. }));
}

#[test]
fn seat_removed_while_it_rings_gives_the_call_back_at_its_place() {
    let policy = one_queue(QueuePolicy::default(), 2);
    let mut harness = Harness::open(QueuePolicy::default(), 1);
    harness.call(10);
    harness.rings(1);
    harness.call(11);
    let offer = harness.offer_at(1);
    harness.outputs.clear();
    adopt(&mut harness, without(&policy, 1), &[]).unwrap();
    let is_withdrawn =
        |output: &Output| matches!(output, Output::Withdraw { call, .. } if call.as_u64() == 10);
    assert!(harness.outputs.iter().any(is_withdrawn));
    assert_eq!(removed(&harness), [1]);
    assert_eq!(harness.waiting(), [10, 11]);
    // The seat picked up at the same moment: its offer is over.
    harness.input(acd::Input::Answered { offer });
    assert_eq!(harness.waiting(), [10, 11]);
    harness.outputs.clear();
    harness.sit_down(2);
    assert_eq!(harness.rung(), [(10, 2)]);
}

#[test]
fn seat_removed_in_wrap_up_or_ready_goes_at_once_and_its_timer_with_it() {
    let policy = one_queue(QueuePolicy::default(), 3);
    let mut harness = Harness::open(QueuePolicy::default(), 2);
    harness.call(10);
    harness.picks_up(1);
    harness.hangs_up(10);
    harness.outputs.clear();
    let mut left = without(&policy, 1);
    left.seats.remove(&SeatId(2));
    adopt(&mut harness, left, &[]).unwrap();
    assert_eq!(removed(&harness), [1, 2]);
    harness.pass_s(60);
    harness.call(11);
    assert_eq!(harness.waiting(), [11]);
    harness.outputs.clear();
    harness.sit_down(3);
    assert_eq!(harness.rung(), [(11, 3)]);
}

#[test]
fn agent_of_a_removed_seat_may_sign_in_elsewhere() {
    let policy = one_queue(QueuePolicy::default(), 2);
    let mut harness = Harness::open(QueuePolicy::default(), 1);
    let agent = Some(AccountName::from("li"));
    let sign_in = |seat| AgentCommand::LogIn {
        seat: SeatId(seat),
        agent: agent.clone(),
        by: SeatActor::Phone,
    };
    harness.handle_command(sign_in(1)).unwrap();
    adopt(&mut harness, policy.clone(), &[]).unwrap();
    assert!(harness.handle_command(sign_in(2)).is_err());
    adopt(&mut harness, without(&policy, 1), &[]).unwrap();
    harness.handle_command(sign_in(2)).unwrap();
}

#[test]
fn removed_queue_with_callers_is_refused_and_nothing_changes() {
    let mut harness = Harness::new(two_queues());
    harness.call(10);
    let mut policy = two_queues();
    policy.queues.remove(&queue("main"));
    policy.seats.remove(&SeatId(3));
    let refused = adopt(&mut harness, policy.clone(), &[]);
    let has_callers = NotAdopted::QueueHasCallers { queue: queue("main"), callers: 1 };
    assert_eq!(refused, Err(vec![has_callers]));
    assert!(harness.acd.seat(SeatId(3)).is_some());
    assert_eq!(harness.waiting(), [10]);
    let nowhere = adopt(&mut harness, policy, &[("main", "gone")]);
    assert_eq!(nowhere, Err(vec![NotAdopted::NoSuchQueue { queue: queue("gone") }]));
    let stays = adopt(&mut harness, two_queues(), &[("main", "other")]);
    assert_eq!(stays, Err(vec![NotAdopted::QueueStays { queue: queue("main") }]));
}

#[test]
fn callers_of_a_removed_queue_are_moved_by_the_time_they_have_waited() {
    let mut harness = Harness::new(two_queues());
    harness.call_to("other", 9, 0, &[]);
    harness.pass_s(1);
    harness.call(10);
    harness.pass_s(1);
    harness.call_to("other", 11, 0, &[]);
    let mut policy = two_queues();
    policy.queues.remove(&queue("main"));
    adopt(&mut harness, policy, &[("main", "other")]).unwrap();
    let other: Vec<u64> = harness.acd.waiting(&queue("other")).map(CallId::as_u64).collect();
    assert_eq!(other, [9, 10, 11]);
    let moved = harness.log.iter().filter_map(|(_, event)| match event {
        Event::CallMoved(e) => Some((e.call.as_u64(), e.from.clone(), e.to.clone(), e.position)),
        _ => None,
    });
    assert_eq!(moved.collect::<Vec<_>>(), [(10, queue("main"), queue("other"), 2)]);
    harness.outputs.clear();
    harness.sit_down(3);
    assert_eq!(harness.rung(), [(9, 3)]);
}

#[test]
fn call_that_rings_is_moved_with_its_offer() {
    let mut harness = Harness::new(two_queues());
    harness.sit_down(1);
    harness.call(10);
    harness.rings(1);
    let mut policy = two_queues();
    policy.queues.remove(&queue("main"));
    adopt(&mut harness, policy, &[("main", "other")]).unwrap();
    harness.picks_up(1);
    assert!(matches!(harness.work(1), Work::Talking { .. }));
    assert_eq!(harness.acd.waiting(&queue("other")).count(), 0);
    harness.hangs_up(10);
    assert!(matches!(harness.work(1), Work::WrapUp { .. }));
}

#[test]
fn talk_of_a_removed_queue_ends_by_the_wrap_up_of_its_queue() {
    let mut harness = Harness::new(two_queues());
    harness.sit_down(1);
    harness.call(10);
    harness.picks_up(1);
    let mut policy = two_queues();
    policy.queues.remove(&queue("main"));
    adopt(&mut harness, policy, &[]).unwrap();
    harness.hangs_up(10);
    let until = harness.now + QueuePolicy::default().wrap_up;
    assert!(matches!(harness.work(1), Work::WrapUp { until: at, .. } if *at == until));
}

#[test]
fn smaller_limits_end_no_wait_that_has_begun() {
    let roomy = QueuePolicy { max_wait: Some(seconds(600)), ..QueuePolicy::default() };
    let mut harness = Harness::open(roomy, 0);
    harness.call(10);
    harness.call(11);
    harness.pass_s(60);
    let tight = QueuePolicy {
        max_wait: Some(seconds(30)),
        max_length: Some(1),
        leave_when_empty: true,
        ..QueuePolicy::default()
    };
    adopt(&mut harness, one_queue(tight, 1), &[]).unwrap();
    harness.pass_s(100);
    assert_eq!(harness.waiting(), [10, 11]);
    assert!(harness.acd.is_full(&queue("main")));
    // The limit that they began with holds.
    harness.pass_s(600);
    assert_eq!(harness.waiting(), [0; 0]);
}

#[test]
fn larger_limit_holds_for_calls_that_wait_already() {
    let tight = QueuePolicy { max_wait: Some(seconds(30)), ..QueuePolicy::default() };
    let mut harness = Harness::open(tight, 0);
    harness.call(10);
    adopt(&mut harness, one_queue(QueuePolicy::default(), 0), &[]).unwrap();
    harness.pass_s(3_600);
    assert_eq!(harness.waiting(), [10]);
}

#[test]
fn callers_leave_when_the_last_seat_of_a_queue_that_says_so_is_removed() {
    let policy = QueuePolicy { leave_when_empty: true, ..QueuePolicy::default() };
    let mut harness = Harness::open(policy.clone(), 1);
    harness.call(10);
    harness.picks_up(1);
    harness.call(11);
    assert_eq!(harness.waiting(), [11]);
    adopt(&mut harness, one_queue(policy, 0), &[]).unwrap();
    harness.pass_s(0);
    assert_eq!(harness.waiting(), [0; 0]);
}

#[test]
fn changed_skills_and_agents_hold_for_the_next_offer() {
    let mut harness = Harness::open(QueuePolicy::default(), 2);
    let li = AccountName::from("li");
    let login =
        AgentCommand::LogIn { seat: SeatId(1), agent: Some(li.clone()), by: SeatActor::Phone };
    harness.handle_command(login).unwrap();
    let mut policy = one_queue(QueuePolicy::default(), 2);
    // Li serves nothing from now on; seat 2 has a skill.
    policy
        .agents
        .insert(li, AgentProfile { team: String::new(), routing: RoutingProfile::default() });
    policy.seats.get_mut(&SeatId(2)).unwrap().skills = [("english".into(), 5)].into();
    adopt(&mut harness, policy, &[]).unwrap();
    harness.outputs.clear();
    harness.call_to("main", 10, 0, &[("english", 3)]);
    assert_eq!(harness.rung(), [(10, 2)]);
    harness.call(11);
    assert_eq!(harness.rung(), []);
}

#[test]
fn added_queue_before_others_and_another_strategy_work() {
    let mut harness = Harness::open(QueuePolicy::default(), 2);
    harness.call(10);
    harness.call(11);
    harness.call(12);
    let mut policy = one_queue(
        QueuePolicy { strategy: Strategy::Linear, wrap_up: seconds(1), ..QueuePolicy::default() },
        2,
    );
    // Its name sorts first, so that all indexes change.
    policy.queues.insert(queue("aaa"), QueuePolicy::default());
    policy.seats.insert(SeatId(3), serves(&["aaa"]));
    adopt(&mut harness, policy, &[]).unwrap();
    assert_eq!(harness.waiting(), [10, 11, 12]);
    harness.outputs.clear();
    harness.sit_down(3);
    harness.call_to("aaa", 20, 0, &[]);
    assert_eq!(harness.rung(), [(20, 3)]);
    harness.picks_up(1);
    harness.hangs_up(10);
    harness.pass_s(2);
    assert_eq!(harness.rung(), [(12, 1)]);
}
