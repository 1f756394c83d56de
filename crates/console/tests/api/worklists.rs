//! Work lists: what each role finds, in which order, and whose lists it may see.

use std::{fs, sync::Arc, time::Duration};

use axum::http::StatusCode;
use directory::{Directory, Table, TableText};
use model::{
    TicketId,
    desk::{
        Actor, Allowance, AssignmentEvent, AssignmentId, Callback, ClockKind, ClockTerms,
        DeskEvent, DirectoryEvent, Dispatch, DispatchMethod, DispatchPart, DispatchRole,
        Disposition, DissatisfactionEvent, FilingEvent, FilingForm, FilingId, Form, Grade,
        Instruction, MatterId, OrderEvent, OrderId, OrderLevel, OrderStep, OverdueLevel,
        TicketEvent, UnitId, Urge, UrgeChannel, UrgeSource,
    },
    event::Role,
};
use serde_json::{Value, json};
use ticketing::TicketKind;

use crate::engine::{Client, Engine};

const FIRST: u64 = 2_026_112_200_001;
const POLICE: &str = "410100-101";
const STATION: &str = "410100-101-02";
const DISTRICT: &str = "410102-000";

/// An engine with the shipped network and a person of each role.
fn engine() -> Arc<Engine> {
    let engine = Engine::new();
    for (name, role, unit) in [
        ("deng", Role::Dispatcher, None),
        ("gao", Role::SupGroup, None),
        ("dai", Role::Director, None),
        ("cai", Role::Callback, None),
        ("guan", Role::GovSupervision, None),
        ("shen", Role::Leader, None),
        ("jing", Role::Liaison, Some(POLICE)),
        ("zhan", Role::Liaison, Some(STATION)),
        ("qu", Role::UnitHead, Some(DISTRICT)),
    ] {
        engine.add_account(name, role, unit);
    }
    let tables = [Table::Areas, Table::Units, Table::Topics, Table::Routes, Table::Grades];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/desk");
    let texts = tables.map(|table| {
        (table, fs::read_to_string(format!("{folder}/{}.csv", table.name())).unwrap())
    });
    let sheets = texts.iter().map(|(table, text)| TableText { table: *table, text });
    let mut directory = engine.directory.lock().unwrap();
    let changes = Directory::default().import(&sheets.collect::<Vec<_>>()).unwrap();
    changes.iter().for_each(|change| directory.apply(change));
    drop(directory);
    engine
}

/// A ticket about a street lamp with these events.
fn ticket(engine: &Engine, n: u64, events: Vec<TicketEvent>) -> TicketId {
    engine.add_ticket(n, TicketKind::Conversation);
    let id = TicketId(n);
    let form = Form {
        title: Some(format!("路灯不亮{}", n % 100)),
        area: Some("410102".into()),
        topic: Some("010402".into()),
        ..Form::default()
    };
    for event in [TicketEvent::Written(Box::new(form))].into_iter().chain(events) {
        engine.record_desk_event(Actor::Engine, DeskEvent::Ticket(id, event));
    }
    id
}

fn registered(n: u64) -> TicketEvent {
    TicketEvent::Registered {
        matter: MatterId(TicketId(n)),
        repeat_caller: false,
        repeat_matter: false,
        query_code: "123456".into(),
    }
}

/// The dispatch to a unit, with a deadline in working days.
fn dispatched(unit: &str, days: u16) -> TicketEvent {
    let promise = |kind, days| ClockTerms { kind, allowance: Allowance::Days(days), policy: 1 };
    TicketEvent::Dispatched(Box::new(Dispatch {
        parts: vec![DispatchPart {
            unit: UnitId::from(unit),
            role: DispatchRole::Lead,
            method: DispatchMethod::Network,
            required: true,
        }],
        supervise: UnitId::from(DISTRICT),
        supervisor: "张".into(),
        grade: Grade::B,
        note: String::new(),
        reason: None,
        emergency: None,
        clocks: vec![promise(ClockKind::HandleB, days)],
    }))
}

fn at_unit(n: u64, unit: &str, days: u16) -> Vec<TicketEvent> {
    vec![registered(n), TicketEvent::SentToReview, dispatched(unit, days)]
}

