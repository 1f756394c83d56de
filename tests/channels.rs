//! Channels and knowledge end to end: letters in, SMS out and rated, knowledge items found and counted.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;

use directory::{Table, TableText, initial_events};
use journal::Journal;
use model::{
    Event, Record, Timestamp,
    desk::{Actor, DeskEntry, DeskEvent},
};
use serde_json::{Value, json};
use support::partner::{Partner, Reaction};
use support::{Api, Engine, Installation, PATIENCE, last_word, until};

/// A hotline with an SMS gateway, its receipts and replies, and a web mailbox.
fn installation(gateway: &Partner) -> (Installation, String) {
    let installation = Installation::with_seats(1);
    let token = last_word(&installation.ok(&["secret", "make", "push"]));
    let hook = |name: &str, rest: &str| {
        format!("[[hook]]\nname = \"{name}\"\nproof = \"token\"\nsecrets = [\"push\"]\n{rest}\n")
    };
    let courier = format!(
        "[sms]\nurl = \"http://{}/send\"\ncontent = \"form\"\nbody = \"to={{to}}&text={{text}}\"\n\
         result = \"code\"\nid = \"msgId\"\nquiet_from = \"00:00\"\nquiet_until = \"00:00\"\n\n\
         {}{}{}{}",
        gateway.at,
        hook("receipts", "carries = \"receipts\"\n"),
        hook("answers", "channel = \"sms\"\n"),
        hook("letters", "channel = \"mailbox\"\n"),
        hook("upper", "channel = \"upper\"\n"),
    );
    std::fs::write(installation.path("config").join("courier.toml"), courier).unwrap();
    installation.ok(&["check", "config"]);
    (installation, token)
}

/// Creates an account and returns its API client.
fn person(
    installation: &Installation,
    engine: &Engine<'_>,
    name: &str,
    role: &str,
    unit: Option<&str>,
) -> Api {
    let mut arguments = vec!["user", "add", name, "--role", role];
    arguments.extend(unit.iter().flat_map(|unit| ["--unit", *unit]));
    if role == "sup_group" {
        arguments.extend(["--group", "first"]);
    }
    installation.ok(&arguments);
    let api = engine.api_as(Some(&installation.token(name)));
    // The engine reads a new account a moment later.
    until("the account is known", || (api.get("/api/v1/me").status == 200).then_some(()));
    api
}

/// Sends a command that must be accepted.
fn does(api: &Api, path: &str, command: &Value) -> Value {
    let answer = api.post(path, command);
    assert!((200..300).contains(&answer.status), "{path} {command}: {}", answer.text());
    answer.json()
}

