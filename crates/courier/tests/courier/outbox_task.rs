//! Records for a partner: in order, complete, and repeated only under the same key.

use std::collections::BTreeSet;

use model::{Seq, desk::MessagingEvent};

use crate::{
    common::{Log, RunningCourier, province},
    receiver::{Arrived, Receiver, Response},
};

const OK: Response = Response::Status(200, "ok");

/// The records that arrived. Every key belongs to its record.
fn seqs(arrived: &[Arrived]) -> Vec<Seq> {
    let seq = |one: &Arrived| {
        let envelope = one.json();
        let seq = envelope["seq"].as_u64().unwrap();
        let key = format!("province-{seq}");
        assert_eq!(envelope["key"], key.as_str());
        assert_eq!(one.header("idempotency-key"), key);
        assert_eq!(one.header("webhook-id"), key);
        seq
    };
    arrived.iter().map(seq).collect()
}

/// Each record once, in the order of first arrival.
fn first_times(arrived: &[Arrived]) -> Vec<Seq> {
    let mut seen = BTreeSet::new();
    seqs(arrived).into_iter().filter(|seq| seen.insert(*seq)).collect()
}

fn acknowledged_up_to(seq: Seq) -> impl Fn(&MessagingEvent) -> bool {
    move |event| matches!(event, MessagingEvent::Acknowledged { seq: up_to, .. } if *up_to >= seq)
}

#[tokio::test]
async fn records_arrive_in_order_and_are_acknowledged_in_the_log() {
    let receiver = Receiver::start([], OK).await;
    let log = Log::new();
    let mut notes = log.write_notes(150);
    let courier = RunningCourier::with_destination(&log, province(&receiver.url));
    receiver.wait_for(150).await;
    // Records that are added while it runs.
    notes.extend(log.write_notes(50));
    let arrived = receiver.wait_for(200).await;
    assert_eq!(seqs(&arrived), notes);
    assert_eq!(arrived[0].header("x-office"), "12345");
    log.wait_for(acknowledged_up_to(notes[199])).await;
    courier.stop().await;
    let state = log.state();
    let cursor = state.cursors.of(&"province".into()).unwrap();
    assert_eq!((cursor.done, cursor.letters), (notes[199], 200));
}

#[tokio::test]
async fn faulty_partner_gets_every_record_in_order() {
    let responses = [
        Response::Status(500, "no"),
        OK,
        Response::StoreAndClose,
        OK,
        Response::Close,
        Response::StoreAndAnswerTwice,
        Response::StoreAndTruncate,
        Response::NoAnswer,
        OK,
        Response::Status(429, "slowly"),
        Response::Status(301, "elsewhere"),
    ];
    let receiver = Receiver::start(responses, OK).await;
    let log = Log::new();
    let notes = log.write_notes(20);
    let courier = RunningCourier::with_destination(&log, province(&receiver.url));
    let arrived = receiver.wait_until(|arrived| first_times(arrived).len() == 20).await;
    assert_eq!(first_times(&arrived), notes);
    assert!(arrived.len() > 20, "what was taken unheard came twice");
    log.wait_for(acknowledged_up_to(notes[19])).await;
    courier.stop().await;
    // Duplicates have the same bytes.
    for one in &arrived {
        for other in
            arrived.iter().filter(|other| other.header("webhook-id") == one.header("webhook-id"))
        {
            assert_eq!(one.body, other.body);
        }
    }
}

#[tokio::test]
async fn repeatedly_killed_courier_loses_nothing() {
    let receiver = Receiver::start([], OK).await;
    let log = Log::new();
    let notes = log.write_notes(300);
    for deaths in 1..=10 {
        let courier = RunningCourier::with_destination(&log, province(&receiver.url));
        receiver.wait_for_received(deaths * 20).await;
        courier.kill().await;
    }
    let courier = RunningCourier::with_destination(&log, province(&receiver.url));
    let arrived = receiver.wait_until(|arrived| first_times(arrived).len() == 300).await;
    assert_eq!(first_times(&arrived), notes);
    log.wait_for(acknowledged_up_to(notes[299])).await;
    courier.stop().await;
    let state = log.state();
    let cursor = state.cursors.of(&"province".into()).unwrap();
    assert_eq!(cursor.letters, 300, "each counts once, however often it went");
}

#[tokio::test]
async fn kill_between_acceptance_and_acknowledgement_repeats_under_the_same_key() {
    let receiver = Receiver::start([], OK).await;
    let log = Log::new();
    let notes = log.write_notes(1);
    let courier = RunningCourier::with_destination(&log, province(&receiver.url));
    receiver.wait_for(1).await;
    // Progress is logged after a second at the earliest: the courier is killed before.
    courier.kill().await;
    assert!(!log.events().iter().any(acknowledged_up_to(1)));
    let _life = RunningCourier::with_destination(&log, province(&receiver.url));
    let arrived = receiver.wait_for(2).await;
    assert_eq!(seqs(&arrived), [notes[0], notes[0]]);
    assert_eq!(arrived[0].body, arrived[1].body);
}

