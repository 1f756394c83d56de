//! Where our requests inside a dialog are sent: to a far end that moved, that reconnected over
//! another stream, or whose Contact has no usable address.

use crate::lab::{far::*, raw_messages::*, *};
use primitives::{IpNetwork, LegId};
use sip::{Event, Flow, LegEnd, Transport};

/// A gateway of the trunk.
const GATEWAY: &str = "10.9.0.7:5060";
/// Where the phone of 1001 is after it moved to another network.
const MOVED: &str = "192.168.2.9:6111";
/// Another phone of the same seat.
const SOFTPHONE: &str = "192.168.1.1:6002";
const INSTANCE: &str = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"";
const OTHER_INSTANCE: &str = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e129>\"";

#[test]
fn contact_without_address_falls_back_to_the_source_of_the_call() {
    let contacts = [
        "Contact: <sip:u@0.0.0.0:0>",
        "Contact: <sip:u@0.0.0.0>",
        "Contact: <sip:u@[::]>",
        "Contact: <sip:u@10.9.0.8:0>",
        "Contact: <sip:u@gw.local:5080>",
        "Contact: <sip:u@10.9.0.8:5080;transport=tls>",
        "Contact: <sips:u@10.9.0.8:5080>",
        "Contact: <sip:u@[2001:db8::5]:5080>",
        "Contact: <sip:u@224.0.1.75>",
        // Our own address, and one of the gateway's own machine.
        "Contact: <sip:u@10.0.0.1:5060>",
        "Contact: <sip:u@127.0.0.1:5080>",
        "Contact: <sip:not a uri>",
        // RFC 2543 asked for none.
        "Subject: no contact",
    ];
    for contact in contacts {
        assert_eq!(bye_goes_to(GATEWAY, contact), GATEWAY, "{contact}");
    }
    for contact in ["Contact: <sip:u@10.9.0.8:5080>", "Contact: <sip:u@[::ffff:10.9.0.8]:5080>"] {
        assert_eq!(bye_goes_to(GATEWAY, contact), "10.9.0.8:5080", "{contact}");
    }
}

#[test]
fn private_contact_behind_public_address_is_not_used() {
    let public = "203.0.113.7:5060";
    for private in ["10.1.1.1", "192.168.1.1", "172.16.0.1", "100.64.3.3", "169.254.0.1"] {
        assert_eq!(bye_goes_to(public, &format!("Contact: <sip:u@{private}:5080>")), public);
    }
    let contact = "Contact: <sip:u@203.0.113.8:5080>";
    assert_eq!(bye_goes_to(public, contact), "203.0.113.8:5080");
}

#[test]
fn phone_is_followed_to_its_new_registration_by_instance_id() {
    let (mut lab, center, _) = pair(1);
    let phone = |from: &str, instance: &str| Registration {
        contact: format!("<sip:1001@{from}>;{instance}"),
        ..Registration::of(1001, from)
    };
    phone(PHONE, INSTANCE).send(&mut lab, center);
    phone_answers(&mut lab, center);
    // The seat's other phone registers; that does not affect the call.
    phone(SOFTPHONE, OTHER_INSTANCE).send(&mut lab, center);
    lab.tell(center, hold(LegId(2)));
    assert_eq!(last_to(&lab, center, "INVITE"), PHONE);
    phone_answers_change(&mut lab, center, PHONE);
    // Its own registration is refreshed: nothing moves.
    phone(PHONE, INSTANCE).send(&mut lab, center);
    phone(MOVED, INSTANCE).send(&mut lab, center);
    lab.tell(center, resume(LegId(2)));
    assert_eq!(last_to(&lab, center, "INVITE"), MOVED);
    phone_answers_change(&mut lab, center, MOVED);
    lab.tell(center, hang_up(LegId(2)));
    assert_eq!(last_to(&lab, center, "BYE"), MOVED);
}

#[test]
fn phone_without_instance_id_is_identified_by_its_contact() {
    let (mut lab, center, _) = pair(2);
    let behind_nat = |from: &str, contact: &str| Registration {
        contact: contact.to_owned(),
        ..Registration::of(1001, from)
    };
    behind_nat("203.0.113.5:40000", "<sip:1001@192.168.7.7>").send(&mut lab, center);
    phone_answers_at(&mut lab, center, "203.0.113.5:40000");
    // Another phone of the seat behind the same NAT, and then a new binding of the first.
    behind_nat("203.0.113.5:40002", "<sip:1001@192.168.7.8>").send(&mut lab, center);
    behind_nat("203.0.113.5:40004", "<sip:1001@192.168.7.7>").send(&mut lab, center);
    lab.tell(center, hang_up(LegId(2)));
    assert_eq!(last_to(&lab, center, "BYE"), "203.0.113.5:40004");
}

