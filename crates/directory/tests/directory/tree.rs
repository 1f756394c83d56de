//! The two kinds of edges: the area's (块) and the trade's (条).

use crate::common::{day, shipped, unit};

#[test]
fn station_is_below_its_district_and_its_trade() {
    let (network, date) = (shipped(), day("2013-04-25"));
    let station = unit("410100-101-02");
    assert_eq!(network.ancestors(&station, date), [unit("410102-000"), unit("410100-000")]);
    assert_eq!(network.functional_ancestors(&station, date), [unit("410100-101")]);
    assert!(network.is_below(&station, &unit("410100-101"), date));
    assert!(network.is_below(&station, &unit("410102-000"), date));
    assert!(!network.is_below(&unit("410100-101"), &station, date));
    assert!(!network.is_below(&station, &unit("410105-000"), date));
}

#[test]
fn children_are_those_of_the_area_edge() {
    let (network, date) = (shipped(), day("2013-04-25"));
    let district = network.children(&unit("410102-000"), date);
    assert_eq!(district, [unit("410100-101-02"), unit("410102-010")]);
    let trade = network.functional_ancestors(&unit("410100-101-02"), date);
    assert_eq!(trade, [unit("410100-101")]);
    assert_eq!(network.children(&unit("410102-010"), date), [unit("410102-010-01")]);
}

#[test]
fn area_government_supervises_by_default_and_not_itself() {
    let (network, date) = (shipped(), day("2013-04-25"));
    let area = "410102010".into();
    let police = unit("410100-101");
    let supervisor = network.supervisor_for(&police, Some(&area), date);
    assert_eq!(supervisor, Some(unit("410102-000")));
    let district = network.supervisor_for(&unit("410102-000"), Some(&area), date);
    assert_eq!(district, Some(unit("410100-000")), "the district is under the hub's eyes");
}

#[test]
fn deficiencies_are_notices_and_not_faults() {
    use directory::Notice;
    let (network, date) = (shipped(), day("2013-04-25"));
    assert_eq!(network.faults(), []);
    let notices = network.notices(date);
    let few = Notice::FewLiaisons { unit: unit("410100-101"), has: 0 };
    assert!(notices.contains(&few));
    assert_eq!(few.to_string(), "410100-101 has 0 liaisons; 2 are wanted");
    assert!(notices.contains(&Notice::NoDuty { unit: unit("410100-201") }));
    let nobody = |notice: &&Notice| matches!(notice, Notice::NobodyCalled { .. });
    assert_eq!(notices.iter().filter(nobody).count(), 3, "02, 18 and 19 name whole trades");
}
