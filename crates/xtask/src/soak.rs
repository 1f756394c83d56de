//! `cargo xtask soak`: a real engine takes calls for hours, and nothing that should stay flat may rise.
//!
//! `heartline load` plays callers and seats with voice, and a clerk closes the ticket of every
//! answered call, so that no open work piles up. Memory, descriptors, threads, files and answer
//! times are read at equal intervals. At the end a line is fitted through each of them. No figure
//! itself is judged, because machines differ; a line that rises fails the run by its name.

#![allow(clippy::print_stdout, reason = "a task's output is for the person at the terminal")]

mod clerk;
mod lines;

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use self::clerk::Clerk;
use self::lines::{Sample, judge, table};
use crate::load::{Engine, fault, write_config};
use crate::step::{Failure, Summary, cargo, target};

#[derive(Args)]
pub(crate) struct Arguments {
    /// How long calls are played, in hours
    #[arg(long, default_value_t = 4.0, conflicts_with = "minutes")]
    hours: f64,
    /// How long calls are played, in minutes, for a try
    #[arg(long)]
    minutes: Option<f64>,
    /// New calls a second
    #[arg(long, default_value_t = 20.0)]
    calls_per_second: f64,
    /// How long each talk lasts, in seconds
    #[arg(long, default_value_t = 2)]
    talk: u32,
    /// How often everything is read
    #[arg(long, default_value_t = 60)]
    samples: u32,
    /// The program; a release build without it
    #[arg(long)]
    program: Option<PathBuf>,
}

impl Arguments {
    fn length(&self) -> Duration {
        let seconds = self.minutes.map_or(self.hours * 3_600.0, |minutes| minutes * 60.0);
        Duration::from_secs_f64(seconds.max(60.0))
    }
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut summary = Summary::default();
    let mut result = match arguments.program {
        Some(_) => Ok(()),
        None => summary.step("build", || {
            cargo(&["build", "--release", "--locked", "--package", "heartline"], &[])
        }),
    };
    let mut samples = Vec::new();
    if result.is_ok() {
        result = summary.step("calls", || play(arguments, &mut samples));
    }
    if result.is_ok() {
        let lines = judge(&samples);
        println!("\n{}", table(&samples, &lines));
        result = summary.step("lines", || {
            let rising: Vec<String> =
                lines.iter().filter_map(|line| line.verdict().err()).collect();
            if rising.is_empty() { Ok(()) } else { Err(fault(rising.join("; "))) }
        });
    }
    summary.close(result)
}

fn play(arguments: &Arguments, samples: &mut Vec<Sample>) -> Result<(), Failure> {
    let folder = target().join("soak");
    let program = arguments.program.clone().unwrap_or_else(|| target().join("release/heartline"));
    prepare(&folder)?;
    let token = clerk::make_account(&program, &folder)?;
    let mut engine = Engine::start(&program, &folder)?;
    let sip = address(engine.ready()?)?;
    let http = address(engine.logged_after("console at http://")?)?;
    let length = arguments.length();
    let mut players = Players::start(&program, &folder, sip, arguments, length)?;
    let (stop, clerk) = (AtomicBool::new(false), Clerk::new(http, token));
    thread::scope(|scope| {
        let closing = scope.spawn(|| clerk.close_tickets(&stop));
        let sampled = take_samples(arguments, &engine, &folder, sip, &clerk, &mut players, samples);
        stop.store(true, Ordering::Relaxed);
        let closed = closing.join().unwrap_or_else(|_| Err(fault("the clerk panicked".into())));
        sampled?;
        println!("    {} tickets closed", closed?);
        Ok(())
    })?;
    players.finish()
}

/// Reads everything at equal intervals until the calls end.
fn take_samples(
    arguments: &Arguments,
    engine: &Engine,
    folder: &Path,
    sip: SocketAddr,
    clerk: &Clerk,
    players: &mut Players,
    samples: &mut Vec<Sample>,
) -> Result<(), Failure> {
    let (began, length) = (Instant::now(), arguments.length());
    let count = arguments.samples.max(SAMPLES_MIN);
    for n in 1..=count {
        let due = length * n / (count + 1);
        while let Some(rest) = due.checked_sub(began.elapsed()).filter(|rest| !rest.is_zero()) {
            players.check()?;
            thread::sleep(rest.min(Duration::from_secs(1)));
        }
        let sample = Sample::take(began.elapsed(), engine.pid(), folder, sip, clerk)?;
        println!("    {sample}");
        samples.push(sample);
    }
    Ok(())
}

/// The config of the load run, with a small cache of the view, so that it is full before the lines
/// begin, and with one person for all duties.
fn prepare(folder: &Path) -> Result<(), Failure> {
    let written = || {
        write_config(folder)?;
        let general = folder.join("config/heartline.toml");
        let text = fs::read_to_string(&general)?;
        let text = text.replace("[data]\n", "[data]\ncache = \"8MiB\"\n");
        fs::write(&general, format!("{text}\n[duties]\nsmall_office = true\n"))
    };
    written().map_err(|e| fault(format!("{}: {e}", folder.display())))
}

/// The process that plays callers and seats; dropping it ends it.
struct Players {
    process: Child,
    report: PathBuf,
}

impl Players {
    fn start(
        program: &Path,
        folder: &Path,
        sip: SocketAddr,
        arguments: &Arguments,
        length: Duration,
    ) -> Result<Players, Failure> {
        let report = folder.join("players.json");
        let to = File::create(&report).map_err(|e| fault(format!("{}: {e}", report.display())))?;
        // Seats for all talks, their rings and ends, and some more, so that no call waits for long.
        let talking = arguments.calls_per_second * f64::from(arguments.talk);
        let seats = ((talking * 1.5) as u32 + 10).min(SEATS_MAX);
        let process = Command::new(program)
            .args(["load", "--engine", &sip.to_string(), "--seats", &seats.to_string()])
            .args(["--calls-per-second", &arguments.calls_per_second.to_string()])
            .args(["--talk", &format!("{}s", arguments.talk)])
            .args(["--for", &format!("{}s", length.as_secs()), "--warm-up", "0s"])
            .arg("--config")
            .arg(folder.join("config"))
            .arg("--data")
            .arg(folder.join("data"))
            .stdout(to)
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| Failure::unavailable(format!("the players did not start: {e}")))?;
        Ok(Players { process, report })
    }

    /// Fails when the players ended before their time.
    fn check(&mut self) -> Result<(), Failure> {
        match self.process.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(fault(format!("the players ended early with {status}"))),
            Err(e) => Err(fault(format!("the players cannot be seen: {e}"))),
        }
    }

    /// Waits for the end of the last calls and prints what the players measured.
    fn finish(mut self) -> Result<(), Failure> {
        let status = self.process.wait().map_err(|e| fault(e.to_string()))?;
        let report = fs::read_to_string(&self.report).unwrap_or_default();
        println!("    {}", report.trim());
        match status.success() {
            true => Ok(()),
            false => Err(fault(format!("the players ended with {status}"))),
        }
    }
}

impl Drop for Players {
    fn drop(&mut self) {
        // It has ended already after a run that went well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn address(text: String) -> Result<SocketAddr, Failure> {
    text.parse().map_err(|e| fault(format!("\"{text}\" is not an address: {e}")))
}

/// Fewer give no line.
const SAMPLES_MIN: u32 = 12;
/// As many as the config of the load run has.
const SEATS_MAX: u32 = 1_000;
