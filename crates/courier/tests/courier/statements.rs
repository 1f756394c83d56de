//! A partner that compares a statement of each day and has lost some deliveries (INT-01: every delivery arrives).

use courier::{Destination, Reconcile};
use messaging::sign::{Key, SignatureHeaders, verify};
use model::{Date, Seq, Timestamp, Zone, desk::MessagingEvent};

use crate::{
    common::{Log, RunningCourier, SECRET, clock, province},
    receiver::{Arrived, Receiver, Response},
};

const OK: Response = Response::Status(200, "ok");

/// The partner, and its endpoint for statements.
async fn receivers(
    responses: impl IntoIterator<Item = Response>,
) -> (Receiver, Receiver, Destination) {
    let deliveries = Receiver::start([], OK).await;
    let statements = Receiver::start(responses, Response::Status(204, "")).await;
    let mut destination = province(&deliveries.url);
    let url = statements.url.parse().unwrap();
    destination.reconcile = Some(Reconcile { url, zone: Zone::CHINA });
    (deliveries, statements, destination)
}

fn days_ago(days: i64) -> Date {
    Zone::CHINA.date(clock()).plus(-days)
}

/// The morning of some days ago.
fn morning(days: i64) -> Timestamp {
    Zone::CHINA.moment(days_ago(days), 9 * 3_600)
}

fn seqs(arrived: &[Arrived]) -> Vec<Seq> {
    arrived.iter().map(|one| one.json()["seq"].as_u64().unwrap()).collect()
}

fn reconciled(event: &MessagingEvent) -> bool {
    matches!(event, MessagingEvent::Reconciled { .. })
}

#[tokio::test]
async fn lost_records_are_resent_and_the_next_statement_agrees() {
    let lost = r#"{"missing":["province-3","province-4"],"unknown":["province-99"]}"#;
    let (deliveries, statements, destination) = receivers([Response::Status(200, lost)]).await;
    let log = Log::new();
    log.write_notes_at(morning(2), 5);
    log.write_notes_at(morning(1), 2);
    let courier = RunningCourier::with_destination(&log, destination);
    let told = statements.wait_for(2).await;

    let statement = told[0].json();
    assert_eq!(statement["date"], days_ago(2).to_string());
    assert_eq!(statement["letters"], 5);
    assert_eq!(
        (&statement["first"], &statement["last"]),
        (&"province-1".into(), &"province-5".into())
    );
    assert_eq!(told[0].header("webhook-id"), statement["key"]);
    let claim = SignatureHeaders {
        message_id: told[0].header("webhook-id"),
        timestamp: told[0].header("webhook-timestamp"),
        signatures: told[0].header("webhook-signature"),
    };
    let keys = [Key::new("province", SECRET)];
    assert_eq!(verify(clock(), &keys, claim, told[0].body.as_bytes()), Ok("province"));

    // Lost records come again after the day, before the next statement.
    let arrived = deliveries.wait_for(9).await;
    let mut again = seqs(&arrived);
    for lost in [4, 3] {
        let last = again.iter().rposition(|seq| *seq == lost).unwrap();
        again.remove(last);
    }
    assert_eq!(again, [1, 2, 3, 4, 5, 6, 7]);
    let next = told[1].json();
    assert_eq!((&next["date"], &next["letters"]), (&days_ago(1).to_string().into(), &2.into()));
    assert_eq!(next["resent"], serde_json::json!(["province-3", "province-4"]));

    let events = log.wait_for(
        |event| matches!(event, MessagingEvent::Reconciled { date, .. } if *date == days_ago(1)),
    );
    let events: Vec<MessagingEvent> = events.await.into_iter().filter(reconciled).collect();
    let MessagingEvent::Reconciled { missing, unknown, through: 5, .. } = &events[0] else {
        panic!("{events:?}")
    };
    assert_eq!((missing, unknown), (&vec![3, 4], &vec!["province-99".to_owned()]));
    courier.stop().await;
    assert_eq!(log.state().cursors.disagreement(), None, "they agree again");
}

#[tokio::test]
async fn statement_waits_until_every_record_of_the_day_was_accepted() {
    let (deliveries, statements, destination) = receivers([]).await;
    deliveries.respond_with(Response::Status(503, "closed"));
    let log = Log::new();
    log.write_notes_at(morning(1), 3);
    log.write_notes(2);
    let courier = RunningCourier::with_destination(&log, destination);
    log.wait_for(|event| matches!(event, MessagingEvent::Stuck { .. })).await;
    assert!(statements.wait_for(0).await.is_empty(), "a day that is not there is not told");
    deliveries.respond_with(OK);
    let told = statements.wait_for(1).await;
    assert_eq!(told[0].json()["letters"], 3);
    // No record of today was sent before the statement.
    log.wait_for(reconciled).await;
    assert_eq!(seqs(&deliveries.wait_for(5).await), [1, 2, 3, 4, 5]);
    courier.stop().await;
}

