//! The cost of voice as ratios to a bare relay and, where it is installed, to rtpengine: all in one
//! run, one after the other, with the same callers and seats.

#![allow(clippy::print_stdout, reason = "a task's output is for the person at the terminal")]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use super::{
    Arguments, ENGINES_CORE, Scenario, fault, pinned, play, players, rtpengine::Rtpengine,
};
use crate::step::{Failure, target};

/// A row of the table.
pub(super) struct Row {
    calls: u32,
    name: &'static str,
    measured: Value,
}

/// Measures one number of calls with each relay there is.
pub(super) fn measure(calls: u32, arguments: &Arguments) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    let mut add = |name, measured| rows.push(Row { calls, name, measured });
    add(BARE_RELAY, with_bare_relay(calls, arguments)?);
    add(HEARTLINE, with_heartline(calls, arguments)?);
    if let Some(measured) = with_rtpengine(calls, arguments)? {
        add("rtpengine and pcap", measured);
    }
    Ok(rows)
}

fn with_heartline(calls: u32, arguments: &Arguments) -> Result<Value, Failure> {
    let scenario = Scenario {
        name: "voice",
        seats: calls,
        play: super::words(&format!(
            "--calls-per-second 50 --calls {calls} --talk 2h --warm-up {}s",
            warm_up(calls)
        )),
    };
    play(&scenario, arguments)
}

/// All calls are up by then, and have settled.
fn warm_up(calls: u32) -> u32 {
    calls / 50 + 10
}

