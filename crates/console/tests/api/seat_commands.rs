//! Commands about seats and calls: how they reach the center, and its refusals.

use std::{sync::Arc, time::Duration};

use axum::http::{Method, StatusCode};
use center::{Command, ControlCommand, NotNowReason, ProfileRejected, Refusal};
use model::{
    AccountName, AgentProfile, CallId, Login, NotReadyReason, RoutingProfile, SeatId,
    TemporaryProfile, Timestamp, WorkState, event::SeatActor,
};

use crate::engine::{Client, Engine, refuse};

const OWN: SeatId = SeatId(1001);
const OTHER: SeatId = SeatId(1002);
const EMPTY: SeatId = SeatId(1003);

/// The commands that reached the center, with the account in whose name.
fn given(engine: &Engine) -> Vec<(SeatActor, ControlCommand)> {
    let control = |(by, command)| match command {
        Command::Control(request) => Some((by, request.command)),
        _ => None,
    };
    engine.commands().into_iter().filter_map(control).collect()
}

fn person(name: &str) -> SeatActor {
    SeatActor::Person(name.into())
}

#[tokio::test]
async fn each_command_reaches_the_center_in_the_persons_name() {
    let check = |path: &'static str, body: &'static str, expected: ControlCommand| async move {
        let engine = Engine::new();
        let answer = Client::of(&engine, "wang").post(&format!("/api/v1/{path}"), body).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{path}");
        assert_eq!(given(&engine), [(person("wang"), expected)], "{path}");
    };
    use ControlCommand as C;
    let seat = OTHER;
    check("seats/1002/ready", "", C::Ready { seat }).await;
    check("seats/1002/logout", "", C::LogOut { seat }).await;
    check("seats/1002/login", "", C::LogIn { seat, agent: None }).await;
    let agent = Some("li".into());
    check("seats/1002/login", r#"{"agent":"li"}"#, C::LogIn { seat, agent }).await;
    let reason = NotReadyReason::Break;
    check("seats/1002/not-ready", "", C::NotReady { seat, reason }).await;
    let reason = NotReadyReason::Meal;
    check("seats/1002/not-ready", r#"{"reason":"meal"}"#, C::NotReady { seat, reason }).await;
    let by = Duration::from_secs(90);
    check("seats/1002/extend-wrap-up", r#"{"by_s":90}"#, C::ExtendWrapUp { seat, by }).await;
    let call = CallId::from(7);
    check("calls/00000000007/hang-up", "", C::HangUp { call }).await;
}

#[tokio::test]
async fn agent_commands_only_the_own_seat() {
    let engine = Engine::new();
    let li = Client::of(&engine, "li");
    assert_eq!(li.post("/api/v1/seats/1001/ready", "").await.status, StatusCode::NO_CONTENT);
    for path in ["1002/ready", "1002/login", "1003/ready", "1002/logout", "9999/logout"] {
        let answer = li.post(&format!("/api/v1/seats/{path}"), "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(answer.json()["code"], "forbidden", "{path}");
    }
    assert_eq!(given(&engine), [(person("li"), ControlCommand::Ready { seat: OWN })]);
}

#[tokio::test]
async fn agent_signs_in_at_an_empty_seat_only_as_themselves() {
    let engine = Engine::new();
    let li = Client::of(&engine, "li");
    let answer = li.post("/api/v1/seats/1003/login", r#"{"agent":"zhao"}"#).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = li.post("/api/v1/seats/1003/login", "").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let signed_in = ControlCommand::LogIn { seat: EMPTY, agent: Some("li".into()) };
    assert_eq!(given(&engine), [(person("li"), signed_in)]);
}

/// A telephone signed the seat in without a name. The agent who sits there adds theirs by signing in;
/// every other command waits until then. The page offers only that button
/// (`web/src/seatCommands.ts`).
#[tokio::test]
async fn agent_signs_in_at_an_unnamed_seat_before_other_commands() {
    let engine = Engine::new();
    {
        let mut board = engine.board.lock().unwrap();
        let seats = &mut Arc::make_mut(&mut board).seats;
        seats.get_mut(&EMPTY).unwrap().login = Login::LoggedIn { agent: None };
        seats.get_mut(&EMPTY).unwrap().work = Some(WorkState::Ready);
    }
    let li = Client::of(&engine, "li");
    for word in ["ready", "not-ready", "logout", "extend-wrap-up"] {
        let answer = li.post(&format!("/api/v1/seats/1003/{word}"), "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{word}");
    }
    let answer = li.post("/api/v1/seats/1003/login", "").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let signed_in = ControlCommand::LogIn { seat: EMPTY, agent: Some("li".into()) };
    assert_eq!(given(&engine), [(person("li"), signed_in)]);
}

#[tokio::test]
async fn qa_commands_no_seat_and_no_call() {
    let engine = Engine::new();
    let qian = Client::of(&engine, "qian");
    for path in ["seats/1001/ready", "seats/1003/login", "calls/00000000007/hang-up"] {
        let answer = qian.post(&format!("/api/v1/{path}"), "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(engine.commands(), []);
}

#[tokio::test]
async fn agent_hangs_up_only_the_own_call() {
    let engine = Engine::new();
    let li = Client::of(&engine, "li");
    let own = li.post("/api/v1/calls/00000000007/hang-up", "").await;
    assert_eq!(own.status, StatusCode::NO_CONTENT);
    let other = li.post("/api/v1/calls/00000000008/hang-up", "").await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn refusal_of_the_center_lists_allowed_commands() {
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
            "type": "/api/v1/problems/signed_in_elsewhere",
            "title": "Signed in at another seat",
            "status": 409,
            "detail": "seat 1002 is talking",
            "code": "signed_in_elsewhere",
            "allowed": ["log_out"],
        })
    );
    refuse(&engine, Refusal::NoSuchSeat);
    let answer = wang.post("/api/v1/seats/9999/ready", "").await;
    assert_eq!(
        (answer.status, answer.json()["code"].clone()),
        (404.try_into().unwrap(), "seat_not_found".into())
    );
    refuse(&engine, Refusal::Stopping);
    assert_eq!(wang.post("/api/v1/seats/1002/ready", "").await.status, 503);
}

#[tokio::test]
async fn invalid_command_does_not_reach_the_center() {
    let engine = Engine::new();
    let wang = Client::of(&engine, "wang");
    let check = |path: &'static str, body: &'static str, expected: u16| {
        let wang = &wang;
        async move {
            let answer = wang.post(&format!("/api/v1/{path}"), body).await;
            assert_eq!(answer.status, expected, "{path} {body}");
            assert!(answer.json()["code"].is_string(), "{path} {body}");
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
    assert_eq!(engine.commands(), []);
}

#[tokio::test]
async fn supervisor_changes_an_agents_profile_for_a_time() {
    let engine = Engine::new();
    let wang = Client::of(&engine, "wang");
    let body = r#"{"skills":{"english":7},"queues":{"english":1},"until":1800000000000000}"#;
    let answer = wang.post("/api/v1/agents/li/profile", body).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let answer = wang.post("/api/v1/agents/li/profile/withdraw", "").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let profile = RoutingProfile {
        skills: [("english".into(), 7)].into(),
        queues: [("english".into(), 1)].into(),
    };
    let until = Some(Timestamp::from_micros(1_800_000_000_000_000));
    let by = SeatActor::Person("wang".into());
    let agent = AccountName::from("li");
    let set = ControlCommand::SetProfile { agent: agent.clone(), profile, until };
    let withdraw = ControlCommand::WithdrawProfile { agent };
    assert_eq!(given(&engine), [(by.clone(), set), (by, withdraw)]);
}

#[tokio::test]
async fn agent_may_not_change_a_profile() {
    let engine = Engine::new();
    let li = Client::of(&engine, "li");
    let answer = li.post("/api/v1/agents/li/profile", r#"{"queues":{"english":1}}"#).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = li.post("/api/v1/agents/li/profile/withdraw", "").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(engine.commands(), []);
}

#[tokio::test]
async fn rejected_profile_is_answered_with_the_reason() {
    let engine = Engine::new();
    let wang = Client::of(&engine, "wang");
    let answer = wang.post("/api/v1/agents/nobody/profile", r#"{"queues":{}}"#).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = wang.post("/api/v1/agents/li/profile", r#"{"skils":{}}"#).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    refuse(&engine, Refusal::Profile(ProfileRejected::NoSuchQueue("nowhere".into())));
    let answer = wang.post("/api/v1/agents/li/profile", r#"{"queues":{"nowhere":1}}"#).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["code"], "no_such_queue");
    refuse(&engine, Refusal::Profile(ProfileRejected::EndsInThePast));
    let answer = wang.post("/api/v1/agents/li/profile", r#"{"queues":{}}"#).await;
    assert_eq!(answer.json()["code"], "ends_in_the_past");
    refuse(&engine, Refusal::Profile(ProfileRejected::NothingToWithdraw));
    let answer = wang.post("/api/v1/agents/li/profile/withdraw", "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.json()["code"], "profile_unchanged");
}

#[tokio::test]
async fn changed_profile_is_shown_beside_the_configured_one() {
    let engine = Engine::new();
    let routing = |level| RoutingProfile {
        skills: [("english".into(), level)].into(),
        queues: [("english".into(), 1)].into(),
    };
    {
        let mut board = engine.board.lock().unwrap();
        let board = Arc::make_mut(&mut board);
        let profile = AgentProfile { team: "A".to_owned(), routing: routing(3) };
        board.agents = Arc::new([("zhao".into(), profile)].into());
        let temporary = TemporaryProfile {
            routing: routing(7),
            until: None,
            since: Timestamp::from_micros(1),
            by: SeatActor::Person("wang".into()),
        };
        board.temporary_profiles = [("zhao".into(), temporary)].into();
        board.seat_profiles = Arc::new([(OWN, routing(5))].into());
    }
    let answer = Client::of(&engine, "li").get("/api/v1/agents/profiles").await;
    let shown: serde_json::Value = answer.json();
    let profiles = shown.as_array().unwrap();
    let zhao = profiles.iter().find(|profile| profile["agent"] == "zhao").unwrap();
    assert_eq!(zhao["team"], "A");
    assert_eq!(zhao["configured"]["skills"]["english"], 3);
    assert_eq!(zhao["changed"]["skills"]["english"], 7);
    assert_eq!(zhao["changed"]["differs"], true);
    assert_eq!(zhao["changed"]["by"], "wang");
    // Li is signed in, and not in the config: the seat's own profile holds.
    let li = profiles.iter().find(|profile| profile["agent"] == "li").unwrap();
    assert_eq!(li["seat"], 1001);
    assert_eq!(li.get("configured"), None);
    assert_eq!(li["of_seat"]["skills"]["english"], 5);
}
