//! Our session refreshes that are refused or lost, and when they are tried again (RFC 4028 10).

use crate::lab::{far::*, raw_messages::*, *};
use primitives::{LegId, Timestamp};
use sip::{Event, LegEnd, Transport};

/// A call with a seat's phone; we refresh each 900 of its 1,800 s, by UPDATE where it is allowed.
struct Talk {
    lab: Lab,
    center: usize,
    begun: Timestamp,
    /// How many requests of ours have been answered.
    answered: usize,
}

impl Talk {
    fn begin(allow: &str) -> Talk {
        let (mut lab, center, _) = pair(1);
        // The registration may expire during the test; the call does not depend on it.
        Registration::of(1001, PHONE).send(&mut lab, center);
        lab.tell(center, dial_seat(2, 1001));
        let begun = lab.now;
        let answer = answered_at(PHONE, &lab.last_sent(center, "INVITE"), SDP);
        let more = format!("\nAllow: {allow}\nSession-Expires: 1800;refresher=uac\nContent-Type");
        lab.inject(PHONE, center, &answer.replacen("\nContent-Type", &more, 1));
        assert!(matches!(lab.events(center).as_slice(), [Event::Answered { .. }]));
        let answered = lab.sent.len();
        Talk { lab, center, begun, answered }
    }

    /// Our next request of this method, and how many ms into the call it is sent.
    fn next(&mut self, method: &str) -> (u64, String) {
        for _ in 0..2_000_000 {
            let all = self.lab.sent.iter().skip(self.answered);
            if let Some(sent) = all.clone().find(|sent| sent.text.starts_with(method)) {
                let found = (sent.at.ms_since(self.begun), sent.text.clone());
                self.answered = self.lab.sent.len();
                return found;
            }
            self.lab.run(std::time::Duration::from_millis(10));
        }
        panic!("no {method} of ours")
    }

    /// The next one, refused like this.
    fn refuse(&mut self, method: &str, status: &str, more: &str) -> u64 {
        let (at, request) = self.next(method);
        self.reply(&request, status, more, "");
        at
    }

    /// The next one, accepted.
    fn accept(&mut self, method: &str) -> (u64, String) {
        let (at, request) = self.next(method);
        let body = if method == "INVITE" { SDP } else { "" };
        self.reply(&request, "200 OK", "Session-Expires: 1800;refresher=uac\n", body);
        (at, request)
    }

    fn reply(&mut self, request: &str, status: &str, more: &str, body: &str) {
        let reply =
            accepted_at(PHONE, request, body).replace("200 OK\n", &format!("{status}\n{more}"));
        self.lab.inject(PHONE, self.center, &reply);
    }

    fn is_up(&mut self) -> bool {
        self.lab.events(self.center).iter().all(|event| !matches!(event, Event::Ended { .. }))
    }
}

const WITH_UPDATE: &str = "INVITE, ACK, BYE, CANCEL, UPDATE";
const WITHOUT_UPDATE: &str = "INVITE, ACK, BYE, CANCEL";

#[test]
fn refresh_refused_with_491_is_retried_within_four_seconds() {
    for (allow, method) in [(WITH_UPDATE, "UPDATE"), (WITHOUT_UPDATE, "INVITE")] {
        let mut talk = Talk::begin(allow);
        assert_eq!(talk.refuse(method, "491 Request Pending", "") / 1_000, 900);
        let (again, _) = talk.accept(method);
        // We own the Call-ID: 2.1 to 4 s.
        assert!((902_100..=904_100).contains(&again), "{method} at {again} ms");
        let (next, _) = talk.accept(method);
        assert!((again + 900_000..again + 900_100).contains(&next), "{method} at {next} ms");
        assert!(talk.is_up());
    }
}

#[test]
fn refresh_refused_with_retry_after_is_retried_then() {
    for (allow, method) in [(WITH_UPDATE, "UPDATE"), (WITHOUT_UPDATE, "INVITE")] {
        let mut talk = Talk::begin(allow);
        talk.refuse(method, "500 Server Internal Error", "Retry-After: 7\n");
        assert_eq!(
            talk.refuse(method, "503 Service Unavailable", "Retry-After: 100\n") / 1_000,
            907
        );
        assert_eq!(talk.accept(method).0 / 1_000, 1_007);
        assert!(talk.is_up());
    }
}

#[test]
fn refused_refresh_is_retried_before_the_session_ends() {
    let mut talk = Talk::begin(WITH_UPDATE);
    let mut tries = 0;
    while talk.refuse("UPDATE", "403 Forbidden", "") < 1_768_000 {
        tries += 1;
    }
    assert!((5..20).contains(&tries), "{tries} tries");
    // The far end answers, so the call is not ended.
    assert!(talk.is_up());
}

