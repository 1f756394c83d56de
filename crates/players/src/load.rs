//! `heartline load`: callers and seats against an engine that runs, and what they saw.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use engine::{
    clock::Clock,
    entropy,
    fault::{EX_USAGE, Fault},
    keyring,
};
use model::{SeatId, Timestamp};
use serde_json::{Value, json};
use settings::Settings;

use crate::{
    play,
    sample::Sample,
    script::Script,
    tally::{Moment, Tally},
    voices::voices,
};

/// The load to play, and what to play it against.
#[derive(Clone, Debug)]
pub struct Options {
    /// The engine or relay that carries the calls.
    pub target: Target,
    /// The number callers dial.
    pub line: String,
    /// How many seats answer: the first ones of the config or of the password file.
    pub seats: u32,
    /// A file with one `1001 PASSWORD` a line; without it passwords are made and put into the data
    /// folder.
    pub passwords: Option<PathBuf>,
    /// Codes each seat's phone dials once it is registered.
    pub start_codes: Vec<String>,
    /// New calls a second, on average.
    pub calls_per_second: f64,
    /// No more calls after this many.
    pub calls: Option<u64>,
    /// How long a seat's phone rings before it is picked up.
    pub ring: Duration,
    /// How long a talk lasts.
    pub talk: Duration,
    /// Nobody speaks: signalling alone.
    pub mute: bool,
    /// How long to measure.
    pub length: Duration,
    /// How long to play before the engine's time and memory count.
    pub warm_up: Duration,
    /// The engine's process, to see what time and memory it takes.
    pub pid: Option<u32>,
    /// Callers come in the same rhythm for the same seed.
    pub seed: u64,
    /// The config folder of the engine.
    pub config: PathBuf,
    /// The data folder of the engine, in place of the config's.
    pub data: Option<PathBuf>,
}

/// The engine or relay that carries the calls.
#[derive(Clone, Debug)]
pub enum Target {
    /// An engine that takes SIP here, on loopback.
    Engine(SocketAddr),
    /// A relay without signalling, to compare an engine with: a file with the two ports of a call in
    /// each line, such as `127.0.0.1:30000 127.0.0.1:30002`.
    Relay(PathBuf),
}

/// Play, then return what was seen as one JSON object.
pub fn run(load: &Options) -> Result<Value, Fault> {
    let (engine, relay) = match &load.target {
        Target::Engine(engine) => (*engine, Vec::new()),
        Target::Relay(file) => (SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), relay_ports(file)?),
    };
    let seats = if relay.is_empty() { seats(load)? } else { Vec::new() };
    if !engine.ip().is_loopback() {
        let why = "seats and callers are on this machine's loopback: the engine must be too";
        return Err(Fault::new(EX_USAGE, why));
    }
    let any = Duration::from_secs(86_400);
    let mut seed = [0; 32];
    for (to, from) in seed.iter_mut().zip(load.seed.to_be_bytes()) {
        *to = from;
    }
    let script = Script {
        engine,
        calls_max: if relay.is_empty() {
            load.calls.unwrap_or(u64::MAX)
        } else {
            relay.len() as u64
        },
        relay,
        line: load.line.clone(),
        seats,
        start_codes: load.start_codes.clone(),
        between_calls: Duration::from_secs_f64(1.0 / load.calls_per_second.max(0.001)),
        ring: (load.ring, load.ring),
        talk: (load.talk, load.talk),
        patience: (any, any),
        missed_one_in: 0,
        voices: voices(),
        speaking: !load.mute,
        stamped: true,
        seats_first: true,
        seed,
    };
    let stop = AtomicBool::new(false);
    let mut watch = Watch::new(load);
    let clock = Clock::start();
    let tally = play::run(&script, clock, &stop, |moment| {
        if !watch.look(&moment) {
            stop.store(true, Ordering::Release);
        }
    })
    .map_err(|e| format!("the players cannot play: {e}"))?;
    if tally.registered < script.seats.len() as u64 {
        let why =
            "not every seat could register: are the numbers and passwords those of the engine?";
        return Err(why.to_owned().into());
    }
    Ok(watch.report(&tally))
}

/// The pairs of ports of a relay.
fn relay_ports(file: &Path) -> Result<Vec<(SocketAddr, SocketAddr)>, Fault> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| format!("cannot read {}: {e}", file.display()))?;
    let pair = |line: &str| {
        let (caller, seat) = line.trim().split_once(' ')?;
        Some((caller.parse().ok()?, seat.trim().parse().ok()?))
    };
    let lines = text.lines().enumerate();
    let pairs = lines.map(|(n, line)| {
        pair(line).ok_or_else(|| {
            let at = format!("{}:{}", file.display(), n + 1);
            let why =
                format!("{at}: `{line}` is not two addresses; write `ADDRESS:PORT ADDRESS:PORT`");
            Fault::new(EX_USAGE, why)
        })
    });
    let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
    match pairs.is_empty() {
        true => Err(Fault::new(EX_USAGE, format!("{} has no line", file.display()))),
        false => Ok(pairs),
    }
}

