//! Each check of the network reports its fault, all at once.

use model::desk::{Area, AreaLevel, DirectoryChange, Revision, Unit, UnitKind};

use crate::common::{bureau, ended, faults, founded, shipped, unit};

#[test]
fn unit_reports_all_faults_with_corrections() {
    let wrong = Unit {
        short: String::new(),
        level: 5,
        parent: Some(unit("410100-999")),
        functional_parent: Some(unit("410102-010-01")),
        area: Some("999999".into()),
        public_phone: "call me".into(),
        members: vec![unit("410100-101")],
        ..bureau("=HYPERLINK")
    };
    let told = faults(&shipped(), &[founded("41 01", "2013-01-01", wrong)]);
    let columns = ["area", "code", "level", "members", "name", "parent", "public_phone", "short"];
    for column in columns {
        let place = format!("units.csv (41 01 from 2013-01-01): {column}: ");
        assert!(told.iter().any(|line| line.starts_with(&place)), "{place} {told:#?}");
    }
    assert_eq!(told.len(), columns.len(), "{told:#?}");
    assert!(told.iter().all(|line| line.contains("; ")));
}

#[test]
fn cycles_are_faults_for_both_kinds_of_edges() {
    let ring = |a: &str, b: &str, functional: bool| {
        let mut unit_a = Unit { level: 3, ..bureau("甲") };
        let edge = if functional { &mut unit_a.functional_parent } else { &mut unit_a.parent };
        *edge = Some(unit(b));
        founded(a, "2013-01-01", unit_a)
    };
    for functional in [false, true] {
        let changes =
            [ring("a", "b", functional), ring("b", "c", functional), ring("c", "a", functional)];
        let told = faults(&shipped(), &changes);
        let rings = told.iter().filter(|line| line.contains("form a cycle"));
        assert_eq!(rings.count(), 3, "{told:#?}");
    }
    let told = faults(&shipped(), &[ring("a", "a", false)]);
    assert!(told[0].contains("form a cycle"), "{told:#?}");
}

#[test]
fn child_level_must_exceed_parent_level() {
    let child = Unit { parent: Some(unit("410100-101")), ..bureau("市局") };
    let told = faults(&shipped(), &[founded("410100-131", "2013-01-01", child)]);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("410100-101 has level 2, and this unit has level 2"), "{told:#?}");
}

#[test]
fn parent_must_be_active_while_children_are() {
    let told = faults(&shipped(), &[ended("410102-010", "2013-06-30", &[])]);
    let line = "units.csv (410102-010-01): parent: 410102-010 is not active on 2013-07-01; \
                name a unit that is active from then on";
    assert_eq!(told, [line]);
    let early = Unit { parent: Some(unit("late")), level: 3, ..bureau("早") };
    let late = bureau("晚");
    let changes = [founded("early", "2013-01-01", early), founded("late", "2013-02-01", late)];
    let told = faults(&shipped(), &changes);
    assert!(told[0].contains("late is not active on 2013-01-01"), "{told:#?}");
}

#[test]
fn second_hub_and_second_government_of_area_are_faults() {
    let hub = Unit { kind: UnitKind::Hub, level: 1, parent: None, ..bureau("另一热线办") };
    let second = Unit {
        kind: UnitKind::Government,
        area: Some("410105".into()),
        ..bureau("新金水区人民政府")
    };
    let lost = Unit { kind: UnitKind::Government, ..bureau("无区政府") };
    let told = faults(
        &shipped(),
        &[
            founded("z-1", "2013-01-01", hub),
            founded("z-2", "2013-01-01", second),
            founded("z-3", "2013-01-01", lost),
        ],
    );
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told[0].contains("there are two hubs on 2013-01-01"), "{told:#?}");
    assert!(told[1].contains("410105 has two governments on 2013-01-01"), "{told:#?}");
    assert!(told[2].contains("a government without an area"), "{told:#?}");
}

#[test]
fn end_needs_known_unit_and_other_active_successors() {
    let told = faults(
        &shipped(),
        &[
            ended("410100-777", "2013-06-30", &[]),
            ended("410100-119", "2013-06-30", &["410100-119", "410100-901", "410100-778"]),
        ],
    );
    assert!(told.iter().any(|line| line.contains("there is no 410100-777")), "{told:#?}");
    assert!(told.iter().any(|line| line.contains("it names itself")), "{told:#?}");
    assert!(told.iter().any(|line| line.contains("410100-778 does not exist")), "{told:#?}");
}

#[test]
fn parent_area_must_be_larger_and_known() {
    let area = |code: &str, level, parent: &str| {
        let now = Area { name: "某地".into(), level, parent: Some(parent.into()) };
        let revision = Revision::Written { from: None, basis: String::new(), now: Box::new(now) };
        DirectoryChange::Area(code.into(), revision)
    };
    let told = faults(
        &shipped(),
        &[
            area("410106", AreaLevel::County, "410105"),
            area("410107", AreaLevel::County, "49"),
            area("abc", AreaLevel::County, "410100"),
        ],
    );
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told[0].contains("410105 is not larger"), "{told:#?}");
    assert!(told[1].contains("there is no area 49 from the beginning"), "{told:#?}");
    assert!(told[2].contains("is not the code of an area"), "{told:#?}");
}
