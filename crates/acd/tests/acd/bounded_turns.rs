//! Work that is due in one moment is done over several turns, in order, and inputs come in between.

use std::time::Duration;

use crate::common::{Harness, one_queue, queue, serves};
use acd::{AgentCommand, Input, Output, Policy, ProfileCommand, QueuePolicy, Widening};
use model::{
    AccountName, AgentProfile, CallId, Event, NotReadyReason, RoutingProfile, SeatId,
    event::{QueueExit, SeatActor},
};

const CALLS: u64 = 10_000;

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// One turn of the timers that are due now.
fn turn(harness: &mut Harness) -> Vec<Output> {
    harness.acd.handle_input(harness.now, Input::Timeout);
    outputs(harness)
}

fn outputs(harness: &mut Harness) -> Vec<Output> {
    std::iter::from_fn(|| harness.acd.poll_output()).collect()
}

fn is_due(harness: &Harness) -> bool {
    harness.acd.poll_timeout().is_some_and(|at| at <= harness.now)
}

fn exits(outputs: &[Output]) -> Vec<u64> {
    let exits = outputs.iter().filter_map(|output| match output {
        Output::Exit { call, .. } => Some(call.as_u64()),
        _ => None,
    });
    exits.collect()
}

fn offers(outputs: &[Output]) -> Vec<u64> {
    let offers = outputs.iter().filter_map(|output| match output {
        Output::Offer { call, .. } => Some(call.as_u64()),
        _ => None,
    });
    offers.collect()
}

#[test]
fn ten_thousand_calls_that_widen_in_one_moment_all_widen_a_few_a_turn() {
    let widening = vec![Widening { after: s(10), lower_by: 3, tiers: 0 }];
    let mut harness =
        Harness::new(one_queue(QueuePolicy { widening, ..QueuePolicy::default() }, 1));
    for call in 1..=CALLS {
        harness.call_to("main", call, 0, &[("english", 5)]);
    }
    while harness.acd.take_changed_call().is_some() {}
    harness.now += s(10);
    let (mut widened, mut turns) = (Vec::new(), 0);
    while is_due(&harness) {
        turn(&mut harness);
        let changed: Vec<CallId> = std::iter::from_fn(|| harness.acd.take_changed_call()).collect();
        assert!(changed.len() <= 256, "{} in one turn", changed.len());
        widened.extend(changed);
        turns += 1;
        if turns == 3 {
            // A caller who hangs up in between is not widened any more.
            harness.leaves(CALLS);
        }
    }
    assert!(turns >= CALLS / 256);
    // In the order of their deadlines, and each once.
    assert_eq!(widened, (1..CALLS).map(CallId::from).collect::<Vec<_>>());
    for call in widened {
        let reason = harness.acd.wait_reason(call).expect("it waits");
        assert_eq!(reason.requirement.skills[&"english".into()], 2);
    }
}

#[test]
fn calls_whose_longest_wait_ends_in_one_moment_leave_in_order() {
    let policy = QueuePolicy { max_wait: Some(s(60)), ..QueuePolicy::default() };
    let mut harness = Harness::new(one_queue(policy, 1));
    (1..=CALLS).for_each(|call| harness.call(call));
    harness.now += s(60);
    let mut left = Vec::new();
    while is_due(&harness) {
        let outputs = turn(&mut harness);
        assert!(outputs.len() <= 128, "{} outputs in one turn", outputs.len());
        left.extend(exits(&outputs));
    }
    assert_eq!(left, (1..=CALLS).collect::<Vec<_>>());
    assert!(harness.waiting().is_empty());
}

#[test]
fn drained_queue_is_left_over_several_turns() {
    let mut harness = Harness::new(one_queue(QueuePolicy::default(), 1));
    (1..=1_000).for_each(|call| harness.call(call));
    let until = harness.now;
    harness.acd.handle_input(harness.now, Input::Drain { until });
    let mut left = exits(&outputs(&mut harness));
    assert!(left.len() < 100);
    while is_due(&harness) {
        left.extend(exits(&turn(&mut harness)));
    }
    assert_eq!(left, (1..=1_000).collect::<Vec<_>>());
}

#[test]
fn calls_stay_when_a_seat_signs_in_while_an_unstaffed_queue_is_left() {
    let policy = QueuePolicy { leave_when_empty: true, ..QueuePolicy::default() };
    let mut harness = Harness::open(policy, 1);
    harness.not_ready(1, NotReadyReason::Meal).expect("a break");
    (1..=1_000).for_each(|call| harness.call(call));
    harness.outputs.clear();
    harness.log_out(1).expect("signed out");
    let left = exits(&harness.outputs);
    assert!(!left.is_empty() && left.len() < 100, "{} left at once", left.len());
    let (seat, by) = (SeatId(1), SeatActor::Phone);
    harness.handle_command(AgentCommand::LogIn { seat, agent: None, by }).expect("signed in");
    while is_due(&harness) {
        assert!(exits(&turn(&mut harness)).is_empty());
    }
    assert_eq!(harness.waiting().len(), 1_000 - left.len());
    assert!(harness.log.iter().all(|(_, event)| match event {
        Event::CallLeftQueue(e) => e.exit == QueueExit::Empty,
        _ => true,
    }));
}

#[test]
fn many_seats_that_may_ring_again_in_one_moment_are_matched_in_order() {
    let mut harness = Harness::open(QueuePolicy::default(), 300);
    harness.call(1);
    let offer = harness.offer_at(1);
    harness.input(Input::NotRung { offer });
    (2..=300).for_each(|call| harness.call(call));
    harness.acd.handle_input(harness.now, Input::PortsFree);
    let mut rung = offers(&outputs(&mut harness));
    while is_due(&harness) {
        let offered = offers(&turn(&mut harness));
        assert!(offered.len() <= 16, "{} offers in one turn", offered.len());
        rung.extend(offered);
    }
    assert_eq!(rung, (1..=300).collect::<Vec<_>>());
}

#[test]
fn temporary_profiles_that_end_in_one_moment_all_end() {
    let agents = || (1..=400).map(|n| AccountName::from(format!("agent-{n:03}").as_str()));
    let profile = |level| RoutingProfile {
        skills: [("english".into(), level)].into(),
        queues: [(queue("main"), 1)].into(),
    };
    let mut harness = Harness::new(Policy {
        seats: (1..=400).map(|n| (SeatId(n), serves(&["main"]))).collect(),
        agents: agents()
            .map(|agent| (agent, AgentProfile { team: String::new(), routing: profile(3) }))
            .collect(),
        ..one_queue(QueuePolicy::default(), 0)
    });
    let by = || SeatActor::Person("chen".into());
    let until = Some(harness.now + s(10));
    for (agent, seat) in agents().zip(1..) {
        let log_in =
            AgentCommand::LogIn { seat: SeatId(seat), agent: Some(agent.clone()), by: by() };
        harness.handle_command(log_in).expect("signed in");
        let set = ProfileCommand::Set { agent, profile: profile(9), until, by: by() };
        harness.acd.handle_profile_command(harness.now, set).expect("changed");
        harness.drain();
    }
    harness.now += s(10);
    let mut ended = 0;
    while is_due(&harness) {
        let outputs = turn(&mut harness);
        let ends = outputs
            .iter()
            .filter(|output| matches!(output, Output::Event(Event::AgentProfileRestored(_))));
        ended += ends.count();
        assert!(outputs.len() <= 128);
    }
    assert_eq!(ended, 400);
    assert!((1..=400).all(|seat| harness.acd.profile(SeatId(seat)) == Some(&profile(3))));
}
