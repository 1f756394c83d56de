//! A trusted proxy in front: a sender behind it is identified by the Via that the proxy noted, and
//! phones register and are called through it (RFC 3327). From any other address these headers are
//! ignored.

use crate::lab::{raw_messages::*, *};
use primitives::{IpNetwork, LegId, SeatId};
use sip::{Event, LegEnd, Origin, Transport};

/// The proxy of ours.
const PROXY: &str = "10.8.0.1:5060";
/// A second one before the first, as at the edge of a network.
const EDGE: &str = "10.8.0.2:5060";
/// A carrier's gateway of the trunk `telecom`, as the proxy sees it.
const CARRIER: &str = "10.9.0.7:5060";
/// Two phones behind the proxy.
const FIRST: &str = "203.0.113.20:40001";
const SECOND: &str = "203.0.113.20:40002";
/// An address that no endpoint has.
const STRANGER: &str = "203.0.113.99:5080";

#[test]
fn trunk_behind_the_proxy_is_identified_by_the_proxys_via() {
    let (mut lab, center) = behind_proxy(1);
    lab.inject(PROXY, center, &through(&[PROXY], CARRIER, &invite(CARRIER)));
    let call = lab.incoming(center);
    assert_eq!(call.origin, Origin::Trunk("telecom".into()));
    lab.tell(center, accept(call.leg));
    // The response goes back through the proxy, and so does every later message.
    let accepted = lab.last_sent(center, "SIP/2.0 200");
    assert_eq!(lab.heard_by(PROXY), ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]);
    let theirs = Far::of_answer(&accepted);
    let ack = theirs.request("ACK", 1, CARRIER, "");
    lab.inject(PROXY, center, &through(&[PROXY], CARRIER, &ack));
    assert_eq!(lab.events(center), [Event::Confirmed { leg: call.leg, remote: None }]);
    lab.tell(center, hang_up(call.leg));
    let bye = lab.last_sent(center, "BYE");
    assert_eq!(lab.heard_by(PROXY).last().map(|l| l.starts_with("BYE ")), Some(true));
    assert!(bye.contains("\r\nRoute: <sip:10.8.0.1;lr>\r\n"), "{bye}");
}

#[test]
fn call_from_elsewhere_behind_the_proxy_needs_the_password() {
    let (mut lab, center) = behind_proxy(2);
    lab.inject(PROXY, center, &through(&[PROXY], STRANGER, &invite(STRANGER)));
    assert_eq!(lab.heard_by(PROXY), ["SIP/2.0 401 Unauthorized"]);
    assert_eq!(lab.events(center), []);
    // With its password a seat's phone may call from any address.
    let invite = invite(STRANGER).replace("tag=theirs", "tag=phone").replace("call-of-", "seat-");
    let nonce = nonce_of(&lab.last_sent(center, "SIP/2.0 401"));
    let invite = authorized(&invite, 1001, "pw1001", &nonce);
    lab.inject(PROXY, center, &through(&[PROXY], STRANGER, &invite));
    assert_eq!(lab.incoming(center).origin, Origin::Seat(SeatId(1001)));
}

#[test]
fn via_of_untrusted_sender_is_ignored() {
    let (mut lab, center) = behind_proxy(3);
    // A sender that claims to be a proxy in front of a trunk, or in front of our proxy.
    for hops in [&[STRANGER][..], &[STRANGER, PROXY], &[STRANGER, EDGE, PROXY]] {
        lab.inject(STRANGER, center, &through(hops, CARRIER, &invite(CARRIER)));
    }
    assert_eq!(lab.heard_by(STRANGER), ["SIP/2.0 401 Unauthorized"; 3]);
    // The same through the proxy, which noted the sender's real address.
    let forged = through(&[STRANGER], CARRIER, &invite(CARRIER));
    lab.inject(PROXY, center, &through(&[PROXY], STRANGER, &forged));
    assert_eq!(lab.heard_by(PROXY), ["SIP/2.0 401 Unauthorized"]);
    assert_eq!(lab.events(center), []);
}

