//! The bytes that ended calls leave in the memory of the center: `cargo bench --bench center -- memory`.
//!
//! The calls of the other rows are played on with recordings and with a clerk who closes their
//! tickets, in virtual time. The bytes that stay allocated are printed after each tenth of the calls,
//! with the part that each field of the memory holds. `HEARTLINE_BENCH_CALLS` is the number of calls.

use std::{collections::BTreeMap, time::Duration};

use center::Center;

use crate::{driver::Driver, hotline::Hotline};

/// The bytes that are held after a number of calls.
pub(crate) struct Held {
    pub(crate) calls: u64,
    /// All bytes that the center and its driver hold.
    pub(crate) all: i64,
    /// The bytes of a copy of each field of the memory.
    pub(crate) parts: BTreeMap<&'static str, i64>,
}

/// Plays `calls` calls and takes the bytes after each of `steps` steps.
pub(crate) fn measure(hotline: &Hotline, calls: u64, steps: u64) -> Vec<Held> {
    let mut held = Vec::new();
    let mut all = 0;
    let mut begun = None;
    let starts = allocation_counter::measure(|| {
        let mut driver = Driver::new(hotline);
        driver.close_tickets();
        driver.seats_sign_in();
        driver.calls_fill_the_queues();
        begun = Some(driver);
    });
    all += starts.bytes_current;
    let Some(mut driver) = begun else { return held };
    for step in 1..=steps {
        let until = calls * step / steps;
        let played = allocation_counter::measure(|| {
            while driver.ended_calls() < until {
                driver.play(Duration::from_secs(10));
            }
        });
        all += played.bytes_current;
        held.push(Held { calls: driver.ended_calls(), all, parts: parts(driver.center()) });
    }
    held
}

/// The bytes of a copy of each field.
fn parts(center: &Center) -> BTreeMap<&'static str, i64> {
    let memory = center.memory();
    BTreeMap::from([
        ("wallboard", bytes_of(&memory.wallboard)),
        ("open calls", bytes_of(&memory.open_calls)),
        ("open offers", bytes_of(&memory.open_offers)),
        ("unfiled calls", bytes_of(&memory.unfiled_calls)),
        ("open recordings", bytes_of(&memory.open_recordings)),
        ("desk", bytes_of(&memory.desk)),
        ("channels", bytes_of(&memory.channels)),
    ])
}

fn bytes_of<T: Clone>(part: &T) -> i64 {
    let mut copy = None;
    let counted = allocation_counter::measure(|| copy = Some(part.clone()));
    drop(copy);
    counted.bytes_current
}
