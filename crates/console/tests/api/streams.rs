//! The live streams: every record of the log, and the newest state of the wallboard.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use http_body_util::BodyExt;
use model::{
    Event,
    event::{EngineStopped, PersonLoggedOut},
};

use crate::engine::{Client, Engine, next_event};

async fn open(client: &Client, path: &str) -> Body {
    let response = client.open(Method::GET, path, "").await;
    assert_eq!(response.status(), StatusCode::OK);
    response.into_body()
}

fn id(event: &str) -> u64 {
    let id = event.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    id.parse().unwrap()
}

#[tokio::test]
async fn log_stream_continues_after_the_last_event_id() {
    let engine = Engine::new();
    for _ in 0..3 {
        engine.arrive("13812345678");
    }
    let wang = Client::of(&engine, "wang");
    let mut stream = open(&wang, "/api/v1/events?after=1").await;
    assert_eq!(id(&next_event(&mut stream).await.unwrap()), 2);
    drop(stream);

    // Last-Event-ID takes precedence over the query.
    let wang = wang.with("last-event-id", "2");
    let mut stream = open(&wang, "/api/v1/events?after=1").await;
    let event = next_event(&mut stream).await.unwrap();
    assert_eq!(id(&event), 3);
    assert!(event.contains("\"event\":\"CallArrived\"") && event.contains("138****5678"));

    engine.arrive("13812345678");
    assert_eq!(id(&next_event(&mut stream).await.unwrap()), 4);
}

#[tokio::test]
async fn client_ahead_of_the_log_gets_a_reset_and_continues_at_its_end() {
    let engine = Engine::new();
    engine.arrive("13812345678");
    for wang in [
        Client::of(&engine, "wang").with("last-event-id", "1000"),
        Client::of(&engine, "wang").with("last-event-id", &u64::MAX.to_string()),
    ] {
        let mut stream = open(&wang, "/api/v1/events").await;
        let reset = next_event(&mut stream).await.unwrap();
        let last = engine.records.lock().unwrap().len() as u64;
        assert!(reset.contains("event: reset\n"), "{reset}");
        assert!(reset.contains(&format!("\"last\":{last}")) && id(&reset) == last, "{reset}");
        engine.arrive("13812345678");
        assert_eq!(id(&next_event(&mut stream).await.unwrap()), last + 1);
    }
    // A client that has seen everything gets no reset.
    let wang = Client::of(&engine, "wang").with("last-event-id", "3");
    let mut stream = open(&wang, "/api/v1/events").await;
    engine.arrive("13812345678");
    assert!(next_event(&mut stream).await.unwrap().contains("event: record\n"));
}

#[tokio::test]
async fn streams_begin_at_once_and_are_not_buffered_by_proxies() {
    let engine = Engine::new();
    for path in ["/api/v1/events", "/api/v1/wallboard/live"] {
        let response = Client::of(&engine, "wang").open(Method::GET, path, "").await;
        assert_eq!(response.headers()["x-accel-buffering"], "no", "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream", "{path}");
        let first = response.into_body().frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(&first[..], b": open\n\n", "{path}");
    }
}

#[tokio::test]
async fn log_stream_without_a_position_begins_with_the_next_record() {
    let engine = Engine::new();
    engine.arrive("13812345678");
    let mut stream = open(&Client::of(&engine, "wang"), "/api/v1/events").await;
    engine.arrive("13812345678");
    assert_eq!(id(&next_event(&mut stream).await.unwrap()), 2);
}

#[tokio::test]
async fn long_log_is_streamed_completely_and_in_order() {
    let engine = Engine::new();
    for _ in 0..1_000 {
        engine.arrive("13812345678");
    }
    let mut stream = open(&Client::of(&engine, "wang"), "/api/v1/events?after=0").await;
    for expected in 1..=1_000 {
        assert_eq!(id(&next_event(&mut stream).await.unwrap()), expected);
    }
}

#[tokio::test]
async fn records_that_are_not_durable_are_not_streamed() {
    let engine = Engine::new();
    engine.arrive("13812345678");
    engine.arrive("13812345678");
    engine.durable.send_replace(1);
    let mut stream = open(&Client::of(&engine, "wang"), "/api/v1/events?after=0").await;
    assert_eq!(id(&next_event(&mut stream).await.unwrap()), 1);
    engine.durable.send_replace(2);
    assert_eq!(id(&next_event(&mut stream).await.unwrap()), 2);
}

#[tokio::test]
async fn qa_sees_the_log_without_numbers_and_audit_records() {
    let engine = Engine::new();
    engine.arrive("13812345678");
    engine.append(Event::PersonLoggedOut(PersonLoggedOut {
        account: "wang".into(),
        everywhere: false,
    }));
    engine.append(Event::EngineStopped(EngineStopped { why: "planned".into() }));
    let mut stream = open(&Client::of(&engine, "qian"), "/api/v1/events?after=0").await;
    let first = next_event(&mut stream).await.unwrap();
    assert!(first.contains("138****5678") && !first.contains("13812345678"), "{first}");
    assert_eq!(id(&next_event(&mut stream).await.unwrap()), 3);
}

#[tokio::test]
async fn position_that_is_not_a_number_is_refused() {
    let engine = Engine::new();
    let wang = Client::of(&engine, "wang");
    assert_eq!(wang.get("/api/v1/events?after=soon").await.status, 422);
    let wang = wang.with("last-event-id", "soon");
    assert_eq!(wang.get("/api/v1/events").await.status, 422);
}

#[tokio::test(start_paused = true)]
async fn wallboard_stream_sends_the_newest_state_and_then_beats() {
    let engine = Engine::new();
    let mut stream = open(&Client::of(&engine, "li"), "/api/v1/wallboard/live").await;
    let first = next_event(&mut stream).await.unwrap();
    assert!(first.starts_with("event: wallboard\n") && first.contains("\"seq\":1"), "{first}");

    // Many changes within a tick are one event.
    for seq in 2..=50 {
        let mut board = engine.board.lock().unwrap();
        Arc::make_mut(&mut board).seq = seq;
        *board = Arc::new((**board).clone());
    }
    let began = tokio::time::Instant::now();
    let second = next_event(&mut stream).await.unwrap();
    assert!(second.contains("\"seq\":50"), "{second}");
    assert!(began.elapsed().as_millis() >= 240, "at most four a second");

    let third = next_event(&mut stream).await.unwrap();
    assert!(third.starts_with("event: beat\n") && third.contains("\"now\":"), "{third}");
    assert!(began.elapsed().as_millis() < 5_000);
}

#[tokio::test(start_paused = true)]
async fn log_out_ends_live_streams() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("wang", "super-pass").await;
    let mut wall = open(&browser, "/api/v1/wallboard/live").await;
    let mut log = open(&browser, "/api/v1/events?after=0").await;
    assert!(next_event(&mut wall).await.is_some());
    browser.post("/api/v1/logout", "").await;
    assert_eq!(next_event(&mut wall).await, None);
    engine.arrive("13812345678");
    assert_eq!(next_event(&mut log).await, None);
}
