//! A snapshot restored at any record and continued equals a replay of the whole log.

use std::time::Duration;

use center::{Memory, snapshot};
use deadlines::calendar::{Calendar, OfficeHours};
use model::{
    CalendarTable, CallId, Event, LineId, Number, OfferId, QueueId, Record, SeatId, TicketId,
    Timestamp, Zone,
    desk::{Actor, Channel, DeskEntry, DeskEvent, Form, IdempotencyKey, LegacyTicket, TicketEvent},
    event::{
        AfterTalk, Alarm, AlarmRaised, CallArrived, CallConnected, CallQueued, OfferAccepted,
        OfferMade, RecordingStarted, SeatActor, SeatLoggedIn, SeatNextSet, TicketOpened,
    },
};
use stats::Wallboard;
use ticketing::{Desk, Rules};

const CALL: u64 = 1_795_363_200_000_000;

fn log() -> Vec<Record> {
    let call = |n: u64| CallId::from(CALL + n);
    let (seat, offer) = (SeatId(1001), OfferId(1));
    let caller = Number::new("13812345678");
    let (line, queue) = (LineId::from("12345"), QueueId::from("general"));
    let ticket = TicketId(2_026_112_300_001);
    let past = Zone::CHINA.moment(model::Date { year: 2019, month: 3, day: 4 }, 36_000);
    let taken_over = TicketEvent::TakenOver(Box::new(LegacyTicket {
        number: "12333-77".into(),
        channel: Channel::Phone,
        caller: caller.clone(),
        line: line.clone(),
        form: Form::default(),
        opened: past,
        closed: past,
        unit: None,
        reply: None,
        satisfaction: None,
    }));
    let desk = |by: &Actor, ticket: u64, event| {
        let event = DeskEvent::Ticket(TicketId(ticket), event);
        let (name, command_sha256) = (format!("k{ticket}"), Some(format!("hash of k{ticket}")));
        let key = Some(IdempotencyKey { name, command_sha256 });
        Event::Desk(Box::new(DeskEntry { by: by.clone(), key, event }))
    };
    let opened = |id| {
        let (channel, caller) = (Channel::Wechat, caller.clone());
        let message = Some(format!("wechat/{id}"));
        desk(
            &Actor::Citizen,
            id,
            TicketEvent::Opened { channel, caller, line: line.clone(), message },
        )
    };
    let written = |id: u64| {
        let form = Form { title: Some(format!("第{id}件")), ..Form::default() };
        desk(&Actor::Citizen, id, TicketEvent::Written(Box::new(form)))
    };
    let arrived = |n| {
        Event::CallArrived(CallArrived {
            call: call(n),
            caller: caller.clone(),
            dialled: Number::new("12345"),
            line: line.clone(),
            trunk: "pbx".into(),
        })
    };
    let queued = |n| {
        let (call, queue, expected_ms) = (call(n), queue.clone(), Some(2_000));
        let (skills, priority, position) = (Vec::new(), 5, 1);
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
    let made = |n, of, seat| {
        let (offer, call, why) = (OfferId(n), call(of), "longest idle".into());
        let until = Timestamp::from_micros(CALL + 60_000_000);
        Event::OfferMade(OfferMade { offer, call, seat, until, why, decision: None })
    };
    let by = SeatActor::Person("li".into());
    let events = [
        Event::SeatLoggedIn(SeatLoggedIn { seat, agent: Some("li".into()), by: by.clone() }),
        arrived(1),
        queued(1),
        arrived(2),
        queued(2),
        made(1, 1, seat),
        Event::OfferAccepted(OfferAccepted { offer, call: call(1), seat, ring_ms: 900 }),
        Event::CallConnected(CallConnected {
            call: call(1),
            queue: queue.clone(),
            seat,
            wait_ms: 5_000,
            ring_ms: 900,
        }),
        Event::TicketOpened(TicketOpened {
            ticket,
            call: call(1),
            caller: caller.clone(),
            line: line.clone(),
            seat,
        }),
        Event::RecordingStarted(RecordingStarted { call: call(1), file: "a.wav".into() }),
        Event::SeatNextSet(SeatNextSet { seat, next: Some(AfterTalk::LogOut), by }),
        Event::AlarmRaised(AlarmRaised { alarm: Alarm::LogDamaged, text: "byte 7".into() }),
        opened(2_026_112_300_002),
        written(2_026_112_300_002),
        desk(&Actor::Citizen, 2_019_030_499_999, taken_over),
        made(2, 2, SeatId(1002)),
    ];
    let record = |(n, event)| {
        let (seq, at) = (n as u64 + 1, Timestamp::from_micros(CALL + 1_000_000 * n as u64));
        Record { seq, at, event }
    };
    events.into_iter().enumerate().map(record).collect()
}

#[test]
fn ticket_numbers_are_unique_when_the_clock_is_set_back_or_a_day_overflows() {
    let mut memory = blank(Rules::shipped(), &CalendarTable::default(), &[]);
    log().iter().for_each(|record| memory.apply(record));
    let (now, day) = (Timestamp::from_micros(CALL), 86_400);
    assert_eq!(memory.next_ticket(now), TicketId(2_026_112_300_003));
    assert_eq!(memory.next_ticket(now + Duration::from_secs(day)), TicketId(2_026_112_400_001));
    let yesterday = Timestamp::from_micros(CALL - 1_000_000 * day);
    assert_eq!(
        memory.next_ticket(yesterday),
        TicketId(2_026_112_300_003),
        "the clock was set back"
    );
    memory.last_ticket = TicketId(2_026_112_399_999);
    assert_eq!(memory.next_ticket(now), TicketId(2_026_112_400_000), "a province's busiest day");
    memory.last_ticket = memory.next_ticket(now);
    assert_eq!(memory.next_ticket(now + Duration::from_secs(day)), TicketId(2_026_112_400_001));

    // Legacy tickets of another hotline get the numbers from the end of their day.
    let then = Zone::CHINA.moment(model::Date { year: 2019, month: 3, day: 4 }, 36_000);
    assert_eq!(memory.next_taken_over(then), TicketId(2_019_030_499_998));
    assert_eq!(
        memory.next_taken_over(then + Duration::from_secs(day)),
        TicketId(2_019_030_599_999)
    );
}

fn blank(rules: Rules, days: &CalendarTable, seats: &[u32]) -> Memory {
    let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), days);
    let seats = seats.iter().map(|seat| SeatId(*seat));
    let wall = Wallboard::new(Zone::CHINA, [QueueId::from("general")], seats);
    Memory::new(wall, Desk::new(rules, calendar, [7; 32]))
}

