//! Webhooks of partners and SMS gateways.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::http::{StatusCode, header};
use console::{Hook, HookAuth, HookContent, Inbound, InboundOutcome, Options};
use messaging::sign::{Key, seconds};
use model::desk::{Channel, InboundMessage, SmsReceipt};

use crate::engine::{Answer, Client, Engine};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn hook(content: HookContent, auth: HookAuth) -> Hook {
    Hook {
        content,
        channel: Channel::Wechat,
        auth,
        items: None,
        fields: BTreeMap::new(),
        delivered: vec!["DELIVRD".to_owned()],
        answer: "{\"taken\":true}".to_owned(),
    }
}

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned())).collect()
}

fn client(engine: &Arc<Engine>) -> Client {
    Client::with_options(engine, Options { hooks: hooks(), ..Options::default() })
}

/// Three webhooks: a partner that signs, receipts of a gateway, and answers by SMS.
pub(crate) fn hooks() -> BTreeMap<String, Hook> {
    let keys = vec![Key::new("2026", SECRET), Key::new("2027", "whsec_bmV3")];
    let token = || HookAuth::Token(vec![Key::token("push", "to+ken/1=")]);
    let receipts = Hook {
        items: Some("reports".to_owned()),
        fields: fields(&[("gateway_id", "msgid"), ("status", "report.state")]),
        answer: "SUCCESS".to_owned(),
        ..hook(HookContent::Receipts, token())
    };
    let answers = Hook {
        channel: Channel::Sms,
        fields: fields(&[("from", "mobile"), ("text", "content"), ("at", "time")]),
        ..hook(HookContent::Messages, token())
    };
    BTreeMap::from([
        ("wechat".to_owned(), hook(HookContent::Messages, HookAuth::Signature(keys))),
        ("receipts".to_owned(), receipts),
        ("answers".to_owned(), answers),
    ])
}

/// Posts a body signed with this key.
async fn post_signed(engine: &Arc<Engine>, key: &Key, id: &str, body: &str) -> Answer {
    let now = *engine.now.lock().unwrap();
    let client = client(engine)
        .with("webhook-id", id)
        .with("webhook-timestamp", &seconds(now).to_string())
        .with("webhook-signature", &key.sign(id, now, body.as_bytes()));
    client.post("/hooks/wechat", body).await
}

fn partner() -> Key {
    Key::new("2026", SECRET)
}

fn messages(engine: &Engine) -> Vec<InboundMessage> {
    let received = engine.received.lock().unwrap();
    let message = |inbound: &Inbound| match inbound {
        Inbound::Message(message) => Some(message.clone()),
        Inbound::Receipt(_) => None,
    };
    received.iter().filter_map(message).collect()
}

const BODY: &str =
    r#"{"from":"openid-1","text":"我家停电","at":1795334592,"media":["https://m.example/1.jpg"]}"#;

#[tokio::test]
async fn signed_message_is_recorded_under_its_senders_name() {
    let engine = Engine::new();
    let answer = post_signed(&engine, &partner(), "msg_1", BODY).await;
    assert_eq!((answer.status, answer.json()["taken"].clone()), (StatusCode::OK, true.into()));
    let [message] = &messages(&engine)[..] else { panic!("one message") };
    assert_eq!((message.hook.as_str(), message.message_id.as_str()), ("wechat", "msg_1"));
    assert_eq!((message.channel, message.from.reveal()), (Channel::Wechat, "openid-1"));
    assert_eq!((message.text.reveal(), message.at.micros()), ("我家停电", 1_795_334_592_000_000));
    assert_eq!(message.media, ["https://m.example/1.jpg"]);
}

