//! Audit entries of records, and searches through them.

use model::{
    AccountName, CallId, Employer, Event, Number, Record, Staff, TicketId, Timestamp,
    desk::{Actor, DeskEntry, DeskEvent, TicketEvent},
    event::*,
};
use stats::audit::{AuditAction, AuditEntry, AuditFilter, AuditSearch};

const TICKET: TicketId = TicketId(2_026_112_200_017);

fn call(n: u64) -> CallId {
    CallId::from(n)
}

fn opened(ticket: TicketId, of: CallId) -> Event {
    Event::TicketOpened(TicketOpened {
        ticket,
        call: of,
        caller: Number::new("13812345678"),
        line: "12345".into(),
        seat: model::SeatId(1001),
    })
}

fn heard(of: CallId, by: &str) -> Event {
    Event::RecordingHeard(RecordingHeard { call: of, by: by.into() })
}

fn desk(by: &str, event: TicketEvent) -> Event {
    let by =
        Actor::Person { account: by.into(), role: Role::Liaison, unit: None, outsourced: false };
    Event::Desk(Box::new(DeskEntry { by, key: None, event: DeskEvent::Ticket(TICKET, event) }))
}

/// Records with one second between them.
fn records() -> Vec<Record> {
    let seen = |whole| TicketSeen { ticket: TICKET, by: "zhao".into(), whole };
    let staff = Staff {
        real_name: "赵敏".into(),
        employer: Employer::Contractor("Voice & Co".into()),
        ends: Some("2026-11-30".parse().unwrap()),
        ..Staff::default()
    };
    let events = vec![
        Event::PersonLoggedIn(PersonLoggedIn { account: "qian".into(), from: "192.0.2.7".into() }),
        opened(TICKET, call(1)),
        opened(TicketId(2_026_112_200_018), call(2)),
        heard(call(1), "qian"),
        heard(call(2), "qian"),
        Event::TicketSeen(seen(false)),
        desk("zhao", TicketEvent::Noted { text: "nothing for the audit".into() }),
        desk("zhao", TicketEvent::Revealed { reason: "to find the house".into() }),
        Event::TicketSeen(seen(true)),
        desk("li", TicketEvent::CallAdded { call: call(3), seat: None }),
        heard(call(3), "root"),
        Event::AccountAdded(AccountAdded {
            account: "zhao".into(),
            role: Role::Agent,
            staff,
            by: Some("root".into()),
            unconfirmed: true,
        }),
        Event::PersonRefused(PersonRefused {
            account: "zhao".into(),
            from: "192.0.2.9".into(),
            why: LoginRefusal::Ended,
        }),
        Event::TokenIssued(TokenIssued { account: "zhao".into(), label: "script".into() }),
        Event::Exported(Exported {
            by: "os:sun".into(),
            what: "log 1 to 14".into(),
            rows: 14,
            whole: true,
            ids: None,
        }),
        Event::LogRestored(LogRestored { from: LogCopy::Export, last: 14, by: "os:sun".into() }),
        Event::AlarmSettled(AlarmSettled {
            alarm: Alarm::LogDamaged,
            by: "os:sun".into(),
            why: "nothing was promised".into(),
        }),
    ];
    (1..).zip(events).map(|(seq, event)| Record { seq, at: at(seq), event }).collect()
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_micros(1_795_334_592_000_000 + second * 1_000_000)
}

fn found(filter: AuditFilter) -> Vec<AuditEntry> {
    let mut search = AuditSearch::new(filter, [], []);
    records().iter().filter_map(|record| search.apply(record)).collect()
}

fn numbers(filter: AuditFilter) -> Vec<u64> {
    found(filter).iter().map(|entry| entry.seq).collect()
}

fn person(name: &str) -> Option<AccountName> {
    Some(name.into())
}

#[test]
fn search_by_ticket_finds_views_and_playbacks_of_its_calls() {
    let filter = AuditFilter { ticket: Some(TICKET), ..AuditFilter::default() };
    assert_eq!(numbers(filter), [4, 6, 8, 9, 11], "the call of another ticket is not among them");
}

#[test]
fn search_by_person_finds_what_they_did_and_what_was_done_to_them() {
    assert_eq!(
        numbers(AuditFilter { person: person("zhao"), ..AuditFilter::default() }),
        [6, 8, 9, 12, 13, 14]
    );
    let heard = AuditFilter {
        person: person("qian"),
        what: Some(AuditAction::Heard),
        ..AuditFilter::default()
    };
    assert_eq!(numbers(heard), [4, 5]);
}

#[test]
fn search_is_narrowed_by_call_and_period() {
    assert_eq!(numbers(AuditFilter { call: Some(call(2)), ..AuditFilter::default() }), [5]);
    let period = AuditFilter { since: Some(at(4)), until: Some(at(8)), ..AuditFilter::default() };
    assert_eq!(numbers(period), [4, 5, 6]);
}

#[test]
fn search_from_the_middle_of_the_log_is_given_the_calls_of_the_ticket() {
    let filter = AuditFilter { ticket: Some(TICKET), ..AuditFilter::default() };
    let mut search = AuditSearch::new(filter, [call(1)], []);
    let late: Vec<u64> = records()
        .iter()
        .skip(3)
        .filter_map(|record| search.apply(record))
        .map(|entry| entry.seq)
        .collect();
    assert_eq!(late, [4, 6, 8, 9, 11]);
}

#[test]
fn entry_is_shown_as_a_sentence_without_the_caller() {
    let lines: Vec<String> =
        found(AuditFilter::default()).iter().map(AuditEntry::to_string).collect();
    let expected = [
        "qian logged in: from 192.0.2.7",
        "qian played the recording of call 00000000001",
        "qian played the recording of call 00000000002",
        "zhao saw, masked, ticket 2026112200017",
        "zhao revealed the caller of ticket 2026112200017: to find the house",
        "zhao saw, unmasked, ticket 2026112200017",
        "root played the recording of call 00000000003",
        "root added zhao: agent 赵敏, Voice & Co, until 2026-11-30, to be confirmed by a second person",
        "zhao was refused at login: from 192.0.2.9: the last day has passed",
        "(at the machine) issued a token to zhao: script",
        "os:sun exported: log 1 to 14: 14 lines, callers unmasked",
        "os:sun restored the log: from an export that ends with record 14",
        "os:sun settled an alarm: nothing was promised",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn records_of_older_versions_have_entries() {
    let old = [
        r#"{"seq":1,"at":1,"event":"AccountAdded","of":{"account":"li","role":"agent"}}"#,
        r#"{"seq":2,"at":1,"event":"TokenIssued","of":{"account":"li"}}"#,
        r#"{"seq":3,"at":1,"event":"PersonLoggedOut","of":{"account":"li"}}"#,
        r#"{"seq":4,"at":1,"event":"PersonRefused","of":{"account":"li","from":"192.0.2.7"}}"#,
    ];
    for text in old {
        let record = Record::from_json(text.as_bytes()).unwrap();
        assert!(stats::audit::entry(&record).is_some(), "{text}");
    }
}
