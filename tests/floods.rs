//! Floods by unknown hosts and by single accounts: all others are still served.

mod support;

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    sync::Barrier,
    thread::{self, ScopedJoinHandle},
};

use serde_json::json;
use support::{Api, Installation, PATIENCE, TRUNK, until};

/// An address that belongs to no trunk, seat or proxy.
const STRANGER: &str = "127.0.0.9";

fn connect_from(host: &str, to: SocketAddr) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&format!("{host}:0").parse::<SocketAddr>().unwrap().into()).unwrap();
    socket.connect(&to.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// An OPTIONS request of the trunk.
fn options(transport: &str, from: SocketAddr, to: SocketAddr, n: usize) -> String {
    format!(
        "OPTIONS sip:{to} SIP/2.0\r\n\
         Via: SIP/2.0/{transport} {from};branch=z9hG4bK{n}x{port};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:t@{from}>;tag=1\r\nTo: <sip:{to}>\r\n\
         Call-ID: {n}@{from}\r\nCSeq: {n} OPTIONS\r\nContent-Length: 0\r\n\r\n",
        port = from.port()
    )
}

/// Whether the trunk is answered over a new TCP connection.
fn is_served_by_tcp(sip: SocketAddr) -> bool {
    let mut stream = connect_from(TRUNK, sip);
    let ask = options("TCP", stream.local_addr().unwrap(), sip, 1);
    stream.write_all(ask.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).is_ok_and(|_| line.starts_with("SIP/2.0 200"))
}

/// Sends a number of requests by UDP and returns how many are answered.
fn served_by_udp(sip: SocketAddr, count: usize) -> usize {
    let socket = UdpSocket::bind(format!("{TRUNK}:0")).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let from = socket.local_addr().unwrap();
    let answered = (1..=count).filter(|n| {
        socket.send_to(options("UDP", from, sip, *n).as_bytes(), sip).unwrap();
        let mut buffer = [0; 2_048];
        socket.recv(&mut buffer).is_ok_and(|length| buffer[..length].starts_with(b"SIP/2.0 200"))
    });
    answered.count()
}

#[test]
fn one_byte_connections_do_not_block_sip_over_tcp() {
    let installation = Installation::with_seats(1);
    installation.edit("heartline.toml", |text| {
        format!("{text}\n[sip.streams]\ntotal = 64\nper_stranger = 48\n")
    });
    let engine = installation.start();
    let mut held = Vec::new();
    for n in 0..200 {
        let mut stream = connect_from(&format!("127.0.0.{}", 9 + n % 4), engine.sip);
        // The engine may have closed it already.
        let _ = stream.write_all(b"O");
        held.push(stream);
    }
    assert!(is_served_by_tcp(engine.sip));
    assert_eq!(served_by_udp(engine.sip, 10), 10);
    // All are closed in the end: some to make room, the others for being too slow.
    let is_closed = |stream: &mut TcpStream| match stream.read(&mut [0]) {
        Ok(length) => length == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    };
    assert!(held.iter_mut().all(is_closed));
    assert!(engine.is_healthy());
}

#[test]
fn keep_alive_flood_on_tcp_does_not_delay_datagrams() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let sip = engine.sip;
    let stop = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let feeds = [b'\n'; 65_536];
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let mut stream = connect_from(STRANGER, sip);
                    while stream.write_all(&feeds).is_ok() {}
                }
            });
        }
        let answered = served_by_udp(sip, 200);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(answered, 200);
    });
    assert!(is_served_by_tcp(sip));
}

