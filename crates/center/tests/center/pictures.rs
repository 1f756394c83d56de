//! The wallboard's pictures: handed out in parts, and equal to the center's state.

use std::{sync::Arc, time::Duration};

use center::{Adoption, Center, Input, Memory, Output, Picture, Refusal};
use deadlines::calendar::{Calendar, OfficeHours};
use model::{
    CalendarTable, LegId, LineId, Number, QueueId, SeatId, SignalledSource, Timestamp, TrunkId,
    WaitCause, Zone,
    event::{AdoptionCause, ConfigAdopted, MeasuredBy},
};
use sip::{Incoming, Origin};
use stats::Wallboard;
use switch::{LinePlan, Plan, TrunkPlan};
use ticketing::{Desk, Rules};

const SEAT: SeatId = SeatId(1001);

/// A center with one queue, whose one seat speaks no English, and the copy that follows it.
struct Engine {
    center: Center,
    picture: Picture,
    now: Timestamp,
    last_leg: u64,
}

impl Engine {
    fn start() -> Engine {
        let calendar =
            Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
        let queue = QueueId::from("main");
        let wallboard = Wallboard::new(Zone::CHINA, [queue.clone()], [SEAT]);
        let memory = Memory::new(wallboard, Desk::new(Rules::shipped(), calendar, [7; 32]));
        let seat = acd::SeatPolicy {
            queues: [(queue.clone(), 1)].into(),
            starts_ready: true,
            ..acd::SeatPolicy::default()
        };
        let policy = acd::Policy {
            queues: [(queue.clone(), acd::QueuePolicy::default())].into(),
            seats: [(SEAT, seat)].into(),
            ..acd::Policy::default()
        };
        let line = |number: &str, english| LinePlan {
            name: String::new(),
            numbers: vec![number.to_owned()],
            trunks: Vec::new(),
            queue: queue.clone(),
            menu: None,
            skills: if english { [("english".into(), 5)].into() } else { Default::default() },
            priority: 0,
            greeting: Vec::new(),
            music: media::PromptId(0),
            announcements: Default::default(),
        };
        let plan = Plan {
            trunks: [(TrunkId::from("telecom"), TrunkPlan::default())].into(),
            lines: [
                (LineId::from("12345"), line("12345", false)),
                (LineId::from("12346"), line("12346", true)),
            ]
            .into(),
            ..Plan::default()
        };
        let now = Timestamp::from_micros(1_795_334_400_000_000);
        let mut center = Center::start(now, memory, plan, policy, "test");
        let picture = center.start_pictures();
        Engine { center, picture, now, last_leg: 1 }
    }

    fn with_ports(ports: u16) -> Engine {
        let mut engine = Engine::start();
        for port in (0..ports).map(|n| 20_000 + 2 * n) {
            engine.input(Input::Port(port));
        }
        engine
    }

    fn input(&mut self, input: Input) -> Vec<Output> {
        self.now += Duration::from_millis(1);
        self.center.handle_input(self.now, input);
        std::iter::from_fn(|| self.center.poll_output()).collect()
    }

    /// Another config with these seats and one queue, in which `main` is moved to `other` when it is
    /// another one.
    fn adopt(&mut self, seats: &[SeatId], queue: &str) -> Vec<Output> {
        let queue = QueueId::from(queue);
        let own =
            acd::SeatPolicy { queues: [(queue.clone(), 1)].into(), ..acd::SeatPolicy::default() };
        let policy = acd::Policy {
            queues: [(queue.clone(), acd::QueuePolicy::default())].into(),
            seats: seats.iter().map(|seat| (*seat, own.clone())).collect(),
            ..acd::Policy::default()
        };
        let record = ConfigAdopted {
            cause: AdoptionCause::Api,
            by: Some("root".into()),
            version: "test".to_owned(),
            files: Default::default(),
            prompts: Default::default(),
            seats: ConfigAdopted::ranges(seats.iter().copied()),
            queues: [(queue.clone(), MeasuredBy { answer_ms: 15_000, short_abandon_ms: 5_000 })]
                .into(),
            moved: Default::default(),
            changes: Vec::new(),
            changes_in_all: 0,
        };
        let main = QueueId::from("main");
        let moves = if queue == main { None } else { Some((main, queue)) };
        let profiles = seats.iter().map(|seat| (*seat, own.profile()));
        let adoption = Adoption {
            record,
            plan: Plan {
                trunks: [(TrunkId::from("telecom"), TrunkPlan::default())].into(),
                ..Plan::default()
            },
            policy,
            peers: Box::new(sip::Peers {
                trunks: Vec::new(),
                proxies: Vec::new(),
                seats: Vec::new(),
                trunk_voice: Default::default(),
                seat_voice: Default::default(),
            }),
            agents: Arc::default(),
            seat_profiles: Arc::new(profiles.collect()),
            moves: moves.into_iter().collect(),
        };
        self.input(Input::Adopt { reply_to: 7, adoption: Box::new(adoption) })
    }

    fn call(&mut self, dialled: &str) {
        self.last_leg += 2;
        self.input(Input::Arrival(Incoming {
            leg: LegId(self.last_leg),
            origin: Origin::Trunk("telecom".into()),
            caller: Number::new("13800001111"),
            display: String::new(),
            dialled: Number::new(dialled),
            remote: None,
            signalled: SignalledSource::default(),
        }));
    }

    /// The next complete picture, and the number of its parts.
    fn picture(&mut self) -> (Wallboard, usize) {
        self.center.begin_picture();
        for parts in 1.. {
            let part = self.center.poll_picture(self.now).expect("a part follows");
            if let Some(board) = self.picture.apply(part) {
                assert!(!self.center.has_open_picture());
                return (board, parts);
            }
        }
        unreachable!("a picture has an end")
    }
}

