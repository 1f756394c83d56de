//! The figures that are read at each moment, and the lines through them.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use super::clerk::Clerk;
use crate::load::fault;
use crate::step::Failure;
use crate::storm::by_udp;

/// Everything that is read at one moment.
pub(super) struct Sample {
    hours: f64,
    calls: f64,
    /// Memory of the process itself, without mapped files, in KiB.
    memory_kib: f64,
    descriptors: f64,
    threads: f64,
    view_bytes: f64,
    journal_bytes: f64,
    /// The 99th percentile of the answers to OPTIONS, and of pages of the console.
    sip_ms: f64,
    console_ms: f64,
    open_tickets: f64,
}

impl Sample {
    pub(super) fn take(
        since: Duration,
        engine: u32,
        folder: &Path,
        sip: SocketAddr,
        clerk: &Clerk,
    ) -> Result<Sample, Failure> {
        let sip_ms = p99(PROBES, |n| by_udp(sip, n))
            .ok_or_else(|| fault("the engine does not answer OPTIONS".to_owned()))?;
        let console_ms = p99(PROBES / 4, |_| {
            let began = Instant::now();
            clerk.page("/metrics").ok().map(|_| began.elapsed().as_secs_f64() * 1_000.0)
        });
        let metrics = clerk.page("/metrics")?;
        let count = |of: &str| {
            let lines = metrics.lines().filter_map(|line| line.strip_prefix(of));
            lines.filter_map(|rest| rest.rsplit(' ').next()?.parse::<f64>().ok()).sum()
        };
        let status = fs::read_to_string(format!("/proc/{engine}/status")).unwrap_or_default();
        let anonymous = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kib = anonymous.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok());
        Ok(Sample {
            hours: since.as_secs_f64() / 3_600.0,
            calls: count("heartline_calls_ended_total"),
            memory_kib: kib.ok_or_else(|| fault("the engine's memory cannot be read".into()))?,
            descriptors: count("process_open_fds"),
            threads: count("process_threads"),
            view_bytes: bytes_in(&folder.join("data/store")),
            journal_bytes: bytes_in(&folder.join("data/journal")),
            sip_ms,
            console_ms: console_ms
                .ok_or_else(|| fault("the console does not answer".to_owned()))?,
            open_tickets: clerk.open() as f64,
        })
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:6.2} h {:>8.0} calls {:>7.1} MiB {:>5.0} descriptors {:>3.0} threads, view {:>7.1} \
             MiB, journal {:>7.1} MiB, SIP p99 {:.2} ms, console p99 {:.2} ms, {:.0} open tickets",
            self.hours,
            self.calls,
            self.memory_kib / 1_024.0,
            self.descriptors,
            self.threads,
            self.view_bytes / MIB,
            self.journal_bytes / MIB,
            self.sip_ms,
            self.console_ms,
            self.open_tickets
        )
    }
}

/// A line through what was measured, and how far it may rise.
pub(super) struct Line {
    name: &'static str,
    unit: &'static str,
    median: f64,
    /// The rise for each thousand calls and for each hour, and from the first to the last sample.
    per_1000_calls: f64,
    per_hour: f64,
    rise: f64,
    allowed: f64,
}

impl Line {
    /// # Errors
    /// The line rises more than is allowed.
    pub(super) fn verdict(&self) -> Result<(), String> {
        if self.rise <= self.allowed {
            return Ok(());
        }
        let Line { name, unit, per_1000_calls, per_hour, rise, allowed, .. } = self;
        Err(format!(
            "the line of {name} rises by {rise:.1} {unit} where {allowed:.1} are allowed: \
             {per_1000_calls:.2} for each thousand calls, {per_hour:.2} an hour"
        ))
    }
}

