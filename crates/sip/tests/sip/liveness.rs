//! A far end that fell silent is sent OPTIONS inside the dialog.

use std::time::Duration;

use crate::lab::*;
use primitives::LegId;
use sip::{Command, Event, LegEnd};

/// A call whose far end receives no OPTIONS; returns the center's leg.
fn deaf_talk() -> (Lab, usize, usize, LegId) {
    let (mut lab, center, trunk) = pair(80);
    let (_, leg) = talking(&mut lab, center, trunk);
    lab.lose_if(|_, text| text.starts_with("OPTIONS"));
    (lab, center, trunk, leg)
}

/// The far end answers the last OPTIONS with this code.
fn answer(lab: &mut Lab, center: usize, code: u16) {
    let asked = lab.last_sent(center, "OPTIONS");
    let kept = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
    let headers = asked.lines().filter(|line| kept.iter().any(|name| line.starts_with(name)));
    let headers: Vec<&str> = headers.collect();
    let text = format!("SIP/2.0 {code} X\n{}\nContent-Length: 0\n\n", headers.join("\n"));
    lab.inject(TRUNK, center, &text);
}

#[test]
fn leg_continues_while_the_far_end_answers() {
    let (mut lab, center, trunk) = pair(81);
    let (theirs, leg) = talking(&mut lab, center, trunk);
    for _ in 0..3 {
        lab.tell(center, Command::Probe { leg });
        lab.run_s(60);
    }
    assert_eq!((lab.count_sent(center, "OPTIONS"), lab.count_sent(trunk, "SIP/2.0 200")), (3, 3));
    let asked = lab.last_sent(center, "OPTIONS");
    assert!(asked.contains("\r\nAccept: application/sdp"), "{asked}");
    assert_eq!((lab.events(center), lab.events(trunk)), (vec![], vec![]));
    lab.tell(trunk, hang_up(theirs));
    lab.rest();
    assert_eq!(lab.events(center), [ended(leg, LegEnd::ByeReceived)]);
    assert!(lab.hosts[center].endpoint.is_idle());
}

#[test]
fn any_response_except_481_and_408_counts_as_alive() {
    for code in [200, 202, 302, 401, 404, 405, 407, 415, 480, 486, 489, 500, 501, 503, 600, 603] {
        let (mut lab, center, _, leg) = deaf_talk();
        lab.tell(center, Command::Probe { leg });
        answer(&mut lab, center, code);
        lab.run_s(40);
        assert_eq!(lab.events(center), [], "{code}");
        assert_eq!(lab.count_sent(center, "BYE"), 0, "{code}");
    }
}

#[test]
fn leg_ends_with_bye_when_the_far_end_lost_the_dialog() {
    for code in [481, 408] {
        let (mut lab, center, trunk, leg) = deaf_talk();
        lab.tell(center, Command::Probe { leg });
        answer(&mut lab, center, code);
        assert_eq!(lab.events(center), [ended(leg, LegEnd::Lost)], "{code}");
        lab.rest();
        assert_eq!(lab.count_sent(center, "BYE"), 1);
        assert_eq!(lab.events(trunk), [ended(LegId(2), LegEnd::ByeReceived)]);
        assert!(lab.hosts[center].endpoint.is_idle());
    }
}

#[test]
fn unanswered_options_ends_the_leg_after_timer_f() {
    let (mut lab, center, _, leg) = deaf_talk();
    lab.tell(center, Command::Probe { leg });
    // A second probe is ignored while the first is pending.
    lab.run_s(20);
    lab.tell(center, Command::Probe { leg });
    lab.run(Duration::from_millis(11_900));
    assert_eq!(lab.events(center), []);
    lab.run(Duration::from_millis(200));
    assert_eq!(lab.events(center), [ended(leg, LegEnd::Lost)]);
}

#[test]
fn provisional_response_does_not_count_as_alive() {
    let (mut lab, center, _, leg) = deaf_talk();
    lab.tell(center, Command::Probe { leg });
    answer(&mut lab, center, 100);
    lab.run_s(33);
    assert_eq!(lab.events(center), [ended(leg, LegEnd::Lost)]);
}

#[test]
fn response_from_another_address_does_not_count_as_alive() {
    let (mut lab, center, _, leg) = deaf_talk();
    lab.tell(center, Command::Probe { leg });
    let asked = lab.last_sent(center, "OPTIONS");
    let text = asked.replace("OPTIONS sip:13812345678@10.9.0.1:5060 SIP/2.0", "SIP/2.0 200 OK");
    assert_ne!(asked, text);
    lab.inject("172.16.0.9:5060", center, &text);
    lab.run_s(33);
    assert_eq!(lab.events(center), [ended(leg, LegEnd::Lost)]);
}

#[test]
fn no_options_before_the_ack_or_after_the_end() {
    let (mut lab, center, trunk) = pair(82);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1:5060"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    lab.tell(center, Command::Probe { leg });
    lab.lose_if(|_, text| text.starts_with("ACK"));
    lab.tell(center, accept(leg));
    lab.run_s(1);
    lab.tell(center, Command::Probe { leg });
    lab.tell(center, hang_up(leg));
    lab.tell(center, Command::Probe { leg });
    lab.lose_nothing();
    lab.rest();
    lab.tell(center, Command::Probe { leg });
    assert_eq!(lab.count_sent(center, "OPTIONS"), 0);
    assert!(lab.hosts[center].endpoint.is_idle());
}

#[test]
fn unanswered_caller_is_refused_after_its_deadline() {
    let (mut lab, center, trunk) = pair(83);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1:5060"));
    lab.run_s(31);
    let leg = lab.incoming(center).leg;
    assert_eq!(lab.events(center), []);
    lab.run_s(2);
    assert_eq!(lab.events(center), [ended(leg, LegEnd::HungUp)]);
    assert_eq!(lab.events(trunk), [Event::Failed { leg: LegId(2), code: 503 }]);
    lab.rest();
    assert!(lab.hosts[center].endpoint.is_idle());
}

#[test]
fn ringing_caller_that_vanished_is_removed_after_its_deadline() {
    let (mut lab, center, trunk) = pair(84);
    lab.tell(trunk, dial_uri(2, "sip:12345@10.0.0.1:5060"));
    lab.run_s(1);
    let leg = lab.incoming(center).leg;
    lab.tell(center, ring(leg));
    lab.run_s(1);
    lab.lose_if(|flow, _| flow.local.to_string() == TRUNK);
    lab.run_s(590);
    assert_eq!(lab.events(center), []);
    lab.run_s(20);
    assert_eq!(lab.events(center), [ended(leg, LegEnd::HungUp)]);
}