/// Seats and their passwords: read from a file, or made and put into a data folder's keyring.
fn seats(load: &Options) -> Result<Vec<(SeatId, String)>, Fault> {
    if let Some(path) = &load.passwords {
        let text = std::fs::read_to_string(path)
            .map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        let seats: Vec<_> = text.lines().filter_map(pair).take(load.seats as usize).collect();
        if seats.is_empty() {
            let why = format!("{} has no line `1001 PASSWORD`", path.display());
            return Err(Fault::new(EX_USAGE, why));
        }
        return Ok(seats);
    }
    let settings = Settings::load(&load.config).map_err(|faults| Fault::of_config(&faults))?;
    let data = load.data.as_deref().unwrap_or(&settings.data.folder);
    let numbers = settings.seats.iter().take(load.seats as usize).map(|seat| seat.seat);
    make_passwords(data, &settings.sip.endpoint.realm, numbers)
}

fn pair(line: &str) -> Option<(SeatId, String)> {
    let (seat, password) = line.trim().split_once(char::is_whitespace)?;
    Some((seat.parse().ok()?, password.trim().to_owned()))
}

fn make_passwords(
    data: &Path,
    realm: &str,
    numbers: impl Iterator<Item = SeatId>,
) -> Result<Vec<(SeatId, String)>, Fault> {
    let made = numbers.map(|seat| {
        let password = settings::password_from(entropy::seed());
        keyring::set_seat_password(data, realm, seat, &password)?;
        Ok::<_, String>((seat, password))
    });
    Ok(made.collect::<Result<Vec<_>, _>>()?)
}

/// The time that counts: from the warm-up's end to the end.
struct Watch {
    warm_up: Duration,
    length: Duration,
    pid: Option<u32>,
    born: Option<Timestamp>,
    first_call: Option<Timestamp>,
    resting_kib: Option<u64>,
    begin: Option<Mark>,
    end: Option<Mark>,
    looked: Timestamp,
    talked: Duration,
}

struct Mark {
    at: Timestamp,
    calls: u64,
    cpu_ms: Option<u64>,
    threads: BTreeMap<String, u64>,
    memory_kib: Option<u64>,
    callers_up: usize,
    cores: Vec<CoreTime>,
}

impl Watch {
    fn new(load: &Options) -> Watch {
        Watch {
            warm_up: load.warm_up,
            length: load.length,
            pid: load.pid,
            born: None,
            first_call: None,
            resting_kib: None,
            begin: None,
            end: None,
            looked: Timestamp::default(),
            talked: Duration::ZERO,
        }
    }

    /// Whether to go on.
    fn look(&mut self, moment: &Moment<'_>) -> bool {
        let born = *self.born.get_or_insert(moment.now);
        if moment.tally.placed == 0 {
            self.resting_kib = self.pid.and_then(memory_kib);
            return moment.now.since(born) < SEATS_PATIENCE;
        }
        let first = *self.first_call.get_or_insert(moment.now);
        let since = moment.now.since(first);
        if self.begin.is_some() {
            self.talked += moment.now.since(self.looked) * moment.talking as u32;
        } else if since >= self.warm_up {
            self.begin = Some(self.mark(moment));
        }
        self.looked = moment.now;
        let more = since < self.warm_up + self.length;
        if !more {
            self.end = Some(self.mark(moment));
        }
        more
    }

    fn mark(&self, moment: &Moment<'_>) -> Mark {
        Mark {
            at: moment.now,
            calls: moment.tally.picked_up,
            cpu_ms: self.pid.and_then(cpu_ms),
            threads: self.pid.map(thread_micros).unwrap_or_default(),
            memory_kib: self.pid.and_then(memory_kib),
            callers_up: moment.callers_up,
            cores: core_times(),
        }
    }

