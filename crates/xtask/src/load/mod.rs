//! `cargo xtask load`: what calls, voice and memory cost on one core, measured on this machine, and
//! what voice costs by a bare relay and by other programs in the same run.
//!
//! Each scenario starts an engine of its own on the first core; `heartline load` plays callers and
//! seats on the second and reads the engine's time and memory from proc(5).

#![allow(clippy::print_stdout, reason = "a task's output is for the person at the terminal")]

pub(crate) mod relay;
mod rtpengine;
mod voice;

use std::fs::{self, File};
use std::net::{Ipv4Addr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::Value;

use crate::step::{Failure, Summary, cargo, root, target};

#[derive(Args)]
pub(crate) struct Arguments {
    /// How long each scenario is measured, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// The cargo profile of the engine: dist is what a package has, release what `cargo run` builds
    #[arg(long, default_value = "dist")]
    profile: String,
    /// How many talks the voice scenario has at once
    #[arg(long, default_value_t = 200)]
    talks: u32,
    /// How many recorded calls are compared with a bare relay and other programs, one row each
    #[arg(long, value_delimiter = ',', default_values_t = [10, 100, 400])]
    compare: Vec<u32>,
    /// Compare only
    #[arg(long)]
    only_compare: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut summary = Summary::default();
    let mut measured = Vec::new();
    let mut result = summary.step("build", || {
        let profile = &arguments.profile;
        cargo(&["build", "--profile", profile, "--locked", "--package", "heartline"], &[])
    });
    for scenario in scenarios(arguments) {
        if result.is_err() || arguments.only_compare {
            break;
        }
        result = summary.step(scenario.name, || {
            measured.push(play(&scenario, arguments)?);
            Ok(())
        });
    }
    if let [signalling, voice, queue] = measured.as_slice() {
        println!("\n{}", table(signalling, voice, queue));
    }
    let mut rows = Vec::new();
    for calls in &arguments.compare {
        if result.is_err() {
            break;
        }
        result = summary.step(&format!("voice of {calls} calls"), || {
            rows.extend(voice::measure(*calls, arguments)?);
            Ok(())
        });
    }
    if !rows.is_empty() {
        println!("\n{}", voice::table(&rows));
    }
    summary.close(result)
}

struct Scenario {
    name: &'static str,
    seats: u32,
    play: Vec<String>,
}

fn scenarios(arguments: &Arguments) -> [Scenario; 3] {
    let talks = arguments.talks;
    [
        // Short talks without voice: the cost of setup, offer, end and log.
        Scenario {
            name: "signalling",
            seats: 200,
            play: words("--calls-per-second 150 --talk 100ms --mute"),
        },
        // Long talks: the cost of relaying and recording, and the memory of a call.
        Scenario {
            name: "voice",
            seats: talks,
            play: words(&format!("--calls-per-second 50 --calls {talks} --talk 2h --warm-up 15s")),
        },
        // More callers than seats: how soon a seat that hangs up gets the next call.
        Scenario { name: "queue", seats: 50, play: words("--calls-per-second 55 --talk 1s") },
    ]
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn play(scenario: &Scenario, arguments: &Arguments) -> Result<Value, Failure> {
    let folder = target().join("load").join(scenario.name);
    write_config(&folder).map_err(|e| fault(format!("{}: {e}", folder.display())))?;
    let program = target().join(&arguments.profile).join("heartline");
    let mut engine = Engine::start(&program, &folder)?;
    let sip = engine.ready()?;
    let mut player = pinned(PLAYERS_CORE, &program);
    player
        .args(["load", "--engine", &sip, "--pid", &engine.process.id().to_string()])
        .args(["--seats", &scenario.seats.to_string()])
        .args(["--for", &format!("{}s", arguments.seconds)])
        .arg("--config")
        .arg(folder.join("config"))
        .arg("--data")
        .arg(folder.join("data"))
        .args(&scenario.play);
    players(&mut player)
}

/// Runs the players and returns what they measured.
fn players(command: &mut Command) -> Result<Value, Failure> {
    let played = command
        .stderr(Stdio::null())
        .output()
        .map_err(|e| Failure::unavailable(format!("the players did not start: {e}")))?;
    if !played.status.success() {
        return Err(fault(format!("the players ended with {}", played.status)));
    }
    let measured: Value = serde_json::from_slice(&played.stdout)
        .map_err(|e| fault(format!("the output of the players cannot be read: {e}")))?;
    println!("    {measured}");
    Ok(measured)
}

/// The config as shipped, with seats that are ready when they register, no wrap-up, no greeting,
/// and the players' address as a trunk.
pub(crate) fn write_config(folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let config = folder.join("config");
    copy(&root().join("config"), &config)?;
    fs::write(config.join("lines.toml"), LINES)?;
    fs::write(config.join("queues.toml"), QUEUES)?;
    fs::write(config.join("seats.toml"), SEATS)?;
    fs::write(config.join("trunks.toml"), TRUNKS)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A running engine; dropping it ends the process.
pub(crate) struct Engine {
    process: Child,
    log: PathBuf,
}

impl Engine {
    pub(crate) fn start(program: &Path, folder: &Path) -> Result<Engine, Failure> {
        let log = folder.join("engine.log");
        let to = File::create(&log).map_err(|e| fault(format!("{}: {e}", log.display())))?;
        let process = pinned(ENGINES_CORE, program)
            .args(["serve", "--sip", "127.0.0.1:0", "--http", "127.0.0.1:0"])
            .args(["--rtp-ports", "auto:2000"])
            .arg("--config")
            .arg(folder.join("config"))
            .arg("--data")
            .arg(folder.join("data"))
            .arg("--recordings")
            .arg(folder.join("recordings"))
            .env("NO_COLOR", "1")
            .stdout(Stdio::null())
            .stderr(to)
            .spawn()
            .map_err(|e| Failure::unavailable(format!("the engine did not start: {e}")))?;
        Ok(Engine { process, log })
    }

    /// Waits until the engine takes calls, 30 s at most, and returns its SIP address.
    pub(crate) fn ready(&mut self) -> Result<String, Failure> {
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            let at = log.lines().find_map(|line| line.split_once("SIP over Udp at "));
            if let Some((_, at)) = at.filter(|_| log.lines().any(|line| line.ends_with("ready"))) {
                return Ok(at.trim().to_owned());
            }
            if !matches!(self.process.try_wait(), Ok(None)) {
                return Err(fault(format!("the engine did not start: {log}")));
            }
            sleep(Duration::from_millis(100));
        }
        Err(fault(format!("the engine is not ready after 30 s; see {}", self.log.display())))
    }
}

impl Engine {
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The rest of the line of its log that has these words, after the engine is ready.
    pub(crate) fn logged_after(&self, words: &str) -> Result<String, Failure> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let found = log.lines().find_map(|line| line.split_once(words));
        let found = found.map(|(_, rest)| rest.trim().to_owned());
        found.ok_or_else(|| fault(format!("the engine does not log \"{words}\": {log}")))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let pid = self.process.id().to_string();
        // It may have ended already.
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program that runs on one core only, with a higher priority than the machine's other work when
/// this process may set it.
fn pinned(core: &str, program: &Path) -> Command {
    let mut command = Command::new("nice");
    command.args(["-n", "-15", "taskset", "-c", core]).arg(program);
    command
}

/// The system's own CPU time for the packets of a second of a call, in ms: fifty each way, received
/// and sent between sockets of this machine. It shows how fast the machine is at the moment.
fn system_ms_per_second() -> std::io::Result<f64> {
    let socket = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
    let pairs =
        (0..200).map(|_| Ok((socket()?, socket()?))).collect::<std::io::Result<Vec<_>>>()?;
    let (packet, mut buffer, mut count) = ([0; 172], [0; 2048], 0);
    let before = cpu_nanos()?;
    for _ in 0..250 {
        for (from, to) in &pairs {
            from.send_to(&packet, to.local_addr()?)?;
            to.recv(&mut buffer)?;
            count += 1;
        }
    }
    Ok((cpu_nanos()? - before) as f64 / f64::from(count) * 100.0 / 1e6)
}

fn cpu_nanos() -> std::io::Result<u64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0))
}

