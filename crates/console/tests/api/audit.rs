//! The audit of who saw and heard what, over the API.

use std::time::Duration;

use axum::http::StatusCode;
use center::Command;
use model::{
    CallId, Event, TicketId,
    event::{PersonLoggedIn, RecordingHeard, TicketSeen},
};
use ticketing::TicketKind;

use crate::engine::{Client, Engine};

fn logged_in(name: &str) -> Event {
    Event::PersonLoggedIn(PersonLoggedIn { account: name.into(), from: "192.0.2.7".into() })
}

fn places(page: &serde_json::Value) -> Vec<u64> {
    page["items"].as_array().unwrap().iter().map(|line| line["seq"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn audit_comes_newest_first_and_in_pages() {
    let engine = Engine::new();
    for name in ["li", "wang", "li", "qian", "li"] {
        engine.append(logged_in(name));
    }
    let sun = Client::of(&engine, "sun");
    let first = sun.get("/api/v1/audit?person=li&limit=2").await.json();
    assert_eq!(places(&first), [5, 3]);
    assert_eq!(first["items"][0]["what"], "logged_in");
    let before = first["next"].as_u64().unwrap();
    let second = sun.get(&format!("/api/v1/audit?person=li&limit=2&before={before}")).await.json();
    assert_eq!((places(&second), &second["next"]), (vec![1], &serde_json::Value::Null));
}

#[tokio::test]
async fn filter_by_ticket_includes_playbacks_of_its_call() {
    let engine = Engine::new();
    engine.add_ticket(2_026_112_200_017, TicketKind::Conversation);
    let heard = |call| RecordingHeard { call: CallId::from(call), by: "qian".into() };
    engine.append(Event::RecordingHeard(heard(7)));
    engine.append(Event::RecordingHeard(heard(8)));
    let ticket = TicketId(2_026_112_200_017);
    engine.append(Event::TicketSeen(TicketSeen { ticket, by: "li".into(), whole: true }));
    let page = Client::of(&engine, "sun").get("/api/v1/audit?ticket=2026112200017").await.json();
    assert_eq!(places(&page), [3, 1]);
    let heard = Client::of(&engine, "sun").get("/api/v1/audit?call=00000000008").await.json();
    assert_eq!(places(&heard), [2]);
}

#[tokio::test]
async fn filter_by_time_finds_the_period() {
    let engine = Engine::new();
    let mut times = Vec::new();
    for _ in 0..100 {
        times.push(*engine.now.lock().unwrap());
        engine.append(logged_in("li"));
        engine.wait(Duration::from_secs(60));
    }
    let (since, until) = (times[10].micros(), times[13].micros());
    let path = format!("/api/v1/audit?since={since}&until={until}");
    let page = Client::of(&engine, "sun").get(&path).await.json();
    assert_eq!((places(&page), &page["next"]), (vec![13, 12, 11], &serde_json::Value::Null));
}

#[tokio::test]
async fn long_log_is_read_in_bounded_parts() {
    let engine = Engine::new();
    engine.append(logged_in("wang"));
    for _ in 0..25_000 {
        engine.append(Event::EngineStarted(model::event::EngineStarted { version: "1".into() }));
    }
    let sun = Client::of(&engine, "sun");
    let first = sun.get("/api/v1/audit").await.json();
    assert_eq!((places(&first), &first["next"]), (vec![], &5_002.into()));
    let second = sun.get("/api/v1/audit?before=5002").await.json();
    assert_eq!((places(&second), &second["next"]), (vec![1], &serde_json::Value::Null));
}

#[tokio::test]
async fn view_of_a_ticket_is_recorded_once_an_hour() {
    let engine = Engine::new();
    engine.add_ticket(1, TicketKind::Conversation);
    let seen = |engine: &Engine| -> Vec<TicketSeen> {
        let notes = engine.commands().into_iter();
        notes
            .filter_map(|(_, command)| match command {
                Command::Note(Event::TicketSeen(seen)) => Some(seen),
                _ => None,
            })
            .collect()
    };
    let (li, qian) = (Client::of(&engine, "li"), Client::of(&engine, "qian"));
    li.get("/api/v1/tickets/1").await;
    li.get("/api/v1/tickets/1").await;
    qian.get("/api/v1/tickets/1").await;
    let look = |by: &str, whole| TicketSeen { ticket: TicketId(1), by: by.into(), whole };
    assert_eq!(seen(&engine), [look("li", true), look("qian", false)]);
    engine.wait(Duration::from_secs(3_600));
    li.get("/api/v1/tickets/1").await;
    assert_eq!(seen(&engine).len(), 3);

    // A ticket is not shown when the record of the view fails.
    engine.add_ticket(2, TicketKind::Conversation);
    crate::engine::refuse(&engine, center::Refusal::LogFailed);
    assert_eq!(li.get("/api/v1/tickets/2").await.status, StatusCode::SERVICE_UNAVAILABLE);
}
