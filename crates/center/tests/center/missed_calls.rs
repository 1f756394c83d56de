//! Missed calls: one open item with a count for each caller, bounded memory, and the recorded end.

use std::time::Duration;

use center::{Center, Command, ControlCommand, ControlRequest, Input, Memory, Output, snapshot};
use deadlines::calendar::{Calendar, OfficeHours};
use model::{
    CalendarTable, CallId, Direction, Event, LegId, LineId, Number, QueueId, Record, RemoteMedia,
    SeatId, TicketId, Timestamp, Zone,
    desk::Actor,
    event::{Alarm, CallEnd, RefusalCause, Role, SeatActor},
};
use stats::Wallboard;
use ticketing::{Desk, MISSED_CALLS_MAX, Rules, Ticket, TicketKind};

struct Engine {
    center: Center,
    now: Timestamp,
    log: Vec<Record>,
    legs: u64,
}

impl Engine {
    /// A center with one line, one queue, one seat, and this number of voice ports.
    fn start(ports: u16) -> Engine {
        Engine::by(Rules::shipped(), ports)
    }

    fn by(rules: Rules, ports: u16) -> Engine {
        let calendar =
            Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
        let wall = Wallboard::new(Zone::CHINA, [], []);
        let memory = Memory::new(wall, Desk::new(rules, calendar, [7; 32]));
        Engine::from(Timestamp::from_micros(1_795_334_400_000_000), memory, ports)
    }

    fn from(now: Timestamp, memory: Memory, ports: u16) -> Engine {
        let queue = QueueId::from("main");
        let seat =
            acd::SeatPolicy { queues: [(queue.clone(), 1)].into(), ..acd::SeatPolicy::default() };
        let policy = acd::Policy {
            queues: [(queue.clone(), acd::QueuePolicy::default())].into(),
            seats: [(SeatId(1001), seat)].into(),
            ..acd::Policy::default()
        };
        let line = switch::LinePlan {
            name: String::new(),
            numbers: vec!["12345".to_owned()],
            trunks: Vec::new(),
            queue,
            menu: None,
            skills: Default::default(),
            priority: 0,
            greeting: Vec::new(),
            music: media::PromptId(0),
            announcements: switch::Announcements::default(),
        };
        let plan = switch::Plan {
            trunks: [("telecom".into(), switch::TrunkPlan::default())].into(),
            lines: [(LineId::from("12345"), line)].into(),
            ..switch::Plan::default()
        };
        let center = Center::start(now, memory, plan, policy, "test");
        let mut engine = Engine { center, now, log: Vec::new(), legs: 1 };
        for n in 0..ports {
            engine.input(Input::Port(20_000 + 2 * n));
        }
        engine
    }

    fn input(&mut self, input: Input) {
        // No two arrivals have the same time, because call ids are made from it.
        self.now += Duration::from_micros(1);
        self.center.handle_input(self.now, input);
        let mut closed = Vec::new();
        while let Some(output) = self.center.poll_output() {
            match output {
                Output::Append(record) => self.log.push(record),
                Output::Media(media::Command::Close { call }) => {
                    let (ports, quality) = (vec![20_000], Default::default());
                    closed.push(media::Event::Closed { call, ports, quality });
                }
                _ => {}
            }
        }
        self.center.handle_input(self.now, Input::Durable(self.center.memory().seq));
        for event in closed {
            self.input(Input::Media(event));
        }
    }

    /// Runs the desk's rules until none is due.
    fn rest(&mut self) {
        while self.center.poll_timeout().is_some_and(|at| at <= self.now) {
            self.input(Input::Timeout);
        }
    }

    fn refuse(&mut self, caller: &str, cause: RefusalCause) {
        self.input(Input::Sip(sip::Event::Refused {
            caller: Number::new(caller),
            dialled: Number::new("12345"),
            trunk: Some("telecom".into()),
            code: switch::refusal_code(cause),
            cause,
        }));
    }