fn table(signalling: &Value, voice: &Value, queue: &Value) -> String {
    let number = |of: &Value, at: &str| match of.pointer(at).and_then(Value::as_f64) {
        Some(number) => format!("{number:.2}"),
        None => "-".to_owned(),
    };
    let pair = |of: &Value, at: &str| {
        format!("{} / {}", number(of, &format!("{at}/p50")), number(of, &format!("{at}/p99")))
    };
    let ms = |thread: &str| signalling.pointer(&format!("/engine/threads_ms/{thread}"))?.as_f64();
    let calls = signalling.pointer("/counted/calls").and_then(Value::as_f64).unwrap_or(0.0);
    let signalling_ms = match ms("sip").zip(ms("center")) {
        Some((sip, center)) => format!("{:.2}", (sip + center) / calls.max(1.0)),
        None => "-".to_owned(),
    };
    let system = system_ms_per_second().map_or("-".to_owned(), |ms| format!("{ms:.2}"));
    let kib = number(voice, "/engine/memory_kib_per_call");
    let rows = [
        ("CPU a call, all threads, ms", number(signalling, "/engine/cpu_ms_per_call"), "1.0"),
        ("of it signalling and dispatch, ms", signalling_ms, ""),
        (
            "CPU a relayed and recorded second, ms",
            number(voice, "/engine/cpu_ms_per_talk_second"),
            "0.8",
        ),
        ("the system's part of it alone, now, ms", system, ""),
        ("seat free to INVITE, p50 / p99, ms", pair(queue, "/seat_free_to_invite_ms"), "1 / 5"),
        ("memory a call, KiB", kib, "100"),
        ("setup, INVITE to 200, p50 / p99, ms", pair(signalling, "/setup_ms"), ""),
        ("one way through the relay, p50 / p99, ms", pair(voice, "/voice/one_way_ms"), ""),
        ("packets lost, %", number(voice, "/voice/loss_percent"), ""),
    ];
    let line = |(what, measured, target): &(&str, String, &str)| {
        format!("| {what} | {measured} | {target} |\n")
    };
    let rows: String = rows.iter().map(line).collect();
    format!("| what | measured | target |\n|---|---|---|\n{rows}")
}

pub(crate) fn fault(why: String) -> Failure {
    Failure { code: 1, why }
}

const ENGINES_CORE: &str = "0";
const PLAYERS_CORE: &str = "1";

const LINES: &str = "[[line]]\nnumber = \"12345\"\nqueue = \"mandarin\"\n";
const QUEUES: &str = "[[queue]]\nname = \"mandarin\"\nwrap_up = \"0s\"\nmax_length = 5000\n";
const SEATS: &str =
    "[[seats]]\nnumbers = \"2001-3000\"\nqueues = { mandarin = 1 }\nstarts_ready = true\n";
/// Seats of the players register from 127.0.0.1, all from one address: it is trusted as well.
const TRUNKS: &str = "[[trunk]]\nname = \"players\"\nsources = [\"127.0.0.1\", \"127.0.0.2\"]\n";
