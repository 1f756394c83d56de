//! The commands that run the hotline, the demo and the load test.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;

use super::{Addresses, Place};

/// `heartline serve`
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// The config folder.
    #[arg(long, default_value = "config")]
    pub(crate) config: PathBuf,
    /// Take calls without the log, in this folder or the one of `[start] emergency`: calls are
    /// answered, queued and recorded, but there is no desk, and nothing is sent to partners.
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    pub(crate) emergency: Option<Option<PathBuf>>,
    /// Use the config folder as it is. After a run that died the engine otherwise uses the config
    /// that was in force, when the folder has changed since.
    #[arg(long)]
    pub(crate) as_edited: bool,
    /// The time that calls may continue after SIGTERM, such as 10m; default: `[drain] timeout`.
    #[arg(long, value_parser = duration)]
    pub(crate) drain_timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) addresses: Addresses,
}

/// `heartline demo`
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Stop after this time, such as 5m; default: at Ctrl-C.
    #[arg(long = "for", value_parser = duration)]
    pub(crate) length: Option<Duration>,
    /// The number of seats, 1 to 80.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=80))]
    pub(crate) seats: u32,
    /// Calls per minute.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) calls: u32,
    #[command(flatten)]
    pub(crate) addresses: Addresses,
}

/// `heartline load`
#[derive(Args, Debug)]
pub(crate) struct Load {
    /// The engine's SIP address on loopback.
    #[arg(long, value_name = "ADDRESS:PORT", required_unless_present = "relay")]
    pub(crate) engine: Option<SocketAddr>,
    /// Instead of an engine: a relay without signalling, to compare with. The file has the two ports
    /// of a call in each line.
    #[arg(long, value_name = "FILE", conflicts_with = "engine")]
    pub(crate) relay: Option<PathBuf>,
    /// The number that callers dial.
    #[arg(long, default_value = "12345")]
    pub(crate) line: String,
    /// The number of seats: the first ones of the config or of the password file.
    #[arg(long, default_value_t = 50)]
    pub(crate) seats: u32,
    /// A file with `1001 PASSWORD` in each line. Without it, new passwords are written to the data
    /// folder of the running engine.
    #[arg(long, value_name = "FILE")]
    pub(crate) passwords: Option<PathBuf>,
    /// The feature codes that each phone dials after its registration, such as *71,*73.
    #[arg(long, value_delimiter = ',')]
    pub(crate) start_codes: Vec<String>,
    /// New calls per second, on average.
    #[arg(long, default_value_t = 10.0)]
    pub(crate) calls_per_second: f64,
    /// The most calls in all.
    #[arg(long)]
    pub(crate) calls: Option<u64>,
    /// The time that a phone rings before it is answered.
    #[arg(long, default_value = "0s", value_parser = duration)]
    pub(crate) ring: Duration,
    /// The length of a talk.
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub(crate) talk: Duration,
    /// Send no voice, only signalling.
    #[arg(long)]
    pub(crate) mute: bool,
    /// The time of the measurement.
    #[arg(long = "for", default_value = "60s", value_parser = duration)]
    pub(crate) length: Duration,
    /// The time before the engine's CPU time and memory are measured.
    #[arg(long, default_value = "5s", value_parser = duration)]
    pub(crate) warm_up: Duration,
    /// The process id of the engine, to measure its CPU time and memory.
    #[arg(long)]
    pub(crate) pid: Option<u32>,
    /// The seed of the arrival times; the same seed gives the same times.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Parses `500ms`, `90s`, `5m`, `2h`, or plain seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits
        .parse()
        .map_err(|_| format!("`{text}` is not a duration; write 500ms, 90s, 5m or 2h"))?;
    let unit = match text.get(digits.len()..).unwrap_or_default() {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        other => return Err(format!("`{other}` is not a unit of time; write ms, s, m or h")),
    };
    Ok(Duration::from_millis(number.saturating_mul(unit)))
}
