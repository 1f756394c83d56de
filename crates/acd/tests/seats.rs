//! Stories of seats: signing in, phones that come and go, wrap-up, restarts, and what is not possible now.

mod common;

use std::time::Duration;

use acd::{AsLeft, Denied, Input, QueuePolicy, Wish, Work};
use common::{Floor, one_queue};
use model::{
    AccountName, CallId, Login, NotReadyReason, OfferId, SeatId, WorkState,
    event::{Actor, AfterTalk},
};

const ONE: SeatId = SeatId(1);

fn log_in(seat: u32, agent: Option<&str>) -> Wish {
    Wish::LogIn { seat: SeatId(seat), agent: agent.map(AccountName::from), by: Actor::Phone }
}

fn reached(floor: &mut Floor, seat: u32) {
    floor.input(Input::SeatReached { seat: SeatId(seat) });
}

fn extend(floor: &mut Floor, seconds: u64) -> Result<(), Denied> {
    let by_how_much = Duration::from_secs(seconds);
    floor.wish(Wish::ExtendWrapUp { seat: ONE, by_how_much, by: Actor::Phone })
}

fn allowed(denied: Result<(), Denied>) -> Vec<&'static str> {
    match denied {
        Err(Denied::NotNow { allowed, .. }) => allowed,
        other => panic!("not denied for now: {other:?}"),
    }
}

#[test]
fn signing_in_is_not_yet_being_ready() {
    let mut floor = Floor::new(one_queue(QueuePolicy::default(), 1));
    reached(&mut floor, 1);
    floor.call(1);
    floor.wish(log_in(1, Some("li"))).unwrap();
    assert_eq!(floor.rung(), []);
    floor.ready(1).unwrap();
    assert_eq!(floor.rung(), [(1, 1)]);
}

#[test]
fn a_house_may_have_it_that_signing_in_is_being_ready() {
    let mut policy = one_queue(QueuePolicy::default(), 1);
    policy.ready_at_login = true;
    let mut floor = Floor::new(policy);
    // The phone is not there yet: ready as soon as it is.
    floor.wish(log_in(1, None)).unwrap();
    assert!(floor.is_not_ready(1, NotReadyReason::Unreachable));
    reached(&mut floor, 1);
    assert_eq!(*floor.work(1), Work::Ready);
}

#[test]
fn nobody_sits_in_two_places_nor_two_in_one() {
    let mut floor = Floor::new(one_queue(QueuePolicy::default(), 2));
    floor.wish(log_in(1, None)).unwrap();
    // The phone signed in; the page says who.
    floor.wish(log_in(1, Some("li"))).unwrap();
    let li = Login::LoggedIn { agent: Some(AccountName::from("li")) };
    assert_eq!(floor.acd.seat(ONE).unwrap().login, li);
    assert!(floor.wish(log_in(1, Some("wang"))).is_err());
    assert_eq!(allowed(floor.wish(log_in(2, Some("li")))), ["log_in"]);
    // What is so already is granted and not told again.
    let told = floor.log.len();
    floor.wish(log_in(1, Some("li"))).unwrap();
    floor.wish(log_in(1, None)).unwrap();
    floor.log_out(2).unwrap();
    assert_eq!(floor.log.len(), told);
    assert_eq!(floor.wish(log_in(99, None)), Err(Denied::NoSuchSeat));
}

#[test]
fn what_is_not_possible_is_denied_with_what_is() {
    let mut floor = Floor::new(one_queue(QueuePolicy::default(), 1));
    assert_eq!(allowed(floor.ready(1)), ["log_in"]);
    assert_eq!(allowed(floor.not_ready(1, NotReadyReason::Break)), ["log_in"]);
    floor.wish(log_in(1, None)).unwrap();
    assert_eq!(allowed(extend(&mut floor, 60)), ["ready", "not_ready", "log_out"]);
    // Ready without a phone: it will be, when the phone comes; saying it twice helps nobody.
    floor.ready(1).unwrap();
    assert!(floor.is_not_ready(1, NotReadyReason::Unreachable));
    let denied = floor.ready(1).unwrap_err().to_string();
    assert_eq!(
        denied,
        "not now: the phone of seat 1 cannot be reached; \
         possible now: ready, not_ready, log_out"
    );
}

