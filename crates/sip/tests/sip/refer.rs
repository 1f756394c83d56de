//! A phone transfers by REFER inside its talk (RFC 3515, RFC 3891).

use crate::lab::{raw_messages::*, *};
use primitives::{LegId, Number};
use sip::{Command, Event};

/// A phone of seat 1001 in a call that the center placed, and the center's leg.
fn phone_in_call(seed: u64) -> (Lab, usize, Far, LegId) {
    let (mut lab, center, _) = pair(seed);
    registered(&mut lab, center, 1001, PHONE);
    lab.tell(center, dial_seat(2, 1001));
    let invite = lab.last_sent(center, "INVITE");
    let accepted = answered(&invite, SDP);
    lab.inject(PHONE, center, &accepted);
    lab.events(center);
    let far = Far::of(&accepted).turned();
    (lab, center, far, LegId(2))
}

fn refer(far: &Far, cseq: u32, refer_to: &str) -> String {
    let request = far.request("REFER", cseq, PHONE, "");
    request.replacen("Max-Forwards", &format!("{refer_to}Max-Forwards"), 1)
}

#[test]
fn phone_is_told_the_outcome_by_one_notify() {
    let (mut lab, center, far, leg) = phone_in_call(60);
    lab.inject(PHONE, center, &refer(&far, 5, "Refer-To: <sip:1002@hotline.example>\n"));
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 202 "));
    let to = Number::new("1002");
    assert_eq!(lab.events(center), [Event::Referred { leg, to, replaces: None }]);
    lab.tell(center, Command::AnswerRefer { leg, code: 486 });
    let notify = lab.last_sent(center, "NOTIFY");
    for line in [
        "\r\nEvent: refer\r\n",
        "\r\nSubscription-State: terminated;reason=noresource\r\n",
        "\r\nContent-Type: message/sipfrag;version=2.0\r\n",
        "\r\n\r\nSIP/2.0 486 Busy Here\r\n",
    ] {
        assert!(notify.contains(line), "{line:?} in {notify}");
    }
    // It is told once; a second REFER names its own subscription.
    lab.tell(center, Command::AnswerRefer { leg, code: 200 });
    assert_eq!(lab.count_sent(center, "NOTIFY"), 1);
    lab.inject(PHONE, center, &refer(&far, 6, "Refer-To: <sip:1003@10.0.0.1>\n"));
    lab.tell(center, Command::AnswerRefer { leg, code: 200 });
    assert!(lab.last_sent(center, "NOTIFY").contains("\r\nEvent: refer;id=6\r\n"));
}

#[test]
fn replaces_finds_the_other_leg_of_the_phone() {
    let (mut lab, center, far, leg) = phone_in_call(61);
    // The phone's consultation is a call to us in its own dialog.
    let second = raw_call(&mut lab, center);
    let refer_to = format!(
        "Refer-To: <sip:1002@10.0.0.1?Replaces={}%3Bto-tag%3D{}%3Bfrom-tag%3Dconsult>\n",
        second.call_id, second.to_tag
    );
    lab.inject(PHONE, center, &refer(&far, 5, &refer_to));
    let events = lab.events(center);
    let to = Number::new("1002");
    assert_eq!(events, [Event::Referred { leg, to, replaces: Some(second.leg) }]);
}

#[test]
fn refer_elsewhere_or_with_other_headers_is_declined() {
    let (mut lab, center, far, _) = phone_in_call(62);
    for (n, (refer_to, code)) in [
        ("Refer-To: <sip:1002@evil.example>\n", "603"),
        ("Refer-To: <sips:1002@10.0.0.1>\n", "603"),
        ("Refer-To: <tel:+86110>\n", "603"),
        ("Refer-To: <http://evil.example/x>\n", "603"),
        ("Refer-To: <sip:10.0.0.1>\n", "603"),
        ("Refer-To: <sip:1002@10.0.0.1?Subject=x>\n", "603"),
        ("Refer-To: <sip:1002@10.0.0.1?Replaces=x%3Bto-tag%3Da%3Bfrom-tag%3Db>\n", "603"),
        ("", "400"),
        ("Refer-To: nonsense\n", "400"),
    ]
    .into_iter()
    .enumerate()
    {
        lab.inject(PHONE, center, &refer(&far, 10 + n as u32, refer_to));
        let told = lab.last_sent(center, "SIP/2.0");
        assert!(told.starts_with(&format!("SIP/2.0 {code} ")), "{refer_to:?}: {told}");
    }
    assert_eq!(lab.events(center), []);
}

#[test]
fn refer_of_a_trunk_is_declined() {
    let (mut lab, center, trunk) = pair(63);
    talking(&mut lab, center, trunk);
    let theirs = Far::of(&lab.last_sent(trunk, "ACK"));
    let request = theirs.request("REFER", 70_000, TRUNK, "");
    let refer_to = "Refer-To: <sip:1002@10.0.0.1>\nMax-Forwards";
    lab.inject(TRUNK, center, &request.replacen("Max-Forwards", refer_to, 1));
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 603 "));
    assert_eq!(lab.events(center), []);
}

/// A call of the phone to us that rings.
struct Second {
    leg: LegId,
    call_id: String,
    to_tag: String,
}

fn raw_call(lab: &mut Lab, center: usize) -> Second {
    let text = format!(
        "INVITE sip:1002@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP {PHONE};branch=z9hG4bKsecond;rport\n\
         Max-Forwards: 70\nFrom: <sip:1001@{REALM}>;tag=consult\nTo: <sip:1002@{REALM}>\n\
         Call-ID: second-call\nCSeq: 1 INVITE\nContact: <sip:1001@{PHONE}>\n\n"
    );
    with_password(lab, center, 1001, PHONE, &with_body(&text, SDP));
    let leg = lab.incoming(center).leg;
    lab.tell(center, ring(leg));
    let ringing = lab.last_sent(center, "SIP/2.0 180");
    let to = ringing.lines().find(|line| line.starts_with("To: ")).expect("a To");
    let to_tag = to.split("tag=").nth(1).expect("our tag").trim().to_owned();
    Second { leg, call_id: "second-call".to_owned(), to_tag }
}
