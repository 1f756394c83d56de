//! Seats: signing in, phones that come and go, wrap-up, restarts, and rejected commands.

use std::time::Duration;

use crate::common::{Harness, one_queue, queue};
use acd::{AgentCommand, Input, QueuePolicy, Rejected, SavedSeat, Work};
use model::{
    AccountName, CallId, Login, NotReadyReason, OfferId, SeatId, WorkState,
    event::{AfterTalk, SeatActor},
};

const ONE: SeatId = SeatId(1);

fn log_in(seat: u32, agent: Option<&str>) -> AgentCommand {
    AgentCommand::LogIn {
        seat: SeatId(seat),
        agent: agent.map(AccountName::from),
        by: SeatActor::Phone,
    }
}

fn reached(harness: &mut Harness, seat: u32) {
    harness.input(Input::SeatReached { seat: SeatId(seat) });
}

fn extend(harness: &mut Harness, seconds: u64) -> Result<(), Rejected> {
    let by_how_much = Duration::from_secs(seconds);
    harness.handle_command(AgentCommand::ExtendWrapUp {
        seat: ONE,
        by_how_much,
        by: SeatActor::Phone,
    })
}

fn allowed(rejected: Result<(), Rejected>) -> Vec<&'static str> {
    match rejected {
        Err(Rejected::NotNow { allowed, .. }) => allowed,
        other => panic!("not rejected for now: {other:?}"),
    }
}

#[test]
fn signed_in_seat_is_not_ready_by_default() {
    let mut harness = Harness::new(one_queue(QueuePolicy::default(), 1));
    reached(&mut harness, 1);
    harness.call(1);
    harness.handle_command(log_in(1, Some("li"))).unwrap();
    assert_eq!(harness.rung(), []);
    harness.ready(1).unwrap();
    assert_eq!(harness.rung(), [(1, 1)]);
}

#[test]
fn ready_at_login_makes_a_signed_in_seat_ready() {
    let mut policy = one_queue(QueuePolicy::default(), 1);
    policy.ready_at_login = true;
    let mut harness = Harness::new(policy);
    // The phone is not registered yet; the seat becomes ready when it registers.
    harness.handle_command(log_in(1, None)).unwrap();
    assert!(harness.is_not_ready(1, NotReadyReason::Unreachable));
    reached(&mut harness, 1);
    assert_eq!(*harness.work(1), Work::Ready);
}

#[test]
fn agent_signs_in_at_one_seat_and_a_seat_has_one_agent() {
    let mut harness = Harness::new(one_queue(QueuePolicy::default(), 2));
    harness.handle_command(log_in(1, None)).unwrap();
    // The phone signed in without a name; the page then gives the agent's name.
    harness.handle_command(log_in(1, Some("li"))).unwrap();
    let li = Login::LoggedIn { agent: Some(AccountName::from("li")) };
    assert_eq!(harness.acd.seat(ONE).unwrap().login, li);
    assert!(harness.handle_command(log_in(1, Some("wang"))).is_err());
    assert_eq!(allowed(harness.handle_command(log_in(2, Some("li")))), ["log_in"]);
    // A command for a state that the seat already has is accepted and writes no event.
    let told = harness.log.len();
    harness.handle_command(log_in(1, Some("li"))).unwrap();
    harness.handle_command(log_in(1, None)).unwrap();
    harness.log_out(2).unwrap();
    assert_eq!(harness.log.len(), told);
    assert_eq!(harness.handle_command(log_in(99, None)), Err(Rejected::NoSuchSeat));
}

#[test]
fn rejected_command_lists_allowed_commands() {
    let mut harness = Harness::new(one_queue(QueuePolicy::default(), 1));
    assert_eq!(allowed(harness.ready(1)), ["log_in"]);
    assert_eq!(allowed(harness.not_ready(1, NotReadyReason::Break)), ["log_in"]);
    harness.handle_command(log_in(1, None)).unwrap();
    assert_eq!(allowed(extend(&mut harness, 60)), ["ready", "not_ready", "log_out"]);
    // The seat is without a phone and becomes ready when the phone registers, however often ready
    // is requested.
    harness.ready(1).unwrap();
    assert!(harness.is_not_ready(1, NotReadyReason::Unreachable));
    let rejected = harness.ready(1).unwrap_err().to_string();
    assert_eq!(
        rejected,
        "not now: the phone of seat 1 cannot be reached; \
         possible now: ready, not_ready, log_out"
    );
}

