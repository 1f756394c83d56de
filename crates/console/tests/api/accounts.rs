//! Accounts: adding, changing, confirming and ending them.

use axum::http::StatusCode;
use console::AccountCommand;
use model::{StaffChange, event::Role};

use crate::engine::{Client, Engine};

#[tokio::test]
async fn only_the_admin_sees_and_changes_accounts() {
    let engine = Engine::new();
    for name in ["li", "wang", "qian", "sun", "zhou"] {
        let person = Client::of(&engine, name);
        assert_eq!(person.get("/api/v1/accounts").await.status, StatusCode::FORBIDDEN, "{name}");
        for path in ["accounts", "accounts/li", "accounts/li/end", "accounts/li/password"] {
            let answer = person.post(&format!("/api/v1/{path}"), "{}").await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name} {path}");
        }
    }
    assert!(engine.account_commands.lock().unwrap().is_empty());
}

#[tokio::test]
async fn new_account_gets_a_password_that_is_shown_once() {
    let engine = Engine::new();
    let root = Client::of(&engine, "root");
    let body = r#"{"name":"zhao","role":"liaison","unit":"410102-010","real_name":"赵敏"}"#;
    let answer = root.post("/api/v1/accounts", body).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let shown = answer.json();
    assert_eq!(shown["password"], "made-pass");
    assert_eq!((&shown["unit"], &shown["standing"]), (&"410102-010".into(), &"open".into()));
    assert_eq!(shown["must_change_password"], true, "the admin has seen it");
    let again = root.get("/api/v1/accounts/zhao").await.json();
    assert_eq!(
        (&again["real_name"], &again["password"]),
        (&"赵敏".into(), &serde_json::Value::Null)
    );
    let (by, command) = engine.account_commands.lock().unwrap()[0].clone();
    assert_eq!(by.as_str(), "root");
    assert!(matches!(command, AccountCommand::Add { role: Role::Liaison, .. }));
}

