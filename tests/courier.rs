//! The engine with a partner, an SMS gateway and webhooks, killed in the middle of its work.

mod support;

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use journal::Journal;
use messaging::sign::{Key, SignatureHeaders, seconds, verify};
use model::{
    Event, Number, Record, TicketId, Timestamp, Zone,
    desk::{Actor, DeskEntry, DeskEvent, MessagingEvent, Private, SmsOrder, TicketEvent},
};
use serde_json::{Value, json};
use support::partner::{Partner, Reaction, Taken};
use support::{Engine, Installation, last_word};

/// Writes a log with these desk events.
fn write_log(installation: &Installation, events: impl IntoIterator<Item = DeskEvent>) {
    let begun = now().micros() - 60_000_000;
    // The times are recent, since an SMS that is days old is not sent any more.
    write_log_at(
        installation,
        (1..).zip(events).map(|(n, event)| (Timestamp::from_micros(begun + n), event)),
    );
}

/// The same, with a time for each event.
fn write_log_at(
    installation: &Installation,
    events: impl IntoIterator<Item = (Timestamp, DeskEvent)>,
) {
    let records: Vec<Record> = (1..)
        .zip(events)
        .map(|(seq, (at, event))| {
            let entry = DeskEntry { by: Actor::Engine, key: None, event };
            Record { seq, at, event: Event::Desk(Box::new(entry)) }
        })
        .collect();
    let folder = installation.path("data").join("journal");
    let (mut journal, _) = Journal::open(&folder, journal::Options::default()).unwrap();
    journal.append(&records).unwrap();
    journal.sync().unwrap();
}

fn notes(count: usize) -> impl Iterator<Item = DeskEvent> {
    let note = |n| TicketEvent::Noted { text: format!("王某的第{n}件事") };
    (0..count).map(move |n| DeskEvent::Ticket(TicketId(2_026_112_200_017), note(n)))
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_micros(u64::try_from(since.as_micros()).unwrap())
}

fn configure(installation: &Installation, courier: &str) {
    std::fs::write(installation.path("config").join("courier.toml"), courier).unwrap();
}

/// The records the partner received, without repetitions, in the order of their first arrival.
fn first_times(taken: &[Taken]) -> Vec<u64> {
    let mut seen = BTreeSet::new();
    let seq = |taken: &Taken| {
        let seq = taken.json()["seq"].as_u64().unwrap();
        assert_eq!(taken.header("idempotency-key"), format!("province-{seq}"));
        seq
    };
    taken.iter().map(seq).filter(|seq| seen.insert(*seq)).collect()
}

fn dead_letters(engine: &Engine<'_>) -> Vec<Value> {
    let page = engine.admin.json("/api/v1/courier/province/dead");
    page["items"].as_array().cloned().expect("a page has items")
}

fn is_courier(record: &Value, event: &str) -> bool {
    record["event"] == "Desk" && record["of"]["deed"]["Courier"].get(event).is_some()
}

#[test]
fn partner_gets_every_event_in_order_despite_errors_and_a_kill() {
    const NOTES: usize = 150;
    let partner = Partner::start(|n| match n % 40 {
        13 => Reaction::Fails,
        29 => Reaction::TakesUnsaid,
        _ => Reaction::Takes("ok"),
    });
    let installation = Installation::with_seats(1);
    let secret = last_word(&installation.ok(&["secret", "make", "province"]));
    configure(
        &installation,
        &format!(
            "[[destination]]\nname = \"province\"\nurl = \"http://{}/in\"\n\
             secret = \"province\"\nfrom = \"first\"\n",
            partner.at
        ),
    );
    installation.ok(&["check", "config"]);
    write_log(&installation, notes(NOTES));

    for arrived in [30, 80] {
        let engine = installation.start();
        partner.wait_for_keys(arrived);
        engine.kill();
    }
    let engine = installation.start();
    let taken = partner.wait_for_keys(NOTES);
    engine.events.wait("everything is acknowledged", |record| {
        is_courier(record, "Acknowledged")
            && record["of"]["deed"]["Courier"]["Acknowledged"]["seq"] == NOTES
    });
    engine.stop();

    assert_eq!(first_times(&taken), (1..=NOTES as u64).collect::<Vec<_>>());
    let keys = [Key::new("province", &secret)];
    for one in &taken {
        let claim = SignatureHeaders {
            message_id: one.header("webhook-id"),
            timestamp: one.header("webhook-timestamp"),
            signatures: one.header("webhook-signature"),
        };
        assert_eq!(verify(now(), &keys, claim, one.body.as_bytes()), Ok("province"));
        assert!(!one.body.contains("王某"), "masked: {}", one.body);
        let twins = taken.iter().filter(|other| other.header("webhook-id") == claim.message_id);
        assert!(twins.into_iter().all(|twin| twin.body == one.body), "the same to the byte");
    }
    // The log has the progress of the upload, but not its signing secret.
    let log = installation.ok(&["log", "cat"]);
    assert!(!log.contains(&secret) && log.contains("Acknowledged"));
    installation.ok(&["log", "verify"]);
}

