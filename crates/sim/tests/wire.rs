//! Wire depth: an hour of SIP over a bad network, and every law holds.

use std::time::Duration;

use sim::{Depth, Floor, Report, Storm, World};

fn play(seed: u64, floor: Floor, storm: Storm, minutes: u64) -> Report {
    let mut world = World::new(seed, Depth::Wire, floor, storm);
    world.play(Duration::from_secs(minutes * 60));
    world.calm();
    world.report()
}

#[test]
fn a_usual_hour_on_the_wire_is_clean() {
    let report = play(1, Floor::cramped(), Storm::usual(), 60);
    assert!(report.is_clean(), "{}", report.summary());
    assert!(report.connected > 50, "{}", report.summary());
}

#[test]
fn a_wild_hour_on_the_wire_is_clean() {
    let report = play(2, Floor::cramped(), Storm::wild(), 60);
    assert!(report.is_clean(), "{}", report.summary());
}
