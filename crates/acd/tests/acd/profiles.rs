//! Skills and queues belong to the agent who signs in; supervisors may change them for a time.

use std::time::Duration;

use crate::common::{Harness, queue, serves, skills};
use acd::{AgentCommand, Policy, ProfileCommand, ProfileRejected, QueuePolicy};
use model::{
    AccountName, AgentProfile, Event, QueueId, RoutingProfile, RuledOutReason, SeatId,
    TemporaryProfile, Timestamp,
    event::{MissedReason, ProfileEnd, SeatActor},
};

fn name(name: &str) -> AccountName {
    AccountName::from(name)
}

fn profile(levels: &[(&str, u8)], tiers: &[(&str, u8)]) -> RoutingProfile {
    let queues = tiers.iter().map(|(name, tier)| (queue(name), *tier)).collect();
    RoutingProfile { skills: skills(levels), queues }
}

/// Queues `main` and `english`; seats 1 and 2 serve `main`; Li serves `english` only.
fn policy() -> Policy {
    let li =
        AgentProfile { team: "A".into(), routing: profile(&[("english", 7)], &[("english", 1)]) };
    Policy {
        queues: [
            (queue("main"), QueuePolicy::default()),
            (queue("english"), QueuePolicy::default()),
        ]
        .into(),
        seats: [1, 2].map(|n| (SeatId(n), serves(&["main"]))).into(),
        agents: [(name("li"), li)].into(),
        ..Policy::default()
    }
}

/// A harness with ready seats 1, 2 and so on: one for each entry, with its agent signed in, or
/// without an agent for `None`.
fn staffed(policy: Policy, agents: &[Option<&str>]) -> Harness {
    let mut harness = Harness::new(policy);
    for (n, agent) in (1..).zip(agents) {
        harness.sit_down(n);
        if let Some(agent) = agent {
            sign_in(&mut harness, n, agent);
        }
    }
    harness
}

fn sign_in(harness: &mut Harness, seat: u32, agent: &str) {
    let (seat, agent, by) = (SeatId(seat), Some(name(agent)), SeatActor::Person(name(agent)));
    harness.handle_command(AgentCommand::LogIn { seat, agent, by }).expect("signed in");
}

fn set(
    harness: &mut Harness,
    agent: &str,
    profile: RoutingProfile,
    until: Option<Timestamp>,
) -> Result<(), ProfileRejected> {
    let (agent, by) = (name(agent), SeatActor::Person(name("chen")));
    let command = ProfileCommand::Set { agent, profile, until, by };
    let result = harness.acd.handle_profile_command(harness.now, command);
    harness.drain();
    result
}

fn withdraw(harness: &mut Harness, agent: &str) -> Result<(), ProfileRejected> {
    let (agent, by) = (name(agent), SeatActor::Person(name("chen")));
    let command = ProfileCommand::Withdraw { agent, by };
    let result = harness.acd.handle_profile_command(harness.now, command);
    harness.drain();
    result
}

fn ends(harness: &Harness) -> Vec<ProfileEnd> {
    let ends = harness.log.iter().filter_map(|(_, event)| match event {
        Event::AgentProfileRestored(e) => Some(e.cause),
        _ => None,
    });
    ends.collect()
}

#[test]
fn agent_gets_calls_of_their_own_skills_at_any_seat() {
    let mut harness = staffed(policy(), &[None, Some("li")]);
    harness.call_to("english", 1, 0, &[("english", 5)]);
    assert_eq!(harness.rung(), [(1, 2)]);
    harness.picks_up(2);
    harness.hangs_up(1);
    harness.log_out(2).expect("signed out");
    sign_in(&mut harness, 1, "li");
    harness.call_to("english", 2, 0, &[("english", 5)]);
    assert_eq!(harness.rung(), [(2, 1)]);
}

#[test]
fn seats_own_profile_holds_without_a_name_or_for_an_unknown_agent() {
    let mut harness = staffed(policy(), &[None, Some("wang")]);
    harness.call(1);
    harness.call(2);
    assert_eq!(harness.rung(), [(1, 1), (2, 2)]);
}

#[test]
fn waiting_call_rings_the_agent_who_signs_in_with_its_skill() {
    let mut harness = staffed(policy(), &[None]);
    harness.call_to("english", 1, 0, &[("english", 5)]);
    assert_eq!(harness.rung(), []);
    sign_in(&mut harness, 1, "li");
    assert_eq!(harness.rung(), [(1, 1)]);
}

#[test]
fn changed_profile_takes_effect_at_once_and_ends_at_sign_out() {
    let mut harness = staffed(policy(), &[Some("li")]);
    harness.call(1);
    assert_eq!(harness.rung(), []);
    set(&mut harness, "li", profile(&[], &[("main", 1)]), None).expect("changed");
    assert_eq!(harness.rung(), [(1, 1)]);
    harness.picks_up(1);
    harness.hangs_up(1);
    harness.log_out(1).expect("signed out");
    assert_eq!(ends(&harness), [ProfileEnd::SignedOut]);
    sign_in(&mut harness, 1, "li");
    assert_eq!(
        harness.acd.profile(SeatId(1)),
        Some(&profile(&[("english", 7)], &[("english", 1)]))
    );
}

