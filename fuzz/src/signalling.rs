//! SIP messages and streams, SDP and digest headers, sent to a whole endpoint.

use model::{IpNetwork, LegId, Timestamp};
use sip::{
    Command, Config, Endpoint, Event, Flow, Input, Output, Seat, Transport, Trunk, hash_password,
};

const NOW: Timestamp = Timestamp::from_micros(1_795_334_592_000_000);
const TRUNK: &str = "192.0.2.9:5060";
const PHONE: &str = "203.0.113.5:5060";
const STRANGER: &str = "198.51.100.9:5060";

/// One datagram from a trunk and the same from a stranger. The endpoint serves the trunk
/// afterwards and becomes idle, and a stranger gets a challenge or no answer.
pub fn sip_message(bytes: &[u8]) {
    let mut strange = Laboratory::new();
    strange.receive(STRANGER, bytes);
    let codes = strange.codes();
    assert!(codes.iter().all(|code| *code == 401), "a stranger was answered {codes:?}");

    let mut laboratory = Laboratory::new();
    laboratory.receive(TRUNK, bytes);
    laboratory.reject_all();
    laboratory.serves();
    laboratory.comes_to_rest();
}

/// A TCP stream of a trunk in pieces: the first byte is the length of each. The endpoint serves
/// other senders afterwards.
pub fn sip_stream(bytes: &[u8]) {
    let Some((piece, stream)) = bytes.split_first() else { return };
    let mut laboratory = Laboratory::new();
    let flow = flow(Transport::Tcp, TRUNK);
    laboratory.endpoint.handle_input(NOW, Input::Opened { flow });
    for bytes in stream.chunks(usize::from(*piece).max(1)) {
        laboratory.endpoint.handle_input(NOW, Input::Received { flow, bytes });
        laboratory.drain();
    }
    laboratory.endpoint.handle_input(NOW, Input::Closed { flow });
    laboratory.reject_all();
    laboratory.serves();
}

/// An INVITE with this session description. When the endpoint offers the call to the switch, the
/// switch accepts it; the answer then has an SDP, or the call was refused with a code.
pub fn sdp(body: &[u8]) {
    let mut laboratory = Laboratory::new();
    laboratory.receive(TRUNK, &invite(body));
    for leg in std::mem::take(&mut laboratory.incoming) {
        laboratory.command(Command::Accept { leg, rtp_port: 40_000 });
    }
    let accepted = laboratory.sent.iter().filter(|sent| sent.starts_with(b"SIP/2.0 200"));
    for answer in accepted {
        let text = String::from_utf8_lossy(answer);
        assert!(text.contains("\r\n\r\nv=0\r\n"), "an answer without SDP: {text}");
    }
    laboratory.serves();
}

/// A REGISTER with this in its Authorization header. It never registers a phone, since the
/// fuzzer does not know the password.
pub fn digest(header: &[u8]) {
    let header: Vec<u8> =
        header.iter().map(|byte| if byte.is_ascii_control() { b' ' } else { *byte }).collect();
    let mut laboratory = Laboratory::new();
    let mut request = b"REGISTER sip:example.com SIP/2.0\r\n\
        Via: SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bKf1\r\nMax-Forwards: 70\r\n\
        From: <sip:1001@example.com>;tag=a\r\nTo: <sip:1001@example.com>\r\n\
        Call-ID: fuzz\r\nCSeq: 1 REGISTER\r\nContact: <sip:1001@203.0.113.5>\r\n\
        Expires: 300\r\nAuthorization: Digest "
        .to_vec();
    request.extend(header);
    request.extend(b"\r\nContent-Length: 0\r\n\r\n");
    laboratory.receive(PHONE, &request);
    assert!(!laboratory.codes().contains(&200), "a phone registered without the password");
    laboratory.serves();
}

struct Laboratory {
    endpoint: Endpoint,
    sent: Vec<Vec<u8>>,
    incoming: Vec<LegId>,
}