#[tokio::test]
async fn new_destination_begins_with_the_next_record() {
    let receiver = Receiver::start([], OK).await;
    let log = Log::new();
    log.write_notes(5);
    let mut destination = province(&receiver.url);
    destination.from_first = false;
    let courier = RunningCourier::with_destination(&log, destination.clone());
    log.wait_for(|event| matches!(event, MessagingEvent::DestinationOpened { after: 5, .. })).await;
    // Records added while it was down follow.
    courier.kill().await;
    let notes = log.write_notes(3);
    let _life = RunningCourier::with_destination(&log, destination);
    assert_eq!(seqs(&receiver.wait_for(3).await), notes);
}

#[tokio::test]
async fn only_configured_kinds_are_sent() {
    let receiver = Receiver::start([], OK).await;
    let log = Log::new();
    log.write_notes(3);
    let form = log.write_form("王某");
    log.write_notes(3);
    let last = log.write_form("李某");
    let mut destination = province(&receiver.url);
    destination.events = ["ticket.written".to_owned()].into();
    let _life = RunningCourier::with_destination(&log, destination);
    let arrived = receiver.wait_for(2).await;
    assert_eq!(seqs(&arrived), [form, last]);
    log.wait_for(acknowledged_up_to(last)).await;
}

#[tokio::test]
async fn permanently_rejected_record_is_a_dead_letter_until_resent() {
    let refusal = Response::Status(422, "no such unit");
    let receiver = Receiver::start([OK, refusal.clone(), refusal.clone(), refusal], OK).await;
    let log = Log::new();
    let notes = log.write_notes(3);
    let courier = RunningCourier::with_destination(&log, province(&receiver.url));
    assert_eq!(seqs(&receiver.wait_for(2).await), [notes[0], notes[2]]);
    let events = log.wait_for(|event| matches!(event, MessagingEvent::DeadLettered { .. })).await;
    let dead = events.iter().find(|event| matches!(event, MessagingEvent::DeadLettered { .. }));
    assert_eq!(
        dead,
        Some(&MessagingEvent::DeadLettered {
            destination: "province".into(),
            seq: notes[1],
            status: 422,
            why: "no such unit".into(),
        })
    );
    let again = log.state().cursors.resend(&"province".into(), notes[1]).unwrap();
    log.write(model::desk::DeskEvent::Messaging(again));
    assert_eq!(seqs(&receiver.wait_for(3).await)[2], notes[1]);
    log.wait_for(|event| matches!(event, MessagingEvent::Resent { .. })).await;
    courier.stop().await;
    assert!(log.state().cursors.of(&"province".into()).unwrap().dead.is_empty());
}

#[tokio::test]
async fn long_outage_is_logged_with_its_end() {
    let receiver = Receiver::start([], Response::Status(503, "closed")).await;
    let log = Log::new();
    let notes = log.write_notes(3);
    let courier = RunningCourier::with_destination(&log, province(&receiver.url));
    let stuck = |event: &MessagingEvent| matches!(event, MessagingEvent::Stuck { why, .. } if why.contains("503 closed"));
    log.wait_for(stuck).await;
    receiver.respond_with(OK);
    assert_eq!(seqs(&receiver.wait_for(3).await), notes);
    log.wait_for(|event| matches!(event, MessagingEvent::Resumed { .. })).await;
    courier.stop().await;
}

#[tokio::test]
async fn unreachable_partner_is_waited_for() {
    let log = Log::new();
    log.write_notes(1);
    // Nothing listens on port 1.
    let courier = RunningCourier::with_destination(&log, province("http://127.0.0.1:1/in"));
    let events = log.wait_for(|event| matches!(event, MessagingEvent::Stuck { .. })).await;
    let Some(MessagingEvent::Stuck { why, .. }) = events.last() else { panic!("{events:?}") };
    assert!(why.contains("refused"), "{why}");
    courier.stop().await;
}

#[tokio::test]
async fn dead_letter_survives_failed_log_writes() {
    let refusal = Response::Status(422, "no");
    let receiver = Receiver::start([refusal.clone(), refusal.clone(), refusal], OK).await;
    let log = Log::new();
    log.write_notes(2);
    *log.broken.lock().unwrap() = 5;
    let courier = RunningCourier::with_destination(&log, province(&receiver.url));
    log.wait_for(|event| matches!(event, MessagingEvent::DeadLettered { .. })).await;
    receiver.wait_for(1).await;
    courier.stop().await;
}
