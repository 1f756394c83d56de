//! TCP connections of registered phones, and of strangers who hold or flood them.

use std::time::Duration;

use crate::lab::*;
use primitives::{LegId, SeatId};
use proptest::prelude::*;
use sip::{Command, Event, Flow, LegEnd, StreamLimits, Transport, shield::KnownSource};

/// A center that allows few connections.
fn small(seed: u64) -> (Lab, usize) {
    let mut config = center_config();
    config.streams = StreamLimits {
        total: 8,
        per_stranger: 3,
        per_known: 5,
        per_trunk: 4,
        ..StreamLimits::default()
    };
    let mut lab = Lab::new(seed);
    let center = lab.host(CENTER, config);
    (lab, center)
}

/// A phone that registers by TCP; gives its connection as the center sees it.
fn phone_on_tcp(lab: &mut Lab, center: usize, addr: &str, seat: u32) -> Flow {
    let phone = lab.host(addr, phone_config());
    let Command::Register(mut wanted) = register(seat, 3_600) else { unreachable!() };
    wanted.transport = Transport::Tcp;
    lab.tell(phone, Command::Register(wanted));
    lab.run_s(1);
    let reached = Event::SeatReached { seat: SeatId(seat) };
    assert!(lab.events(center).contains(&reached), "seat {seat} is not registered");
    let (local, remote) = (lab.hosts[center].addr, lab.hosts[phone].addr);
    Flow { transport: Transport::Tcp, local, remote }
}

fn stranger(n: usize) -> String {
    format!("203.0.113.{}:{}", n / 100 + 1, 10_000 + n)
}

