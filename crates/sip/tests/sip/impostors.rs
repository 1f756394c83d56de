//! Messages with the right tags from the wrong address: their sender can neither take over nor end
//! a call, while a phone that moved can still do both.

use crate::lab::{raw_messages::*, *};
use primitives::{Direction, LegId};
use sip::{Event, LegEnd};

/// Somewhere on the Internet.
const STRANGER: &str = "203.0.113.9:5080";
/// Where the phone of 1001 is after its NAT forgot it.
const MOVED: &str = "192.168.1.1:6111";
/// The phone of 1002, behind the same NAT.
const COLLEAGUE: &str = "192.168.1.1:6002";

#[test]
fn stranger_with_the_right_tags_gets_no_answer_and_changes_nothing() {
    let (mut lab, center, trunk) = pair(1);
    let (_, leg) = talking(&mut lab, center, trunk);
    let theirs = Far::of(&lab.last_sent(trunk, "ACK"));
    for (n, method) in ["INVITE", "UPDATE", "INFO", "OPTIONS", "ACK", "BYE"].iter().enumerate() {
        lab.inject(STRANGER, center, &theirs.request(method, 70_000 + n as u32, STRANGER, SDP));
    }
    assert_eq!(lab.heard_by(STRANGER), Vec::<String>::new());
    assert_eq!(lab.events(center), []);
    let counts = lab.hosts[center].endpoint.counts();
    assert_eq!((counts.impostors, lab.hosts[center].endpoint.legs()), (6, 1));
    // The stranger's CSeq was not taken for the far end's: the far end is served as before.
    lab.tell(trunk, hang_up(LegId(2)));
    lab.rest();
    assert_eq!(lab.events(center), [ended(leg, LegEnd::ByeReceived)]);
}

#[test]
fn request_of_another_seat_in_the_dialog_is_answered_481() {
    let (mut lab, center, trunk) = pair(2);
    registered(&mut lab, center, 1002, COLLEAGUE);
    talking(&mut lab, center, trunk);
    let theirs = Far::of(&lab.last_sent(trunk, "ACK"));
    for (n, method) in ["INVITE", "UPDATE", "BYE"].iter().enumerate() {
        lab.inject(COLLEAGUE, center, &theirs.request(method, 70_000 + n as u32, COLLEAGUE, SDP));
        assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 481 "), "{method}");
    }
    assert_eq!(lab.events(center), []);
}

#[test]
fn request_from_any_address_of_the_trunk_is_accepted() {
    let (mut lab, center, trunk) = pair(3);
    let (_, leg) = talking(&mut lab, center, trunk);
    let theirs = Far::of(&lab.last_sent(trunk, "ACK"));
    let other = "10.9.3.3:5062";
    lab.inject(other, center, &theirs.request("INVITE", 70_100, other, HELD));
    lab.inject(other, center, &theirs.request("ACK", 70_100, other, ""));
    lab.inject(other, center, &theirs.request("BYE", 70_101, other, ""));
    let events = lab.events(center);
    assert!(
        matches!(events.as_slice(),
        [Event::RemoteChanged { remote, .. }, Event::Ended { end: LegEnd::ByeReceived, .. }]
            if remote.direction == Direction::RecvOnly),
        "{events:?}"
    );
    assert_eq!(events.last(), Some(&ended(leg, LegEnd::ByeReceived)));
    assert_eq!(lab.hosts[center].endpoint.counts().impostors, 0);
}