#[tokio::test]
async fn repeated_message_is_recorded_once_and_answered_the_same() {
    let engine = Engine::new();
    for _ in 0..2 {
        let answer = post_signed(&engine, &partner(), "msg_1", BODY).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    assert_eq!(messages(&engine).len(), 1);
}

#[tokio::test]
async fn each_configured_key_is_accepted_and_no_other() {
    let engine = Engine::new();
    let new = Key::new("2027", "whsec_bmV3");
    assert_eq!(post_signed(&engine, &new, "msg_1", BODY).await.status, StatusCode::OK);
    let stranger = Key::new("2026", "whsec_c3RyYW5nZXI=");
    let answer = post_signed(&engine, &stranger, "msg_2", BODY).await;
    assert_eq!((answer.status, messages(&engine).len()), (StatusCode::UNAUTHORIZED, 1));
    assert_eq!(answer.json()["code"], "unproven");
}

#[tokio::test]
async fn signature_older_than_five_minutes_is_refused() {
    let engine = Engine::new();
    let then = *engine.now.lock().unwrap();
    let client = client(&engine)
        .with("webhook-id", "msg_1")
        .with("webhook-timestamp", &seconds(then).to_string())
        .with("webhook-signature", &partner().sign("msg_1", then, BODY.as_bytes()));
    engine.wait(Duration::from_secs(301));
    let answer = client.post("/hooks/wechat", BODY).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(client.post("/hooks/wechat", "").await.status, StatusCode::UNAUTHORIZED);
    assert!(messages(&engine).is_empty());
}

#[tokio::test]
async fn wrong_tokens_are_limited_and_the_right_one_is_still_accepted() {
    let engine = Engine::new();
    let client = client(&engine);
    for _ in 0..10 {
        let answer = client.post("/hooks/answers?token=guess", BODY).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let answer = client.post("/hooks/answers?token=guess", BODY).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    // The right token is accepted from the same address.
    let body = r#"{"mobile":"13812345678","content":"5"}"#;
    let answer = client.post("/hooks/answers?token=to%2Bken/1=", body).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn unknown_webhook_is_not_found() {
    let engine = Engine::new();
    assert_eq!(client(&engine).post("/hooks/nobody", BODY).await.status, StatusCode::NOT_FOUND);
    let answer = client(&engine).get("/hooks/wechat").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn receipts_in_one_body_are_read_under_the_gateways_names() {
    let engine = Engine::new();
    let body = r#"{"reports":[
        {"msgid":7,"report":{"state":"DELIVRD"}},{"msgid":"8","report":{"state":"UNDELIV"}}]}"#;
    let client = client(&engine).with("authorization", "Bearer to+ken/1=");
    let answer = client.post("/hooks/receipts", body).await;
    assert_eq!((answer.status, answer.body.as_slice()), (StatusCode::OK, b"SUCCESS".as_slice()));
    assert_eq!(answer.header(header::CONTENT_TYPE), "text/plain; charset=utf-8");
    let receipt = |gateway_id: &str, delivered, status: &str| {
        let (gateway_id, status) = (gateway_id.to_owned(), status.to_owned());
        Inbound::Receipt(SmsReceipt { gateway_id, delivered, status })
    };
    assert_eq!(
        *engine.received.lock().unwrap(),
        [receipt("7", true, "DELIVRD"), receipt("8", false, "UNDELIV")]
    );
}

#[tokio::test]
async fn form_without_a_message_name_gets_one() {
    let engine = Engine::new();
    let client = client(&engine).with("content-type", "application/x-www-form-urlencoded");
    let body =
        "mobile=13812345678&content=2%EF%BC%8C%E6%B2%A1%E4%BA%BA%E6%9D%A5&time=2026-11-22+16:03:12";
    // A + that was not encoded is accepted.
    for _ in 0..2 {
        let answer = client.post("/hooks/answers?token=to+ken/1=", body).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    let [message] = &messages(&engine)[..] else { panic!("one message") };
    assert_eq!((message.channel, message.from.reveal()), (Channel::Sms, "13812345678"));
    assert_eq!((message.text.reveal(), message.at.micros()), ("2，没人来", 1_795_334_592_000_000));
    let content = message.content_sha256.as_deref().expect("a hash of its content");
    let now = engine.now.lock().unwrap().micros();
    assert_eq!((content.len(), &message.message_id), (64, &format!("{content}-{now}")));
}

#[tokio::test]
async fn form_in_gbk_is_read() {
    let engine = Engine::new();
    let client = client(&engine).with("content-type", "application/x-www-form-urlencoded");
    let body = "mobile=13812345678&content=%C2%B7%B5%C6%B2%BB%C1%C1";
    let path = "/hooks/answers?token=to%2Bken/1=";
    let answer = client.post(path, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    let [message] = &messages(&engine)[..] else { panic!("one message") };
    assert_eq!(message.text.reveal(), "路灯不亮");
    let answer = client.post(path, "mobile=13812345678&content=%FF%FF").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn same_text_at_another_time_has_another_name_and_the_same_hash() {
    let engine = Engine::new();
    let client = client(&engine);
    for _ in 0..2 {
        let body = r#"{"mobile":"13812345678","content":"5"}"#;
        let answer = client.post("/hooks/answers?token=to%2Bken/1=", body).await;
        assert_eq!(answer.status, StatusCode::OK);
        engine.wait(Duration::from_secs(86_400));
    }
    let [first, second] = &messages(&engine)[..] else { panic!("two messages") };
    assert_ne!(first.message_id, second.message_id);
    assert_eq!(first.content_sha256, second.content_sha256);
}

#[tokio::test]
async fn invalid_body_is_refused_whole_with_all_its_faults() {
    let engine = Engine::new();
    let body = r#"[{"text":"good"},{"media":["ftp://x"]},{},{"text":7,"from":["x"]}]"#;
    let answer = post_signed(&engine, &partner(), "msg_1", body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        answer.json()["detail"],
        "[1].media: holds something that is not a web address; \
         [2].text: is empty; a text or media is needed"
    );
    assert!(messages(&engine).is_empty());
    let answer = post_signed(&engine, &partner(), "msg_2", "<xml/>").await;
    assert!(answer.json()["detail"].as_str().unwrap().contains("the body is not JSON"));
}

#[tokio::test]
async fn messages_of_one_request_have_different_names() {
    let engine = Engine::new();
    let body = r#"[{"text":"a"},{"text":"b","message_id":"own"}]"#;
    post_signed(&engine, &partner(), "msg_1", body).await;
    let names: Vec<String> = messages(&engine).into_iter().map(|m| m.message_id).collect();
    assert_eq!(names, ["msg_1#0", "own"]);
}

#[tokio::test]
async fn body_larger_than_any_message_is_refused() {
    let engine = Engine::new();
    let body = format!(r#"{{"text":"{}"}}"#, "x".repeat(65 * 1024));
    let answer = post_signed(&engine, &partner(), "msg_1", &body).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let body = format!(r#"{{"text":"{}"}}"#, "x".repeat(20_001));
    let answer = post_signed(&engine, &partner(), "msg_1", &body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn sender_is_told_to_retry_while_the_log_cannot_be_written() {
    let engine = Engine::new();
    *engine.inbound_outcome.lock().unwrap() =
        InboundOutcome::Unavailable("the log cannot be written".into());
    let answer = post_signed(&engine, &partner(), "msg_1", BODY).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header(header::RETRY_AFTER), "5");
    *engine.inbound_outcome.lock().unwrap() = InboundOutcome::Recorded;
    assert_eq!(post_signed(&engine, &partner(), "msg_1", BODY).await.status, StatusCode::OK);
}
