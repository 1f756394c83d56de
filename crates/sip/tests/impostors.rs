//! Messages with the right tags from the wrong place: who learned them can neither take a call
//! over nor end it, and a phone that moved still can do both.

mod lab;

use lab::*;
use model::{Direction, LegId, SeatId};
use sip::{Event, LegEnd};

/// Somewhere on the Internet.
const STRANGER: &str = "203.0.113.9:5080";
/// Where the phone of 1001 is, and where it is after its NAT forgot it.
const PHONE: &str = "192.168.1.1:6000";
const MOVED: &str = "192.168.1.1:6111";
/// The phone of 1002, behind the same NAT.
const COLLEAGUE: &str = "192.168.1.1:6002";

#[test]
fn a_stranger_who_knows_the_tags_gets_silence_and_changes_nothing() {
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
    // And no CSeq of his was taken for theirs: the far end is served as before.
    lab.tell(trunk, hang_up(LegId(2)));
    lab.rest();
    assert_eq!(lab.events(center), [ended(leg, LegEnd::ByeReceived)]);
}

#[test]
fn for_another_seat_the_dialog_does_not_exist() {
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
fn a_trunk_speaks_from_any_of_its_addresses() {
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
        [Event::Changed { remote, .. }, Event::Ended { end: LegEnd::ByeReceived, .. }]
            if remote.direction == Direction::RecvOnly),
        "{events:?}"
    );
    assert_eq!(events.last(), Some(&ended(leg, LegEnd::ByeReceived)));
    assert_eq!(lab.hosts[center].endpoint.counts().impostors, 0);
}

#[test]
fn a_phone_that_registered_anew_elsewhere_holds_and_hangs_up() {
    let (mut lab, center, _) = pair(4);
    let phone = phone_talking(&mut lab, center);
    registered(&mut lab, center, 1001, MOVED);
    lab.inject(MOVED, center, &phone.request("INVITE", 1, MOVED, HELD));
    assert!(lab.heard_by(MOVED).contains(&"SIP/2.0 200 OK".to_owned()));
    lab.inject(MOVED, center, &phone.request("ACK", 1, MOVED, ""));
    let events = lab.events(center);
    assert!(
        matches!(events.as_slice(), [Event::Changed { remote, .. }]
        if remote.direction == Direction::RecvOnly),
        "{events:?}"
    );
    // What we want of it goes to its new place too.
    lab.tell(center, hold(LegId(2)));
    assert!(lab.heard_by(MOVED).iter().any(|line| line.starts_with("INVITE ")));
    lab.inject(MOVED, center, &phone.request("BYE", 2, MOVED, ""));
    assert_eq!(lab.events(center), [ended(LegId(2), LegEnd::ByeReceived)]);
}