fn write(engine: &Engine<'_>, token: &str, hook: &str, message: &Value) {
    let partner = engine.api_as(Some(token));
    let answer = partner.post(&format!("/hooks/{hook}"), message);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn opened(engine: &Engine<'_>, count: usize) -> Value {
    let records = engine.events.wait_for_count("a ticket is opened", count, |record| {
        record["of"]["deed"]["Ticket"][1].get("Opened").is_some()
    });
    records[count - 1]["of"]["deed"]["Ticket"][0].clone()
}

fn ticket_event(record: &Value, event: &str) -> bool {
    let done = &record["of"]["deed"]["Ticket"][1];
    done == event || done.get(event).is_some()
}

fn form() -> Value {
    json!({
        "purpose": "complaint", "topic": "010402", "title": "路灯不亮", "area": "410102",
        "confidential": false, "content": "十字路口的路灯三天不亮"
    })
}

const MOBILE: &str = "13812345678";

#[test]
fn letter_is_dispatched_answered_and_closed_by_sms_rating() {
    let gateway = Partner::start(|_| Reaction::Takes(r#"{"code":"0","msgId":"g-7"}"#));
    let (installation, token) = installation(&gateway);
    let engine = installation.start();
    let agent = person(&installation, &engine, "li", "agent", None);
    let dispatcher = person(&installation, &engine, "wang", "dispatcher", None);
    let unit = Some("410102-010");
    let liaison = person(&installation, &engine, "zhao", "liaison", unit);
    let head = person(&installation, &engine, "qian", "unit_head", unit);
    let group = person(&installation, &engine, "sun", "sup_group", None);

    let letter = json!({
        "message_id": "letter-1", "from": "web-reader", "name": "王某", "contact": MOBILE,
        "title": "路灯不亮", "text": "十字路口的路灯三天不亮"
    });
    write(&engine, &token, "letters", &letter);
    // A repetition by the sender is the same letter.
    write(&engine, &token, "letters", &letter);
    let ticket = opened(&engine, 1);
    let of_ticket = format!("/api/v1/tickets/{ticket}/events");
    let of_unit = format!("/api/v1/assignments/{ticket}-1/events");
    does(&agent, &of_ticket, &json!({"type": "register", "payload": {"form": form()}}));
    // The acknowledgement SMS has the ticket number and the query code.
    let sent = gateway.wait_for_keys(1);
    assert!(sent[0].body.contains(&ticket.to_string()), "{}", sent[0].body);
    does(&dispatcher, &of_ticket, &json!({"type": "review"}));
    does(
        &dispatcher,
        &of_ticket,
        &json!({"type": "dispatch", "payload": {
            "parts": [{"unit": "410102-010", "role": "lead", "method": "network"}],
            "supervise": "hub", "supervisor": "督办负责人", "grade": "b",
            "reason": "由社区就近处理"
        }}),
    );
    does(&liaison, &of_unit, &json!({"type": "sign", "payload": {}}));
    does(
        &liaison,
        &of_unit,
        &json!({"type": "contact", "payload": {
            "with": "王某", "purpose": "first_contact", "how": "sms", "reached": "yes",
            "text": "已联系"
        }}),
    );
    does(
        &liaison,
        &of_unit,
        &json!({"type": "draft_result", "payload": {
            "verdict": "true", "finding": "线路断开", "action": "已接通", "outcome": "solved"
        }}),
    );
    does(
        &head,
        &of_unit,
        &json!({"type": "head_sign", "payload": {
            "post": "deputy_head", "name": "单位负责人", "how": "电子签名"
        }}),
    );
    does(&group, &of_unit, &json!({"type": "sup_pass", "payload": {"substance": 5, "wording": 5}}));
    does(&group, &of_ticket, &json!({"type": "accept_result", "payload": {}}));
    does(
        &agent,
        &of_ticket,
        &json!({"type": "reply", "payload": {
            "how": "letter", "text": "路灯已修复", "reached": "yes"
        }}),
    );
    let sent = gateway.wait_for_keys(2);
    let asked = &sent[1].body;
    let fixed = "%E8%B7%AF%E7%81%AF%E5%B7%B2%E4%BF%AE%E5%A4%8D";
    assert!(asked.contains(MOBILE) && asked.contains(fixed), "{asked}");
    engine.events.wait_for_count("the gateway has both", 2, |record| {
        record["of"]["deed"]["Courier"].get("SmsHanded").is_some()
    });
    write(&engine, &token, "receipts", &json!({"gateway_id": "g-7", "status": "DELIVRD"}));
    write(
        &engine,
        &token,
        "answers",
        &json!({"message_id": "a-1", "from": "+8613812345678", "text": "5 谢谢"}),
    );
    engine.events.wait("it is closed", |record| ticket_event(record, "Satisfied"));
    let shown = engine.api.json(&format!("/api/v1/tickets/{ticket}"));
    assert_eq!(shown["state"], "closed");
    assert_eq!(shown["eval_first"]["grade"], "very_satisfied");
    let said = engine.output();
    engine.stop();
    assert!(!said.contains(MOBILE) && !said.contains("王某"), "no person is named in the journal");
    installation.ok(&["log", "verify"]);
}

#[test]
fn ordered_sms_is_sent_once_after_a_kill() {
    // The gateway takes the first one and closes the connection without an answer.
    let gateway = Partner::start(|n| match n {
        1 => Reaction::TakesUnsaid,
        2 | 3 => Reaction::Fails,
        _ => Reaction::Takes(r#"{"code":"0","msgId":"g-7"}"#),
    });
    let (installation, token) = installation(&gateway);
    let engine = installation.start();
    let agent = person(&installation, &engine, "li", "agent", None);
    write(
        &engine,
        &token,
        "letters",
        &json!({"message_id": "1", "from": MOBILE, "text": "路灯不亮"}),
    );
    let ticket = opened(&engine, 1);
    let register = json!({"type": "register", "payload": {"form": form()}});
    does(&agent, &format!("/api/v1/tickets/{ticket}/events"), &register);
    // The answer 200 means that it is ordered durably; then the power is cut.
    engine.kill();
    let engine = installation.start();
    engine.events.wait("the gateway has it", |record| {
        record["of"]["deed"]["Courier"].get("SmsHanded").is_some()
    });
    let sent = gateway.wait_for_keys(1);
    let texts: std::collections::BTreeSet<&str> =
        sent.iter().map(|taken| taken.body.as_str()).collect();
    assert_eq!(texts.len(), 1, "the same however often it went");
    engine.stop();
    let ordered = |record: &&Value| record["of"]["deed"]["Courier"].get("SmsOrdered").is_some();
    assert_eq!(installation.log().iter().filter(ordered).count(), 1);
}

#[test]
fn upper_hotline_case_opens_one_ticket_with_its_due_date() {
    let gateway = Partner::start(|_| Reaction::Takes(r#"{"code":"0"}"#));
    let (installation, token) = installation(&gateway);
    let engine = installation.start();
    let case = |message: &str, due: &str| {
        json!({
            "message_id": message, "case": "SZX-77", "due": due, "title": "小区停水",
            "purpose": "complaint", "area": "410102", "confidential": false, "text": "停水三天"
        })
    };
    write(&engine, &token, "upper", &case("m1", "2030-12-01T18:00:00+08:00"));
    let ticket = opened(&engine, 1);
    write(&engine, &token, "upper", &case("m2", "2030-12-05T18:00:00+08:00"));
    // All faults are reported at once, and nothing is imported.
    let partner = engine.api_as(Some(&token));
    let wrong = partner.post(
        "/hooks/upper",
        &json!({"message_id": "m3", "text": "字".repeat(4_001), "due": "tomorrow", "topic": "7"}),
    );
    assert_eq!(wrong.status, 422);
    for field in ["text:", "due:", "topic:"] {
        assert!(wrong.text().contains(field), "{}", wrong.text());
    }
    engine.events.wait("another day", |record| {
        let started = &record["of"]["deed"]["Ticket"][1]["ClockStarted"];
        started["allowance"]["until"] == 1_922_695_200_000_000_u64
    });
    let shown = engine.api.json(&format!("/api/v1/tickets/{ticket}"));
    assert_eq!(shown["form"]["foreign"][0]["number"], "SZX-77");
    assert_eq!(shown["state"], "registered");
    engine.stop();
    let opened = |record: &&Value| ticket_event(record, "Opened");
    assert_eq!(installation.log().iter().filter(opened).count(), 1);
}

#[test]
fn imported_knowledge_is_found_cited_and_counted() {
    let installation = Installation::with_seats(1);
    let common = concat!(env!("CARGO_MANIFEST_DIR"), "/config/knowledge/common.csv");
    let said = installation.ok(&["knowledge", "import", common]);
    assert!(said.contains("items are in the table"), "{said}");
    let engine = installation.start();
    // A running engine holds the lock of the log.
    let refused = installation.run(&["knowledge", "import", common]);
    assert_eq!(refused.status.code(), Some(64));
    let agent = person(&installation, &engine, "li", "agent", None);
    let found = until("the index is made", || {
        let answer = agent.get("/api/v1/knowledge?q=%E6%9A%96%E6%B0%94%E4%B8%8D%E7%83%AD&limit=5");
        let items = || answer.json()["items"].as_array().filter(|i| !i.is_empty()).cloned();
        (answer.status == 200).then(items).flatten()
    });
    let best = &found[0];
    let marked = best["question"].as_array().unwrap().iter().any(|piece| piece["hit"] == true);
    assert!(marked && best["uses"] == 0, "{best}");
    let id = best["id"].as_str().unwrap();

    let opening = json!({"channel": "visit", "form": {
        "purpose": "consult", "title": "暖气", "confidential": true
    }});
    let ticket = does(&agent, "/api/v1/tickets", &opening)["ticket"].clone();
    let of_ticket = format!("/api/v1/tickets/{ticket}/events");
    does(&agent, &of_ticket, &json!({"type": "register", "payload": {}}));
    let answer =
        |id: &str| json!({"type": "answer", "payload": {"answer": "先看阀门", "knowledge": id}});
    let wrong = agent.post(&of_ticket, &answer("no-such-item"));
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("knowledge"), "{}", wrong.text());
    does(&agent, &of_ticket, &answer(id));
    let shown = agent.json(&format!("/api/v1/knowledge/{id}"));
    assert_eq!(shown["uses"], 1);

    // An agent may not edit knowledge; a dispatcher may, and sees stale and missing items.
    let want = json!({"type": "want", "payload": {"question": "无人机在哪里可以飞"}});
    let gap = does(&agent, "/api/v1/knowledge/events", &want)["item"].clone();
    let retire = json!({"type": "retire", "payload": {"id": id, "reason": "另有条目"}});
    assert_eq!(agent.post("/api/v1/knowledge/events", &retire).status, 403);
    assert_eq!(agent.get("/api/v1/knowledge/upkeep").status, 403);
    let dispatcher = person(&installation, &engine, "wang", "dispatcher", None);
    does(&dispatcher, "/api/v1/knowledge/events", &retire);
    let upkeep = dispatcher.json("/api/v1/knowledge/upkeep");
    assert_eq!(upkeep["gaps"][0]["id"], gap);
    assert_eq!(upkeep["most_used"][0]["uses"], 1);
    until("a retired item is not found", || {
        let answer = agent.json("/api/v1/knowledge?q=%E6%9A%96%E6%B0%94%E4%B8%8D%E7%83%AD&limit=5");
        let there = answer["items"].as_array().unwrap().iter().any(|item| item["id"] == id);
        (!there).then_some(())
    });
    engine.stop();

    // An export imported again changes nothing.
    installation.ok(&["knowledge", "export", "items.csv"]);
    let before = installation.log().len();
    installation.ok(&["knowledge", "import", "items.csv"]);
    assert_eq!(installation.log().len(), before);
    // A damaged index is rebuilt.
    let meta = installation.path("data").join("library/meta.json");
    std::fs::write(&meta, "{}").unwrap();
    let engine = installation.start();
    let agent = engine.api_as(Some(&installation.token("li")));
    until("the index is made anew", || {
        let answer = agent.get("/api/v1/knowledge?q=%E5%85%AC%E7%A7%AF%E9%87%91");
        (answer.status == 200 && answer.text().contains("score")).then_some(())
    });
    engine.stop();
}

/// The form fields an app posts.
fn post_form(engine: &Engine<'_>, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let answer = agent.post(format!("http://{}{path}", engine.http)).send_form(fields.to_vec());
    let mut answer = answer.unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

fn post_body(engine: &Engine<'_>, path: &str, media_type: &str, body: &[u8]) -> (u16, String) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let request = agent.post(format!("http://{}{path}", engine.http));
    let mut answer = request.header("content-type", media_type).send(body).unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

/// A form with a file, as a browser sends it (RFC 7578).
fn post_with_photograph(
    engine: &Engine<'_>,
    path: &str,
    fields: &[(&str, &str)],
    photograph: &[u8],
) -> (u16, String) {
    const BOUNDARY: &str = "----a-boundary-of-the-test";
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"lamp.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(photograph);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    post_body(engine, path, &format!("multipart/form-data; boundary={BOUNDARY}"), &body)
}

/// The answer to a form of which only the key and the beginning of a photograph were sent.
fn answer_before_the_photograph(engine: &Engine<'_>, path: &str, key: Option<&str>) -> String {
    let key = key.map_or_else(String::new, |key| {
        format!("--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n{key}\r\n")
    });
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n\
         Content-Length: 10000000\r\n\r\n{key}--b\r\nContent-Disposition: form-data; \
         name=\"media\"; filename=\"lamp.jpg\"\r\n\r\nhalf"
    );
    let mut stream = TcpStream::connect(engine.http).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    // The engine closes the connection without reading the rest.
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A log with the shipped directory of units.
fn write_network(installation: &Installation) {
    let tables = settings::tables::embedded();
    let sheets: Vec<TableText<'_>> = tables
        .iter()
        .filter_map(|file| Some(TableText { table: Table::by_name(&file.name)?, text: &file.text }))
        .collect();
    let events = initial_events(&sheets).unwrap();
    let records: Vec<Record> = (1..)
        .zip(events)
        .map(|(seq, event)| {
            let entry =
                DeskEntry { by: Actor::Engine, key: None, event: DeskEvent::Directory(event) };
            let at = Timestamp::from_micros(1_795_334_592_000_000 + seq);
            Record { seq, at, event: Event::Desk(Box::new(entry)) }
        })
        .collect();
    let folder = installation.path("data").join("journal");
    let (mut journal, _) = Journal::open(&folder, journal::Options::default()).unwrap();
    journal.append(&records).unwrap();
    journal.sync().unwrap();
}

#[test]
fn open311_request_is_filed_and_its_status_read() {
    let installation = Installation::with_seats(1);
    let said = installation.ok(&["open311-key", "citizens-app"]);
    let key = last_word(&said);
    let line = said.lines().find(|line| line.starts_with("citizens-app = ")).unwrap().to_owned();
    installation.edit("heartline.toml", |text| {
        format!(
            "{text}\n[open311]\nenabled = true\njurisdiction = \"city.example\"\n\
             [open311.keys]\n{line}\n"
        )
    });
    installation.ok(&["check", "config"]);
    write_network(&installation);
    let engine = installation.start();
    let anybody = engine.api_as(None);

    // Open311 services are the topics, in both formats.
    let services = anybody.json("/open311/v2/services.json");
    let service = services.as_array().unwrap().iter().find(|s| s["service_code"] == "010402");
    assert_eq!(service.unwrap()["type"], "realtime");
    let xml = anybody.get("/open311/v2/services.xml").text();
    assert!(xml.contains("<service_code>010402</service_code>"), "{xml}");
    let definition = anybody.json("/open311/v2/services/010402.json");
    assert_eq!(definition["attributes"][0]["code"], "purpose");
    let discovery = anybody.get("/open311/v2/discovery.xml").text();
    assert!(discovery.contains("<format>text/xml</format>"), "{discovery}");

    // Errors as the specification defines them: 404, 403, 400.
    assert_eq!(anybody.get("/open311/v2/services/999999.json").status, 404);
    let other = anybody.get("/open311/v2/services.json?jurisdiction_id=elsewhere.example");
    assert_eq!(other.status, 404);
    let requests = "/open311/v2/requests.json";
    let (status, body) = post_form(&engine, requests, &[("service_code", "010402")]);
    assert_eq!((status, body.contains("api_key")), (403, true), "{body}");
    let (status, _) = post_form(&engine, requests, &[("api_key", "guess")]);
    assert_eq!(status, 403);
    let (status, body) = post_form(
        &engine,
        "/open311/v2/requests.xml",
        &[("api_key", &key), ("service_code", "010402"), ("lat", "200"), ("media_url", "x")],
    );
    assert_eq!(status, 400);
    assert_eq!(body.matches("<error>").count(), 2, "all at once: {body}");

    let report = [
        ("api_key", key.as_str()),
        ("jurisdiction_id", "city.example"),
        ("service_code", "010402"),
        ("address_string", "解放路十字路口"),
        ("description", "路灯三天不亮，我叫王某"),
        ("last_name", "王"),
        ("phone", MOBILE),
        ("attribute[purpose]", "complaint"),
        ("attribute[confidential]", "no"),
    ];
    let (status, body) = post_form(&engine, requests, &report);
    assert_eq!(status, 200, "{body}");
    let made: Value = serde_json::from_str(&body).unwrap();
    let id = made[0]["service_request_id"].as_str().unwrap().to_owned();
    let notice = made[0]["service_notice"].as_str().unwrap();
    let code: String = notice
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    assert!(notice.contains("查询码") && code.len() == 6, "{notice}");

    // Without the code the status is visible, but neither the sender nor the text.
    let one = format!("/open311/v2/requests/{id}.json");
    let shown = anybody.json(&one);
    assert_eq!(
        (&shown[0]["status"], &shown[0]["status_notes"]),
        (&json!("open"), &json!("已受理"))
    );
    for secret in ["王", MOBILE, "路灯三天不亮", "解放路"] {
        assert!(!shown.to_string().contains(secret), "{shown}");
    }
    // With the code the sender sees the text; a wrong code is refused.
    let own = anybody.json(&format!("{one}?query_code={code}"));
    assert_eq!(own[0]["description"], "路灯三天不亮，我叫王某");
    assert_eq!(anybody.get(&format!("{one}?query_code=000000x")).status, 403);
    let listed = anybody.json("/open311/v2/requests.json?service_code=010402&status=open");
    assert_eq!(listed[0]["service_request_id"], json!(id));
    assert_eq!(anybody.get("/open311/v2/requests.json?status=lost&page=0").status, 400);
    // Dates as clients write them: an unescaped plus sign arrives as a blank.
    for dates in [
        "start_date=2026-11-01T00:00:00+08:00&end_date=2026-11-30T00:00:00%2B0800",
        "start_date=2026-11-01&end_date=2026-11-30",
    ] {
        assert_eq!(anybody.get(&format!("{requests}?{dates}")).status, 200, "{dates}");
    }

    // A form with a photograph, as apps send it, and a JSON body.
    let photograph = b"\xff\xd8\xff\xe0 a street lamp at night";
    let (status, body) = post_with_photograph(&engine, requests, &report, photograph);
    assert_eq!(status, 200, "{body}");
    let made: Value = serde_json::from_str(&body).unwrap();
    let pictured = made[0]["service_request_id"].as_str().unwrap().to_owned();
    let (status, body) =
        post_with_photograph(&engine, requests, &report, b"<html><script>alert(1)</script>");
    assert_eq!((status, body.contains("lamp.jpg")), (400, true), "{body}");
    // The key is checked before the photographs are read: the answer comes before they are sent.
    for (key, said) in [(Some("guess"), "unknown"), (None, "missing")] {
        let answer = answer_before_the_photograph(&engine, requests, key);
        assert!(answer.starts_with("HTTP/1.1 403") && answer.contains(said), "{answer}");
    }
    let fields: serde_json::Map<String, Value> =
        report.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let (status, body) = post_body(
        &engine,
        requests,
        "application/json",
        Value::from(fields).to_string().as_bytes(),
    );
    assert_eq!(status, 200, "{body}");
    let (status, body) = post_body(&engine, requests, "text/plain", b"api_key=x");
    assert_eq!((status, body.contains("multipart/form-data")), (415, true), "{body}");

    // A confidential request is accepted and not visible to the public.
    let mut report = report.to_vec();
    report.pop();
    report.push(("attribute[confidential]", "yes"));
    let (_, body) = post_form(&engine, requests, &report);
    let made: Value = serde_json::from_str(&body).unwrap();
    let hidden = made[0]["service_request_id"].as_str().unwrap();
    assert_eq!(anybody.get(&format!("/open311/v2/requests/{hidden}.json")).status, 404);

    // At the desk it is an ordinary ticket.
    let agent = person(&installation, &engine, "li", "agent", None);
    let hashes = agent.json(&format!("/api/v1/tickets/{pictured}"))["form"]["attachments"].clone();
    let hash = hashes[0].as_str().unwrap();
    let taken = agent.get(&format!("/api/v1/tickets/{pictured}/attachments/{hash}"));
    assert_eq!((taken.status, taken.body.as_slice()), (200, &photograph[..]));
    let of_ticket = format!("/api/v1/tickets/{id}/events");
    let withdraw = json!({"type": "divert", "payload": {
        "target": "police", "number": "110", "connected": false
    }});
    does(&agent, &of_ticket, &withdraw);
    until("it is closed for everybody", || {
        (anybody.json(&one)[0]["status"] == "closed").then_some(())
    });
    let said = engine.output();
    engine.stop();
    assert!(!said.contains(&key) && !installation.ok(&["log", "cat"]).contains(&key));
}