#[test]
fn reconnected_tcp_phone_is_identified_by_registration_call_id() {
    let (mut lab, center, _) = pair(3);
    let phone = |port: u16| Registration {
        transport: Transport::Tcp,
        contact: format!("<sip:1001@192.168.1.1:{port};transport=tcp>"),
        call_id: "the-phone".to_owned(),
        ..Registration::of(1001, &format!("192.168.1.1:{port}"))
    };
    phone(40_000).send(&mut lab, center);
    lab.tell(center, dial_seat(2, 1001));
    let answer = answered_at("192.168.1.1:40000", &lab.last_sent(center, "INVITE"), SDP);
    lab.inject_stream("192.168.1.1:40000", center, &answer);
    assert!(matches!(lab.events(center).as_slice(), [Event::Answered { .. }]));
    lab.close(center, tcp("192.168.1.1:40000"));
    phone(40_002).send(&mut lab, center);
    // A colleague's phone on the same seat, too.
    let other = Registration { call_id: "another-phone".to_owned(), ..phone(40_004) };
    other.send(&mut lab, center);
    lab.events(center);
    lab.tell(center, hang_up(LegId(2)));
    assert_eq!(last_flow(&lab, center, "BYE"), tcp("192.168.1.1:40002"));
}

#[test]
fn closed_stream_is_replaced_by_one_to_the_contact() {
    let (mut lab, center, _) = pair(4);
    let source = "10.9.0.7:41234";
    let contact = "Contact: <sip:gw@10.9.0.7:5070;transport=tcp>";
    lab.inject_stream(source, center, &invite("TCP", source, contact));
    let leg = lab.incoming(center).leg;
    lab.tell(center, accept(leg));
    lab.close(center, tcp(source));
    // The 200 is not acknowledged yet, and is retransmitted to the new address as well.
    lab.run_s(1);
    assert_eq!(last_flow(&lab, center, "SIP/2.0 200"), tcp("10.9.0.7:5070"));
    let ack = of_caller(&lab.last_sent(center, "SIP/2.0 200"), "ACK", 7, source);
    lab.inject_stream(source, center, &ack);
    assert_eq!(lab.events(center), [Event::Confirmed { leg, remote: None }]);
    lab.tell(center, hang_up(leg));
    assert_eq!(last_flow(&lab, center, "BYE"), tcp("10.9.0.7:5070"));
    assert_eq!(lab.events(center), [ended(leg, LegEnd::HungUp)]);
}

#[test]
fn phone_contact_on_another_host_opens_no_stream() {
    let (mut lab, center, _) = pair(5);
    let phone = Registration {
        transport: Transport::Tcp,
        contact: "<sip:1001@192.0.2.80:25;transport=tcp>".to_owned(),
        ..Registration::of(1001, "192.168.1.1:40000")
    };
    phone.send(&mut lab, center);
    lab.tell(center, dial_seat(2, 1001));
    let answer = answered_at("192.0.2.80:25", &lab.last_sent(center, "INVITE"), SDP);
    lab.inject_stream("192.168.1.1:40000", center, &answer);
    lab.close(center, tcp("192.168.1.1:40000"));
    lab.tell(center, hang_up(LegId(2)));
    assert_eq!(last_flow(&lab, center, "BYE"), tcp("192.168.1.1:40000"));
}

#[test]
fn phone_that_sends_from_another_port_is_called_at_its_contact() {
    let (mut lab, center, _) = pair(6);
    let (sends, listens) = ("192.168.1.1:50123", "192.168.1.1:5060");
    let cisco = |rport| Registration {
        rport,
        sent_by: listens.to_owned(),
        contact: format!("<sip:1001@{listens};transport=udp>"),
        ..Registration::of(1001, sends)
    };
    cisco(false).send(&mut lab, center);
    lab.tell(center, dial_seat(2, 1001));
    assert_eq!(last_to(&lab, center, "INVITE"), listens);
    lab.inject(sends, center, &answered_at(listens, &lab.last_sent(center, "INVITE"), SDP));
    assert!(matches!(lab.events(center).as_slice(), [Event::Answered { .. }]));
    assert_eq!(last_to(&lab, center, "ACK"), listens);
    // Its own requests come from the other port, need no password, and change nothing.
    let own = Far::of(&lab.last_sent(center, "ACK")).turned().request("INFO", 1, listens, "");
    lab.inject(sends, center, &own.replace(";rport", ""));
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 200 "));
    lab.tell(center, hang_up(LegId(2)));
    assert_eq!(last_to(&lab, center, "BYE"), listens);
    // With rport it is called where it sends from, as always.
    let (mut lab, center, _) = pair(7);
    cisco(true).send(&mut lab, center);
    lab.tell(center, dial_seat(2, 1001));
    assert_eq!(last_to(&lab, center, "INVITE"), sends);
}

#[test]
fn media_at_host_name_is_sent_to_the_signalling_source() {
    let (mut lab, center, _) = pair(11);
    let contact = "Contact: <sip:u@10.9.0.7:5060>";
    let mut voice_at = |host: &str, call_id: &str| {
        let sdp = SDP.replace("c=IN IP4 203.0.113.9", &format!("c=IN IP4 {host}"));
        let call = invite_with("UDP", GATEWAY, contact, &sdp);
        let call = call.replace("Call-ID: call", &format!("Call-ID: {call_id}"));
        lab.inject(GATEWAY, center, &call.replace("z9hG4bK", &format!("z9hG4bK{call_id}")));
        lab.incoming(center).remote.expect("a voice").rtp.to_string()
    };
    assert_eq!(voice_at("media1.carrier.example", "a"), "10.9.0.7:40000");
    // Hold by unspecified address: the SDP has no address to send to.
    assert_eq!(voice_at("0.0.0.0", "b"), "0.0.0.0:40000");
}

