//! Records on their way to a province: in order, nothing lost, twice only under the same key.

use std::collections::BTreeSet;

use model::{Seq, desk::MessagingEvent};

use crate::{
    house::{Life, Log, province},
    receiver::{Arrived, Mood, Receiver},
};

const OK: Mood = Mood::Says(200, "ok");

/// What arrived, as records. Every key is its record's own.
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

/// Each once, in the order in which each came first.
fn first_times(arrived: &[Arrived]) -> Vec<Seq> {
    let mut seen = BTreeSet::new();
    seqs(arrived).into_iter().filter(|seq| seen.insert(*seq)).collect()
}

fn acknowledged_up_to(seq: Seq) -> impl Fn(&MessagingEvent) -> bool {
    move |event| matches!(event, MessagingEvent::Acknowledged { seq: up_to, .. } if *up_to >= seq)
}

#[tokio::test]
async fn records_arrive_in_order_and_what_arrived_goes_on_record() {
    let receiver = Receiver::start([], OK).await;
    let log = Log::new();
    let mut notes = log.write_notes(150);
    let life = Life::with_destination(&log, province(&receiver.url));
    receiver.wait_for(150).await;
    // And what happens while it runs.
    notes.extend(log.write_notes(50));
    let arrived = receiver.wait_for(200).await;
    assert_eq!(seqs(&arrived), notes);
    assert_eq!(arrived[0].header("x-office"), "12345");
    log.wait_for(acknowledged_up_to(notes[199])).await;
    life.stop().await;
    let mailroom = log.mailroom();
    let cursor = mailroom.cursors.of(&"province".into()).unwrap();
    assert_eq!((cursor.done, cursor.letters), (notes[199], 200));
}

#[tokio::test]
async fn a_far_end_in_every_bad_mood_gets_everything_in_order() {
    let moods = [
        Mood::Says(500, "no"),
        OK,
        Mood::TakesAndHangsUp,
        OK,
        Mood::HangsUp,
        Mood::TakesAndSaysItTwice,
        Mood::TakesAndBreaksOff,
        Mood::Hangs,
        OK,
        Mood::Says(429, "slowly"),
        Mood::Says(301, "elsewhere"),
    ];
    let receiver = Receiver::start(moods, OK).await;
    let log = Log::new();
    let notes = log.write_notes(20);
    let life = Life::with_destination(&log, province(&receiver.url));
    let arrived = receiver.wait_until(|arrived| first_times(arrived).len() == 20).await;
    assert_eq!(first_times(&arrived), notes);
    assert!(arrived.len() > 20, "what was taken unheard came twice");
    log.wait_for(acknowledged_up_to(notes[19])).await;
    life.stop().await;
    // Duplicates are the same to the byte.
    for one in &arrived {
        for other in
            arrived.iter().filter(|other| other.header("webhook-id") == one.header("webhook-id"))
        {
            assert_eq!(one.body, other.body);
        }
    }
}

#[tokio::test]
async fn a_courier_that_dies_again_and_again_loses_nothing() {
    let receiver = Receiver::start([], OK).await;
    let log = Log::new();
    let notes = log.write_notes(300);
    for deaths in 1..=10 {
        let life = Life::with_destination(&log, province(&receiver.url));
        receiver.wait_for_asked(deaths * 20).await;
        life.die().await;
    }
    let life = Life::with_destination(&log, province(&receiver.url));
    let arrived = receiver.wait_until(|arrived| first_times(arrived).len() == 300).await;
    assert_eq!(first_times(&arrived), notes);
    log.wait_for(acknowledged_up_to(notes[299])).await;
    life.stop().await;
    let mailroom = log.mailroom();
    let cursor = mailroom.cursors.of(&"province".into()).unwrap();
    assert_eq!(cursor.letters, 300, "each counts once, however often it went");
}

#[tokio::test]
async fn a_death_between_the_far_ends_yes_and_the_record_of_it_sends_once_more_under_the_same_key()
{
    let receiver = Receiver::start([], OK).await;
    let log = Log::new();
    let notes = log.write_notes(1);
    let life = Life::with_destination(&log, province(&receiver.url));
    receiver.wait_for(1).await;
    // It goes on record a second after at the earliest: we die before.
    life.die().await;
    assert!(!log.events().iter().any(acknowledged_up_to(1)));
    let _life = Life::with_destination(&log, province(&receiver.url));
    let arrived = receiver.wait_for(2).await;
    assert_eq!(seqs(&arrived), [notes[0], notes[0]]);
    assert_eq!(arrived[0].body, arrived[1].body);
}

