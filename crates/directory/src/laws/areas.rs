//! Checks of the table of areas: each area is inside a larger one.

use super::{Found, Network, Table, days, row, row_on, when, words::BASIS_CHARS_MAX};

pub(super) fn check(network: &Network, found: &mut Found) {
    found.check_size(Table::Areas, network.areas.len(), AREAS_MAX);
    for (id, area) in &network.areas {
        let is_there = |id: &_, date| network.areas.get(id).is_some_and(|a| a.on(date).is_some());
        found.check_dates(Table::Areas, id, area, is_there);
        let code = id.as_str();
        for (from, version) in area.versions() {
            let row = row(id, from);
            if !(2..=12).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_digit()) {
                let what = format!("{code:?} is no code of an area");
                found.add(Table::Areas, &row, "code", what, "write 2 to 12 digits");
            }
            found.name((Table::Areas, &row, "name"), &version.now.name);
            found.text((Table::Areas, &row, "basis"), &version.basis, BASIS_CHARS_MAX);
        }
        let parents = area.versions().filter_map(|(_, version)| version.now.parent.as_ref());
        let turns = parents.filter_map(|id| network.areas.get(id)).flat_map(|area| area.turns());
        for date in days(area, turns) {
            let Some(now) = area.on(date) else { continue };
            let Some(parent) = &now.parent else { continue };
            let row = row_on(id, area, date);
            match network.areas.get(parent).and_then(|parent| parent.on(date)) {
                None => {
                    let what = format!("there is no area {parent} {}", when(date));
                    let right = "name an area that is there all the while";
                    found.add(Table::Areas, &row, "parent", what, right);
                }
                Some(outer) if outer.level >= now.level => {
                    let what = format!("{parent} is not larger");
                    found.add(Table::Areas, &row, "parent", what, "name a larger area");
                }
                Some(_) => {}
            }
        }
    }
}

/// The most rows of the table of areas. A province has about 50,000 villages, a city 3,000.
const AREAS_MAX: usize = 20_000;
