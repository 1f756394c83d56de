//! Who gets in, and who does not.

use std::time::Duration;

use axum::http::{StatusCode, header};
use center::Command;
use model::{
    Event,
    event::{Actor, PersonLoggedIn, PersonLoggedOut, PersonRefused},
};

use crate::double::{Client, Engine, refuse};

#[tokio::test]
async fn a_person_logs_in_and_is_known_by_the_cookie() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);

    let answer = browser.log_in("li", "agent-pass").await;
    assert_eq!(answer.status, StatusCode::OK);
    let cookie = answer.header(header::SET_COOKIE);
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");

    let me = browser.get("/api/v1/me").await.json();
    assert_eq!(me, serde_json::json!({ "name": "li", "role": "agent" }));
    let note = PersonLoggedIn { account: "li".into(), from: "192.0.2.7".into() };
    assert_eq!(
        engine.wishes(),
        [(Actor::Person("li".into()), Command::Note(Event::PersonLoggedIn(note)))]
    );
}

#[tokio::test]
async fn logging_out_ends_the_session_and_is_on_the_record() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("li", "agent-pass").await;
    assert_eq!(browser.post("/api/v1/logout", "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    let note = Event::PersonLoggedOut(PersonLoggedOut { account: "li".into() });
    assert_eq!(engine.wishes().last(), Some(&(Actor::Person("li".into()), Command::Note(note))));
}

#[tokio::test]
async fn a_session_is_over_after_its_shift() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("li", "agent-pass").await;
    engine.wait(Duration::from_secs(12 * 3_600));
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_removed_account_is_out_at_once() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("li", "agent-pass").await;
    engine.people.lock().unwrap().remove(&"li".into());
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_on_the_record() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    let answer = browser.log_in("li", "guess").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json()["error"], "wrong_password");
    assert_eq!(answer.header(header::SET_COOKIE), "");
    let note = PersonRefused { account: "li".into(), from: "192.0.2.7".into() };
    assert_eq!(engine.wishes(), [(Actor::Engine, Command::Note(Event::PersonRefused(note)))]);
}

#[tokio::test]
async fn nobody_gets_in_while_the_log_cannot_be_written() {
    let engine = Engine::new();
    refuse(&engine, center::Refusal::LogFailed);
    let mut browser = Client::new(&engine);
    let answer = browser.log_in("li", "agent-pass").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header(header::SET_COOKIE), "");
}

#[tokio::test]
async fn a_guesser_is_slowed_down_and_others_are_not() {
    let engine = Engine::new();
    let mut guesser = Client::new(&engine);
    for _ in 0..10 {
        assert_eq!(guesser.log_in("li", "guess").await.status, StatusCode::UNAUTHORIZED);
    }
    // Even the right password has to wait now: a guess must not tell itself by its answer.
    let answer = guesser.log_in("li", "agent-pass").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header(header::RETRY_AFTER), "61");
    assert_eq!(engine.wishes().len(), 10, "a flood of tries is no flood of records");

    guesser.from = [192, 0, 2, 8].into();
    assert_eq!(guesser.log_in("li", "agent-pass").await.status, StatusCode::OK);
    guesser.from = [192, 0, 2, 7].into();
    engine.wait(Duration::from_secs(60));
    assert_eq!(guesser.log_in("li", "agent-pass").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_unreadable_log_in_is_told_what_to_send() {
    let engine = Engine::new();
    let answer = Client::new(&engine).post("/api/v1/login", "name=li").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.json()["what"].as_str().unwrap().contains("password"));
}

#[tokio::test]
async fn a_token_opens_what_its_account_may() {
    let engine = Engine::new();
    assert_eq!(Client::of(&engine, "wang").get("/api/v1/me").await.json()["role"], "supervisor");
    assert_eq!(Client::of(&engine, "nobody").get("/api/v1/me").await.status, 401);
}

#[tokio::test]
async fn another_sites_page_cannot_use_the_cookie() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("wang", "super-pass").await;
    let path = "/api/v1/seats/1002/ready";
    let mut browser = browser.with("host", "hotline.example");

    browser = browser.with("origin", "https://evil.example");
    assert_eq!(browser.post(path, "").await.status, StatusCode::FORBIDDEN);
    browser = browser.with("origin", "https://hotline.example");
    assert_eq!(browser.post(path, "").await.status, StatusCode::NO_CONTENT);
    browser = browser.with("sec-fetch-site", "cross-site");
    assert_eq!(browser.post(path, "").await.status, StatusCode::FORBIDDEN);
    browser = browser.with("sec-fetch-site", "same-origin");
    assert_eq!(browser.post(path, "").await.status, StatusCode::NO_CONTENT);
}
