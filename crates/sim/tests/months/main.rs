//! Days of the whole hotline with phones and back office: every invariant holds, and tickets are
//! completed.

mod city;
mod heating;

use sim::{Storm, World};

#[test]
fn power_cuts_lose_no_acknowledged_record() {
    let city = city::shipped();
    let mut world = World::with_office(5, Storm::cuts(), &city);
    world.play_day();
    world.calm();
    let report = world.report();
    assert!(report.is_clean(), "{}", report.summary());
    assert!(report.crashes > 20, "{}", report.line());
    assert!(world.office_tally().accepted > 500, "{}", report.line());
}

#[test]
fn back_office_days_keep_every_invariant() {
    let city = city::shipped();
    for seed in [1, 2] {
        let mut world = World::with_office(seed, Storm::months(), &city);
        for _ in 0..3 {
            world.play_day();
        }
        world.calm();
        let report = world.report();
        let office = world.office_report().expect("the office has a report");
        assert!(report.is_clean(), "seed {seed}: {}\n{office}", report.summary());
        let tally = world.office_tally();
        assert!(tally.dispatched > 300 && tally.on_time > 100, "{office}");
        assert_eq!(report.audits, 3);
    }
}
