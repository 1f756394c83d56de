//! The cost of recording: a minute of twenty parallel calls, closed, synced and hashed, in each
//! encoding. Before the times it prints CPU time and system calls.
#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(clippy::print_stdout, reason = "the counts are for the person who runs it")]

use std::{fs, iter};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use crossbeam_channel::Receiver;
use media::{Chunk, ChunkBody, RecordingSummary, Samples};
use model::{CallId, Codec};
use recorder::{Encoding, Options, Recorder, RecorderEvent};

fn record(c: &mut Criterion) {
    let mut group = c.benchmark_group("record");
    group.throughput(Throughput::Elements(CALLS * SECONDS));
    group.sample_size(20);
    for (name, encoding) in [("pcm", Encoding::Pcm16), ("alaw", Encoding::G711(Codec::Pcma))] {
        let mut studio = Studio::start(encoding);
        studio.print_cost(name);
        group.bench_function(format!("a minute of 20 calls as {name}, in seconds"), |b| {
            b.iter(|| studio.minute());
        });
        studio.recorder.finish();
    }
    group.finish();
}

struct Studio {
    _folder: tempfile::TempDir,
    recorder: Recorder,
    outcomes: Receiver<RecorderEvent>,
    next: CallId,
}

impl Studio {
    fn start(encoding: Encoding) -> Studio {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (tell, outcomes) = crossbeam_channel::unbounded();
        let options = Options {
            folder: folder.path().into(),
            encoding,
            details_wait: std::time::Duration::from_millis(1),
            gather: std::time::Duration::ZERO,
            low_water_bytes: 0,
            full_water_bytes: 0,
            ..Options::default()
        };
        let recorder = Recorder::start(options, tell).expect("the recorder starts");
        let next = CallId::from(1_795_363_200_000_000);
        Studio { _folder: folder, recorder, outcomes, next }
    }

    /// Records twenty calls of a minute and waits until they are closed.
    fn minute(&mut self) {
        let calls: Vec<_> = iter::successors(Some(self.next), |call| Some(call.next()))
            .take(CALLS as usize)
            .collect();
        self.next = calls.last().map_or(self.next, |last| last.next());
        for n in 0..SECONDS * 4 {
            for call in &calls {
                let samples = Samples {
                    start: n * 2_000,
                    stereo: vec![n as i16; 4_000],
                    caller_gap: 0,
                    hotline_gap: 0,
                };
                self.offer(*call, ChunkBody::Samples(samples));
            }
        }
        for call in calls {
            let frames = SECONDS * 8_000;
            let closing = RecordingSummary { frames, ..RecordingSummary::default() };
            self.offer(call, ChunkBody::Close(Box::new(closing)));
        }
        for _ in 0..CALLS {
            while !matches!(self.outcomes.recv(), Ok(RecorderEvent::Closed { .. }) | Err(_)) {}
        }
    }

    fn offer(&self, call: CallId, body: ChunkBody) {
        self.recorder.tap().offer(Chunk { call, body }).expect("room");
    }

    /// Prints the cost of a second of a call, and of a call.
    fn print_cost(&mut self, name: &str) {
        self.minute();
        let (before, syncs_before) = (Cost::so_far(), self.recorder.syncs());
        (0..MINUTES).for_each(|_| self.minute());
        let (after, syncs) = (Cost::so_far(), self.recorder.syncs());
        let calls = (CALLS * MINUTES) as f64;
        let of_a_call = |after: u64, before: u64| (after - before) as f64 / calls;
        println!(
            "record/{name}: {:.1} us of CPU and {:.2} write calls a second of a call; {:.1} read \
             calls, {:.2} synced files and {:.2} synced folders a call of {SECONDS} s",
            of_a_call(after.cpu_ns, before.cpu_ns) / 1_000.0 / SECONDS as f64,
            of_a_call(after.writes, before.writes) / SECONDS as f64,
            of_a_call(after.reads, before.reads),
            of_a_call(syncs.files, syncs_before.files),
            of_a_call(syncs.folders, syncs_before.folders),
        );
    }
}

/// The cost of the process since its start, from proc(5).
struct Cost {
    cpu_ns: u64,
    reads: u64,
    writes: u64,
}

impl Cost {
    fn so_far() -> Cost {
        let first = |text: String| text.split_whitespace().next()?.parse::<u64>().ok();
        let threads = fs::read_dir("/proc/self/task").expect("Linux");
        let of_thread =
            |thread: fs::DirEntry| first(fs::read_to_string(thread.path().join("schedstat")).ok()?);
        let io = fs::read_to_string("/proc/self/io").expect("Linux");
        let field = |name: &str| {
            io.lines()
                .find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
                .expect("a number of calls")
        };
        Cost {
            cpu_ns: threads.flatten().filter_map(of_thread).sum(),
            reads: field("syscr:"),
            writes: field("syscw:"),
        }
    }
}

const SECONDS: u64 = 60;
/// All their chunks fit into the recorder's channel, so that its pauses hardly count.
const CALLS: u64 = 20;
/// As many as the printed cost is the mean of.
const MINUTES: u64 = 10;

criterion_group!(benches, record);
criterion_main!(benches);
