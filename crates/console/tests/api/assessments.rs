//! Appeals against the assessment of units, rulings, and leaders' instructions on a special report.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use center::Command;
use model::{
    Event, TicketId,
    desk::{
        Actor, DeskEvent, Dispatch, DispatchMethod, DispatchPart, DispatchRole, Grade, TicketEvent,
    },
    event::{ReportReleased, Role},
};
use serde_json::{Value, json};
use ticketing::TicketKind;

use crate::engine::{Answer, Client, Engine};

const PIECE: &str = "2026112200001-1";
const APPEAL: &str = "/api/v1/assessments/2026112200001-1/appeals";
const RULE: &str = "/api/v1/assessments/2026112200001-1";
const OPEN: &str = "/api/v1/assessments/appeals";

/// An engine with a ticket at a district, two directors, a leader, and people of two units.
fn engine() -> Arc<Engine> {
    let engine = Engine::new();
    engine.add_ticket(2_026_112_200_001, TicketKind::Conversation);
    let dispatch = Dispatch {
        parts: vec![DispatchPart {
            unit: "410102-000".into(),
            role: DispatchRole::Lead,
            method: DispatchMethod::Network,
            required: false,
        }],
        supervise: "hub".into(),
        supervisor: "督办".into(),
        grade: Grade::B,
        note: String::new(),
        reason: None,
        emergency: None,
        clocks: Vec::new(),
    };
    let by = Actor::Person {
        account: "ma".into(),
        role: Role::Dispatcher,
        unit: None,
        outsourced: false,
    };
    let event = TicketEvent::Dispatched(Box::new(dispatch));
    engine.record_desk_event(by, DeskEvent::Ticket(TicketId(2_026_112_200_001), event));
    engine.add_account("zhang", Role::Director, None);
    engine.add_account("liu", Role::Director, None);
    engine.add_account("sheng", Role::Leader, None);
    engine.add_account("qu", Role::Liaison, Some("410102-000"));
    engine.add_account("head", Role::UnitHead, Some("410102-000"));
    engine.add_account("other", Role::Liaison, Some("410105-000"));
    engine
}

async fn post(engine: &Arc<Engine>, name: &str, path: &str, body: Value) -> Answer {
    Client::of(engine, name).post(path, &body.to_string()).await
}

fn appeal() -> Value {
    json!({ "reason": "7月20日特大暴雨，道路中断", "evidence": ["气象局证明〔2026〕12号"] })
}

/// Records the event of the last command.
fn record_last(engine: &Engine) {
    let Some((_, Command::Note(event))) = engine.commands().pop() else { panic!("nothing noted") };
    engine.append(event);
}

