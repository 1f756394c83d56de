//! Checks of the units: a tree with two kinds of edges, and the fields that each kind of unit
//! needs.

use std::collections::BTreeSet;

use model::{
    Date,
    desk::{Unit, UnitId, UnitKind},
};

use super::{
    Found, Network, Table, days, row, row_on, when,
    words::{BASIS_CHARS_MAX, NAME_CHARS_MAX},
};
use crate::Successor;

const T: Table = Table::Units;

pub(super) fn check(network: &Network, found: &mut Found) {
    found.check_size(T, network.units.len(), UNITS_MAX);
    for (id, unit) in &network.units {
        let is_there = |id: &_, date| network.unit_on(id, date).is_some();
        found.check_dates(T, id, unit, is_there);
        for (from, version) in unit.versions() {
            let row = row(id, from);
            check_words(found, id, &row, &version.now);
            found.text((T, &row, "basis"), &version.basis, BASIS_CHARS_MAX);
            if version.now.kind == UnitKind::TaskForce && unit.end().is_none() {
                let right = "write its last day; it can be put off";
                found.add(T, &row, "until", "a task force is for a time", right);
            }
        }
        if let (Some(end), Some((from, _))) = (unit.end(), unit.newest()) {
            found.text((T, &row(id, from), "end_basis"), &end.basis, BASIS_CHARS_MAX);
        }
        let mentioned = unit.versions().flat_map(|(_, version)| mentions(&version.now));
        let turns: BTreeSet<Date> = mentioned.flat_map(|id| turns_of(network, id)).collect();
        let areas = unit.versions().filter_map(|(_, v)| network.areas.get(v.now.area.as_ref()?));
        let turns = turns.into_iter().chain(areas.flat_map(|area| area.turns()));
        for date in days(unit, turns) {
            if let Some(now) = unit.on(date) {
                check_on(network, found, id, now, date);
            }
        }
    }
    check_only_ones(network, found);
    check_duty(network, found);
}

/// Checks the references of a unit on one day.
fn check_on(network: &Network, found: &mut Found, id: &UnitId, unit: &Unit, date: Date) {
    let row = &network.units.get(id).map_or_else(String::new, |dated| row_on(id, dated, date));
    let stands_alone =
        matches!(unit.kind, UnitKind::Hub | UnitKind::External | UnitKind::CentralBody);
    match &unit.parent {
        None if !stands_alone => {
            let right = "name the unit above it in its area";
            found.add(
                T,
                row,
                "parent",
                "only a hub, a central body or an outside unit has none",
                right,
            );
        }
        Some(_) if unit.kind == UnitKind::Hub => {
            found.add(T, row, "parent", "nobody is above the hub", "leave it empty");
        }
        _ => {}
    }
    let edges = [
        ("parent", &unit.parent, network.ancestors(id, date)),
        ("functional_parent", &unit.functional_parent, network.functional_ancestors(id, date)),
    ];
    for (column, named, above) in edges {
        let Some(named) = named else { continue };
        let Some(heir) = check_unit(network, found, (row, column), named, date) else { continue };
        let level = network.unit_on(&heir, date).map_or(0, |unit| unit.level);
        if heir == *id || above.last().is_some_and(|top| goes_round(network, column, top, date)) {
            let what = format!("the way up from it goes round in a ring {}", when(date));
            found.add(T, row, column, what, "name a unit that is not below it");
        } else if level >= unit.level && unit.level > 0 {
            // Level 0 is invalid and is reported as a fault of its own.
            let what = format!("{named} has level {level}, and this one {}", unit.level);
            found.add(T, row, column, what, "name a unit of a lower number, or change the level");
        }
    }
    for member in &unit.members {
        check_unit(network, found, (row, "members"), member, date);
    }
    if let Some(area) = &unit.area
        && network.areas.get(area).and_then(|area| area.on(date)).is_none()
    {
        let what = format!("there is no area {area} {}", when(date));
        found.add(T, row, "area", what, "name an area of the table of areas");
    }
}

/// The unit that has the duties of `named` on a day. It is an error when there is none or several.
pub(super) fn check_named(
    network: &Network,
    named: &UnitId,
    date: Date,
) -> Result<UnitId, (String, &'static str)> {
    if !network.units.contains_key(named) {
        return Err((format!("there is no unit {named}"), "write the code of a unit"));
    }
    match network.successor_of(named, date) {
        Successor::Itself => Ok(named.clone()),
        Successor::One(heir) => Ok(heir),
        Successor::Several(_) => Err((
            format!("{named} is split {}", when(date)),
            "name one of its successors from then on",
        )),
        Successor::Nobody => Err((
            format!("{named} is not active {}", when(date)),
            "name a unit that is, from then on",
        )),
    }
}

