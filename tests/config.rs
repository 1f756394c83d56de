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
fn faults_of_the_tables_are_told_with_the_rest() {
    let house = House::with_seats(0);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/desk");
    std::fs::create_dir(house.path("config/desk")).unwrap();
    for file in std::fs::read_dir(shipped).unwrap().flatten() {
        std::fs::copy(file.path(), house.path("config/desk").join(file.file_name())).unwrap();
    }
    let output = check(&house.path("config"));
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("39 units, 363 topics, 40 rows"), "{}", said(&output));

    house.edit("lines.toml", |text| text.replace("queue = \"citizens\"", "queue = \"citizen\""));
    house.edit("desk/units.csv", |text| {
        text.replace("市民政局,民政局,bureau", "市民政局,民政局,buro")
    });
    house.edit("desk/directory.csv", |text| {
        text.replace("090501,*,410100-102", "090501,*,410100-199")
    });
    std::fs::write(house.path("config/desk/unit.csv"), "code").unwrap();
    std::fs::write(house.path("config/desk/roster.csv"), "year,month,third,leader\n").unwrap();
    let output = check(&house.path("config"));
    assert_eq!(output.status.code(), Some(FAULTS), "{}", said(&output));
    for words in [
        "lines.toml:",
        "desk/units.csv:5: kind: \"buro\" is none of its words; write one of government, bureau",
        "desk/directory.csv:29: lead: there is no unit 410100-199",
        "desk/unit.csv: there is no table \"unit\"; the tables are areas, units",
        "desk/roster.csv:1: deputies: the column is missing",
        "5 faults",
    ] {
        assert!(said(&output).contains(words), "{words} is not in\n{}", said(&output));
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