#[test]
fn refused_update_is_replaced_by_re_invite_at_once() {
    let mut talk = Talk::begin(WITH_UPDATE);
    talk.refuse("UPDATE", "405 Method Not Allowed", "");
    assert_eq!(talk.accept("INVITE").0 / 1_000, 900);
    assert_eq!(talk.accept("INVITE").0 / 1_000, 1_800);
    assert!(talk.is_up());
}

#[test]
fn refresh_uses_the_longer_interval_of_a_422() {
    for (allow, method) in [(WITH_UPDATE, "UPDATE"), (WITHOUT_UPDATE, "INVITE")] {
        let mut talk = Talk::begin(allow);
        talk.refuse(method, "422 Session Interval Too Small", "Min-SE: 3600\n");
        let (at, request) = talk.accept(method);
        assert_eq!(at / 1_000, 901);
        assert_eq!(header(&request, "Session-Expires"), "3600;refresher=uac");
    }
}

/// RFC 4028 9: an answer may lower the interval, but not below the request's Min-SE.
#[test]
fn session_interval_of_years_is_reduced_to_ours() {
    for (min_se, agreed, expires_s) in [("", "1800", 1_800), ("Min-SE: 3600\n", "3600", 3_600)] {
        let (mut lab, center, _) = pair(3);
        let invite = format!(
            "INVITE sip:12345@10.0.0.1 SIP/2.0\n\
             Via: SIP/2.0/UDP {TRUNK};branch=z9hG4bKyears;rport\n\
             Max-Forwards: 70\nFrom: <sip:a@{TRUNK}>;tag=a\nTo: <sip:12345@10.0.0.1>\n\
             Call-ID: years\nCSeq: 1 INVITE\nContact: <sip:a@{TRUNK}>\n\
             Supported: timer\nSession-Expires: 4294967295;refresher=uac\n{min_se}\n"
        );
        lab.inject("10.9.0.7:5060", center, &with_body(&invite, SDP));
        let leg = lab.incoming(center).leg;
        lab.tell(center, accept(leg));
        let accepted = lab.last_sent(center, "SIP/2.0 200");
        let expected = format!("{agreed};refresher=uac");
        assert_eq!(header(&accepted, "Session-Expires"), expected);
        lab.inject("10.9.0.7:5060", center, &of_caller(&accepted, "ACK", 1, "10.9.0.7:5060"));
        assert_eq!(lab.events(center), [Event::Confirmed { leg, remote: None }]);
        lab.run_s(expires_s - 33);
        assert_eq!(lab.events(center), []);
        lab.run_s(2);
        assert_eq!(lab.events(center), [ended(leg, LegEnd::Expired)]);
    }
}

#[test]
fn refresh_on_broken_stream_is_sent_over_the_next_one() {
    let (mut lab, center, _) = pair(2);
    let phone = |port: u16| Registration {
        transport: Transport::Tcp,
        call_id: "the-phone".to_owned(),
        ..Registration::of(1001, &format!("192.168.1.1:{port}"))
    };
    phone(40_000).send(&mut lab, center);
    lab.tell(center, dial_seat(2, 1001));
    let answer = answered_at("192.168.1.1:40000", &lab.last_sent(center, "INVITE"), SDP);
    let more = "\nSession-Expires: 90;refresher=uac\nAllow: UPDATE\nContent-Type";
    let answer = answer.replacen("\nContent-Type", more, 1);
    lab.inject_stream("192.168.1.1:40000", center, &answer);
    lab.events(center);
    lab.run_s(46);
    let first = lab.sent.iter().rev().find(|s| s.text.starts_with("UPDATE")).expect("one").flow;
    lab.close(center, first);
    phone(40_002).send(&mut lab, center);
    lab.run_s(10);
    let again = lab.sent.iter().rev().find(|s| s.text.starts_with("UPDATE")).expect("one").flow;
    assert_eq!(again.remote.to_string(), "192.168.1.1:40002");
    assert_eq!(lab.events(center), []);
}

#[test]
fn unanswered_refresh_ends_the_call() {
    let mut talk = Talk::begin(WITH_UPDATE);
    talk.next("UPDATE");
    talk.lab.run_s(33);
    assert_eq!(talk.lab.events(talk.center).last(), Some(&ended(LegId(2), LegEnd::Lost)));
}

#[test]
fn hold_refused_with_491_every_time_is_abandoned() {
    let mut talk = Talk::begin(WITHOUT_UPDATE);
    let center = talk.center;
    talk.lab.tell(center, hold(LegId(2)));
    for _ in 0..11 {
        talk.refuse("INVITE", "491 Request Pending", "");
    }
    talk.lab.run_s(60);
    assert_eq!(talk.lab.sent.iter().skip(talk.answered).count(), 1, "the ACK of the last 491");
    assert!(talk.is_up());
}