async fn list(engine: &Arc<Engine>, name: &str, path: &str) -> Value {
    let answer = Client::of(engine, name).get(&format!("/api/v1/{path}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{name} {path}: {}", answer.json());
    answer.json()
}

/// The items of a list, as `dispatch 2026112200001`.
fn lines(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    items.map(|item| format!("{} {}", text(&item["work"]), text(&item["id"]))).collect()
}

#[tokio::test]
async fn each_role_finds_its_work() {
    let engine = engine();
    let events = |n: u64| -> Vec<TicketEvent> {
        match n {
            1 => vec![TicketEvent::NuisanceProposed(Disposition::Abuse)],
            2 => vec![registered(FIRST + 2), TicketEvent::SentToReview],
            3 => at_unit(FIRST + 3, POLICE, 5),
            4 => {
                let mut events = at_unit(FIRST + 4, STATION, 5);
                let (leader, for_leader) = ("shen".into(), None);
                let text = "速办".into();
                let instruction = Instruction { leader, for_leader, text, scan: None };
                events.push(TicketEvent::LeaderSigned(instruction));
                events
            }
            _ => vec![registered(FIRST + n)],
        }
    };
    for n in 1..=5 {
        ticket(&engine, FIRST + n, events(n));
    }
    let mine = |name: &'static str| {
        let engine = engine.clone();
        async move { lines(&list(&engine, name, "worklist").await) }
    };
    assert_eq!(mine("li").await, ["register 2026112200006"]);
    assert_eq!(mine("wang").await, ["confirm_nuisance 2026112200002", "register 2026112200006"]);
    assert_eq!(mine("deng").await, ["dispatch 2026112200003", "register 2026112200006"]);
    assert_eq!(mine("jing").await, ["sign 2026112200004-1"]);
    assert_eq!(mine("zhan").await, ["sign 2026112200005-1"]);
    // Tickets that leaders signed are on the list of the supervision office (SUP-04).
    assert_eq!(mine("guan").await, ["watch 2026112200005"]);
    for nobody in ["qian", "root", "sun", "cai", "shen", "gao"] {
        assert!(mine(nobody).await.is_empty(), "{nobody}");
    }
    // A contractor's people do not dispatch (SEAT-07, contractors).
    engine.person("deng", |account| {
        account.staff.employer = model::Employer::Contractor("外包".into())
    });
    assert_eq!(mine("deng").await, ["register 2026112200006"]);
}

