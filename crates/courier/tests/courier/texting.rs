//! SMS through a gateway of ours.

use messaging::SmsState;
use model::{
    Number,
    desk::{DeskEvent, MessagingEvent, Private, SmsId, SmsOrder},
};

use crate::{
    house::{Life, Log, gateway},
    receiver::{Mood, Receiver},
};

const TAKEN: Mood = Mood::Says(200, r#"{"code":0,"data":{"id":"g-1"}}"#);

fn order(text: &str) -> DeskEvent {
    DeskEvent::Messaging(MessagingEvent::SmsOrdered(SmsOrder {
        to: Number::new("13812345678"),
        template: "eval1".into(),
        text: Private::new(text),
        ticket: None,
        urgent: false,
        assignment: None,
        asks: true,
    }))
}

fn handed(event: &MessagingEvent) -> bool {
    matches!(event, MessagingEvent::SmsHanded { .. })
}

#[tokio::test]
async fn an_sms_reaches_the_gateway_and_its_name_there_is_on_record() {
    let receiver = Receiver::start([], TAKEN).await;
    let log = Log::new();
    let _life = Life::with_gateway(&log, gateway(&receiver.url));
    let seq = log.write(order("说\"5\""));
    let arrived = receiver.wait_for(1).await;
    let key = format!("sms-{seq}");
    assert_eq!(
        arrived[0].json(),
        serde_json::json!({ "phone": "13812345678", "msg": "说\"5\"", "uid": key, "pw": "p\"w" })
    );
    assert_eq!(arrived[0].header("idempotency-key"), key);
    let events = log.wait_for(handed).await;
    let sms = SmsId(seq);
    assert_eq!(events.last(), Some(&MessagingEvent::SmsHanded { sms, gateway_id: "g-1".into() }));
}

#[tokio::test]
async fn a_gateway_that_says_200_to_everything_is_read_to_the_end() {
    let moods = [
        Mood::Says(200, r#"{"code":9,"msg":"busy"}"#),
        Mood::Says(200, "<html>maintenance</html>"),
        Mood::Says(502, ""),
        Mood::Hangs,
    ];
    let receiver = Receiver::start(moods, TAKEN).await;
    let log = Log::new();
    let _life = Life::with_gateway(&log, gateway(&receiver.url));
    log.write(order("hello"));
    receiver.wait_for_asked(5).await;
    log.wait_for(handed).await;
}

#[tokio::test]
async fn answer_of_a_gateway_is_on_record_without_control_characters() {
    let why = why_it_failed(Mood::Says(422, "bad\u{b}number\u{202e}")).await;
    assert!(why.ends_with("bad number"), "{why:?}");
}

#[tokio::test]
async fn a_number_the_gateway_refuses_is_given_up_and_said_so() {
    let why = why_it_failed(Mood::Says(200, r#"{"code":7,"msg":"bad number"}"#)).await;
    assert!(why.contains("bad number"), "{why:?}");
}

/// Why an SMS failed at a gateway of this mood, as it is on record.
async fn why_it_failed(mood: Mood) -> String {
    let receiver = Receiver::start([], mood).await;
    let log = Log::new();
    let _life = Life::with_gateway(&log, gateway(&receiver.url));
    let seq = log.write(order("hello"));
    log.wait_for(|event| matches!(event, MessagingEvent::SmsFailed { .. })).await;
    match &log.mailroom().texts.of(SmsId(seq)).unwrap().state {
        SmsState::Failed { why, .. } => why.clone(),
        other => panic!("it did not fail: {other:?}"),
    }
}

#[tokio::test]
async fn a_death_before_the_record_hands_the_sms_over_again_under_the_same_key() {
    let receiver = Receiver::start([Mood::TakesAndHangsUp], TAKEN).await;
    let log = Log::new();
    let life = Life::with_gateway(&log, gateway(&receiver.url));
    log.write(order("hello"));
    receiver.wait_for(1).await;
    life.die().await;
    let _life = Life::with_gateway(&log, gateway(&receiver.url));
    let arrived = receiver.wait_for(2).await;
    assert_eq!(arrived[0].body, arrived[1].body);
    log.wait_for(handed).await;
}