fn check_unit(
    network: &Network,
    found: &mut Found,
    (row, column): (&str, &'static str),
    named: &UnitId,
    date: Date,
) -> Option<UnitId> {
    match check_named(network, named, date) {
        Ok(heir) => Some(heir),
        Err((what, right)) => {
            found.add(T, row, column, what, right);
            None
        }
    }
}

/// Whether the last unit of the way up has a unit above it: then the way is a cycle.
fn goes_round(network: &Network, column: &str, top: &UnitId, date: Date) -> bool {
    let up = match column {
        "parent" => network.parent(top, date),
        _ => network.functional_parent(top, date),
    };
    up.is_some()
}

/// Checks that there is one hub, and one government for each area.
fn check_only_ones(network: &Network, found: &mut Found) {
    let is_one = |kind| matches!(kind, UnitKind::Hub | UnitKind::Government);
    let alone = (network.units.values())
        .filter(|unit| unit.versions().any(|(_, version)| is_one(version.now.kind)));
    let dates: BTreeSet<Date> = alone.flat_map(|unit| unit.turns()).chain([super::DAWN]).collect();
    for date in dates {
        let mut governed = BTreeSet::new();
        let mut hubs = 0;
        for (id, unit) in network.active(date).filter(|(_, unit)| is_one(unit.kind)) {
            let row = network.units.get(id).map_or_else(String::new, |u| row_on(id, u, date));
            hubs += usize::from(unit.kind == UnitKind::Hub);
            if unit.kind == UnitKind::Hub && hubs > 1 {
                let what = format!("there are two hubs {}", when(date));
                found.add(T, &row, "kind", what, "a network has one hub");
            }
            match &unit.area {
                None if unit.kind == UnitKind::Government => {
                    found.add(T, &row, "area", "a government without an area", "name its area");
                }
                Some(area) if unit.kind == UnitKind::Government && !governed.insert(area) => {
                    let what = format!("{area} has two governments {}", when(date));
                    found.add(T, &row, "area", what, "an area has one government");
                }
                _ => {}
            }
        }
    }
}

fn check_words(found: &mut Found, id: &UnitId, row: &str, unit: &Unit) {
    let code = id.as_str();
    let is_code = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if !(1..=32).contains(&code.len()) || code.starts_with('-') || !code.bytes().all(is_code) {
        let what = format!("{code:?} is no code of a unit");
        found.add(T, row, "code", what, "write 1 to 32 letters, digits and -, as in 410105-000");
    }
    found.name((T, row, "name"), &unit.name);
    found.name((T, row, "short"), &unit.short);
    found.text((T, row, "group"), &unit.group, NAME_CHARS_MAX);
    if !(1..=4).contains(&unit.level) {
        let what = format!("{} is no level", unit.level);
        let right = "1 city, 2 county or bureau, 3 township or county bureau, 4 community";
        found.add(T, row, "level", what, right);
    }
    for (column, officers) in
        [("chief", unit.chief.as_slice()), ("deputies", unit.deputies.as_slice())]
    {
        found.few((T, row, column), officers.len());
        for officer in officers {
            found.part((T, row, column), &officer.name);
            found.part((T, row, column), &officer.post);
            if officer.name.is_empty() {
                found.add(T, row, column, "somebody without a name", "write name/post");
            }
        }
    }
    found.few((T, row, "liaisons"), unit.liaisons.len());
    for person in &unit.liaisons {
        found.part((T, row, "liaisons"), person.name.reveal());
        found.number((T, row, "liaisons"), &person.number);
        if person.name.is_empty() {
            found.add(T, row, "liaisons", "somebody without a name", "write name/number");
        }
    }
    found.text((T, row, "public_phone"), &unit.public_phone, NAME_CHARS_MAX);
    let in_phone = |c: char| c.is_ascii_digit() || "+-() ".contains(c);
    if !unit.public_phone.chars().all(in_phone) {
        let right = "write digits, spaces, - and brackets";
        found.add(T, row, "public_phone", "it is no telephone number", right);
    }
    found.few((T, row, "sms"), unit.sms.len());
    for number in &unit.sms {
        found.number((T, row, "sms"), number);
    }
    found.few((T, row, "members"), unit.members.len());
    match (unit.kind == UnitKind::TaskForce, unit.members.is_empty()) {
        (true, true) => {
            found.add(T, row, "members", "a task force of nobody", "name the units in it");
        }
        (false, false) => {
            let right = "leave it empty, or make it a task_force";
            found.add(T, row, "members", "only a task force has members", right);
        }
        _ => {}
    }
}

fn check_duty(network: &Network, found: &mut Found) {
    for (unit, lists) in &network.duty {
        for (time, contacts) in lists {
            let row = format!("{unit} {}", crate::csv::Word(time));
            if !network.units.contains_key(unit) {
                let what = format!("there is no unit {unit}");
                found.add(Table::Duty, &row, "unit", what, "write the code of a unit");
            }
            found.few((Table::Duty, &row, "number"), contacts.len());
            for contact in contacts {
                found.text((Table::Duty, &row, "name"), contact.name.reveal(), NAME_CHARS_MAX);
                found.text((Table::Duty, &row, "post"), &contact.post, NAME_CHARS_MAX);
                found.number((Table::Duty, &row, "number"), &contact.number);
            }
        }
    }
}

/// All units that a unit refers to.
fn mentions(unit: &Unit) -> impl Iterator<Item = &UnitId> {
    unit.parent.iter().chain(&unit.functional_parent).chain(&unit.members)
}

/// The days on which a unit or one of its successors changes.
pub(super) fn turns_of(network: &Network, id: &UnitId) -> BTreeSet<Date> {
    let (mut turns, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![id.clone()]);
    while let Some(at) = open.pop() {
        let Some(unit) = network.units.get(&at) else { continue };
        if seen.insert(at) {
            turns.extend(unit.turns());
            open.extend(unit.end().into_iter().flat_map(|end| end.successors.iter().cloned()));
        }
    }
    turns
}

/// A city has a few hundred units; with every village, a few thousand.
const UNITS_MAX: usize = 20_000;
