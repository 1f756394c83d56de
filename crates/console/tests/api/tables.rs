//! Export and import of tables, the history and clocks of a ticket, attachments, matters, units and
//! leaders.

use axum::http::StatusCode;
use center::Command;
use console::Clock;
use directory::{Directory, Table, TableText};
use model::{
    CallId, Number, TicketId, Timestamp,
    desk::{
        Actor, Allowance, AssignmentEvent, AssignmentId, ClockKind, ClockTerms, ContactMade,
        ContactPurpose, DeskEvent, DirectoryChange, Dispatch, DispatchMethod, DispatchPart,
        DispatchRole, Form, Grade, HandlingOutcome, HandlingResult, LeaderEvent,
        LeaderSessionEvent, LeaderSessionId, LeaderSessionPlan, MatterId, MonthThird, Private,
        Purpose, Reached, ReplyBy, Revision, RosterEvent, Satisfaction, SigningTurn, TenDays,
        TicketEvent, Verdict,
    },
    event::Role,
};
use serde_json::{Value, json};
use ticketing::{DeskCommand, TicketKind};

use crate::engine::{Client, Engine};

const ID: TicketId = TicketId(2_026_112_200_001);

/// A ticket of a call, with a form and a contact.
fn with_ticket() -> std::sync::Arc<Engine> {
    let engine = Engine::new();
    engine.add_account("gao", Role::SupGroup, None);
    engine.add_ticket(ID.0, TicketKind::Conversation);
    let form = Form {
        name: Some(Private::new("王小明")),
        address: Some(Private::new("槐树街 5 号")),
        title: Some("=路灯不亮".into()),
        content: Some("三天了,\n\"很黑\"".into()),
        purpose: Some(Purpose::Complaint),
        confidential: Some(true),
        affected: Some(12),
        occurred_from: Some(model::Timestamp::from_micros(1_795_334_592_000_000)),
        tags: Some(vec!["路灯".into(), "夜间".into()]),
        ..Form::default()
    };
    let matter = MatterId(ID);
    for event in [
        TicketEvent::Written(Box::new(form)),
        TicketEvent::Registered {
            matter,
            repeat_caller: false,
            repeat_matter: false,
            query_code: "654321".into(),
        },
        TicketEvent::Contacted(ContactMade {
            with: Private::new("王小明"),
            purpose: ContactPurpose::Other,
            how: ReplyBy::Phone,
            number: Number::new("13812345678"),
            call: None,
            reached: Reached::Yes,
            text: "已联系".into(),
        }),
    ] {
        engine.record_desk_event(Actor::Engine, DeskEvent::Ticket(ID, event));
    }
    engine
}

