//! The simulator's program: a seed plays the same days twice, and stories are listed.

use std::process::Command;

fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_heartline-sim"))
}

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
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
        printed
    };
    let first = play();
    for word in ["dispatched", "leaders' signatures", "1 midnights audited", "every invariant held"]
    {
        assert!(first.contains(word), "{word}: {first}");
    }
    assert_eq!(first, play());
}

#[test]
fn stories_are_listed_with_their_codes() {
    let output = binary().args(["story", "--json"]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let first: serde_json::Value = serde_json::from_str(printed.lines().next().unwrap()).unwrap();
    assert_eq!(first["code"], "S1");
    let unknown = binary().args(["story", "S99"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(64));
}
