//! The contacts of a unit in the order of calling.

use deadlines::calendar::{Calendar, OfficeHours};
use directory::{ContactRole, Directory};
use model::{
    CalendarTable, Number, Timestamp, Zone,
    desk::{DirectoryChange, DutyContact, DutyTime, Liaison, Private, Unit},
};

use crate::common::{bureau, day, faults, founded, lawful, shipped, unit};

fn contact(post: &str, number: &str) -> DutyContact {
    DutyContact { name: Private::default(), post: post.into(), number: Number::new(number) }
}

fn on_duty(code: &str, time: DutyTime, contacts: &[(&str, &str)]) -> DirectoryChange {
    let contacts = contacts.iter().map(|(post, number)| contact(post, number)).collect();
    DirectoryChange::Duty(unit(code), time, contacts)
}

fn at(date: &str, hour: u32) -> Timestamp {
    Zone::CHINA.moment(day(date), hour * 3_600)
}

fn calendar() -> Calendar {
    Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default())
}

/// A drainage office below the district, with rosters and one liaison.
fn directory() -> Directory {
    let liaison = Liaison { name: Private::new("李某"), number: Number::new("13900000001") };
    let office = Unit {
        parent: Some(unit("410103-000")),
        level: 3,
        liaisons: vec![liaison],
        public_phone: "0371-6381234".into(),
        ..bureau("市河道管理所")
    };
    lawful(
        shipped(),
        &[
            founded("410103-021", "2009-01-01", office),
            on_duty("410103-021", DutyTime::Weekday, &[("办公室", "66000001")]),
            on_duty("410103-021", DutyTime::Night, &[("夜班", "66000002"), ("门卫", "66000003")]),
            on_duty(
                "410103-021",
                DutyTime::Holiday,
                &[("值班领导", "66000004"), ("门卫", "66000003")],
            ),
            on_duty("410103-000", DutyTime::Holiday, &[("区总值班室", "66000009")]),
        ],
    )
}

fn numbers(directory: &Directory, at: Timestamp) -> Vec<String> {
    let escalation_contacts = directory.escalation_contacts(&unit("410103-021"), at, &calendar());
    escalation_contacts.iter().map(|rung| rung.number.reveal().to_string()).collect()
}

#[test]
fn holiday_roster_is_first_on_sunday_and_numbers_are_unique() {
    // 25 October 2009 was a Sunday (scenario S2).
    let sunday = numbers(&directory(), at("2009-10-25", 10));
    let expected = ["66000004", "66000003", "66000002", "13900000001", "03716381234", "66000009"];
    assert_eq!(sunday, expected);
}

#[test]
fn workday_roster_depends_on_office_hours() {
    let directory = directory();
    let monday = numbers(&directory, at("2009-10-26", 10));
    assert_eq!(monday[0], "66000001");
    assert!(!monday.contains(&"66000002".to_string()), "the night's people sleep");
    assert_eq!(numbers(&directory, at("2009-10-26", 20))[..2], ["66000002", "66000003"]);
    assert_eq!(numbers(&directory, at("2009-10-26", 13))[0], "66000001", "lunch is office time");
}

#[test]
fn next_contact_is_first_untried_number() {
    let (directory, calendar, sunday) = (directory(), calendar(), at("2009-10-25", 10));
    let office = unit("410103-021");
    let mut tried = Vec::new();
    let mut ways = Vec::new();
    while let Some(rung) = directory.next_contact(&office, &tried, sunday, &calendar) {
        tried.push(rung.number.clone());
        ways.push((rung.unit, rung.on_duty));
    }
    assert_eq!(tried.len(), 6, "up to the district, and then nobody is left");
    assert_eq!(ways[3], (office.clone(), ContactRole::Liaison));
    assert_eq!(ways[4], (office, ContactRole::PublicPhone));
    assert_eq!(ways[5], (unit("410103-000"), ContactRole::Roster(DutyTime::Holiday)));
}

#[test]
fn empty_roster_clears_contacts_and_faulty_one_reports_all_faults() {
    let directory = directory();
    let cleared = on_duty("410103-021", DutyTime::Night, &[]);
    let after = lawful(directory.clone(), &[cleared]);
    assert_eq!(after.duty(&unit("410103-021"), DutyTime::Night), []);
    let wrong = [
        on_duty("410103-999", DutyTime::Night, &[("夜班", "66000002")]),
        on_duty("410103-021", DutyTime::Night, &[("夜班", "no"), ("=1+1", "66000003")]),
    ];
    let told = faults(&directory, &wrong);
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told.iter().all(|line| !line.contains("66000003")), "numbers are not shown");
}
