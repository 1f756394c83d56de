//! Every interleaving of a few steps of the intake, by loom:
//! `RUSTFLAGS="--cfg loom" cargo test -p queue --test loom --release`.
#![cfg(loom)]

use loom::{sync::Arc, thread};
use queue::Intake;

#[test]
fn values_of_two_producers_come_out_once_and_in_order() {
    // Three preemptions find all known faults of such lists; unlimited ones take hours.
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(|| {
        let intake = Arc::new(Intake::new(4));
        let producers: Vec<_> = [vec![10, 11], vec![20]]
            .into_iter()
            .map(|items| {
                let intake = intake.clone();
                thread::spawn(move || {
                    for n in items {
                        intake.push(n).unwrap();
                    }
                })
            })
            .collect();
        let mut seen: Vec<i32> = intake.take().collect();
        producers.into_iter().for_each(|p| p.join().unwrap());
        seen.extend(intake.take());
        let of_first: Vec<i32> = seen.iter().copied().filter(|n| *n < 20).collect();
        assert_eq!(of_first, [10, 11]);
        assert_eq!((seen.len(), intake.len()), (3, 0));
    });
}

#[test]
fn full_intake_returns_the_value() {
    loom::model(|| {
        let intake = Arc::new(Intake::new(1));
        let other = {
            let intake = intake.clone();
            thread::spawn(move || intake.push(1).is_ok())
        };
        let mine = intake.push(2).is_ok();
        let other = other.join().unwrap();
        assert!(mine ^ other, "one fits, the other is handed back");
        assert_eq!(intake.take().count(), 1);
        assert!(intake.push(3).is_ok(), "there is room again");
    });
}

#[test]
fn every_value_follows_a_wake_up() {
    loom::model(|| {
        let intake = Arc::new(Intake::new(4));
        let producer = {
            let intake = intake.clone();
            thread::spawn(move || intake.push(1).unwrap())
        };
        let first = intake.push(2).unwrap();
        let taken = intake.take().count();
        let second = producer.join().unwrap();
        let left = intake.take().count();
        assert_eq!(taken + left, 2);
        // Exactly one push of each list asked for a wake-up.
        let lists = usize::from(taken > 0) + usize::from(left > 0);
        assert_eq!(usize::from(first) + usize::from(second), lists);
    });
}

#[test]
fn values_not_taken_are_dropped_once() {
    loom::model(|| {
        let value = Arc::new(());
        let intake = Arc::new(Intake::new(4));
        let producer = {
            let (intake, value) = (intake.clone(), value.clone());
            thread::spawn(move || intake.push(value).is_ok())
        };
        drop(intake.take());
        producer.join().unwrap();
        drop(intake);
        assert_eq!(Arc::strong_count(&value), 1);
    });
}
