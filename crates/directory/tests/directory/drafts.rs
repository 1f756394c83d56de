//! Drafts and approvals of changes, and the rows that units may change themselves.

use directory::{DRAFTS_MAX, NetworkCommand, Register, first_events};
use model::{
    Number, Timestamp,
    desk::{
        Actor, DirectoryChange, DirectoryEvent, DutyContact, DutyTime, Private, RouteKey, TopicId,
    },
    event::Role,
};
use workflow::Refusal;

use crate::common::{bureau, day, ended, founded, person, texts, unit};

fn begun() -> (Register, Vec<(Actor, DirectoryEvent)>) {
    let texts = texts();
    let sheets: Vec<_> =
        texts.iter().map(|(table, text)| directory::Sheet { table: *table, text }).collect();
    let events = first_events(&sheets).expect("the shipped tables");
    let log: Vec<(Actor, DirectoryEvent)> =
        events.into_iter().map(|event| (Actor::Engine, event)).collect();
    (replayed(&log), log)
}

fn replayed(log: &[(Actor, DirectoryEvent)]) -> Register {
    let mut register = Register::default();
    for (n, (by, event)) in log.iter().enumerate() {
        register.apply(Timestamp::from_micros(n as u64), by, event);
    }
    register
}

/// Decides a command, applies its events and appends them to the log.
fn told(
    register: &mut Register,
    log: &mut Vec<(Actor, DirectoryEvent)>,
    by: Actor,
    command: NetworkCommand,
) -> Result<(), Refusal> {
    for event in register.decide(&by, command)? {
        register.apply(Timestamp::from_micros(log.len() as u64), &by, &event);
        log.push((by.clone(), event));
    }
    Ok(())
}

fn draft(changes: Vec<DirectoryChange>) -> NetworkCommand {
    NetworkCommand::Draft { note: "机构改革".into(), changes }
}

fn contacts(number: &str) -> Vec<DutyContact> {
    vec![DutyContact {
        name: Private::default(),
        post: "值班室".into(),
        number: Number::new(number),
    }]
}

#[test]
fn empty_log_begins_with_shipped_tables_in_small_records() {
    let (register, log) = begun();
    assert_eq!(register.network(), &crate::common::shipped());
    assert_eq!(register.drafts().count(), 0);
    assert!(log.len() > 3, "460 changes are more than one record");
    assert!(Register::default().network().is_empty() && !register.network().is_empty());
}

#[test]
fn admin_draft_needs_approval_of_director() {
    let (mut register, mut log) = begun();
    let change = ended("410100-103", "2018-12-31", &["410100-113"]);
    let admin = person(Role::Admin, None);
    told(&mut register, &mut log, admin.clone(), draft(vec![change])).unwrap();
    let price = unit("410100-103");
    let is_there =
        |register: &Register| register.network().unit_on(&price, day("2019-01-01")).is_some();
    assert!(is_there(&register), "a draft changes nothing");
    let approve = NetworkCommand::Approve { draft: 2 };
    let refused = register.decide(&admin, approve.clone());
    assert!(matches!(refused, Err(Refusal::Forbidden { .. })), "{refused:?}");
    told(&mut register, &mut log, person(Role::Director, None), approve.clone()).unwrap();
    assert!(!is_there(&register));
    let again = register.decide(&person(Role::Director, None), approve);
    assert_eq!(again, Err(Refusal::not_found("draft 2")));
    assert_eq!(replayed(&log), register, "live is replayed");
}

#[test]
fn draft_that_became_faulty_is_not_approved() {
    let (mut register, mut log) = begun();
    let (admin, director) = (person(Role::Admin, None), person(Role::Director, None));
    let below =
        model::desk::Unit { parent: Some(unit("410100-120")), level: 3, ..bureau("青少年宫") };
    let late = founded("410100-120-01", "2020-01-01", below);
    told(&mut register, &mut log, admin, draft(vec![late])).unwrap();
    // The director's own draft is approved at once: it closes the unit above.
    let row = RouteKey { topic: TopicId::from("1802"), area: None };
    let moved = register.network().arbitrated(row, unit("410100-119"), "文件", day("2019-01-01"));
    let close = ended("410100-120", "2018-12-31", &[]);
    told(&mut register, &mut log, director.clone(), draft(vec![moved, close])).unwrap();
    let refused = register.decide(&director, NetworkCommand::Approve { draft: 2 });
    let Err(Refusal::Faults { faults }) = refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].field, "units[410100-120-01 from 2020-01-01].parent");
    let reason = "团市委已撤".to_string();
    let refuse = NetworkCommand::Refuse { draft: 2, reason };
    told(&mut register, &mut log, director, refuse).unwrap();
    assert_eq!(register.drafts().count(), 0);
    assert_eq!(replayed(&log), register);
}

#[test]
fn unit_writes_own_duty_contacts_and_proposes_own_rows() {
    let (mut register, mut log) = begun();
    let power = || person(Role::Liaison, Some("410100-201"));
    let duty = |code: &str, number: &str| NetworkCommand::WriteDuty {
        unit: unit(code),
        time: DutyTime::Night,
        contacts: contacts(number),
    };
    told(&mut register, &mut log, power(), duty("410100-201", "66000001")).unwrap();
    assert_eq!(register.network().duty(&unit("410100-201"), DutyTime::Night).len(), 1);
    let others = register.decide(&power(), duty("410100-202", "66000001"));
    assert!(matches!(others, Err(Refusal::Forbidden { .. })));
    let wrong = register.decide(&power(), duty("410100-201", "x"));
    assert!(matches!(wrong, Err(Refusal::Faults { .. })));

    let row = |lead: &str| {
        let key = RouteKey { topic: TopicId::from("020204"), area: None };
        register.network().arbitrated(key, unit(lead), "供电公司职责", day("2014-01-01"))
    };
    let (own, anothers) = (row("410100-201"), row("410100-202"));
    let refused = register.decide(&power(), draft(vec![own.clone(), anothers]));
    assert!(matches!(refused, Err(Refusal::Forbidden { .. })));
    told(&mut register, &mut log, power(), draft(vec![own])).unwrap();
    assert_eq!(register.drafts().count(), 1, "it waits for the director (KB-05)");
    assert_eq!(replayed(&log), register);
}

#[test]
fn draft_reports_all_faults_at_once() {
    let (register, _) = begun();
    let director = person(Role::Director, None);
    let wrong = NetworkCommand::Draft {
        note: String::new(),
        changes: vec![ended("410102-010", "2013-06-30", &[]), ended("x", "2013-06-30", &[])],
    };
    let Err(Refusal::Faults { faults }) = register.decide(&director, wrong) else { panic!() };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["note", "units[410102-010-01].parent", "units[x]"]);
    let nothing = register.decide(&director, draft(Vec::new()));
    assert!(matches!(nothing, Err(Refusal::Faults { .. })));
    let agent = register.decide(&person(Role::Agent, None), draft(Vec::new()));
    assert!(matches!(agent, Err(Refusal::Forbidden { .. })));
}

#[test]
fn undecided_drafts_are_limited() {
    let (mut register, mut log) = begun();
    let change = || vec![ended("410100-103", "2018-12-31", &["410100-113"])];
    for _ in 0..DRAFTS_MAX {
        told(&mut register, &mut log, person(Role::Admin, None), draft(change())).unwrap();
    }
    let refused = register.decide(&person(Role::Admin, None), draft(change()));
    assert!(matches!(refused, Err(Refusal::Faults { .. })), "{refused:?}");
}