#[tokio::test]
async fn a_new_destination_begins_with_what_happens_from_now_on() {
    let receiver = Receiver::start([], OK).await;
    let log = Log::new();
    log.write_notes(5);
    let mut destination = province(&receiver.url);
    destination.from_first = false;
    let life = Life::with_destination(&log, destination.clone());
    log.wait_for(|event| matches!(event, MessagingEvent::DestinationOpened { after: 5, .. })).await;
    // Dead before anything happened: what happens while it is dead is its own.
    life.die().await;
    let notes = log.write_notes(3);
    let _life = Life::with_destination(&log, destination);
    assert_eq!(seqs(&receiver.wait_for(3).await), notes);
}

#[tokio::test]
async fn only_chosen_kinds_go() {
    let receiver = Receiver::start([], OK).await;
    let log = Log::new();
    log.write_notes(3);
    let form = log.write_form("王某");
    log.write_notes(3);
    let last = log.write_form("李某");
    let mut destination = province(&receiver.url);
    destination.events = ["ticket.written".to_owned()].into();
    let _life = Life::with_destination(&log, destination);
    let arrived = receiver.wait_for(2).await;
    assert_eq!(seqs(&arrived), [form, last]);
    log.wait_for(acknowledged_up_to(last)).await;
}

#[tokio::test]
async fn what_is_refused_for_good_is_a_dead_letter_and_goes_when_somebody_says_so() {
    let refusal = Mood::Says(422, "no such unit");
    let receiver = Receiver::start([OK, refusal.clone(), refusal.clone(), refusal], OK).await;
    let log = Log::new();
    let notes = log.write_notes(3);
    let life = Life::with_destination(&log, province(&receiver.url));
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
    let again = log.mailroom().cursors.resend(&"province".into(), notes[1]).unwrap();
    log.write(model::desk::DeskEvent::Messaging(again));
    assert_eq!(seqs(&receiver.wait_for(3).await)[2], notes[1]);
    log.wait_for(|event| matches!(event, MessagingEvent::Resent { .. })).await;
    life.stop().await;
    assert!(log.mailroom().cursors.of(&"province".into()).unwrap().dead.is_empty());
}

#[tokio::test]
async fn a_long_outage_is_on_record_and_over_when_it_is_over() {
    let receiver = Receiver::start([], Mood::Says(503, "closed")).await;
    let log = Log::new();
    let notes = log.write_notes(3);
    let life = Life::with_destination(&log, province(&receiver.url));
    let stuck = |event: &MessagingEvent| matches!(event, MessagingEvent::Stuck { why, .. } if why.contains("503 closed"));
    log.wait_for(stuck).await;
    receiver.be(OK);
    assert_eq!(seqs(&receiver.wait_for(3).await), notes);
    log.wait_for(|event| matches!(event, MessagingEvent::Resumed { .. })).await;
    life.stop().await;
}

#[tokio::test]
async fn where_nobody_listens_it_waits() {
    let log = Log::new();
    log.write_notes(1);
    // Port 1 of this machine: nobody is there.
    let life = Life::with_destination(&log, province("http://127.0.0.1:1/in"));
    let events = log.wait_for(|event| matches!(event, MessagingEvent::Stuck { .. })).await;
    let Some(MessagingEvent::Stuck { why, .. }) = events.last() else { panic!("{events:?}") };
    assert!(why.contains("refused"), "{why}");
    life.stop().await;
}

#[tokio::test]
async fn a_log_that_cannot_be_written_loses_no_dead_letter() {
    let refusal = Mood::Says(422, "no");
    let receiver = Receiver::start([refusal.clone(), refusal.clone(), refusal], OK).await;
    let log = Log::new();
    log.write_notes(2);
    *log.broken.lock().unwrap() = 5;
    let life = Life::with_destination(&log, province(&receiver.url));
    log.wait_for(|event| matches!(event, MessagingEvent::DeadLettered { .. })).await;
    receiver.wait_for(1).await;
    life.stop().await;
}
