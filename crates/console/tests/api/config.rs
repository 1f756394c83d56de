//! The reload of the config and the configs on record.

use axum::http::StatusCode;
use console::NotReloaded;
use model::{QueueId, event::AdoptionCause};

use crate::engine::{Client, Engine};

const RELOAD: &str = "/api/v1/config/reload";

#[tokio::test]
async fn reload_is_asked_for_in_the_admins_name() {
    let engine = Engine::new();
    let body = r#"{"move_to":{"old":"new"}}"#;
    let answer = Client::of(&engine, "root").post(RELOAD, body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json(), serde_json::json!({"seq": 7, "changes": []}));
    let reloads = engine.reloads.lock().unwrap();
    let [asked] = reloads.as_slice() else { panic!("{reloads:?}") };
    assert_eq!((asked.cause, asked.dry_run), (AdoptionCause::Api, false));
    assert_eq!(asked.by, Some("root".into()));
    assert_eq!(asked.move_to, [(QueueId::from("old"), QueueId::from("new"))].into());
}

#[tokio::test]
async fn only_people_with_the_right_reload_and_see_the_history() {
    let engine = Engine::new();
    for name in ["li", "wang", "qian", "sun", "zhou"] {
        let client = Client::of(&engine, name);
        assert_eq!(client.post(RELOAD, "{}").await.status, StatusCode::FORBIDDEN, "{name}");
        assert_eq!(client.get("/api/v1/config").await.status, StatusCode::FORBIDDEN, "{name}");
    }
    assert!(engine.reloads.lock().unwrap().is_empty());
    let history = Client::of(&engine, "root").get("/api/v1/config").await.json();
    assert_eq!(history["changed_files"], serde_json::json!(["seats.toml"]));
    assert_eq!(history["configs"][0]["seq"], 3);
}

#[tokio::test]
async fn each_refusal_is_told_to_the_one_who_asked() {
    let engine = Engine::new();
    let root = Client::of(&engine, "root");
    let refuse = |refusal| *engine.reload_refusal.lock().unwrap() = Some(refusal);
    let text = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    refuse(NotReloaded::Faults(text(&["config/seats.toml:3:1: ring: too long; write 20s", "odd"])));
    let answer = root.post(RELOAD, "{}").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let faults = &answer.json()["faults"];
    assert_eq!(faults[0]["field"], "config/seats.toml:3:1");
    assert_eq!(
        (&faults[0]["what"], &faults[1]["what"]),
        (&"ring: too long; write 20s".into(), &"odd".into())
    );
    refuse(NotReloaded::Restart(text(&["[sip] changed"])));
    let answer = root.post(RELOAD, "{}").await;
    assert_eq!(
        (answer.status, &answer.json()["detail"]),
        (StatusCode::CONFLICT, &"[sip] changed".into())
    );
    refuse(NotReloaded::Calls(text(&["2 callers wait"])));
    assert_eq!(root.post(RELOAD, "{}").await.status, StatusCode::CONFLICT);
    refuse(NotReloaded::Unavailable("no folder".to_owned()));
    assert_eq!(root.post(RELOAD, "{}").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(root.post(RELOAD, r#"{"colour":1}"#).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