#[tokio::test]
async fn refusal_names_missing_and_unknown_fields() {
    let engine = Engine::new();
    let root = Client::of(&engine, "root");
    let faults = root.post("/api/v1/accounts", r#"{"role":"chief","ends":"soon"}"#).await;
    assert_eq!(faults.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields: Vec<_> =
        faults.json()["faults"].as_array().unwrap().iter().map(|f| f["field"].clone()).collect();
    assert_eq!(fields, ["name", "role", "ends"]);
    let empty = root.post("/api/v1/accounts", "{}").await.json();
    assert_eq!(empty["faults"].as_array().unwrap().len(), 2);
    let unknown = root.post("/api/v1/accounts/li", r#"{"salary":1}"#).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(root.post("/api/v1/accounts/nobody", "{}").await.status, StatusCode::NOT_FOUND);
    assert_eq!(root.get("/api/v1/accounts/nobody").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn change_holds_only_the_given_fields() {
    let engine = Engine::new();
    let body = r#"{"ends":"2026-11-30","employer":"Voice & Co","disabled":true}"#;
    let answer = Client::of(&engine, "root").post("/api/v1/accounts/li", body).await;
    assert_eq!(answer.status, StatusCode::OK);
    let change = StaffChange {
        ends: Some("2026-11-30".into()),
        employer: Some("Voice & Co".into()),
        disabled: Some(true),
        ..StaffChange::default()
    };
    let command = AccountCommand::Change { name: "li".into(), change };
    assert_eq!(*engine.account_commands.lock().unwrap(), [("root".into(), command)]);
}

#[tokio::test]
async fn ended_account_is_logged_out_and_its_open_work_is_listed() {
    let engine = Engine::new();
    let mut li = Client::new(&engine);
    li.log_in("li", "agent-pass").await;
    let root = li.beside().with("authorization", "Bearer token-of-root");
    let ended = root.post("/api/v1/accounts/li/end", "").await.json();
    assert_eq!(ended["standing"], "disabled");
    assert_eq!(ended["open_work"][0]["id"], "2026112200017");
    assert_eq!(li.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn accounts_that_end_soon_are_listed_with_their_open_work() {
    let engine = Engine::new();
    let day = |text: &str| Some(text.parse().unwrap());
    engine.person("li", |li| li.staff.ends = day("2026-12-06"));
    engine.person("qian", |qian| qian.staff.ends = day("2026-12-07"));
    let root = Client::of(&engine, "root");
    let soon = root.get("/api/v1/accounts?ending_within_days=14").await.json();
    let items = soon["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["name"]), (1, &"li".into()));
    assert_eq!(items[0]["open_work"][0]["kind"], "ticket");
    assert_eq!(root.get("/api/v1/accounts").await.json()["items"].as_array().unwrap().len(), 6);
    let agents = root.get("/api/v1/accounts?role=agent").await.json();
    assert_eq!(agents["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn generated_password_ends_the_sessions() {
    let engine = Engine::new();
    let mut li = Client::new(&engine);
    li.log_in("li", "agent-pass").await;
    let root = li.beside().with("authorization", "Bearer token-of-root");
    let made = root.post("/api/v1/accounts/li/password", "").await.json();
    assert_eq!(made["password"], "made-pass");
    assert_eq!(li.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(li.log_in("li", "made-pass").await.json()["must_change_password"], true);
}

#[tokio::test]
async fn each_role_may_read_only_its_lists() {
    let engine = Engine::new();
    let paths = ["wallboard", "tickets", "recordings", "audit", "accounts"];
    for (name, expected) in [
        ("root", [200, 403, 403, 403, 200]),
        ("wang", [200, 200, 200, 403, 403]),
        ("li", [200, 200, 403, 403, 403]),
        ("qian", [200, 200, 200, 403, 403]),
        ("sun", [403, 403, 403, 200, 403]),
        ("zhou", [403, 403, 403, 403, 403]),
    ] {
        let person = Client::of(&engine, name);
        for (path, status) in paths.iter().zip(expected) {
            let answer = person.get(&format!("/api/v1/{path}")).await;
            assert_eq!(answer.status.as_u16(), status, "{name} {path}");
        }
    }
    let zhou = Client::of(&engine, "zhou");
    assert_eq!(zhou.get("/api/v1/events").await.status, StatusCode::FORBIDDEN);
    assert_eq!(zhou.get("/api/v1/wallboard/live").await.status, StatusCode::FORBIDDEN);
}

/// Separated duties (三员分立): a director confirms the roles that an admin gives.
#[tokio::test]
async fn director_confirms_roles_and_the_admin_may_not() {
    let engine = Engine::new();
    engine.add_account("zhang", Role::Director, None);
    engine.person("li", |li| li.role_asked = Some(li.role));
    engine.person("wang", |wang| wang.role_asked = Some(Role::Director));
    let (root, zhang) = (Client::of(&engine, "root"), Client::of(&engine, "zhang"));
    let shown = zhang.get("/api/v1/accounts/li").await.json();
    assert_eq!(
        (&shown["standing"], &shown["role_asked"]),
        (&"unconfirmed".into(), &"agent".into())
    );
    let shown = zhang.get("/api/v1/accounts/wang").await.json();
    assert_eq!((&shown["standing"], &shown["role_asked"]), (&"open".into(), &"director".into()));
    for (client, status) in [(&root, StatusCode::FORBIDDEN), (&zhang, StatusCode::OK)] {
        assert_eq!(client.post("/api/v1/accounts/li/confirm", "").await.status, status);
    }
    let command = AccountCommand::Confirm { name: "li".into() };
    assert_eq!(*engine.account_commands.lock().unwrap(), [("zhang".into(), command)]);
    for path in ["accounts/li/end", "accounts/li/password", "accounts/li"] {
        let answer = zhang.post(&format!("/api/v1/{path}"), "{}").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
}
