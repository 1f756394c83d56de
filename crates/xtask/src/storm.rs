//! `cargo xtask storm`: floods from strangers and from single accounts, and who is still served.
//!
//! The real engine runs on loopback. Strangers attack from 127.0.0.9 and the addresses after it; the
//! trunk at 127.0.0.2 sends OPTIONS over UDP and TCP, a person logs in and uses the console, and the
//! answers that these two get are measured.

#![allow(clippy::print_stdout, reason = "a task's output is for the person at the terminal")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use crate::load::{Engine, fault, write_config};
use crate::step::{Failure, Summary, cargo, target};

#[derive(Args)]
pub(crate) struct Arguments {
    /// How long each flood is measured, in seconds
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// The program to flood; a release build without it
    #[arg(long)]
    program: Option<PathBuf>,
    /// TCP connections of one byte
    #[arg(long, default_value_t = 4_096)]
    connections: usize,
    /// Requests to a webhook whose body never ends
    #[arg(long, default_value_t = 4_200)]
    posts: usize,
    /// Live streams of one token
    #[arg(long, default_value_t = 2_000)]
    streams: usize,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut summary = Summary::default();
    let mut rows = Vec::new();
    let mut result = match arguments.program {
        Some(_) => Ok(()),
        None => summary.step("build", || {
            cargo(&["build", "--release", "--locked", "--package", "heartline"], &[])
        }),
    };
    if result.is_ok() {
        let most = arguments.connections.max(arguments.posts).max(arguments.streams);
        result = summary.step("descriptors", || raise_descriptors(most));
    }
    for flood in FLOODS {
        if result.is_err() {
            break;
        }
        result = summary.step(flood.name(), || {
            rows.push(measure(flood, arguments)?);
            Ok(())
        });
    }
    if !rows.is_empty() {
        println!("\n{HEAD}");
        rows.iter().for_each(|row| println!("{row}"));
    }
    summary.close(result)
}

/// A kind of flood; `Calm` is none, to compare with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flood {
    Calm,
    OneByte,
    LineFeeds,
    Posts,
    Streams,
    Guesses,
}

impl Flood {
    fn name(self) -> &'static str {
        match self {
            Flood::Calm => "calm",
            Flood::OneByte => "SIP connections of one byte",
            Flood::LineFeeds => "line feeds over SIP/TCP",
            Flood::Posts => "unfinished POSTs to a webhook",
            Flood::Streams => "live streams of one token",
            Flood::Guesses => "wrong passwords from 7 addresses",
        }
    }
}

const FLOODS: [Flood; 6] =
    [Flood::Calm, Flood::OneByte, Flood::LineFeeds, Flood::Posts, Flood::Streams, Flood::Guesses];

/// A running engine with two accounts.
struct Target {
    _engine: Engine,
    udp: SocketAddr,
    tcp: SocketAddr,
    http: SocketAddr,
    person: Person,
    /// The token of the account that floods.
    token: String,
}

#[derive(Clone)]
struct Person {
    name: &'static str,
    password: String,
}

fn measure(flood: Flood, arguments: &Arguments) -> Result<String, Failure> {
    let folder = target().join("storm");
    let program = arguments.program.clone().unwrap_or_else(|| target().join("release/heartline"));
    let target_engine = start(&program, &folder)?;
    let stop = AtomicBool::new(false);
    let held = open_connections(flood, arguments, &target_engine);
    let (answers, tried) = thread::scope(|scope| {
        let threads: Vec<_> = (0..senders(flood))
            .map(|n| {
                let (target_engine, stop) = (&target_engine, &stop);
                scope.spawn(move || send_until(flood, n, target_engine, stop))
            })
            .collect();
        let answers = watch(&target_engine, Duration::from_secs(arguments.seconds));
        stop.store(true, Ordering::Relaxed);
        let tried: usize = threads.into_iter().filter_map(|one| one.join().ok()).sum();
        (answers, tried)
    });
    drop(held);
    let note = match flood {
        Flood::Guesses => format!("{tried} guesses verified"),
        _ => String::new(),
    };
    let is_served = answers.is_served();
    let row = answers.row(flood.name(), &note);
    println!("    {row}");
    if !is_served {
        return Err(fault("an answer was missing, as the row says".to_owned()));
    }
    Ok(row)
}

