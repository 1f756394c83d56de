//! The longest turns of the center's thread: `cargo bench --bench center [-- ROW...]`.
//!
//! A driver runs the center as the engine's thread does: one input, all its outputs, the timeout
//! when it is due, and the wallboard's picture at its usual rate. Signalling, voice and the disk
//! answer in virtual time; the processor's time of each turn advances the clock, and idle time is
//! skipped. Every seat talks when the waiting calls arrive, all in one moment, so that their
//! widening steps and announcements come due in one moment too.
//!
//! Without an argument every row is run; an argument runs the rows whose name contains it. With
//! `memory` the bytes that ended calls leave are counted instead; see `memory.rs`.
#![allow(clippy::print_stdout, reason = "the table is the result")]

mod driver;
mod hotline;
mod memory;

use std::time::Duration;

use driver::{Driver, Kind};
use hotline::{Hotline, Profiles};

/// One row of the table.
struct Row {
    name: &'static str,
    hotline: Hotline,
    /// The virtual time that is measured.
    plays: Duration,
}

fn main() {
    let named: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if named.iter().any(|name| name == "memory") {
        return count_memory();
    }
    println!(
        "{:28} {:>9} {:>8} {:>8} {:>8} {:>9} {:>9}  longest turn by kind, µs",
        "seats x waiting, profiles", "turns", "p50 µs", "p99 µs", "max µs", "decide99", "µs/call"
    );
    for row in rows() {
        if named.is_empty() || named.iter().any(|name| row.name.contains(name.as_str())) {
            run(&row);
        }
    }
}

fn rows() -> [Row; 6] {
    let row = |name, seats, waiting, profiles, seconds| Row {
        name,
        hotline: Hotline { seats, waiting, profiles },
        plays: Duration::from_secs(seconds),
    };
    [
        row("80 x 40, kinds", 80, 40, Profiles::Kinds, 600),
        row("1000 x 500, kinds", 1_000, 500, Profiles::Kinds, 150),
        row("1000 x 10000, kinds", 1_000, 10_000, Profiles::Kinds, 100),
        row("1000 x 10000, own", 1_000, 10_000, Profiles::Own, 100),
        row("10000 x 100000, kinds", 10_000, 100_000, Profiles::Kinds, 65),
        row("10000 x 100000, own", 10_000, 100_000, Profiles::Own, 65),
    ]
}

fn run(row: &Row) {
    let mut driver = Driver::new(&row.hotline);
    driver.seats_sign_in();
    driver.calls_fill_the_queues();
    driver.forget_figures();
    driver.play(row.plays);
    let figures = driver.figures();
    let us = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e6);
    let by_kind = Kind::ALL.map(|kind| format!("{} {}", kind.name(), us(figures.longest(kind))));
    println!(
        "{:28} {:>9} {:>8} {:>8} {:>8} {:>9} {:>9}  {}",
        row.name,
        figures.turns(),
        us(figures.percentile(50)),
        us(figures.percentile(99)),
        us(figures.percentile(100)),
        us(figures.decision_percentile(99)),
        us(figures.per_call()),
        by_kind.join(", ")
    );
}

/// The bytes that ended calls leave, for the smallest hotline.
fn count_memory() {
    let calls = std::env::var("HEARTLINE_BENCH_CALLS").ok();
    let calls = calls.and_then(|calls| calls.parse().ok()).unwrap_or(864_000);
    let [row, ..] = rows();
    println!(
        "{} seats, {} waiting; bytes after each tenth",
        row.hotline.seats, row.hotline.waiting
    );
    let held = memory::measure(&row.hotline, calls, 10);
    for now in &held {
        let parts = now.parts.iter().map(|(part, bytes)| format!("{part} {bytes}"));
        let parts: Vec<String> = parts.collect();
        println!("{:>8} calls: {:>9} in all; {}", now.calls, now.all, parts.join(", "));
    }
    if let [first, .., last] = held.as_slice() {
        let calls = last.calls.saturating_sub(first.calls).max(1);
        let grown = last.all - first.all;
        println!("{:.3} bytes a call after the first tenth", grown as f64 / calls as f64);
    }
}
