//! A province that compares day by day what it was sent, and has lost some of it (INT-01).

use courier::{Destination, Reconcile};
use messaging::sign::{Claim, Key, verify};
use model::{Date, Seq, Timestamp, Zone, desk::MessagingEvent};

use crate::{
    house::{Life, Log, SECRET, clock, province},
    receiver::{Arrived, Mood, Receiver},
};

const OK: Mood = Mood::Says(200, "ok");

/// A province and the office in it that compares.
async fn offices(moods: impl IntoIterator<Item = Mood>) -> (Receiver, Receiver, Destination) {
    let letters = Receiver::start([], OK).await;
    let compares = Receiver::start(moods, Mood::Says(204, "")).await;
    let mut destination = province(&letters.url);
    let url = compares.url.parse().unwrap();
    destination.reconcile = Some(Reconcile { url, zone: Zone::CHINA });
    (letters, compares, destination)
}

fn days_ago(days: i64) -> Date {
    Zone::CHINA.date(clock()).plus(-days)
}

/// The morning of so many days ago.
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
async fn two_letters_it_lost_go_again_and_the_next_statement_is_clean() {
    let lost = r#"{"missing":["province-3","province-4"],"unknown":["province-99"]}"#;
    let (letters, compares, destination) = offices([Mood::Says(200, lost)]).await;
    let log = Log::new();
    log.write_notes_at(morning(2), 5);
    log.write_notes_at(morning(1), 2);
    let life = Life::with_destination(&log, destination);
    let told = compares.wait_for(2).await;

    let statement = told[0].json();
    assert_eq!(statement["date"], days_ago(2).to_string());
    assert_eq!(statement["letters"], 5);
    assert_eq!(
        (&statement["first"], &statement["last"]),
        (&"province-1".into(), &"province-5".into())
    );
    assert_eq!(told[0].header("webhook-id"), statement["key"]);
    let claim = Claim {
        message_id: told[0].header("webhook-id"),
        timestamp: told[0].header("webhook-timestamp"),
        signatures: told[0].header("webhook-signature"),
    };
    let keys = [Key::new("province", SECRET)];
    assert_eq!(verify(clock(), &keys, claim, told[0].body.as_bytes()), Ok("province"));

    // What it lost came again behind the day, and before the next one's statement.
    let arrived = letters.wait_for(9).await;
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
    life.stop().await;
    assert_eq!(log.mailroom().cursors.disagreement(), None, "they agree again");
}

#[tokio::test]
async fn an_outage_over_midnight_is_told_when_everything_of_the_day_was_taken() {
    let (letters, compares, destination) = offices([]).await;
    letters.be(Mood::Says(503, "closed"));
    let log = Log::new();
    log.write_notes_at(morning(1), 3);
    log.write_notes(2);
    let life = Life::with_destination(&log, destination);
    log.wait_for(|event| matches!(event, MessagingEvent::Stuck { .. })).await;
    assert!(compares.wait_for(0).await.is_empty(), "a day that is not there is not told");
    letters.be(OK);
    let told = compares.wait_for(1).await;
    assert_eq!(told[0].json()["letters"], 3);
    // Not one of today's had gone before it.
    log.wait_for(reconciled).await;
    assert_eq!(seqs(&letters.wait_for(5).await), [1, 2, 3, 4, 5]);
    life.stop().await;
}

#[tokio::test]
async fn a_death_between_the_statement_and_its_answer_tells_the_same_day_again() {
    let (letters, compares, destination) = offices([Mood::Hangs]).await;
    let log = Log::new();
    log.write_notes_at(morning(1), 3);
    log.write_notes(2);
    let life = Life::with_destination(&log, destination.clone());
    compares.wait_for_asked(1).await;
    life.die().await;
    assert!(!log.events().iter().any(reconciled));

    let life = Life::with_destination(&log, destination.clone());
    let told = compares.wait_for(1).await;
    assert_eq!(
        (&told[0].json()["date"], &told[0].json()["letters"]),
        (&days_ago(1).to_string().into(), &3.into())
    );
    log.wait_for(reconciled).await;
    letters.wait_until(|arrived| seqs(arrived).contains(&5)).await;
    life.stop().await;

    // And a third life does not tell it once more.
    let life = Life::with_destination(&log, destination);
    let last = log.write_notes(1)[0];
    letters.wait_until(|arrived| seqs(arrived).contains(&last)).await;
    life.stop().await;
    assert_eq!(compares.wait_for(1).await.len(), 1);
}

#[tokio::test]
async fn a_death_before_the_lost_letters_went_again_sends_them_in_the_next_life() {
    let lost = r#"{"missing":["province-2"]}"#;
    let (letters, compares, destination) = offices([Mood::Says(200, lost)]).await;
    let log = Log::new();
    log.write_notes_at(morning(1), 3);
    log.write_notes(1);
    // The letter's second way leads nowhere in this life.
    let life = Life::with_destination(&log, destination.clone());
    compares.wait_for_asked(1).await;
    letters.be(Mood::HangsUp);
    log.wait_for(reconciled).await;
    life.die().await;
    letters.be(OK);
    let _life = Life::with_destination(&log, destination);
    log.wait_for(|event| matches!(event, MessagingEvent::Resent { seq: 2, .. })).await;
    let arrived = letters.wait_for(0).await;
    assert!(seqs(&arrived).iter().filter(|seq| **seq == 2).count() >= 2);
}

#[tokio::test]
async fn an_office_that_cannot_compare_holds_no_letter_up_and_is_on_record() {
    let (letters, compares, destination) = offices([]).await;
    compares.be(Mood::Says(404, "nobody here"));
    let log = Log::new();
    log.write_notes_at(morning(1), 2);
    log.write_notes(3);
    let life = Life::with_destination(&log, destination);
    letters.wait_for(5).await;
    log.wait_for(|event| matches!(event, MessagingEvent::StatementFailed { .. })).await;
    assert!(log.mailroom().cursors.disagreement().is_some_and(|text| text.contains("404")));
    compares.be(Mood::Says(200, ""));
    log.wait_for(reconciled).await;
    life.stop().await;
    assert_eq!(log.mailroom().cursors.disagreement(), None);
}

#[tokio::test]
async fn an_old_destination_that_begins_to_compare_is_told_of_what_comes_from_then_on() {
    let (letters, compares, destination) = offices([]).await;
    let log = Log::new();
    log.write_notes_at(morning(3), 4);
    let before = Destination { reconcile: None, ..destination.clone() };
    let life = Life::with_destination(&log, before);
    letters.wait_for(4).await;
    // A letter whose answer is not on record is sent again, and told of.
    log.wait_for(|event| matches!(event, MessagingEvent::Acknowledged { seq: 4.., .. })).await;
    life.stop().await;
    // What the first life put on record is of today; the log goes on from there.
    let first = log.write_notes_at(morning(-1), 2)[0];
    log.write_notes_at(morning(-2), 1);
    let life = Life::with_destination(&log, destination);
    let told = compares.wait_for(2).await;
    assert_eq!(told[0].json()["letters"], 0, "what it had before is not told: {}", told[0].body);
    let told = told[1].json();
    let first = format!("province-{first}");
    assert_eq!((&told["letters"], &told["first"]), (&2.into(), &first.into()));
    life.stop().await;
}
