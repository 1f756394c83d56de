//! Lists as the page requests them, of a running engine: the time and the engine's CPU time of each
//! request, for one client and for sixteen.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use journal::Journal;
use model::Record;

use crate::{
    BATCH, City, LONG, say, spread,
    support::{Api, Installation, Program},
};

pub(crate) fn measure(city: &City) {
    let installation = Installation::with_seats(1);
    make(city, &installation.path("data"));
    let unit = City::unit(0).to_string();
    let mut tokens = BTreeMap::new();
    for (role, more) in [
        ("agent", [].as_slice()),
        ("dispatcher", &[]),
        ("sup_group", &["--group", "east"]),
        ("callback", &[]),
        ("director", &[]),
        ("liaison", &["--unit", &unit]),
        ("unit_head", &["--unit", &unit]),
    ] {
        installation.ok(&[&["user", "add", role, "--role", role], more].concat());
        tokens.insert(role, installation.token(role));
    }
    let begun = Instant::now();
    let program = installation.program();
    program.wait_within(LONG, "that it is ready", |line| line.ends_with("ready"));
    say(&format!("a start from the log alone: ready in {:.2?}", begun.elapsed()));
    settle(&program);
    let caller = city.regular(7);
    let mut lists: Vec<(&str, String)> = Vec::new();
    for person in
        ["agent", "dispatcher", "sup_group", "callback", "director", "liaison", "unit_head"]
    {
        lists.push((person, "worklist".into()));
    }
    lists.extend([
        ("dispatcher", "worklist?topic=0104".into()),
        ("dispatcher", "worklist?topic=0104&state=in_review".into()),
        ("director", format!("units/{unit}/worklist")),
        ("director", "tickets".into()),
        ("director", "tickets?state=in_review".into()),
        ("director", format!("tickets?unit={unit}")),
        ("director", format!("tickets?caller={}", caller.reveal())),
        ("director", "calls".into()),
        ("director", "calls?seat=1001".into()),
        ("director", "calls?end=abandoned".into()),
        ("agent", "calls".into()),
    ]);
    for (person, list) in lists {
        let api = installation.api(&tokens[person]);
        let first = Instant::now();
        let shown = rows(&api, &list);
        let first = first.elapsed();
        for clients in [1, 16] {
            let before = cpu(&program);
            let times = ask(&api, &list, clients);
            let cpu = (cpu(&program) - before) / u32::try_from(times.len()).expect("a count");
            let clients = format!("{clients} at once");
            say(&format!(
                "{person} {list}: {shown} rows, first {first:.1?}; {clients}: {}, CPU {cpu:.2?}",
                spread(times)
            ));
        }
    }
}

fn rows(api: &Api, list: &str) -> String {
    let page = api.json(&format!("/api/v1/{list}"));
    let shown = page["items"].as_array().map_or(0, Vec::len);
    match page["total"].as_u64() {
        Some(total) => format!("{shown} of {total}"),
        None => shown.to_string(),
    }
}

/// The time of each request.
fn ask(api: &Api, list: &str, clients: usize) -> Vec<Duration> {
    let path = format!("/api/v1/{list}");
    let asked = std::thread::scope(|scope| {
        let one = || {
            let api = api.clone();
            let path = &path;
            scope.spawn(move || {
                let time = |_| {
                    let begun = Instant::now();
                    let answer = api.get(path);
                    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
                    begun.elapsed()
                };
                (0..REQUESTS).map(time).collect::<Vec<_>>()
            })
        };
        let clients: Vec<_> = (0..clients).map(|_| one()).collect();
        clients.into_iter().map(|client| client.join().expect("a client")).collect::<Vec<_>>()
    });
    asked.into_iter().flatten().collect()
}

/// Waits until the rules have looked at every ticket, as they do after each start.
fn settle(program: &Program) {
    let mut before = cpu(program);
    loop {
        std::thread::sleep(Duration::from_secs(2));
        let now = cpu(program);
        if now - before < Duration::from_millis(200) {
            return;
        }
        before = now;
    }
}

/// The CPU time of a program so far, in ticks of a hundredth of a second.
fn cpu(program: &Program) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", program.id())).expect("it runs");
    // The name in parentheses may hold blanks.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Writes the log. The engine makes the view of it.
fn make(city: &City, data: &Path) {
    let (mut journal, _) =
        Journal::open(data.join("journal"), journal::Options::default()).expect("a new log");
    let mut batch: Vec<Record> = Vec::new();
    let mut last = 0;
    for n in 0..city.tickets {
        let life = city.open_life(n, last + 1);
        last += life.len() as u64;
        batch.extend(life);
        if batch.len() >= BATCH {
            journal.append(&batch).expect("the log takes them");
            batch.clear();
        }
    }
    journal.append(&batch).expect("the log takes them");
    journal.sync().expect("the disk has it");
    say(&format!("{} open tickets in {last} records", city.tickets));
}

/// Requests of each client for each list.
const REQUESTS: usize = 40;