#[tokio::test]
async fn item_has_its_due_date_level_and_allowed_commands() {
    let engine = engine();
    ticket(&engine, FIRST, at_unit(FIRST, POLICE, 5));
    let page = list(&engine, "jing", "worklist").await;
    let item = &page["items"][0];
    assert_eq!((&page["total"], &item["level"]), (&1.into(), &"o0".into()), "{item}");
    let due = item["due"].as_u64().unwrap();
    assert!(due > engine.now_us() && item["allowed"].to_string().contains("\"sign\""), "{item}");
    assert!(!item["allowed"].to_string().contains("sup_pass"), "{item}");
    assert_eq!((&item["state"], &item["unit"]), (&"issued".into(), &POLICE.into()));
    assert_eq!(item["title"], "路灯不亮1");
    engine.wait(std::time::Duration::from_secs(30 * 86_400));
    let late = list(&engine, "jing", "worklist").await;
    assert_eq!(late["items"][0]["level"], "o5", "{late}");
    // A unit sees only its own tickets.
    ticket(&engine, FIRST + 1, at_unit(FIRST + 1, STATION, 5));
    let jing = Client::of(&engine, "jing");
    assert_eq!(jing.get("/api/v1/tickets/2026112200001").await.status, StatusCode::OK);
    assert_eq!(jing.get("/api/v1/tickets/2026112200002").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn worklist_comes_most_urgent_first_and_in_pages() {
    let engine = engine();
    for (n, days) in [(0, 9), (1, 3), (2, 6), (3, 1)] {
        ticket(&engine, FIRST + n, at_unit(FIRST + n, POLICE, days));
    }
    let mut path = "worklist?limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = list(&engine, "jing", &path).await;
        assert_eq!(page["total"], 4);
        seen.extend(lines(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("worklist?limit=2&after={next}");
    }
    let urgent = [4, 2, 3, 1].map(|n| format!("sign 202611220000{n}-1"));
    assert_eq!(seen, urgent);
    let jing = Client::of(&engine, "jing");
    for wrong in ["after=x", "colour=red", "below=true", "work=sleep"] {
        let answer = jing.get(&format!("/api/v1/worklist?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn filters_select_work() {
    let engine = engine();
    ticket(&engine, FIRST, at_unit(FIRST, POLICE, 1));
    ticket(&engine, FIRST + 1, at_unit(FIRST + 1, POLICE, 9));
    let id = AssignmentId { ticket: TicketId(FIRST + 1), n: 1 };
    let signed = AssignmentEvent::Signed { handler: None };
    engine.record_desk_event(Actor::Engine, DeskEvent::Assignment(id, signed));
    let soon = engine.now_us() + 5 * 86_400_000_000;
    for (query, expected) in [
        ("work=sign".to_owned(), 1),
        ("state=accepted".to_owned(), 1),
        (format!("due_before={soon}"), 1),
        ("area=410100".to_owned(), 2),
        ("area=410103".to_owned(), 0),
        ("topic=01".to_owned(), 2),
        ("topic=02".to_owned(), 0),
        ("group=one".to_owned(), 0),
    ] {
        let page = list(&engine, "jing", &format!("worklist?{query}")).await;
        assert_eq!(page["items"].as_array().unwrap().len(), expected, "{query}: {page}");
    }
}

#[tokio::test]
async fn worklist_of_a_unit_is_shown_to_its_people_heads_above_and_the_hub() {
    let engine = engine();
    ticket(&engine, FIRST, at_unit(FIRST, STATION, 5));
    let status = |name: &'static str, path: String| {
        let client = Client::of(&engine, name);
        async move { client.get(&format!("/api/v1/units/{path}")).await.status }
    };
    let own = format!("{STATION}/worklist");
    assert_eq!(status("zhan", own.clone()).await, StatusCode::OK);
    assert_eq!(status("zhan", format!("{own}?below=true")).await, StatusCode::FORBIDDEN);
    assert_eq!(status("jing", own.clone()).await, StatusCode::FORBIDDEN);
    assert_eq!(status("qian", "nowhere/worklist".into()).await, StatusCode::NOT_FOUND);
    assert_eq!(status("sun", own.clone()).await, StatusCode::FORBIDDEN);
    // The station lies in the district.
    assert_eq!(status("qu", own).await, StatusCode::OK);
    let district = list(&engine, "qu", &format!("units/{DISTRICT}/worklist?below=true")).await;
    let expected = ["sign 2026112200001-1", "sign 2026112200001-2"];
    assert_eq!(lines(&district), expected);
    // The district supervises, and has to sign for that.
    let alone = list(&engine, "gao", &format!("units/{DISTRICT}/worklist")).await;
    assert_eq!(lines(&alone), ["sign 2026112200001-2"]);
}

#[tokio::test]
async fn dissatisfaction_item_moves_from_the_unit_to_the_group_that_strikes_it_off() {
    let engine = engine();
    let mut events = at_unit(FIRST, POLICE, 5);
    events.push(TicketEvent::ClosedUnsatisfied { reason: "已无他法".into() });
    let id = ticket(&engine, FIRST, events);
    let step =
        |event| engine.record_desk_event(Actor::Engine, DeskEvent::Dissatisfaction(id, event));
    let has = |name: &'static str| {
        let engine = engine.clone();
        async move { lines(&list(&engine, name, "worklist").await) }
    };
    assert_eq!(has("jing").await, ["rework 2026112200001"]);
    step(DissatisfactionEvent::ReworkStarted);
    step(DissatisfactionEvent::Claimed { changed: "已换灯".into() });
    assert_eq!(has("cai").await, ["verify_rework 2026112200001"]);
    let satisfied: Callback = serde_json::from_value(serde_json::json!({
        "how": "manual", "reached": "yes", "grade": "satisfied"
    }))
    .unwrap();
    // A person who worked on the ticket does not call back about it (hotline.md 2.7).
    let (account, role) = ("cai".into(), Role::Dispatcher);
    let before = Actor::Person { account, role, unit: None, outsourced: false };
    engine.record_desk_event(
        before,
        DeskEvent::Ticket(id, TicketEvent::Recalled { reason: "误派".into() }),
    );
    assert!(has("cai").await.is_empty());
    step(DissatisfactionEvent::CalledBack(satisfied));
    assert_eq!(has("gao").await, ["strike_off 2026112200001"]);
    step(DissatisfactionEvent::StruckOff);
    assert!(has("gao").await.is_empty());
}

#[tokio::test]
async fn orders_filings_and_drafts_wait_for_the_deciding_role() {
    let engine = engine();
    ticket(&engine, FIRST, at_unit(FIRST, POLICE, 5));
    let matter = MatterId(TicketId(FIRST));
    let order = OrderId { matter, n: 1 };
    let unit = UnitId::from(POLICE);
    let (issuers, text) = (vec!["督查室".into()], "限期办结".into());
    let (level, direct) = (OrderLevel::Warn, true);
    let drafted = OrderEvent::Drafted { level, issuers, unit: unit.clone(), text, direct };
    engine.record_desk_event(Actor::Engine, DeskEvent::Order(order, drafted));
    let form = FilingForm {
        unit,
        repeated: "14次".into(),
        complex: "一户不同意".into(),
        exhausted: "三次协调".into(),
        unsatisfiable: "法无强制".into(),
        answer: "须达到规定比例".into(),
    };
    let filing = FilingId { matter, n: 1 };
    engine.record_desk_event(
        Actor::Engine,
        DeskEvent::Filing(filing, FilingEvent::Drafted(Box::new(form))),
    );
    let (report, seal) = ("a".repeat(64), "b".repeat(64));
    engine.record_desk_event(
        Actor::Engine,
        DeskEvent::Filing(filing, FilingEvent::Submitted { report, seal }),
    );
    let note = "撤并街道办".into();
    let draft = DirectoryEvent::Drafted { draft: 1, note, changes: Vec::new() };
    engine.record_desk_event(Actor::Engine, DeskEvent::Directory(draft));

    let dai = list(&engine, "dai", "worklist").await;
    assert_eq!(lines(&dai), ["approve_filing 2026112200001-1", "approve_network 1"]);
    let guan = list(&engine, "guan", "worklist").await;
    assert_eq!(lines(&guan), ["approve_order 2026112200001-1"]);
    assert_eq!(guan["items"][0]["allowed"], serde_json::json!(["approved"]));
    let moved = |event| {
        let moved = OrderEvent::Moved { event, text: String::new() };
        engine.record_desk_event(Actor::Engine, DeskEvent::Order(order, moved));
    };
    moved(OrderStep::Approved(model::desk::Approver::GovernmentSupervision));
    let gao = list(&engine, "gao", "worklist").await;
    assert_eq!(lines(&gao), ["issue_order 2026112200001-1"]);
    moved(OrderStep::Issued);
    let jing = list(&engine, "jing", "worklist?work=answer_order").await;
    assert_eq!(lines(&jing), ["answer_order 2026112200001-1"]);
    assert!(jing["items"][0]["due"].as_u64().unwrap() > engine.now_us());
    // An unanswered order of level 2 makes everything of its matter most urgent.
    engine.wait(std::time::Duration::from_secs(4 * 86_400));
    let jing = list(&engine, "jing", "worklist?work=sign").await;
    assert_eq!(jing["items"][0]["level"], "o5", "{jing}");
}

#[tokio::test]
async fn due_order_is_on_the_groups_list_until_it_is_drafted() {
    let engine = engine();
    ticket(&engine, FIRST, at_unit(FIRST, POLICE, 1));
    let id = AssignmentId { ticket: TicketId(FIRST), n: 1 };
    let (source, channel) = (UrgeSource::System, UrgeChannel::Network);
    let urge =
        Urge { source, channel, level: OverdueLevel::O2, text: "已逾期".into(), counts: true };
    engine
        .record_desk_event(Actor::Engine, DeskEvent::Assignment(id, AssignmentEvent::Urged(urge)));
    let path = "worklist?work=draft_order";
    assert!(lines(&list(&engine, "gao", path).await).is_empty(), "it is not late enough");
    engine.wait(std::time::Duration::from_secs(30 * 86_400));
    let page = list(&engine, "gao", path).await;
    assert_eq!(lines(&page), ["draft_order 2026112200001-1"]);
    let item = &page["items"][0];
    assert_eq!((&item["level"], &item["order"]), (&"o5".into(), &"account".into()), "{item}");
    assert!(item["asks"].to_string().contains("propose_discipline"), "{item}");
    assert!(lines(&list(&engine, "jing", path).await).is_empty(), "it is not the unit's");
    let order = OrderId { matter: MatterId(TicketId(FIRST)), n: 1 };
    let (issuers, text) = (vec!["督查室".into()], "限期办结".into());
    let (level, unit, direct) = (OrderLevel::Account, UnitId::from(POLICE), false);
    let drafted = OrderEvent::Drafted { level, issuers, unit, text, direct };
    engine.record_desk_event(Actor::Engine, DeskEvent::Order(order, drafted));
    assert!(lines(&list(&engine, "gao", path).await).is_empty());
}

#[tokio::test]
async fn counts_say_how_much_of_each_kind_waits_and_is_late() {
    let engine = engine();
    assert_eq!(list(&engine, "jing", "worklist/counts").await, json!([]));
    ticket(&engine, FIRST, vec![registered(FIRST), TicketEvent::SentToReview]);
    ticket(&engine, FIRST + 1, at_unit(FIRST + 1, POLICE, 5));
    ticket(&engine, FIRST + 2, at_unit(FIRST + 2, STATION, 5));
    let counts = list(&engine, "jing", "worklist/counts").await;
    assert_eq!(counts, json!([{ "work": "sign", "total": 1, "late": 0 }]));

    // A unit's work is late once its time is over; each count is that of the list itself.
    engine.wait(Duration::from_secs(30 * 86_400));
    let counts = list(&engine, "jing", "worklist/counts").await;
    assert_eq!(counts, json!([{ "work": "sign", "total": 1, "late": 1 }]));
    for count in list(&engine, "deng", "worklist/counts").await.as_array().unwrap() {
        let work = count["work"].as_str().unwrap();
        let page = list(&engine, "deng", &format!("worklist?work={work}")).await;
        assert_eq!(page["total"], count["total"], "{work}");
    }
}

#[tokio::test]
async fn allowed_commands_of_a_ticket_are_those_of_the_person() {
    let engine = engine();
    let id = ticket(&engine, FIRST, at_unit(FIRST, POLICE, 5));
    let path = format!("tickets/{id}/allowed");
    let own = list(&engine, "jing", &path).await;
    let commands = own["assignments"][format!("{id}-1")].as_array().unwrap();
    assert!(commands.contains(&json!("sign")), "{own}");
    assert!(!own["ticket"].as_array().unwrap().contains(&json!("recall")), "{own}");
    assert_eq!(own["seq"], list(&engine, "jing", &format!("tickets/{id}")).await["seq"]);

    let dispatcher = list(&engine, "deng", &path).await;
    assert!(dispatcher["ticket"].as_array().unwrap().contains(&json!("recall")), "{dispatcher}");
    assert!(!dispatcher.to_string().contains("\"sign\""), "{dispatcher}");
    // Another unit's people do not learn that the ticket exists.
    let other = Client::of(&engine, "zhan").get(&format!("/api/v1/{path}")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn names_have_no_person_and_no_number() {
    let names = list(&engine(), "jing", "names").await;
    let unit = names["units"].as_array().unwrap().iter().find(|unit| unit["code"] == POLICE);
    assert_eq!(unit.unwrap()["name"], "市公安局");
    assert!(names["topics"].as_array().unwrap().len() > 300);
    assert!(names["areas"].as_array().unwrap().iter().any(|area| area["name"] == "中原区"));
    for word in ["chief", "liaisons", "sms", "phone", "number"] {
        assert!(!names.to_string().contains(&format!("\"{word}")), "{word}");
    }
}
