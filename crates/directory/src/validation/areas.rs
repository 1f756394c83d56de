//! Checks of the table of areas: each area is inside a larger one.

use super::{
    Directory, FaultCollector, Table, date_text, dates_to_check, row_name_on,
    texts::BASIS_CHARS_MAX,
};
use crate::row_name::row_name;

pub(super) fn check(directory: &Directory, faults: &mut FaultCollector) {
    faults.check_size(Table::Areas, directory.areas.len(), AREAS_MAX);
    for (id, area) in &directory.areas {
        let exists_on =
            |id: &_, date| directory.areas.get(id).is_some_and(|a| a.on(date).is_some());
        faults.check_dates(Table::Areas, id, area, exists_on);
        let code = id.as_str();
        for (from, version) in area.versions() {
            let row = row_name(id, from);
            if !(2..=12).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_digit()) {
                let what = format!("{code:?} is not the code of an area");
                faults.add(Table::Areas, &row, "code", what, "write 2 to 12 digits");
            }
            faults.name((Table::Areas, &row, "name"), &version.now.name);
            faults.text((Table::Areas, &row, "basis"), &version.basis, BASIS_CHARS_MAX);
        }
        let parents = area.versions().filter_map(|(_, version)| version.now.parent.as_ref());
        let change_dates =
            parents.filter_map(|id| directory.areas.get(id)).flat_map(|area| area.change_dates());
        for date in dates_to_check(area, change_dates) {
            let Some(now) = area.on(date) else { continue };
            let Some(parent) = &now.parent else { continue };
            let row = row_name_on(id, area, date);
            match directory.areas.get(parent).and_then(|parent| parent.on(date)) {
                None => {
                    let what = format!("there is no area {parent} {}", date_text(date));
                    let right = "name an area that exists during the whole time";
                    faults.add(Table::Areas, &row, "parent", what, right);
                }
                Some(outer) if outer.level >= now.level => {
                    let what = format!("{parent} is not larger");
                    faults.add(Table::Areas, &row, "parent", what, "name a larger area");
                }
                Some(_) => {}
            }
        }
    }
}

/// The most rows of the table of areas. A province has about 50,000 villages, a city 3,000.
const AREAS_MAX: usize = 20_000;
