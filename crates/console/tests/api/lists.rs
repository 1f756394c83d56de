//! Lists of calls, tickets, seats and queues: what each role sees, and their pages.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use console::Options;
use model::{
    CallId, Decision, DecisionRule, Event, OfferId, QueueId, Requirement, RuledOut, RuledOutReason,
    SeatId, Timestamp, WaitCause, WaitReason, Zone,
    event::{
        CallConnected, CallEnd, CallEnded, CallQueued, MissedOutcome, MissedReason, OfferAccepted,
        OfferMade, OfferMissed, SeatActor, SeatLoggedIn, SeatReady,
    },
};
use serde_json::{Value, json};
use stats::Wallboard;
use ticketing::TicketKind;

use crate::engine::{Client, Engine};

fn callers(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["caller"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn calls_come_newest_first_and_in_pages() {
    let engine = Engine::new();
    for id in 1..=5 {
        engine.add_call(id, 1001);
    }
    let wang = Client::of(&engine, "wang");
    let mut path = "/api/v1/calls?limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = wang.get(&path).await.json();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|call| call["call"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/calls?limit=2&before={next}");
    }
    let expected: Vec<String> = (1..=5).rev().map(|id| format!("{id:011}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn filters_select_calls() {
    let engine = Engine::new();
    engine.add_call(1, 1001);
    engine.add_call(2, 1002);
    let wang = Client::of(&engine, "wang");
    let check = |query: &'static str, expected: usize| {
        let wang = &wang;
        async move {
            let page = wang.get(&format!("/api/v1/calls?{query}")).await.json();
            assert_eq!(page["items"].as_array().unwrap().len(), expected, "{query}");
        }
    };
    check("", 2).await;
    check("seat=1002", 1).await;
    check("queue=mandarin", 2).await;
    check("queue=english", 0).await;
    check("answered=false", 0).await;
    check("end=caller_hung_up", 2).await;
    check("end=abandoned", 0).await;
    check("since=2", 1).await;
    let answer = wang.get("/api/v1/calls?color=red").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn agent_sees_only_their_own_calls() {
    let engine = Engine::new();
    engine.add_call(1, 1001);
    engine.add_call(2, 1002);
    let li = Client::of(&engine, "li");
    let page = li.get("/api/v1/calls").await.json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(li.get("/api/v1/calls/00000000001").await.status, StatusCode::OK);
    assert_eq!(li.get("/api/v1/calls/00000000002").await.status, StatusCode::NOT_FOUND);
    assert_eq!(li.get("/api/v1/recordings").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn qa_sees_numbers_masked() {
    let engine = Engine::new();
    engine.add_call(1, 1001);
    engine.add_ticket(2_026_112_200_001, TicketKind::Conversation);
    let (qian, wang) = (Client::of(&engine, "qian"), Client::of(&engine, "wang"));
    for path in ["/api/v1/calls", "/api/v1/tickets"] {
        assert_eq!(callers(&qian.get(path).await.json()), ["138****5678"], "{path}");
        assert_eq!(callers(&wang.get(path).await.json()), ["13812345678"], "{path}");
    }
    for path in ["/api/v1/calls/00000000001", "/api/v1/tickets/2026112200001"] {
        assert_eq!(qian.get(path).await.json()["caller"], "138****5678", "{path}");
    }
}

#[tokio::test]
async fn filter_by_kind_lists_missed_calls() {
    let engine = Engine::new();
    engine.add_ticket(1, TicketKind::Conversation);
    engine.add_ticket(2, TicketKind::MissedCall);
    let page = Client::of(&engine, "li").get("/api/v1/tickets?kind=missed_call").await.json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["ticket"], 2);
}

#[tokio::test]
async fn only_finished_recordings_are_listed() {
    let engine = Engine::new();
    engine.add_call(1, 1001);
    engine.add_recorded_call(2, "/nowhere/2.wav".into());
    let page = Client::of(&engine, "qian").get("/api/v1/recordings").await.json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["call"], "00000000002");
}

#[tokio::test]
async fn wallboard_is_shown_to_people_who_are_logged_in() {
    let engine = Engine::new();
    let li = Client::of(&engine, "li");
    let board = li.get("/api/v1/wallboard").await.json();
    assert_eq!(board["now"], 1_795_334_592_000_000u64);
    assert_eq!(board["seats"]["1001"]["work"]["talking"]["call"], "00000000007");
    assert_eq!(li.get("/api/v1/queues").await.json()[0]["queue"], "mandarin");
    assert_eq!(li.get("/api/v1/seats").await.json()[2]["seat"], 1003);
    assert_eq!(li.get("/api/v1/seats/1001").await.json()["seat"], 1001);
    assert_eq!(li.get("/api/v1/seats/9999").await.status, StatusCode::NOT_FOUND);
    let paths = ["wallboard", "wallboard/live", "queues", "seats", "calls", "tickets", "events"];
    for path in paths {
        let answer = Client::new(&engine).get(&format!("/api/v1/{path}")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

/// `queues.toml` lists the main queue first; by name the main queue would come last.
#[tokio::test]
async fn queues_are_listed_in_the_order_of_the_config() {
    let engine = Engine::new();
    let in_config = ["mandarin", "dialect", "12", "english"];
    // A queue of the log that the config does not name any more comes last.
    let on_board = ["abolished", "english", "12", "mandarin", "dialect"];
    *engine.board.lock().unwrap() =
        Arc::new(Wallboard::new(Zone::CHINA, on_board.map(QueueId::from), []));
    for (n, queue) in on_board.into_iter().enumerate() {
        let queued = CallQueued {
            transferred: false,
            waited_ms: 0,
            call: CallId::from(n as u64 + 1),
            queue: queue.into(),
            skills: vec![],
            requirement: Default::default(),
            priority: 0,
            position: 1,
            expected_ms: None,
        };
        engine.append(Event::CallQueued(queued));
    }
    let queues = in_config.map(|name| (name.into(), name.to_owned())).into();
    let options = Options { queues, ..Options::default() };
    let wang = Client::with_options(&engine, options).with("authorization", "Bearer token-of-wang");
    let names = |list: &Value| {
        let items = list.as_array().unwrap().iter();
        items.map(|item| item["queue"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let expected = ["mandarin", "dialect", "12", "english", "abolished"];
    assert_eq!(names(&wang.get("/api/v1/queues").await.json()), expected);
    assert_eq!(names(&wang.get("/api/v1/queues/figures").await.json()["queues"]), expected);
    let hotline = wang.get("/api/v1/hotline").await.json();
    assert_eq!(hotline["queue_order"], serde_json::json!(in_config));
    assert_eq!(hotline["queues"]["dialect"], "dialect");
}

#[tokio::test]
async fn queue_figures_hold_every_formula() {
    let engine = Engine::new();
    let (queue, seat) = (QueueId::from("mandarin"), SeatId(1001));
    let queued = |n: u64| CallQueued {
        transferred: false,
        waited_ms: 0,
        call: CallId::from(n),
        queue: queue.clone(),
        skills: vec![],
        requirement: Default::default(),
        priority: 0,
        position: 1,
        expected_ms: None,
    };
    // One call is answered after ten seconds, one is abandoned after twenty, one still waits.
    (1..=3).for_each(|n| engine.append(Event::CallQueued(queued(n))));
    engine.wait(Duration::from_secs(10));
    let (call, wait_ms, ring_ms) = (CallId::from(1), 10_000, 2_000);
    let queue = queue.clone();
    engine.append(Event::CallConnected(CallConnected { call, queue, seat, wait_ms, ring_ms }));
    engine.wait(Duration::from_secs(10));
    engine.append(Event::CallEnded(CallEnded {
        call: CallId::from(2),
        end: CallEnd::Abandoned,
        seat: None,
        total_ms: 20_000,
        wait_ms: 20_000,
        talk_ms: 0,
    }));
    let path = "/api/v1/queues/figures?quarters=true";
    let seen = Client::of(&engine, "wang").get(path).await.json();
    let of = &seen["queues"][0];
    assert_eq!(
        (&of["queue"], &of["offered"], &of["waiting"]),
        (&"mandarin".into(), &3.into(), &1.into())
    );
    assert_eq!((&of["asa_ms"], &of["abandon_wait_ms_mean"]), (&10_000.into(), &20_000.into()));
    assert_eq!(of["service_level"]["sl1"], 1.0);
    assert_eq!(of["service_level"]["sl3"], 0.5, "an abandoned call counts");
    assert_eq!(of["measured_by"]["answer_ms"], 15_000);
    assert_eq!(of["quarters"].as_array().unwrap().len(), 1);
    assert_eq!(seen["total"]["answered"], 1);
    let qian = Client::of(&engine, "qian").get("/api/v1/queues/figures").await;
    assert_eq!(qian.status, Client::of(&engine, "qian").get("/api/v1/queues").await.status);
}

#[tokio::test]
async fn agents_see_their_own_figures_and_supervisors_all() {
    let engine = Engine::new();
    for (seat, agent) in [(1001, "li"), (1002, "zhao")] {
        let (seat, agent, by) = (SeatId(seat), Some(agent.into()), SeatActor::Engine);
        engine.append(Event::SeatLoggedIn(SeatLoggedIn { seat, agent, by: by.clone() }));
        engine.append(Event::SeatReady(SeatReady { seat, by }));
    }
    engine.wait(Duration::from_secs(60));
    let names = |page: &Value| {
        let agents = page["agents"].as_array().unwrap().iter();
        agents.map(|agent| agent["agent"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let seen = Client::of(&engine, "wang").get("/api/v1/agents?quarters=true").await.json();
    assert_eq!(names(&seen), ["li", "zhao"]);
    assert_eq!(seen["agents"][0]["ready_ms"], 60_000);
    assert_eq!(seen["agents"][0]["logged_in_ms"], 60_000);
    assert_eq!(seen["agents"][0]["occupancy"], 0.0);
    assert_eq!(seen["agents"][0]["aht_ms"], Value::Null);
    assert_eq!(seen["agents"][0]["quarters"][0]["ready_ms"], 60_000);
    let seen = Client::of(&engine, "li").get("/api/v1/agents").await.json();
    assert_eq!(names(&seen), ["li"]);
    assert_eq!(seen["agents"][0]["quarters"], Value::Null);
    let qian = Client::of(&engine, "qian");
    assert_eq!(qian.get("/api/v1/agents").await.status, StatusCode::FORBIDDEN);
}

/// An offer of call 7 that seat 1001 missed, and one that seat 1002 took.
fn offers_of_call_7() -> Vec<Event> {
    let call = CallId::from(7);
    let until = Timestamp::from_micros(9);
    let decision = Decision {
        rule: DecisionRule::LongestIdle,
        queue: "mandarin".into(),
        waited_ms: 4_000,
        requirement: Requirement { skills: [("english".into(), 5)].into() },
        overflow: None,
        eligible: 2,
        candidates: Vec::new(),
        ruled_out: vec![RuledOut {
            seat: SeatId(1003),
            agent: None,
            reason: RuledOutReason::Tier { tier: 3, tier_max: 1 },
        }],
    };
    let made = |offer, seat| {
        let (why, decision) = (String::new(), Some(Box::new(decision.clone())));
        Event::OfferMade(OfferMade { offer, call, seat, until, why, decision })
    };
    let (first, second) = (OfferId(1), OfferId(2));
    let missed = OfferMissed {
        offer: first,
        call,
        seat: SeatId(1001),
        outcome: MissedOutcome::Busy,
        reason: Some(MissedReason::Busy),
        code: Some(486),
        ring_ms: 800,
    };
    let accepted = OfferAccepted { offer: second, call, seat: SeatId(1002), ring_ms: 3_000 };
    vec![
        made(first, SeatId(1001)),
        Event::OfferMissed(missed),
        made(second, SeatId(1002)),
        Event::OfferAccepted(accepted),
    ]
}

#[tokio::test]
async fn offers_of_a_call_have_their_decision_and_their_end() {
    let engine = Engine::new();
    engine.add_call(7, 1002);
    offers_of_call_7().into_iter().for_each(|event| engine.append(event));
    let shown = Client::of(&engine, "wang").get("/api/v1/calls/00000000007/offers").await.json();
    let offers = shown["offers"].as_array().unwrap();
    assert_eq!(offers.len(), 2, "{shown}");
    assert_eq!(offers[0]["outcome"]["missed"], json!({ "ring_ms": 800, "reason": "busy" }));
    assert_eq!(offers[1]["outcome"]["accepted"]["ring_ms"], 3_000);
    assert_eq!(offers[1]["decision"]["rule"], "longest_idle");
    assert_eq!(offers[1]["decision"]["requirement"]["skills"]["english"], 5);
    let tier = json!({ "tier": { "tier": 3, "tier_max": 1 } });
    assert_eq!(offers[1]["decision"]["ruled_out"][0]["reason"], tier);
    assert_eq!(shown.get("waits"), None);
}

#[tokio::test]
async fn waiting_call_has_the_reason_why_no_seat_rings() {
    let engine = Engine::new();
    engine.add_call(7, 1002);
    let waits = WaitReason {
        cause: WaitCause::Unqualified,
        requirement: Requirement::default(),
        tier_max: 1,
        overflow: Vec::new(),
        busy: 0,
        not_ready: 0,
        unreachable: 0,
        ruled_out: Vec::new(),
    };
    {
        let mut board = engine.board.lock().unwrap();
        Arc::make_mut(&mut board).set_wait_reasons([(CallId::from(7), waits.into())].into());
    }
    let shown = Client::of(&engine, "wang").get("/api/v1/calls/00000000007/offers").await.json();
    assert_eq!(shown["waits"]["cause"], "unqualified");
    assert_eq!(shown["offers"], json!([]));
}

#[tokio::test]
async fn offers_of_calls_that_a_person_may_not_see_are_not_found() {
    let engine = Engine::new();
    engine.add_call(7, 1002);
    let li = Client::of(&engine, "li");
    let answer = li.get("/api/v1/calls/00000000007/offers").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.json()["code"], "call_not_found");
}
