//! The two kinds of edges: the area's (块) and the trade's (条).

use crate::common::{day, shipped, unit};

#[test]
fn station_is_below_its_district_and_its_trade() {
    let (directory, date) = (shipped(), day("2013-04-25"));
    let station = unit("410100-101-02");
    assert_eq!(directory.ancestors(&station, date), [unit("410102-000"), unit("410100-000")]);
    assert_eq!(directory.functional_ancestors(&station, date), [unit("410100-101")]);
    assert!(directory.is_below(&station, &unit("410100-101"), date));
    assert!(directory.is_below(&station, &unit("410102-000"), date));
    assert!(!directory.is_below(&unit("410100-101"), &station, date));
    assert!(!directory.is_below(&station, &unit("410105-000"), date));
}

#[test]
fn children_are_those_of_the_area_edge() {
    let (directory, date) = (shipped(), day("2013-04-25"));
    let district = directory.children(&unit("410102-000"), date);
    assert_eq!(district, [unit("410100-101-02"), unit("410102-010")]);
    let trade = directory.functional_ancestors(&unit("410100-101-02"), date);
    assert_eq!(trade, [unit("410100-101")]);
    assert_eq!(directory.children(&unit("410102-010"), date), [unit("410102-010-01")]);
}

#[test]
fn area_government_supervises_by_default_and_not_itself() {
    let (directory, date) = (shipped(), day("2013-04-25"));
    let area = "410102010".into();
    let police = unit("410100-101");
    let supervisor = directory.supervisor_for(&police, Some(&area), date);
    assert_eq!(supervisor, Some(unit("410102-000")));
    let district = directory.supervisor_for(&unit("410102-000"), Some(&area), date);
    assert_eq!(district, Some(unit("410100-000")), "the district is under the hub's eyes");
}

#[test]
fn deficiencies_are_notices_and_not_faults() {
    use directory::DirectoryWarning;
    let (directory, date) = (shipped(), day("2013-04-25"));
    assert_eq!(directory.faults(), []);
    let warnings = directory.warnings(date);
    let few = DirectoryWarning::FewLiaisons { unit: unit("410100-101"), has: 0 };
    assert!(warnings.contains(&few));
    assert_eq!(few.to_string(), "410100-101 has 0 liaisons; there should be 2");
    assert!(warnings.contains(&DirectoryWarning::NoDuty { unit: unit("410100-201") }));
    let nobody =
        |notice: &&DirectoryWarning| matches!(notice, DirectoryWarning::UnknownShortName { .. });
    assert_eq!(warnings.iter().filter(nobody).count(), 3, "02, 18 and 19 name whole trades");
}
