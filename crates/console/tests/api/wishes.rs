//! Steering seats and calls: who may, and what the center is asked.

use std::{sync::Arc, time::Duration};

use axum::http::{Method, StatusCode};
use center::{Command, NotNowReason, Refusal};
use model::{CallId, Login, NotReadyReason, SeatId, WorkState, event::SeatActor};

use crate::double::{Client, Engine, refuse};

const OWN: SeatId = SeatId(1001);
const OTHER: SeatId = SeatId(1002);
const EMPTY: SeatId = SeatId(1003);

#[tokio::test]
async fn each_wish_reaches_the_center_in_the_persons_name() {
    let check = |path: &'static str, body: &'static str, expected: Command| async move {
        let engine = Engine::new();
        let answer = Client::of(&engine, "wang").post(&format!("/api/v1/{path}"), body).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{path}");
        assert_eq!(engine.wishes(), [(SeatActor::Person("wang".into()), expected)], "{path}");
    };
    let seat = OTHER;
    check("seats/1002/ready", "", Command::Ready { seat }).await;
    check("seats/1002/logout", "", Command::LogOut { seat }).await;
    check("seats/1002/login", "", Command::LogIn { seat, agent: None }).await;
    let agent = Some("li".into());
    check("seats/1002/login", r#"{"agent":"li"}"#, Command::LogIn { seat, agent }).await;
    let reason = NotReadyReason::Break;
    check("seats/1002/not-ready", "", Command::NotReady { seat, reason }).await;
    let reason = NotReadyReason::Meal;
    check("seats/1002/not-ready", r#"{"reason":"meal"}"#, Command::NotReady { seat, reason }).await;
    let by = Duration::from_secs(90);
    check("seats/1002/extend-wrap-up", r#"{"by_s":90}"#, Command::ExtendWrapUp { seat, by }).await;
    let call = CallId::from(7);
    check("calls/00000000007/hang-up", "", Command::HangUp { call }).await;
}

#[tokio::test]
async fn an_agent_steers_the_own_seat_and_no_other() {
    let engine = Engine::new();
    let li = Client::of(&engine, "li");
    assert_eq!(li.post("/api/v1/seats/1001/ready", "").await.status, StatusCode::NO_CONTENT);
    for path in ["1002/ready", "1002/login", "1003/ready", "1002/logout", "9999/logout"] {
        let answer = li.post(&format!("/api/v1/seats/{path}"), "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(engine.wishes(), [(SeatActor::Person("li".into()), Command::Ready { seat: OWN })]);
}

#[tokio::test]
async fn an_agent_signs_in_at_an_empty_seat_as_nobody_else() {
    let engine = Engine::new();
    let li = Client::of(&engine, "li");
    let answer = li.post("/api/v1/seats/1003/login", r#"{"agent":"zhao"}"#).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = li.post("/api/v1/seats/1003/login", "").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let agent = Some("li".into());
    assert_eq!(
        engine.wishes(),
        [(SeatActor::Person("li".into()), Command::LogIn { seat: EMPTY, agent })]
    );
}

/// A telephone signed the seat in without a name. The agent who sits there names it by signing in;
/// every other wish waits until then. The page shows the one button that works (`web/src/wishes.ts`).
#[tokio::test]
async fn an_agent_signs_in_at_an_unnamed_seat_before_steering_it() {
    let engine = Engine::new();
    {
        let mut board = engine.board.lock().unwrap();
        let seats = &mut Arc::make_mut(&mut board).seats;
        seats.get_mut(&EMPTY).unwrap().login = Login::LoggedIn { agent: None };
        seats.get_mut(&EMPTY).unwrap().work = Some(WorkState::Ready);
    }
    let li = Client::of(&engine, "li");
    for wish in ["ready", "not-ready", "logout", "extend-wrap-up"] {
        let answer = li.post(&format!("/api/v1/seats/1003/{wish}"), "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{wish}");
    }
    let answer = li.post("/api/v1/seats/1003/login", "").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let agent = Some("li".into());
    let signed_in = Command::LogIn { seat: EMPTY, agent };
    assert_eq!(engine.wishes(), [(SeatActor::Person("li".into()), signed_in)]);
}

#[tokio::test]
async fn qa_steers_nothing() {
    let engine = Engine::new();
    let qian = Client::of(&engine, "qian");
    for path in ["seats/1001/ready", "seats/1003/login", "calls/00000000007/hang-up"] {
        let answer = qian.post(&format!("/api/v1/{path}"), "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(engine.wishes(), []);
}

#[tokio::test]
async fn an_agent_hangs_up_the_own_call_only() {
    let engine = Engine::new();
    let li = Client::of(&engine, "li");
    let own = li.post("/api/v1/calls/00000000007/hang-up", "").await;
    assert_eq!(own.status, StatusCode::NO_CONTENT);
    let other = li.post("/api/v1/calls/00000000008/hang-up", "").await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_centers_no_is_told_with_what_is_possible() {
    let engine = Engine::new();
    let wang = Client::of(&engine, "wang");
    let state = "seat 1002 is talking".to_owned();
    let reason = NotNowReason::SignedInElsewhere;
    refuse(&engine, Refusal::NotNow { reason, state, allowed: vec!["log_out"] });
    let answer = wang.post("/api/v1/seats/1002/ready", "").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(
        answer.json(),
        serde_json::json!({
            "error": "not_now", "reason": "signed_in_elsewhere", "what": "seat 1002 is talking",
            "allowed": ["log_out"],
        })
    );
    refuse(&engine, Refusal::NoSuchSeat);
    assert_eq!(wang.post("/api/v1/seats/9999/ready", "").await.status, StatusCode::NOT_FOUND);
    refuse(&engine, Refusal::Stopping);
    assert_eq!(wang.post("/api/v1/seats/1002/ready", "").await.status, 503);
}

#[tokio::test]
async fn an_unclear_wish_never_reaches_the_center() {
    let engine = Engine::new();
    let wang = Client::of(&engine, "wang");
    let check = |path: &'static str, body: &'static str, expected: u16| {
        let wang = &wang;
        async move {
            let answer = wang.post(&format!("/api/v1/{path}"), body).await;
            assert_eq!(answer.status, expected, "{path} {body}");
            assert!(answer.json()["what"].is_string(), "{path} {body}");
            answer
        }
    };
    let answer = check("seats/1002/not-ready", r#"{"reason":"rona"}"#, 422).await;
    assert_eq!(answer.json()["allowed"][0], "break");
    check("seats/1002/extend-wrap-up", r#"{"by_s":0}"#, 422).await;
    check("seats/1002/extend-wrap-up", r#"{"by_s":86400}"#, 422).await;
    check("seats/1002/ready", "{", 422).await;
    check("seats/1002/ready", r#"{"colour":"red"}"#, 422).await;
    check("seats/1002/dance", "", 404).await;
    check("seats/first/ready", "", 404).await;
    check("calls/7/hang-up", "", 404).await;
    check("nothing/here", "", 404).await;
    let answer = wang.ask(Method::DELETE, "/api/v1/calls", "").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(engine.wishes(), []);
}
