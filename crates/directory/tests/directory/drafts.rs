//! Drafts and approvals of changes, and the rows that units may change themselves.

use directory::{DRAFTS_MAX, DirectoryCommand, DirectoryState, initial_events};
use model::{
    Number, Timestamp,
    desk::{
        Actor, DirectoryChange, DirectoryEvent, DutyContact, DutyTime, Private, RouteKey, TopicId,
    },
    event::Role,
};
use workflow::Refusal;

use crate::common::{bureau, day, ended, founded, person, texts, unit};

fn begun() -> (DirectoryState, Vec<(Actor, DirectoryEvent)>) {
    let texts = texts();
    let sheets: Vec<_> =
        texts.iter().map(|(table, text)| directory::TableText { table: *table, text }).collect();
    let events = initial_events(&sheets).expect("the shipped tables");
    let log: Vec<(Actor, DirectoryEvent)> =
        events.into_iter().map(|event| (Actor::Engine, event)).collect();
    (replayed(&log), log)
}

fn replayed(log: &[(Actor, DirectoryEvent)]) -> DirectoryState {
    let mut state = DirectoryState::default();
    for (n, (by, event)) in log.iter().enumerate() {
        state.apply(Timestamp::from_micros(n as u64), by, event);
    }
    state
}

/// Decides a command, applies its events and appends them to the log.
fn told(
    state: &mut DirectoryState,
    log: &mut Vec<(Actor, DirectoryEvent)>,
    by: Actor,
    command: DirectoryCommand,
) -> Result<(), Refusal> {
    for event in state.decide(&by, command)? {
        state.apply(Timestamp::from_micros(log.len() as u64), &by, &event);
        log.push((by.clone(), event));
    }
    Ok(())
}

fn draft(changes: Vec<DirectoryChange>) -> DirectoryCommand {
    DirectoryCommand::Draft { note: "机构改革".into(), changes }
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
    let (state, log) = begun();
    assert_eq!(state.directory(), &crate::common::shipped());
    assert_eq!(state.drafts().count(), 0);
    assert!(log.len() > 3, "460 changes are more than one record");
    assert!(DirectoryState::default().directory().is_empty() && !state.directory().is_empty());
}

#[test]
fn admin_draft_needs_approval_of_director() {
    let (mut state, mut log) = begun();
    let change = ended("410100-103", "2018-12-31", &["410100-113"]);
    let admin = person(Role::Admin, None);
    told(&mut state, &mut log, admin.clone(), draft(vec![change])).unwrap();
    let price = unit("410100-103");
    let is_there =
        |state: &DirectoryState| state.directory().unit_on(&price, day("2019-01-01")).is_some();
    assert!(is_there(&state), "a draft changes nothing");
    let approve = DirectoryCommand::Approve { draft: 2 };
    let refused = state.decide(&admin, approve.clone());
    assert!(matches!(refused, Err(Refusal::Forbidden { .. })), "{refused:?}");
    told(&mut state, &mut log, person(Role::Director, None), approve.clone()).unwrap();
    assert!(!is_there(&state));
    let again = state.decide(&person(Role::Director, None), approve);
    assert_eq!(again, Err(Refusal::not_found("draft 2")));
    assert_eq!(replayed(&log), state, "live is replayed");
}

#[test]
fn draft_that_became_faulty_is_not_approved() {
    let (mut state, mut log) = begun();
    let (admin, director) = (person(Role::Admin, None), person(Role::Director, None));
    let below =
        model::desk::Unit { parent: Some(unit("410100-120")), level: 3, ..bureau("青少年宫") };
    let late = founded("410100-120-01", "2020-01-01", below);
    told(&mut state, &mut log, admin, draft(vec![late])).unwrap();
    // The director's own draft is approved at once: it closes the unit above.
    let row = RouteKey { topic: TopicId::from("1802"), area: None };
    let moved = state.directory().arbitrated(row, unit("410100-119"), "文件", day("2019-01-01"));
    let close = ended("410100-120", "2018-12-31", &[]);
    told(&mut state, &mut log, director.clone(), draft(vec![moved, close])).unwrap();
    let refused = state.decide(&director, DirectoryCommand::Approve { draft: 2 });
    let Err(Refusal::Faults { faults }) = refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].field, "units[410100-120-01 from 2020-01-01].parent");
    let reason = "团市委已撤".to_string();
    let refuse = DirectoryCommand::Refuse { draft: 2, reason };
    told(&mut state, &mut log, director, refuse).unwrap();
    assert_eq!(state.drafts().count(), 0);
    assert_eq!(replayed(&log), state);
}

#[test]
fn unit_writes_own_duty_contacts_and_proposes_own_rows() {
    let (mut state, mut log) = begun();
    let power = || person(Role::Liaison, Some("410100-201"));
    let duty = |code: &str, number: &str| DirectoryCommand::WriteDuty {
        unit: unit(code),
        time: DutyTime::Night,
        contacts: contacts(number),
    };
    told(&mut state, &mut log, power(), duty("410100-201", "66000001")).unwrap();
    assert_eq!(state.directory().duty(&unit("410100-201"), DutyTime::Night).len(), 1);
    let others = state.decide(&power(), duty("410100-202", "66000001"));
    assert!(matches!(others, Err(Refusal::Forbidden { .. })));
    let wrong = state.decide(&power(), duty("410100-201", "x"));
    assert!(matches!(wrong, Err(Refusal::Faults { .. })));

    let row = |lead: &str| {
        let key = RouteKey { topic: TopicId::from("020204"), area: None };
        state.directory().arbitrated(key, unit(lead), "供电公司职责", day("2014-01-01"))
    };
    let (own, anothers) = (row("410100-201"), row("410100-202"));
    let refused = state.decide(&power(), draft(vec![own.clone(), anothers]));
    assert!(matches!(refused, Err(Refusal::Forbidden { .. })));
    told(&mut state, &mut log, power(), draft(vec![own])).unwrap();
    assert_eq!(state.drafts().count(), 1, "it waits for the director (KB-05)");
    assert_eq!(replayed(&log), state);
}

#[test]
fn draft_reports_all_faults_at_once() {
    let (state, _) = begun();
    let director = person(Role::Director, None);
    let wrong = DirectoryCommand::Draft {
        note: String::new(),
        changes: vec![ended("410102-010", "2013-06-30", &[]), ended("x", "2013-06-30", &[])],
    };
    let Err(Refusal::Faults { faults }) = state.decide(&director, wrong) else { panic!() };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["note", "units[410102-010-01].parent", "units[x]"]);
    let nothing = state.decide(&director, draft(Vec::new()));
    assert!(matches!(nothing, Err(Refusal::Faults { .. })));
    let agent = state.decide(&person(Role::Agent, None), draft(Vec::new()));
    assert!(matches!(agent, Err(Refusal::Forbidden { .. })));
}

#[test]
fn undecided_drafts_are_limited() {
    let (mut state, mut log) = begun();
    let change = || vec![ended("410100-103", "2018-12-31", &["410100-113"])];
    for _ in 0..DRAFTS_MAX {
        told(&mut state, &mut log, person(Role::Admin, None), draft(change())).unwrap();
    }
    let refused = state.decide(&person(Role::Admin, None), draft(change()));
    assert!(matches!(refused, Err(Refusal::Faults { .. })), "{refused:?}");
}
