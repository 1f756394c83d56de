//! Raw requests from strangers and from known addresses, with and without faults.

use crate::lab::{far::header, *};
use primitives::{LegId, SeatId};
use sip::{Command, Event, LegEnd, Seat};

/// Somewhere on the Internet.
const STRANGER: &str = "203.0.113.9:5080";

#[test]
fn stranger_gets_no_answer() {
    let (mut lab, center, _) = pair(1);
    for method in ["OPTIONS", "BYE", "MESSAGE", "SUBSCRIBE", "REFER", "FOO", "CANCEL"] {
        lab.inject(STRANGER, center, &request(method, STRANGER, "a", ""));
    }
    // A dialog that a stranger cannot know, and unreadable bytes.
    let guess = request("BYE", STRANGER, "b", "").replace("@10.0.0.1>\n", "@10.0.0.1>;tag=1\n");
    lab.inject(STRANGER, center, &guess);
    lab.inject(STRANGER, center, "GET / HTTP/1.1\nHost: 10.0.0.1\n\n");
    lab.inject(
        STRANGER,
        center,
        &request("INVITE", STRANGER, "c", "").replace("CSeq: 1", "CSeq: x"),
    );
    assert_eq!(lab.heard_by(STRANGER), Vec::<String>::new());
    let counts = lab.hosts[center].endpoint.counts();
    assert_eq!((counts.strangers, counts.malformed), (8, 2));
    assert_eq!(lab.hosts[center].endpoint.poll_timeout(), None);
}

#[test]
fn known_and_unknown_users_get_the_same_challenge() {
    let (mut lab, center, _) = pair(2);
    for (user, branch) in [("1001", "a"), ("4711", "b")] {
        let register = request("REGISTER", STRANGER, branch, "Contact: <sip:x@203.0.113.9>\n")
            .replace("12345", user);
        lab.inject(STRANGER, center, &register);
        lab.inject(STRANGER, center, &request("INVITE", STRANGER, branch, ""));
    }
    assert_eq!(lab.heard_by(STRANGER), ["SIP/2.0 401 Unauthorized"; 4]);
    let challenge = lab.last_sent(center, "SIP/2.0 401");
    assert!(challenge.contains("algorithm=SHA-256") && challenge.contains("algorithm=MD5"));
    // They created no table entry.
    assert_eq!(lab.hosts[center].endpoint.transactions(), 0);
    assert_eq!(lab.events(center), []);
}

#[test]
fn every_message_of_a_scanner_is_ignored() {
    let (mut lab, center, _) = pair(3);
    for method in ["REGISTER", "OPTIONS", "INVITE"] {
        let scan = request(method, STRANGER, "a", "User-Agent: friendly-scanner\n");
        lab.inject(STRANGER, center, &scan);
    }
    assert_eq!(lab.heard_by(STRANGER), Vec::<String>::new());
    assert_eq!(lab.hosts[center].endpoint.counts().scanners, 3);
    // Forging the scanner's address locks nobody out.
    lab.inject(STRANGER, center, &request("REGISTER", STRANGER, "b", ""));
    assert_eq!(lab.heard_by(STRANGER), ["SIP/2.0 401 Unauthorized"]);
    assert_eq!(lab.events(center), []);
}

#[test]
fn ack_of_a_refusal_without_a_transaction_is_absorbed_and_any_other_is_a_stray() {
    let (mut lab, center, _) = pair(14);
    lab.inject(STRANGER, center, &request("INVITE", STRANGER, "a", ""));
    let to = header(&lab.last_sent(center, "SIP/2.0 401"), "To");
    let ack = |to: &str| request("ACK", STRANGER, "a", "").replace("<sip:12345@10.0.0.1>", to);
    lab.inject(STRANGER, center, &ack(&to));
    let counts = lab.hosts[center].endpoint.counts();
    assert_eq!((counts.absorbed, counts.strays), (1, 0));
    lab.inject(STRANGER, center, &ack("<sip:12345@10.0.0.1>;tag=1"));
    let counts = lab.hosts[center].endpoint.counts();
    assert_eq!((counts.absorbed, counts.strays), (1, 1));
}

/// RFC 3261 8.2.7: a repeated request gets the same To tag.
#[test]
fn full_transaction_table_answers_a_repeated_invite_with_the_same_tag() {
    let mut lab = Lab::new(15);
    let mut config = center_config();
    config.transactions_max = 0;
    let center = lab.host(CENTER, config);
    let tags = [(); 2].map(|()| {
        lab.inject("10.9.0.7:5060", center, &request("INVITE", "10.9.0.7:5060", "a", CONTACT));
        header(&lab.last_sent(center, "SIP/2.0 503"), "To")
    });
    assert_eq!(tags[0], tags[1]);
    assert_eq!(lab.count_sent(center, "SIP/2.0 503"), 2);
}

