//! The commands that run the hotline, and what plays on it.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;

use super::{Addresses, Place};

/// `heartline serve`
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// The config folder.
    #[arg(long, default_value = "config")]
    pub(crate) config: PathBuf,
    /// Take calls without the hotline's log, in this folder or the one of `[start] emergency`: they
    /// are answered, queued and recorded; there is no desk, and nothing is sent to partners.
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    pub(crate) emergency: Option<Option<PathBuf>>,
    /// How long talks may go on after SIGTERM, such as 10m; in place of the config's.
    #[arg(long, value_parser = duration)]
    pub(crate) drain_timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) addresses: Addresses,
}

/// `heartline demo`
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// End by itself after this long, such as 5m; default: until Ctrl-C.
    #[arg(long = "for", value_parser = duration)]
    pub(crate) length: Option<Duration>,
    /// How many seats answer, 1 to 80.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=80))]
    pub(crate) seats: u32,
    /// Calls a minute.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) calls: u32,
    #[command(flatten)]
    pub(crate) addresses: Addresses,
}

/// `heartline load`
#[derive(Args, Debug)]
pub(crate) struct Load {
    /// Where the engine takes SIP, on loopback.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) engine: SocketAddr,
    /// What callers dial.
    #[arg(long, default_value = "12345")]
    pub(crate) line: String,
    /// How many seats answer: the first ones of the config or of the password file.
    #[arg(long, default_value_t = 50)]
    pub(crate) seats: u32,
    /// A file with one `1001 PASSWORD` a line; without it, passwords are made and put into the
    /// data folder of a running engine.
    #[arg(long, value_name = "FILE")]
    pub(crate) passwords: Option<PathBuf>,
    /// Codes each seat's phone dials once it is registered, such as *71,*73.
    #[arg(long, value_delimiter = ',')]
    pub(crate) start_codes: Vec<String>,
    /// New calls a second, on average.
    #[arg(long, default_value_t = 10.0)]
    pub(crate) calls_per_second: f64,
    /// No more calls after this many.
    #[arg(long)]
    pub(crate) calls: Option<u64>,
    /// How long a seat's phone rings before it is picked up.
    #[arg(long, default_value = "0s", value_parser = duration)]
    pub(crate) ring: Duration,
    /// How long a talk lasts.
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub(crate) talk: Duration,
    /// Nobody speaks: signalling alone.
    #[arg(long)]
    pub(crate) mute: bool,
    /// How long to measure.
    #[arg(long = "for", default_value = "60s", value_parser = duration)]
    pub(crate) length: Duration,
    /// How long to play before the engine's time and memory count.
    #[arg(long, default_value = "5s", value_parser = duration)]
    pub(crate) warm_up: Duration,
    /// The engine's process, to see what time and memory it takes.
    #[arg(long)]
    pub(crate) pid: Option<u32>,
    /// Callers come in the same rhythm for the same seed.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// `500ms`, `90s`, `5m`, `2h`, or plain seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits
        .parse()
        .map_err(|_| format!("`{text}` is no duration; write 500ms, 90s, 5m or 2h"))?;
    let unit = match text.get(digits.len()..).unwrap_or_default() {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        other => return Err(format!("`{other}` is no unit; write ms, s, m or h")),
    };
    Ok(Duration::from_millis(number.saturating_mul(unit)))
}
