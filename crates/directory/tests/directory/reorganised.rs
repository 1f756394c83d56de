//! Units are merged, split, renamed and ended; earlier days keep the earlier state.

use directory::{Handover, Successor};
use model::desk::{DirectoryChange, Revision, RouteKey, RouteRow, TopicId, Unit, UnitRef};

use crate::common::{bureau, changed, day, ended, faults, founded, lawful, query, shipped, unit};

#[test]
fn merged_bureau_is_replaced_by_successor() {
    // 2018: the price bureau is merged into market regulation.
    let directory = lawful(shipped(), &[ended("410100-103", "2018-12-31", &["410100-113"])]);
    let fees = |date| directory.route(&query("110201", "410105"), day(date)).expect("a route");
    assert_eq!(fees("2018-12-31").supervise, Some(unit("410100-103")));
    let after = fees("2019-01-01");
    assert_eq!(after.supervise, Some(unit("410100-113")));
    let why: Vec<String> = after.reasons.iter().map(ToString::to_string).collect();
    assert!(why[1].ends_with("410100-103 has ended; 410100-113 succeeds it"), "{why:?}");
    let successor = |date| directory.successor_of(&unit("410100-103"), day(date));
    assert_eq!(successor("2018-12-31"), Successor::Itself);
    assert_eq!(successor("2019-01-01"), Successor::One(unit("410100-113")));
}

#[test]
fn townships_of_merged_district_move_to_successor() {
    let change = ended("410102-000", "2013-12-31", &["410103-000"]);
    let directory = lawful(shipped(), &[change]);
    let township = unit("410102-010");
    assert_eq!(directory.parent(&township, day("2013-12-31")), Some(unit("410102-000")));
    assert_eq!(directory.parent(&township, day("2014-01-01")), Some(unit("410103-000")));
    assert!(directory.children(&unit("410103-000"), day("2014-01-01")).contains(&township));
}

#[test]
fn split_unit_needs_new_rows_and_parents_first() {
    let into = ["410100-211", "410100-212"];
    let new = into.map(|code| founded(code, "2014-01-01", bureau("市供电分公司")));
    let split = ended("410100-201", "2013-12-31", &into);
    let told = faults(&shipped(), &[new.to_vec(), vec![split.clone()]].concat());
    assert_eq!(told.len(), 4, "{told:#?}");
    for row in ["(0202 in *): lead", "(0202 in 410105): assists", "(020201 in *): lead"] {
        let right = "410100-201 is split on 2014-01-01; name one of its successors from then on";
        let line = format!("directory.csv {row}: {right}");
        assert!(told.contains(&line), "{line} is not in {told:#?}");
    }

    // With new rows from that day on, the network is valid.
    let row = |topic: &str, area: Option<&str>, lead: &str| {
        let key = RouteKey { topic: TopicId::from(topic), area: area.map(Into::into) };
        let now = RouteRow {
            lead: UnitRef::from(lead),
            assists: Vec::new(),
            supervise: None,
            grade: None,
            quick_kind: String::new(),
            fallback: None,
        };
        let from = Some(day("2014-01-01"));
        let revision = Revision::Written { from, basis: String::new(), now: Box::new(now) };
        DirectoryChange::Route(key, revision)
    };
    let rows = vec![
        row("0202", None, "410100-211"),
        row("0202", Some("410105"), "410100-212"),
        row("020201", None, "410100-211"),
        row("020203", None, "410100-211"),
    ];
    let directory = lawful(shipped(), &[new.to_vec(), vec![split], rows].concat());
    let successor = directory.successor_of(&unit("410100-201"), day("2014-01-01"));
    assert_eq!(successor, Successor::Several(into.map(unit).to_vec()));
    assert_eq!(directory.sole_successor(&unit("410100-201"), day("2014-01-01")), None);
    let lead = |date| directory.route(&query("020201", "410103"), day(date)).expect("one").lead;
    assert_eq!(lead("2013-12-31"), unit("410100-201"));
    assert_eq!(lead("2014-01-01"), unit("410100-211"));
}

#[test]
fn new_name_is_valid_from_its_day() {
    let renamed = Unit { short: "卫计委".into(), ..bureau("市卫生和计划生育委员会") };
    let directory = lawful(shipped(), &[founded("410100-112", "2014-03-01", renamed)]);
    let name = |date| directory.unit_name(&unit("410100-112"), day(date)).to_string();
    assert_eq!(name("2014-02-28"), "市卫健委");
    assert_eq!(name("2014-03-01"), "市卫生和计划生育委员会");
}

#[test]
fn open_work_of_ended_unit_is_listed_with_successors() {
    let directory = changed(
        shipped(),
        &[
            ended("410100-103", "2018-12-31", &["410100-113"]),
            ended("410100-201", "2018-12-31", &["410100-202", "410100-203"]),
            ended("410100-204", "2018-12-31", &[]),
        ],
    );
    let open = [
        ("410100-103", 1),
        ("410100-101", 2),
        ("410100-201", 3),
        ("410100-103", 4),
        ("410100-204", 5),
    ];
    let open = || open.map(|(code, ticket)| (unit(code), ticket));
    assert_eq!(directory.handovers(open(), day("2018-12-31")), []);
    let over = directory.handovers(open(), day("2019-01-01"));
    let several = Successor::Several(vec![unit("410100-202"), unit("410100-203")]);
    let expected = [
        Handover {
            from: unit("410100-103"),
            to: Successor::One(unit("410100-113")),
            work: vec![1, 4],
        },
        Handover { from: unit("410100-201"), to: several, work: vec![3] },
        Handover { from: unit("410100-204"), to: Successor::None, work: vec![5] },
    ];
    assert_eq!(over, expected);
}

#[test]
fn successor_is_found_across_two_reorganisations() {
    let directory = changed(
        shipped(),
        &[
            ended("410100-103", "2013-12-31", &["410100-117"]),
            ended("410100-117", "2018-12-31", &["410100-113"]),
        ],
    );
    let successor = |date| directory.successor_of(&unit("410100-103"), day(date));
    assert_eq!(successor("2014-01-01"), Successor::One(unit("410100-117")));
    assert_eq!(successor("2019-01-01"), Successor::One(unit("410100-113")));
}

#[test]
fn task_force_is_active_until_its_last_day() {
    let directory = shipped();
    let force = unit("410100-901");
    assert!(directory.unit_on(&force, day("2013-12-31")).is_some());
    assert!(directory.unit_on(&force, day("2014-01-01")).is_none());
    assert_eq!(directory.successor_of(&force, day("2014-01-01")), Successor::None);
    // The last day is put off.
    let longer = ended("410100-901", "2014-06-30", &[]);
    let directory = lawful(directory, &[longer]);
    assert!(directory.unit_on(&force, day("2014-06-30")).is_some());
    let for_ever = DirectoryChange::Unit(force, Revision::EndRevoked);
    let told = faults(&directory, &[for_ever]);
    let right = "a task force needs a last day; write its last day; it can be postponed later";
    assert_eq!(told, [format!("units.csv (410100-901): until: {right}")]);
}