#[test]
fn a_phone_whose_nat_moved_it_proves_itself_by_its_password() {
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
fn only_who_called_may_cancel() {
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
fn only_who_was_called_may_answer() {
    let (mut lab, center, _) = pair(7);
    registered(&mut lab, center, 1001, PHONE);
    lab.tell(center, dial_seat(2, 1001));
    let answer = answered(&lab.last_sent(center, "INVITE"), SDP);
    lab.inject(STRANGER, center, &answer);
    assert_eq!(lab.events(center), []);
    assert_eq!(lab.count_sent(center, "ACK"), 0);
    assert_eq!(lab.hosts[center].endpoint.counts().impostors, 1);
    // Not every phone answers from the port it was asked at.
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

/// A seat's phone registers from there.
fn registered(lab: &mut Lab, center: usize, seat: u32, from: &str) {
    let register = format!(
        "REGISTER sip:{REALM} SIP/2.0\n\
         Via: SIP/2.0/UDP {from};branch=z9hG4bKreg{from};rport\n\
         Max-Forwards: 70\n\
         From: <sip:{seat}@{REALM}>;tag=r\n\
         To: <sip:{seat}@{REALM}>\n\
         Call-ID: registration-of-{seat}-{from}\n\
         CSeq: 1 REGISTER\n\
         Contact: <sip:{seat}@{from}>\n\
         Expires: 300\n\n"
    );
    with_password(lab, center, seat, from, &register);
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 200 "));
    lab.events(center);
}

/// Sends a request, and again with the challenge answered, as a phone does.
fn with_password(lab: &mut Lab, center: usize, seat: u32, from: &str, request: &str) {
    lab.inject(from, center, request);
    let challenge = lab.last_sent(center, "SIP/2.0 401");
    let nonce = challenge.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next());
    let nonce = nonce.expect("a nonce");
    let mut words = request.split(' ');
    let (method, uri) = (words.next().expect("a method"), words.next().expect("a URI"));
    let ha1 = secret(&seat.to_string(), &format!("pw{seat}")).md5;
    let ha2 = md5(&format!("{method}:{uri}"));
    let response = md5(&format!("{ha1}:{nonce}:00000001:abc:auth:{ha2}"));
    let authorization = format!(
        "\nAuthorization: Digest username=\"{seat}\", realm=\"{REALM}\", nonce=\"{nonce}\", \
         uri=\"{uri}\", response=\"{response}\", algorithm=MD5, qop=auth, nc=00000001, \
         cnonce=\"abc\"\n\n"
    );
    let again = request.replacen("\n\n", &authorization, 1).replace("z9hG4bK", "z9hG4bKagain");
    let cseq = request.lines().find(|line| line.starts_with("CSeq: ")).expect("a CSeq");
    let number: u32 = cseq.split(' ').nth(1).and_then(|n| n.parse().ok()).expect("a number");
    lab.inject(from, center, &again.replace(cseq, &format!("CSeq: {} {method}", number + 1)));
}

/// What the far end of a dialog writes into its requests.
struct Far {
    uri: String,
    from: String,
    to: String,
    call_id: String,
}

impl Far {
    /// As in a request of its own.
    fn of(request: &str) -> Far {
        let of = |name: &str| {
            let line = request.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in {request}")).to_owned()
        };
        let uri = request.split(' ').nth(1).expect("a URI").to_owned();
        Far { uri, from: of("From: "), to: of("To: "), call_id: of("Call-ID: ") }
    }

    /// Of our request, its own.
    fn turned(self) -> Far {
        let uri = format!("sip:{CENTER}");
        Far { uri, from: self.to, to: self.from, call_id: self.call_id }
    }

    fn request(&self, method: &str, cseq: u32, from: &str, sdp: &str) -> String {
        let Far { uri, from: who, to, call_id } = self;
        let text = format!(
            "{method} {uri} SIP/2.0\n\
             Via: SIP/2.0/UDP {from};branch=z9hG4bKin{method}{cseq};rport\n\
             Max-Forwards: 70\nFrom: {who}\nTo: {to}\nCall-ID: {call_id}\n\
             CSeq: {cseq} {method}\nContact: <sip:a@{from}>\n\n"
        );
        if sdp.is_empty() { text } else { with_body(&text, sdp) }
    }
}

/// The 200 to an INVITE of ours.
fn answered(invite: &str, sdp: &str) -> String {
    let kept = ["Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "];
    let lines = invite.lines().filter(|line| kept.iter().any(|name| line.starts_with(name)));
    let head: String = lines.map(|line| format!("{line}\n")).collect();
    let to = invite.lines().find(|line| line.starts_with("To: ")).expect("a To");
    let head = head.replace(to, &format!("{to};tag=phone"));
    let contact = format!("Contact: <sip:{}@{PHONE}>\n", SeatId(1001));
    with_body(&format!("SIP/2.0 200 OK\n{head}{contact}\n"), sdp)
}

fn with_body(text: &str, sdp: &str) -> String {
    // As it will be on the wire, with its line ends.
    let length = sdp.len() + sdp.matches('\n').count();
    let head = format!("\nContent-Type: application/sdp\nContent-Length: {length}\n\n");
    text.replacen("\n\n", &head, 1) + sdp
}

fn md5(text: &str) -> String {
    use md5::{Digest, Md5};
    Md5::digest(text).iter().map(|b| format!("{b:02x}")).collect()
}

const SDP: &str = "v=0\no=- 1 1 IN IP4 203.0.113.9\ns=-\nc=IN IP4 203.0.113.9\nt=0 0\n\
                   m=audio 40000 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\n";

const HELD: &str = "v=0\no=- 1 2 IN IP4 10.9.0.7\ns=-\nc=IN IP4 10.9.0.7\nt=0 0\n\
                    m=audio 40000 RTP/AVP 8\na=sendonly\n";
