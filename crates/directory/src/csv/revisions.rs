//! Compares the lines of a file with what is known: the changes are versions that are new or
//! different, and ends that were set or revoked.

use std::{collections::BTreeMap, fmt};

use model::{
    Date,
    desk::{DirectoryChange, Revision},
};

use super::{Lines, reader::Line};
use crate::{EndOfValidity, Table, TableFault, Version, Versioned, row_name::row_name};

/// A line of a table that has versions, with its dates and documents.
pub(super) struct VersionLine<K, T, Id> {
    pub(super) line: u64,
    pub(super) key: K,
    pub(super) from: Option<Date>,
    pub(super) version: Version<T>,
    pub(super) end: Option<EndOfValidity<Id>>,
}

/// Reads the dates and documents of a line.
pub(super) fn version_line<K, T, Id>(
    line: &mut Line<'_>,
    key: K,
    now: T,
    successors: Vec<Id>,
) -> VersionLine<K, T, Id> {
    let from = line.date("from");
    let basis = line.text("end_basis").to_string();
    let end = match line.date("until") {
        Some(last) => Some(EndOfValidity { last, successors, basis }),
        None => {
            if line.text("until").is_empty() && !(successors.is_empty() && basis.is_empty()) {
                let right = "write the last day, or leave until, successors and end_basis empty";
                line.fault("until", "the end has no date", right);
            }
            None
        }
    };
    let version = Version { basis: line.text("basis").to_string(), now };
    VersionLine { line: line.number, key, from, version, end }
}

/// The changes that the lines make to what is known, in the order of their dates.
pub(super) fn changes<K, T, Id>(
    table: Table,
    known: &BTreeMap<K, Versioned<T, Id>>,
    mut lines_read: Vec<VersionLine<K, T, Id>>,
    wrap: impl Fn(K, Revision<T, Id>) -> DirectoryChange,
    name: impl Fn(&K) -> String,
    lines: &mut Lines,
    faults: &mut Vec<TableFault>,
) -> Vec<DirectoryChange>
where
    K: Ord + Clone,
    T: Clone + PartialEq,
    Id: Clone + PartialEq + fmt::Debug,
{
    let fault = |line, column, what: String, right: &str| TableFault {
        line,
        ..TableFault::new(table, "", column, what, right)
    };
    for version in &lines_read {
        let row = row_name(name(&version.key), version.from);
        if let Some(before) = lines.note(table, row, version.line) {
            let what = format!("line {before} has the same row from the same day");
            faults.push(fault(version.line, "from", what, "keep one of them"));
        }
    }
    lines_read.sort_by(|a, b| (&a.key, a.from).cmp(&(&b.key, b.from)));
    let mut changes = Vec::new();
    let mut rest = lines_read.into_iter().peekable();
    while let Some(VersionLine { line, key, from, version, end }) = rest.next() {
        let versioned = known.get(&key);
        if versioned.and_then(|versioned| versioned.version(from)) != Some(&version) {
            let (basis, now) = (version.basis, Box::new(version.now));
            changes.push(wrap(key.clone(), Revision::Written { from, basis, now }));
        }
        if rest.peek().is_some_and(|next| next.key == key) {
            if end.is_some() {
                let what = "a later line has the same row".to_string();
                faults.push(fault(
                    line,
                    "until",
                    what,
                    "write the end in the last line of the row",
                ));
            }
            continue;
        }
        match (versioned.and_then(Versioned::end), end) {
            (known, Some(end)) if known != Some(&end) => {
                let EndOfValidity { last, successors, basis } = end;
                changes.push(wrap(key, Revision::Ended { last, successors, basis }));
            }
            (Some(_), None) => changes.push(wrap(key, Revision::EndRevoked)),
            _ => {}
        }
    }
    changes
}