/// The lines, without the first quarter, in which caches and the allocator's arenas fill.
///
/// A line may rise for two reasons that are no leak: what is measured scatters, and what is bounded
/// fills. Each tolerance is a part of the median for the scatter, and for memory a few bytes a
/// call. A real leak of one object a call exceeds it in a run of some hours; the longer the run,
/// the smaller a leak it finds.
pub(super) fn judge(samples: &[Sample]) -> Vec<Line> {
    let settled = samples.get(samples.len() / 4..).unwrap_or_default();
    let calls = span(settled, |sample| sample.calls);
    let line = |name, unit, of: fn(&Sample) -> f64, allowed: &dyn Fn(f64) -> f64| {
        let points: Vec<(f64, f64)> = settled.iter().map(|s| (s.calls, of(s))).collect();
        fit(name, unit, settled, &points, allowed)
    };
    // The bytes that each call adds. sled and the journal write in large steps, so a third of the
    // run is taken together.
    let growth = |name, of: fn(&Sample) -> f64| {
        let apart = (settled.len() / 3).max(1);
        let steps = settled.windows(apart + 1).filter_map(|window| {
            let (from, to) = (window.first()?, window.last()?);
            let calls = to.calls - from.calls;
            (calls > 0.0).then(|| (to.calls, (of(to) - of(from)) / calls))
        });
        fit(name, "bytes a call", settled, &steps.collect::<Vec<_>>(), &|median| median * 0.5)
    };
    vec![
        line("memory", "KiB", |s| s.memory_kib, &|median| {
            median * 0.05 + calls * LEAK_BYTES / 1_024.0
        }),
        line("descriptors", "descriptors", |s| s.descriptors, &|median| 8.0 + median * 0.02),
        line("threads", "threads", |s| s.threads, &|_| 2.0),
        line("open tickets", "tickets", |s| s.open_tickets, &|median| 50.0 + median),
        line("SIP p99", "ms", |s| s.sip_ms, &|median| 5.0 + median),
        line("console p99", "ms", |s| s.console_ms, &|median| 20.0 + median),
        growth("view growth", |s| s.view_bytes),
        growth("journal growth", |s| s.journal_bytes),
    ]
}

fn fit(
    name: &'static str,
    unit: &'static str,
    settled: &[Sample],
    points: &[(f64, f64)],
    allowed: &dyn Fn(f64) -> f64,
) -> Line {
    let median = median(points.iter().map(|(_, value)| *value).collect());
    let slope = slope(points);
    let (calls, hours) = (span(settled, |s| s.calls), span(settled, |s| s.hours));
    let rise = slope * calls;
    let per_hour = if hours > 0.0 { rise / hours } else { 0.0 };
    let per_1000_calls = slope * 1_000.0;
    Line { name, unit, median, per_1000_calls, per_hour, rise, allowed: allowed(median) }
}

/// The slope of Theil and Sen: the median of the slopes between all pairs of points. A few outliers,
/// such as a slow minute of the machine, do not change it.
fn slope(points: &[(f64, f64)]) -> f64 {
    let pairs = points.iter().enumerate().flat_map(|(n, from)| {
        points.iter().skip(n + 1).filter(|to| to.0 > from.0).map(move |to| (from, to))
    });
    median(pairs.map(|(from, to)| (to.1 - from.1) / (to.0 - from.0)).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

fn span(samples: &[Sample], of: fn(&Sample) -> f64) -> f64 {
    samples.first().zip(samples.last()).map_or(0.0, |(first, last)| of(last) - of(first))
}

/// The table for README.
pub(super) fn table(samples: &[Sample], lines: &[Line]) -> String {
    let (calls, hours) = samples.last().map_or((0.0, 0.0), |sample| (sample.calls, sample.hours));
    let mut text = format!(
        "{calls:.0} calls in {hours:.2} h; the lines begin after the first quarter.\n\n\
         | what | median | rises by, 1,000 calls | an hour | in all | allowed |\n\
         |---|---|---|---|---|---|\n"
    );
    for line in lines {
        let Line { name, unit, median, per_1000_calls, per_hour, rise, allowed } = line;
        text.push_str(&format!(
            "| {name}, {unit} | {median:.1} | {per_1000_calls:.3} | {per_hour:.2} | {rise:.1} | \
             {allowed:.1} |\n"
        ));
    }
    text
}

/// The 99th percentile of probes that were answered; `None` when one in ten was not.
fn p99(probes: usize, probe: impl Fn(usize) -> Option<f64>) -> Option<f64> {
    let mut ms: Vec<f64> = (0..probes).filter_map(&probe).collect();
    ms.sort_by(f64::total_cmp);
    let at = ms.len().checked_sub(1)? * 99 / 100;
    ms.get(at).copied().filter(|_| ms.len() * 10 >= probes * 9)
}

/// The bytes that the files of a folder take on the disk.
fn bytes_in(folder: &Path) -> f64 {
    use std::os::unix::fs::MetadataExt;
    let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(about) = entry.metadata() else { continue };
            match about.is_dir() {
                true => folders.push(entry.path()),
                false => drop(sizes.insert(about.ino(), about.blocks() * 512)),
            }
        }
    }
    sizes.values().sum::<u64>() as f64
}

