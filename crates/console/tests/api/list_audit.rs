//! Audit records of lists: which person saw which rows, durable before the first byte is sent.

use std::{sync::Arc, time::Duration};

use axum::http::{Method, StatusCode};
use center::Command;
use model::{
    CallId, Event, Number, TicketId,
    event::{ExportRefused, ListSeen, Role, RowIds},
};
use ticketing::TicketKind;

use crate::engine::{Client, Engine, refuse};

const DAY: u64 = 2_026_112_200_000;

fn with_tickets(count: u64) -> Arc<Engine> {
    let engine = Engine::new();
    (1..=count).for_each(|n| engine.add_ticket(DAY + n, TicketKind::Conversation));
    engine
}

fn events(engine: &Engine) -> Vec<Event> {
    let note = |(_, command)| match command {
        Command::Note(event) => Some(event),
        _ => None,
    };
    engine.commands().into_iter().filter_map(note).collect()
}

fn lists(engine: &Engine) -> Vec<ListSeen> {
    let list = |event| match event {
        Event::ListSeen(seen) => Some(seen),
        _ => None,
    };
    events(engine).into_iter().filter_map(list).collect()
}

fn tickets(numbers: impl IntoIterator<Item = u64>) -> RowIds {
    RowIds::Tickets(numbers.into_iter().map(|n| TicketId(DAY + n)).collect())
}

fn seen(list: &str, whole: u64, ids: RowIds) -> ListSeen {
    ListSeen { by: "wang".into(), list: list.into(), caller: None, whole, ids }
}

#[tokio::test]
async fn list_is_recorded_with_person_filter_and_rows() {
    let engine = with_tickets(60);
    let wang = Client::of(&engine, "wang");
    assert_eq!(wang.get("/api/v1/tickets").await.status, StatusCode::OK);
    let first = seen("tickets", 50, tickets((11..=60).rev()));
    assert_eq!(lists(&engine), std::slice::from_ref(&first));

    // The next page and a refresh record only new rows; a refresh without new rows records nothing.
    wang.get(&format!("/api/v1/tickets?limit=20&before={}", DAY + 21)).await;
    wang.get("/api/v1/tickets").await;
    engine.add_ticket(DAY + 61, TicketKind::Conversation);
    wang.get("/api/v1/tickets").await;
    let expected =
        [first, seen("tickets", 10, tickets((1..=10).rev())), seen("tickets", 1, tickets([61]))];
    assert_eq!(lists(&engine), expected);

    // After an hour the rows are recorded again.
    engine.wait(Duration::from_secs(3_600));
    wang.get("/api/v1/tickets?limit=2").await;
    assert_eq!(lists(&engine)[3], seen("tickets", 2, tickets([61, 60])));
}

#[tokio::test]
async fn search_is_recorded_with_its_filter_and_the_callers_number() {
    let engine = with_tickets(1);
    let wang = Client::of(&engine, "wang");
    wang.get("/api/v1/tickets?kind=conversation").await;
    wang.get("/api/v1/tickets?caller=13812345678").await;
    wang.get("/api/v1/tickets?caller=13900000000").await;
    let of = |number: &str, masked: &str, whole, ids| ListSeen {
        caller: Some(Number::new(number)),
        ..seen(&format!("tickets?caller={masked}"), whole, ids)
    };
    let expected = [
        seen("tickets?kind=conversation", 1, tickets([1])),
        of("13812345678", "138****5678", 1, tickets([1])),
        of("13900000000", "139****0000", 0, tickets([])),
    ];
    assert_eq!(lists(&engine), expected);
}

#[tokio::test]
async fn masked_rows_are_not_counted_as_whole() {
    let engine = with_tickets(2);
    Client::of(&engine, "qian").get("/api/v1/tickets").await;
    let masked = ListSeen { by: "qian".into(), ..seen("tickets", 0, tickets([2, 1])) };
    assert_eq!(lists(&engine), [masked]);
}

#[tokio::test]
async fn lists_of_calls_and_recordings_and_single_calls_are_recorded() {
    let engine = Engine::new();
    let call = engine.add_recorded_call(7, "/nowhere/7.wav".into());
    let wang = Client::of(&engine, "wang");
    for path in ["calls?since=1", "calls?since=2", "recordings", &format!("calls/{call}")] {
        assert_eq!(wang.get(&format!("/api/v1/{path}")).await.status, StatusCode::OK, "{path}");
    }
    let of = |list| seen(list, 1, RowIds::Calls(vec![CallId::from(7)]));
    assert_eq!(lists(&engine), [of("calls"), of("recordings"), of("call")]);
}

#[tokio::test]
async fn list_is_not_shown_when_its_record_fails() {
    let engine = with_tickets(1);
    engine.add_call(7, 1001);
    refuse(&engine, center::Refusal::LogFailed);
    let wang = Client::of(&engine, "wang");
    for path in ["tickets", "tickets.csv", "calls", "calls/00000000007"] {
        let answer = wang.get(&format!("/api/v1/{path}")).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("138"), "{path}");
    }
}

