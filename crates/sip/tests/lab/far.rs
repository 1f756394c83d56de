//! Far ends written by hand: phones and gateways that do what our own endpoint never would.

use model::SeatId;
use sip::Transport;

use super::{CENTER, Lab, REALM, secret};

/// What the far end of a dialog writes into its requests.
pub struct Far {
    uri: String,
    from: String,
    to: String,
    call_id: String,
}

impl Far {
    /// As in a request of its own, or in an answer of ours to it.
    pub fn of(request: &str) -> Far {
        let of = |name: &str| header(request, name);
        let uri = request.split(' ').nth(1).expect("a URI").to_owned();
        Far { uri, from: of("From"), to: of("To"), call_id: of("Call-ID") }
    }

    /// Of our request, its own.
    pub fn turned(self) -> Far {
        let uri = format!("sip:{CENTER}");
        Far { uri, from: self.to, to: self.from, call_id: self.call_id }
    }

    /// A request of the caller inside the dialog that this 200 of ours begins.
    pub fn request_of_caller(&self, method: &str, cseq: u32, from: &str) -> String {
        let Far { from: who, to, call_id, .. } = self;
        format!(
            "{method} sip:{CENTER} SIP/2.0\n\
             Via: SIP/2.0/UDP {from};branch=z9hG4bKin{method}{cseq};rport\n\
             Max-Forwards: 70\nFrom: {who}\nTo: {to}\nCall-ID: {call_id}\n\
             CSeq: {cseq} {method}\nContent-Length: 0\n\n"
        )
    }

    pub fn request(&self, method: &str, cseq: u32, from: &str, sdp: &str) -> String {
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

/// A registration of a seat's phone, line by line.
pub struct Registration {
    pub seat: u32,
    pub transport: Transport,
    /// Where it is sent from.
    pub from: String,
    /// The Via's sent-by and parameters after the branch.
    pub sent_by: String,
    pub rport: bool,
    pub contact: String,
    pub call_id: String,
}

impl Registration {
    /// Over UDP, as most phones write it: from where they listen.
    pub fn of(seat: u32, from: &str) -> Registration {
        Registration {
            seat,
            transport: Transport::Udp,
            from: from.to_owned(),
            sent_by: from.to_owned(),
            rport: true,
            contact: format!("<sip:{seat}@{from}>"),
            call_id: format!("registration-of-{seat}-{from}"),
        }
    }

    /// Registers with the right password.
    pub fn send(&self, lab: &mut Lab, center: usize) {
        let Registration { seat, from, sent_by, contact, call_id, .. } = self;
        let rport = if self.rport { ";rport" } else { "" };
        let cseq = lab.sent.len();
        let transport = match self.transport {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
        };
        let register = format!(
            "REGISTER sip:{REALM} SIP/2.0\n\
             Via: SIP/2.0/{transport} {sent_by};branch=z9hG4bKreg{cseq}{from}{rport}\n\
             Max-Forwards: 70\n\
             From: <sip:{seat}@{REALM}>;tag=r\n\
             To: <sip:{seat}@{REALM}>\n\
             Call-ID: {call_id}\n\
             CSeq: {cseq} REGISTER\n\
             Contact: {contact}\n\
             Expires: 300\nContent-Length: 0\n\n"
        );
        with_password_over(lab, center, *seat, self.transport, from, &register);
        assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 200 "));
        lab.events(center);
    }
}

/// Sends a request over UDP, and again with the challenge answered, as a phone does.
pub fn with_password(lab: &mut Lab, center: usize, seat: u32, from: &str, request: &str) {
    with_password_over(lab, center, seat, Transport::Udp, from, request);
}

fn with_password_over(
    lab: &mut Lab,
    center: usize,
    seat: u32,
    transport: Transport,
    from: &str,
    request: &str,
) {
    lab.inject_over(transport, from, center, request);
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
    let again = again.replace(cseq, &format!("CSeq: {} {method}", number + 1));
    lab.inject_over(transport, from, center, &again);
}

/// The 200 to an INVITE of ours, from a phone of seat 1001 at this address.
pub fn answered(invite: &str, at: &str, sdp: &str) -> String {
    let kept = ["Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "];
    let lines = invite.lines().filter(|line| kept.iter().any(|name| line.starts_with(name)));
    let head: String = lines.map(|line| format!("{line}\n")).collect();
    let to = invite.lines().find(|line| line.starts_with("To: ")).expect("a To");
    let head = head.replace(to, &format!("{to};tag=phone"));
    let contact = format!("Contact: <sip:{}@{at}>\n", SeatId(1001));
    with_body(&format!("SIP/2.0 200 OK\n{head}{contact}\n"), sdp)
}

/// The message with this body, and its length as it will be on the wire.
pub fn with_body(text: &str, sdp: &str) -> String {
    let length = sdp.len() + sdp.matches('\n').count();
    let head = format!("\nContent-Type: application/sdp\nContent-Length: {length}\n\n");
    text.replacen("\n\n", &head, 1) + sdp
}

/// The value of a header.
pub fn header(message: &str, name: &str) -> String {
    let prefix = format!("{name}: ");
    let line = message.lines().find_map(|line| line.strip_prefix(prefix.as_str()));
    line.unwrap_or_else(|| panic!("no {name} in {message}")).to_owned()
}

fn md5(text: &str) -> String {
    use md5::{Digest, Md5};
    Md5::digest(text).iter().map(|b| format!("{b:02x}")).collect()
}

pub const SDP: &str = "v=0\no=- 1 1 IN IP4 203.0.113.9\ns=-\nc=IN IP4 203.0.113.9\nt=0 0\n\
                   m=audio 40000 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\n";
