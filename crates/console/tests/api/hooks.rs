//! Partners and gateways at the door of webhooks.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::http::{StatusCode, header};
use console::{Carries, Hook, Inbound, Options, Proof, Received};
use messaging::sign::{Key, seconds};
use model::desk::{Channel, InboundMessage, SmsReceipt};

use crate::double::{Answer, Client, Engine};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn hook(carries: Carries, proof: Proof) -> Hook {
    Hook {
        carries,
        channel: Channel::Wechat,
        proof,
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

/// Three webhooks: a partner that signs, a gateway's receipts, what people answer.
pub(crate) fn hooks() -> BTreeMap<String, Hook> {
    let keys = vec![Key::new("2026", SECRET), Key::new("2027", "whsec_bmV3")];
    let token = || Proof::Token(vec![Key::token("push", "to+ken/1=")]);
    let receipts = Hook {
        items: Some("reports".to_owned()),
        fields: fields(&[("gateway_id", "msgid"), ("status", "report.state")]),
        answer: "SUCCESS".to_owned(),
        ..hook(Carries::Receipts, token())
    };
    let answers = Hook {
        channel: Channel::Sms,
        fields: fields(&[("from", "mobile"), ("text", "content"), ("at", "time")]),
        ..hook(Carries::Messages, token())
    };
    BTreeMap::from([
        ("wechat".to_owned(), hook(Carries::Messages, Proof::Signature(keys))),
        ("receipts".to_owned(), receipts),
        ("answers".to_owned(), answers),
    ])
}

/// What the partner with this key posts.
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
async fn a_signed_message_is_taken_and_named_by_its_sender() {
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
async fn the_same_message_twice_counts_once_and_is_answered_the_same() {
    let engine = Engine::new();
    for _ in 0..2 {
        let answer = post_signed(&engine, &partner(), "msg_1", BODY).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    assert_eq!(messages(&engine).len(), 1);
}

#[tokio::test]
async fn either_of_two_keys_will_do_and_no_other() {
    let engine = Engine::new();
    let new = Key::new("2027", "whsec_bmV3");
    assert_eq!(post_signed(&engine, &new, "msg_1", BODY).await.status, StatusCode::OK);
    let stranger = Key::new("2026", "whsec_c3RyYW5nZXI=");
    let answer = post_signed(&engine, &stranger, "msg_2", BODY).await;
    assert_eq!((answer.status, messages(&engine).len()), (StatusCode::UNAUTHORIZED, 1));
    assert_eq!(answer.json()["error"], "unproven");
}

#[tokio::test]
async fn what_somebody_kept_and_sends_later_is_not_believed() {
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
async fn nobody_tries_for_long() {
    let engine = Engine::new();
    let client = client(&engine);
    for _ in 0..10 {
        let answer = client.post("/hooks/answers?token=guess", BODY).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let answer = client.post("/hooks/answers?token=guess", BODY).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    // Whoever has the right one is not shut out by their neighbour.
    let body = r#"{"mobile":"13812345678","content":"5"}"#;
    let answer = client.post("/hooks/answers?token=to%2Bken/1=", body).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_name_nobody_gave_is_no_webhook() {
    let engine = Engine::new();
    assert_eq!(client(&engine).post("/hooks/nobody", BODY).await.status, StatusCode::NOT_FOUND);
    let answer = client(&engine).get("/hooks/wechat").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn receipts_come_in_bunches_under_the_gateways_own_names() {
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
async fn an_answer_by_sms_may_come_as_a_form_without_a_name() {
    let engine = Engine::new();
    let client = client(&engine).with("content-type", "application/x-www-form-urlencoded");
    let body =
        "mobile=13812345678&content=2%EF%BC%8C%E6%B2%A1%E4%BA%BA%E6%9D%A5&time=2026-11-22+16:03:12";
    // The + nobody encoded is read all the same.
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
async fn form_in_gbk_is_read_as_it_was_meant() {
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
async fn equal_words_at_another_moment_have_another_name_and_the_same_hash() {
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
async fn what_cannot_be_read_is_told_all_at_once_and_nothing_of_it_is_taken() {
    let engine = Engine::new();
    let body = r#"[{"text":"good"},{"media":["ftp://x"]},{},{"text":7,"from":["x"]}]"#;
    let answer = post_signed(&engine, &partner(), "msg_1", body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        answer.json()["what"],
        "[1].media: something is no address of the web; \
         [2].text: it says nothing; a text or media is needed"
    );
    assert!(messages(&engine).is_empty());
    let answer = post_signed(&engine, &partner(), "msg_2", "<xml/>").await;
    assert!(answer.json()["what"].as_str().unwrap().contains("the body is no JSON"));
}

#[tokio::test]
async fn several_messages_of_one_request_have_names_of_their_own() {
    let engine = Engine::new();
    let body = r#"[{"text":"a"},{"text":"b","message_id":"own"}]"#;
    post_signed(&engine, &partner(), "msg_1", body).await;
    let names: Vec<String> = messages(&engine).into_iter().map(|m| m.message_id).collect();
    assert_eq!(names, ["msg_1#0", "own"]);
}

#[tokio::test]
async fn a_body_larger_than_any_message_is_refused() {
    let engine = Engine::new();
    let body = format!(r#"{{"text":"{}"}}"#, "x".repeat(65 * 1024));
    let answer = post_signed(&engine, &partner(), "msg_1", &body).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let body = format!(r#"{{"text":"{}"}}"#, "x".repeat(20_001));
    let answer = post_signed(&engine, &partner(), "msg_1", &body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn while_nothing_can_be_put_on_record_senders_are_told_to_come_again() {
    let engine = Engine::new();
    *engine.verdict.lock().unwrap() = Received::Later("the log cannot be written".into());
    let answer = post_signed(&engine, &partner(), "msg_1", BODY).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header(header::RETRY_AFTER), "5");
    *engine.verdict.lock().unwrap() = Received::Taken;
    assert_eq!(post_signed(&engine, &partner(), "msg_1", BODY).await.status, StatusCode::OK);
}
