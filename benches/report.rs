//! A year's report over a million tickets and as many calls: from the rows of the view to a
//! sheet as people read it.

#[path = "../crates/reporting/tests/reporting/common.rs"]
mod common;

use std::{hint::black_box, time::Duration};

use common::{Hotline, at, call, of_year};
use criterion::{Criterion, criterion_group, criterion_main};
use reporting::{
    bulletin::Report,
    facts::{CallRow, TicketRow},
};
use stats::Cdr;

const TICKETS: u64 = 1_000_000;

fn report(c: &mut Criterion) {
    let units: Vec<(String, &str)> =
        (0..50).map(|n| (format!("u{n:02}"), if n < 25 { "县区" } else { "市直部门" })).collect();
    let units: Vec<(&str, &str)> =
        units.iter().map(|(code, group)| (code.as_str(), *group)).collect();
    let hotline = Hotline::new(at("2027-01-04", 8, 0), &units);
    let rows: Vec<Vec<u8>> = (0..TICKETS)
        .map(|i| postcard::to_stdvec(&of_year(i, TICKETS, 2026)).expect("a row is plain"))
        .collect();
    let start = at("2026-01-01", 0, 0);
    let apart = Duration::from_secs(365 * 86_400) / 1_000_000;
    let calls: Vec<Vec<u8>> = (0..1_000_000u32)
        .map(|n| call(start + apart * n, (n % 20 != 0).then_some(u64::from(n % 17))))
        .map(|cdr| Cdr {
            recording: Some(format!("2026/01/01/{}.wav", cdr.call)),
            recording_ms: Some(cdr.talk_ms),
            recording_sha256: Some("0".repeat(64)),
            ..cdr
        })
        .map(|cdr| serde_json::to_vec(&cdr).expect("a call is plain"))
        .collect();
    let excluded = std::collections::BTreeSet::new();
    let facts = || {
        let mut builder = hotline.builder(&excluded);
        for call in &calls {
            let call: CallRow = serde_json::from_slice(call).expect("as it was written");
            builder.add_call(&call);
        }
        for row in &rows {
            let row: TicketRow = postcard::from_bytes(row).expect("as it was written");
            builder.add_ticket(&row);
        }
        builder.build()
    };
    let made = facts();
    let mut group = c.benchmark_group("report");
    group.sample_size(10).measurement_time(Duration::from_secs(30));
    group.bench_function("facts of 1,000,000 tickets and calls", |b| b.iter(|| black_box(facts())));
    let source = hotline.source(&made);
    for (report, period) in
        [(Report::R5, "2026"), (Report::R3, "2026-11"), (Report::R1, "2026-11-20")]
    {
        let period = hotline.period(period);
        group.bench_function(format!("{report} of {period}, from facts"), |b| {
            b.iter(|| {
                let sheet = source.sheet(report, &period, None).expect("a fitting period");
                black_box(press::print(&sheet, &press::ReleaseMark::default(), press::Format::Html))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, report);
criterion_main!(benches);