#[tokio::test]
async fn kill_between_statement_and_response_repeats_the_statement() {
    let (deliveries, statements, destination) = receivers([Response::NoAnswer]).await;
    let log = Log::new();
    log.write_notes_at(morning(1), 3);
    log.write_notes(2);
    let courier = RunningCourier::with_destination(&log, destination.clone());
    statements.wait_for_received(1).await;
    courier.kill().await;
    assert!(!log.events().iter().any(reconciled));

    let courier = RunningCourier::with_destination(&log, destination.clone());
    let told = statements.wait_for(1).await;
    assert_eq!(
        (&told[0].json()["date"], &told[0].json()["letters"]),
        (&days_ago(1).to_string().into(), &3.into())
    );
    log.wait_for(reconciled).await;
    deliveries.wait_until(|arrived| seqs(arrived).contains(&5)).await;
    courier.stop().await;

    // A third start does not send the statement again.
    let courier = RunningCourier::with_destination(&log, destination);
    let last = log.write_notes(1)[0];
    deliveries.wait_until(|arrived| seqs(arrived).contains(&last)).await;
    courier.stop().await;
    assert_eq!(statements.wait_for(1).await.len(), 1);
}

#[tokio::test]
async fn kill_before_resending_lost_records_resends_them_after_restart() {
    let lost = r#"{"missing":["province-2"]}"#;
    let (deliveries, statements, destination) = receivers([Response::Status(200, lost)]).await;
    let log = Log::new();
    log.write_notes_at(morning(1), 3);
    log.write_notes(1);
    // The second attempt fails in this run.
    let courier = RunningCourier::with_destination(&log, destination.clone());
    statements.wait_for_received(1).await;
    deliveries.respond_with(Response::Close);
    log.wait_for(reconciled).await;
    courier.kill().await;
    deliveries.respond_with(OK);
    let _life = RunningCourier::with_destination(&log, destination);
    log.wait_for(|event| matches!(event, MessagingEvent::Resent { seq: 2, .. })).await;
    let arrived = deliveries.wait_for(0).await;
    assert!(seqs(&arrived).iter().filter(|seq| **seq == 2).count() >= 2);
}

#[tokio::test]
async fn failing_reconciliation_does_not_delay_records_and_is_logged() {
    let (deliveries, statements, destination) = receivers([]).await;
    statements.respond_with(Response::Status(404, "nobody here"));
    let log = Log::new();
    log.write_notes_at(morning(1), 2);
    log.write_notes(3);
    let courier = RunningCourier::with_destination(&log, destination);
    deliveries.wait_for(5).await;
    log.wait_for(|event| matches!(event, MessagingEvent::StatementFailed { .. })).await;
    assert!(log.state().cursors.disagreement().is_some_and(|text| text.contains("404")));
    statements.respond_with(Response::Status(200, ""));
    log.wait_for(reconciled).await;
    courier.stop().await;
    assert_eq!(log.state().cursors.disagreement(), None);
}

#[tokio::test]
async fn reconciliation_added_later_covers_later_records_only() {
    let (deliveries, statements, destination) = receivers([]).await;
    let log = Log::new();
    log.write_notes_at(morning(3), 4);
    let before = Destination { reconcile: None, ..destination.clone() };
    let courier = RunningCourier::with_destination(&log, before);
    deliveries.wait_for(4).await;
    // A record whose acknowledgement was not logged is sent again and is in the statement.
    log.wait_for(|event| matches!(event, MessagingEvent::Acknowledged { seq: 4.., .. })).await;
    courier.stop().await;
    // Events of the first run are of today; the log continues with them.
    let first = log.write_notes_at(morning(-1), 2)[0];
    log.write_notes_at(morning(-2), 1);
    let courier = RunningCourier::with_destination(&log, destination);
    let told = statements.wait_for(2).await;
    assert_eq!(told[0].json()["letters"], 0, "what it had before is not told: {}", told[0].body);
    let told = told[1].json();
    let first = format!("province-{first}");
    assert_eq!((&told["letters"], &told["first"]), (&2.into(), &first.into()));
    courier.stop().await;
}
