//! Commands to the desk: refusals name every fault, and conflicts the present state.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use center::{Command, Refusal};
use model::{CallId, TicketId};
use serde_json::{Value, json};
use ticketing::{DeskCommand, TicketKind, ticket::TicketCommand};

use crate::engine::{Answer, Client, Engine, refuse};

const TICKET: &str = "/api/v1/tickets/2026112200001/events";

async fn post(engine: &Arc<Engine>, path: &str, body: Value) -> Answer {
    Client::of(engine, "wang").post(path, &body.to_string()).await
}

/// The faults of a refused command, as `field: what`.
async fn faults(path: &str, body: Value) -> Vec<String> {
    let engine = Engine::new();
    let answer = post(&engine, path, body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.json());
    assert!(engine.commands().is_empty(), "the desk was not asked");
    let found = answer.json()["faults"].clone();
    let line = |fault: &Value| {
        format!("{}: {}", fault["field"].as_str().unwrap(), fault["what"].as_str().unwrap())
    };
    found.as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn refusal_names_every_fault_of_a_command() {
    let found = faults(
        TICKET,
        json!({
            "type": "dispatch",
            "payload": {
                "parts": [{ "unit": 7, "role": "laed", "method": "network", "requried": true }],
                "supervise": "410102-000",
                "grade": "D",
            },
            "expect_seq": "seven",
        }),
    )
    .await;
    let all = found.join("\n");
    for fault in [
        "parts[0].unit: is a number; write a text",
        "parts[0].role: \"laed\" is not known; did you mean \"lead\"?",
        "parts[0].requried: is not known; did you mean \"required\"?",
        "supervisor: is missing",
        "grade: \"D\" is not known",
        "expect_seq: must be the number of a record",
    ] {
        assert!(all.contains(fault), "{fault} is not in\n{all}");
    }
    assert_eq!(found.len(), 6, "{all}");
}

#[tokio::test]
async fn refusal_of_an_unknown_command_names_similar_ones() {
    let found = faults(TICKET, json!({ "type": "dispach" })).await;
    assert!(found[0].starts_with("type: \"dispach\" is not known; did you mean \"dispatch\"?"));
    let found = faults(TICKET, json!({ "payload": {} })).await;
    assert!(found[0].starts_with("type: is missing; write write, register"), "{found:?}");
    let found = faults(TICKET, json!([])).await;
    assert!(found[0].starts_with("body: is a list; write an object"), "{found:?}");
    let network = "/api/v1/network/events";
    let found = faults(network, json!({ "type": "aprove", "payload": { "draft": 1 } })).await;
    assert!(found[0].contains("did you mean \"approve\"?"), "{found:?}");
    let found = faults(network, json!({ "type": "approve", "payload": { "draft": "one" } })).await;
    assert_eq!(found, ["draft: is a text; write a whole number"]);
}

/// `phone` is a variant with content, so a text cannot be it.
#[tokio::test]
async fn refusal_of_a_wrong_variant_shows_the_form_of_each() {
    let parts = json!([{ "unit": "410102-001", "role": "lead", "method": "phone" }]);
    let payload =
        json!({ "parts": parts, "supervise": "410102-000", "supervisor": "督办", "grade": "b" });
    let found = faults(TICKET, json!({ "type": "dispatch", "payload": payload })).await;
    let method = found.iter().find(|fault| fault.starts_with("parts[0].method: "));
    let forms = "\"phone\" is not known; write network, {\"phone\":…}";
    assert!(method.is_some_and(|fault| fault.contains(forms)), "{found:?}");
}

#[tokio::test]
async fn unknown_keys_are_refused() {
    let form = json!({ "type": "write", "payload": { "title": "路灯不亮", "topik": "010402" } });
    assert_eq!(faults(TICKET, form).await, ["topik: is not known; did you mean \"topic\"?"]);
    let opening = json!({ "channel": "fax", "form": { "contact": 12345 }, "colour": "red" });
    let found = faults("/api/v1/tickets", opening).await;
    assert_eq!(found.len(), 3, "{found:?}");
}

#[tokio::test]
async fn valid_commands_reach_the_desk() {
    let engine = Engine::new();
    for body in [
        json!({ "type": "claim", "expect_seq": 7 }),
        json!({ "type": "write", "payload": { "title": "路灯不亮", "contact": null } }),
        json!({ "type": "note", "payload": { "text": "已联系" } }),
    ] {
        let answer = post(&engine, TICKET, body.clone()).await;
        assert_eq!(answer.status, StatusCode::OK, "{body}: {}", answer.json());
    }
    let Some((_, Command::Desk(order))) = engine.commands().into_iter().next() else { panic!() };
    assert_eq!(order.expected, Some(7));
}

#[tokio::test]
async fn callback_must_name_a_recorded_call_of_the_caller() {
    let engine = Engine::new();
    engine.add_ticket(2_026_112_200_001, TicketKind::Conversation);
    let before = engine.add_call(engine.now_us() - 1_000_000, 1001);
    engine.wait(Duration::from_secs(60));
    let after = engine.add_call(engine.now_us(), 1001);
    let ask = |call: CallId| {
        let payload =
            json!({ "how": "manual", "reached": "yes", "grade": "satisfied", "call": call });
        json!({ "type": "ask", "payload": payload })
    };
    for (call, why) in [(CallId::from(1), "there is no call"), (before, "name a later one")] {
        let answer = post(&engine, TICKET, ask(call)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fault = answer.json()["faults"][0].clone();
        assert_eq!(fault["field"], "call");
        assert!(fault["what"].as_str().unwrap().contains(why), "{fault}");
    }
    assert!(engine.commands().is_empty(), "the desk was not asked");
    let answer = post(&engine, TICKET, ask(after)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
}

#[tokio::test]
async fn key_of_another_command_is_refused() {
    let engine = Engine::new();
    refuse(&engine, Refusal::Desk(workflow::Refusal::KeyReused));
    let answer = post(&engine, TICKET, json!({ "type": "claim" })).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["code"], "key_reused");
}

#[tokio::test]
async fn control_characters_reach_no_command() {
    let engine = Engine::new();
    let payload = json!({ "text": "第一行\r\n\u{1b}[31m第二行\u{fffe}\u{202e}" });
    let answer = post(&engine, TICKET, json!({ "type": "note", "payload": payload })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    let Some((_, Command::Desk(order))) = engine.commands().into_iter().next() else { panic!() };
    let text = "第一行\n[31m第二行".to_owned();
    let note = DeskCommand::Ticket(TicketId(2_026_112_200_001), TicketCommand::Note { text });
    assert_eq!(order.command, note);
}

#[tokio::test]
async fn conflict_holds_the_present_state_and_the_allowed_commands() {
    let engine = Engine::new();
    engine.add_ticket(2_026_112_200_001, TicketKind::Conversation);
    let stale = workflow::Refusal::Stale { expected: 0, found: 1 };
    refuse(&engine, Refusal::Desk(stale));
    let answer = post(&engine, TICKET, json!({ "type": "claim", "expect_seq": 0 })).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let answer = answer.json();
    assert_eq!(
        (&answer["code"], &answer["state"], &answer["seq"]),
        (&"stale".into(), &"draft".into(), &1.into()),
        "{answer}"
    );
    let allowed = answer["allowed"].to_string();
    assert!(allowed.contains("\"register\"") && !allowed.contains("dispatch"), "{answer}");

    let (state, allowed) = ("Draft".into(), vec!["register"]);
    refuse(&engine, Refusal::Desk(workflow::Refusal::NotNow { state, allowed }));
    let answer = post(&engine, TICKET, json!({ "type": "claim" })).await.json();
    assert_eq!(
        (&answer["code"], &answer["state"], &answer["seq"]),
        (&"not_now".into(), &"draft".into(), &1.into()),
        "{answer}"
    );
    // A person who may not see the ticket gets no state.
    let auditor = Client::of(&engine, "sun").post(TICKET, r#"{"type":"claim"}"#).await.json();
    assert_eq!((&auditor["state"], &auditor["seq"]), (&Value::Null, &Value::Null), "{auditor}");
}
