//! A caller that sends one message at a time: for orders and repetitions of messages that no
//! telephone would send.

use std::collections::VecDeque;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::engine::TRUNK;
use super::net::Wire;
use super::program::PATIENCE;

/// One call, from INVITE to its end, a message at a time.
pub(crate) struct ScriptedCaller {
    wire: Wire,
    to: SocketAddr,
    dialled: String,
    /// Makes Call-ID, tag and number of this call different from its neighbours'.
    number: u32,
    /// The port its SDP names for RTP.
    voice: UdpSocket,
    /// Messages received while waiting for others.
    received: Mutex<VecDeque<Response>>,
}

/// A response, as far as a caller must read it.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The method of its CSeq.
    pub(crate) method: String,
    /// The To header, with its tag.
    to: String,
    contact: Option<String>,
    pub(crate) retry_after: Option<String>,
    /// The RTP address of its SDP.
    pub(crate) voice_port: Option<u16>,
}

impl ScriptedCaller {
    pub(crate) fn new(engine: SocketAddr, dialled: &str, number: u32) -> ScriptedCaller {
        ScriptedCaller {
            wire: Wire::new(TRUNK, engine),
            to: engine,
            dialled: dialled.to_owned(),
            number,
            voice: UdpSocket::bind((TRUNK, 0)).unwrap(),
            received: Mutex::default(),
        }
    }

    /// The number it calls from.
    pub(crate) fn caller(&self) -> String {
        format!("139{:08}", self.number)
    }

    pub(crate) fn invite(&self) {
        let port = self.voice.local_addr().unwrap().port();
        let offer = format!(
            "v=0\r\no=- 1 1 IN IP4 {TRUNK}\r\ns=-\r\nc=IN IP4 {TRUNK}\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
        );
        self.send("INVITE", 1, "i", &self.target(), &self.stranger(), &offer);
    }

    /// The branch is the INVITE's: that is how it is found (RFC 3261 9.1).
    pub(crate) fn cancel(&self) {
        self.send("CANCEL", 1, "i", &self.target(), &self.stranger(), "");
    }

    /// For 200 a request of its own, for others part of the transaction (RFC 3261 17.1.1.3).
    pub(crate) fn acknowledge(&self, answer: &Response) {
        if answer.status < 300 {
            self.send("ACK", 1, "a", &self.contact(answer), &answer.to, "");
        } else {
            self.send("ACK", 1, "i", &self.target(), &answer.to, "");
        }
    }

    /// An unexpected ACK: its tag belongs to no dialog.
    pub(crate) fn acknowledge_unknown_dialog(&self) {
        self.send("ACK", 1, "n", &self.target(), &format!("{};tag=nobody", self.stranger()), "");
    }

    pub(crate) fn hang_up(&self, answer: &Response) {
        self.send("BYE", 2, "b", &self.contact(answer), &answer.to, "");
    }

    /// The next final answer to this method; provisional ones are passed over.
    pub(crate) fn final_answer(&self, method: &str) -> Option<Response> {
        self.answer(|answer| answer.status >= 200 && answer.method == method)
    }

    pub(crate) fn answer(&self, fits: impl Fn(&Response) -> bool) -> Option<Response> {
        let mut received = self.received.lock().unwrap();
        if let Some(place) = received.iter().position(&fits) {
            return received.remove(place);
        }
        loop {
            let answer = Response::read(&self.wire.receive(PATIENCE)?);
            match answer {
                Some(answer) if fits(&answer) => return Some(answer),
                Some(answer) => received.push_back(answer),
                None => {}
            }
        }
    }

    /// The engine's next request of this method within this time; answers before it are kept.
    pub(crate) fn request(&self, method: &str, within: Duration) -> Option<String> {
        let until = Instant::now() + within;
        loop {
            let text = self.wire.receive(until.saturating_duration_since(Instant::now()))?;
            match Response::read(&text) {
                Some(answer) => self.received.lock().unwrap().push_back(answer),
                None if text.starts_with(&format!("{method} ")) => return Some(text),
                None => {}
            }
        }
    }

    /// Answers a request of the engine's.
    pub(crate) fn reply(&self, request: &str, status: u16) {
        let kept = ["via:", "from:", "to:", "call-id:", "cseq:"];
        let is_kept = |line: &&str| {
            let line = line.to_ascii_lowercase();
            kept.iter().any(|name| line.starts_with(name))
        };
        let headers: Vec<&str> = request.lines().filter(is_kept).collect();
        let headers = headers.join("\r\n");
        let text = format!("SIP/2.0 {status} X\r\n{headers}\r\nContent-Length: 0\r\n\r\n");
        self.wire.send(text.as_bytes());
    }

    /// Sends one packet of voice to the engine.
    pub(crate) fn speak(&self, answer: &Response, number: u16) {
        let mut packet = vec![0x80, 8];
        packet.extend_from_slice(&number.to_be_bytes());
        packet.extend_from_slice(&(u32::from(number) * 160).to_be_bytes());
        packet.extend_from_slice(&self.number.to_be_bytes());
        packet.extend_from_slice(&[0xD5; 160]);
        let to = (self.to.ip(), answer.voice_port.expect("the answer says where voice goes"));
        self.voice.send_to(&packet, to).unwrap();
    }

    /// Ends the call as a telephone must, whichever message won the race; returns the INVITE's final status.
    pub(crate) fn finish(&self) -> u16 {
        let answer = self.final_answer("INVITE").expect("every INVITE is answered");
        self.acknowledge(&answer);
        if answer.status == 200 {
            self.hang_up(&answer);
            self.final_answer("BYE").expect("every BYE is answered");
        }
        answer.status
    }

    fn send(&self, method: &str, cseq: u32, branch: &str, uri: &str, to: &str, body: &str) {
        let (us, n) = (self.wire.address(), self.number);
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let caller = self.caller();
        let text = format!(
            "{method} {uri} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {us};branch=z9hG4bK{n}{branch};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:{caller}@{us}>;tag=h{n}\r\n\
             To: {to}\r\n\
             Call-ID: by-hand-{n}@{us}\r\n\
             CSeq: {cseq} {method}\r\n\
             Contact: <sip:{caller}@{us}>\r\n\
             {kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.wire.send(text.as_bytes());
    }

    fn target(&self) -> String {
        format!("sip:{}@{}", self.dialled, self.to)
    }

    /// The other side before it has a tag.
    fn stranger(&self) -> String {
        format!("<{}>", self.target())
    }

    fn contact(&self, answer: &Response) -> String {
        answer.contact.clone().unwrap_or_else(|| self.target())
    }
}

impl Response {
    fn read(text: &str) -> Option<Response> {
        let mut lines = text.lines();
        let status = lines.next()?.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()?;
        let header = |name: &str| {
            let found = text.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            });
            found.unwrap_or_default()
        };
        let contact = header("Contact");
        let contact = contact.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
        Some(Response {
            status,
            method: header("CSeq").split_whitespace().nth(1)?.to_owned(),
            to: header("To"),
            contact: contact.map(|(uri, _)| uri.to_owned()),
            retry_after: Some(header("Retry-After")).filter(|value| !value.is_empty()),
            voice_port: text
                .lines()
                .find_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse().ok()),
        })
    }
}
