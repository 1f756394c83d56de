//! Checks of the directory's rows and of the rules of grades: they refer to what exists.

use model::{
    Date,
    desk::{RouteKey, RouteRow, UnitRef},
};

use super::{
    Directory, FaultCollector, Table, dates_to_check, row_name_on,
    texts::BASIS_CHARS_MAX,
    units::{change_dates_of, resolve_unit},
};
use crate::row_name::{grade_row, route_row, row_name};
use deadlines::clock::quick_kind;

const TABLE: Table = Table::Routes;

pub(super) fn check(directory: &Directory, faults: &mut FaultCollector) {
    faults.check_size(TABLE, directory.routes.len(), ROUTES_MAX);
    for (key, route) in &directory.routes {
        let name = route_row(key);
        if route.newest().is_none() {
            faults.add(TABLE, &name, "", "there is no such row", "write it before it ends");
        }
        for (from, version) in route.versions() {
            let row = row_name(&name, from);
            check_key(directory, faults, &row, key);
            check_texts(faults, &row, &version.now);
            faults.text((TABLE, &row, "basis"), &version.basis, BASIS_CHARS_MAX);
        }
        let newest = route.newest().and_then(|(from, _)| from);
        if let Some(end) = route.end().filter(|end| newest.is_some_and(|from| from > end.last)) {
            let what = format!("it ends on {}, before this version begins", end.last);
            let right = "write a last day that is not before the first day";
            faults.add(TABLE, &row_name(&name, newest), "until", what, right);
        }
        let units = route.versions().flat_map(|(_, version)| referenced_units(&version.now));
        let units = units.filter_map(|(_, whose)| match whose {
            UnitRef::Unit(unit) => Some(unit),
            UnitRef::AreaGovernment => None,
        });
        for date in dates_to_check(route, units.flat_map(|unit| change_dates_of(directory, unit))) {
            let row = row_name_on(&name, route, date);
            if let Some(now) = route.on(date) {
                check_on(directory, faults, &row, now, date);
            }
        }
    }
    check_grades(directory, faults);
}

fn check_key(directory: &Directory, faults: &mut FaultCollector, row: &str, key: &RouteKey) {
    if !directory.topics.contains_key(&key.topic) {
        let what = format!("there is no topic {}", key.topic);
        faults.add(TABLE, row, "topic", what, "write the code of a topic");
    }
    if let Some(area) = key.area.as_ref().filter(|area| !directory.areas.contains_key(*area)) {
        let what = format!("there is no area {area}");
        faults.add(TABLE, row, "area", what, "write the code of an area, or * for any");
    }
}

fn check_texts(faults: &mut FaultCollector, row: &str, now: &RouteRow) {
    if now.supervise.as_ref() == Some(&now.lead) {
        let what = format!("{} would supervise itself", now.lead);
        faults.add(
            TABLE,
            row,
            "supervise",
            what,
            "name another unit, or none for the area's government",
        );
    }
    if !now.quick_kind.is_empty() && quick_kind(&now.quick_kind).is_none() {
        let what = format!("{:?} is not one of the twelve kinds", now.quick_kind);
        faults.add(TABLE, row, "quick_kind", what, "write Q01 to Q12, or nothing");
    }
    faults.list_length((TABLE, row, "assists"), now.assists.len());
    for (place, assist) in now.assists.iter().enumerate() {
        if *assist == now.lead {
            let what = format!("{assist} leads this route");
            faults.add(TABLE, row, "assists", what, "name other units");
        }
        if now.assists.iter().take(place).any(|other| other == assist) {
            faults.add(TABLE, row, "assists", format!("{assist} appears twice"), "name each once");
        }
    }
}

fn check_on(
    directory: &Directory,
    faults: &mut FaultCollector,
    row: &str,
    now: &RouteRow,
    date: Date,
) {
    for (column, whose) in referenced_units(now) {
        let UnitRef::Unit(unit) = whose else { continue };
        if let Err((what, right)) = resolve_unit(directory, unit, date) {
            faults.add(TABLE, row, column, what, right);
        }
    }
}

fn referenced_units(row: &RouteRow) -> impl Iterator<Item = (&'static str, &UnitRef)> {
    let assists = row.assists.iter().map(|whose| ("assists", whose));
    let supervise = row.supervise.iter().map(|whose| ("supervise", whose));
    let fallback = row.fallback.iter().map(|whose| ("fallback", whose));
    [("lead", &row.lead)].into_iter().chain(assists).chain(supervise).chain(fallback)
}

fn check_grades(directory: &Directory, faults: &mut FaultCollector) {
    faults.check_size(Table::Grades, directory.grades.len(), GRADES_MAX);
    for (key, rule) in &directory.grades {
        let name = grade_row(key);
        if rule.newest().is_none() {
            faults.add(
                Table::Grades,
                &name,
                "",
                "there is no such rule",
                "write it before it ends",
            );
        }
        for (from, version) in rule.versions() {
            let row = row_name(&name, from);
            faults.text((Table::Grades, &row, "basis"), &version.basis, BASIS_CHARS_MAX);
            if let Some(topic) = key.topic.as_ref().filter(|t| !directory.topics.contains_key(*t)) {
                let what = format!("there is no topic {topic}");
                faults.add(
                    Table::Grades,
                    &row,
                    "topic",
                    what,
                    "write a topic's code, or * for any",
                );
            }
            if key.difficulty.is_none() && key.scope.is_none() {
                let right = "write a difficulty or a scope; a topic's own grade is in topics.csv";
                faults.add(Table::Grades, &row, "difficulty", "the rule has no condition", right);
            }
        }
        let newest = rule.newest().and_then(|(from, _)| from);
        if let Some(end) = rule.end().filter(|end| newest.is_some_and(|from| from > end.last)) {
            let what = format!("it ends on {}, before this version begins", end.last);
            let right = "write a last day that is not before the first day";
            faults.add(Table::Grades, &row_name(&name, newest), "until", what, right);
        }
    }
}

/// Every topic in every county of a large city.
const ROUTES_MAX: usize = 20_000;
/// The combinations of topic, difficulty and scope that are used.
const GRADES_MAX: usize = 1_000;