#[test]
fn unfinished_webhook_requests_do_not_block_the_console() {
    let installation = Installation::with_seats(1);
    installation.edit("heartline.toml", |text| {
        format!("{text}\n[http]\nproxies = []\nconnections = 32\nconnections_per_address = 24\n")
    });
    let password = installation.add_person("wang", "supervisor");
    let engine = installation.start();
    let mut held = Vec::new();
    for n in 0..200 {
        let mut stream = connect_from(&format!("127.0.0.{}", 9 + n % 4), engine.http);
        let head = "POST /hooks/any HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{";
        let _ = stream.write_all(head.as_bytes());
        held.push(stream);
        if n % 20 == 0 {
            let person = json!({ "name": "wang", "password": password });
            let answer = engine.api_as(None).post("/api/v1/login", &person);
            assert_eq!(answer.status, 200, "after {n}: {}", answer.text());
        }
    }
    assert!(engine.is_healthy());
}

#[test]
fn live_streams_of_one_token_leave_room_for_others() {
    let installation = Installation::with_seats(1);
    installation
        .edit("heartline.toml", |text| format!("{text}\n[http]\nstreams_per_account = 4\n"));
    installation.add_person("wang", "supervisor");
    let token = installation.token("wang");
    let engine = installation.start();
    let open = |token: &str| {
        let mut stream = connect_from(STRANGER, engine.http);
        let ask = format!(
            "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(ask.as_bytes()).unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        (stream, String::from_utf8_lossy(&head).into_owned())
    };
    let wang: Vec<_> = (0..20).map(|_| open(&token)).collect();
    let taken = wang.iter().filter(|(_, head)| head == "HTTP/1.1 200").count();
    assert_eq!(taken, 4);
    assert!(wang.iter().all(|(_, head)| head == "HTTP/1.1 200" || head == "HTTP/1.1 429"));
    let chief = installation.token("chief");
    until("the other's token is known", || (open(&chief).1 == "HTTP/1.1 200").then_some(()));
}

#[test]
fn eighty_concurrent_logins_succeed() {
    let installation = Installation::with_seats(1);
    let clerks: Vec<(String, String)> = (0..80)
        .map(|n| (format!("clerk-{n}"), installation.add_person(&format!("clerk-{n}"), "agent")))
        .collect();
    let engine = installation.start();
    let http = engine.http;
    let log_in = |name: &str, password: &str| {
        let asked = json!({ "name": name, "password": password });
        Api::new(http, None).post("/api/v1/login", &asked).status
    };
    // A shift begins: all log in at the same moment from one address, and some mistype.
    let (mistyped, right) = (20, clerks.len());
    let start = Barrier::new(mistyped + right);
    let (refused, let_in): (Vec<u16>, Vec<u16>) = thread::scope(|scope| {
        let at_once = |name, password| {
            let (start, log_in) = (&start, &log_in);
            scope.spawn(move || {
                start.wait();
                log_in(name, password)
            })
        };
        let wrong: Vec<_> =
            clerks[..mistyped].iter().map(|(name, _)| at_once(name, "not-the-password")).collect();
        let right: Vec<_> = clerks.iter().map(|(name, own)| at_once(name, own)).collect();
        let statuses = |all: Vec<ScopedJoinHandle<'_, u16>>| {
            all.into_iter().map(|one| one.join().unwrap()).collect()
        };
        (statuses(wrong), statuses(right))
    });
    assert_eq!(refused, vec![401; mistyped]);
    assert_eq!(let_in, vec![200; right]);
    let known = engine
        .events
        .wait_for_count("all log-ins", right, |record| record["event"] == "PersonLoggedIn");
    let known: BTreeSet<&str> =
        known.iter().filter_map(|record| record["of"]["account"].as_str()).collect();
    assert_eq!(known, clerks.iter().map(|(name, _)| name.as_str()).collect());

    // Wrong passwords of one account delay only that account.
    let (name, password) = &clerks[0];
    let wrong: Vec<u16> = (0..8).map(|_| log_in(name, "not-the-password")).collect();
    assert_eq!(wrong.last(), Some(&429));
    let (other, others) = &clerks[1];
    assert_eq!(log_in(other, others), 200);
    until("the wait is over", || (log_in(name, password) == 200).then_some(()));
}
