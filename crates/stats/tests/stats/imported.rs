//! Records of an imported emergency count at the time they happened.

use model::{
    CallId, EmergencyId, Event, LineId, Number, OfferId, QueueId, Record, SeatId, Timestamp,
    TrunkId, Zone,
    event::{
        CallArrived, CallConnected, CallEnd, CallEnded, CallQueued, EmergencyImported,
        EmergencyStarted, EngineStarted, OfferAccepted, OfferMade, RecordImported, RecordingHeard,
        SeatActor, SeatLoggedIn, SeatReady,
    },
};
use stats::{AgentIntervals, QueueIntervals, QueueLog, Wallboard, audit};

/// 2026-11-22 09:00 in China.
const NINE_S: u64 = 1_795_309_200;
const SERIES: EmergencyId = EmergencyId(NINE_S * 1_000_000);
const SEAT: SeatId = SeatId(1001);

fn at(s: u64) -> Timestamp {
    Timestamp::from_micros((NINE_S + s) * 1_000_000)
}

/// An answered call and an abandoned one, with the agent who answered.
fn emergency() -> Vec<Record> {
    let (by, queue) = (SeatActor::Phone, QueueId::from("main"));
    let arrived = |call| {
        Event::CallArrived(CallArrived {
            call,
            caller: Number::new("13812345678"),
            dialled: Number::new("12345"),
            line: LineId::from("12345"),
            trunk: TrunkId::from("telecom"),
        })
    };
    let queued = |call| {
        let (queue, skills, priority, position) = (queue.clone(), Vec::new(), 0, 1);
        Event::CallQueued(CallQueued {
            transferred: false,
            waited_ms: 0,
            call,
            queue,
            skills,
            requirement: Default::default(),
            priority,
            position,
            expected_ms: None,
        })
    };
    let (first, second) = (CallId::from(NINE_S), CallId::from(NINE_S + 1));
    let (offer, seat) = (OfferId(SERIES.0 + 1), SEAT);
    let ended = |call, end, talk_ms| {
        let seat = (talk_ms > 0).then_some(SEAT);
        Event::CallEnded(CallEnded { call, end, seat, total_ms: 40_000, wait_ms: 10_000, talk_ms })
    };
    let made =
        OfferMade { offer, call: first, seat, until: at(40), why: String::new(), decision: None };
    let accepted = OfferAccepted { offer, call: first, seat, ring_ms: 5_000 };
    let connected =
        CallConnected { call: first, queue: queue.clone(), seat, wait_ms: 10_000, ring_ms: 5_000 };
    let agent = Some("li".into());
    let story = [
        (0, Event::EmergencyStarted(EmergencyStarted { series: SERIES, why: String::new() })),
        (0, Event::EngineStarted(EngineStarted { version: "1".into() })),
        (1, Event::SeatLoggedIn(SeatLoggedIn { seat, agent, by: by.clone() })),
        (2, Event::SeatReady(SeatReady { seat, by })),
        (10, arrived(first)),
        (10, queued(first)),
        (15, Event::OfferMade(made)),
        (20, Event::OfferAccepted(accepted)),
        (20, Event::CallConnected(connected)),
        (30, arrived(second)),
        (30, queued(second)),
        (50, ended(first, CallEnd::CallerHungUp, 30_000)),
        (60, ended(second, CallEnd::Abandoned, 0)),
        (70, Event::RecordingHeard(RecordingHeard { call: first, by: "qian".into() })),
    ];
    let numbered = story.into_iter().zip(1..);
    numbered.map(|((s, event), seq)| Record { seq, at: at(s), event }).collect()
}

/// The same records, imported into a log three hours later.
fn imported() -> Vec<Record> {
    let noon = at(3 * 3_600);
    let records = emergency();
    let last = records.len() as u64;
    let wrapped = records.into_iter().map(|record| {
        Event::RecordImported(RecordImported { series: SERIES, record: Box::new(record) })
    });
    let by = "os:root".into();
    let closing = EmergencyImported { series: SERIES, first: 1, last, by };
    let events = wrapped.chain([Event::EmergencyImported(closing)]);
    events.zip(100..).map(|(event, seq)| Record { seq, at: noon, event }).collect()
}

#[test]
fn imported_calls_count_in_their_quarter_hours() {
    let fold = |records: &[Record]| {
        let mut quarters = QueueIntervals::new(Zone::CHINA, Default::default());
        records.iter().for_each(|record| quarters.apply(record));
        quarters.rows_between(at(0), at(4 * 3_600))
    };
    let rows = fold(&imported());
    assert_eq!(rows, fold(&emergency()));
    let stats = rows[0].1.total();
    assert_eq!((stats.offered, stats.answered, stats.abandoned), (2, 1, 1));
    assert!(rows.iter().all(|(_, row)| row.is_balanced()));
}

#[test]
fn imported_work_of_agents_counts_when_they_worked() {
    let fold = |records: &[Record]| {
        let mut agents = AgentIntervals::new(Zone::CHINA);
        records.iter().for_each(|record| agents.apply(record));
        agents.between(at(0), at(70))
    };
    let rows = fold(&imported());
    assert_eq!(rows, fold(&emergency()));
    assert_eq!(rows[&"li".into()][&at(0)].answered, 1);
}

#[test]
fn agents_at_the_seats_now_are_not_those_of_the_emergency() {
    let mut agents = AgentIntervals::new(Zone::CHINA);
    let noon = 3 * 3_600;
    let by = SeatActor::Phone;
    let login = SeatLoggedIn { seat: SEAT, agent: Some("wang".into()), by };
    agents.apply(&Record { seq: 99, at: at(noon - 600), event: Event::SeatLoggedIn(login) });
    imported().iter().for_each(|record| agents.apply(record));
    let rows = agents.between(at(0), at(noon));
    let total = |name: &str| rows[&name.into()].values().map(|s| s.logged_in_ms()).sum::<u64>();
    assert_eq!((total("wang"), total("li")), (600_000, 69_000));
}

#[test]
fn imported_calls_of_today_are_counted_and_change_no_state() {
    let mut wall = Wallboard::new(Zone::CHINA, [QueueId::from("main")], [SEAT]);
    imported().iter().for_each(|record| wall.apply(record));
    let board = &wall.queues[&QueueId::from("main")];
    assert_eq!((board.offered, board.answered, board.abandoned), (2, 1, 1));
    assert!(board.waiting.is_empty() && !wall.has_waiting());
    assert_eq!(wall.seats[&SEAT].agent(), None);
    // Calls of another day are not among today's.
    let mut later = Wallboard::new(Zone::CHINA, [], []);
    for record in imported() {
        later.apply(&Record { at: at(86_400), ..record });
    }
    assert!(later.queues.values().all(|board| board.offered + board.abandoned == 0));
}

#[test]
fn audit_and_queue_log_have_the_time_of_the_emergency() {
    let heard: Vec<_> = imported().iter().filter_map(audit::entry).collect();
    assert_eq!((heard[0].at, heard[0].who.as_ref()), (at(70), Some(&"qian".into())));
    assert!(heard[1].to_string().contains("imported the log of an emergency"), "{}", heard[1]);
    let lines = |records: &[Record]| {
        let mut log = QueueLog::new();
        records.iter().filter_map(|record| log.line(record)).collect::<Vec<_>>()
    };
    assert_eq!(lines(&imported()), lines(&emergency()));
}