#[test]
fn lost_registration_makes_a_ready_seat_unreachable() {
    let mut harness = Harness::open(QueuePolicy::default(), 1);
    harness.input(Input::SeatUnreached { seat: ONE });
    assert!(harness.is_not_ready(1, NotReadyReason::Unreachable));
    harness.call(1);
    assert_eq!(harness.rung(), []);
    reached(&mut harness, 1);
    assert_eq!(harness.rung(), [(1, 1)]);
    // The phone is lost while it rings. It may still answer; the lease ends the offer at the
    // latest.
    harness.input(Input::SeatUnreached { seat: ONE });
    assert!(matches!(harness.work(1), Work::Alerting { .. }));
    harness.leaves(1);
    assert!(harness.is_not_ready(1, NotReadyReason::Unreachable));
}

#[test]
fn registering_phone_does_not_end_a_break() {
    let mut harness = Harness::open(QueuePolicy::default(), 1);
    harness.not_ready(1, NotReadyReason::Meal).unwrap();
    harness.input(Input::SeatUnreached { seat: ONE });
    reached(&mut harness, 1);
    assert!(harness.is_not_ready(1, NotReadyReason::Meal));
}

#[test]
fn phone_in_its_own_call_is_not_rung() {
    let mut harness = Harness::open(QueuePolicy::default(), 1);
    harness.input(Input::SeatBusy { seat: ONE });
    harness.call(1);
    assert_eq!(harness.rung(), []);
    harness.ready(1).unwrap();
    assert!(harness.is_not_ready(1, NotReadyReason::Busy));
    harness.input(Input::SeatFree { seat: ONE });
    assert_eq!(harness.rung(), [(1, 1)]);
}

#[test]
fn agent_who_signs_in_beside_a_transferred_call_is_not_rung_during_it() {
    let mut harness = Harness::open(QueuePolicy::default(), 2);
    let two = SeatId(2);
    harness.log_out(2).unwrap();
    // Nobody is signed in at the phone that a call is transferred to.
    let call = CallId::from(7);
    harness.input(Input::TalkTaken { call, seat: two, queue: queue("main"), ring_ms: 0 });
    harness.handle_command(log_in(2, None)).unwrap();
    harness.ready(2).unwrap();
    harness.not_ready(1, NotReadyReason::Meal).unwrap();
    harness.call(1);
    assert_eq!(harness.rung(), []);
    assert!(harness.is_not_ready(2, NotReadyReason::Busy));
    harness.input(Input::TalkEnded { call });
    assert_eq!(harness.rung(), [(1, 2)]);
}

#[test]
fn wrap_up_is_extended_up_to_its_limit() {
    let mut harness = Harness::open(QueuePolicy::default(), 1);
    harness.call(1);
    harness.picks_up(1);
    harness.hangs_up(1);
    extend(&mut harness, 60).unwrap();
    harness.pass_s(79);
    assert!(matches!(harness.work(1), Work::WrapUp { .. }));
    extend(&mut harness, 86_400).unwrap();
    assert!(extend(&mut harness, 1).is_err());
    harness.pass_s(30 * 60 - 79);
    assert_eq!(*harness.work(1), Work::Ready);
}

#[test]
fn seat_that_waits_after_wrap_up_stays_not_ready() {
    let mut policy = one_queue(QueuePolicy::default(), 1);
    policy.seats.get_mut(&ONE).unwrap().waits_after_wrap_up = true;
    let mut harness = Harness::new(policy);
    harness.sit_down(1);
    harness.call(1);
    harness.picks_up(1);
    harness.hangs_up(1);
    harness.pass_s(3_600);
    assert!(harness.is_not_ready(1, NotReadyReason::System));
}

#[test]
fn starts_ready_seat_is_ready_until_it_is_signed_out() {
    let mut policy = one_queue(QueuePolicy::default(), 1);
    policy.seats.get_mut(&ONE).unwrap().starts_ready = true;
    let mut harness = Harness::new(policy);
    reached(&mut harness, 1);
    assert_eq!(*harness.work(1), Work::Ready);
    harness.log_out(1).unwrap();
    harness.input(Input::SeatUnreached { seat: ONE });
    reached(&mut harness, 1);
    assert_eq!(*harness.work(1), Work::Off);
}