    /// Lets a call arrive and wait.
    fn call(&mut self, caller: &str) -> (CallId, LegId) {
        self.legs += 2;
        let leg = LegId(self.legs);
        self.input(Input::Arrival(sip::Incoming {
            leg,
            origin: sip::Origin::Trunk("telecom".into()),
            caller: Number::new(caller),
            display: String::new(),
            dialled: Number::new("12345"),
            remote: Some(RemoteMedia {
                rtp: ([127, 0, 0, 1], 4_000).into(),
                codec: model::Codec::Pcma,
                send: model::PayloadTypes::of(model::Codec::Pcma, None),
                receive: model::PayloadTypes::of(model::Codec::Pcma, None),
                ptime: Duration::from_millis(20),
                direction: Direction::SendRecv,
                signalled: Default::default(),
            }),
            signalled: Default::default(),
        }));
        let arrived = self.log.iter().rev().find_map(|record| match &record.event {
            Event::CallArrived(e) => Some(e.call),
            _ => None,
        });
        (arrived.expect("it arrived"), leg)
    }

    fn gives_up(&mut self, leg: LegId) {
        let end = sip::LegEnd::ByeReceived;
        self.input(Input::Sip(sip::Event::Ended { leg, end }));
    }

    fn items(&self) -> Vec<&Ticket> {
        let tickets = self.center.memory().desk.tickets();
        tickets.filter(|ticket| ticket.kind == TicketKind::MissedCall).collect()
    }

    fn count(&self, which: impl Fn(&Event) -> bool) -> usize {
        self.log.iter().filter(|record| which(&record.event)).count()
    }

    fn kept_bytes(&self) -> usize {
        let mut bytes = Vec::new();
        snapshot::write(&mut bytes, &self.center.memory().snapshot()).expect("memory is written");
        bytes.len()
    }

    /// Asserts that a replay of the whole log gives the same memory.
    fn assert_replays(&self) {
        let calendar =
            Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
        let wall = Wallboard::new(Zone::CHINA, [], []);
        let mut replayed = Memory::new(wall, Desk::new(Rules::shipped(), calendar, [7; 32]));
        self.log.iter().for_each(|record| replayed.apply(record));
        assert_eq!(&replayed, self.center.memory());
    }
}

const CALLER: &str = "13812345678";

#[test]
fn repeated_calls_of_one_caller_share_one_counted_item() {
    let mut engine = Engine::start(0);
    for _ in 0..25 {
        engine.refuse(CALLER, RefusalCause::QueueFull);
        engine.rest();
    }
    let items = engine.items();
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].missed_again, items[0].refused_again), (24, 24));
    assert_eq!(items[0].more_calls, []);
    assert_eq!(items[0].last_missed, Some(items[0].times.changed));
    assert_eq!(engine.count(|e| matches!(e, Event::CallRefused(_))), 25, "each is on record");
    assert!(engine.center.memory().unfiled_calls.is_empty());
    engine.assert_replays();
}

#[test]
fn number_with_and_without_the_area_code_is_one_caller_where_the_area_is_known() {
    let tries = ["67178888", "037167178888", "+8637167178888", "010-67178888"];
    for (area_code, items) in [("0371", 2), ("", 3)] {
        let area_code = area_code.parse().unwrap();
        let mut engine = Engine::by(Rules { area_code, ..Rules::shipped() }, 0);
        for caller in tries {
            engine.refuse(caller, RefusalCause::QueueFull);
            engine.rest();
        }
        assert_eq!(engine.items().len(), items);
    }
}

#[test]
fn abandoned_calls_of_one_caller_are_counted_and_listed_in_their_item() {
    let mut engine = Engine::start(10);
    let mut calls = Vec::new();
    for _ in 0..3 {
        let (call, leg) = engine.call(CALLER);
        engine.gives_up(leg);
        engine.rest();
        calls.push(call);
    }
    let items = engine.items();
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].call, items[0].missed_again), (Some(calls[0]), 2));
    assert_eq!(items[0].more_calls, calls[1..]);
    engine.assert_replays();
}

#[test]
fn other_callers_have_items_of_their_own_and_withheld_ones_share_one() {
    let mut engine = Engine::start(0);
    for caller in [CALLER, "13900000000", "", CALLER, ""] {
        engine.refuse(caller, RefusalCause::NoPorts);
    }
    assert_eq!(engine.items().len(), 3);
}

