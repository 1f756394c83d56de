//! Who gets in, and who does not.

use std::time::Duration;

use axum::http::{StatusCode, header};
use center::Command;
use model::{
    Date, Event,
    event::{Actor, NoEntry, PersonLoggedIn, PersonLoggedOut, PersonRefused},
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
    let note = Event::PersonLoggedOut(PersonLoggedOut { account: "li".into(), everywhere: false });
    assert_eq!(engine.wishes().last(), Some(&(Actor::Person("li".into()), Command::Note(note))));
}

#[tokio::test]
async fn a_session_is_over_after_its_shift() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("li", "agent-pass").await;
    for _ in 1..12 * 4 {
        engine.wait(Duration::from_secs(15 * 60));
        assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::OK);
    }
    engine.wait(Duration::from_secs(15 * 60));
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_nobody_uses_is_over_sooner() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("li", "agent-pass").await;
    engine.wait(Duration::from_secs(30 * 60));
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn outside_of_the_contract_nobody_comes_in_and_who_is_in_is_out() {
    let engine = Engine::new();
    let today = Date { year: 2026, month: 11, day: 22 };
    engine.person("li", |li| li.staff.ends = Some(today));
    let mut browser = Client::new(&engine);
    let token = Client::of(&engine, "li");
    let answer = browser.log_in("li", "agent-pass").await;
    assert_eq!((answer.status, &answer.json()["ends"]), (StatusCode::OK, &"2026-11-22".into()));
    assert_eq!(token.get("/api/v1/me").await.status, StatusCode::OK);

    engine.person("li", |li| li.staff.ends = Some(today.plus(-1)));
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(token.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    let answer = browser.log_in("li", "agent-pass").await;
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (StatusCode::FORBIDDEN, &"no_entry".into())
    );
    // Who does not know the password learns nothing of it.
    assert_eq!(browser.log_in("li", "guess").await.status, StatusCode::UNAUTHORIZED);
    let whys: Vec<NoEntry> = (engine.wishes().into_iter())
        .filter_map(|(_, command)| match command {
            Command::Note(Event::PersonRefused(refused)) => Some(refused.why),
            _ => None,
        })
        .collect();
    assert_eq!(whys, [NoEntry::Ended, NoEntry::WrongPassword]);
}

#[tokio::test]
async fn who_must_change_the_password_can_do_nothing_else_before() {
    let engine = Engine::new();
    engine.person("li", |li| li.staff.must_change_password = true);
    let mut browser = Client::new(&engine);
    assert_eq!(browser.log_in("li", "agent-pass").await.json()["must_change_password"], true);
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::OK);
    for path in ["/api/v1/tickets", "/api/v1/wallboard", "/api/v1/calls"] {
        let answer = browser.get(path).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (StatusCode::FORBIDDEN, &"password_due".into())
        );
    }

    let old = browser.headers[header::COOKIE].clone();
    let change = |old: &str, new: &str| serde_json::json!({ "old": old, "new": new }).to_string();
    let path = "/api/v1/me/password";
    let wrong = browser.post(path, &change("guess", "春眠不觉晓处处闻啼鸟")).await;
    assert_eq!((wrong.status.as_u16(), &wrong.json()["faults"][0]["field"]), (422, &"old".into()));
    let same = browser.post(path, &change("agent-pass", "agent-pass")).await;
    assert_eq!((same.status.as_u16(), &same.json()["faults"][0]["field"]), (422, &"new".into()));
    let done = browser.post(path, &change("agent-pass", "春眠不觉晓处处闻啼鸟")).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);

    // The cookie of before is nobody's any more; the new one opens everything.
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    let (cookie, _) = done.header(header::SET_COOKIE).split_once(';').unwrap();
    assert_ne!(cookie, old);
    browser.headers.insert(header::COOKIE, cookie.parse().unwrap());
    assert_eq!(browser.get("/api/v1/tickets").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_new_password_and_logging_out_everywhere_end_the_other_sessions() {
    let engine = Engine::new();
    let mut here = Client::new(&engine);
    let mut there = here.beside();
    here.log_in("li", "agent-pass").await;
    there.log_in("li", "agent-pass").await;
    assert_eq!(
        here.post("/api/v1/logout?everywhere=true", "").await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(there.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    let note = Event::PersonLoggedOut(PersonLoggedOut { account: "li".into(), everywhere: true });
    assert_eq!(engine.wishes().last(), Some(&(Actor::Person("li".into()), Command::Note(note))));

    there.log_in("li", "agent-pass").await;
    engine.person("li", |li| li.password_no += 1);
    assert_eq!(there.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_guesser_at_an_open_page_is_slowed_down_too() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("li", "agent-pass").await;
    let guess = serde_json::json!({ "old": "guess", "new": "春眠不觉晓处处闻啼鸟" }).to_string();
    for _ in 0..10 {
        assert_eq!(browser.post("/api/v1/me/password", &guess).await.status.as_u16(), 422);
    }
    assert_eq!(browser.post("/api/v1/me/password", &guess).await.status.as_u16(), 429);
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
    let why = NoEntry::WrongPassword;
    let note = PersonRefused { account: "li".into(), from: "192.0.2.7".into(), why };
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
