//! Checks of the directory's rows and of the rules of grades: they refer to what exists.

use model::{
    Date,
    desk::{RouteKey, RouteRow, UnitRef},
};

use super::{
    Found, Network, Table, days, row, row_on,
    units::{check_named, turns_of},
    words::BASIS_CHARS_MAX,
};
use crate::csv::{grade_row, route_row};
use deadlines::clock::quick_kind;

const T: Table = Table::Directory;

pub(super) fn check(network: &Network, found: &mut Found) {
    found.check_size(T, network.routes.len(), ROUTES_MAX);
    for (key, route) in &network.routes {
        let name = route_row(key);
        if route.newest().is_none() {
            found.add(T, &name, "", "there is no such row", "write it before it ends");
        }
        for (from, version) in route.versions() {
            let row = row(&name, from);
            check_key(network, found, &row, key);
            check_words(found, &row, &version.now);
            found.text((T, &row, "basis"), &version.basis, BASIS_CHARS_MAX);
        }
        let newest = route.newest().and_then(|(from, _)| from);
        if let Some(end) = route.end().filter(|end| newest.is_some_and(|from| from > end.last)) {
            let what = format!("it ends on {}, before this version begins", end.last);
            let right = "write a last day that is not before";
            found.add(T, &row(&name, newest), "until", what, right);
        }
        let units = route.versions().flat_map(|(_, version)| mentions(&version.now));
        let units = units.filter_map(|(_, whose)| match whose {
            UnitRef::Unit(unit) => Some(unit),
            UnitRef::AreaGovernment => None,
        });
        for date in days(route, units.flat_map(|unit| turns_of(network, unit))) {
            let row = row_on(&name, route, date);
            if let Some(now) = route.on(date) {
                check_on(network, found, &row, now, date);
            }
        }
    }
    check_grades(network, found);
}

fn check_key(network: &Network, found: &mut Found, row: &str, key: &RouteKey) {
    if !network.topics.contains_key(&key.topic) {
        let what = format!("there is no topic {}", key.topic);
        found.add(T, row, "topic", what, "write the code of a topic");
    }
    if let Some(area) = key.area.as_ref().filter(|area| !network.areas.contains_key(*area)) {
        let what = format!("there is no area {area}");
        found.add(T, row, "area", what, "write the code of an area, or * for any");
    }
}

fn check_words(found: &mut Found, row: &str, now: &RouteRow) {
    if now.supervise.as_ref() == Some(&now.lead) {
        let what = format!("{} would supervise itself", now.lead);
        found.add(
            T,
            row,
            "supervise",
            what,
            "name another unit, or none for the area's government",
        );
    }
    if !now.quick_kind.is_empty() && quick_kind(&now.quick_kind).is_none() {
        let what = format!("{:?} is none of the twelve kinds", now.quick_kind);
        found.add(T, row, "quick_kind", what, "write Q01 to Q12, or nothing");
    }
    found.few((T, row, "assists"), now.assists.len());
    for (place, assist) in now.assists.iter().enumerate() {
        if *assist == now.lead {
            let what = format!("{assist} leads already");
            found.add(T, row, "assists", what, "name others");
        }
        if now.assists.iter().take(place).any(|other| other == assist) {
            found.add(T, row, "assists", format!("{assist} is there twice"), "name each once");
        }
    }
}

fn check_on(network: &Network, found: &mut Found, row: &str, now: &RouteRow, date: Date) {
    for (column, whose) in mentions(now) {
        let UnitRef::Unit(unit) = whose else { continue };
        if let Err((what, right)) = check_named(network, unit, date) {
            found.add(T, row, column, what, right);
        }
    }
}

fn mentions(row: &RouteRow) -> impl Iterator<Item = (&'static str, &UnitRef)> {
    let assists = row.assists.iter().map(|whose| ("assists", whose));
    let supervise = row.supervise.iter().map(|whose| ("supervise", whose));
    let fallback = row.fallback.iter().map(|whose| ("fallback", whose));
    [("lead", &row.lead)].into_iter().chain(assists).chain(supervise).chain(fallback)
}

fn check_grades(network: &Network, found: &mut Found) {
    found.check_size(Table::Grades, network.grades.len(), GRADES_MAX);
    for (key, rule) in &network.grades {
        let name = grade_row(key);
        if rule.newest().is_none() {
            found.add(Table::Grades, &name, "", "there is no such rule", "write it before it ends");
        }
        for (from, version) in rule.versions() {
            let row = row(&name, from);
            found.text((Table::Grades, &row, "basis"), &version.basis, BASIS_CHARS_MAX);
            if let Some(topic) = key.topic.as_ref().filter(|t| !network.topics.contains_key(*t)) {
                let what = format!("there is no topic {topic}");
                found.add(Table::Grades, &row, "topic", what, "write a topic's code, or * for any");
            }
            if key.difficulty.is_none() && key.scope.is_none() {
                let right =
                    "write a difficulty or a scope; a topic's own grade stands with the topic";
                found.add(Table::Grades, &row, "difficulty", "the rule asks for nothing", right);
            }
        }
        let newest = rule.newest().and_then(|(from, _)| from);
        if let Some(end) = rule.end().filter(|end| newest.is_some_and(|from| from > end.last)) {
            let what = format!("it ends on {}, before this version begins", end.last);
            let right = "write a last day that is not before";
            found.add(Table::Grades, &row(&name, newest), "until", what, right);
        }
    }
}

/// Every topic in every county of a large city.
const ROUTES_MAX: usize = 20_000;
/// The combinations of topic, difficulty and scope that are used.
const GRADES_MAX: usize = 1_000;
