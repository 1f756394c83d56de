//! The demo takes calls and ends by itself; the simulator has moved.

mod support;

use serde_json::Value;
use support::{Installation, binary, free_port};

#[test]
fn demo_takes_calls_and_ends() {
    let installation = Installation::with_seats(0);
    let address = |port| format!("127.0.0.1:{port}");
    let (sip, http) = (address(free_port()), address(free_port()));
    let said = installation.ok(&[
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
    let log = installation.ok(&["log", "cat", "--data", "demo-data"]);
    let records: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |event: &str| records.iter().filter(|record| record["event"] == event).count();
    assert!(count("CallConnected") > 0, "a caller and a seat were connected:\n{said}");
    assert_eq!(count("CallArrived"), count("CallEnded"), "every call ended");
    installation.ok(&["log", "verify", "--data", "demo-data"]);
}

#[test]
fn moved_simulator_names_the_program_to_run_instead() {
    let output = binary().args(["sim", "--seed", "42"]).output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("heartline-sim sim --seed 42"), "{stderr}");
}