#[tokio::test]
async fn slow_record_of_one_list_delays_no_other_request() {
    let engine = with_tickets(1);
    let wang = Client::of(&engine, "wang");
    let qian = wang.beside().with("authorization", "Bearer token-of-qian");
    engine.stall_next_command();
    let mut slow = Box::pin(wang.get("/api/v1/tickets"));
    while !engine.has_stalled() {
        let waits = tokio::time::timeout(Duration::from_millis(50), &mut slow).await;
        assert!(waits.is_err(), "it waits for its record");
    }
    assert_eq!(qian.get("/api/v1/tickets").await.status, StatusCode::OK);
    assert_eq!(wang.get("/api/v1/tickets").await.status, StatusCode::OK, "not even its own");
    assert_eq!(wang.get(&format!("/api/v1/tickets/{}", DAY + 1)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn export_is_recorded_with_its_rows_and_a_refused_one_once_an_hour() {
    let engine = with_tickets(3);
    let wang = Client::of(&engine, "wang");
    assert_eq!(wang.get("/api/v1/tickets.csv?limit=2").await.status, StatusCode::OK);
    let [Event::Exported(taken)] = &events(&engine)[..] else { panic!("{:?}", events(&engine)) };
    assert_eq!((taken.rows, &taken.ids), (2, &Some(tickets([3, 2]))));

    engine.commands.lock().unwrap().clear();
    engine.person("wang", |account| {
        account.staff.employer = model::Employer::Contractor("Voice & Co".into());
    });
    let li = wang.beside().with("authorization", "Bearer token-of-li");
    for client in [&li, &li, &wang] {
        let path = "/api/v1/tickets.csv?kind=conversation";
        assert_eq!(client.ask(Method::GET, path, "").await.status, StatusCode::FORBIDDEN);
    }
    let refused = |by: &str| {
        let what = "tickets as a table?kind=conversation".into();
        Event::ExportRefused(ExportRefused { by: by.into(), what })
    };
    assert_eq!(events(&engine), [refused("li"), refused("wang")]);
}

#[tokio::test]
async fn audit_finds_lists_by_person_ticket_call_and_caller() {
    let engine = with_tickets(2);
    engine.append(Event::ListSeen(seen("tickets", 2, tickets([1, 2]))));
    engine.append(Event::ListSeen(seen("tickets", 0, tickets([2]))));
    engine.append(Event::ListSeen(seen("calls", 0, RowIds::Calls(vec![CallId::from(7)]))));
    let other = Number::new("13900000000");
    let search = ListSeen { caller: Some(other), ..seen("tickets?caller=…", 0, tickets([])) };
    engine.append(Event::ListSeen(search));
    let sun = Client::of(&engine, "sun");
    for (query, found) in [
        ("person=wang", vec![4, 3, 2, 1]),
        ("ticket=2026112200001", vec![3, 1]),
        ("call=00000000007", vec![3]),
        ("caller=138-1234-5678", vec![3, 2, 1]),
        ("caller=13900000000", vec![4]),
        ("what=saw_list&ticket=2026112200009", vec![]),
    ] {
        let page = sun.get(&format!("/api/v1/audit?{query}")).await.json();
        let seqs = page["items"].as_array().unwrap().iter().map(|line| line["seq"].as_u64());
        assert_eq!(seqs.map(Option::unwrap).collect::<Vec<_>>(), found, "{query}");
        assert!(!page.to_string().contains("13900000000"), "{page}");
    }
    assert_eq!(sun.get("/api/v1/audit?limit=1").await.json()["items"][0]["what"], "saw_list");
    // A director exports tickets and may not read the audit.
    engine.add_account("zhang", Role::Director, None);
    assert_eq!(
        Client::of(&engine, "zhang").get("/api/v1/audit").await.status,
        StatusCode::FORBIDDEN
    );
}

/// SEAT-07 (contractors).
#[tokio::test]
async fn contractors_people_see_confidential_callers_on_their_own_tickets_only() {
    let engine = with_tickets(2);
    for (n, agent) in [(1, "li"), (2, "zhao")] {
        let mut tickets = engine.tickets.lock().unwrap();
        let ticket = tickets.get_mut(&TicketId(DAY + n)).unwrap();
        ticket.form.confidential = Some(true);
        ticket.agent = Some(agent.into());
        ticket.seat = None;
    }
    for (id, seat) in [(7, 1001), (8, 1002)] {
        let call = engine.add_call(id, seat);
        engine.calls.lock().unwrap().get_mut(&call).unwrap().ticket = Some(TicketId(DAY + 2));
    }
    let contractor = || model::Employer::Contractor("Voice & Co".into());
    for name in ["li", "wang"] {
        engine.person(name, |account| account.staff.employer = contractor());
    }
    let callers = async |name: &str, list: &str| -> Vec<String> {
        let page = Client::of(&engine, name).get(&format!("/api/v1/{list}")).await.json();
        let callers = page["items"].as_array().unwrap().iter().map(|item| item["caller"].clone());
        callers.map(|caller| caller.as_str().unwrap().to_owned()).collect()
    };
    let (whole, masked) = ("13812345678", "138****5678");
    assert_eq!(callers("li", "tickets").await, [masked, whole]);
    assert_eq!(callers("wang", "tickets").await, [masked, masked]);
    assert_eq!(callers("li", "calls").await, [whole], "the one they answered");
    assert_eq!(callers("wang", "calls").await, [masked, masked]);
    engine.person("wang", |account| account.staff.employer = model::Employer::Government);
    assert_eq!(callers("wang", "tickets").await, [whole, whole]);
    assert_eq!(callers("wang", "calls").await, [whole, whole]);
}
