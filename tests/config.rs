//! The config folder: what is shipped is sound, and what is wrong is said at once, all of it.

mod support;

use std::path::Path;
use std::process::{Command, Output};

use support::{House, binary};

/// `EX_USAGE` of sysexits(3).
const FAULTS: i32 = 64;

#[test]
fn the_shipped_config_has_no_fault() {
    let output = check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config"));
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn every_fault_is_told_at_once_with_its_place() {
    let house = House::with_seats(0);
    house.edit("queues.toml", |text| text.replace("\"4s\"", "\"four\""));
    house.edit("lines.toml", |text| text.replace("queue = \"citizens\"", "queue = \"citizen\""));
    house.edit("trunks.toml", |text| text.replace("127.0.0.2", "127.0.0.2222"));
    house.edit("seats.toml", |text| text + "surprise = 1\n");
    let output = check(&house.path("config"));
    assert_eq!(output.status.code(), Some(FAULTS), "{}", said(&output));
    let said = said(&output);
    for place in ["queues.toml:", "lines.toml:", "trunks.toml:", "seats.toml:"] {
        assert!(said.contains(place), "{place} is not in\n{said}");
    }
    for word in ["ring", "citizen", "sources", "surprise"] {
        assert!(said.contains(word), "{word} is not in\n{said}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_a_fault_like_others() {
    let output = check(Path::new("no-such-folder"));
    assert_eq!(output.status.code(), Some(FAULTS), "{}", said(&output));
    assert!(said(&output).contains("no-such-folder"));
}

#[test]
fn an_engine_does_not_start_on_a_faulty_config() {
    let house = House::with_seats(0);
    house.edit("queues.toml", |text| text.replace("\"4s\"", "\"four\""));
    let output = house.run(&["serve", "--config", "config"]);
    assert_eq!(output.status.code(), Some(FAULTS), "{}", said(&output));
    assert!(said(&output).contains("queues.toml:"));
}

#[test]
fn a_seat_that_does_not_exist_gets_no_password() {
    let house = House::with_seats(0);
    let output = house.run(&["seat", "password", "9999"]);
    assert!(!output.status.success());
    assert!(said(&output).contains("9999"));
}

fn check(folder: &Path) -> Output {
    let mut command: Command = binary();
    command.arg("check").arg(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}
