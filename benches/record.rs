//! The cost of recording: a minute of twenty parallel calls, closed, synced and hashed.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use media::{Chunk, ChunkBody, RecordingSummary, Samples};
use model::CallId;
use recorder::{Options, Recorder, RecorderEvent, RecorderHandle};

fn record(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (tell, outcomes) = crossbeam_channel::unbounded();
    let options = Options {
        folder: folder.path().into(),
        details_wait: std::time::Duration::from_millis(1),
        gather: std::time::Duration::ZERO,
        low_water_bytes: 0,
        full_water_bytes: 0,
        ..Options::default()
    };
    let recorder = Recorder::start(options, tell).expect("the recorder starts");
    let tap = recorder.tap();
    let mut first = CallId::from(1_795_363_200_000_000);
    let mut group = c.benchmark_group("record");
    group.throughput(Throughput::Elements(CALLS * SECONDS));
    group.sample_size(20);
    group.bench_function("a minute of 20 calls, in seconds", |b| {
        b.iter(|| {
            let calls: Vec<_> = std::iter::successors(Some(first), |call| Some(call.next()))
                .take(CALLS as usize)
                .collect();
            first = calls.last().map_or(first, |last| last.next());
            for n in 0..SECONDS * 4 {
                for call in &calls {
                    let samples = Samples {
                        start: n * 2_000,
                        stereo: vec![n as i16; 4_000],
                        caller_gap: 0,
                        hotline_gap: 0,
                    };
                    offer(&tap, *call, ChunkBody::Samples(samples));
                }
            }
            for call in calls {
                let closing =
                    RecordingSummary { frames: SECONDS * 8_000, ..RecordingSummary::default() };
                offer(&tap, call, ChunkBody::Close(Box::new(closing)));
            }
            for _ in 0..CALLS {
                while !matches!(outcomes.recv(), Ok(RecorderEvent::Closed { .. }) | Err(_)) {}
            }
        });
    });
    group.finish();
    recorder.finish();
}

fn offer(tap: &RecorderHandle, call: CallId, body: ChunkBody) {
    tap.offer(Chunk { call, body }).expect("room");
}

const SECONDS: u64 = 60;
/// All their chunks fit into the recorder's channel, so that its pauses hardly count.
const CALLS: u64 = 20;

criterion_group!(benches, record);
criterion_main!(benches);
