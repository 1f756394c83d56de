//! Messages can be verified with the key.

use messaging::sign::{Key, SignatureHeaders, verify};

use crate::{
    common::{Log, RunningCourier, SECRET, clock, province},
    receiver::{Receiver, Response},
};

#[tokio::test]
async fn every_message_is_signed() {
    let receiver = Receiver::start([], Response::Status(204, "")).await;
    let log = Log::new();
    log.write_notes(1);
    let _life = RunningCourier::with_destination(&log, province(&receiver.url));
    let arrived = receiver.wait_for(1).await;
    let claim = SignatureHeaders {
        message_id: arrived[0].header("webhook-id"),
        timestamp: arrived[0].header("webhook-timestamp"),
        signatures: arrived[0].header("webhook-signature"),
    };
    assert_eq!(arrived[0].header("webhook-key"), "province");
    let keys = [Key::new("ours", SECRET)];
    assert_eq!(verify(clock(), &keys, claim, arrived[0].body.as_bytes()), Ok("ours"));
}

#[test]
fn no_secret_is_printed() {
    let printed = format!("{:?}", province("http://192.0.2.1/"));
    assert!(!printed.contains("whsec") && !printed.contains("12345"), "{printed}");
    let gateway = format!("{:?}", crate::common::gateway("http://192.0.2.1/"));
    assert!(!gateway.contains("p\\\"w"), "{gateway}");
}