#[test]
fn sender_whose_address_the_proxy_did_not_note_is_a_stranger() {
    let (mut lab, center) = behind_proxy(4);
    let named = invite(CARRIER).replace(&format!("UDP {CARRIER}"), "UDP gateway.example");
    let via = format!("Via: SIP/2.0/UDP {PROXY};branch=z9hG4bKp\nVia: ");
    lab.inject(PROXY, center, &named.replacen("Via: ", &via, 1));
    // The header occurs twice: one of the two is the sender's own.
    let twice = invite(CARRIER)
        .replace(";rport", ";received=203.0.113.99;received=10.9.0.7")
        .replace("z9hG4bKi", "z9hG4bKj");
    lab.inject(PROXY, center, &twice.replacen("Via: ", &via.replace("bKp", "bKq"), 1));
    assert_eq!(lab.heard_by(PROXY), ["SIP/2.0 401 Unauthorized"; 2]);
    assert_eq!(lab.events(center), []);
}

#[test]
fn two_proxies_in_a_row_are_transparent() {
    let (mut lab, center) = behind_proxy(5);
    lab.inject(PROXY, center, &through(&[PROXY, EDGE], CARRIER, &invite(CARRIER)));
    assert_eq!(lab.incoming(center).origin, Origin::Trunk("telecom".into()));
}

/// The phone's answer, with the proxy in the route set.
fn answered_through_proxy(invite: &str) -> String {
    let with_route = "Record-Route: <sip:10.8.0.1;lr>\nContact: ";
    answered(invite, SDP).replacen("Contact: ", with_route, 1)
}

#[test]
fn phones_register_through_the_proxy_and_are_called_through_it() {
    let (mut lab, center) = behind_proxy(6);
    registered_through(&mut lab, center, 1001, FIRST);
    registered_through(&mut lab, center, 1002, SECOND);
    let accepted = lab.last_sent(center, "SIP/2.0 200");
    assert!(accepted.contains("\r\nPath: <sip:10.8.0.1;lr;received=sip:203.0.113.20:40002>\r\n"));
    assert!(accepted.contains("\r\nSupported: path\r\n"), "{accepted}");
    lab.tell(center, dial_seat(2, 1001));
    let invite = lab.last_sent(center, "INVITE");
    assert!(invite.starts_with("INVITE sip:1001@203.0.113.20:40001 SIP/2.0\r\n"), "{invite}");
    assert!(invite.contains("\r\nRoute: <sip:10.8.0.1;lr;received=sip:203.0.113.20:40001>\r\n"));
    assert!(lab.heard_by(PROXY).last().is_some_and(|line| line.starts_with("INVITE ")));
    // The answer comes from the proxy, and the phone hangs up through it.
    lab.inject(PROXY, center, &answered_through_proxy(&invite));
    assert!(matches!(lab.events(center).as_slice(), [Event::Answered { .. }]));
    let phone = Far::of(&lab.last_sent(center, "ACK")).turned();
    // A colleague behind the same NAT and the same proxy is not the phone, nor is a stranger there.
    for other in [SECOND, STRANGER] {
        let bye = phone.request("BYE", 1, other, "");
        lab.inject(PROXY, center, &through(&[PROXY], other, &bye));
        assert_eq!(lab.events(center), [], "{other}");
    }
    let bye = phone.request("BYE", 2, FIRST, "");
    lab.inject(PROXY, center, &through(&[PROXY], FIRST, &bye));
    assert_eq!(lab.events(center), [ended(LegId(2), LegEnd::ByeReceived)]);
}

#[test]
fn phone_is_called_through_the_proxy_after_a_restart() {
    let (mut lab, center) = behind_proxy(13);
    registered_through(&mut lab, center, 1001, FIRST);
    lab.restart(center, |_| {});
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
    lab.tell(center, dial_seat(2, 1001));
    let invite = lab.last_sent(center, "INVITE");
    assert!(invite.starts_with("INVITE sip:1001@203.0.113.20:40001 SIP/2.0\r\n"), "{invite}");
    assert!(invite.contains("\r\nRoute: <sip:10.8.0.1;lr;received=sip:203.0.113.20:40001>\r\n"));
    assert!(lab.heard_by(PROXY).last().is_some_and(|line| line.starts_with("INVITE ")));
    lab.inject(PROXY, center, &answered_through_proxy(&invite));
    assert!(matches!(lab.events(center).as_slice(), [Event::Answered { .. }]));
    // It is still identified as the seat's phone by the address the proxy noted, and its neighbour
    // is not.
    let phone = Far::of(&lab.last_sent(center, "ACK")).turned();
    for (other, ends) in [(SECOND, vec![]), (FIRST, vec![ended(LegId(2), LegEnd::ByeReceived)])] {
        let bye = phone.request("BYE", 1, other, "");
        lab.inject(PROXY, center, &through(&[PROXY], other, &bye));
        assert_eq!(lab.events(center), ends, "{other}");
    }
}

