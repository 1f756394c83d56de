//! The intake with real threads, and compared with a simple model.
#![allow(clippy::disallowed_methods, reason = "threads are what is tested here")]
#![cfg(not(loom))]

use std::{collections::VecDeque, sync::Arc, thread};

use proptest::prelude::*;
use queue::Intake;

#[test]
fn values_come_out_in_order() {
    let intake = Intake::new(3);
    assert_eq!(intake.push("a"), Ok(true));
    assert_eq!(intake.push("b"), Ok(false));
    assert_eq!(intake.push("c"), Ok(false));
    assert_eq!(intake.push("d"), Err("d"));
    assert_eq!(intake.len(), 3);
    let batch = intake.take();
    assert_eq!(batch.len(), 3);
    assert_eq!(batch.collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(intake.push("e"), Ok(true));
}

#[test]
fn dropped_batch_drops_its_remaining_values() {
    let witness = Arc::new(());
    let intake = Intake::new(8);
    (0..5).for_each(|_| drop(intake.push(witness.clone())));
    let mut batch = intake.take();
    drop(batch.next());
    assert_eq!(Arc::strong_count(&witness), 5);
    drop(batch);
    assert_eq!(Arc::strong_count(&witness), 1);
}

#[test]
fn four_producers_lose_no_value_and_keep_their_order() {
    let (producers, each) = (4u64, 50_000u64);
    let intake = Arc::new(Intake::new(64));
    let threads: Vec<_> = (0..producers)
        .map(|who| {
            let intake = intake.clone();
            thread::spawn(move || {
                for n in 0..each {
                    let mut item = (who, n);
                    while let Err(back) = intake.push(item) {
                        item = back;
                        thread::yield_now();
                    }
                }
            })
        })
        .collect();
    let mut next = vec![0; producers as usize];
    let mut seen = 0;
    while seen < producers * each {
        assert!(intake.len() <= 64);
        for (who, n) in intake.take() {
            assert_eq!(n, next[who as usize], "producer {who} out of order");
            next[who as usize] += 1;
            seen += 1;
        }
        thread::yield_now();
    }
    threads.into_iter().for_each(|t| t.join().unwrap());
    assert!(intake.is_empty());
}

#[derive(Clone, Debug)]
enum Step {
    Push(u16),
    Take,
    TakePart(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any::<u16>().prop_map(Step::Push),
        1 => Just(Step::Take),
        1 => (0usize..6).prop_map(Step::TakePart),
    ]
}

proptest! {
    #[test]
    fn intake_is_a_bounded_fifo(capacity in 1usize..12, steps in prop::collection::vec(step(), 0..200)) {
        let intake = Intake::new(capacity);
        let mut model = VecDeque::new();
        for step in steps {
            match step {
                Step::Push(n) if model.len() < capacity => {
                    prop_assert_eq!(intake.push(n), Ok(model.is_empty()));
                    model.push_back(n);
                }
                Step::Push(n) => prop_assert_eq!(intake.push(n), Err(n)),
                Step::Take => {
                    prop_assert_eq!(intake.take().collect::<VecDeque<_>>(), std::mem::take(&mut model));
                }
                Step::TakePart(n) => {
                    let part: Vec<_> = intake.take().take(n).collect();
                    let expected: Vec<_> = std::mem::take(&mut model).into_iter().take(n).collect();
                    prop_assert_eq!(part, expected);
                }
            }
            prop_assert_eq!(intake.len(), model.len());
        }
    }
}