async fn listed(engine: &Arc<Engine>, name: &str, query: &str) -> Vec<Value> {
    let answer = Client::of(engine, name).get(&format!("{OPEN}{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    answer.json().as_array().unwrap().clone()
}

#[tokio::test]
async fn appeal_of_a_unit_waits_for_its_ruling() {
    let engine = engine();
    let made = post(&engine, "qu", APPEAL, appeal()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    assert_eq!(made.json()["unit"], "410102-000");
    record_last(&engine);

    let open = listed(&engine, "zhang", "").await;
    assert_eq!(
        (&open[0]["assignment"], &open[0]["by"], open.len()),
        (&PIECE.into(), &"qu".into(), 1)
    );
    assert!(open[0]["due"].is_u64(), "it is to be ruled on by a day: {}", open[0]);
    assert_eq!(listed(&engine, "head", "").await.len(), 1, "the unit follows its own");
    assert!(listed(&engine, "other", "").await.is_empty(), "and no other unit's");
    let again = post(&engine, "head", APPEAL, appeal()).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "one at a time: {}", again.json());

    let ruling = json!({ "excluded": true, "reason": "不可抗力，证明属实", "second": "liu" });
    let ruled = post(&engine, "zhang", RULE, ruling).await;
    assert_eq!(ruled.status, StatusCode::NO_CONTENT, "{}", ruled.json());
    record_last(&engine);
    assert!(listed(&engine, "zhang", "").await.is_empty());
    let all = listed(&engine, "qu", "?all=true").await;
    assert_eq!(
        (&all[0]["ruled"]["excluded"], &all[0]["ruled"]["second"]),
        (&true.into(), &"liu".into())
    );
    assert!(all[0].get("due").is_none());
    let again = post(&engine, "qu", APPEAL, appeal()).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "it is left out: {}", again.json());
}

#[tokio::test]
async fn appeal_needs_the_own_unit_a_reason_and_evidence_in_time() {
    let engine = engine();
    assert_eq!(post(&engine, "other", APPEAL, appeal()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(post(&engine, "zhang", APPEAL, appeal()).await.status, StatusCode::FORBIDDEN);
    let nothing = "/api/v1/assessments/2026112200001-7/appeals";
    assert_eq!(post(&engine, "qu", nothing, appeal()).await.status, StatusCode::NOT_FOUND);

    let empty = post(&engine, "qu", APPEAL, json!({ "reason": " ", "evidence": [] })).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let faults = empty.json()["faults"].to_string();
    assert!(faults.contains("reason") && faults.contains("evidence"), "{faults}");

    let last = *engine.now.lock().unwrap();
    *engine.appeal_until.lock().unwrap() = Some(last);
    engine.wait(Duration::from_secs(1));
    let late = post(&engine, "qu", APPEAL, appeal()).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.json());
    assert!(late.json()["detail"].to_string().contains("ended on 2026-11-22"), "{}", late.json());
    assert!(engine.commands().is_empty(), "nothing of it is recorded");
    *engine.now.lock().unwrap() = last;
    assert_eq!(post(&engine, "qu", APPEAL, appeal()).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn ruling_needs_two_people_and_a_reason() {
    let engine = engine();
    let with = |second: &str, reason: &str| json!({ "excluded": true, "reason": reason, "second": second });
    assert_eq!(post(&engine, "qu", RULE, with("liu", "属实")).await.status, StatusCode::FORBIDDEN);
    for (second, field) in [("zhang", "second"), ("qu", "second"), ("nobody", "second")] {
        let no = post(&engine, "zhang", RULE, with(second, "属实")).await;
        assert_eq!(no.status, StatusCode::UNPROCESSABLE_ENTITY, "{second}");
        assert!(no.json()["faults"].to_string().contains(field), "{}", no.json());
    }
    let no = post(&engine, "zhang", RULE, with("liu", "")).await;
    assert!(no.json()["faults"].to_string().contains("reason"), "{}", no.json());
    let nothing = "/api/v1/assessments/2026112200001-7";
    let no = post(&engine, "zhang", nothing, with("liu", "属实")).await;
    assert_eq!(no.status, StatusCode::NOT_FOUND);
    assert!(engine.commands().is_empty());
    let ruled = post(&engine, "zhang", RULE, with("liu", "属实")).await;
    assert_eq!(ruled.status, StatusCode::NO_CONTENT, "{}", ruled.json());
    let Some((_, Command::Note(Event::AssessmentRuled(of)))) = engine.commands().pop() else {
        panic!("nothing noted")
    };
    assert_eq!((of.by.as_str(), of.second.as_str(), of.excluded), ("zhang", "liu", true));
}

#[tokio::test]
async fn leader_writes_an_instruction_on_a_released_special_report() {
    let engine = engine();
    let path = "/api/v1/reports/R6/instructions";
    let written = json!({ "period": "2026-W47", "text": "请城管局一周内整改", "due": "2026-11-29",
                          "ticket": 2026112200001_u64 });
    let early = post(&engine, "sheng", path, written.clone()).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.json()["faults"].to_string().contains("was released"), "{}", early.json());
    engine.append(Event::ReportReleased(ReportReleased {
        report: "R6".into(),
        period: "2026-W47".into(),
        unit: None,
        number: 1,
        facts_sha256: "00".into(),
        why: None,
        by: Some("zhang".into()),
    }));
    assert_eq!(post(&engine, "zhang", path, written.clone()).await.status, StatusCode::FORBIDDEN);
    let wrong = json!({ "period": "2026-W47", "text": "", "due": "soon", "unit": "no-such" });
    let wrong = post(&engine, "sheng", path, wrong).await.json()["faults"].to_string();
    assert!(["text", "due", "unit"].iter().all(|field| wrong.contains(field)), "{wrong}");
    let made = post(&engine, "sheng", path, written).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    let Some((_, Command::Note(Event::ReportInstructed(of)))) = engine.commands().pop() else {
        panic!("nothing noted")
    };
    assert_eq!(
        (of.leader.as_str(), of.due.map(|due| due.to_string())),
        ("sheng", Some("2026-11-29".into()))
    );
}