#[test]
fn call_through_the_proxy_gets_its_bye_through_the_proxy_after_a_crash() {
    let (mut lab, center) = behind_proxy(14);
    lab.inject(PROXY, center, &through(&[PROXY], CARRIER, &invite(CARRIER)));
    let leg = lab.incoming(center).leg;
    lab.tell(center, accept(leg));
    lab.restart(center, |_| {});
    let bye = lab.last_sent(center, "BYE");
    assert!(bye.contains("\r\nRoute: <sip:10.8.0.1;lr>\r\n"), "{bye}");
    assert!(lab.heard_by(PROXY).last().is_some_and(|line| line.starts_with("BYE ")));
}

#[test]
fn phone_behind_a_proxy_is_called_by_a_new_stream_when_that_of_its_registration_has_closed() {
    let (mut lab, center) = behind_proxy(15);
    registered_over_tcp(&mut lab, center, FIRST);
    let first = lab.sent.last().expect("the 200").flow;
    lab.close(center, first);
    assert_eq!(lab.events(center), [], "it is still reached");
    lab.tell(center, dial_seat(2, 1001));
    let flow = lab.sent.last().expect("the INVITE").flow;
    assert_eq!((flow.transport, flow.remote.to_string()), (Transport::Tcp, PROXY.into()));
    let invite = lab.last_sent(center, "INVITE");
    assert!(invite.starts_with("INVITE sip:1001@203.0.113.20:40001 SIP/2.0\r\n"), "{invite}");
    let answer = answered(&invite, SDP).replacen(
        "Contact: ",
        "Record-Route: <sip:10.8.0.1;transport=tcp;lr>\nContact: ",
        1,
    );
    lab.inject_stream(PROXY, center, &answer);
    assert!(matches!(lab.events(center).as_slice(), [Event::Answered { .. }]));
    // The proxy opens another stream to us, and the phone is identified by the address the proxy
    // noted.
    let phone = Far::of(&lab.last_sent(center, "ACK")).turned();
    for (other, ends) in [(SECOND, vec![]), (FIRST, vec![ended(LegId(2), LegEnd::ByeReceived)])] {
        let bye =
            phone.request("BYE", 1, other, "").replace("\nContact", "\nContent-Length: 0\nContact");
        lab.inject_stream("10.8.0.1:34569", center, &through(&[PROXY], other, &bye));
        assert_eq!(lab.events(center), ends, "{other}");
    }
}

#[test]
fn phone_behind_a_proxy_over_tcp_is_called_after_a_restart() {
    let (mut lab, center) = behind_proxy(16);
    registered_over_tcp(&mut lab, center, FIRST);
    lab.restart(center, |_| {});
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
    lab.tell(center, dial_seat(2, 1001));
    let invite = lab.sent.last().expect("the INVITE");
    assert!(invite.text.starts_with("INVITE sip:1001@203.0.113.20:40001 SIP/2.0\r\n"));
    assert_eq!(
        (invite.flow.transport, invite.flow.remote.to_string()),
        (Transport::Tcp, PROXY.into())
    );
}

#[test]
fn path_from_untrusted_sender_is_ignored() {
    let (mut lab, center) = behind_proxy(7);
    let path = "Path: <sip:198.51.100.1;lr>\nExpires: ";
    let ask = raw_register(1001, FIRST).replace("Expires: ", path);
    with_password(&mut lab, center, 1001, FIRST, &ask);
    assert!(!lab.last_sent(center, "SIP/2.0 200").contains("\r\nPath: "));
    lab.tell(center, dial_seat(2, 1001));
    assert!(lab.heard_by(FIRST).last().is_some_and(|line| line.starts_with("INVITE ")));
    assert!(!lab.last_sent(center, "INVITE").contains("\r\nRoute: "));
}

