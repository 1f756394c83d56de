//! The program plays by itself: virtual days that repeat to the letter, and the demo.

mod support;

use serde_json::Value;
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