impl Laboratory {
    fn new() -> Laboratory {
        let mut config = Config::new("example.com");
        let sources =
            vec![IpNetwork { address: "192.0.2.0".parse().expect("an address"), prefix: 24 }];
        config.trunks = vec![Trunk { id: "telecom".into(), sources }];
        config.seats = vec![Seat {
            seat: "1001".parse().expect("a seat"),
            secret: Some(hash_password("1001", "example.com", "not-in-any-corpus")),
            fixed: None,
        }];
        let endpoint = Endpoint::new(config, [7; 32]);
        Laboratory { endpoint, sent: Vec::new(), incoming: Vec::new() }
    }

    fn receive(&mut self, remote: &str, bytes: &[u8]) {
        let flow = flow(Transport::Udp, remote);
        self.endpoint.handle_input(NOW, Input::Received { flow, bytes });
        self.drain();
    }

    fn command(&mut self, command: Command) {
        self.endpoint.handle_input(NOW, Input::Command(command));
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Send { bytes, .. } => {
                    assert!(
                        is_message(&bytes) || bytes == PONG,
                        "not SIP: {}",
                        String::from_utf8_lossy(&bytes)
                    );
                    self.sent.push(bytes);
                }
                Output::Event(Event::Incoming(incoming)) => self.incoming.push(incoming.leg),
                Output::Event(_) | Output::Close { .. } | Output::Save(_) => {}
            }
        }
    }

    fn reject_all(&mut self) {
        for leg in std::mem::take(&mut self.incoming) {
            self.command(Command::Reject { leg, code: 486, retry_after_s: None });
        }
    }

    /// The codes of the answers sent so far.
    fn codes(&self) -> Vec<u16> {
        let code = |sent: &Vec<u8>| {
            let text = std::str::from_utf8(sent.get(8..11)?).ok()?;
            text.parse().ok().filter(|_| sent.starts_with(b"SIP/2.0 "))
        };
        self.sent.iter().filter_map(code).collect()
    }

    /// Another gateway of the trunk asks whether we are there, and is answered.
    fn serves(&mut self) {
        self.sent.clear();
        self.receive("192.0.2.200:5060", OPTIONS);
        assert_eq!(self.codes(), [200], "the endpoint does not serve any more");
    }

    /// Every timer runs out, and there are not endlessly many.
    fn comes_to_rest(&mut self) {
        for _ in 0..1_000 {
            let Some(now) = self.endpoint.poll_timeout() else { break };
            self.endpoint.handle_input(now, Input::Timeout);
            self.drain();
        }
        assert_eq!(self.endpoint.legs(), 0, "a leg stays");
        assert_eq!(self.endpoint.transactions(), 0, "a transaction stays");
    }
}

fn flow(transport: Transport, remote: &str) -> Flow {
    Flow {
        transport,
        local: "192.0.2.1:5060".parse().expect("an address"),
        remote: remote.parse().expect("an address"),
    }
}

/// A status line or a request line, a header section, an empty line.
fn is_message(bytes: &[u8]) -> bool {
    let line_end = bytes.windows(2).position(|pair| pair == b"\r\n");
    let Some(first) = line_end.and_then(|end| bytes.get(..end)) else { return false };
    let is_first_line = first.starts_with(b"SIP/2.0 ") || first.ends_with(b" SIP/2.0");
    is_first_line && bytes.windows(4).any(|four| four == b"\r\n\r\n")
}

fn invite(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "INVITE sip:12345@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP {TRUNK};branch=z9hG4bKf2\r\n\
         Max-Forwards: 70\r\nFrom: <sip:13800000000@192.0.2.9>;tag=a\r\n\
         To: <sip:12345@192.0.2.1>\r\nCall-ID: fuzz\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:13800000000@192.0.2.9>\r\nContent-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

const OPTIONS: &[u8] = b"OPTIONS sip:192.0.2.1 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.200:5060;branch=z9hG4bKlast\r\nMax-Forwards: 70\r\n\
    From: <sip:check@192.0.2.200>;tag=last\r\nTo: <sip:192.0.2.1>\r\n\
    Call-ID: last\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

/// The answer to a keep-alive of two line ends on a stream (RFC 5626 4.4.1).
const PONG: &[u8] = b"\r\n";