#[tokio::test]
async fn history_of_a_ticket_is_masked_by_role() {
    let engine = with_ticket();
    let path = format!("/api/v1/tickets/{ID}/events");
    let whole = Client::of(&engine, "gao").get(&path).await;
    assert_eq!(whole.status, StatusCode::OK);
    let steps = whole.json();
    let words: Vec<&Value> = steps["items"].as_array().unwrap().iter().collect();
    assert_eq!(words.len(), 3);
    assert!(words[0].to_string().contains("槐树街"), "{steps}");
    assert!(words[2].to_string().contains("13812345678"), "{steps}");

    let masked = Client::of(&engine, "qian").get(&path).await;
    let text = String::from_utf8(masked.body.clone()).unwrap();
    for person in ["王小明", "槐树街", "13812345678", "654321"] {
        assert!(!text.contains(person), "{person} in {text}");
    }
    assert!(text.contains("路灯不亮") && text.contains("已联系"), "{text}");

    // In pages.
    let first = Client::of(&engine, "gao").get(&format!("{path}?limit=2")).await.json();
    let next = first["next"].as_u64().unwrap();
    let rest = Client::of(&engine, "gao").get(&format!("{path}?after={next}")).await.json();
    assert_eq!(
        (first["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()),
        (2, 1)
    );
    // For another unit the ticket does not exist.
    engine.add_account("jing", Role::Liaison, Some("410100-101"));
    assert_eq!(Client::of(&engine, "jing").get(&path).await.status, StatusCode::NOT_FOUND);
}

/// The same ticket, dispatched to a unit with fifteen working days.
fn dispatched() -> std::sync::Arc<Engine> {
    let engine = with_ticket();
    let allowance = Allowance::Days(15);
    let lead = DispatchPart {
        unit: "410100-101".into(),
        role: DispatchRole::Lead,
        method: DispatchMethod::Network,
        required: false,
    };
    let dispatch = Dispatch {
        parts: vec![lead],
        supervise: "410102-000".into(),
        supervisor: "督办".into(),
        grade: Grade::C,
        note: String::new(),
        reason: None,
        emergency: None,
        clocks: vec![ClockTerms { kind: ClockKind::HandleC, allowance, policy: 1 }],
    };
    let event = TicketEvent::Dispatched(Box::new(dispatch));
    engine.record_desk_event(Actor::Engine, DeskEvent::Ticket(ID, event));
    engine
}

#[tokio::test]
async fn clock_of_a_ticket_explains_its_due_date_day_by_day() {
    let engine = dispatched();
    let path = format!("/api/v1/tickets/{ID}/clocks");
    let shown = Client::of(&engine, "gao").get(&format!("{path}?language=en")).await.json();
    assert_eq!(shown["rules"]["document"], "Heartline");
    let clock = &shown["clocks"][0];
    assert_eq!((&clock["kind"], &clock["unit"]), (&"handle_c".into(), &"410100-101".into()));
    assert_eq!(clock["assignment"], format!("{ID}-1"));
    assert_eq!(clock["allowed"], json!({ "days": 15 }));
    let why: Vec<&str> =
        clock["why"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let counted = why.iter().filter(|line| line.contains("of 15")).count();
    assert_eq!(counted, 15, "{why:#?}");
    assert!(why.iter().any(|line| line.contains("weekend")), "{why:#?}");
    let chinese = Client::of(&engine, "gao").get(&path).await.json();
    assert!(chinese["clocks"][0]["why"][0].as_str().unwrap().contains("起算"), "{chinese}");
    // For another unit the ticket does not exist.
    for (name, unit, status) in
        [("jing", "410100-999", StatusCode::NOT_FOUND), ("lu", "410100-101", StatusCode::OK)]
    {
        engine.add_account(name, Role::Liaison, Some(unit));
        assert_eq!(Client::of(&engine, name).get(&path).await.status, status, "{name}");
    }
}

#[tokio::test]
async fn published_case_hides_its_caller_and_a_confidential_one_is_refused() {
    let engine = dispatched();
    let path = format!("/api/v1/tickets/{ID}/publication");
    let gao = Client::of(&engine, "gao");
    assert_eq!(gao.get(&path).await.status, StatusCode::CONFLICT, "it is not closed");
    let result = HandlingResult {
        verdict: Verdict::True,
        finding: "王小明家（槐树街 5 号）门前路灯损坏".into(),
        action: "更换".into(),
        outcome: HandlingOutcome::Solved,
        basis: vec![],
        public_text: "已更换，13812345678 已告知".into(),
        attachments: vec![],
        evidence: vec![],
    };
    let of_unit = AssignmentEvent::ResultDrafted(Box::new(result));
    engine.record_desk_event(
        Actor::Engine,
        DeskEvent::Assignment(AssignmentId { ticket: ID, n: 1 }, of_unit),
    );
    engine.record_desk_event(Actor::Engine, DeskEvent::Ticket(ID, TicketEvent::ClosedUnreached));
    assert_eq!(gao.get(&path).await.status, StatusCode::FORBIDDEN, "it is confidential");
    let open = Form { confidential: Some(false), ..Form::default() };
    engine.record_desk_event(
        Actor::Engine,
        DeskEvent::Ticket(ID, TicketEvent::Written(Box::new(open))),
    );
    let opened = gao.get(&path).await;
    assert_eq!(opened.status, StatusCode::OK);
    let case = opened.json();
    assert_eq!((&case["name"], &case["title"]), (&"王某".into(), &"=路灯不亮".into()));
    assert_eq!(case["unit"]["unit"], "410100-101");
    assert_eq!(case["found"], "王某家（***）门前路灯损坏");
    let text = case.to_string();
    for person in ["小明", "槐树街", "13812345678"] {
        assert!(!text.contains(person), "{person} in {text}");
    }
}

#[tokio::test]
async fn exported_tickets_are_imported_as_the_same_demands() {
    let engine = with_ticket();
    let table = Client::of(&engine, "gao").get("/api/v1/tickets.csv").await;
    assert_eq!(table.status, StatusCode::OK);
    let text = String::from_utf8(table.body).unwrap();
    assert!(text.contains("'=路灯不亮"), "a spreadsheet must not take it for a formula: {text}");

    let other = Engine::new();
    let client = Client::of(&other, "wang");
    let done = client.post("/api/v1/tickets/import", &text).await;
    assert_eq!(
        done.json(),
        json!({ "opened": 1, "taken_over": 0, "known": 0, "passed_over": 0 }),
        "{:?}",
        done.status
    );
    let commands = other.commands();
    let [(_, Command::Desk(order))] = &commands[..] else { panic!("{commands:?}") };
    let DeskCommand::Open(opening) = &order.command else { panic!("{order:?}") };
    let was = engine.tickets.lock().unwrap()[&ID].form.clone();
    assert_eq!(opening.form, was);
    assert_eq!(opening.caller, Number::new("13812345678"));
    assert_eq!(opening.message.as_deref(), Some("2026112200001"));
    assert_eq!(order.key.as_deref(), Some("table 2026112200001"), "sent twice, it is opened once");

    // Callers are masked in the export as they are in lists.
    engine.add_account("dang", Role::Archivist, None);
    let masked = Client::of(&engine, "dang").get("/api/v1/tickets.csv").await;
    let masked = String::from_utf8(masked.body).unwrap();
    assert!(!masked.contains("13812345678") && !masked.contains("王小明"), "{masked}");
}

#[tokio::test]
async fn import_of_the_own_export_opens_nothing_twice() {
    let engine = with_ticket();
    let table = Client::of(&engine, "gao").get("/api/v1/tickets.csv").await;
    engine.commands.lock().unwrap().clear();
    let done = Client::of(&engine, "wang").post("/api/v1/tickets/import", &table.body).await;
    let wanted = json!({ "opened": 0, "taken_over": 0, "known": 1, "passed_over": 0 });
    assert_eq!(done.json(), wanted, "{:?}", done.status);
    // Excel saves moments without seconds.
    let text = String::from_utf8(table.body).unwrap();
    assert!(text.contains("2026-11-22 16:03:12"), "{text}");
    let saved = text.replace("2026-11-22 16:03:12", "2026/11/22 16:03");
    let done = Client::of(&engine, "wang").post("/api/v1/tickets/import", saved).await;
    assert_eq!(done.json(), wanted, "{:?}", done.status);
    assert!(engine.commands().is_empty(), "nothing was opened");
    // The same number with another moment is a number of another system.
    let other = text.replace("2026-11-22 16:03:12", "2026-11-22 16:04:00");
    let done = Client::of(&engine, "wang").post("/api/v1/tickets/import", other).await;
    assert_eq!(done.json()["opened"], 1, "{}", done.json());
}

#[tokio::test]
async fn export_protects_numbers_that_a_spreadsheet_would_shorten() {
    let engine = with_ticket();
    let form = Form { topic: Some("010402".into()), ..Form::default() };
    engine.record_desk_event(
        Actor::Engine,
        DeskEvent::Ticket(ID, TicketEvent::Written(Box::new(form))),
    );
    let table = Client::of(&engine, "gao").get("/api/v1/tickets.csv").await;
    let text = String::from_utf8(table.body).unwrap();
    assert!(text.contains("'2026112200001") && text.contains("'010402"), "{text}");
    assert!(text.contains("\r\n"), "a table for spreadsheets has CRLF");
}

/// Excel in Chinese: GBK, CRLF, slashes and no seconds in a moment.
#[tokio::test]
async fn table_saved_by_excel_in_chinese_is_read() {
    let engine = Engine::new();
    let gbk = b"channel,number,title,contact,occurred_from\r\n\
                visit,g-1,\xC2\xB7\xB5\xC6\xB2\xBB\xC1\xC1,13800001111,2026/11/22 16:03\r\n";
    let done = Client::of(&engine, "wang").post("/api/v1/tickets/import", gbk).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.json());
    assert_eq!((&done.json()["opened"], &done.json()["read_as"]), (&json!(1), &json!("GB18030")));
    let commands = engine.commands();
    let [(_, Command::Desk(order))] = &commands[..] else { panic!("{commands:?}") };
    let DeskCommand::Open(opening) = &order.command else { panic!("{order:?}") };
    assert_eq!(opening.form.title.as_deref(), Some("路灯不亮"));
    assert_eq!(opening.form.occurred_from, Some(Timestamp::from_micros(1_795_334_580_000_000)));

    let unicode = b"\xFF\xFEc\0h\0";
    let refused = Client::of(&engine, "wang").post("/api/v1/tickets/import", unicode).await;
    assert!(refused.json().to_string().contains("CSV UTF-8"), "{}", refused.json());
}

#[tokio::test]
async fn numbers_cut_by_a_spreadsheet_are_refused_with_their_line() {
    let engine = Engine::new();
    load_network(&engine);
    let table = "channel,number,caller,title,topic\r\n\
                 visit,a-1,13800001111,一,010402\r\n\
                 visit,2.02611E+12,3.71672E+10,二,010402\r\n\
                 visit,a-3,13800001111,三,10402\r\n";
    let client = Client::of(&engine, "wang");
    let fields = |answer: &crate::engine::Answer| -> Vec<String> {
        let faults = answer.json()["faults"].as_array().unwrap().clone();
        faults.iter().map(|fault| fault["field"].as_str().unwrap().to_owned()).collect()
    };
    let refused = client.post("/api/v1/tickets/import", table).await;
    assert_eq!(fields(&refused), ["line 3, caller", "line 3, number"], "{}", refused.json());
    let mended = table.replace("2.02611E+12,3.71672E+10", "a-2,037167178888");
    let refused = client.post("/api/v1/tickets/import", &mended).await;
    assert_eq!(fields(&refused), ["line 4, topic"], "{}", refused.json());
    assert!(refused.json().to_string().contains("write 010402"));
    assert!(engine.commands().is_empty(), "nothing was opened");
}

#[tokio::test]
async fn tickets_closed_elsewhere_are_taken_over_by_a_director() {
    let engine = Engine::new();
    engine.add_account("dai", Role::Director, None);
    let table = "number,state,channel,caller,opened,closed,unit,reply,satisfaction,title,tags\n\
                 A-1,closed,phone,13800000001,2019-03-04 09:10:00,2019-03-09 16:00:00,u1,修好了,satisfied,路灯不亮,灯\n\
                 A-2,archived,visit,,2019-03-05 10:00:00,2019-03-05 11:00:00,,,,问路,\n\
                 A-3,cancelled,phone,,,,,,,,\n\
                 A-4,registered,visit,,2019-03-06 10:00:00,,,,,井盖缺失,\n";
    let agent = Client::of(&engine, "wang").post("/api/v1/tickets/import", table).await;
    assert_eq!(agent.status, StatusCode::FORBIDDEN);
    assert!(engine.commands().is_empty(), "nothing of it was taken");

    let director = Client::of(&engine, "dai");
    let done = director.post("/api/v1/tickets/import", table).await;
    let wanted = json!({ "opened": 1, "taken_over": 2, "known": 0, "passed_over": 1 });
    assert_eq!(done.json(), wanted, "{:?}", done.status);
    let commands = engine.commands();
    let commands = commands.iter().filter_map(|(_, given)| match given {
        Command::Desk(order) => Some((&order.command, order.key.as_deref())),
        _ => None,
    });
    let commands: Vec<_> = commands.collect();
    let [(DeskCommand::Open(_), _), (DeskCommand::TakeOver(second), _), first] = &commands[..]
    else {
        panic!("newest first: {commands:?}")
    };
    assert_eq!((second.number.as_str(), second.reply.as_deref()), ("A-2", None));
    let (DeskCommand::TakeOver(first), Some("table A-1")) = first else { panic!("{first:?}") };
    // In the hotline's zone, eight hours ahead of UTC.
    assert_eq!(first.opened, Timestamp::from_micros(1_551_661_800_000_000));
    assert_eq!(first.closed, Timestamp::from_micros(1_552_118_400_000_000));
    assert_eq!(first.unit, Some("u1".into()));
    assert_eq!(first.satisfaction, Some(Satisfaction::Satisfied));
    assert_eq!(first.form.tags, Some(vec!["灯".to_owned()]));

    let broken = "number,state,channel,opened,closed,satisfaction\n\
                  ,closed,visit,yesterday,2019-03-09 16:00:00,delighted\n";
    let refused = director.post("/api/v1/tickets/import", broken).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let faults = refused.json()["faults"].clone();
    let fields: Vec<&str> =
        faults.as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["line 2, opened", "line 2, number", "line 2, satisfaction"], "{faults}");
}

#[tokio::test]
async fn faults_of_a_table_are_named_with_their_lines_before_anything_is_opened() {
    let engine = Engine::new();
    let table = "number,channel,caller,purpose,confidential,affected,colour\n\
                 1,visit,,complaint,maybe,2,\n\
                 1,visit,,complain,true,many,\n\
                 2,pigeon,,help,true,1,\n\
                 ,phone,,help,true,1,\n";
    let refused = Client::of(&engine, "wang").post("/api/v1/tickets/import", table).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let faults = refused.json()["faults"].clone();
    let fields: Vec<&str> =
        faults.as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    for field in [
        "line 1, colour",
        "line 2, confidential",
        "line 3, number",
        "line 3, affected",
        "line 3, purpose",
        "line 4, channel",
        "line 5, number",
    ] {
        assert!(fields.contains(&field), "{field} is not in {faults}");
    }
    assert!(engine.commands().is_empty(), "nothing was opened");
}

#[tokio::test]
async fn tables_of_the_network_are_exported_and_imported() {
    let engine = Engine::new();
    engine.add_account("gao", Role::SupGroup, None);
    engine.add_account("dai", Role::Director, None);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/desk");
    let read =
        |table: Table| std::fs::read_to_string(format!("{folder}/{}.csv", table.name())).unwrap();
    let tables = [Table::Areas, Table::Units, Table::Topics, Table::Routes, Table::Grades];
    let texts = tables.map(|table| (table, read(table)));
    let sheets: Vec<TableText<'_>> =
        texts.iter().map(|(table, text)| TableText { table: *table, text }).collect();
    let changes = Directory::default().import(&sheets).unwrap();
    changes.iter().for_each(|change| engine.directory.lock().unwrap().apply(change));

    let group = Client::of(&engine, "gao");
    let units = group.get("/api/v1/network/units").await;
    assert_eq!(units.status, StatusCode::OK);
    let text = String::from_utf8(units.body).unwrap();
    assert_eq!(
        Directory::default()
            .import(&[
                TableText { table: Table::Areas, text: &read(Table::Areas) },
                TableText { table: Table::Units, text: &text },
            ])
            .unwrap()
            .len(),
        Directory::default()
            .import(&[
                TableText { table: Table::Areas, text: &read(Table::Areas) },
                TableText { table: Table::Units, text: &read(Table::Units) },
            ])
            .unwrap()
            .len()
    );
    assert_eq!(group.get("/api/v1/network/colours").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        Client::of(&engine, "zhou").get("/api/v1/network/units").await.status,
        StatusCode::FORBIDDEN
    );

    let route = group.get("/api/v1/network/route?topic=010402&area=410102").await;
    assert_eq!(route.status, StatusCode::OK);
    assert!(
        route.json()["lead"].is_string() && !route.json()["why"].as_array().unwrap().is_empty()
    );
    let ladder = group.get("/api/v1/units/410100-101/ladder").await;
    assert_eq!(ladder.status, StatusCode::OK);
    let ladder = ladder.json();
    assert_eq!(ladder["next"], ladder["rungs"][0], "no contact was called yet");
    assert_eq!(group.get("/api/v1/units/none/ladder").await.status, StatusCode::NOT_FOUND);

    let body = json!({ "note": "新增单位", "tables": { "units": text } }).to_string();
    let sent = Client::of(&engine, "dai").post("/api/v1/network/import", &body).await;
    assert_eq!(sent.status, StatusCode::OK);
    let wrong = json!({ "note": "x", "tables": { "colours": "" } }).to_string();
    let refused = Client::of(&engine, "dai").post("/api/v1/network/import", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Loads the shipped units and topics.
fn load_network(engine: &Engine) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/desk");
    let tables = [Table::Areas, Table::Units, Table::Topics, Table::Duty];
    let texts = tables.map(|table| {
        (table, std::fs::read_to_string(format!("{folder}/{}.csv", table.name())).unwrap())
    });
    let sheets: Vec<TableText<'_>> =
        texts.iter().map(|(table, text)| TableText { table: *table, text }).collect();
    let changes = Directory::default().import(&sheets).unwrap();
    changes.iter().for_each(|change| engine.directory.lock().unwrap().apply(change));
}

#[tokio::test]
async fn contact_called_without_success_is_skipped_and_work_of_a_closed_unit_has_a_successor() {
    let engine = dispatched();
    load_network(&engine);
    let gao = Client::of(&engine, "gao");
    let path = format!("/api/v1/units/410100-101/ladder?ticket={ID}");
    let first = gao.get(&path).await.json();
    assert_eq!(first["next"], first["rungs"][0]);
    let number = first["next"]["number"].as_str().unwrap();
    let contact = ContactMade {
        with: Private::new("值班"),
        purpose: ContactPurpose::Coordination,
        how: ReplyBy::Phone,
        number: Number::new(number),
        call: None,
        reached: Reached::NoAnswer,
        text: "无人接听".into(),
    };
    engine.record_desk_event(Actor::Engine, DeskEvent::Ticket(ID, TicketEvent::Contacted(contact)));
    let second = gao.get(&path).await.json();
    assert_eq!(second["next"], second["rungs"][1]);
    assert_eq!(second["rungs"], first["rungs"]);

    assert_eq!(gao.get("/api/v1/network/hand-overs").await.json(), json!([]));
    let end = Revision::Ended {
        last: model::Date { year: 2026, month: 1, day: 31 },
        successors: vec!["410100-102".into()],
        basis: "机构改革".into(),
    };
    let change = DirectoryChange::Unit("410100-101".into(), end);
    engine.directory.lock().unwrap().apply(&change);
    let over = gao.get("/api/v1/network/hand-overs").await.json();
    let wanted = json!([
        { "from": "410100-101", "to": { "one": "410100-102" }, "work": [format!("{ID}-1")] }
    ]);
    assert_eq!(over, wanted);
}

#[tokio::test]
async fn leaders_sessions_and_matters_are_shown() {
    let engine = with_ticket();
    let days = TenDays { year: 2026, month: 11, third: MonthThird::Late };
    let turn = SigningTurn { leader: "shen".into(), deputies: vec![] };
    let roster = LeaderEvent::Roster(RosterEvent::TurnWritten { days, turn });
    engine.record_desk_event(Actor::Engine, DeskEvent::Leader(roster));
    let plan = LeaderSessionPlan {
        leader: "shen".into(),
        agent: "li".into(),
        units: vec![],
        from: engine.now(),
        to: engine.now() + std::time::Duration::from_secs(7_200),
        seat: model::SeatId(1001),
        announcement: String::new(),
    };
    let leaders = |event| {
        engine.record_desk_event(
            Actor::Engine,
            DeskEvent::Leader(LeaderEvent::Session(LeaderSessionId(1), event)),
        );
    };
    leaders(LeaderSessionEvent::Planned(Box::new(plan)));
    leaders(LeaderSessionEvent::Opened);
    leaders(LeaderSessionEvent::Taken { call: CallId::from(7), ticket: ID, decided: true });

    let group = Client::of(&engine, "gao");
    let leaders = group.get("/api/v1/leaders").await.json();
    assert_eq!(leaders["turns"][0]["turn"]["leader"], "shen");
    assert_eq!(leaders["sessions"][0]["id"], 1);
    let one = group.get("/api/v1/leaders/sessions/1").await.json();
    assert_eq!((&one["report"]["calls"], &one["report"]["decided"]), (&json!(1), &json!(1)));
    assert_eq!(one["report"]["open"], json!([ID]));
    assert_eq!(group.get("/api/v1/leaders/sessions/9").await.status, StatusCode::NOT_FOUND);

    let matter = group.get(&format!("/api/v1/matters/{ID}")).await.json();
    assert_eq!((&matter["count"], &matter["tickets"][0]["ticket"]), (&json!(1), &json!(ID)));
    assert_eq!(group.get("/api/v1/matters/2026112200009").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn attachment_is_uploaded_named_in_a_command_and_downloaded() {
    let engine = with_ticket();
    let group = Client::of(&engine, "gao");
    let path = "/api/v1/attachments?name=%E6%89%BF%E8%AF%BA%E4%B9%A6.doc";
    let sent = group.post(path, "%PDF-1.7 承诺书").await;
    assert_eq!(sent.status, StatusCode::CREATED);
    let hash = sent.json()["sha256"].as_str().unwrap().to_owned();
    assert_eq!(sent.json()["media_type"], "application/pdf");
    assert_eq!(sent.json()["name"], "承诺书.doc.pdf", "the extension fits the content");
    let strange = group.post("/api/v1/attachments", "<script>").await;
    assert_eq!(strange.status, StatusCode::UNPROCESSABLE_ENTITY);
    let auditor = Client::of(&engine, "sun").post("/api/v1/attachments", "%PDF-1.7").await;
    assert_eq!(auditor.status, StatusCode::FORBIDDEN);

    // A command that names a file which was not uploaded is refused.
    let sign = |scan: &str| {
        let payload = json!({ "text": "请办", "scan": scan });
        json!({ "type": "leader_sign", "payload": payload }).to_string()
    };
    let path = format!("/api/v1/tickets/{ID}/events");
    let unsent = group.post(&path, &sign(&"0".repeat(64))).await;
    assert_eq!(unsent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(unsent.json()["faults"][0]["field"], "scan");
    let signed = |engine: &Engine| {
        engine.commands().iter().any(|(_, command)| matches!(command, Command::Desk(_)))
    };
    assert!(!signed(&engine));
    assert_eq!(group.post(&path, &sign(&hash)).await.status, StatusCode::OK);
    assert!(signed(&engine));

    let path_of_file = format!("/api/v1/tickets/{ID}/attachments/{hash}");
    assert_eq!(
        group.get(&path_of_file).await.status,
        StatusCode::NOT_FOUND,
        "it is attached to nothing yet"
    );
    let signed = model::desk::Instruction {
        leader: "shen".into(),
        for_leader: None,
        text: "请办".into(),
        scan: Some(hash.clone()),
    };
    engine
        .record_desk_event(Actor::Engine, DeskEvent::Ticket(ID, TicketEvent::LeaderSigned(signed)));
    let taken = group.get(&path_of_file).await;
    assert_eq!((taken.status, &taken.body[..]), (StatusCode::OK, "%PDF-1.7 承诺书".as_bytes()));
    assert_eq!(taken.header(axum::http::header::CONTENT_TYPE), "application/octet-stream");
    let name = taken.header(axum::http::header::CONTENT_DISPOSITION);
    assert!(name.ends_with("filename*=UTF-8''%E6%89%BF%E8%AF%BA%E4%B9%A6.doc.pdf"), "{name}");
    let commands = engine.commands();
    let taken = commands.iter().any(|(_, command)| {
        matches!(command, Command::Note(model::Event::AttachmentTaken(e)) if e.sha256 == hash)
    });
    assert!(taken, "{commands:?}");
    // A person who sees the caller masked may not download it.
    let masked = Client::of(&engine, "qian").get(&path_of_file).await;
    assert_eq!(masked.status, StatusCode::FORBIDDEN);
}