#[test]
fn require_path_is_accepted_in_register_only() {
    let (mut lab, center) = behind_proxy(8);
    let required = |tag: &str| {
        raw_register(1001, FIRST)
            .replace("z9hG4bK", &format!("z9hG4bK{tag}"))
            .replace("registration-of", tag)
            .replace("Expires: ", &format!("Require: {tag}\nExpires: "))
    };
    with_password(&mut lab, center, 1001, FIRST, &required("path"));
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 200 "));
    with_password(&mut lab, center, 1001, FIRST, &required("outbound"));
    let refused = lab.last_sent(center, "SIP/2.0");
    assert!(refused.starts_with("SIP/2.0 420 "), "{refused}");
    assert!(refused.contains("\r\nUnsupported: outbound\r\n"), "{refused}");
    let invite = invite(CARRIER).replace("Max-F", "Require: path\nMax-F");
    lab.inject(CARRIER, center, &invite);
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 420 "));
}

#[test]
fn unreadable_or_too_long_path_is_refused() {
    let (mut lab, center) = behind_proxy(9);
    for path in ["<nonsense".to_owned(), ["<sip:10.8.0.1;lr>"; 9].join(", ")] {
        let ask = raw_register(1001, FIRST)
            .replace("z9hG4bK", &format!("z9hG4bK{}", path.len()))
            .replace("registration-of", &format!("path-of-{}", path.len()))
            .replace("Expires: ", &format!("Path: {path}\nExpires: "));
        lab.inject(PROXY, center, &through(&[PROXY], FIRST, &ask));
        let nonce = nonce_of(&lab.last_sent(center, "SIP/2.0 401"));
        let ask = authorized(&ask, 1001, "pw1001", &nonce);
        lab.inject(PROXY, center, &through(&[PROXY], FIRST, &ask));
        assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 400 "), "{path}");
    }
    assert_eq!(lab.events(center), []);
}

#[test]
fn cancel_from_the_proxy_cancels_its_invite() {
    let (mut lab, center) = behind_proxy(10);
    lab.inject(PROXY, center, &through(&[PROXY], CARRIER, &invite(CARRIER)));
    let leg = lab.incoming(center).leg;
    lab.tell(center, ring(leg));
    // RFC 3261 9.1: a CANCEL has one Via, the proxy's own.
    let cancel = through(&[PROXY], CARRIER, &invite(CARRIER)).replace("INVITE", "CANCEL");
    let own: Vec<&str> =
        cancel.split('\n').filter(|l| !l.contains(CARRIER) || !l.starts_with("Via: ")).collect();
    let own = own.join("\n");
    let own = own.split_once("Content-Type").map_or(own.clone(), |(head, _)| format!("{head}\n"));
    lab.inject(EDGE, center, &own);
    assert_eq!(lab.events(center), [], "another proxy");
    lab.inject(PROXY, center, &own);
    assert_eq!(lab.events(center), [ended(leg, LegEnd::Cancelled)]);
}

#[test]
fn options_of_the_proxy_is_answered_and_of_strangers_behind_it_ignored() {
    let (mut lab, center) = behind_proxy(11);
    let options = invite(PROXY).replace("INVITE", "OPTIONS").replace("Contact", "X");
    let options = options.split_once("Content-Type").map_or("", |(head, _)| head).to_owned() + "\n";
    lab.inject(PROXY, center, &options);
    assert_eq!(lab.heard_by(PROXY), ["SIP/2.0 200 OK"]);
    let theirs = options.replace(PROXY, STRANGER);
    lab.inject(PROXY, center, &through(&[PROXY], STRANGER, &theirs));
    assert_eq!(lab.heard_by(PROXY), ["SIP/2.0 200 OK"]);
    assert_eq!(lab.hosts[center].endpoint.counts().strangers, 1);
}