#[test]
fn signed_out_starts_ready_seat_stays_signed_out_after_a_restart() {
    let mut policy = one_queue(QueuePolicy::default(), 2);
    policy.seats.values_mut().for_each(|seat| seat.starts_ready = true);
    let mut harness = Harness::new(policy);
    let left = |signed_out| SavedSeat {
        login: Login::LoggedOut,
        work: None,
        signed_out,
        back: None,
        next: None,
    };
    let now = harness.now;
    harness.acd.restore(now, SeatId(1), left(true));
    harness.acd.restore(now, SeatId(2), left(false));
    (1..=2).for_each(|seat| reached(&mut harness, seat));
    assert_eq!((harness.work(1), harness.work(2)), (&Work::Off, &Work::Ready));
}

#[test]
fn restored_seats_stay_signed_in_and_wait_for_their_phones() {
    let policy = one_queue(QueuePolicy::default(), 5);
    let mut harness = Harness::new(policy);
    harness.acd = acd::Dispatcher::new(one_queue(QueuePolicy::default(), 5), OfferId(70));
    let (now, call) = (harness.now, CallId::from(9));
    let until = now + Duration::from_secs(10);
    let signed_in = || Login::LoggedIn { agent: Some(AccountName::from("li")) };
    let meal = WorkState::NotReady { reason: NotReadyReason::Meal };
    let mut left = |seat, login, work| {
        let left = SavedSeat { login, work, signed_out: false, back: None, next: None };
        harness.acd.restore(now, SeatId(seat), left);
    };
    left(1, signed_in(), Some(WorkState::Ready));
    left(2, signed_in(), Some(WorkState::Talking { call }));
    left(3, signed_in(), Some(meal));
    left(4, signed_in(), Some(WorkState::WrapUp { call, until }));
    left(5, Login::LoggedOut, None);
    harness.drain();
    assert_eq!(harness.last_events(9), ["SeatNotReady", "SeatNotReady"]);
    (1..=5).for_each(|seat| reached(&mut harness, seat));
    harness.pass_s(1);
    assert_eq!((harness.work(1), harness.work(2)), (&Work::Ready, &Work::Ready));
    assert!(harness.is_not_ready(3, NotReadyReason::Meal));
    assert_eq!(*harness.work(5), Work::Off);
    harness.pass_s(9);
    assert_eq!(*harness.work(4), Work::Ready);
    // Offer ids continue after the restart.
    harness.call(1);
    assert_eq!(harness.offer_at(1), OfferId(71));
}

#[test]
fn requested_state_after_a_talk_and_back_off_survive_a_restart() {
    let mut harness = Harness::new(one_queue(QueuePolicy::default(), 3));
    let (now, call) = (harness.now, CallId::from(9));
    let login = || Login::LoggedIn { agent: Some(AccountName::from("li")) };
    let talking = Some(WorkState::Talking { call });
    let by = || SeatActor::Person("li".into());
    let left = |next| SavedSeat {
        login: login(),
        work: talking.clone(),
        signed_out: false,
        back: None,
        next,
    };
    harness.acd.restore(now, SeatId(1), left(Some((AfterTalk::LogOut, by()))));
    let meal = AfterTalk::NotReady { reason: NotReadyReason::Meal };
    harness.acd.restore(now, SeatId(2), left(Some((meal, by()))));
    // The seat did not answer, and would be ready again in ten seconds.
    let rona = Some(WorkState::NotReady { reason: NotReadyReason::Rona });
    let back = Some(now + Duration::from_secs(10));
    harness.acd.restore(
        now,
        SeatId(3),
        SavedSeat { login: login(), work: rona, signed_out: false, back, next: None },
    );
    harness.drain();
    assert_eq!(harness.last_events(9), ["SeatNotReady", "SeatLoggedOut"]);
    (1..=3).for_each(|seat| reached(&mut harness, seat));
    assert_eq!(*harness.work(1), Work::Off);
    assert!(harness.is_not_ready(2, NotReadyReason::Meal));
    harness.pass_s(9);
    assert!(harness.is_not_ready(3, NotReadyReason::Rona));
    harness.pass_s(1);
    assert_eq!(*harness.work(3), Work::Ready);
}
