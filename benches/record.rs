//! What recording costs: a minute of one call, closed, synced and hashed.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use media::{Chunk, Closing, Piece, Samples};
use model::CallId;
use recorder::{Options, Outcome, Recorder};

fn record(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (tell, outcomes) = crossbeam_channel::unbounded();
    let options = Options {
        folder: folder.path().into(),
        about_wait: std::time::Duration::from_millis(1),
        gather: std::time::Duration::ZERO,
        low_water_bytes: 0,
        full_water_bytes: 0,
        ..Options::default()
    };
    let recorder = Recorder::start(options, tell).expect("the recorder starts");
    let tap = recorder.tap();
    let mut call = CallId::from(1_795_363_200_000_000);
    let mut group = c.benchmark_group("record");
    group.throughput(Throughput::Elements(SECONDS));
    group.sample_size(20);
    group.bench_function("a minute, in seconds", |b| {
        b.iter(|| {
            call = call.next();
            for n in 0..SECONDS * 4 {
                let samples = Samples {
                    start: n * 2_000,
                    stereo: vec![n as i16; 4_000],
                    caller_gap: 0,
                    hotline_gap: 0,
                };
                tap.offer(Chunk { call, piece: Piece::Samples(samples) }).expect("room");
            }
            let closing = Closing { frames: SECONDS * 8_000, ..Closing::default() };
            tap.offer(Chunk { call, piece: Piece::Close(Box::new(closing)) }).expect("room");
            while !matches!(outcomes.recv(), Ok(Outcome::Closed { .. }) | Err(_)) {}
        });
    });
    group.finish();
    recorder.finish();
}

const SECONDS: u64 = 60;

criterion_group!(benches, record);
criterion_main!(benches);
