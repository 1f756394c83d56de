//! Calls from setup to end, each with one special condition.

use std::time::Duration;

use crate::lab::*;
use primitives::{Direction, LegId, Number, RefusalCause, SeatId};
use sip::{Command, Event, Flow, LegEnd, Origin, Target, Transport};

#[test]
fn call_is_set_up_answered_and_ended_with_bye() {
    let (mut lab, center, trunk) = pair(1);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1:5060"));
    lab.run_s(1);
    let call = lab.incoming(center);
    assert_eq!(call.origin, Origin::Trunk("telecom".into()));
    assert_eq!((call.caller.reveal(), call.dialled.reveal()), ("13812345678", "12345"));
    assert_eq!(call.display, "张三");
    assert_eq!(call.remote.map(|r| r.rtp.to_string()).as_deref(), Some("10.9.0.1:20000"));
    assert_eq!(call.leg, LegId(1));
    lab.tell(center, ring(call.leg));
    lab.run_s(2);
    assert_eq!(lab.events(trunk), [Event::Ringing { leg: LegId(2) }]);
    lab.tell(center, accept(call.leg));
    lab.run_s(1);
    match lab.events(trunk).as_slice() {
        [Event::Answered { leg: LegId(2), remote }] => {
            assert_eq!(remote.rtp.to_string(), "10.0.0.1:30000");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(lab.events(center), [Event::Confirmed { leg: call.leg, remote: None }]);
    lab.run_s(60);
    lab.tell(trunk, hang_up(LegId(2)));
    lab.rest();
    assert_eq!(lab.events(trunk), [ended(LegId(2), LegEnd::HungUp)]);
    assert_eq!(lab.events(center), [ended(call.leg, LegEnd::ByeReceived)]);
    assert_empty(&lab);
}

#[test]
fn extra_headers_of_dial_reach_the_far_end() {
    let (mut lab, _, trunk) = pair(2);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1"));
    let invite = lab.last_sent(trunk, "INVITE");
    assert!(invite.contains("\r\nX-Heartline-Call: 1J8Z4QK0T3G\r\n"), "{invite}");
    assert!(invite.contains("\r\nFrom: \"张三\" <sip:13812345678@10.9.0.1>;tag="), "{invite}");
}

#[test]
fn retransmitted_invite_creates_one_call() {
    let (mut lab, center, trunk) = pair(3);
    // Nothing the center sends arrives for three seconds.
    lab.lose_if(|flow, _| flow.local.to_string() == CENTER);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1"));
    lab.run_s(3);
    assert_eq!(lab.count_sent(trunk, "INVITE"), 3);
    let calls = lab.events(center);
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(lab.hosts[center].endpoint.counts().absorbed, 2);
}

#[test]
fn cancel_ends_the_incoming_leg() {
    let (mut lab, center, trunk) = pair(4);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    lab.tell(trunk, hang_up(LegId(2)));
    assert_eq!(lab.events(trunk), [Event::Failed { leg: LegId(2), code: 487 }]);
    lab.rest();
    assert_eq!(lab.events(center), [ended(leg, LegEnd::Cancelled)]);
    assert_eq!(lab.count_sent(center, "SIP/2.0 487"), 1);
    // Late commands for an ended leg do nothing.
    lab.tell(center, accept(leg));
    lab.tell(center, hang_up(leg));
    lab.rest();
    assert_eq!(lab.events(center), []);
    assert_empty(&lab);
}

#[test]
fn cancel_waits_for_a_provisional_response() {
    let (mut lab, center, trunk) = pair(5);
    lab.lose_if(|flow, _| flow.local.to_string() == CENTER);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1"));
    lab.run(Duration::from_millis(100));
    lab.tell(trunk, hang_up(LegId(2)));
    lab.run_s(2);
    assert_eq!(lab.count_sent(trunk, "CANCEL"), 0);
    lab.lose_nothing();
    lab.rest();
    assert_eq!(lab.count_sent(trunk, "CANCEL"), 1);
    let leg = lab.incoming(center).leg;
    assert_eq!(lab.events(center), [ended(leg, LegEnd::Cancelled)]);
    assert_empty(&lab);
}

#[test]
fn cancel_crosses_200() {
    let (mut lab, center, trunk) = pair(6);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    // Both at the same moment: the messages cross on the way.
    lab.tell(center, accept(leg));
    lab.tell(trunk, hang_up(LegId(2)));
    assert_eq!(lab.events(trunk), [Event::Failed { leg: LegId(2), code: 487 }]);
    lab.rest();
    assert_eq!(lab.count_sent(trunk, "CANCEL"), 1);
    assert_eq!(lab.count_sent(trunk, "ACK"), 1);
    assert_eq!(lab.count_sent(trunk, "BYE"), 1);
    assert_eq!(lab.events(trunk), []);
    let end = ended(leg, LegEnd::ByeReceived);
    assert_eq!(lab.events(center), [Event::Confirmed { leg, remote: None }, end]);
    assert_empty(&lab);
}

#[test]
fn lost_ack_makes_the_200_be_retransmitted() {
    let (mut lab, center, trunk) = pair(7);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    let mut left = 2;
    lab.lose_if(move |_, text| {
        let lose = text.starts_with("ACK") && left > 0;
        left -= i32::from(lose);
        lose
    });
    lab.tell(center, accept(leg));
    lab.run_s(10);
    assert_eq!(lab.count_sent(trunk, "ACK"), 3);
    assert_eq!(lab.count_sent(center, "SIP/2.0 200"), 3);
    assert_eq!(lab.events(center), [Event::Confirmed { leg, remote: None }]);
    assert_eq!(lab.events(trunk).len(), 1);
}

#[test]
fn missing_ack_ends_the_call_with_bye() {
    let (mut lab, center, trunk) = pair(8);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    lab.lose_if(|_, text| text.starts_with("ACK"));
    lab.tell(center, accept(leg));
    lab.run(Duration::from_millis(31_900));
    assert_eq!(lab.events(center), []);
    assert_eq!(lab.count_sent(center, "SIP/2.0 200"), 11);
    lab.rest();
    assert_eq!(lab.events(center), [ended(leg, LegEnd::NoAck)]);
    assert_eq!(lab.count_sent(center, "BYE"), 1);
    assert_eq!(lab.events(trunk).last(), Some(&ended(LegId(2), LegEnd::ByeReceived)));
    assert_empty(&lab);
}

#[test]
fn bye_before_the_ack_is_held_until_the_ack() {
    let (mut lab, center, trunk) = pair(9);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    lab.lose_if(|_, text| text.starts_with("ACK"));
    lab.tell(center, accept(leg));
    lab.run_s(1);
    lab.tell(center, hang_up(leg));
    lab.tell(center, hang_up(leg));
    assert_eq!(lab.events(center), [ended(leg, LegEnd::HungUp)]);
    assert_eq!(lab.count_sent(center, "BYE"), 0);
    lab.lose_nothing();
    lab.rest();
    assert_eq!(lab.count_sent(center, "BYE"), 1);
    assert_eq!(lab.events(center), []);
    assert_eq!(lab.events(trunk).last(), Some(&ended(LegId(2), LegEnd::ByeReceived)));
    assert_empty(&lab);
}

#[test]
fn rejected_call_fails_with_its_code_and_the_ack_is_absorbed() {
    let (mut lab, center, trunk) = pair(10);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    lab.tell(center, Command::Reject { leg, code: 503, retry_after_s: Some(30) });
    lab.rest();
    assert!(lab.last_sent(center, "SIP/2.0 503").contains("\r\nRetry-After: 30\r\n"));
    assert_eq!(lab.events(trunk), [Event::Failed { leg: LegId(2), code: 503 }]);
    assert_eq!(lab.events(center), [ended(leg, LegEnd::HungUp)]);
    assert_eq!(lab.hosts[center].endpoint.counts().strays, 0);
    assert_empty(&lab);
}

#[test]
fn no_response_fails_the_call_with_408() {
    let (mut lab, _, trunk) = pair(11);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.77"));
    lab.rest();
    assert_eq!(lab.events(trunk), [Event::Failed { leg: LegId(2), code: 408 }]);
    assert_eq!(lab.count_sent(trunk, "INVITE"), 7);
}

#[test]
fn draining_or_full_endpoint_answers_503() {
    let mut lab = Lab::new(12);
    let mut config = center_config();
    config.legs_max = 1;
    let center = lab.host(CENTER, config);
    let trunk = lab.host(TRUNK, phone_config());
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1"));
    lab.tell(trunk, dial_uri(4, "sip:12345@10.0.0.1"));
    lab.run_s(1);
    let events = lab.events(center);
    assert!(matches!(events[0], Event::Incoming(_)));
    let refused = Event::Refused {
        caller: Number::new("13812345678"),
        dialled: Number::new("12345"),
        trunk: Some("telecom".into()),
        code: 503,
        cause: RefusalCause::EngineFull,
    };
    assert_eq!(events.get(1), Some(&refused));
    assert_eq!(events.len(), 2);
    lab.tell(center, Command::Drain);
    lab.tell(center, hang_up(LegId(1)));
    lab.tell(trunk, dial_uri(6, "sip:12345@10.0.0.1"));
    lab.rest();
    let draining = match refused {
        Event::Refused { caller, dialled, trunk, code, .. } => {
            Event::Refused { caller, dialled, trunk, code, cause: RefusalCause::Draining }
        }
        other => other,
    };
    assert_eq!(lab.events(center), [ended(LegId(1), LegEnd::HungUp), draining]);
    let failed = |leg, code| Event::Failed { leg: LegId(leg), code };
    assert_eq!(lab.events(trunk), [failed(4, 503), failed(2, 487), failed(6, 503)]);
    assert!(lab.last_sent(center, "SIP/2.0 503").contains("\r\nRetry-After: 5\r\n"));
    assert_empty(&lab);
}

#[test]
fn hold_and_resume() {
    let (mut lab, center, trunk) = pair(13);
    let (theirs, ours) = talking(&mut lab, center, trunk);
    lab.tell(trunk, hold(theirs));
    lab.run_s(1);
    // They send only, so we receive only.
    assert_eq!(direction(&lab.events(center)), [Direction::RecvOnly]);
    lab.tell(trunk, resume(theirs));
    lab.run_s(1);
    assert_eq!(direction(&lab.events(center)), [Direction::SendRecv]);
    // The other end may hold too, and its hold is not undone meanwhile.
    lab.tell(center, hold(ours));
    lab.run_s(30);
    assert_eq!(direction(&lab.events(trunk)).last(), Some(&Direction::RecvOnly));
    assert_eq!(lab.count_sent(trunk, "INVITE"), 3);
    assert_eq!(lab.count_sent(center, "INVITE"), 1);
    lab.tell(center, hang_up(ours));
    lab.rest();
    assert_empty(&lab);
}

#[test]
fn crossing_holds_get_491_and_both_succeed_later() {
    let (mut lab, center, trunk) = pair(14);
    let (theirs, ours) = talking(&mut lab, center, trunk);
    lab.tell(trunk, hold(theirs));
    lab.tell(center, hold(ours));
    lab.run_s(20);
    assert_eq!(lab.count_sent(trunk, "SIP/2.0 491") + lab.count_sent(center, "SIP/2.0 491"), 2);
    assert_eq!(lab.count_sent(trunk, "INVITE"), 3);
    assert_eq!(lab.count_sent(center, "INVITE"), 2);
    assert_eq!(direction(&lab.events(center)).last(), Some(&Direction::Inactive));
    lab.tell(center, hang_up(ours));
    lab.rest();
    assert_empty(&lab);
}

#[test]
fn unanswered_re_invite_ends_the_leg() {
    let (mut lab, center, trunk) = pair(15);
    let (_, ours) = talking(&mut lab, center, trunk);
    lab.lose_if(|flow, _| flow.local.to_string() == TRUNK);
    lab.tell(center, hold(ours));
    lab.run_s(40);
    assert_eq!(lab.events(center), [ended(ours, LegEnd::Lost)]);
}

#[test]
fn session_without_refresh_expires() {
    let (mut lab, center, trunk) = pair(16);
    let (_, ours) = talking(&mut lab, center, trunk);
    lab.run_s(3_600);
    // Refreshed by the caller at half time, each time.
    assert_eq!((lab.events(center), lab.count_sent(trunk, "UPDATE")), (vec![], 4));
    lab.lose_if(|flow, _| flow.local.to_string() == TRUNK);
    lab.run_s(1_800);
    assert_eq!(lab.events(center), [ended(ours, LegEnd::Expired)]);
}

#[test]
fn first_answer_of_three_contacts_cancels_the_others() {
    let mut lab = Lab::new(17);
    let center = lab.host(CENTER, center_config());
    let phones: Vec<usize> =
        (0..3).map(|n| lab.host(&format!("192.168.1.{n}:6000", n = n + 1), anywhere())).collect();
    for phone in &phones {
        lab.tell(*phone, register(1001, 300));
    }
    lab.run_s(1);
    // Each new phone reports that the seat can be called.
    let reached = Event::SeatReached { seat: SeatId(1001) };
    assert_eq!(lab.events(center), [reached.clone(), reached.clone(), reached]);
    lab.tell(center, dial_seat(2, 1001));
    lab.run_s(1);
    let legs: Vec<LegId> = phones.iter().map(|phone| lab.incoming(*phone).leg).collect();
    for (phone, leg) in phones.iter().zip(&legs) {
        lab.tell(*phone, ring(*leg));
    }
    lab.run_s(1);
    assert_eq!(lab.events(center), [Event::Ringing { leg: LegId(2) }]);
    // Two answer at the same moment; the third is cancelled.
    lab.tell(phones[1], accept(legs[1]));
    lab.tell(phones[2], accept(legs[2]));
    lab.run_s(5);
    assert!(matches!(lab.events(center).as_slice(), [Event::Answered { leg: LegId(2), .. }]));
    assert_eq!(lab.events(phones[0]), [ended(legs[0], LegEnd::Cancelled)]);
    assert_eq!(lab.events(phones[1]).len(), 1);
    let lost =
        [Event::Confirmed { leg: legs[2], remote: None }, ended(legs[2], LegEnd::ByeReceived)];
    assert_eq!(lab.events(phones[2]), lost);
    let reason = "Reason: SIP;cause=200;text=\"Call completed elsewhere\"";
    assert!(lab.last_sent(center, "CANCEL").contains(reason));
    assert!(lab.last_sent(center, "BYE").contains(reason));
}

#[test]
fn dialling_a_seat_without_contact_fails_with_480() {
    let (mut lab, center, _) = pair(18);
    lab.tell(center, dial_seat(2, 1001));
    lab.tell(center, dial_seat(4, 4711));
    let failed = |leg| Event::Failed { leg: LegId(leg), code: 480 };
    assert_eq!(lab.events(center), [failed(2), failed(4)]);
}

#[test]
fn best_refusal_of_all_forks_is_reported() {
    let mut lab = Lab::new(19);
    let center = lab.host(CENTER, center_config());
    let one = lab.host("192.168.1.1:6000", anywhere());
    let two = lab.host("192.168.1.2:6000", anywhere());
    lab.tell(one, register(1001, 300));
    lab.tell(two, register(1001, 300));
    lab.run_s(1);
    lab.events(center);
    lab.tell(center, dial_seat(2, 1001));
    lab.run_s(1);
    let (a, b) = (lab.incoming(one).leg, lab.incoming(two).leg);
    lab.tell(one, Command::Reject { leg: a, code: 503, retry_after_s: None });
    lab.run_s(1);
    assert_eq!(lab.events(center), []);
    lab.tell(two, Command::Reject { leg: b, code: 486, retry_after_s: None });
    lab.run_s(1);
    assert_eq!(lab.events(center), [Event::Failed { leg: LegId(2), code: 486 }]);
    // 603 ends the search at once.
    lab.tell(center, dial_seat(4, 1001));
    lab.run_s(1);
    let (a, b) = (lab.incoming(one).leg, lab.incoming(two).leg);
    lab.tell(one, Command::Reject { leg: a, code: 603, retry_after_s: None });
    lab.run_s(1);
    assert_eq!(lab.events(center), [Event::Failed { leg: LegId(4), code: 603 }]);
    assert_eq!(lab.events(two), [ended(b, LegEnd::Cancelled)]);
}

#[test]
fn seat_calls_with_its_password() {
    let mut lab = Lab::new(20);
    let center = lab.host(CENTER, center_config());
    let phone = lab.host("192.168.1.1:6000", anywhere());
    lab.tell(phone, register(1002, 300));
    lab.run_s(1);
    lab.events(center);
    let mut dial = dial(2, Target::Uri("sip:9999@10.0.0.1".to_owned()));
    dial.caller = Number::new("1002");
    dial.credentials = Some(credentials(1002));
    lab.tell(phone, Command::Dial(dial.clone()));
    lab.run_s(1);
    let call = lab.incoming(center);
    assert_eq!(call.origin, Origin::Seat(SeatId(1002)));
    assert_eq!(call.caller.reveal(), "1002");
    lab.tell(center, accept(call.leg));
    lab.run_s(1);
    assert!(matches!(lab.events(phone).last(), Some(Event::Answered { .. })));
    // With a wrong password the call fails.
    dial.leg = LegId(4);
    dial.credentials.as_mut().unwrap().password = "guess".to_owned();
    lab.events(center);
    lab.tell(phone, Command::Dial(dial));
    lab.run_s(1);
    assert!(matches!(
        lab.events(phone).as_slice(),
        [Event::Failed { leg: LegId(4), code: 401 | 403 }]
    ));
    assert!(!lab.events(center).iter().any(|e| matches!(e, Event::Incoming(_))));
}

#[test]
fn expired_registration_makes_the_seat_unreachable() {
    let mut lab = Lab::new(21);
    let center = lab.host(CENTER, center_config());
    let phone = lab.host("192.168.1.1:6000", anywhere());
    lab.tell(phone, register(1001, 120));
    lab.run_s(1);
    let aor = format!("sip:1001@{REALM}");
    assert_eq!(lab.events(phone), [Event::Registered { aor: aor.clone(), code: 200 }]);
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
    // Refreshed for an hour without further events.
    lab.run_s(3_600);
    assert_eq!((lab.events(phone), lab.events(center)), (vec![], vec![]));
    lab.lose_if(|flow, _| flow.local.to_string() == "192.168.1.1:6000");
    lab.run_s(300);
    assert_eq!(lab.events(center), [Event::SeatUnreached { seat: SeatId(1001) }]);
    assert_eq!(lab.events(phone), [Event::Registered { aor, code: 408 }]);
    // The network works again, and the phone registers.
    lab.lose_nothing();
    lab.run_s(60);
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
    lab.tell(phone, register(1001, 0));
    lab.rest();
    assert_eq!(lab.events(center), [Event::SeatUnreached { seat: SeatId(1001) }]);
    assert_empty(&lab);
}

#[test]
fn broken_stream_fails_its_requests_and_pending_calls_at_once() {
    let mut lab = Lab::new(22);
    let center = lab.host(CENTER, center_config());
    let trunk = lab.host(TRUNK, phone_config());
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1;transport=tcp"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    let flow = |local: &str, remote: &str| Flow {
        transport: Transport::Tcp,
        local: local.parse().unwrap(),
        remote: remote.parse().unwrap(),
    };
    lab.close(trunk, flow(TRUNK, CENTER));
    assert_eq!(lab.events(trunk), [Event::Failed { leg: LegId(2), code: 503 }]);
    lab.close(center, flow(CENTER, TRUNK));
    assert_eq!(lab.events(center), [ended(leg, LegEnd::Cancelled)]);
}

#[test]
fn call_over_tcp_stays_on_its_stream() {
    let mut lab = Lab::new(23);
    let center = lab.host(CENTER, center_config());
    let trunk = lab.host(TRUNK, phone_config());
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1;transport=tcp"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    lab.tell(center, accept(leg));
    lab.run_s(1);
    lab.tell(center, hang_up(leg));
    lab.rest();
    assert!(lab.sent.iter().all(|sent| sent.flow.transport == Transport::Tcp));
    assert_eq!(lab.events(trunk).last(), Some(&ended(LegId(2), LegEnd::ByeReceived)));
    assert_empty(&lab);
}

/// A phone somewhere on the office network, called by the center only.
fn anywhere() -> sip::Config {
    phone_config()
}

fn direction(events: &[Event]) -> Vec<Direction> {
    let changed = events.iter().filter_map(|event| match event {
        Event::RemoteChanged { remote, .. } => Some(remote.direction),
        _ => None,
    });
    changed.collect()
}

fn assert_empty(lab: &Lab) {
    for host in &lab.hosts {
        assert!(host.endpoint.is_idle(), "{:#?}", host.endpoint);
    }
}

#[path = "../../examples/options.rs"]
mod options_example;

#[test]
fn example_options_runs() {
    options_example::main();
}
