//! Keys of deliveries and SMS, and inbound messages.

use model::{
    Number, Timestamp,
    desk::{Channel, DestinationId, InboundMessage, MessageDetails, Private, SmsId},
};

#[test]
fn delivery_and_sms_keys_parse_back_to_their_records() {
    let province = DestinationId::from("province");
    assert_eq!(province.key(1_042), "province-1042");
    assert_eq!(province.seq_of("province-1042"), Some(1_042));
    for other in ["province-", "province-+7", "province-007", "city-7", "province7"] {
        assert_eq!(province.seq_of(other), None, "{other}");
    }
    assert_eq!(SmsId::of_key(&SmsId(1_042).to_string()), Some(SmsId(1_042)));
    assert_eq!(SmsId::of_key("1042"), None);
}

#[test]
fn inbound_message_prints_redacted() {
    let message = InboundMessage {
        hook: "sms".into(),
        message_id: "7".into(),
        content_sha256: None,
        channel: Channel::Sms,
        from: Number::new("13812345678"),
        to: String::new(),
        text: Private::new("我叫王某"),
        media: Vec::new(),
        at: Timestamp::default(),
        particulars: Box::new(MessageDetails {
            name: Some(Private::new("王某")),
            contact: Some(Number::new("13812345678")),
            ..MessageDetails::default()
        }),
    };
    let printed = format!("{message:?}");
    assert!(!printed.contains("王某") && !printed.contains("13812345678"), "{printed}");
}

#[test]
fn record_without_content_hash_is_read() {
    let old = r#"{"hook":"sms","message_id":"ab","channel":"sms","at":5,"text":"5"}"#;
    let message: InboundMessage = serde_json::from_str(old).unwrap();
    assert_eq!(message.content_sha256, None);
}
