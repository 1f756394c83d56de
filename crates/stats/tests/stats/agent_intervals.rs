//! Agent statistics: times divided at the quarter hour, and the rates made of them.

use std::time::Duration;

use model::{
    CallId, Event, NotReadyReason, OfferId, Record, SeatId, Timestamp, Zone,
    event::{
        CallEnd, CallEnded, CallHeld, CallResumed, EngineStarted, MissedOutcome, OfferAccepted,
        OfferMade, OfferMissed, Party, SeatActor, SeatLoggedIn, SeatLoggedOut, SeatNotReady,
        SeatReady, SeatWrapUpStarted,
    },
};
use stats::{AgentIntervals, AgentStats};

/// 2026-11-22 09:00 in China.
const NINE: u64 = 1_795_309_200;
const SEAT: SeatId = SeatId(1001);

fn at(s: u64) -> Timestamp {
    Timestamp::from_micros(NINE * 1_000_000) + Duration::from_secs(s)
}

fn fold(story: &[(u64, Event)]) -> AgentIntervals {
    let mut agents = AgentIntervals::new(Zone::CHINA);
    for ((s, event), seq) in story.iter().zip(1..) {
        agents.apply(&Record { seq, at: at(*s), event: event.clone() });
    }
    agents
}

/// Li signs in at nine and takes one call at ten past: ten seconds of ringing, a minute of talk
/// with twenty seconds of hold in it, half a minute of wrap-up.
fn morning() -> Vec<(u64, Event)> {
    let by = SeatActor::Phone;
    let agent = Some("li".into());
    let (offer, call, seat) = (OfferId(1), CallId::from(1), SEAT);
    let end = CallEnd::CallerHungUp;
    let ended =
        CallEnded { call, end, seat: Some(seat), total_ms: 70_000, wait_ms: 0, talk_ms: 60_000 };
    let made = OfferMade { offer, call, seat, until: at(620), why: String::new(), decision: None };
    vec![
        (0, Event::SeatLoggedIn(SeatLoggedIn { seat, agent, by: by.clone() })),
        (60, Event::SeatReady(SeatReady { seat, by: by.clone() })),
        (600, Event::OfferMade(made)),
        (610, Event::OfferAccepted(OfferAccepted { offer, call, seat, ring_ms: 10_000 })),
        (620, Event::CallHeld(CallHeld { call, by: Party::Seat })),
        (625, Event::CallHeld(CallHeld { call, by: Party::Caller })),
        (640, Event::CallResumed(CallResumed { call, by: Party::Seat })),
        (670, Event::CallEnded(ended)),
        (670, Event::SeatWrapUpStarted(SeatWrapUpStarted { seat, call, until: at(700) })),
        (700, Event::SeatReady(SeatReady { seat, by: SeatActor::Engine })),
    ]
}

fn li(agents: &AgentIntervals, to: u64) -> AgentStats {
    let mut sum = AgentStats::default();
    for stats in agents.between(at(0), at(to)).remove(&"li".into()).unwrap().values() {
        sum.add(stats);
    }
    sum
}

#[test]
fn times_of_a_call_are_ringing_talk_hold_and_wrap_up() {
    let stats = li(&fold(&morning()), 1_000);
    assert_eq!((stats.offered, stats.answered, stats.handled), (1, 1, 1));
    assert_eq!((stats.alerting_ms, stats.talk_ms, stats.hold_ms), (10_000, 40_000, 20_000));
    assert_eq!((stats.wrap_up_ms, stats.ready_ms), (30_000, 840_000));
    assert_eq!(stats.not_ready_ms, [(NotReadyReason::System, 60_000)].into());
    assert_eq!(stats.logged_in_ms(), 1_000_000);
    assert_eq!(stats.aht_ms(), Some(90_000));
    assert_eq!(stats.occupancy(), Some(100.0 / 940.0));
    assert_eq!(stats.utilisation(), Some(0.1));
}

#[test]
fn time_counts_in_the_quarter_hour_in_which_it_passes() {
    let agents = fold(&morning());
    let rows = agents.between(at(0), at(1_000)).remove(&"li".into()).unwrap();
    let ready: Vec<_> = rows.iter().map(|(start, stats)| (*start, stats.ready_ms)).collect();
    assert_eq!(ready, [(at(0), 740_000), (at(900), 100_000)]);
    // An activity that goes on counts up to the end of the period asked for.
    assert_eq!(li(&agents, 800).ready_ms, 640_000);
    assert!(agents.between(at(2_000), at(1_000)).is_empty());
}

#[test]
fn missed_offers_are_counted_by_outcome() {
    let mut story = morning();
    let (offer, call, seat) = (OfferId(2), CallId::from(2), SEAT);
    let made = OfferMade { offer, call, seat, until: at(820), why: String::new(), decision: None };
    story.push((800, Event::OfferMade(made)));
    let (outcome, ring_ms) = (MissedOutcome::NoAnswer, 20_000);
    story.push((
        820,
        Event::OfferMissed(OfferMissed {
            offer,
            call,
            seat,
            outcome,
            reason: None,
            code: None,
            ring_ms,
        }),
    ));
    let (reason, by) = (NotReadyReason::Rona, SeatActor::Engine);
    story.push((
        820,
        Event::SeatNotReady(SeatNotReady { seat, reason, by: by.clone(), back: None }),
    ));
    story.push((850, Event::SeatLoggedOut(SeatLoggedOut { seat, by })));
    let stats = li(&fold(&story), 5_000);
    assert_eq!(stats.missed, [(MissedOutcome::NoAnswer, 1)].into());
    assert_eq!(stats.no_answer_rate(), Some(0.5));
    assert_eq!(stats.not_ready_ms.get(&NotReadyReason::Rona), Some(&30_000));
    assert_eq!(stats.logged_in_ms(), 850_000);
}

#[test]
fn time_without_the_engine_is_not_counted() {
    let mut story = morning();
    let end = CallEnd::NodeFailed;
    let call = CallId::from(3);
    let died = CallEnded { call, end, seat: None, total_ms: 0, wait_ms: 0, talk_ms: 0 };
    story.push((50_000, Event::CallEnded(died)));
    story.push((50_000, Event::EngineStarted(EngineStarted { version: String::new() })));
    let stats = li(&fold(&story), 50_010);
    assert_eq!(stats.logged_in_ms(), 710_000);
}

#[test]
fn seat_without_an_agent_by_name_is_not_counted() {
    let (seat, by) = (SEAT, SeatActor::Phone);
    let story = [
        (0, Event::SeatLoggedIn(SeatLoggedIn { seat, agent: None, by: by.clone() })),
        (10, Event::SeatReady(SeatReady { seat, by })),
    ];
    assert!(fold(&story).between(at(0), at(100)).is_empty());
}