#[test]
fn wrong_password() {
    let mut lab = Lab::new(4);
    let center = lab.host(CENTER, center_config());
    let phone = lab.host("192.168.1.1:6000", phone_config());
    let Command::Register(mut wanted) = register(1001, 300) else { unreachable!() };
    wanted.credentials.password = "guess".to_owned();
    let aor = wanted.aor.clone();
    lab.tell(phone, Command::Register(wanted));
    lab.rest();
    assert_eq!(lab.events(phone), [Event::Registered { aor, code: 403 }]);
    assert_eq!(lab.count_sent(phone, "REGISTER"), 2);
    assert_eq!(lab.events(center), []);
}

#[test]
fn register_with_digest_md5_and_sha256() {
    let mut lab = Lab::new(5);
    let center = lab.host(CENTER, center_config());
    let phone = lab.host("192.168.1.1:6000", phone_config());
    lab.tell(phone, register(1001, 300));
    lab.run_s(1);
    assert!(lab.last_sent(phone, "REGISTER").contains("algorithm=SHA-256"));
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
    // An older phone knows MD5 only: the other challenge is for it.
    lab.inject(
        STRANGER,
        center,
        &request("REGISTER", STRANGER, "a", CONTACT).replace("12345", "1002"),
    );
    let challenge = lab.last_sent(center, "SIP/2.0 401");
    let nonce = challenge.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let uri = "sip:1002@10.0.0.1";
    let ha1 = secret("1002", "pw1002").md5;
    let ha2 = md5(&format!("REGISTER:{uri}"));
    let response = md5(&format!("{ha1}:{nonce}:00000001:abc:auth:{ha2}"));
    let authorization = format!(
        "{CONTACT}Authorization: Digest username=\"1002\", realm=\"{REALM}\", nonce=\"{nonce}\", \
         uri=\"{uri}\", response=\"{response}\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"abc\"\n"
    );
    let answered = request("REGISTER", STRANGER, "b", &authorization).replace("12345", "1002");
    lab.inject(STRANGER, center, &answered);
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1002) }]);
    // The same bytes again are the same transaction; as another request they are a replay.
    lab.inject(STRANGER, center, &answered);
    lab.inject(
        STRANGER,
        center,
        &answered.replace("z9hG4bKb", "z9hG4bKc").replace("CSeq: 1", "CSeq: 2"),
    );
    let heard = lab.heard_by(STRANGER);
    let unauthorized = "SIP/2.0 401 Unauthorized";
    assert_eq!(heard, [unauthorized, "SIP/2.0 200 OK", "SIP/2.0 200 OK", unauthorized]);
    assert!(lab.last_sent(center, "SIP/2.0 401").contains("stale=true"));
}

#[test]
fn every_request_from_the_trunk_is_answered() {
    let (mut lab, center, _) = pair(6);
    let near = "10.9.0.7:5060";
    let mut answer = |text: String| {
        lab.inject(near, center, &text);
        lab.last_sent(center, "SIP/2.0")
    };
    let mut number = 0;
    let mut with = |method: &str, more: &str| {
        number += 1;
        let text = request(method, near, &format!("n{number}"), more);
        text.replace("Call-ID: call", &format!("Call-ID: {number}"))
    };
    let options = answer(with("OPTIONS", ""));
    assert!(options.starts_with("SIP/2.0 200 OK\r\n"), "{options}");
    assert!(options.contains("\r\nAllow: INVITE, ACK,") && options.contains("\r\nAccept: "));
    for (text, code) in [
        (with("FOO", ""), "501"),
        (with("REFER", "Refer-To: <sip:a@b>\n"), "405"),
        (with("BYE", ""), "481"),
        (with("UPDATE", ""), "481"),
        (with("INFO", ""), "481"),
        (with("CANCEL", ""), "481"),
        (with("INVITE", "Require: 100rel\n"), "420"),
        (with("INVITE", "").replace("sip:12345@10.0.0.1 SIP", "isbn:12345 SIP"), "416"),
        (
            with("INVITE", "Content-Type: text/plain\nContent-Length: 2\n")
                .replace("\n\n", "\n\nhi"),
            "415",
        ),
        (
            with("INVITE", "Content-Type: application/sdp\nContent-Length: 2\n")
                .replace("\n\n", "\n\nhi"),
            "488",
        ),
        (with("INVITE", "Supported: timer\nSession-Expires: 30\n"), "422"),
    ] {
        let told = answer(text.clone());
        assert!(told.starts_with(&format!("SIP/2.0 {code} ")), "{text}{told}");
        match code {
            "405" | "501" => assert!(told.contains("\r\nAllow: "), "{told}"),
            "415" => assert!(told.contains("\r\nAccept: application/sdp"), "{told}"),
            "420" => assert!(told.contains("\r\nUnsupported: 100rel\r\n"), "{told}"),
            "422" => assert!(told.contains("\r\nMin-SE: 90\r\n"), "{told}"),
            _ => {}
        }
    }
}

