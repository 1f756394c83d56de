//! Handwritten messages of phones and gateways that are no endpoint of ours.

use super::*;

/// A seat's phone registers from there.
pub(crate) fn registered(lab: &mut Lab, center: usize, seat: u32, from: &str) {
    with_password(lab, center, seat, from, &raw_register(seat, from));
    assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 200 "));
    lab.events(center);
}

/// The REGISTER of a seat's phone, without a password.
pub(crate) fn raw_register(seat: u32, from: &str) -> String {
    format!(
        "REGISTER sip:{REALM} SIP/2.0\n\
         Via: SIP/2.0/UDP {from};branch=z9hG4bKreg{from};rport\n\
         Max-Forwards: 70\n\
         From: <sip:{seat}@{REALM}>;tag=r\n\
         To: <sip:{seat}@{REALM}>\n\
         Call-ID: registration-of-{seat}-{from}\n\
         CSeq: 1 REGISTER\n\
         Contact: <sip:{seat}@{from}>\n\
         Expires: 300\n\n"
    )
}

/// Sends a request, and repeats it with the challenge answered.
pub(crate) fn with_password(lab: &mut Lab, center: usize, seat: u32, from: &str, request: &str) {
    lab.inject(from, center, request);
    let nonce = nonce_of(&lab.last_sent(center, "SIP/2.0 401"));
    lab.inject(from, center, &authorized(request, seat, &format!("pw{seat}"), &nonce));
}

/// The nonce of a challenge.
pub(crate) fn nonce_of(challenge: &str) -> String {
    let nonce = challenge.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next());
    nonce.expect("a nonce").to_owned()
}

/// The request repeated after a challenge: the next CSeq, a new branch, the answer.
pub(crate) fn authorized(request: &str, seat: u32, password: &str, nonce: &str) -> String {
    let mut words = request.split(' ');
    let (method, uri) = (words.next().expect("a method"), words.next().expect("a URI"));
    let ha1 = secret(&seat.to_string(), password).md5;
    let ha2 = md5(&format!("{method}:{uri}"));
    let response = md5(&format!("{ha1}:{nonce}:00000001:abc:auth:{ha2}"));
    let authorization = format!(
        "\nAuthorization: Digest username=\"{seat}\", realm=\"{REALM}\", nonce=\"{nonce}\", \
         uri=\"{uri}\", response=\"{response}\", algorithm=MD5, qop=auth, nc=00000001, \
         cnonce=\"abc\"\n\n"
    );
    let again = request.replacen("\n\n", &authorization, 1);
    let again = again.replace("z9hG4bK", &format!("z9hG4bKagain{}", &nonce[..24]));
    let cseq = request.lines().find(|line| line.starts_with("CSeq: ")).expect("a CSeq");
    let number: u32 = cseq.split(' ').nth(1).and_then(|n| n.parse().ok()).expect("a number");
    again.replace(cseq, &format!("CSeq: {} {method}", number + 1))
}

/// The headers that the far end of a dialog writes into its requests.
pub(crate) struct Far {
    pub(crate) uri: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) call_id: String,
}

impl Far {
    /// From its own request.
    pub(crate) fn of(request: &str) -> Far {
        let of = |name: &str| {
            let line = request.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in {request}")).to_owned()
        };
        let uri = request.split(' ').nth(1).expect("a URI").to_owned();
        Far { uri, from: of("From: "), to: of("To: "), call_id: of("Call-ID: ") }
    }

    /// From our response to its request.
    pub(crate) fn of_answer(answer: &str) -> Far {
        let mut far = Far::of(answer);
        let contact = answer.lines().find_map(|line| line.strip_prefix("Contact: <"));
        far.uri = contact.and_then(|rest| rest.split('>').next()).expect("a Contact").to_owned();
        far
    }

    /// The far end's headers, from our request.
    pub(crate) fn turned(self) -> Far {
        let uri = format!("sip:{CENTER}");
        Far { uri, from: self.to, to: self.from, call_id: self.call_id }
    }

    pub(crate) fn request(&self, method: &str, cseq: u32, from: &str, sdp: &str) -> String {
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
pub(crate) fn answered(invite: &str, sdp: &str) -> String {
    let kept = ["Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "];
    let lines = invite.lines().filter(|line| kept.iter().any(|name| line.starts_with(name)));
    let head: String = lines.map(|line| format!("{line}\n")).collect();
    let to = invite.lines().find(|line| line.starts_with("To: ")).expect("a To");
    let head = head.replace(to, &format!("{to};tag=phone"));
    let contact = format!("Contact: <sip:1001@{PHONE}>\n");
    with_body(&format!("SIP/2.0 200 OK\n{head}{contact}\n"), sdp)
}

pub(crate) fn with_body(text: &str, sdp: &str) -> String {
    // With CRLF line ends.
    let length = sdp.len() + sdp.matches('\n').count();
    let head = format!("\nContent-Type: application/sdp\nContent-Length: {length}\n\n");
    text.replacen("\n\n", &head, 1) + sdp
}

pub(crate) fn md5(text: &str) -> String {
    Md5::digest(text).iter().map(|b| format!("{b:02x}")).collect()
}

/// Where the phone of 1001 is.
pub(crate) const PHONE: &str = "192.168.1.1:6000";

pub(crate) const SDP: &str = "v=0\no=- 1 1 IN IP4 203.0.113.9\ns=-\nc=IN IP4 203.0.113.9\nt=0 0\n\
                   m=audio 40000 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\n";

pub(crate) const HELD: &str = "v=0\no=- 1 2 IN IP4 10.9.0.7\ns=-\nc=IN IP4 10.9.0.7\nt=0 0\n\
                    m=audio 40000 RTP/AVP 8\na=sendonly\n";