/// Accepts everything but the third to fifth request, which are attempts of one delivery.
fn dislikes_the_third(n: usize) -> Reaction {
    if (3..6).contains(&n) { Reaction::Refuses } else { Reaction::Takes("ok") }
}

#[test]
fn refused_delivery_is_listed_and_resent_by_authorized_account() {
    let partner = Partner::start(dislikes_the_third);
    let installation = Installation::with_seats(1);
    installation.ok(&["secret", "make", "province"]);
    let to = format!("url = \"http://{}/in\"", partner.at);
    configure(
        &installation,
        &format!(
            "[[destination]]\nname = \"province\"\n{to}\nsecret = \"province\"\nfrom = \"first\"\n"
        ),
    );
    installation.add_person("chen", "agent");
    let agent = installation.token("chen");
    write_log(&installation, notes(5));
    let engine = installation.start();
    engine.events.wait("it is buried", |record| is_courier(record, "DeadLettered"));
    partner.wait_for_keys(4);
    engine.events.wait("the others are acknowledged", |record| {
        record["of"]["deed"]["Courier"]["Acknowledged"]["seq"] == 5
    });

    let stands = engine.admin.json("/api/v1/courier");
    let province = &stands[0];
    assert_eq!(
        (&province["destination"], &province["carried"]),
        (&json!("province"), &json!(true))
    );
    assert_eq!((&province["dead"], &province["letters"]), (&json!(1), &json!(4)), "{stands}");
    assert_eq!(province["waiting"], json!({ "letters": 0, "more": false }));
    let dead = dead_letters(&engine);
    assert_eq!(dead.len(), 1);
    let expected = json!({
        "seq": 3, "key": "province-3", "kind": "ticket.noted", "ticket": 2_026_112_200_017u64,
        "at": dead[0]["at"], "status": 422, "why": "no such unit", "resending": false,
    });
    assert_eq!(dead[0], expected);

    let resend = json!({ "type": "resend", "payload": { "seq": 3 } });
    let events = "/api/v1/courier/province/events";
    assert_eq!(engine.api_as(Some(&agent)).post(events, &resend).status, 403);
    let response = engine.admin.post(events, &resend);
    assert_eq!(response.status, 200, "{}", response.text());
    engine.events.wait("it was taken after all", |record| is_courier(record, "Resent"));
    assert!(dead_letters(&engine).is_empty());
    // A second order finds nothing to send.
    assert_eq!(engine.admin.post(events, &resend).status, 404);
    engine.stop();
    // The account that ordered it is on record.
    let ordered = installation.log().into_iter().find(|record| is_courier(record, "ResendOrdered"));
    assert_eq!(ordered.unwrap()["of"]["by"]["person"]["role"], "admin");
}