/// Answers that one sample asks for.
const PROBES: usize = 100;
const MIB: f64 = 1_024.0 * 1_024.0;
/// Bytes a call that the memory may grow by, for what is bounded and still fills: the smallest thing
/// that a call could leave behind, its id in a set, takes more.
const LEAK_BYTES: f64 = 32.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(n: usize, kib_per_call: f64) -> Sample {
        let calls = n as f64 * 1_000.0;
        // Scatter of two MiB, and one outlier.
        let scatter = [0.0, 1_900.0, 300.0, 1_200.0][n % 4] + if n == 20 { 90_000.0 } else { 0.0 };
        Sample {
            hours: n as f64 / 10.0,
            calls,
            memory_kib: 150_000.0 + scatter + calls * kib_per_call,
            descriptors: 1_100.0 + (n % 3) as f64,
            threads: 21.0,
            view_bytes: 1_000.0 * calls,
            journal_bytes: 2_000.0 * calls,
            sip_ms: 1.0 + (n % 5) as f64,
            console_ms: 2.0,
            open_tickets: 7.0,
        }
    }

    fn failed(samples: &[Sample]) -> Vec<&'static str> {
        let lines = judge(samples);
        lines.iter().filter(|line| line.verdict().is_err()).map(|line| line.name).collect()
    }

    #[test]
    fn flat_lines_with_scatter_pass() {
        let samples: Vec<Sample> = (0..60).map(|n| sample(n, 0.0)).collect();
        assert_eq!(failed(&samples), [""; 0]);
        assert!(table(&samples, &judge(&samples)).contains("| memory, KiB | 15"));
    }

    #[test]
    fn half_a_kib_a_call_is_a_leak() {
        let samples: Vec<Sample> = (0..60).map(|n| sample(n, 0.5)).collect();
        assert_eq!(failed(&samples), ["memory"]);
        let lines = judge(&samples);
        let why = lines[0].verdict().unwrap_err();
        assert!(why.contains("the line of memory rises by 22"), "{why}");
    }

    #[test]
    fn one_descriptor_in_a_hundred_calls_is_a_leak() {
        let leaking = |n| {
            let sample = sample(n, 0.0);
            Sample { descriptors: sample.descriptors + sample.calls / 100.0, ..sample }
        };
        assert_eq!(failed(&(0..60).map(leaking).collect::<Vec<_>>()), ["descriptors"]);
    }

    #[test]
    fn view_that_grows_faster_with_each_call_is_found() {
        let growing = |n| {
            let sample = sample(n, 0.0);
            Sample { view_bytes: sample.calls * sample.calls, ..sample }
        };
        assert_eq!(failed(&(0..60).map(growing).collect::<Vec<_>>()), ["view growth"]);
    }
}