#[test]
fn request_that_arrives_by_two_paths_is_answered_482() {
    let (mut lab, center, _) = pair(7);
    let near = "10.9.0.7:5060";
    lab.inject(near, center, &request("INVITE", near, "a", CONTACT));
    lab.inject(near, center, &request("INVITE", near, "b", CONTACT));
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 482 "));
    assert_eq!(lab.events(center).len(), 1);
}

#[test]
fn late_offer() {
    let (mut lab, center, _) = pair(8);
    let near = "10.9.0.7:5060";
    lab.inject(near, center, &request("INVITE", near, "a", CONTACT));
    let call = lab.incoming(center);
    assert_eq!(call.remote, None);
    lab.tell(center, accept(call.leg));
    let accepted = lab.last_sent(center, "SIP/2.0 200");
    assert!(accepted.contains("m=audio 30000 RTP/AVP"), "{accepted}");
    lab.inject(near, center, &in_dialog("ACK", 1, &accepted, SDP));
    match lab.events(center).as_slice() {
        [Event::Confirmed { leg, remote: Some(remote) }] if *leg == call.leg => {
            assert_eq!(remote.rtp.to_string(), "10.9.0.7:40000");
        }
        other => panic!("{other:?}"),
    }
    // A re-INVITE without SDP asks for our offer; its ACK changes their media address.
    lab.inject(near, center, &in_dialog("INVITE", 2, &accepted, ""));
    assert!(lab.last_sent(center, "SIP/2.0 200").contains("m=audio 30000"));
    lab.inject(near, center, &in_dialog("ACK", 2, &accepted, &SDP.replace("40000", "40002")));
    assert!(matches!(lab.events(center).as_slice(),
        [Event::RemoteChanged { remote, .. }] if remote.rtp.port() == 40_002));
}

#[test]
fn late_offer_without_answer_in_the_ack_ends_the_call() {
    let (mut lab, center, _) = pair(9);
    let near = "10.9.0.7:5060";
    lab.inject(near, center, &request("INVITE", near, "a", CONTACT));
    let leg = lab.incoming(center).leg;
    lab.tell(center, accept(leg));
    let accepted = lab.last_sent(center, "SIP/2.0 200");
    lab.inject(near, center, &in_dialog("ACK", 1, &accepted, ""));
    assert_eq!(lab.events(center), [ended(leg, LegEnd::HungUp)]);
    assert_eq!(lab.count_sent(center, "BYE"), 1);
}

#[test]
fn requests_in_a_dialog_are_ordered_and_info_dtmf_is_reported() {
    let (mut lab, center, _) = pair(10);
    let near = "10.9.0.7:5060";
    lab.inject(near, center, &with_sdp(&request("INVITE", near, "a", CONTACT)));
    let leg = lab.incoming(center).leg;
    lab.tell(center, ring(leg));
    let ringing = lab.last_sent(center, "SIP/2.0 180");
    // Before the answer a second INVITE is refused, and an UPDATE without SDP is accepted.
    lab.inject(near, center, &in_dialog("INVITE", 3, &ringing, SDP));
    let told = lab.last_sent(center, "SIP/2.0 500");
    assert!(told.contains("\r\nRetry-After: "), "{told}");
    lab.inject(near, center, &in_dialog("UPDATE", 4, &ringing, ""));
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 200 "));
    lab.tell(center, accept(leg));
    let accepted = lab.last_sent(center, "SIP/2.0 200");
    lab.inject(near, center, &in_dialog("ACK", 1, &accepted, ""));
    lab.events(center);
    // An INFO that was overtaken is refused.
    lab.inject(near, center, &in_dialog("INFO", 2, &accepted, ""));
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 500 "));
    let relay = "Content-Type: application/dtmf-relay\nContent-Length: 24\n";
    let info = in_dialog("INFO", 5, &accepted, "")
        .replace("\n\n", &format!("\n{relay}\nSignal=5\nDuration=160\n"));
    lab.inject(near, center, &info);
    let plain = "Content-Type: application/dtmf\nContent-Length: 1\n";
    lab.inject(
        near,
        center,
        &in_dialog("INFO", 6, &accepted, "").replace("\n\n", &format!("\n{plain}\n#")),
    );
    let key = |key| Event::DtmfReceived { leg, key };
    assert_eq!(lab.events(center), [key('5'), key('#')]);
    // Hold by the unspecified address (RFC 2543).
    let held = in_dialog("UPDATE", 7, &accepted, &SDP.replace("10.9.0.7", "0.0.0.0"));
    lab.inject(near, center, &held);
    match lab.events(center).as_slice() {
        [Event::RemoteChanged { remote, .. }] => {
            assert_ne!(remote.direction, primitives::Direction::SendRecv, "{remote:?}");
        }
        other => panic!("{other:?}"),
    }
    lab.inject(near, center, &in_dialog("BYE", 8, &accepted, ""));
    lab.inject(near, center, &in_dialog("BYE", 9, &accepted, ""));
    assert_eq!(lab.events(center), [ended(leg, LegEnd::ByeReceived)]);
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 481 "));
}

