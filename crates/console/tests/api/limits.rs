//! Health, measurements, headers and bounds.

use axum::http::{StatusCode, header};

use crate::double::{Client, Engine};

#[tokio::test]
async fn alive_is_not_yet_ready() {
    let engine = Engine::new();
    *engine.ready.lock().unwrap() = Err("the log cannot be written".into());
    let client = Client::new(&engine);
    assert_eq!(client.get("/healthz").await.status, StatusCode::OK);
    let answer = client.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["what"], "the log cannot be written");
    *engine.ready.lock().unwrap() = Ok(());
    assert_eq!(client.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn measurements_are_for_this_machine_or_a_token() {
    let engine = Engine::new();
    let mut client = Client::new(&engine);
    assert_eq!(client.get("/metrics").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(Client::of(&engine, "wang").get("/metrics").await.status, StatusCode::OK);
    client.from = [127, 0, 0, 1].into();
    assert_eq!(client.get("/metrics").await.body, b"heartline_calls 3\n");
    let proxied = client.with("x-forwarded-for", "192.0.2.7");
    assert_eq!(proxied.get("/metrics").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_answer_keeps_the_page_to_itself() {
    let engine = Engine::new();
    for path in ["/", "/healthz", "/api/v1/me", "/nothing"] {
        let answer = Client::new(&engine).get(path).await;
        let policy = answer.header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.contains("default-src 'self'"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        assert_eq!(answer.header(header::REFERRER_POLICY), "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn the_page_is_there_before_anybody_logged_in() {
    let engine = Engine::new();
    let client = Client::new(&engine);
    let page = client.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header(header::CONTENT_TYPE), "text/html; charset=utf-8");
    let tag = page.header(header::ETAG).to_owned();
    let again = client.with("if-none-match", &tag).get("/").await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let hotline = Client::new(&engine).get("/api/v1/hotline").await.json();
    assert_eq!(hotline["hotline"], "Heartline");
}

#[tokio::test]
async fn a_body_larger_than_any_wish_is_refused() {
    let engine = Engine::new();
    let body = " ".repeat(65 * 1024);
    let answer = Client::of(&engine, "wang").post("/api/v1/seats/1002/ready", &body).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["error"], "too_large");
    assert_eq!(engine.wishes(), []);
}

#[tokio::test]
async fn live_pages_have_an_end_to_their_number() {
    let engine = Engine::new();
    let li = Client::of(&engine, "li");
    let mut open = Vec::new();
    for _ in 0..2_000 {
        open.push(li.open(axum::http::Method::GET, "/api/v1/wallboard/live", "").await);
    }
    let answer = li.get("/api/v1/wallboard/live").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    open.pop();
    let answer = li.open(axum::http::Method::GET, "/api/v1/wallboard/live", "").await;
    assert_eq!(answer.status(), StatusCode::OK);
}