/// Does not answer the first statement, misses two deliveries of the second, then agrees.
fn lost_two(n: usize) -> Reaction {
    match n {
        1 => Reaction::TakesAndHangs,
        2 => Reaction::Takes(r#"{"missing":["province-2","province-4"],"unknown":[]}"#),
        _ => Reaction::Takes(""),
    }
}

/// Is unavailable at first, over midnight.
fn closed_at_first(n: usize) -> Reaction {
    if n < 4 { Reaction::Fails } else { Reaction::Takes("ok") }
}

#[test]
fn daily_statement_resends_lost_deliveries() {
    let (partner, compares) = (Partner::start(closed_at_first), Partner::start(lost_two));
    let installation = Installation::with_seats(1);
    let secret = last_word(&installation.ok(&["secret", "make", "province"]));
    configure(
        &installation,
        &format!(
            "[[destination]]\nname = \"province\"\nurl = \"http://{}/in\"\n\
             secret = \"province\"\nfrom = \"first\"\nreconcile = \"http://{}/day\"\n",
            partner.at, compares.at
        ),
    );
    installation.ok(&["check", "config"]);
    let morning = |days: i64| {
        let date = Zone::CHINA.date(now()).plus(-days);
        Zone::CHINA.moment(date, 9 * 3_600)
    };
    // Five records two days ago, three the day after.
    let times = std::iter::repeat_n(morning(2), 5).chain(std::iter::repeat_n(morning(1), 3));
    write_log_at(&installation, times.zip(notes(8)));

    // The partner has the statement, and the engine is killed before it reads the answer.
    let engine = installation.start();
    compares.wait_for_keys(1);
    engine.kill();

    let engine = installation.start();
    let raised = engine.events.wait("the difference is an alarm", |record| {
        record["event"] == "AlarmRaised" && record["of"]["alarm"] == "unreconciled"
    });
    let text = raised["of"]["text"].as_str().unwrap();
    assert!(text.contains("it lacked 2 records"), "{text}");
    engine.events.wait_for_count("both were sent again", 2, |record| is_courier(record, "Resent"));
    engine.events.wait("the next statement is clean", |record| {
        record["event"] == "AlarmCleared" && record["of"]["alarm"] == "unreconciled"
    });
    let stands = engine.admin.json("/api/v1/courier");
    let last = &stands[0]["reconciled"];
    assert_eq!((&last["letters"], &last["missing"]), (&json!(3), &json!(0)), "{stands}");
    engine.stop();

    let statements = compares.wait_for_keys(2);
    assert_eq!(statements.len(), 3, "the first day twice, the second once");
    assert_eq!(statements[0].body, statements[1].body, "the same day again, to the byte");
    let first = statements[0].json();
    assert_eq!((&first["letters"], &first["last"]), (&json!(5), &json!("province-5")));
    assert_eq!(statements[2].json()["resent"], json!(["province-2", "province-4"]));
    let keys = [Key::new("province", &secret)];
    for one in &statements {
        let claim = SignatureHeaders {
            message_id: one.header("webhook-id"),
            timestamp: one.header("webhook-timestamp"),
            signatures: one.header("webhook-signature"),
        };
        assert_eq!(verify(now(), &keys, claim, one.body.as_bytes()), Ok("province"));
    }
    let taken = partner.wait_for_keys(8);
    assert_eq!(first_times(&taken), (1..=8).collect::<Vec<_>>());
    let times = |seq: u64| taken.iter().filter(|one| one.json()["seq"] == seq).count();
    assert!(times(2) >= 2 && times(4) >= 2, "what it lost came again");
}

#[test]
fn sms_reaches_the_gateway_and_its_receipt_is_recorded() {
    let gateway = Partner::start(|_| Reaction::Takes(r#"{"code":"0","msgId":"g-7"}"#));
    let installation = Installation::with_seats(1);
    let password = "a-password-of-the-gateway";
    let shown = last_word(&installation.ok(&["secret", "make", "push"]));
    set_secret(&installation, "gateway", password);
    configure(
        &installation,
        &format!(
            "[sms]\nurl = \"http://{}/send\"\nsecret = \"gateway\"\ncontent = \"form\"\n\
             body = \"pw={{secret}}&to={{to}}&text={{text}}&uid={{key}}\"\nresult = \"code\"\n\
             id = \"msgId\"\nquiet_from = \"00:00\"\nquiet_until = \"00:00\"\n\n\
             [[hook]]\nname = \"receipts\"\ncarries = \"receipts\"\nproof = \"token\"\n\
             secrets = [\"push\"]\nfields = {{ gateway_id = \"msgid\" }}\n",
            gateway.at
        ),
    );
    let order = SmsOrder {
        to: Number::new("13812345678"),
        template: "accepted".into(),
        text: Private::new("【12345】您的诉求 已受理"),
        ticket: None,
        urgent: false,
        assignment: None,
        asks: false,
    };
    write_log(&installation, [DeskEvent::Messaging(MessagingEvent::SmsOrdered(order))]);
    let engine = installation.start();
    let sent = gateway.wait_for_keys(1);
    let text = "%E3%80%9012345%E3%80%91%E6%82%A8%E7%9A%84%E8%AF%89%E6%B1%82+\
                %E5%B7%B2%E5%8F%97%E7%90%86";
    assert_eq!(sent[0].body, format!("pw={password}&to=13812345678&text={text}&uid=sms-1"));
    engine.events.wait("the gateway's name is on record", |record| {
        record["of"]["deed"]["Courier"]["SmsHanded"] == json!({ "sms": 1, "gateway_id": "g-7" })
    });

    let receipt = json!({ "msgid": "g-7", "status": "DELIVRD" });
    let nobody = engine.api_as(None);
    assert_eq!(nobody.post("/hooks/receipts?token=guess", &receipt).status, 401);
    let partner = engine.api_as(Some(&shown));
    assert_eq!(partner.post("/hooks/receipts", &receipt).status, 200);
    engine.events.wait("the receipt is on record", |record| {
        record["of"]["deed"]["Courier"]["ReceiptReceived"]["delivered"] == true
    });
    let said = engine.output();
    engine.stop();
    let log = installation.ok(&["log", "cat"]);
    for secret in [password, shown.as_str()] {
        assert!(!said.contains(secret) && !log.contains(secret), "no secret is written");
    }
    assert!(!said.contains("13812345678"), "no number is written");
}

#[test]
fn partner_message_is_recorded_once_across_a_power_cut() {
    let installation = Installation::with_seats(1);
    let secret = last_word(&installation.ok(&["secret", "make", "grid"]));
    configure(
        &installation,
        "[[hook]]\nname = \"grid\"\nchannel = \"grid\"\nsecrets = [\"grid\"]\n",
    );
    let key = Key::new("grid", &secret);
    let body = json!({ "from": "grid-7", "text": "路灯坏了" }).to_string();
    let engine = installation.start();
    assert_eq!(post_signed(&engine, &key, "event-1", &body), 200);
    assert_eq!(post_signed(&engine, &key, "event-1", &body), 200);
    // The answer 200 means that it is durable; then the power is cut.
    engine.kill();
    let engine = installation.start();
    assert_eq!(post_signed(&engine, &key, "event-1", &body), 200);
    assert_eq!(post_signed(&engine, &key, "event-2", &body), 200);
    let stranger = Key::new("grid", "whsec_c3RyYW5nZXI=");
    assert_eq!(post_signed(&engine, &stranger, "event-3", &body), 401);
    engine.stop();
    let log = installation.log();
    let received: Vec<&Value> = log
        .iter()
        .filter(|record| is_courier(record, "MessageReceived"))
        .map(|record| &record["of"]["deed"]["Courier"]["MessageReceived"]["message_id"])
        .collect();
    assert_eq!(received, ["event-1", "event-2"]);
}

#[test]
fn partner_without_secret_is_disabled_and_calls_go_on() {
    let installation = Installation::with_seats(1);
    configure(
        &installation,
        "[[destination]]\nname = \"province\"\nurl = \"http://127.0.0.1:1/\"\nsecret = \"none\"\n",
    );
    let checked = installation.run(&["check", "config"]);
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(said.contains("heartline secret make none"), "{said}");
    let engine = installation.start();
    assert!(engine.is_healthy());
    assert!(engine.output().contains("the destination province is off"), "{}", engine.output());
    engine.stop();
}

/// The gateway's password is read from standard input, where no other program can see it.
fn set_secret(installation: &Installation, name: &str, secret: &str) {
    use std::io::Write;
    let mut child = support::binary()
        .args(["secret", "set", name])
        .current_dir(installation.path(""))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{secret}").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(!String::from_utf8_lossy(&output.stdout).contains(secret));
}

fn post_signed(engine: &Engine<'_>, key: &Key, id: &str, body: &str) -> u16 {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let at = now();
    let response = agent
        .post(format!("http://{}/hooks/grid", engine.http))
        .header("webhook-id", id)
        .header("webhook-timestamp", seconds(at).to_string())
        .header("webhook-signature", key.sign(id, at, body.as_bytes()))
        .content_type("application/json")
        .send(body);
    response.unwrap().status().as_u16()
}