#[test]
fn asserted_identity_of_the_trunk_is_the_callers_number() {
    let (mut lab, center, _) = pair(11);
    let near = "10.9.0.7:5060";
    let asserted = format!("{CONTACT}P-Asserted-Identity: \"Zhang\" <tel:+86-10-12345678>\n");
    lab.inject(near, center, &request("INVITE", near, "a", &asserted));
    let call = lab.incoming(center);
    assert_eq!((call.caller.reveal(), call.display.as_str()), ("01012345678", "Zhang"));
}

#[test]
fn answers_go_to_the_port_in_via_unless_rport_asks_otherwise() {
    let (mut lab, center, _) = pair(12);
    let plain = request("OPTIONS", "10.9.0.7:5060", "a", "").replace(";rport", "");
    lab.inject("10.9.0.7:40000", center, &plain);
    assert_eq!(lab.heard_by("10.9.0.7:5060").len(), 1);
    lab.inject("10.9.0.7:40000", center, &request("OPTIONS", "192.168.7.7:5060", "b", ""));
    assert_eq!(lab.heard_by("10.9.0.7:40000").len(), 1);
    let answer = lab.last_sent(center, "SIP/2.0 200");
    assert!(answer.contains(";rport=40000;received=10.9.0.7"), "{answer}");
}

#[test]
fn keepalives_stun_and_rtp_are_counted_and_not_answered() {
    let (mut lab, center, _) = pair(13);
    lab.inject("10.9.0.7:5060", center, "\n\n");
    lab.inject(STRANGER, center, "\n");
    lab.inject_bytes(STRANGER, center, b"\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl");
    lab.inject_bytes(STRANGER, center, b"\x80\x08\x00\x01\x00\x00\x00\xa0\x00\x00\x00\x01\xd5\xd5");
    let counts = sip::Counts { keepalives: 2, stun: 1, stray_rtp: 1, ..Default::default() };
    assert_eq!(lab.hosts[center].endpoint.counts(), counts);
    assert_eq!(lab.heard_by(STRANGER), Vec::<String>::new());
}

#[test]
fn removed_seat_is_not_called_until_it_is_put_again() {
    let mut lab = Lab::new(14);
    let center = lab.host(CENTER, center_config());
    let phone = lab.host("192.168.1.1:6000", phone_config());
    lab.tell(phone, register(1001, 300));
    lab.run_s(1);
    lab.events(center);
    lab.tell(center, Command::RemoveSeat(SeatId(1001)));
    assert_eq!(lab.events(center), [Event::SeatUnreached { seat: SeatId(1001) }]);
    lab.tell(center, dial_seat(2, 1001));
    assert_eq!(lab.events(center), [Event::Failed { leg: LegId(2), code: 480 }]);
    let fixed = Some("sip:1001@192.168.1.1:6000".to_owned());
    lab.tell(center, Command::PutSeat(Seat { seat: SeatId(1001), secret: None, fixed }));
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
    lab.tell(center, dial_seat(4, 1001));
    lab.run_s(1);
    assert_eq!(lab.incoming(phone).dialled.reveal(), "1001");
}