#[test]
fn call_missed_after_the_call_back_is_a_new_item() {
    let mut engine = Engine::start(0);
    engine.refuse(CALLER, RefusalCause::QueueFull);
    engine.rest();
    let ticket = engine.items()[0].ticket;
    engine.contact(ticket);
    engine.refuse(CALLER, RefusalCause::QueueFull);
    engine.rest();
    let items = engine.items();
    assert_eq!(items.len(), 2, "the first was called back; this one is owed");
    let running = |ticket: &Ticket| ticket.clocks.iter().any(|clock| clock.end().is_none());
    assert_eq!(items.iter().map(|ticket| running(ticket)).collect::<Vec<_>>(), [false, true]);
}

impl Engine {
    /// Records that the hub called back.
    fn contact(&mut self, ticket: TicketId) {
        use model::desk::{
            Actor, ContactMade, ContactPurpose, DeskEntry, DeskEvent, Reached, ReplyBy, TicketEvent,
        };
        let by = Actor::Person {
            account: "li".into(),
            role: model::event::Role::Agent,
            unit: None,
            outsourced: false,
        };
        let contact = ContactMade {
            how: ReplyBy::Phone,
            purpose: ContactPurpose::FirstContact,
            reached: Reached::NoAnswer,
            call: None,
            with: model::desk::Private::new("the caller"),
            number: Number::new(CALLER),
            text: String::new(),
        };
        let event = DeskEvent::Ticket(ticket, TicketEvent::Contacted(contact));
        self.input(Input::Note(Event::Desk(Box::new(DeskEntry { by, key: None, event }))));
    }
}

#[test]
fn refusals_for_what_carriers_send_leave_an_item_and_wrong_numbers_none() {
    for (cause, items) in [
        (RefusalCause::BadRequest, 1),
        (RefusalCause::UnsupportedBody, 1),
        (RefusalCause::UnsupportedUri, 1),
        (RefusalCause::UnsupportedExtension, 1),
        (RefusalCause::TooManyHops, 1),
        (RefusalCause::NoCodec, 1),
        (RefusalCause::EngineFull, 1),
        (RefusalCause::NoSuchLine, 0),
        (RefusalCause::Blacklisted, 0),
    ] {
        let mut engine = Engine::start(0);
        engine.refuse(CALLER, cause);
        assert_eq!(engine.items().len(), items, "{cause:?}");
        assert_eq!(engine.count(|e| matches!(e, Event::CallRefused(_))), 1, "{cause:?}");
    }
}

#[test]
fn refused_call_of_a_seat_is_not_a_missed_call() {
    let mut engine = Engine::start(0);
    engine.input(Input::Sip(sip::Event::Refused {
        caller: Number::new("1001"),
        dialled: Number::new("*73"),
        trunk: None,
        code: 503,
        cause: RefusalCause::EngineFull,
    }));
    assert_eq!(engine.items().len(), 0);
    assert_eq!(engine.count(|e| matches!(e, Event::CallRefused(_))), 1);
}

#[test]
fn memory_does_not_grow_with_the_tries_of_one_caller() {
    let mut engine = Engine::start(0);
    for _ in 0..100 {
        engine.refuse(CALLER, RefusalCause::NoPorts);
    }
    engine.rest();
    let before = engine.kept_bytes();
    for _ in 0..1_000 {
        engine.refuse(CALLER, RefusalCause::NoPorts);
    }
    engine.rest();
    // Counters and times may get more digits.
    assert!(engine.kept_bytes() <= before + 64, "{before} bytes, then {}", engine.kept_bytes());
}

#[test]
fn memory_is_bounded_for_any_number_of_refused_callers() {
    let mut engine = Engine::start(0);
    for n in 0..MISSED_CALLS_MAX {
        engine.refuse(&format!("139{n:08}"), RefusalCause::NoPorts);
    }
    engine.rest();
    assert_eq!(engine.items().len(), MISSED_CALLS_MAX);
    let full = Alarm::MissedCallsFull;
    assert!(!engine.center.memory().wallboard.alarms.contains_key(&full));
    let before = engine.kept_bytes();
    assert!(before / MISSED_CALLS_MAX <= 1_024, "{} bytes an item", before / MISSED_CALLS_MAX);
    for n in 0..1_000 {
        engine.refuse(&format!("137{n:08}"), RefusalCause::NoPorts);
    }
    engine.rest();
    assert_eq!(engine.items().len(), MISSED_CALLS_MAX);
    assert!(engine.center.memory().unfiled_calls.is_empty());
    assert!(engine.center.memory().wallboard.alarms.contains_key(&full));
    assert_eq!(engine.count(|e| matches!(e, Event::AlarmRaised(_))), 1, "said once");
    let grown = engine.kept_bytes() - before;
    assert!(grown <= 1_024, "{grown} bytes more for a thousand refusals: the alarm's text");
    // A caller with an item is still counted in it, and a caller who waited still gets one.
    engine.refuse("13900000000", RefusalCause::NoPorts);
    assert_eq!(engine.items()[0].missed_again, 1);
    engine.assert_replays();
}