#[test]
fn picture_shows_position_cause_and_masked_caller_of_each_waiting_call() {
    let mut engine = Engine::with_ports(20);
    engine.input(Input::Sip(sip::Event::SeatReached { seat: SEAT }));
    for dialled in ["12345", "12345", "12346"] {
        engine.call(dialled);
    }
    let (board, _) = engine.picture();
    let main = &board.queues[&QueueId::from("main")];
    let waiting: Vec<_> = main.waiting.iter().map(|w| (w.position, w.ringing, w.cause)).collect();
    let expected = [
        (Some(1), Some(SEAT), None),
        (Some(2), None, Some(WaitCause::Busy)),
        (Some(3), None, Some(WaitCause::Unqualified)),
    ];
    assert_eq!(waiting, expected);
    let masked = Number::new("13800001111").masked();
    assert!(main.waiting.iter().all(|w| w.caller.as_ref() == Some(&masked)));
    let third = main.waiting.iter().last().expect("three wait").call;
    assert_eq!(board.wait_reasons[&third].requirement.skills[&"english".into()], 5);
    assert_eq!(board.seats, engine.center.memory().wallboard.seats);
}

#[test]
fn picture_of_many_changes_comes_in_parts_with_inputs_in_between() {
    let mut engine = Engine::with_ports(2_000);
    (0..1_500).for_each(|_| engine.call("12345"));
    engine.center.begin_picture();
    let (mut parts, mut calls) = (0, 1_500);
    let board = loop {
        let part = engine.center.poll_picture(engine.now).expect("a part follows");
        parts += 1;
        if let Some(board) = engine.picture.apply(part) {
            break board;
        }
        if calls < 1_510 {
            engine.call("12345");
            calls += 1;
        }
    };
    assert!((6..100).contains(&parts), "{parts} parts");
    let waiting = |board: &Wallboard| {
        let waiting = board.queues[&QueueId::from("main")].waiting.iter();
        waiting.map(|w| (w.call, w.since, w.ringing)).collect::<Vec<_>>()
    };
    // The calls that came in between are in it too.
    assert!(waiting(&board).len() > 1_500);
    assert_eq!(waiting(&board), waiting(&engine.center.memory().wallboard));
    let main = &board.queues[&QueueId::from("main")];
    assert!(main.waiting.iter().all(|w| w.cause == Some(WaitCause::Unstaffed)));
}

#[test]
fn adopted_config_is_one_record_before_its_consequences_and_answered_once_durable() {
    const ADDED: SeatId = SeatId(1002);
    let mut engine = Engine::with_ports(20);
    engine.input(Input::Sip(sip::Event::SeatReached { seat: SEAT }));
    (0..2).for_each(|_| engine.call("12345"));
    engine.picture();
    let outputs = engine.adopt(&[ADDED], "other");
    let records: Vec<&str> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Append(record) => Some(record.event.name()),
            _ => None,
        })
        .collect();
    assert_eq!(records[0], "ConfigAdopted", "{records:?}");
    assert!(records.contains(&"SeatLoggedOut") && records.contains(&"CallMoved"), "{records:?}");
    let is_reply = |output: &Output| matches!(output, Output::Reply { reply_to: 7, .. });
    assert!(!outputs.iter().any(is_reply), "the record is not durable yet");
    let seq = engine.center.memory().seq;
    assert!(engine.input(Input::Durable(seq)).iter().any(is_reply));

    // The copy follows, and equals the center's board and a replay of the records.
    let (board, _) = engine.picture();
    let memory = &engine.center.memory().wallboard;
    assert_eq!(board.seats, memory.seats);
    assert_eq!(board.seats.keys().copied().collect::<Vec<_>>(), [ADDED]);
    assert_eq!(board.seat_profiles, memory.seat_profiles);
    let waiting = |board: &Wallboard, queue: &str| {
        let board = board.queues.get(&QueueId::from(queue));
        board.map(|board| (board.waiting.len(), board.offered, board.flowed_out))
    };
    for board in [&board, memory] {
        assert_eq!(waiting(board, "other"), Some((2, 2, 0)));
        assert_eq!(waiting(board, "main"), Some((0, 2, 2)));
    }
    engine.input(Input::Sip(sip::Event::SeatReached { seat: ADDED }));
    let (board, _) = engine.picture();
    assert!(board.seats[&ADDED].reachable && board.seats[&ADDED].work.is_none());
}

#[test]
fn refused_config_writes_nothing() {
    let mut engine = Engine::with_ports(20);
    engine.call("12345");
    let before = engine.center.memory().clone();
    engine.adopt(&[SEAT], "main");
    let after = engine.center.memory().seq;
    // The queue is gone and its caller is moved nowhere: `main` is not removed twice.
    engine.adopt(&[SEAT], "other");
    let moved = engine.center.memory().seq;
    assert!(before.seq < after && after < moved);
    let outputs = engine.adopt(&[SEAT], "third");
    let refused = outputs.iter().find_map(|output| match output {
        Output::Reply { reply: Err(Refusal::Config(why)), .. } => Some(why.clone()),
        _ => None,
    });
    let why = refused.expect("it is refused at once");
    assert!(why.iter().any(|why| why.contains("1 callers wait in queue \"other\"")), "{why:?}");
    assert_eq!(engine.center.memory().seq, moved);
    assert!(!outputs.iter().any(|output| matches!(output, Output::Append(_) | Output::Sip(_))));
}

#[test]
fn picture_of_a_quiet_center_is_one_part() {
    let mut engine = Engine::with_ports(20);
    engine.picture();
    engine.call("12345");
    let (board, parts) = engine.picture();
    assert_eq!((parts, board.seq), (1, engine.center.memory().seq));
}
