//! The cost of a desk with a million tickets: lists, commands, memory, start.
//!
//! `HEARTLINE_BENCH_TICKETS` says how many (20,000 unless told). The folder it works in is
//! deleted at the end; a million tickets take some 15 GB of it. With `HEARTLINE_BENCH_OPEN` it
//! measures the lists of so many open tickets instead, over HTTP: 51,000 are two minutes.

mod city;
mod lists;
mod writers;

#[path = "../../tests/support/mod.rs"]
mod support;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use city::{City, scatter};
use journal::Journal;
use model::{Record, Timestamp, desk::TicketState};
use store::{Reader, Store, TicketIndex};
use support::Installation;

fn main() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse().ok());
    let tickets = number("HEARTLINE_BENCH_TICKETS").unwrap_or(20_000);
    let open: Option<u64> = number("HEARTLINE_BENCH_OPEN");
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = since_1970.map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(u64::MAX));
    if let Some(open) = open {
        return lists::measure(&City::of(open, Timestamp::from_micros(now)));
    }
    let city = City::of(tickets, Timestamp::from_micros(now));
    let installation = Installation::with_seats(1);
    let data = installation.path("data");
    make(&city, &data);
    look(&city, &data.join("store"));
    writers::measure(&city);
    start(&installation, city.year());
}

/// Writes the log and lets the view follow it.
fn make(city: &City, data: &Path) {
    let begun = Instant::now();
    let (mut journal, _) =
        Journal::open(data.join("journal"), journal::Options::default()).expect("a new log");
    let store = Store::open(data.join("store")).expect("a new view");
    let mut batch: Vec<Record> = Vec::new();
    let mut put = |batch: &mut Vec<Record>| {
        journal.append(batch).expect("the log takes them");
        store.apply(batch).expect("the view follows");
        batch.clear();
    };
    let mut records = 0;
    for n in 0..city.tickets {
        let life = city.life(n, records + 1);
        records += life.len() as u64;
        batch.extend(life);
        if batch.len() >= BATCH {
            put(&mut batch);
        }
    }
    put(&mut batch);
    journal.sync().expect("the disk has it");
    store.flush().expect("the view is written");
    let handled = TicketIndex::State(TicketState::Handling);
    let handled = store.reader().tickets(None, 1, Some(&handled)).expect("a list").len();
    assert!(handled > 0, "some are not put away");
    let followers = city.followers();
    say(&format!(
        "{} tickets, {records} records, one matter with {followers} followers: made in {:.0?}",
        city.tickets,
        begun.elapsed()
    ));
}

/// Lists as the page requests them.
fn look(city: &City, folder: &Path) {
    let store = Store::open(folder).expect("the view");
    let reader = store.reader();
    let page = |n: u64| {
        let filed = TicketIndex::OpenAt(City::unit(n % 51));
        reader.tickets(None, PAGE, Some(&filed)).expect("a list").len()
    };
    timed("worklist of a unit, a page of 50", ROUNDS, page);
    let history = |n: u64| {
        let caller = city.regular(scatter(n));
        reader.tickets_of_caller(&caller).expect("a list").len()
    };
    timed("history of a caller who calls often", ROUNDS, history);
    timed("the matter with all its followers, a page of 50", ROUNDS, |_| of_matter(city, &reader));
}

fn of_matter(city: &City, reader: &Reader) -> usize {
    let filed = TicketIndex::Matter(city.matter());
    reader.tickets(None, PAGE, Some(&filed)).expect("a list").len()
}

fn timed(what: &str, rounds: u64, look: impl Fn(u64) -> usize) {
    let mut found = 0;
    let times = (0..rounds).map(|n| {
        let begun = Instant::now();
        found += look(n);
        begun.elapsed()
    });
    let times: Vec<Duration> = times.collect();
    assert!(found > 0, "{what}: nothing was found");
    say(&format!("{what}: {}, {} tickets each", spread(times), found as u64 / rounds));
}

/// The program on this data, started from the log alone and from the first start's snapshot;
/// then the assessment of its last year, as a director asks for it.
fn start(installation: &Installation, year: i32) {
    installation.add_person("director", "director");
    let director = installation.token("director");
    for what in ["from the log alone", "from the snapshot"] {
        let begun = Instant::now();
        let mut program = installation.program();
        let line =
            program.wait_within(LONG, "its state", |line| line.contains("restored the state"));
        program.wait_within(LONG, "that it is ready", |line| line.ends_with("ready"));
        let took = begun.elapsed();
        std::thread::sleep(Duration::from_secs(5));
        let status = std::fs::read_to_string(format!("/proc/{}/status", program.id()));
        let memory = status.unwrap_or_default();
        let mib = |key: &str| {
            let line = memory.lines().find(|line| line.starts_with(key));
            let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
            kib.unwrap_or(0) / 1024
        };
        say(&format!(
            "a start {what}: ready in {took:.2?}, {} MiB resident, {} at most",
            mib("VmRSS"),
            mib("VmHWM")
        ));
        say(line.split("snapshots: ").last().unwrap_or(&line));
        let begun = Instant::now();
        let answer = installation.api(&director).get(&format!("/api/v1/reports/R5?period={year}"));
        let kib = answer.body.len() / 1024;
        say(&format!("R5 of {year}: {}, {kib} KiB in {:.2?}", answer.status, begun.elapsed()));
        program.terminate();
        program.wait_for_end(LONG);
    }
}

pub(crate) fn spread(mut all: Vec<Duration>) -> String {
    all.sort();
    let at = |part: f64| all[((all.len() - 1) as f64 * part) as usize];
    format!("p50 {:.2?}, p99 {:.2?}, most {:.2?}", at(0.5), at(0.99), at(1.0))
}

#[allow(clippy::print_stdout, reason = "a bench tells its figures to whoever runs it")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Records in one transaction of the view.
pub(crate) const BATCH: usize = 20_000;
/// Reading a whole log of a decade.
pub(crate) const LONG: Duration = Duration::from_secs(600);
const PAGE: usize = 50;
const ROUNDS: u64 = 5_000;
