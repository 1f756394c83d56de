//! The cost of a simulated day of a hotline, auditor included: `cargo bench --bench day`.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use criterion::{Criterion, criterion_group, criterion_main};

fn day(c: &mut Criterion) {
    let mut group = c.benchmark_group("day");
    // A day is seconds of work, not microseconds.
    group.sample_size(10);
    let mut seed = 0;
    group.bench_function("one day, desk depth", |b| {
        b.iter(|| {
            seed += 1;
            let report = sim::run(seed, 1, sim::Depth::Desk, &mut |_| {});
            assert!(report.is_clean(), "seed {seed}: {}", report.summary());
            report
        });
    });
    group.finish();
}

criterion_group!(benches, day);
criterion_main!(benches);