#[test]
fn timed_profile_survives_sign_out_and_ends_at_its_time() {
    let mut harness = staffed(policy(), &[Some("li")]);
    let until = harness.now + Duration::from_secs(60);
    let main = profile(&[], &[("main", 1)]);
    set(&mut harness, "li", main.clone(), Some(until)).expect("changed");
    harness.log_out(1).expect("signed out");
    sign_in(&mut harness, 1, "li");
    assert_eq!(harness.acd.profile(SeatId(1)), Some(&main));
    harness.pass_s(61);
    assert_eq!(ends(&harness), [ProfileEnd::Expired]);
    assert_eq!(harness.acd.profile(SeatId(1)).map(|p| p.queues.len()), Some(1));
    assert!(withdraw(&mut harness, "li").is_err());
}

#[test]
fn supervisor_withdraws_a_change() {
    let mut harness = staffed(policy(), &[Some("li")]);
    set(&mut harness, "li", profile(&[], &[("main", 1)]), None).expect("changed");
    withdraw(&mut harness, "li").expect("withdrawn");
    assert_eq!(ends(&harness), [ProfileEnd::Withdrawn]);
    harness.call(1);
    assert_eq!(harness.rung(), []);
}

#[test]
fn change_of_a_ringing_agent_does_not_end_the_offer() {
    let mut harness = staffed(policy(), &[Some("li")]);
    harness.call_to("english", 1, 0, &[]);
    set(&mut harness, "li", profile(&[], &[("main", 1)]), None).expect("changed");
    harness.picks_up(1);
    assert_eq!(harness.last_events(1), ["OfferAccepted"]);
}

#[test]
fn unsound_profiles_are_rejected_without_an_event() {
    let mut harness = staffed(policy(), &[Some("li")]);
    let before = harness.log.len();
    let now = harness.now;
    let mut refused = |profile, until| set(&mut harness, "li", profile, until).unwrap_err();
    assert_eq!(
        refused(profile(&[], &[("nowhere", 1)]), None),
        ProfileRejected::NoSuchQueue(QueueId::from("nowhere"))
    );
    assert_eq!(
        refused(profile(&[("english", 11)], &[]), None),
        ProfileRejected::BadLevel("english".into())
    );
    assert_eq!(
        refused(profile(&[], &[("main", 0)]), None),
        ProfileRejected::BadTier(queue("main"))
    );
    assert_eq!(refused(profile(&[("", 1)], &[]), None), ProfileRejected::TooLarge);
    assert_eq!(refused(profile(&[], &[]), Some(now)), ProfileRejected::EndsInThePast);
    assert_eq!(harness.log.len(), before);
}

#[test]
fn number_of_temporary_profiles_is_limited() {
    let mut policy = policy();
    policy.limits.temporary_profiles_max = 1;
    let mut harness = Harness::new(policy);
    set(&mut harness, "li", profile(&[], &[]), None).expect("changed");
    set(&mut harness, "li", profile(&[], &[("main", 1)]), None).expect("changed again");
    assert_eq!(set(&mut harness, "wang", profile(&[], &[]), None), Err(ProfileRejected::TooMany));
}

#[test]
fn calls_leave_a_queue_whose_last_agent_is_taken_away() {
    let mut policy = policy();
    policy.queues.get_mut(&queue("english")).unwrap().leave_when_empty = true;
    let mut harness = staffed(policy, &[Some("li")]);
    harness.call_to("english", 1, 0, &[("english", 9)]);
    assert_eq!(harness.rung(), []);
    set(&mut harness, "li", profile(&[], &[("main", 1)]), None).expect("changed");
    assert_eq!(harness.last_events(1), ["CallLeftQueue"]);
}

#[test]
fn decision_tells_why_a_seat_was_ruled_out() {
    let mut policy = policy();
    let tier_two = profile(&[("english", 7)], &[("main", 2)]);
    policy.agents.get_mut(&name("li")).unwrap().routing = tier_two;
    let mut harness = staffed(policy, &[None, Some("li")]);
    harness.call(1);
    harness.misses(1, MissedReason::Unanswered);
    harness.ready(1).expect("ready");
    harness.sit_down(2);
    harness.pass_s(31);
    let mut made = harness.log.iter().filter_map(|(_, event)| match event {
        Event::OfferMade(e) => e.decision.as_deref(),
        _ => None,
    });
    let last = made.next_back().expect("two offers");
    assert_eq!(last.ruled_out.len(), 1);
    assert_eq!(last.ruled_out[0].agent, Some(name("li")));
    assert_eq!(last.ruled_out[0].reason, RuledOutReason::Tier { tier: 2, tier_max: 1 });
}

#[test]
fn restored_profile_holds_before_the_agents_seat_is_restored() {
    let main = profile(&[], &[("main", 1)]);
    let mut harness = Harness::new(policy());
    let temporary = TemporaryProfile {
        routing: main.clone(),
        until: None,
        since: harness.now,
        by: SeatActor::Engine,
    };
    harness.acd.restore_profile(name("li"), temporary);
    sign_in(&mut harness, 1, "li");
    assert_eq!(harness.acd.profile(SeatId(1)), Some(&main));
}
