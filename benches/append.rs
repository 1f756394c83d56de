//! The cost of a group commit: encode, one write, one sync.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use journal::{Journal, Options};
use model::{CallId, Event, QueueId, Record, Timestamp, event::CallQueued};

fn batch(first: u64) -> Vec<Record> {
    (first..first + BATCH).map(record).collect()
}

fn record(seq: u64) -> Record {
    let queued = CallQueued {
        transferred: false,
        waited_ms: 0,
        call: CallId::from(1_795_363_200_000_000 + seq),
        queue: QueueId::from("mandarin"),
        skills: vec![model::Skill::from("mandarin")],
        requirement: Default::default(),
        priority: 0,
        position: 3,
        expected_ms: None,
    };
    Record {
        seq,
        at: Timestamp::from_micros(1_795_363_200_000_000 + seq),
        event: Event::CallQueued(queued),
    }
}

fn append(c: &mut Criterion) {
    let mut group = c.benchmark_group("append");
    group.throughput(Throughput::Elements(BATCH));
    for (name, synced) in [("100 records", false), ("100 records and sync", true)] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (mut journal, _) =
            Journal::open(folder.path(), Options::default()).expect("a new log opens");
        let mut next = 1;
        group.bench_function(name, |b| {
            b.iter_batched(
                || {
                    next += BATCH;
                    batch(next - BATCH)
                },
                |records| {
                    journal.append(&records).expect("the log takes a batch");
                    if synced {
                        journal.sync().expect("the log syncs");
                    }
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

const BATCH: u64 = 100;

criterion_group!(benches, append);
criterion_main!(benches);