#[test]
fn a_lost_registration_is_felt_at_once() {
    let mut floor = Floor::open(QueuePolicy::default(), 1);
    floor.input(Input::SeatUnreached { seat: ONE });
    assert!(floor.is_not_ready(1, NotReadyReason::Unreachable));
    floor.call(1);
    assert_eq!(floor.rung(), []);
    reached(&mut floor, 1);
    assert_eq!(floor.rung(), [(1, 1)]);
    // Lost while it rings: the answer may still come; the lease ends it at the latest.
    floor.input(Input::SeatUnreached { seat: ONE });
    assert!(matches!(floor.work(1), Work::Alerting { .. }));
    floor.leaves(1);
    assert!(floor.is_not_ready(1, NotReadyReason::Unreachable));
}

#[test]
fn a_break_is_not_ended_by_a_phone_that_comes_back() {
    let mut floor = Floor::open(QueuePolicy::default(), 1);
    floor.not_ready(1, NotReadyReason::Meal).unwrap();
    floor.input(Input::SeatUnreached { seat: ONE });
    reached(&mut floor, 1);
    assert!(floor.is_not_ready(1, NotReadyReason::Meal));
}

#[test]
fn a_phone_in_its_own_call_is_not_rung() {
    let mut floor = Floor::open(QueuePolicy::default(), 1);
    floor.input(Input::SeatBusy { seat: ONE });
    floor.call(1);
    assert_eq!(floor.rung(), []);
    floor.ready(1).unwrap();
    assert!(floor.is_not_ready(1, NotReadyReason::Busy));
    floor.input(Input::SeatFree { seat: ONE });
    assert_eq!(floor.rung(), [(1, 1)]);
}

#[test]
fn wrap_up_can_be_made_longer_up_to_its_limit() {
    let mut floor = Floor::open(QueuePolicy::default(), 1);
    floor.call(1);
    floor.picks_up(1);
    floor.hangs_up(1);
    extend(&mut floor, 60).unwrap();
    floor.pass_s(79);
    assert!(matches!(floor.work(1), Work::WrapUp { .. }));
    extend(&mut floor, 86_400).unwrap();
    assert!(extend(&mut floor, 1).is_err());
    floor.pass_s(30 * 60 - 79);
    assert_eq!(*floor.work(1), Work::Ready);
}

#[test]
fn a_seat_that_wishes_to_stays_out_after_wrap_up() {
    let mut policy = one_queue(QueuePolicy::default(), 1);
    policy.seats.get_mut(&ONE).unwrap().waits_after_wrap_up = true;
    let mut floor = Floor::new(policy);
    floor.sit_down(1);
    floor.call(1);
    floor.picks_up(1);
    floor.hangs_up(1);
    floor.pass_s(3_600);
    assert!(floor.is_not_ready(1, NotReadyReason::System));
}

#[test]
fn a_fixed_seat_starts_signed_in_and_ready_until_somebody_signs_it_out() {
    let mut policy = one_queue(QueuePolicy::default(), 1);
    policy.seats.get_mut(&ONE).unwrap().starts_ready = true;
    let mut floor = Floor::new(policy);
    reached(&mut floor, 1);
    assert_eq!(*floor.work(1), Work::Ready);
    floor.log_out(1).unwrap();
    floor.input(Input::SeatUnreached { seat: ONE });
    reached(&mut floor, 1);
    assert_eq!(*floor.work(1), Work::Off);
}

