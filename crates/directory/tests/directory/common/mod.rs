//! The shipped tables, read without `settings`, which this crate does not know; and helpers.

use std::fs;

use directory::{Directory, RouteQuery, Table, TableText};
use model::{
    AccountName, Date,
    desk::{Actor, AreaId, DirectoryChange, Revision, TopicId, Unit, UnitId, UnitKind},
    event::Role,
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/desk");

/// The tables of the network. The roster belongs to the leaders.
pub(crate) const TABLES: [Table; 6] =
    [Table::Areas, Table::Units, Table::Topics, Table::Routes, Table::Grades, Table::Duty];

/// The files of `config/desk`.
pub(crate) fn texts() -> Vec<(Table, String)> {
    let text = |table: Table| {
        let path = format!("{FOLDER}/{}.csv", table.name());
        (table, fs::read_to_string(path).expect("a file a table"))
    };
    TABLES.map(text).into()
}

/// The network of `config/desk`.
pub(crate) fn shipped() -> Directory {
    let texts = texts();
    let sheets: Vec<TableText<'_>> =
        texts.iter().map(|(table, text)| TableText { table: *table, text }).collect();
    let changes = Directory::default().import(&sheets);
    changed(Directory::default(), &changes.unwrap_or_else(|faults| panic!("{faults:#?}")))
}

/// The network after some changes.
pub(crate) fn changed(mut directory: Directory, changes: &[DirectoryChange]) -> Directory {
    for change in changes {
        directory.apply(change);
    }
    directory
}

/// The network after some changes, which must not make it faulty.
pub(crate) fn lawful(directory: Directory, changes: &[DirectoryChange]) -> Directory {
    let faults: Vec<String> =
        directory.faults_with(changes).iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    changed(directory, changes)
}

/// Faults as an operator reads them.
pub(crate) fn faults(directory: &Directory, changes: &[DirectoryChange]) -> Vec<String> {
    directory.faults_with(changes).iter().map(ToString::to_string).collect()
}

pub(crate) fn unit(code: &str) -> UnitId {
    UnitId::from(code)
}

pub(crate) fn query(topic: &str, area: &str) -> RouteQuery {
    RouteQuery { topic: Some(TopicId::from(topic)), area: Some(AreaId::from(area)), against: None }
}

/// `2013-04-25`
pub(crate) fn day(text: &str) -> Date {
    let parts: Vec<i32> = text.split('-').map(|part| part.parse().expect("a number")).collect();
    let [year, month, day] = parts[..] else { panic!("no date: {text}") };
    Date::new(year, month as u8, day as u8).expect("a date")
}

/// A bureau below the hub.
pub(crate) fn bureau(name: &str) -> Unit {
    Unit {
        name: name.into(),
        short: name.trim_start_matches('市').into(),
        kind: UnitKind::Bureau,
        level: 2,
        parent: Some(unit("410100-000")),
        functional_parent: None,
        area: None,
        group: String::new(),
        chief: None,
        deputies: Vec::new(),
        liaisons: Vec::new(),
        public_phone: String::new(),
        sms: Vec::new(),
        members: Vec::new(),
    }
}

pub(crate) fn founded(code: &str, from: &str, unit: Unit) -> DirectoryChange {
    let (from, now) = (Some(day(from)), Box::new(unit));
    DirectoryChange::Unit(UnitId::from(code), Revision::Written { from, basis: String::new(), now })
}

pub(crate) fn ended(code: &str, last: &str, successors: &[&str]) -> DirectoryChange {
    let successors = successors.iter().map(|code| UnitId::from(*code)).collect();
    let (last, basis) = (day(last), "机构改革方案".to_string());
    DirectoryChange::Unit(UnitId::from(code), Revision::Ended { last, successors, basis })
}

pub(crate) fn person(role: Role, unit: Option<&str>) -> Actor {
    let account = AccountName::from(role.as_str());
    Actor::Person { account, role, unit: unit.map(UnitId::from), outsourced: false }
}