#[test]
fn phone_registered_at_new_address_can_hold_and_hang_up() {
    let (mut lab, center, _) = pair(4);
    let phone = phone_talking(&mut lab, center);
    registered(&mut lab, center, 1001, MOVED);
    lab.inject(MOVED, center, &phone.request("INVITE", 1, MOVED, HELD));
    assert!(lab.heard_by(MOVED).contains(&"SIP/2.0 200 OK".to_owned()));
    lab.inject(MOVED, center, &phone.request("ACK", 1, MOVED, ""));
    let events = lab.events(center);
    assert!(
        matches!(events.as_slice(), [Event::RemoteChanged { remote, .. }]
        if remote.direction == Direction::RecvOnly),
        "{events:?}"
    );
    // Our own requests are sent to its new address too.
    lab.tell(center, hold(LegId(2)));
    assert!(lab.heard_by(MOVED).iter().any(|line| line.starts_with("INVITE ")));
    lab.inject(MOVED, center, &phone.request("BYE", 2, MOVED, ""));
    assert_eq!(lab.events(center), [ended(LegId(2), LegEnd::ByeReceived)]);
}

#[test]
fn phone_moved_by_nat_is_authenticated_by_password() {
    let (mut lab, center, _) = pair(5);
    let phone = phone_talking(&mut lab, center);
    // A colleague behind the same NAT has a password, but not this one.
    let bye = phone.request("BYE", 1, COLLEAGUE, "");
    with_password(&mut lab, center, 1002, COLLEAGUE, &bye);
    assert_eq!(lab.heard_by(COLLEAGUE), ["SIP/2.0 401 Unauthorized"]);
    assert_eq!(lab.events(center), []);
    let bye = phone.request("BYE", 3, MOVED, "");
    with_password(&mut lab, center, 1001, MOVED, &bye);
    assert_eq!(lab.heard_by(MOVED), ["SIP/2.0 401 Unauthorized", "SIP/2.0 200 OK"]);
    assert_eq!(lab.events(center), [ended(LegId(2), LegEnd::ByeReceived)]);
}

#[test]
fn cancel_from_another_sender_is_ignored() {
    let (mut lab, center, trunk) = pair(6);
    registered(&mut lab, center, 1002, COLLEAGUE);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1:5060"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    let cancel = lab.last_sent(trunk, "INVITE").replace("INVITE ", "CANCEL ");
    let cancel = cancel.replace(" INVITE", " CANCEL");
    let cancel = cancel.split_once("Content-Type").map_or(cancel.as_str(), |(head, _)| head);
    let cancel = format!("{}\r\n\r\n", cancel.trim_end());
    lab.inject(STRANGER, center, &cancel);
    assert_eq!(lab.heard_by(STRANGER), Vec::<String>::new());
    lab.inject(COLLEAGUE, center, &cancel);
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 481 "));
    assert_eq!(lab.events(center), []);
    assert_eq!(lab.hosts[center].endpoint.counts().impostors, 2);
    lab.inject("10.9.0.2:5060", center, &cancel);
    assert_eq!(lab.events(center), [ended(leg, LegEnd::Cancelled)]);
}

#[test]
fn response_from_another_sender_is_ignored() {
    let (mut lab, center, _) = pair(7);
    registered(&mut lab, center, 1001, PHONE);
    lab.tell(center, dial_seat(2, 1001));
    let answer = answered(&lab.last_sent(center, "INVITE"), SDP);
    lab.inject(STRANGER, center, &answer);
    assert_eq!(lab.events(center), []);
    assert_eq!(lab.count_sent(center, "ACK"), 0);
    assert_eq!(lab.hosts[center].endpoint.counts().impostors, 1);
    // Some phones answer from another port than they were asked at.
    lab.inject(MOVED, center, &answer);
    assert!(matches!(lab.events(center).as_slice(), [Event::Answered { .. }]));
}

/// The phone of 1001, in a talk we began as leg 2.
fn phone_talking(lab: &mut Lab, center: usize) -> Far {
    registered(lab, center, 1001, PHONE);
    lab.tell(center, dial_seat(2, 1001));
    let answer = answered(&lab.last_sent(center, "INVITE"), SDP);
    lab.inject(PHONE, center, &answer);
    assert!(matches!(lab.events(center).as_slice(), [Event::Answered { .. }]));
    Far::of(&lab.last_sent(center, "ACK")).turned()
}
