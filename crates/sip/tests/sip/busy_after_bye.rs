//! A phone that answers 486 to the INVITE that follows our BYE.

use std::time::Duration;

use primitives::LegId;
use sip::{Command, Event, LegEnd};

use crate::lab::*;

/// A center whose seat 1001 was in a call until now, and its phone: the BYE and the INVITE of leg 4
/// have just been sent.
fn next_call_after_bye(seed: u64) -> (Lab, usize, usize) {
    let mut lab = Lab::new(seed);
    let center = lab.host(CENTER, center_config());
    let phone = lab.host("10.0.1.1:5060", phone_config());
    lab.tell(phone, register(1001, 3_600));
    lab.run_s(1);
    lab.tell(center, dial_seat(2, 1001));
    lab.run_s(1);
    let leg = lab.incoming(phone).leg;
    lab.tell(phone, accept(leg));
    lab.run_s(10);
    lab.events(center);
    lab.events(phone);
    lab.tell(center, hang_up(LegId(2)));
    lab.tell(center, dial_seat(4, 1001));
    lab.events(center);
    (lab, center, phone)
}

fn refuse_busy(lab: &mut Lab, phone: usize) {
    let leg = lab.incoming(phone).leg;
    lab.tell(phone, Command::Reject { leg, code: 486, retry_after_s: None });
}

#[test]
fn phone_that_was_busy_with_the_last_call_is_called_once_more() {
    let (mut lab, center, phone) = next_call_after_bye(1);
    lab.run(Duration::from_millis(50));
    refuse_busy(&mut lab, phone);
    lab.run_s(2);
    let leg = lab.incoming(phone).leg;
    lab.tell(phone, ring(leg));
    lab.tell(phone, accept(leg));
    lab.run_s(1);
    let events = lab.events(center);
    let answered = |event: &Event| matches!(event, Event::Answered { leg: LegId(4), .. });
    assert!(events.iter().any(answered), "{events:?}");
    assert!(!events.iter().any(|event| matches!(event, Event::Failed { .. })), "{events:?}");
    lab.tell(center, hang_up(LegId(4)));
    lab.run_s(40);
    assert_eq!(lab.events(center), [ended(LegId(4), LegEnd::HungUp)]);
}

#[test]
fn second_refusal_counts() {
    let (mut lab, center, phone) = next_call_after_bye(2);
    lab.run(Duration::from_millis(50));
    for _ in 0..2 {
        assert_eq!(lab.events(center), []);
        refuse_busy(&mut lab, phone);
        lab.run_s(2);
    }
    assert_eq!(lab.events(center), [Event::Failed { leg: LegId(4), code: 486 }]);
    assert_eq!(lab.count_sent(center, "INVITE"), 3, "the first call, and two attempts");
}

#[test]
fn phone_that_is_busy_long_after_the_bye_is_not_called_again() {
    let (mut lab, center, phone) = next_call_after_bye(3);
    lab.run(Duration::from_millis(1_200));
    refuse_busy(&mut lab, phone);
    lab.run_s(2);
    assert_eq!(lab.events(center), [Event::Failed { leg: LegId(4), code: 486 }]);
}

#[test]
fn call_that_ends_before_the_second_attempt_rings_nowhere() {
    let (mut lab, center, phone) = next_call_after_bye(4);
    lab.run(Duration::from_millis(50));
    refuse_busy(&mut lab, phone);
    lab.run(Duration::from_millis(100));
    lab.tell(center, hang_up(LegId(4)));
    assert_eq!(lab.events(center), [Event::Failed { leg: LegId(4), code: 487 }]);
    lab.run_s(40);
    assert_eq!(lab.count_sent(center, "INVITE"), 2);
    assert!(lab.hosts[center].invites.is_empty(), "nothing is kept for a restart");
}
