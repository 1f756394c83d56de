//! Entries of the desk in the log.

use model::{
    TicketId,
    desk::{Actor, DeskEntry, DeskEvent, IdempotencyKey, TicketEvent},
};

fn noted(key: Option<IdempotencyKey>) -> DeskEntry {
    let event =
        DeskEvent::Ticket(TicketId(2_026_112_200_001), TicketEvent::Noted { text: "看过".into() });
    DeskEntry { by: Actor::Engine, key, event }
}

#[test]
fn key_and_hash_of_its_command_are_fields_of_the_record() {
    let (name, command_sha256) = ("k1".to_owned(), Some("ab".to_owned()));
    let entry = noted(Some(IdempotencyKey { name, command_sha256 }));
    let written = serde_json::to_string(&entry).unwrap();
    assert!(written.contains(r#""key":"k1","command_sha256":"ab","deed":"#), "{written}");
    assert_eq!(serde_json::from_str::<DeskEntry>(&written).unwrap(), entry);
}

#[test]
fn record_without_a_key_has_neither_field() {
    let written = serde_json::to_string(&noted(None)).unwrap();
    assert!(!written.contains("key") && !written.contains("sha256"), "{written}");
    assert_eq!(serde_json::from_str::<DeskEntry>(&written).unwrap(), noted(None));
}

#[test]
fn key_of_an_old_log_has_no_hash() {
    let entry = noted(Some(IdempotencyKey { name: "k1".into(), command_sha256: None }));
    let written = serde_json::to_string(&entry).unwrap();
    assert!(!written.contains("sha256"), "{written}");
    assert_eq!(serde_json::from_str::<DeskEntry>(&written).unwrap(), entry);
}
