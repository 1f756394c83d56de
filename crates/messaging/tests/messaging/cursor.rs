//! The cursor of a destination, and its dead letters.

use messaging::{Cursors, DestinationCommand, MessagingCommand, MessagingState, Templates};
use model::{
    Event, Record, Seq, Timestamp,
    desk::{Actor, DeskEntry, DeskEvent, DestinationId, MessagingEvent},
    event::Role,
};
use workflow::Refusal;

fn province() -> DestinationId {
    DestinationId::from("province")
}

fn acknowledged(seq: Seq, letters: u32) -> MessagingEvent {
    MessagingEvent::Acknowledged { destination: province(), seq, letters }
}

fn dead(seq: Seq) -> MessagingEvent {
    MessagingEvent::DeadLettered {
        destination: province(),
        seq,
        status: 422,
        why: "no unit".into(),
    }
}

fn person(role: Role) -> Actor {
    Actor::Person { account: "li".into(), role, unit: None, outsourced: false }
}

#[test]
fn cursor_never_goes_back() {
    let mut cursors = Cursors::default();
    for event in [acknowledged(7, 3), acknowledged(5, 0), dead(9), acknowledged(8, 0)] {
        cursors.apply(Timestamp::default(), &event);
    }
    let cursor = cursors.of(&province()).unwrap();
    assert_eq!((cursor.done, cursor.letters, cursor.dead.len()), (9, 3, 1));
}

#[test]
fn record_resent_twice_counts_once() {
    let mut cursors = Cursors::default();
    let resent = MessagingEvent::Resent { destination: province(), seq: 9 };
    for event in [dead(9), resent.clone(), resent] {
        cursors.apply(Timestamp::default(), &event);
    }
    let cursor = cursors.of(&province()).unwrap();
    assert_eq!((cursor.letters, cursor.dead.len()), (1, 0));
}

#[test]
fn dead_letter_is_resent_or_dropped_by_an_admin() {
    let mut state = MessagingState::default();
    let entry = DeskEntry { by: Actor::Engine, key: None, event: DeskEvent::Messaging(dead(9)) };
    let event = Event::Desk(Box::new(entry));
    state.apply(&Record { seq: 12, at: Timestamp::default(), event });
    let templates = Templates::default();
    let ask = |role, command| state.decide(&person(role), &templates, command);

    let resend =
        |seq| MessagingCommand::Destination(province(), DestinationCommand::Resend { seq });
    let ordered = MessagingEvent::ResendOrdered { destination: province(), seq: 9 };
    assert_eq!(ask(Role::Admin, resend(9)), Ok(vec![ordered]));
    assert!(matches!(ask(Role::Admin, resend(8)), Err(Refusal::NotFound { .. })));
    assert!(matches!(ask(Role::Agent, resend(9)), Err(Refusal::Forbidden { .. })));

    let settle = |reason: &str| {
        MessagingCommand::Destination(
            province(),
            DestinationCommand::Drop { seq: 9, reason: reason.into() },
        )
    };
    assert!(matches!(ask(Role::Admin, settle(" ")), Err(Refusal::Faults { .. })));
    assert!(ask(Role::Admin, settle("told by phone")).is_ok());
}

/// A statement of one day was compared, with these numbers of differences.
fn reconciled(through: Seq, missing: &[Seq], unknown: &[&str]) -> MessagingEvent {
    MessagingEvent::Reconciled {
        destination: province(),
        date: model::Date { year: 2026, month: 11, day: 22 },
        through,
        letters: 40,
        missing: missing.to_vec(),
        unknown: unknown.iter().map(|key| (*key).to_owned()).collect(),
    }
}

fn after(events: impl IntoIterator<Item = MessagingEvent>) -> MessagingState {
    let mut state = MessagingState::default();
    events.into_iter().for_each(|event| state.cursors.apply(Timestamp::default(), &event));
    state
}