fn with_bare_relay(calls: u32, arguments: &Arguments) -> Result<Value, Failure> {
    let program = std::env::current_exe().map_err(|e| fault(e.to_string()))?;
    let mut process = pinned(ENGINES_CORE, &program)
        .args(["relay", "--calls", &calls.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .map(Running)
        .map_err(|e| Failure::unavailable(format!("the relay did not start: {e}")))?;
    let out = process.0.stdout.take().ok_or_else(|| fault("no output".to_owned()))?;
    let lines = BufReader::new(out).lines().map_while(Result::ok);
    let ports: Vec<String> = lines.take_while(|line| line != "ready").collect();
    play_relay(&ports.join("\n"), process.0.id(), calls, arguments)
}

fn with_rtpengine(calls: u32, arguments: &Arguments) -> Result<Option<Value>, Failure> {
    let Some(mut rtpengine) = Rtpengine::start(&target().join("load"))? else { return Ok(None) };
    let mut ports = String::new();
    for n in 0..calls as usize {
        let (caller, seat) = rtpengine.open_call(n)?;
        // Writing to a string does not fail.
        let _ = writeln!(ports, "{caller} {seat}");
    }
    play_relay(&ports, rtpengine.process_id(), calls, arguments).map(Some)
}

fn play_relay(ports: &str, pid: u32, calls: u32, arguments: &Arguments) -> Result<Value, Failure> {
    let file = target().join("load").join("relay-ports");
    let written = fs::create_dir_all(target().join("load")).and_then(|()| fs::write(&file, ports));
    written.map_err(|e| fault(format!("{}: {e}", file.display())))?;
    let program = target().join(&arguments.profile).join("heartline");
    let mut command = pinned(super::PLAYERS_CORE, &program);
    command
        .arg("load")
        .arg("--relay")
        .arg(&file)
        .args(["--pid", &pid.to_string(), "--calls-per-second", "50"])
        .args(["--warm-up", &format!("{}s", warm_up(calls))])
        .args(["--for", &format!("{}s", arguments.seconds)]);
    players(&mut command)
}

/// The table of all rows; the ratio is to the bare relay with as many calls.
pub(super) fn table(rows: &[Row]) -> String {
    let mut table = String::from(
        "| calls | what | CPU a call-second, ms | of the bare relay | one way p50 / p99, ms | lost, \
         % | players late p99, ms |\n|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let bare = rows.iter().find(|bare| bare.calls == row.calls && bare.name == BARE_RELAY);
        // Writing to a string does not fail.
        let _ = writeln!(table, "{}", line(row, bare));
    }
    table
}

fn line(row: &Row, bare: Option<&Row>) -> String {
    let Row { calls, name, .. } = row;
    let late = row.number("/players_late_ms/p99");
    if let Some(why) = row.invalid() {
        return format!("| {calls} | {name} | {why} | | | | {late:.2} |");
    }
    let cpu = row.number(CPU);
    let ratio = bare
        .filter(|bare| bare.invalid().is_none())
        .map_or("-".to_owned(), |bare| format!("{:.2}", cpu / bare.number(CPU)));
    format!(
        "| {calls} | {name} | {cpu:.2} | {ratio} | {:.2} / {:.2} | {:.2} | {late:.2} |",
        row.number("/voice/one_way_ms/p50"),
        row.number("/voice/one_way_ms/p99"),
        row.number("/voice/loss_percent"),
    )
}

impl Row {
    fn number(&self, at: &str) -> f64 {
        self.measured.pointer(at).and_then(Value::as_f64).unwrap_or(f64::NAN)
    }

    /// Why the figures of this row say nothing.
    fn invalid(&self) -> Option<String> {
        let core = |core: &str, what: &str| self.number(&format!("/cores/{core}/{what}_percent"));
        let late = self.number("/players_late_ms/p99");
        if late > LATE_MAX_MS {
            return Some(format!("the players were late by {late:.1} ms"));
        }
        let stolen = core(ENGINES_CORE, "stolen").max(core(super::PLAYERS_CORE, "stolen"));
        if stolen > STOLEN_MAX_PERCENT {
            return Some(format!("the host took {stolen:.0} % of a core"));
        }
        let idle = core(ENGINES_CORE, "idle");
        (idle < IDLE_MIN_PERCENT).then(|| format!("the core was full ({idle:.1} % idle)"))
    }
}

/// A process that ends when it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const BARE_RELAY: &str = "bare relay";
const HEARTLINE: &str = "Heartline, recorded";
const CPU: &str = "/engine/cpu_ms_per_talk_second";
/// Players later than this measure themselves.
const LATE_MAX_MS: f64 = 2.0;
/// More than this is another machine's load.
const STOLEN_MAX_PERCENT: f64 = 2.0;
/// A core without this much idle time delays packets.
const IDLE_MIN_PERCENT: f64 = 1.0;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(name: &'static str, cpu: f64, late: f64, idle: f64) -> Row {
        let measured = json!({
            "engine": { "cpu_ms_per_talk_second": cpu },
            "voice": { "one_way_ms": { "p50": 0.3, "p99": 0.6 }, "loss_percent": 0.0 },
            "players_late_ms": { "p99": late },
            "cores": [{ "idle_percent": idle, "stolen_percent": 0.0 },
                      { "idle_percent": 50.0, "stolen_percent": 0.0 }],
        });
        Row { calls: 100, name, measured }
    }

    #[test]
    fn row_is_a_ratio_to_the_bare_relay() {
        let rows = [row(BARE_RELAY, 0.8, 0.1, 80.0), row(HEARTLINE, 1.0, 0.1, 70.0)];
        let table = table(&rows);
        assert!(
            table.contains("| 100 | Heartline, recorded | 1.00 | 1.25 | 0.30 / 0.60 |"),
            "{table}"
        );
    }

    #[test]
    fn row_of_late_players_or_a_full_core_has_no_figure() {
        let rows = [row(BARE_RELAY, 0.8, 5.0, 80.0), row(HEARTLINE, 1.0, 0.1, 0.2)];
        let table = table(&rows);
        assert!(table.contains("the players were late by 5.0 ms"), "{table}");
        assert!(table.contains("the core was full (0.2 % idle)"), "{table}");
    }
}
