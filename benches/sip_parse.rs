//! The cost of a SIP message: parsed, checked, matched, answered: `cargo bench --bench sip_parse`.
//!
//! The parser is private to `sip`, so it is measured through the endpoint. A response that
//! belongs to no call is parsed and dropped: hardly more than the parser. An OPTIONS of a trunk is
//! parsed, screened, answered and remembered for its retransmissions.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use std::{hint::black_box, net::SocketAddr, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{IpNetwork, Timestamp, TrunkId};
use sip::{Config, Endpoint, Flow, Input, Output, Transport, Trunk};

struct Trunks {
    endpoint: Endpoint,
    flow: Flow,
    now: Timestamp,
    sent: u64,
}

impl Trunks {
    fn new() -> Trunks {
        let local = SocketAddr::from(([192, 0, 2, 1], 5060));
        let remote = SocketAddr::from(([192, 0, 2, 9], 5060));
        let mut config = Config::new("heartline");
        config.locals = vec![(Transport::Udp, local)];
        config.trunks = vec![Trunk {
            id: TrunkId::from("carrier"),
            sources: vec![IpNetwork::host(remote.ip())],
        }];
        // The rate limit is above any carrier's, so that the shield checks and does not drop.
        config.shield.trusted.per_s = 1_000_000;
        config.shield.trusted.burst = 1_000_000;
        Trunks {
            endpoint: Endpoint::new(config, [7; 32]),
            flow: Flow { transport: Transport::Udp, local, remote },
            now: Timestamp::from_micros(1_795_334_400_000_000),
            sent: 0,
        }
    }

    /// One datagram, a millisecond after the last; timers run as they would.
    fn receive(&mut self, bytes: &[u8]) {
        self.now += Duration::from_millis(1);
        self.endpoint.handle_input(self.now, Input::Received { flow: self.flow, bytes });
        self.drain();
        while self.endpoint.poll_timeout().is_some_and(|at| at <= self.now) {
            self.endpoint.handle_input(self.now, Input::Timeout);
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            self.sent += u64::from(matches!(black_box(output), Output::Send { .. }));
        }
    }
}

fn stray_response(c: &mut Criterion) {
    let mut trunks = Trunks::new();
    let mut group = c.benchmark_group("sip_parse");
    group.throughput(Throughput::Bytes(ANSWER.len() as u64));
    group.bench_function("a 200 with SDP that belongs to no call", |b| {
        b.iter(|| trunks.receive(black_box(ANSWER.as_bytes())));
    });
    group.finish();
    assert_eq!(trunks.sent, 0, "a stray response is not answered");
}

fn options(c: &mut Criterion) {
    let mut trunks = Trunks::new();
    let mut asked = 0u64;
    c.bench_function("sip_parse/an OPTIONS of a trunk, answered", |b| {
        b.iter(|| {
            asked += 1;
            let branch = asked.to_string();
            let text = OPTIONS.replace("NUMBER", &branch);
            trunks.receive(text.as_bytes());
        });
    });
    assert_eq!(trunks.sent, asked, "every OPTIONS is answered");
}

const ANSWER: &str = "SIP/2.0 200 OK\r\n\
    Via: SIP/2.0/UDP 192.0.2.1:5060;rport=5060;branch=z9hG4bKnobodyknowsit\r\n\
    Record-Route: <sip:192.0.2.9;lr>\r\n\
    From: \"13900001234\" <sip:13900001234@192.0.2.1>;tag=8f2c91\r\n\
    To: <sip:12345@192.0.2.9:5060>;tag=1928301774\r\n\
    Call-ID: a84b4c76e66710@192.0.2.1\r\n\
    CSeq: 314159 INVITE\r\n\
    Contact: <sip:12345@192.0.2.9:5060;transport=udp>\r\n\
    Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, PRACK\r\n\
    Supported: timer, 100rel, replaces\r\n\
    User-Agent: softswitch/3.2\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 184\r\n\
    \r\n\
    v=0\r\n\
    o=- 3724394400 3724394405 IN IP4 192.0.2.9\r\n\
    s=-\r\n\
    c=IN IP4 192.0.2.9\r\n\
    t=0 0\r\n\
    m=audio 40376 RTP/AVP 8 101\r\n\
    a=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:101 telephone-event/8000\r\n\
    a=fmtp:101 0-15\r\n";

const OPTIONS: &str = "OPTIONS sip:192.0.2.1:5060 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bKNUMBER\r\n\
    Max-Forwards: 70\r\n\
    From: <sip:ping@192.0.2.9>;tag=NUMBER\r\n\
    To: <sip:192.0.2.1>\r\n\
    Call-ID: NUMBER@192.0.2.9\r\n\
    CSeq: 1 OPTIONS\r\n\
    Contact: <sip:ping@192.0.2.9:5060>\r\n\
    Accept: application/sdp\r\n\
    Content-Length: 0\r\n\
    \r\n";

criterion_group!(benches, stray_response, options);
criterion_main!(benches);
