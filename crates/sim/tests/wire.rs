//! Wire depth in short: the longer stories are in `tests/seeds.rs` at the top.

use std::time::Duration;

use sim::{Depth, Floor, Report, Storm, World};

fn play(seed: u64, floor: Floor, storm: Storm, minutes: u64) -> Report {
    let mut world = World::new(seed, Depth::Wire, floor, storm);
    world.play(Duration::from_secs(minutes * 60));
    world.calm();
    world.report()
}

#[test]
fn a_usual_half_hour_on_the_wire_is_clean() {
    let report = play(1, Floor::rushed(), Storm::usual(), 30);
    assert!(report.is_clean(), "{}", report.summary());
    assert!(report.connected > 20 && report.wire.rung > 20, "{}", report.summary());
}

#[test]
fn a_wild_half_hour_on_the_wire_is_clean() {
    let report = play(2, Floor::cramped(), Storm::wild(), 30);
    assert!(report.is_clean(), "{}", report.summary());
    assert!(report.offers > 20 && report.wire.strange > 500, "{}", report.summary());
}

#[test]
fn an_hour_on_the_wire_repeats_to_the_letter() {
    let play = || play(3, Floor::cramped(), Storm::wild(), 10);
    assert_eq!(play(), play());
}