#[test]
fn missing_record_is_kept_until_resent_or_dead() {
    let resent = MessagingEvent::Resent { destination: province(), seq: 7 };
    let mut state = after([acknowledged(9, 9), reconciled(9, &[7, 8], &[])]);
    let missing = |state: &MessagingState| -> Vec<Seq> {
        state.cursors.of(&province()).unwrap().missing.iter().copied().collect()
    };
    assert_eq!(missing(&state), [7, 8]);
    state.cursors.apply(Timestamp::default(), &resent);
    assert_eq!(missing(&state), [8]);
    state.cursors.apply(Timestamp::default(), &dead(8));
    let cursor = state.cursors.of(&province()).unwrap();
    assert!(cursor.missing.is_empty() && cursor.dead.contains_key(&8));
    assert_eq!((cursor.done, cursor.letters, cursor.stated), (9, 9, Some(9)), "each counts once");
}

#[test]
fn differences_last_until_a_clean_statement_or_a_person_settles_them() {
    let settled =
        MessagingEvent::DifferencesSettled { destination: province(), reason: "by phone".into() };
    let failed = MessagingEvent::StatementFailed {
        destination: province(),
        date: model::Date { year: 2026, month: 11, day: 23 },
        through: 9,
        why: "HTTP 500".into(),
    };
    let disagreement =
        |events: &[MessagingEvent]| after(events.iter().cloned()).cursors.disagreement();
    let clean = reconciled(20, &[], &[]);
    assert_eq!(disagreement(std::slice::from_ref(&clean)), None);
    let lacks = disagreement(&[reconciled(9, &[7], &["x"])]).unwrap();
    assert!(lacks.contains("province: of 2026-11-22 it lacked 1 records"), "{lacks}");
    assert!(
        disagreement(std::slice::from_ref(&failed)).unwrap().contains("2026-11-23 fails: HTTP 500")
    );
    for differing in [reconciled(9, &[7], &[]), reconciled(9, &[], &["x"]), failed] {
        assert_eq!(disagreement(&[differing.clone(), clean.clone()]), None);
        assert_eq!(disagreement(&[differing.clone(), settled.clone()]), None);
        assert!(disagreement(&[clean.clone(), settled.clone(), differing]).is_some());
    }
}

#[test]
fn all_dead_letters_can_be_resent_and_differences_settled() {
    let ordered = |seq| MessagingEvent::ResendOrdered { destination: province(), seq };
    let state = after([dead(3), dead(5), dead(9), ordered(5)]);
    let templates = Templates::default();
    let ask = |state: &MessagingState, command| {
        let command = MessagingCommand::Destination(province(), command);
        state.decide(&person(Role::Director), &templates, command)
    };
    assert_eq!(ask(&state, DestinationCommand::ResendAll), Ok(vec![ordered(3), ordered(9)]));
    let all = after([dead(3), ordered(3)]);
    assert!(matches!(ask(&all, DestinationCommand::ResendAll), Err(Refusal::NotNow { .. })));
    assert!(matches!(
        ask(&MessagingState::default(), DestinationCommand::ResendAll),
        Err(Refusal::NotFound { .. })
    ));

    let settle = |reason: &str| DestinationCommand::Settle { reason: reason.into() };
    assert!(matches!(ask(&state, settle("x")), Err(Refusal::NotNow { .. })), "they agree");
    let differing = after([reconciled(9, &[7], &[])]);
    assert!(matches!(ask(&differing, settle("")), Err(Refusal::Faults { .. })));
    let done = ask(&differing, settle("told by phone")).unwrap();
    assert!(matches!(&done[..], [MessagingEvent::DifferencesSettled { .. }]));
}

#[test]
fn dropped_record_is_left_out_of_its_statement_only() {
    let dropped = MessagingEvent::DeadLetterDropped {
        destination: province(),
        seq: 5,
        reason: "by phone".into(),
    };
    let opened = MessagingEvent::StatementsOpened { destination: province(), after: 4 };
    let mut state = after([opened, dead(5), dropped.clone()]);
    assert!(state.cursors.of(&province()).unwrap().dropped.contains(&5));
    state.cursors.apply(Timestamp::default(), &reconciled(9, &[], &[]));
    assert!(state.cursors.of(&province()).unwrap().dropped.is_empty());
    // A destination without statements keeps no list of records to compare.
    assert!(after([dead(5), dropped]).cursors.of(&province()).unwrap().dropped.is_empty());
}