/// Something a stranger may ask, as a stream carries it.
fn whole(from: &str, branch: &str) -> Vec<u8> {
    format!(
        "REGISTER sip:10.0.0.1 SIP/2.0\r\n\
         Via: SIP/2.0/TCP {from};branch=z9hG4bK{branch}\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:1001@10.0.0.1>;tag=theirs\r\n\
         To: <sip:1001@10.0.0.1>\r\n\
         Call-ID: call-of-{from}\r\n\
         CSeq: 1 REGISTER\r\n\
         Contact: <sip:1001@203.0.113.9>\r\n\
         Content-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

#[test]
fn connections_of_one_byte_displace_strangers_only() {
    let (mut lab, center) = small(1);
    let before = phone_on_tcp(&mut lab, center, "192.168.1.1:6000", 1001);
    for n in 0..100 {
        let flow = lab.connect(&stranger(n), center);
        lab.stream(flow, center, b"O");
        assert!(lab.hosts[center].streams.len() <= 8);
    }
    // A phone that connects now is accepted, and keeps its connection.
    let after = phone_on_tcp(&mut lab, center, "192.168.1.2:6000", 1002);
    for n in 100..200 {
        lab.connect(&stranger(n), center);
    }
    assert!(lab.is_open(center, before) && lab.is_open(center, after));
    assert_eq!(lab.events(center), []);
    // Then all of them time out.
    lab.run_s(16);
    assert_eq!(lab.hosts[center].streams.len(), 2);
    lab.run_s(1_000);
    assert!(lab.is_open(center, before) && lab.is_open(center, after));
}

#[test]
fn address_holds_no_more_than_its_share() {
    let (mut lab, center) = small(2);
    let other = lab.connect("198.51.100.1:1", center);
    let flows: Vec<Flow> =
        (1..=6).map(|port| lab.connect(&format!("203.0.113.9:{port}"), center)).collect();
    let open: Vec<bool> = flows.iter().map(|flow| lab.is_open(center, *flow)).collect();
    assert_eq!(open, [false, false, false, true, true, true]);
    assert!(lab.is_open(center, other));
    // An address with a registered phone may hold more.
    phone_on_tcp(&mut lab, center, "192.168.1.1:6000", 1001);
    (1..=3).for_each(|port| {
        lab.connect(&format!("192.168.1.1:{port}"), center);
    });
    let beside =
        lab.hosts[center].streams.iter().filter(|flow| flow.remote.ip() != other.remote.ip());
    let beside = beside.filter(|flow| flow.remote.ip().to_string() == "192.168.1.1").count();
    assert_eq!(beside, 4);
}

#[test]
fn office_known_before_restart_holds_its_share_before_a_phone_registers() {
    let mut config = center_config();
    config.streams = StreamLimits { per_stranger: 1, per_known: 5, ..StreamLimits::default() };
    config.known_sources =
        vec![KnownSource { address: [203, 0, 113, 9].into(), seen_at: Lab::new(0).now }];
    let mut lab = Lab::new(9);
    let center = lab.host(CENTER, config);
    for (host, held) in [("203.0.113.9", 5), ("203.0.113.10", 1)] {
        let flows: Vec<Flow> =
            (1..=6).map(|port| lab.connect(&format!("{host}:{port}"), center)).collect();
        assert_eq!(flows.iter().filter(|flow| lab.is_open(center, **flow)).count(), held, "{host}");
    }
}

#[test]
fn connection_we_opened_is_closed_when_nothing_needs_it_any_more() {
    let (mut lab, center) = small(10);
    let phone = lab.host("10.9.0.5:6000", phone_config());
    lab.tell(center, dial_uri(2, "sip:1001@10.9.0.5:6000;transport=tcp"));
    lab.run_s(1);
    let leg = lab.incoming(phone).leg;
    lab.tell(phone, ring(leg));
    // It rings for longer than the idle limit, and then they talk for longer.
    lab.run_s(170);
    lab.tell(phone, accept(leg));
    lab.run_s(600);
    let (local, remote) = (lab.hosts[center].addr, lab.hosts[phone].addr);
    let flow = Flow { transport: Transport::Tcp, local, remote };
    assert!(lab.is_open(center, flow));
    lab.tell(center, hang_up(LegId(2)));
    lab.run_s(300);
    assert!(!lab.is_open(center, flow));
    assert_eq!(
        lab.events(phone),
        [Event::Confirmed { leg, remote: None }, ended(leg, LegEnd::ByeReceived)]
    );
    assert!(lab.hosts[center].endpoint.is_idle());
}

#[test]
fn line_feeds_cost_a_stranger_its_connection() {
    let (mut lab, center) = small(3);
    let flow = lab.connect(&stranger(1), center);
    lab.stream(flow, center, &whole(&stranger(1), "a"));
    assert_eq!(lab.heard_by(&stranger(1)), ["SIP/2.0 401 Unauthorized"]);
    lab.stream(flow, center, &[b'\n'; 16_384]);
    assert!(!lab.is_open(center, flow));
    assert!(lab.hosts[center].endpoint.counts().dropped_strangers > 0);
}

#[test]
fn messages_sent_byte_by_byte_are_charged() {
    let (mut lab, center) = small(4);
    let flow = lab.connect(&stranger(1), center);
    for byte in whole(&stranger(1), "a") {
        lab.stream(flow, center, &[byte]);
    }
    assert!(!lab.is_open(center, flow));
    assert_eq!(lab.heard_by(&stranger(1)), Vec::<String>::new());
}

#[test]
fn phone_that_pings_by_single_line_ends_keeps_its_connection() {
    let (mut lab, center) = small(5);
    let flow = phone_on_tcp(&mut lab, center, "192.168.1.1:6000", 1001);
    for _ in 0..100 {
        lab.run_s(30);
        lab.stream(flow, center, b"\r\n");
    }
    assert!(lab.is_open(center, flow));
}

#[test]
fn connection_of_unregistered_phone_is_closed() {
    let (mut lab, center) = small(6);
    let phone = lab.host("192.168.1.1:6000", phone_config());
    let Command::Register(mut wanted) = register(1001, 300) else { unreachable!() };
    wanted.transport = Transport::Tcp;
    lab.tell(phone, Command::Register(wanted.clone()));
    lab.run_s(1);
    wanted.expires = Duration::ZERO;
    lab.tell(phone, Command::Register(wanted));
    lab.run_s(400);
    assert_eq!(lab.hosts[center].streams.len(), 0);
    assert!(lab.hosts[center].endpoint.is_idle());
}

#[test]
fn seat_becomes_unreachable_when_its_unreadable_connection_is_closed() {
    let (mut lab, center) = small(7);
    let flow = phone_on_tcp(&mut lab, center, "192.168.1.1:6000", 1001);
    lab.events(center);
    let without_length = "OPTIONS sip:a@b SIP/2.0\r\nCall-ID: x\r\n\r\n";
    lab.stream(flow, center, without_length.as_bytes());
    assert!(!lab.is_open(center, flow));
    assert_eq!(lab.events(center), [Event::SeatUnreached { seat: SeatId(1001) }]);
}

#[derive(Clone, Debug)]
enum Step {
    Connect(usize),
    Trunk(u16),
    Bytes(usize, Vec<u8>),
    Whole(usize),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..300_usize).prop_map(Step::Connect),
        1 => (1..50_u16).prop_map(Step::Trunk),
        3 => (0..300_usize, prop::collection::vec(any::<u8>(), 0..200)).prop_map(|(n, b)| Step::Bytes(n, b)),
        2 => (0..300_usize).prop_map(Step::Whole),
        1 => (0..40_u64).prop_map(Step::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// A registered phone's connection stays whatever strangers send, and the table is bounded.
    #[test]
    fn strangers_never_close_a_registered_connection(steps in prop::collection::vec(step(), 1..150)) {
        let (mut lab, center) = small(8);
        let phone = phone_on_tcp(&mut lab, center, "192.168.1.1:6000", 1001);
        let mut flows = Vec::new();
        for step in steps {
            let of = |flows: &Vec<Flow>, n: usize| (!flows.is_empty()).then(|| flows[n % flows.len()]);
            match step {
                Step::Connect(n) => flows.push(lab.connect(&stranger(n), center)),
                Step::Trunk(port) => {
                    lab.connect(&format!("10.9.0.9:{port}"), center);
                }
                Step::Bytes(n, bytes) => {
                    if let Some(flow) = of(&flows, n) {
                        lab.stream(flow, center, &bytes);
                    }
                }
                Step::Whole(n) => {
                    if let Some(flow) = of(&flows, n) {
                        lab.stream(flow, center, &whole(&flow.remote.to_string(), &format!("b{n}")));
                    }
                }
                Step::Wait(seconds) => lab.run_s(seconds),
            }
            let open = &lab.hosts[center].streams;
            prop_assert!(open.contains(&phone));
            prop_assert!(open.len() <= 8, "{} are open", open.len());
            let from = |ip: &str| open.iter().filter(|flow| flow.remote.ip().to_string() == ip).count();
            prop_assert!(from("203.0.113.1") <= 3 && from("10.9.0.9") <= 4);
        }
    }
}