fn written(memory: &Memory) -> Vec<u8> {
    let mut bytes = Vec::new();
    snapshot::write(&mut bytes, &memory.snapshot()).unwrap();
    bytes
}

#[test]
fn snapshot_at_any_record_restores_to_the_replayed_memory() {
    let log = log();
    let mut strict = Rules::shipped();
    (strict.archive_days, strict.rounds_max) = (7, 1);
    // The config of the later start has other rules and one more seat.
    let days = CalendarTable::default();
    let before = blank(Rules::shipped(), &days, &[1001, 1002]);
    let after = blank(strict, &days, &[1001, 1002, 1003]);
    let replay = |blank: &Memory| {
        let mut memory = blank.clone();
        log.iter().for_each(|record| memory.apply(record));
        memory
    };
    for cut in 0..=log.len() {
        let mut memory = before.clone();
        log[..cut].iter().for_each(|record| memory.apply(record));
        let bytes = written(&memory);
        for blank in [&before, &after] {
            let kept: snapshot::MemorySnapshot<'_> = snapshot::read(bytes.as_slice()).unwrap();
            assert_eq!(kept.seq(), cut as u64);
            let mut memory = blank.clone().restore(kept);
            log[cut..].iter().for_each(|record| memory.apply(record));
            assert_eq!(memory, replay(blank), "cut at {cut}");
        }
    }
}

#[test]
fn truncated_snapshot_is_rejected() {
    let mut memory = blank(Rules::shipped(), &CalendarTable::default(), &[1001]);
    log().iter().for_each(|record| memory.apply(record));
    let bytes = written(&memory);
    for cut in 0..bytes.len() {
        assert!(
            snapshot::read::<snapshot::MemorySnapshot<'_>>(&bytes[..cut]).is_err(),
            "cut at {cut}"
        );
    }
}