    fn report(&self, tally: &Tally) -> Value {
        let heard = tally.caller_heard + tally.seat_heard;
        let mut report = json!({
            "calls": {
                "placed": tally.placed,
                "accepted": tally.accepted,
                "refused": tally.refused,
                "picked_up": tally.picked_up,
            },
            "setup_ms": quantiles(&tally.setup),
            "voice": {
                "heard": heard,
                "lost": tally.lost,
                "loss_percent": tally.lost as f64 * 100.0 / (heard + tally.lost).max(1) as f64,
                "one_way_ms": quantiles(&tally.delay),
            },
            "seat_free_to_invite_ms": quantiles(&tally.seat_free),
            "players_late_ms": quantiles(&tally.late),
        });
        if let (Some(begin), Some(end)) = (&self.begin, &self.end) {
            let calls = end.calls - begin.calls;
            let talked = self.talked.as_secs_f64();
            let cpu = end.cpu_ms.zip(begin.cpu_ms).map(|(end, begin)| end - begin);
            let grown =
                end.memory_kib.zip(self.resting_kib).map(|(end, rest)| end.saturating_sub(rest));
            let each = |sum: Option<u64>, of: f64| sum.filter(|_| of > 0.0).map(|s| s as f64 / of);
            report["counted"] = json!({
                "seconds": end.at.since(begin.at).as_secs_f64(),
                "calls": calls,
                "talk_seconds": talked,
                "callers_up": end.callers_up,
            });
            let cores = end.cores.iter().zip(&begin.cores).map(|(end, begin)| end.since(begin));
            report["cores"] = cores.collect();
            let threads: BTreeMap<_, _> = end
                .threads
                .iter()
                .map(|(name, micros)| {
                    let before = begin.threads.get(name).copied().unwrap_or(0);
                    (name, micros.saturating_sub(before) as f64 / 1_000.0)
                })
                .collect();
            report["engine"] = json!({
                "threads_ms": threads,
                "cpu_ms": cpu,
                "cpu_ms_per_call": each(cpu, calls as f64),
                "cpu_ms_per_talk_second": each(cpu, talked),
                "resting_kib": self.resting_kib,
                "memory_kib": end.memory_kib,
                "memory_kib_per_call": each(grown, end.callers_up as f64),
            });
        }
        report
    }
}

/// The time of a core since the machine started, in clock ticks, from proc(5).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct CoreTime {
    all: u64,
    idle: u64,
    /// The time that the host gave to other machines.
    stolen: u64,
}

impl CoreTime {
    fn since(&self, begin: &CoreTime) -> Value {
        let all = self.all.saturating_sub(begin.all).max(1) as f64;
        let percent = |end: u64, begin: u64| end.saturating_sub(begin) as f64 * 100.0 / all;
        json!({
            "idle_percent": percent(self.idle, begin.idle),
            "stolen_percent": percent(self.stolen, begin.stolen),
        })
    }
}

fn core_times() -> Vec<CoreTime> {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let is_core = |line: &&str| line.starts_with("cpu") && !line.starts_with("cpu ");
    let time = |line: &str| {
        let ticks: Vec<u64> = line.split_whitespace().skip(1).flat_map(str::parse).collect();
        let tick = |n: usize| ticks.get(n).copied().unwrap_or(0);
        // user nice system idle iowait irq softirq steal; guests are counted in user.
        CoreTime { all: ticks.iter().take(8).sum(), idle: tick(3) + tick(4), stolen: tick(7) }
    };
    stat.lines().filter(is_core).map(time).collect()
}

fn quantiles(of: &Sample) -> Value {
    json!({ "n": of.seen(), "p50": of.quantile_ms(0.5), "p99": of.quantile_ms(0.99), "max": of.quantile_ms(1.0) })
}

/// User and system time of a whole process, from proc(5); in steps of a clock tick.
fn cpu_ms(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything; what follows are numbers.
    let mut fields = stat.rsplit(')').next()?.split_whitespace();
    let user: u64 = fields.nth(11)?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) * 1_000 / rustix::param::clock_ticks_per_second().max(1))
}

/// Time on the processor of each kind of thread, in microseconds: `recorder-0` and `recorder-1`
/// are `recorder`. Threads that have ended are not in it.
fn thread_micros(pid: u32) -> BTreeMap<String, u64> {
    let mut micros = BTreeMap::new();
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return micros };
    for task in tasks.flatten().map(|entry| entry.path()) {
        let read = |file| std::fs::read_to_string(task.join(file)).unwrap_or_default();
        let (name, times) = (read("comm"), read("schedstat"));
        let nanos: u64 = times.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        let kind = name.trim().trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        *micros.entry(kind.to_owned()).or_default() += nanos / 1_000;
    }
    micros
}

/// Resident memory, from proc(5).
fn memory_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// For every seat to register.
const SEATS_PATIENCE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_of_our_own_has_memory_and_time() {
        let pid = std::process::id();
        assert!(memory_kib(pid).is_some_and(|kib| kib > 100));
        assert!(cpu_ms(pid).is_some());
        assert_eq!(cpu_ms(u32::MAX), None);
        assert!(thread_micros(pid).values().sum::<u64>() > 0);
    }

    #[test]
    fn cores_have_idle_time() {
        let cores = core_times();
        assert!(!cores.is_empty());
        assert!(cores.iter().all(|core| core.all >= core.idle + core.stolen));
        let (begin, end) = (
            CoreTime { all: 100, idle: 40, stolen: 0 },
            CoreTime { all: 300, idle: 90, stolen: 2 },
        );
        assert_eq!(end.since(&begin), json!({ "idle_percent": 25.0, "stolen_percent": 1.0 }));
    }

    #[test]
    fn a_password_file_has_a_seat_a_line() {
        assert_eq!(pair("1001  a b"), Some((SeatId(1001), "a b".to_owned())));
        assert_eq!(pair("# none"), None);
    }
}