#[test]
fn item_owed_by_a_killed_engine_is_filed_once() {
    let mut engine = Engine::start(0);
    engine.refuse(CALLER, RefusalCause::QueueFull);
    // The log ends with the second refusal, before the record of its item.
    engine.refuse(CALLER, RefusalCause::QueueFull);
    let is_repeat = |record: &Record| matches!(record.event, Event::MissedCallRepeated(_));
    let last = engine.log.iter().position(is_repeat).expect("the second try is counted");
    let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
    let wall = Wallboard::new(Zone::CHINA, [], []);
    let mut memory = Memory::new(wall, Desk::new(Rules::shipped(), calendar, [7; 32]));
    engine.log[..last].iter().for_each(|record| memory.apply(record));
    assert_eq!(memory.unfiled_calls.len(), 1);
    let mut next = Engine::from(engine.now, memory, 0);
    next.rest();
    assert!(next.center.memory().unfiled_calls.is_empty());
    assert_eq!(next.items().len(), 1);
    assert_eq!(next.items()[0].missed_again, 1);
}

/// A command of the agent `li`, or of the supervisor `chief`.
fn control(engine: &mut Engine, account: &str, command: ControlCommand) {
    let role = if account == "li" { Role::Agent } else { Role::Supervisor };
    let by = Actor::Person { account: account.into(), role, unit: None, outsourced: false };
    let command = Command::Control(ControlRequest { by, command });
    let by = SeatActor::Person(account.into());
    engine.input(Input::Command { reply_to: 1, by, command });
}

fn hang_up(engine: &mut Engine, by: &str, call: CallId) {
    control(engine, by, ControlCommand::HangUp { call });
}

fn end_of(engine: &Engine) -> CallEnd {
    let end = engine.log.iter().find_map(|record| match &record.event {
        Event::CallEnded(e) => Some(e.end),
        _ => None,
    });
    end.expect("a call ended")
}

#[test]
fn waiting_call_ended_by_a_supervisor_says_so_and_is_owed_a_call_back() {
    let mut engine = Engine::start(10);
    let (call, _) = engine.call(CALLER);
    hang_up(&mut engine, "chief", call);
    assert_eq!(end_of(&engine), CallEnd::SupervisorHungUp);
    assert_eq!(engine.items().len(), 1);
    assert_eq!(engine.items()[0].call, Some(call));
}

#[test]
fn talk_ended_at_the_console_tells_the_seat_from_a_supervisor() {
    for (by, end) in [("li", CallEnd::SeatHungUp), ("chief", CallEnd::SupervisorHungUp)] {
        let mut engine = Engine::start(10);
        let seat = SeatId(1001);
        engine.input(Input::Sip(sip::Event::SeatReached { seat }));
        let login = ControlCommand::LogIn { seat, agent: Some("li".into()) };
        for command in [login, ControlCommand::Ready { seat }] {
            control(&mut engine, "li", command);
        }
        let (call, _) = engine.call(CALLER);
        let leg = LegId(2);
        let remote = RemoteMedia {
            rtp: ([127, 0, 0, 1], 4_002).into(),
            codec: model::Codec::Pcma,
            send: model::PayloadTypes::of(model::Codec::Pcma, None),
            receive: model::PayloadTypes::of(model::Codec::Pcma, None),
            ptime: Duration::from_millis(20),
            direction: Direction::SendRecv,
            signalled: Default::default(),
        };
        engine.input(Input::Sip(sip::Event::Answered { leg, remote }));
        assert_eq!(engine.count(|e| matches!(e, Event::CallConnected(_))), 1);
        hang_up(&mut engine, by, call);
        assert_eq!(end_of(&engine), end);
    }
}