#[test]
fn answer_to_our_update_moves_the_far_end() {
    let (mut lab, center, _) = pair(10);
    let update = "Allow: UPDATE\nSupported: timer\nSession-Expires: 90;refresher=uas";
    let contact = format!("{update}\nContact: <sip:u@10.9.0.7:5060>");
    lab.inject(GATEWAY, center, &invite("UDP", GATEWAY, &contact));
    let leg = lab.incoming(center).leg;
    lab.tell(center, accept(leg));
    let ack = of_caller(&lab.last_sent(center, "SIP/2.0 200"), "ACK", 7, GATEWAY);
    lab.inject(GATEWAY, center, &ack);
    lab.run_s(46);
    let moved = accepted_at("10.9.0.8:5080", &lab.last_sent(center, "UPDATE"), "");
    lab.inject(GATEWAY, center, &moved);
    lab.tell(center, hang_up(leg));
    assert_eq!(last_to(&lab, center, "BYE"), "10.9.0.8:5080");
}

#[test]
fn contact_over_stream_that_we_close_is_removed() {
    let (mut lab, center, _) = pair(8);
    let phone =
        Registration { transport: Transport::Tcp, ..Registration::of(1001, "192.168.1.1:40000") };
    phone.send(&mut lab, center);
    let broken = "OPTIONS sip:a@b SIP/2.0\nVia: SIP/2.0/TCP x\nContent-Length: many\n\n";
    lab.inject_stream("192.168.1.1:40000", center, broken);
    assert_eq!(lab.events(center), [Event::SeatUnreached { seat: primitives::SeatId(1001) }]);
}

/// Where our BYE is sent for a caller whose INVITE has this Contact line.
fn bye_goes_to(source: &str, contact: &str) -> String {
    let mut lab = Lab::new(9);
    let mut config = center_config();
    let network = IpNetwork { address: "203.0.113.0".parse().unwrap(), prefix: 24 };
    config.trunks[0].sources.push(network);
    let center = lab.host(CENTER, config);
    lab.inject(source, center, &invite("UDP", source, contact));
    let leg = lab.incoming(center).leg;
    lab.tell(center, accept(leg));
    let ack = of_caller(&lab.last_sent(center, "SIP/2.0 200"), "ACK", 7, source);
    lab.inject(source, center, &ack);
    assert_eq!(lab.events(center), [Event::Confirmed { leg, remote: None }]);
    lab.tell(center, hang_up(leg));
    last_to(&lab, center, "BYE")
}

fn invite(transport: &str, source: &str, contact: &str) -> String {
    invite_with(transport, source, contact, SDP)
}

fn invite_with(transport: &str, source: &str, contact: &str, sdp: &str) -> String {
    let text = format!(
        "INVITE sip:12345@{CENTER} SIP/2.0\n\
         Via: SIP/2.0/{transport} {source};branch=z9hG4bKinvite;rport\n\
         Max-Forwards: 70\nFrom: <sip:13912345678@{source}>;tag=gw\nTo: <sip:12345@{CENTER}>\n\
         Call-ID: call\nCSeq: 7 INVITE\n{contact}\n\n"
    );
    with_body(&text, sdp)
}

/// The phone of 1001 at [`PHONE`] answers a call of ours as leg 2.
fn phone_answers(lab: &mut Lab, center: usize) {
    phone_answers_at(lab, center, PHONE);
}

fn phone_answers_at(lab: &mut Lab, center: usize, at: &str) {
    lab.tell(center, dial_seat(2, 1001));
    let answer = answered_at(at, &lab.last_sent(center, "INVITE"), SDP);
    lab.inject(at, center, &answer);
    assert!(matches!(lab.events(center).as_slice(), [Event::Answered { .. }]));
}

/// Our re-INVITE is answered from there.
fn phone_answers_change(lab: &mut Lab, center: usize, at: &str) {
    let answer = accepted_at(at, &lab.last_sent(center, "INVITE"), SDP);
    lab.inject(at, center, &answer);
    lab.events(center);
}

fn tcp(remote: &str) -> Flow {
    Flow {
        transport: Transport::Tcp,
        local: CENTER.parse().unwrap(),
        remote: remote.parse().unwrap(),
    }
}

fn last_flow(lab: &Lab, host: usize, begins: &str) -> Flow {
    let addr = lab.hosts[host].addr;
    let mut all = lab.sent.iter().rev();
    all.find(|s| s.flow.local == addr && s.text.starts_with(begins)).expect("one sent").flow
}

fn last_to(lab: &Lab, host: usize, begins: &str) -> String {
    last_flow(lab, host, begins).remote.to_string()
}
