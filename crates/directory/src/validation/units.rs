//! Checks of the units: a tree with two kinds of edges, and the fields that each kind of unit
//! needs.

use std::collections::BTreeSet;

use model::{
    Date,
    desk::{Unit, UnitId, UnitKind},
};

use super::{
    Directory, FaultCollector, Table, date_text, dates_to_check, row_name_on,
    texts::{BASIS_CHARS_MAX, NAME_CHARS_MAX},
};
use crate::{
    Successor,
    row_name::{EnumName, row_name},
};

const TABLE: Table = Table::Units;

pub(super) fn check(directory: &Directory, faults: &mut FaultCollector) {
    faults.check_size(TABLE, directory.units.len(), UNITS_MAX);
    for (id, unit) in &directory.units {
        let exists_on = |id: &_, date| directory.unit_on(id, date).is_some();
        faults.check_dates(TABLE, id, unit, exists_on);
        for (from, version) in unit.versions() {
            let row = row_name(id, from);
            check_texts(faults, id, &row, &version.now);
            faults.text((TABLE, &row, "basis"), &version.basis, BASIS_CHARS_MAX);
            if version.now.kind == UnitKind::TaskForce && unit.end().is_none() {
                let right = "write its last day; it can be postponed later";
                faults.add(TABLE, &row, "until", "a task force needs a last day", right);
            }
        }
        if let (Some(end), Some((from, _))) = (unit.end(), unit.newest()) {
            faults.text((TABLE, &row_name(id, from), "end_basis"), &end.basis, BASIS_CHARS_MAX);
        }
        let mentioned = unit.versions().flat_map(|(_, version)| referenced_units(&version.now));
        let change_dates: BTreeSet<Date> =
            mentioned.flat_map(|id| change_dates_of(directory, id)).collect();
        let areas = unit.versions().filter_map(|(_, v)| directory.areas.get(v.now.area.as_ref()?));
        let change_dates =
            change_dates.into_iter().chain(areas.flat_map(|area| area.change_dates()));
        for date in dates_to_check(unit, change_dates) {
            if let Some(now) = unit.on(date) {
                check_on(directory, faults, id, now, date);
            }
        }
    }
    check_unique_kinds(directory, faults);
    check_duty(directory, faults);
}

/// Checks the references of a unit on one day.
fn check_on(
    directory: &Directory,
    faults: &mut FaultCollector,
    id: &UnitId,
    unit: &Unit,
    date: Date,
) {
    let row = &directory
        .units
        .get(id)
        .map_or_else(String::new, |versioned| row_name_on(id, versioned, date));
    let stands_alone =
        matches!(unit.kind, UnitKind::Hub | UnitKind::External | UnitKind::CentralBody);
    match &unit.parent {
        None if !stands_alone => {
            let right = "name the unit above it in its area";
            faults.add(
                TABLE,
                row,
                "parent",
                "only a hub, a central body or an outside unit has no parent",
                right,
            );
        }
        Some(_) if unit.kind == UnitKind::Hub => {
            faults.add(TABLE, row, "parent", "no unit is above the hub", "leave it empty");
        }
        _ => {}
    }
    let edges = [
        ("parent", &unit.parent, directory.ancestors(id, date)),
        ("functional_parent", &unit.functional_parent, directory.functional_ancestors(id, date)),
    ];
    for (column, named, above) in edges {
        let Some(named) = named else { continue };
        let Some(successor) = check_unit(directory, faults, (row, column), named, date) else {
            continue;
        };
        let level = directory.unit_on(&successor, date).map_or(0, |unit| unit.level);
        if successor == *id
            || above.last().is_some_and(|top| is_cycle(directory, column, top, date))
        {
            let what = format!("its parents form a cycle {}", date_text(date));
            faults.add(TABLE, row, column, what, "name a unit that is not below it");
        } else if level >= unit.level && unit.level > 0 {
            // Level 0 is invalid and is reported as a fault of its own.
            let what = format!("{named} has level {level}, and this unit has level {}", unit.level);
            faults.add(
                TABLE,
                row,
                column,
                what,
                "name a unit with a lower level number, or change the level",
            );
        }
    }
    for member in &unit.members {
        check_unit(directory, faults, (row, "members"), member, date);
    }
    if let Some(area) = &unit.area
        && directory.areas.get(area).and_then(|area| area.on(date)).is_none()
    {
        let what = format!("there is no area {area} {}", date_text(date));
        faults.add(TABLE, row, "area", what, "name an area of the table of areas");
    }
}