fn start(program: &Path, folder: &Path) -> Result<Target, Failure> {
    write_config(folder).map_err(|e| fault(format!("{}: {e}", folder.display())))?;
    let config = folder.join("config");
    fs::write(config.join("trunks.toml"), TRUNK_TOML).map_err(|e| fault(e.to_string()))?;
    // The accounts made here must work without a second person.
    let general = config.join("heartline.toml");
    let text = fs::read_to_string(&general).map_err(|e| fault(e.to_string()))?;
    fs::write(&general, format!("{text}{DUTIES_TOML}")).map_err(|e| fault(e.to_string()))?;
    let run = |arguments: &[&str]| {
        let output = Command::new(program)
            .args(arguments)
            .arg("--config")
            .arg(&config)
            .arg("--data")
            .arg(folder.join("data"))
            .stderr(Stdio::null())
            .output();
        let printed = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let printed =
            printed.map_err(|e| Failure::unavailable(format!("{}: {e}", program.display())))?;
        let word = printed.split_whitespace().last().map(str::to_owned);
        word.ok_or_else(|| fault(format!("heartline {} prints nothing", arguments.join(" "))))
    };
    let password = run(&["user", "add", "wang", "--role", "supervisor", "--create"])?;
    run(&["user", "add", "wall", "--role", "supervisor"])?;
    let token = run(&["token", "wall"])?;
    let mut engine = Engine::start(program, folder)?;
    let address = |text: String| {
        text.parse::<SocketAddr>().map_err(|e| fault(format!("\"{text}\" is not an address: {e}")))
    };
    let udp = address(engine.ready()?)?;
    let tcp = address(engine.logged_after("SIP over Tcp at ")?)?;
    let http = address(engine.logged_after("console at http://")?)?;
    let person = Person { name: "wang", password };
    Ok(Target { _engine: engine, udp, tcp, http, person, token })
}

/// Opens the flood's connections and returns those that the engine accepted.
fn open_connections(flood: Flood, arguments: &Arguments, target_engine: &Target) -> Vec<TcpStream> {
    let (count, to, begun) = match flood {
        Flood::OneByte => (arguments.connections, target_engine.tcp, "O".to_owned()),
        Flood::Posts => {
            let head = "POST /hooks/any HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{";
            (arguments.posts, target_engine.http, head.to_owned())
        }
        Flood::Streams => {
            let head = format!(
                "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
                target_engine.token
            );
            (arguments.streams, target_engine.http, head)
        }
        Flood::Calm | Flood::LineFeeds | Flood::Guesses => return Vec::new(),
    };
    let connect = |n: usize| {
        let mut stream = connect_from(&stranger(n), to).ok()?;
        // The engine may have closed it already to make room for another.
        let _closed = stream.write_all(begun.as_bytes());
        Some(stream)
    };
    (0..count).filter_map(connect).collect()
}

/// How many strangers send without a pause while the measurement lasts.
fn senders(flood: Flood) -> usize {
    match flood {
        Flood::LineFeeds => 4,
        Flood::Guesses => 7,
        Flood::Calm | Flood::OneByte | Flood::Posts | Flood::Streams => 0,
    }
}

/// Sends until `stop` is set. Returns how many guesses of a password were verified.
fn send_until(flood: Flood, n: usize, target_engine: &Target, stop: &AtomicBool) -> usize {
    let mut tried = 0;
    let feeds = [b'\n'; 65_536];
    while !stop.load(Ordering::Relaxed) {
        if flood == Flood::Guesses {
            let guess =
                Person { password: "not-the-password".to_owned(), ..target_engine.person.clone() };
            tried += usize::from(log_in(target_engine, &stranger(n), &guess) == Some(401));
            continue;
        }
        let Ok(mut stream) = connect_from(&stranger(n), target_engine.tcp) else { continue };
        while !stop.load(Ordering::Relaxed) && stream.write_all(&feeds).is_ok() {}
    }
    tried
}

/// The answers that the trunk and the person got.
#[derive(Default)]
struct Answers {
    udp_ms: Vec<f64>,
    udp_lost: usize,
    tcp: (usize, usize),
    console_ms: Vec<f64>,
    console_lost: usize,
    log_ins: (usize, usize),
}

fn watch(target_engine: &Target, span: Duration) -> Answers {
    let until = Instant::now() + span;
    let is_running = || Instant::now() < until;
    let (mut udp, mut tcp, mut console, mut people) =
        (Answers::default(), Answers::default(), Answers::default(), Answers::default());
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 0;
            while is_running() {
                n += 1;
                match by_udp(target_engine.udp, n) {
                    Some(ms) => udp.udp_ms.push(ms),
                    None => udp.udp_lost += 1,
                }
                thread::sleep(Duration::from_millis(5));
            }
        });
        scope.spawn(|| {
            while is_running() {
                tcp.tcp.0 += usize::from(by_tcp(target_engine.tcp).is_some());
                tcp.tcp.1 += 1;
                thread::sleep(Duration::from_millis(50));
            }
        });
        scope.spawn(|| {
            while is_running() {
                let began = Instant::now();
                match http(target_engine, "127.0.0.1", "GET /api/v1/hotline", "") {
                    Some(200) => console.console_ms.push(ms_since(began)),
                    _ => console.console_lost += 1,
                }
                thread::sleep(Duration::from_millis(20));
            }
        });
        scope.spawn(|| {
            while is_running() {
                people.log_ins.0 += usize::from(
                    log_in(target_engine, "127.0.0.1", &target_engine.person) == Some(200),
                );
                people.log_ins.1 += 1;
                thread::sleep(Duration::from_millis(200));
            }
        });
    });
    Answers {
        tcp: tcp.tcp,
        console_ms: console.console_ms,
        console_lost: console.console_lost,
        log_ins: people.log_ins,
        ..udp
    }
}

