//! An emergency has no desk, and imported calls are filed once at the next start.

use center::{Center, Command, DeskRequest, Input, Memory, Output, Refusal};
use deadlines::calendar::{Calendar, OfficeHours};
use directory::leader::LeaderCommand;
use model::{
    AccountName, CalendarTable, CallId, EmergencyId, Event, LineId, Number, QueueId, Record,
    SeatId, TicketId, Timestamp, TrunkId, Zone,
    desk::Actor,
    event::{
        CallArrived, CallConnected, CallEnd, CallEnded, CallQueued, CallRefused, EmergencyImported,
        EmergencyStarted, PersonLoggedIn, RecordImported, RefusalCause as TurnedAway,
        ReportInstructed, Role, SeatActor,
    },
};
use stats::Wallboard;
use ticketing::{Desk, DeskCommand, Rules};

/// 2026-11-22 09:00 in China.
const NINE_S: u64 = 1_795_309_200;
const SERIES: EmergencyId = EmergencyId(NINE_S * 1_000_000);

fn at(s: u64) -> Timestamp {
    Timestamp::from_micros((NINE_S + s) * 1_000_000)
}

fn blank() -> Memory {
    let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
    let desk = Desk::new(Rules::shipped(), calendar, [7; 32]);
    Memory::new(Wallboard::new(Zone::CHINA, [], []), desk)
}

fn appended(center: &mut Center) -> Vec<Record> {
    let mut records = Vec::new();
    while let Some(output) = center.poll_output() {
        if let Output::Append(record) = output {
            records.push(record);
        }
    }
    records
}

fn start(now: Timestamp, memory: Memory) -> (Center, Vec<Record>) {
    let plan = switch::Plan::default();
    let mut center = Center::start(now, memory, plan, acd::Policy::default(), "1");
    let records = appended(&mut center);
    (center, records)
}

/// An answered call, an abandoned call and a refused call, in seconds after the beginning of the
/// series. The id of each call is its arrival.
fn calls() -> Vec<(u64, Event)> {
    let queue = QueueId::from("main");
    let call = |s: u64| CallId::from_arrival(at(s));
    let caller = Number::new("13812345678");
    let arrived = |s| {
        Event::CallArrived(CallArrived {
            call: call(s),
            caller: caller.clone(),
            dialled: Number::new("12345"),
            line: LineId::from("12345"),
            trunk: TrunkId::from("telecom"),
        })
    };
    let queued = |s| {
        let (call, queue) = (call(s), queue.clone());
        let (skills, priority, position, expected_ms) = (Vec::new(), 0, 1, None);
        Event::CallQueued(CallQueued {
            transferred: false,
            waited_ms: 0,
            call,
            queue,
            skills,
            requirement: Default::default(),
            priority,
            position,
            expected_ms,
        })
    };
    let (seat, ring_ms) = (SeatId(1001), 1_000);
    let connected =
        CallConnected { call: call(1), queue: queue.clone(), seat, wait_ms: 2_000, ring_ms };
    let ended = |s, end, seat, talk_ms| {
        let (call, total_ms, wait_ms) = (call(s), 9_000, 2_000);
        Event::CallEnded(CallEnded { call, end, seat, total_ms, wait_ms, talk_ms })
    };
    let refused = CallRefused {
        call: call(8),
        caller: caller.clone(),
        dialled: Number::new("12345"),
        trunk: Some(TrunkId::from("telecom")),
        code: 503,
        cause: TurnedAway::NoPorts,
    };
    vec![
        (0, Event::EmergencyStarted(EmergencyStarted { series: SERIES, why: String::new() })),
        (1, arrived(1)),
        (1, queued(1)),
        (3, Event::CallConnected(connected)),
        (5, arrived(5)),
        (5, queued(5)),
        (8, Event::CallRefused(refused)),
        (10, ended(1, CallEnd::CallerHungUp, Some(seat), 7_000)),
        (12, ended(5, CallEnd::Abandoned, None, 0)),
    ]
}

fn import_into(memory: &mut Memory, when: Timestamp) {
    let mut last = 0;
    for (inner, (s, event)) in (1..).zip(calls()) {
        let record = Box::new(Record { seq: inner, at: at(s), event });
        last = inner;
        let event = Event::RecordImported(RecordImported { series: SERIES, record });
        memory.apply(&Record { seq: memory.seq + 1, at: when, event });
    }
    let done = EmergencyImported { series: SERIES, first: 1, last, by: "os:root".into() };
    let event = Event::EmergencyImported(done);
    memory.apply(&Record { seq: memory.seq + 1, at: when, event });
}

