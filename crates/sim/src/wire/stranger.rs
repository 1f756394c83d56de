//! Strangers: noise, scanners, password guessers, unauthorized callers, and senders who repeat what
//! they overheard.

use std::{collections::VecDeque, net::SocketAddr};

use model::SeatId;

use super::{
    REALM,
    network::{ENGINE, strange},
};
use crate::chance::Chance;

#[derive(Debug)]
pub(super) struct Strangers {
    chance: Chance,
    /// The last messages that others sent to the engine.
    overheard: VecDeque<Vec<u8>>,
    sent: u64,
}

/// A datagram of a stranger.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) from: SocketAddr,
    pub(super) bytes: Vec<u8>,
}

impl Strangers {
    pub(super) fn new(chance: Chance) -> Strangers {
        Strangers { chance, overheard: VecDeque::new(), sent: 0 }
    }

    /// A host sent this to the engine unencrypted.
    pub(super) fn overhear(&mut self, bytes: &[u8]) {
        if self.overheard.len() == OVERHEARD_MAX {
            self.overheard.pop_front();
        }
        self.overheard.push_back(bytes.to_vec());
    }

    pub(super) fn speak(&mut self, seats: &[SeatId]) -> Said {
        self.sent += 1;
        let from = strange(self.chance.below(250) as u8);
        let seat = self.chance.one_of(seats).copied().unwrap_or(SeatId(1001));
        let bytes = match self.chance.below(8) {
            0 => self.noise(),
            1 => self.request(from, "OPTIONS", "100", "friendly-scanner").into_bytes(),
            2 => self.request(from, "INVITE", "12345", "Phone").into_bytes(),
            3 => self.request(from, "INVITE", "900441234567890", "Phone").into_bytes(),
            4 => self.guess(from, seat).into_bytes(),
            5 => self.request(from, "BYE", &seat.to_string(), "Phone").into_bytes(),
            6 => self.echo(),
            _ => self.garbled(),
        };
        Said { from, bytes }
    }

    fn noise(&mut self) -> Vec<u8> {
        let length = self.chance.below(1_400);
        (0..length).map(|_| self.chance.below(256) as u8).collect()
    }

    fn request(&mut self, from: SocketAddr, method: &str, user: &str, agent: &str) -> String {
        let n = self.sent;
        let body = if method == "INVITE" { SDP } else { "" };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} sip:{user}@{ENGINE} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {from};branch=z9hG4bKstrange{n};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:{user}@{REALM}>;tag=s{n}\r\n\
             To: <sip:{user}@{REALM}>\r\n\
             Call-ID: strange{n}@{from}\r\n\
             CSeq: 1 {method}\r\n\
             Contact: <sip:{user}@{from}>\r\n\
             User-Agent: {agent}\r\n\
             {kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    /// A REGISTER for an existing seat with an invented digest response.
    fn guess(&mut self, from: SocketAddr, seat: SeatId) -> String {
        let request = self.request(from, "REGISTER", &seat.to_string(), "Phone");
        let password = self.chance.below(u64::MAX);
        let guessed = format!(
            "Authorization: Digest username=\"{seat}\", realm=\"{REALM}\", \
             nonce=\"{password:056x}\", uri=\"sip:{ENGINE}\", response=\"{password:032x}\", \
             algorithm=MD5, qop=auth, nc=00000001, cnonce=\"x\"\r\nContent-Length"
        );
        request.replacen("Content-Length", &guessed, 1)
    }

    /// An overheard message, unchanged, from another address.
    fn echo(&mut self) -> Vec<u8> {
        let n = self.chance.below(self.overheard.len() as u64) as usize;
        self.overheard.get(n).cloned().unwrap_or_default()
    }

    /// An overheard message with some bytes changed, and perhaps truncated.
    fn garbled(&mut self) -> Vec<u8> {
        let mut bytes = self.echo();
        let length = bytes.len() as u64;
        for _ in 0..1 + self.chance.below(4) {
            let (at, byte) = (self.chance.below(length) as usize, self.chance.below(256) as u8);
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        if self.chance.one_in(2) {
            bytes.truncate(self.chance.below(length) as usize);
        }
        bytes
    }
}

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 203.0.113.1\r\ns=-\r\nc=IN IP4 203.0.113.1\r\nt=0 0\r\n\
                   m=audio 4000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n";
const OVERHEARD_MAX: usize = 32;
