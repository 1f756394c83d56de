//! Simulated days keep every invariant at both depths. Every seed that broke one is kept here.

use std::time::Duration;

use sim::{Depth, Hotline, Report, Storm, World};

/// Simulates a number of minutes at wire depth and checks every invariant.
fn on_the_wire(seed: u64, hotline: Hotline, storm: Storm, minutes: u64) -> Report {
    let mut world = World::new(seed, Depth::Wire, hotline, storm);
    world.play(Duration::from_secs(60 * minutes));
    world.calm();
    let report = world.report();
    assert!(report.is_clean(), "seed {seed}: {}", report.summary());
    report
}

#[test]
fn wire_simulation_of_a_usual_hour_keeps_every_invariant() {
    let report = on_the_wire(1, Hotline::reference(), Storm::usual(), 60);
    assert!(report.connected > 50 && report.wire.rung > 50, "{}", report.line());
}

#[test]
fn wire_simulation_of_a_wild_hour_keeps_every_invariant() {
    let report = on_the_wire(3, Hotline::rushed(), Storm::wild(), 60);
    assert!(report.crashes > 0 && report.wire.strange > 1_000, "{}", report.line());
}

#[test]
fn same_seed_gives_the_same_hour_on_the_wire() {
    let play = || on_the_wire(7, Hotline::cramped(), Storm::wild(), 20);
    let (first, second) = (play(), play());
    assert_eq!(first, second);
    let other = on_the_wire(8, Hotline::cramped(), Storm::wild(), 20);
    assert_ne!(first.fingerprint, other.fingerprint);
}

/// Seeds that once broke an invariant, each with its cause.
#[test]
fn regression_seeds_keep_every_invariant() {
    let taught = [
        // The engine died during calls; the phones, unknown to it, sent BYE and UPDATE until their
        // whole office was blocked for ten minutes (invariant 14).
        (2, Lesson::Cramped),
        // One phone dialled a code while our 401s got lost: the same INVITE, sent six times,
        // counted as six password guesses (invariant 14).
        (16, Lesson::Cramped),
        // The engine died while a phone rang: no CANCEL comes, so the phone must stop
        // ringing on its own (invariant 12; the simulated phone was at fault).
        (11, Lesson::Cramped),
        // A phone's UPDATE crossed our BYE, and the 481 looked like a lost call (invariant 12;
        // the invariant was at fault).
        (5, Lesson::Cramped),
        // A phone got its power back in the last half second in which its INVITE was sent again:
        // it rings for no call, and no transaction is left to cancel it (invariant 12, RFC 3261 17.1.1).
        (4, Lesson::Cramped),
        // A phone's hold crossed our BYE in the same way, from a second phone of the seat.
        (14, Lesson::Rushed),
    ];
    for (seed, lesson) in taught {
        match lesson {
            Lesson::Cramped => on_the_wire(seed, Hotline::cramped(), Storm::wild(), 60),
            Lesson::Rushed => on_the_wire(seed, Hotline::rushed(), Storm::wild(), 20),
        };
    }
}

enum Lesson {
    Cramped,
    Rushed,
}

#[test]
fn callers_in_menus_keep_every_invariant_in_wild_hours() {
    for seed in 1..=2 {
        on_the_wire(seed, Hotline::cramped().with_menus(), Storm::wild(), 20);
    }
    let mut world = World::new(5, Depth::Desk, Hotline::cramped().with_menus(), Storm::wild());
    world.play_day();
    world.calm();
    let report = world.report();
    assert!(report.is_clean() && report.connected > 100, "{}", report.summary());
}

#[test]
fn desk_simulation_of_a_wild_day_keeps_every_invariant() {
    for seed in 1..=3 {
        let mut world = World::new(seed, Depth::Desk, Hotline::cramped(), Storm::wild());
        world.play_day();
        world.calm();
        let report = world.report();
        assert!(report.is_clean(), "seed {seed}: {}", report.summary());
    }
}