#[test]
fn imported_calls_are_filed_once_at_the_next_start() {
    let (center, _) = start(at(0), blank());
    let mut memory = center.into_memory();
    import_into(&mut memory, at(3_600));
    assert_eq!(memory.imported.series[&SERIES], 9);
    assert_eq!(memory.unfiled_calls.len(), 3);

    let (center, records) = start(at(3_700), memory);
    let mut opened = Vec::new();
    let mut missed = Vec::new();
    for record in &records {
        match &record.event {
            Event::TicketOpened(e) => opened.push((e.call, e.seat)),
            Event::MissedCallFiled(e) => missed.push((e.call, e.wait_ms)),
            // A second missed call of a caller is counted in their open item.
            Event::MissedCallRepeated(e) => missed.push((e.call, e.wait_ms)),
            _ => {}
        }
    }
    assert_eq!(opened, [(CallId::from_arrival(at(1)), SeatId(1001))]);
    let (abandoned, refused) = (CallId::from_arrival(at(5)), CallId::from_arrival(at(8)));
    assert_eq!(missed, [(abandoned, 2_000), (refused, 0)]);
    // The id of the next call is higher than those of the emergency, even if the clock is behind.
    let memory = center.into_memory();
    assert!(memory.last_call >= refused && memory.unfiled_calls.is_empty());
    assert!(memory.last_ticket > TicketId(0));
    let (_, records) = start(at(3_800), memory);
    assert_eq!(records.len(), 1, "{records:?}");
}

#[test]
fn interrupted_calls_end_at_the_last_own_record_and_not_at_an_import() {
    let (center, _) = start(at(0), blank());
    let mut memory = center.into_memory();
    let arrived = calls().remove(1).1;
    let Event::CallArrived(arrived) = arrived else { panic!("it arrives") };
    let call = CallId::from_arrival(at(20));
    let event = Event::CallArrived(CallArrived { call, ..arrived });
    memory.apply(&Record { seq: memory.seq + 1, at: at(20), event });
    let event = Event::CallAccepted(model::event::CallAccepted { call });
    memory.apply(&Record { seq: memory.seq + 1, at: at(30), event });
    import_into(&mut memory, at(3_600));
    let (_, records) = start(at(3_700), memory);
    let total_ms = records.iter().find_map(|record| match &record.event {
        Event::CallEnded(e) if e.call == call => Some(e.total_ms),
        _ => None,
    });
    assert_eq!(total_ms, Some(10_000));
}

#[test]
fn emergency_refuses_desk_commands_and_counts_its_own_offers() {
    let started = EmergencyStarted { series: SERIES, why: "the log is damaged".into() };
    let (plan, policy) = (switch::Plan::default(), acd::Policy::default());
    let mut center = Center::start_emergency(at(0), blank(), plan, policy, "1", started.clone());
    let records = appended(&mut center);
    assert_eq!(records[0].event, Event::EmergencyStarted(started));
    assert_eq!(records[0].seq, 1);

    let (account, role) = (AccountName::from("director"), Role::Director);
    let by = Actor::Person { account: account.clone(), role, unit: None, outsourced: false };
    let command = DeskCommand::Leader(LeaderCommand::ImportRoster { table: String::new() });
    let order = DeskRequest { by, command, expected: None, key: None };
    let instructed = ReportInstructed {
        report: "R1".into(),
        period: "2026-11-22".into(),
        leader: account.clone(),
        text: "查".into(),
        unit: None,
        due: None,
        ticket: None,
    };
    let seen = PersonLoggedIn { account: account.clone(), from: "192.0.2.7".into() };
    let asked = [
        Command::Desk(Box::new(order)),
        Command::Note(Event::ReportInstructed(instructed)),
        Command::Note(Event::PersonLoggedIn(seen)),
    ];
    let mut replies = Vec::new();
    for (reply_to, command) in (0..).zip(asked) {
        let by = SeatActor::Person(account.clone());
        center.handle_input(at(1), Input::Command { reply_to, by, command });
        center.handle_input(at(1), Input::Durable(center.memory().seq));
        while let Some(output) = center.poll_output() {
            if let Output::Reply { reply, .. } = output {
                replies.push(reply.map(drop));
            }
        }
    }
    assert_eq!(replies, [Err(Refusal::Emergency), Err(Refusal::Emergency), Ok(())]);
    // Offer ids of the series begin far above those of the hotline's log.
    let memory = center.into_memory();
    assert_eq!((memory.emergency, memory.last_offer.0), (Some(SERIES), SERIES.0));
}
