//! Virtual days: they repeat to the letter, and keep every law, at both depths and with the back
//! office. And the demo runs by itself.

mod support;

use std::time::Duration;

use serde_json::Value;
use sim::{Depth, Floor, Report, Storm, World};
use support::{House, binary, free_port};

#[test]
fn a_seed_plays_the_same_day_twice() {
    let play = || {
        let mut command = binary();
        let output = command.args(["sim", "--seed", "42", "--days", "1"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stdout).unwrap()
    };
    let first = play();
    assert!(first.contains("42"), "the seed is printed: {first}");
    assert_eq!(first, play());
}

#[test]
fn the_back_office_works_the_same_day_twice() {
    let play = || {
        let output = binary().args(["sim", "--office", "--seed", "42"]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        said
    };
    let first = play();
    for word in ["dispatched", "leaders' signatures", "1 midnights audited", "every law held"] {
        assert!(first.contains(word), "{word}: {first}");
    }
    assert_eq!(first, play());
}

#[test]
fn the_demo_takes_calls_and_ends_by_itself() {
    let house = House::with_seats(0);
    let address = |port| format!("127.0.0.1:{port}");
    let (sip, http) = (address(free_port()), address(free_port()));
    let said = house.ok(&[
        "demo",
        "--for",
        "20s",
        "--seats",
        "2",
        "--calls",
        "60",
        "--data",
        "demo-data",
        "--recordings",
        "demo-recordings",
        "--sip",
        &sip,
        "--http",
        &http,
    ]);
    assert!(said.contains(&http), "the demo tells where its console is:\n{said}");
    let log = house.ok(&["log", "cat", "--data", "demo-data"]);
    let records: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |event: &str| records.iter().filter(|record| record["event"] == event).count();
    assert!(count("CallConnected") > 0, "somebody talked with somebody:\n{said}");
    assert_eq!(count("CallArrived"), count("CallEnded"), "every call ended");
    house.ok(&["log", "verify", "--data", "demo-data"]);
}

/// Plays so many minutes at wire depth, calms down, and wants every law kept.
fn on_the_wire(seed: u64, floor: Floor, storm: Storm, minutes: u64) -> Report {
    let mut world = World::new(seed, Depth::Wire, floor, storm);
    world.play(Duration::from_secs(60 * minutes));
    world.calm();
    let report = world.report();
    assert!(report.is_clean(), "seed {seed}: {}", report.summary());
    report
}

#[test]
fn a_usual_hour_on_the_wire_keeps_every_law() {
    let report = on_the_wire(1, Floor::hotline(), Storm::usual(), 60);
    assert!(report.connected > 50 && report.wire.rung > 50, "{}", report.line());
}

#[test]
fn a_wild_hour_on_the_wire_keeps_every_law() {
    let report = on_the_wire(3, Floor::rushed(), Storm::wild(), 60);
    assert!(report.crashes > 0 && report.wire.strange > 1_000, "{}", report.line());
}

#[test]
fn a_seed_plays_the_same_hour_on_the_wire_twice() {
    let play = || on_the_wire(7, Floor::cramped(), Storm::wild(), 20);
    let (first, second) = (play(), play());
    assert_eq!(first, second);
    let other = on_the_wire(8, Floor::cramped(), Storm::wild(), 20);
    assert_ne!(first.fingerprint, other.fingerprint);
}

/// Seeds that broke a law once, and what each taught.
#[test]
fn seeds_that_taught_something() {
    let taught = [
        // The engine died with talks up; their phones, forgotten, said BYE and UPDATE until their
        // whole office was shut out for ten minutes (law 14).
        (2, Lesson::Cramped),
        // One phone dialled a code while our 401s got lost: the same INVITE, sent six times,
        // counted as six guesses (law 14).
        (16, Lesson::Cramped),
        // A caller whose engine died while it rang: nobody cancels, so a phone must stop
        // ringing by itself (law 12, the phone's fault).
        (11, Lesson::Cramped),
        // A phone's UPDATE crossed our BYE, and the 481 looked like a call gone astray (law 12,
        // the law's fault).
        (5, Lesson::Cramped),
        // A phone got its power back in the last half second in which its INVITE was sent again:
        // it rings for nobody, and no transaction is left to tell it (law 12, RFC 3261 17.1.1).
        (4, Lesson::Cramped),
        // A phone's hold crossed our BYE in the same way, from a second phone of the seat.
        (14, Lesson::Rushed),
    ];
    for (seed, lesson) in taught {
        match lesson {
            Lesson::Cramped => on_the_wire(seed, Floor::cramped(), Storm::wild(), 60),
            Lesson::Rushed => on_the_wire(seed, Floor::rushed(), Storm::wild(), 20),
        };
    }
}

enum Lesson {
    Cramped,
    Rushed,
}

#[test]
fn a_wild_day_at_the_desk_keeps_every_law() {
    for seed in 1..=3 {
        let mut world = World::new(seed, Depth::Desk, Floor::cramped(), Storm::wild());
        world.play_day();
        world.calm();
        let report = world.report();
        assert!(report.is_clean(), "seed {seed}: {}", report.summary());
    }
}
