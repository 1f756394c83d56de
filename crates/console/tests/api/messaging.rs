//! Destinations of our records, their dead letters, and commands about them.

use std::sync::Arc;

use axum::http::StatusCode;
use center::{Command, Refusal};
use console::{DeadLetter, Destination, PendingDeliveries};
use messaging::{Cursor, DestinationCommand, MessagingCommand};
use model::{Seq, TicketId, Timestamp, event::Role};
use serde_json::json;
use ticketing::channels::ChannelsCommand;

use super::engine::{Client, Engine, refuse};

fn dead(seq: Seq) -> DeadLetter {
    DeadLetter {
        seq,
        key: format!("province-{seq}"),
        kind: Some("ticket.noted".into()),
        ticket: Some(TicketId(2_026_112_200_017)),
        at: Timestamp::from_micros(1_795_334_592_000_000),
        status: 422,
        why: "no such unit".into(),
        resending: false,
    }
}

/// An engine with a destination that is stuck and has two dead letters, and with a director.
fn engine() -> Arc<Engine> {
    let engine = Engine::new();
    engine.add_account("he", Role::Director, None);
    let at = Timestamp::from_micros(1_795_334_592_000_000);
    let cursor =
        Cursor { done: 40, letters: 12, stuck: Some((at, "HTTP 503".into())), ..Cursor::default() };
    let waiting = PendingDeliveries { letters: 3, more: false, since: Some(at) };
    let events = Some(vec!["ticket.noted".to_owned()]);
    let destination = Destination::new("province".into(), events, true, cursor, waiting);
    engine.destinations.lock().unwrap().push((destination, vec![dead(7), dead(9)]));
    engine
}

#[tokio::test]
async fn keepers_see_pending_stuck_and_dead_deliveries() {
    let engine = engine();
    for keeper in ["root", "he"] {
        let keeper = Client::of(&engine, keeper);
        let answer = keeper.get("/api/v1/courier").await;
        assert_eq!(answer.status, StatusCode::OK);
        let province = &answer.json()[0];
        assert_eq!(province["waiting"]["letters"], 3);
        assert_eq!(province["stuck"]["why"], "HTTP 503");
        assert_eq!((&province["done"], &province["reconciles"]), (&json!(40), &json!(true)));
        let page = keeper.get("/api/v1/courier/province/dead?limit=1").await.json();
        assert_eq!((&page["items"][0]["seq"], &page["next"]), (&json!(7), &json!(7)));
        let page = keeper.get("/api/v1/courier/province/dead?after=7").await.json();
        assert_eq!(page["items"][0]["ticket"], 2_026_112_200_017u64);
        assert_eq!((&page["items"][0]["seq"], &page["next"]), (&json!(9), &json!(null)));
    }
    let lost = Client::of(&engine, "root").get("/api/v1/courier/city/dead").await;
    assert_eq!(lost.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn keepers_command_reaches_the_center_in_their_name() {
    let engine = engine();
    let keeper = Client::of(&engine, "he");
    let path = "/api/v1/courier/province/events";
    let commands = [
        (r#"{"type":"resend","payload":{"seq":7}}"#, DestinationCommand::Resend { seq: 7 }),
        (r#"{"type":"resend_all"}"#, DestinationCommand::ResendAll),
        (
            r#"{"type":"drop","payload":{"seq":7,"reason":"told by phone"}}"#,
            DestinationCommand::Drop { seq: 7, reason: "told by phone".into() },
        ),
        (
            r#"{"type":"settle","payload":{"reason":"told by phone"}}"#,
            DestinationCommand::Settle { reason: "told by phone".into() },
        ),
    ];
    for (body, command) in commands {
        let answer = keeper.post(path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{body}: {}", answer.json());
        let (_, given) = engine.commands().pop().unwrap();
        let Command::Channels(order) = given else { panic!("{given:?}") };
        let expected = MessagingCommand::Destination("province".into(), command);
        assert_eq!(order.command, ChannelsCommand::Messaging(expected));
        assert_eq!(order.by.role(), Some(Role::Director));
    }
}

#[tokio::test]
async fn other_roles_are_refused_and_every_fault_is_named() {
    let engine = engine();
    let path = "/api/v1/courier/province/events";
    for other in ["wang", "li", "sun", "zhou"] {
        let other = Client::of(&engine, other);
        for path in ["/api/v1/courier", "/api/v1/courier/province/dead"] {
            assert_eq!(other.get(path).await.status, StatusCode::FORBIDDEN);
        }
        let answer = other.post(path, r#"{"type":"resend_all"}"#).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert!(engine.commands().is_empty());
    let keeper = Client::of(&engine, "root");
    let answer = keeper.post(path, r#"{"type":"drop","payload":{"sequ":7}}"#).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let faults = answer.json().to_string();
    assert!(faults.contains("reason") && faults.contains("seq"), "{faults}");
    refuse(&engine, Refusal::Desk(workflow::Refusal::not_found("dead letter 8 for province")));
    let answer = keeper.post(path, r#"{"type":"resend","payload":{"seq":8}}"#).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