#[test]
fn fixed_seat_that_was_signed_out_stays_so_after_a_restart() {
    let mut policy = one_queue(QueuePolicy::default(), 2);
    policy.seats.values_mut().for_each(|seat| seat.starts_ready = true);
    let mut floor = Floor::new(policy);
    let left = |signed_out| AsLeft {
        login: Login::LoggedOut,
        work: None,
        signed_out,
        back: None,
        next: None,
    };
    let now = floor.now;
    floor.acd.restore(now, SeatId(1), left(true));
    floor.acd.restore(now, SeatId(2), left(false));
    (1..=2).for_each(|seat| reached(&mut floor, seat));
    assert_eq!((floor.work(1), floor.work(2)), (&Work::Off, &Work::Ready));
}

#[test]
fn after_a_restart_seats_are_signed_in_as_before_and_wait_for_their_phones() {
    let policy = one_queue(QueuePolicy::default(), 5);
    let mut floor = Floor::new(policy);
    floor.acd = acd::Dispatcher::new(one_queue(QueuePolicy::default(), 5), OfferId(70));
    let (now, call) = (floor.now, CallId::from(9));
    let until = now + Duration::from_secs(10);
    let signed_in = || Login::LoggedIn { agent: Some(AccountName::from("li")) };
    let meal = WorkState::NotReady { reason: NotReadyReason::Meal };
    let mut left = |seat, login, work| {
        let left = AsLeft { login, work, signed_out: false, back: None, next: None };
        floor.acd.restore(now, SeatId(seat), left);
    };
    left(1, signed_in(), Some(WorkState::Ready));
    left(2, signed_in(), Some(WorkState::Talking { call }));
    left(3, signed_in(), Some(meal));
    left(4, signed_in(), Some(WorkState::WrapUp { call, until }));
    left(5, Login::LoggedOut, None);
    floor.drain();
    assert_eq!(floor.last_events(9), ["SeatNotReady", "SeatNotReady"]);
    (1..=5).for_each(|seat| reached(&mut floor, seat));
    floor.pass_s(1);
    assert_eq!((floor.work(1), floor.work(2)), (&Work::Ready, &Work::Ready));
    assert!(floor.is_not_ready(3, NotReadyReason::Meal));
    assert_eq!(*floor.work(5), Work::Off);
    floor.pass_s(9);
    assert_eq!(*floor.work(4), Work::Ready);
    // Offers go on where they were.
    floor.call(1);
    assert_eq!(floor.offer_at(1), OfferId(71));
}

#[test]
fn what_was_wished_while_talking_and_what_a_miss_cost_outlive_the_engine() {
    let mut floor = Floor::new(one_queue(QueuePolicy::default(), 3));
    let (now, call) = (floor.now, CallId::from(9));
    let login = || Login::LoggedIn { agent: Some(AccountName::from("li")) };
    let talking = Some(WorkState::Talking { call });
    let by = || Actor::Person("li".into());
    let left = |next| AsLeft {
        login: login(),
        work: talking.clone(),
        signed_out: false,
        back: None,
        next,
    };
    floor.acd.restore(now, SeatId(1), left(Some((AfterTalk::LogOut, by()))));
    let meal = AfterTalk::NotReady { reason: NotReadyReason::Meal };
    floor.acd.restore(now, SeatId(2), left(Some((meal, by()))));
    // It rang out, and would be ready again in ten seconds.
    let rona = Some(WorkState::NotReady { reason: NotReadyReason::Rona });
    let back = Some(now + Duration::from_secs(10));
    floor.acd.restore(
        now,
        SeatId(3),
        AsLeft { login: login(), work: rona, signed_out: false, back, next: None },
    );
    floor.drain();
    assert_eq!(floor.last_events(9), ["SeatNotReady", "SeatLoggedOut"]);
    (1..=3).for_each(|seat| reached(&mut floor, seat));
    assert_eq!(*floor.work(1), Work::Off);
    assert!(floor.is_not_ready(2, NotReadyReason::Meal));
    floor.pass_s(9);
    assert!(floor.is_not_ready(3, NotReadyReason::Rona));
    floor.pass_s(1);
    assert_eq!(*floor.work(3), Work::Ready);
}