impl Answers {
    /// Whether no answer was missing.
    fn is_served(&self) -> bool {
        let all = |(done, all): (usize, usize)| done == all && all > 0;
        let none_lost = self.udp_lost == 0 && self.console_lost == 0;
        none_lost && all(self.tcp) && all(self.log_ins) && !self.udp_ms.is_empty()
    }

    fn row(mut self, name: &str, note: &str) -> String {
        let udp = spread(&mut self.udp_ms);
        let console = spread(&mut self.console_ms);
        let of = |(done, all): (usize, usize)| format!("{done} of {all}");
        format!(
            "| {name} | {udp} | {} | {} | {console} | {} | {} | {note} |",
            self.udp_lost,
            of(self.tcp),
            self.console_lost,
            of(self.log_ins)
        )
    }
}

/// Median and 99th percentile.
fn spread(ms: &mut [f64]) -> String {
    ms.sort_by(f64::total_cmp);
    let at = |part: f64| ms.get((ms.len() as f64 * part) as usize).or(ms.last()).copied();
    match at(0.5).zip(at(0.99)) {
        Some((median, worst)) => format!("{median:.2} / {worst:.2}"),
        None => "-".to_owned(),
    }
}

pub(crate) fn by_udp(sip: SocketAddr, n: usize) -> Option<f64> {
    let socket = UdpSocket::bind("127.0.0.2:0").ok()?;
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    let began = Instant::now();
    socket.send_to(options("UDP", socket.local_addr().ok()?, sip, n).as_bytes(), sip).ok()?;
    let mut buffer = [0; 2_048];
    let length = socket.recv(&mut buffer).ok()?;
    buffer.get(..length)?.starts_with(b"SIP/2.0 200").then(|| ms_since(began))
}

fn by_tcp(sip: SocketAddr) -> Option<()> {
    let mut stream = connect_from("127.0.0.2", sip).ok()?;
    let ask = options("TCP", stream.local_addr().ok()?, sip, 1);
    stream.write_all(ask.as_bytes()).ok()?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).ok()?;
    line.starts_with("SIP/2.0 200").then_some(())
}

fn options(transport: &str, from: SocketAddr, to: SocketAddr, n: usize) -> String {
    format!(
        "OPTIONS sip:{to} SIP/2.0\r\n\
         Via: SIP/2.0/{transport} {from};branch=z9hG4bK{n}x{port};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:t@{from}>;tag=1\r\nTo: <sip:{to}>\r\n\
         Call-ID: {n}@{from}\r\nCSeq: {n} OPTIONS\r\nContent-Length: 0\r\n\r\n",
        port = from.port()
    )
}

fn log_in(target_engine: &Target, from: &str, person: &Person) -> Option<u16> {
    let body = serde_json::json!({ "name": person.name, "password": person.password }).to_string();
    http(target_engine, from, "POST /api/v1/login", &body)
}

/// Sends one request and returns the status of its answer.
fn http(target_engine: &Target, from: &str, what: &str, body: &str) -> Option<u16> {
    let mut stream = connect_from(from, target_engine.http).ok()?;
    let length = body.len();
    let ask = format!(
        "{what} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(ask.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let status = answer.get(9..12).and_then(|status| std::str::from_utf8(status).ok());
    status.and_then(|status| status.parse().ok())
}

/// The address of a stranger. Seven of them share the connections of a flood.
fn stranger(n: usize) -> String {
    format!("127.0.0.{}", 9 + n % 7)
}

fn connect_from(host: &str, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
    let from: SocketAddr = SocketAddr::new(host.parse().map_err(std::io::Error::other)?, 0);
    socket.bind(&from.into())?;
    socket.connect_timeout(&to.into(), PATIENCE)?;
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn ms_since(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1_000.0
}

/// Raises the limit of open files, because this process holds all connections of a flood and the
/// engine inherits the limit.
fn raise_descriptors(most: usize) -> Result<(), Failure> {
    let needed = most + DESCRIPTORS_BESIDE;
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let mut numbers = line.unwrap_or_default().split_whitespace();
    let mut number = || numbers.next().and_then(|text| text.parse::<usize>().ok());
    let (soft, hard) = (number().unwrap_or(0), number().unwrap_or(usize::MAX));
    if soft >= needed {
        return Ok(());
    }
    let pid = std::process::id().to_string();
    let limit = format!("--nofile={needed}:{}", hard.max(needed));
    let raised = Command::new("prlimit").args(["--pid", &pid, &limit]).status();
    match raised {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Failure::unavailable(format!(
            "{needed} descriptors are needed, {soft} are allowed: see `ulimit -n`"
        ))),
    }
}

/// The engine's voice ports, files and other connections.
const DESCRIPTORS_BESIDE: usize = 10_000;
const PATIENCE: Duration = Duration::from_secs(5);
const TRUNK_TOML: &str = "[[trunk]]\nname = \"telecom\"\nsources = [\"127.0.0.2\"]\n";
const DUTIES_TOML: &str = "\n[duties]\nsmall_office = true\n";
const HEAD: &str = "\
| flood | SIP/UDP p50 / p99, ms | lost | SIP/TCP answered | console p50 / p99, ms | lost | log-ins | |
|---|---|---|---|---|---|---|---|";