/// The unit that has the duties of `named` on a day. It is an error when there is none or several.
pub(super) fn resolve_unit(
    directory: &Directory,
    named: &UnitId,
    date: Date,
) -> Result<UnitId, (String, &'static str)> {
    if !directory.units.contains_key(named) {
        return Err((format!("there is no unit {named}"), "write the code of a unit"));
    }
    match directory.successor_of(named, date) {
        Successor::Itself => Ok(named.clone()),
        Successor::One(successor) => Ok(successor),
        Successor::Several(_) => Err((
            format!("{named} is split {}", date_text(date)),
            "name one of its successors from then on",
        )),
        Successor::None => Err((
            format!("{named} is not active {}", date_text(date)),
            "name a unit that is active from then on",
        )),
    }
}

fn check_unit(
    directory: &Directory,
    faults: &mut FaultCollector,
    (row, column): (&str, &'static str),
    named: &UnitId,
    date: Date,
) -> Option<UnitId> {
    match resolve_unit(directory, named, date) {
        Ok(successor) => Some(successor),
        Err((what, right)) => {
            faults.add(TABLE, row, column, what, right);
            None
        }
    }
}

/// Whether the last unit of the way up has a unit above it: then the way is a cycle.
fn is_cycle(directory: &Directory, column: &str, top: &UnitId, date: Date) -> bool {
    let up = match column {
        "parent" => directory.parent(top, date),
        _ => directory.functional_parent(top, date),
    };
    up.is_some()
}

/// Checks that there is one hub, and one government for each area.
fn check_unique_kinds(directory: &Directory, faults: &mut FaultCollector) {
    let is_one = |kind| matches!(kind, UnitKind::Hub | UnitKind::Government);
    let alone = (directory.units.values())
        .filter(|unit| unit.versions().any(|(_, version)| is_one(version.now.kind)));
    let dates: BTreeSet<Date> =
        alone.flat_map(|unit| unit.change_dates()).chain([super::BEGINNING]).collect();
    for date in dates {
        let mut governed = BTreeSet::new();
        let mut hubs = 0;
        for (id, unit) in directory.active(date).filter(|(_, unit)| is_one(unit.kind)) {
            let row =
                directory.units.get(id).map_or_else(String::new, |u| row_name_on(id, u, date));
            hubs += usize::from(unit.kind == UnitKind::Hub);
            if unit.kind == UnitKind::Hub && hubs > 1 {
                let what = format!("there are two hubs {}", date_text(date));
                faults.add(TABLE, &row, "kind", what, "there is only one hub");
            }
            match &unit.area {
                None if unit.kind == UnitKind::Government => {
                    faults.add(
                        TABLE,
                        &row,
                        "area",
                        "a government without an area",
                        "name its area",
                    );
                }
                Some(area) if unit.kind == UnitKind::Government && !governed.insert(area) => {
                    let what = format!("{area} has two governments {}", date_text(date));
                    faults.add(TABLE, &row, "area", what, "an area has one government");
                }
                _ => {}
            }
        }
    }
}

fn check_texts(faults: &mut FaultCollector, id: &UnitId, row: &str, unit: &Unit) {
    let code = id.as_str();
    let is_code = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if !(1..=32).contains(&code.len()) || code.starts_with('-') || !code.bytes().all(is_code) {
        let what = format!("{code:?} is not the code of a unit");
        faults.add(
            TABLE,
            row,
            "code",
            what,
            "write 1 to 32 letters, digits and -, as in 410105-000",
        );
    }
    faults.name((TABLE, row, "name"), &unit.name);
    faults.name((TABLE, row, "short"), &unit.short);
    faults.text((TABLE, row, "group"), &unit.group, NAME_CHARS_MAX);
    if !(1..=4).contains(&unit.level) {
        let what = format!("{} is not a level", unit.level);
        let right = "write 1 (city), 2 (county or bureau), 3 (township or county bureau) or 4 \
             (community)";
        faults.add(TABLE, row, "level", what, right);
    }
    for (column, officers) in
        [("chief", unit.chief.as_slice()), ("deputies", unit.deputies.as_slice())]
    {
        faults.list_length((TABLE, row, column), officers.len());
        for officer in officers {
            faults.list_item((TABLE, row, column), &officer.name);
            faults.list_item((TABLE, row, column), &officer.post);
            if officer.name.is_empty() {
                faults.add(TABLE, row, column, "a person has no name", "write name/post");
            }
        }
    }
    faults.list_length((TABLE, row, "liaisons"), unit.liaisons.len());
    for person in &unit.liaisons {
        faults.list_item((TABLE, row, "liaisons"), person.name.reveal());
        faults.number((TABLE, row, "liaisons"), &person.number);
        if person.name.is_empty() {
            faults.add(TABLE, row, "liaisons", "a person has no name", "write name/number");
        }
    }
    faults.text((TABLE, row, "public_phone"), &unit.public_phone, NAME_CHARS_MAX);
    let in_phone = |c: char| c.is_ascii_digit() || "+-() ".contains(c);
    if !unit.public_phone.chars().all(in_phone) {
        let right = "write digits, spaces, - and brackets";
        faults.add(TABLE, row, "public_phone", "it is not a telephone number", right);
    }
    faults.list_length((TABLE, row, "sms"), unit.sms.len());
    for number in &unit.sms {
        faults.number((TABLE, row, "sms"), number);
    }
    faults.list_length((TABLE, row, "members"), unit.members.len());
    match (unit.kind == UnitKind::TaskForce, unit.members.is_empty()) {
        (true, true) => {
            faults.add(
                TABLE,
                row,
                "members",
                "a task force without members",
                "name its member units",
            );
        }
        (false, false) => {
            let right = "leave it empty, or make it a task_force";
            faults.add(TABLE, row, "members", "only a task force has members", right);
        }
        _ => {}
    }
}

fn check_duty(directory: &Directory, faults: &mut FaultCollector) {
    for (unit, lists) in &directory.duty {
        for (time, contacts) in lists {
            let row = format!("{unit} {}", EnumName(time));
            if !directory.units.contains_key(unit) {
                let what = format!("there is no unit {unit}");
                faults.add(Table::Duty, &row, "unit", what, "write the code of a unit");
            }
            faults.list_length((Table::Duty, &row, "number"), contacts.len());
            for contact in contacts {
                faults.text((Table::Duty, &row, "name"), contact.name.reveal(), NAME_CHARS_MAX);
                faults.text((Table::Duty, &row, "post"), &contact.post, NAME_CHARS_MAX);
                faults.number((Table::Duty, &row, "number"), &contact.number);
            }
        }
    }
}

/// All units that a unit refers to.
fn referenced_units(unit: &Unit) -> impl Iterator<Item = &UnitId> {
    unit.parent.iter().chain(&unit.functional_parent).chain(&unit.members)
}

/// The days on which a unit or one of its successors changes.
pub(super) fn change_dates_of(directory: &Directory, id: &UnitId) -> BTreeSet<Date> {
    let (mut change_dates, mut seen, mut open) =
        (BTreeSet::new(), BTreeSet::new(), vec![id.clone()]);
    while let Some(at) = open.pop() {
        let Some(unit) = directory.units.get(&at) else { continue };
        if seen.insert(at) {
            change_dates.extend(unit.change_dates());
            open.extend(unit.end().into_iter().flat_map(|end| end.successors.iter().cloned()));
        }
    }
    change_dates
}

/// A city has a few hundred units; with every village, a few thousand.
const UNITS_MAX: usize = 20_000;
