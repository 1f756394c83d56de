//! The shipped city, read without `settings`, on which this crate does not depend.

#[path = "../../../deadlines/tests/deadlines/common/mod.rs"]
#[allow(dead_code, reason = "shared with the tests of the clocks")]
mod calendar;

use std::fs;

use sim::City;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/desk");

/// The shipped calendar and tables.
pub(crate) fn shipped() -> City {
    let names = ["areas", "directory", "duty", "grades", "topics", "units"];
    let texts: Vec<(&str, String)> = names
        .map(|name| (name, fs::read_to_string(format!("{FOLDER}/{name}.csv")).expect("a table")))
        .into();
    let tables: Vec<(&str, &str)> =
        texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    City::of(calendar::table(), &tables).expect("the shipped tables are sound")
}

/// The shipped calendar alone.
#[allow(dead_code, reason = "the example needs no story")]
pub(crate) fn days() -> model::CalendarTable {
    calendar::table()
}
