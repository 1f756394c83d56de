//! The cost of passing a call between threads: `cargo bench --bench intake`.
#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(clippy::disallowed_methods, reason = "threads are what is measured here")]

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use queue::Intake;

fn alone(c: &mut Criterion) {
    let intake = Intake::new(4_096);
    let mut group = c.benchmark_group("intake");
    group.throughput(Throughput::Elements(64));
    group.bench_function("push 64, take 64, one thread", |b| {
        b.iter(|| {
            for n in 0..64u64 {
                let _ = intake.push(black_box(n));
            }
            intake.take().sum::<u64>()
        });
    });
    group.finish();
}

fn against_a_producer(c: &mut Criterion) {
    let intake = Arc::new(Intake::new(4_096));
    let stop = Arc::new(AtomicBool::new(false));
    let producer = {
        let (intake, stop) = (intake.clone(), stop.clone());
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let _ = intake.push(1u64);
            }
        })
    };
    let mut group = c.benchmark_group("intake");
    group.throughput(Throughput::Elements(1));
    group.bench_function("push while another thread pushes, this one takes", |b| {
        b.iter(|| {
            if intake.push(black_box(2)).is_err() {
                drop(intake.take());
            }
        });
    });
    group.finish();
    stop.store(true, Ordering::Relaxed);
    producer.join().unwrap_or_default();
}

criterion_group!(benches, alone, against_a_producer);
criterion_main!(benches);