#[test]
fn garbled_messages_never_panic_the_endpoint() {
    let (mut lab, center, _) = pair(15);
    let near = "10.9.0.7:5060";
    lab.inject(near, center, &with_sdp(&request("INVITE", near, "a", CONTACT)));
    let leg = lab.incoming(center).leg;
    lab.tell(center, accept(leg));
    let accepted = lab.last_sent(center, "SIP/2.0 200");
    let dial = dial_uri(2, "sip:12345@10.9.0.7");
    lab.tell(center, dial);
    let invite = lab.last_sent(center, "INVITE");
    let answer = invite.replacen("INVITE sip:12345@10.9.0.7 SIP/2.0", "SIP/2.0 200 OK", 1);
    let seeds = [
        with_sdp(&request("INVITE", near, "b", CONTACT)),
        in_dialog("INVITE", 2, &accepted, SDP),
        in_dialog("UPDATE", 3, &accepted, SDP),
        in_dialog("ACK", 1, &accepted, SDP),
        request("REGISTER", near, "c", CONTACT),
        answer,
    ];
    let pieces =
        ["\n", "\r", ";", ",", "\"", "<", ">", "@", "0", "4294967296", "%", "=", " ", "\u{0}", "Ä"];
    for round in 0..6_000 {
        let mut text: Vec<char> = seeds[round % seeds.len()].chars().collect();
        for _ in 0..=lab.below(4) {
            let at = lab.below(text.len() as u32) as usize;
            let piece = pieces[lab.below(pieces.len() as u32) as usize];
            match lab.below(3) {
                0 => drop(text.splice(at..at, piece.chars())),
                1 => drop(text.splice(at..=at, piece.chars())),
                _ => drop(text.drain(at..(at + 1 + lab.below(20) as usize).min(text.len()))),
            }
        }
        let text: String = text.into_iter().collect();
        lab.inject(near, center, &text);
    }
    let events = lab.events(center);
    let ends = |event: &&Event| matches!(event, Event::Ended { leg: l, .. } if *l == leg);
    assert!(events.iter().filter(ends).count() <= 1);
    // All legs are ended, and the endpoint becomes idle.
    for leg in 0..20_000 {
        lab.tell(center, hang_up(LegId(leg)));
    }
    lab.rest();
    assert!(lab.hosts[center].endpoint.is_idle());
}

/// A request from `from`, without a body.
fn request(method: &str, from: &str, branch: &str, more: &str) -> String {
    format!(
        "{method} sip:12345@10.0.0.1 SIP/2.0\n\
         Via: SIP/2.0/UDP {from};branch=z9hG4bK{branch};rport\n\
         Max-Forwards: 70\n\
         From: \"A\" <sip:13812345678@a.example>;tag=theirs\n\
         To: <sip:12345@10.0.0.1>\n\
         Call-ID: call-of-{from}-{method}\n\
         CSeq: 1 {method}\n\
         {more}\n"
    )
}

/// A request in the dialog that our answer created.
fn in_dialog(method: &str, cseq: u32, answer: &str, sdp: &str) -> String {
    let of = |name: &str| {
        let line = answer.lines().find(|line| line.starts_with(name));
        line.unwrap_or_else(|| panic!("no {name} in {answer}")).to_owned()
    };
    let contact = of("Contact: <");
    let uri = contact.trim_start_matches("Contact: <").split('>').next().unwrap();
    let text = format!(
        "{method} {uri} SIP/2.0\n\
         Via: SIP/2.0/UDP 10.9.0.7:5060;branch=z9hG4bKin{method}{cseq}{};rport\n\
         Max-Forwards: 70\n{}\n{}\n{}\nCSeq: {cseq} {method}\n{CONTACT}\n",
        sdp.len(),
        of("From: "),
        of("To: "),
        of("Call-ID: "),
    );
    if sdp.is_empty() { text } else { with_body(&text, sdp) }
}

fn with_sdp(text: &str) -> String {
    with_body(text, SDP)
}

fn with_body(text: &str, sdp: &str) -> String {
    // With CRLF line ends.
    let length = sdp.len() + sdp.matches('\n').count();
    let head = format!("\nContent-Type: application/sdp\nContent-Length: {length}\n\n");
    text.replacen("\n\n", &head, 1) + sdp
}

fn md5(text: &str) -> String {
    use md5::{Digest, Md5};
    Md5::digest(text).iter().map(|b| format!("{b:02x}")).collect()
}

const CONTACT: &str = "Contact: <sip:a@10.9.0.7:5060>\n";

const SDP: &str = "v=0\no=- 1 1 IN IP4 10.9.0.7\ns=-\nc=IN IP4 10.9.0.7\nt=0 0\n\
                   m=audio 40000 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\n";