#[test]
fn flood_through_the_proxy_limits_its_sender_only() {
    let (mut lab, center) = behind_proxy(12);
    registered_through(&mut lab, center, 1001, FIRST);
    for n in 0..5_000 {
        let junk = invite(STRANGER).replace("z9hG4bKi", &format!("z9hG4bK{n}x"));
        lab.inject(PROXY, center, &through(&[PROXY], STRANGER, &junk));
    }
    let counts = lab.hosts[center].endpoint.counts();
    assert_eq!((counts.dropped_strangers, counts.dropped_proxies), (4_800, 0));
    assert_eq!(lab.events(center).len(), 1, "the operator hears of it once");
    registered_through(&mut lab, center, 1002, SECOND);
    lab.inject(PROXY, center, &through(&[PROXY], CARRIER, &invite(CARRIER)));
    assert_eq!(lab.incoming(center).origin, Origin::Trunk("telecom".into()));
}

fn behind_proxy(seed: u64) -> (Lab, usize) {
    let mut lab = Lab::new(seed);
    let mut config = center_config();
    config.proxies =
        vec![IpNetwork { address: "10.8.0.0".parse().expect("an address"), prefix: 24 }];
    let center = lab.host(CENTER, config);
    (lab, center)
}

fn registered_through(lab: &mut Lab, center: usize, seat: u32, from: &str) {
    let path = format!("Path: <sip:10.8.0.1;lr;received=sip:{from}>\nExpires: ");
    let ask = raw_register(seat, from).replace("Expires: ", &path);
    lab.inject(PROXY, center, &through(&[PROXY], from, &ask));
    let nonce = nonce_of(&lab.last_sent(center, "SIP/2.0 401"));
    let ask = authorized(&ask, seat, &format!("pw{seat}"), &nonce);
    lab.inject(PROXY, center, &through(&[PROXY], from, &ask));
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(seat) }]);
}

/// Seat 1001's phone registers through the proxy, which connects to us by TCP.
fn registered_over_tcp(lab: &mut Lab, center: usize, from: &str) {
    const STREAM: &str = "10.8.0.1:34567";
    lab.connect(STREAM, center);
    let more = "Content-Length: 0\nPath: <sip:10.8.0.1;transport=tcp;lr>\nExpires: ";
    let ask = raw_register(1001, from).replace("Expires: ", more);
    lab.inject_stream(STREAM, center, &through(&[PROXY], from, &ask));
    let nonce = nonce_of(&lab.last_sent(center, "SIP/2.0 401"));
    let ask = authorized(&ask, 1001, "pw1001", &nonce);
    lab.inject_stream(STREAM, center, &through(&[PROXY], from, &ask));
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
}

/// A request as it leaves a chain of proxies, the last one first: each has noted the source and
/// added its own Via; the first has added a Record-Route.
fn through(proxies: &[&str], source: &str, request: &str) -> String {
    let mut text = request.to_owned();
    let mut from = source;
    for proxy in proxies.iter().rev() {
        let (ip, port) = from.rsplit_once(':').expect("a port");
        text = text.replacen(";rport\n", &format!(";rport={port};received={ip}\n"), 1);
        let branch = text.split("branch=").nth(1).and_then(|rest| rest.split(['\n', ';']).next());
        let branch = format!("{}p", branch.expect("a branch"));
        let via = format!("Via: SIP/2.0/UDP {proxy};branch={branch};rport\nVia: ");
        text = text.replacen("Via: ", &via, 1);
        from = proxy;
    }
    if request.starts_with("INVITE") {
        text = text.replacen("Max-Forwards", "Record-Route: <sip:10.8.0.1;lr>\nMax-Forwards", 1);
    }
    text
}

fn invite(from: &str) -> String {
    let head = format!(
        "INVITE sip:12345@10.0.0.1 SIP/2.0\n\
         Via: SIP/2.0/UDP {from};branch=z9hG4bKi;rport\n\
         Max-Forwards: 70\n\
         From: <sip:13812345678@a.example>;tag=theirs\n\
         To: <sip:12345@10.0.0.1>\n\
         Call-ID: call-of-{from}\n\
         CSeq: 1 INVITE\n\
         Contact: <sip:a@{from}>\n\n"
    );
    with_body(&head, SDP)
}
