//! SMS through a test gateway.

use messaging::SmsState;
use model::{
    Number,
    desk::{DeskEvent, MessagingEvent, Private, SmsId, SmsOrder},
};

use crate::{
    common::{Log, RunningCourier, gateway},
    receiver::{Receiver, Response},
};

const TAKEN: Response = Response::Status(200, r#"{"code":0,"data":{"id":"g-1"}}"#);

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
async fn sms_reaches_the_gateway_and_its_id_is_logged() {
    let receiver = Receiver::start([], TAKEN).await;
    let log = Log::new();
    let _life = RunningCourier::with_gateway(&log, gateway(&receiver.url));
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
async fn result_code_decides_when_the_gateway_always_answers_200() {
    let responses = [
        Response::Status(200, r#"{"code":9,"msg":"busy"}"#),
        Response::Status(200, "<html>maintenance</html>"),
        Response::Status(502, ""),
        Response::NoAnswer,
    ];
    let receiver = Receiver::start(responses, TAKEN).await;
    let log = Log::new();
    let _life = RunningCourier::with_gateway(&log, gateway(&receiver.url));
    log.write(order("hello"));
    receiver.wait_for_received(5).await;
    log.wait_for(handed).await;
}

#[tokio::test]
async fn gateway_response_is_logged_without_control_characters() {
    let why = why_it_failed(Response::Status(422, "bad\u{b}number\u{202e}")).await;
    assert!(why.ends_with("bad number"), "{why:?}");
}

#[tokio::test]
async fn number_rejected_by_the_gateway_is_given_up_and_logged() {
    let why = why_it_failed(Response::Status(200, r#"{"code":7,"msg":"bad number"}"#)).await;
    assert!(why.contains("bad number"), "{why:?}");
}

/// The logged reason why an SMS failed at a gateway that behaves like this.
async fn why_it_failed(response: Response) -> String {
    let receiver = Receiver::start([], response).await;
    let log = Log::new();
    let _life = RunningCourier::with_gateway(&log, gateway(&receiver.url));
    let seq = log.write(order("hello"));
    log.wait_for(|event| matches!(event, MessagingEvent::SmsFailed { .. })).await;
    match &log.state().texts.of(SmsId(seq)).unwrap().state {
        SmsState::Failed { why, .. } => why.clone(),
        other => panic!("it did not fail: {other:?}"),
    }
}

#[tokio::test]
async fn kill_before_logging_repeats_the_sms_under_the_same_key() {
    let receiver = Receiver::start([Response::StoreAndClose], TAKEN).await;
    let log = Log::new();
    let courier = RunningCourier::with_gateway(&log, gateway(&receiver.url));
    log.write(order("hello"));
    receiver.wait_for(1).await;
    courier.kill().await;
    let _life = RunningCourier::with_gateway(&log, gateway(&receiver.url));
    let arrived = receiver.wait_for(2).await;
    assert_eq!(arrived[0].body, arrived[1].body);
    log.wait_for(handed).await;
}
