//! The view: applied, queried, rebuilt, and damaged in many ways.

use std::{
    fs,
    path::{Path, PathBuf},
};

use model::{
    CallId, Event, LineId, Number, OfferId, QueueId, Record, SeatId, Seq, TicketId, Timestamp,
    TrunkId,
    desk::{Actor, Channel, DeskEntry, DeskEvent, Form, LegacyTicket, MatterId, TicketEvent},
    event::{
        CallArrived, CallConnected, CallEnd, CallEnded, CallQueued, EngineStarted, MissedCallFiled,
        MissedCallRepeated, OfferAccepted, OfferMade, RecordingClosed, RecordingStarted, SeatActor,
        SeatLoggedIn, TicketOpened,
    },
};
use proptest::prelude::*;
use stats::Cdr;
use store::{CallIndex, Reader, Store, StoreError, TicketIndex};
use ticketing::{Ticket, TicketKind};

const NOON: u64 = 1_795_320_000_000_000;

fn call(n: u64) -> CallId {
    CallId::from(NOON + n * 1_000_000)
}

fn ticket(n: u64) -> TicketId {
    TicketId(2026112200000 + n)
}

fn caller(n: u64) -> Number {
    match n % 5 {
        0 => Number::default(),
        n => Number::new(&"1381".repeat(n as usize)),
    }
}

fn line(n: u64) -> LineId {
    LineId::from(if n.is_multiple_of(2) { "12345" } else { "12349" })
}

fn seat(n: u64) -> SeatId {
    SeatId(1_001 + (n % 3) as u32)
}

/// The events of a call. Every fourth is abandoned; `is_over` says whether it ends.
fn life(n: u64, is_over: bool) -> Vec<Event> {
    let call = call(n);
    let mut events = vec![
        Event::CallArrived(CallArrived {
            call,
            caller: caller(n),
            dialled: Number::new("12345"),
            line: line(n),
            trunk: TrunkId::from("telecom"),
        }),
        Event::RecordingStarted(RecordingStarted { call, file: format!("2026/11/22/{call}.wav") }),
        Event::CallQueued(CallQueued {
            transferred: false,
            waited_ms: 0,
            call,
            queue: QueueId::from("mandarin"),
            skills: vec![],
            requirement: Default::default(),
            priority: 0,
            position: 1,
            expected_ms: None,
        }),
    ];
    let is_missed = n % 4 == 3;
    if !is_missed {
        let (offer, seat) = (OfferId(n), seat(n));
        events.push(Event::OfferMade(OfferMade {
            offer,
            call,
            seat,
            until: Timestamp::from_micros(NOON),
            why: String::new(),
            decision: None,
        }));
        events.push(Event::OfferAccepted(OfferAccepted { offer, call, seat, ring_ms: 500 }));
        events.push(Event::CallConnected(CallConnected {
            call,
            queue: QueueId::from("mandarin"),
            seat,
            wait_ms: 1_000 + n,
            ring_ms: 500,
        }));
    }
    if !is_over {
        return events;
    }
    events.push(Event::CallEnded(CallEnded {
        call,
        end: if is_missed { CallEnd::Abandoned } else { CallEnd::CallerHungUp },
        seat: (!is_missed).then(|| seat(n)),
        total_ms: 9_000,
        wait_ms: 1_000 + n,
        talk_ms: if is_missed { 0 } else { 7_000 },
    }));
    let (ticket, caller, line) = (ticket(n + 1), caller(n), line(n));
    events.push(match is_missed {
        true => {
            Event::MissedCallFiled(MissedCallFiled { ticket, call, caller, line, wait_ms: 1_000 })
        }
        false => Event::TicketOpened(TicketOpened { ticket, call, caller, line, seat: seat(n) }),
    });
    events.push(Event::RecordingClosed(RecordingClosed {
        call,
        file: format!("2026/11/22/{call}.wav"),
        length_ms: 9_000,
        sha256: "ab".repeat(32),
        caller_gap_ms: 0,
        hotline_gap_ms: 0,
    }));
    events
}

/// The log of `calls` calls, three at a time, the last two still up.
fn log(calls: u64) -> Vec<Record> {
    let mut lives: Vec<_> = (0..calls).map(|n| life(n, n + 2 < calls).into_iter()).collect();
    let mut events = vec![Event::EngineStarted(EngineStarted { version: "1".into() })];
    let (seat, agent, by) = (SeatId(1001), Some("li".into()), SeatActor::Phone);
    events.push(Event::SeatLoggedIn(SeatLoggedIn { seat, agent, by }));
    for trio in lives.chunks_mut(3) {
        while trio.iter().any(|life| life.len() > 0) {
            events.extend(trio.iter_mut().filter_map(Iterator::next));
        }
    }
    let at = |seq: u64| Timestamp::from_micros(NOON + seq * 50_000);
    (1..).zip(events).map(|(seq, event)| Record { seq, at: at(seq), event }).collect()
}

/// The same log, folded in memory.
fn folded(log: &[Record]) -> (Vec<Cdr>, Vec<Ticket>) {
    let (mut calls, mut tickets): (Vec<Cdr>, Vec<Ticket>) = (vec![], vec![]);
    for Record { seq, at, event } in log {
        calls.extend(Cdr::begin(*at, event));
        tickets.extend(Ticket::open(*seq, *at, event));
        if let Some(cdr) = calls.iter_mut().find(|cdr| Some(cdr.call) == Cdr::subject(event)) {
            cdr.apply(*at, event, |seat| (seat == SeatId(1001)).then(|| "li".into()));
        }
    }
    calls.sort_by_key(|cdr| std::cmp::Reverse(cdr.call));
    tickets.sort_by_key(|ticket| std::cmp::Reverse(ticket.ticket));
    (calls, tickets)
}

/// The records of the offers of a call.
fn offers_in(log: &[Record], call: CallId) -> Vec<Record> {
    let is_of_call = |record: &&Record| match &record.event {
        Event::OfferMade(e) => e.call == call,
        Event::OfferAccepted(e) => e.call == call,
        _ => false,
    };
    log.iter().filter(is_of_call).cloned().collect()
}

fn everything(reader: &Reader) -> (Vec<Cdr>, Vec<Ticket>) {
    let calls = reader.calls(None, 999, None).unwrap();
    (calls, reader.tickets(None, 999, None).unwrap())
}

fn store_of(folder: &Path, log: &[Record]) -> Store {
    let store = Store::open(folder).unwrap();
    store.apply(log).unwrap();
    store
}

#[test]
fn offers_of_a_call_are_found_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let log = log(8);
    store.apply(&log).unwrap();
    let mut count = 0;
    for n in 0..8 {
        let found = store.reader().offers(call(n)).unwrap();
        assert_eq!(found, offers_in(&log, call(n)));
        count += found.len();
    }
    assert_eq!(count, 12, "two records for each of the six answered calls");
}

#[test]
fn live_view_equals_rebuilt_view_and_fold_in_memory() {
    let log = log(30);
    let (live, anew) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut store = Store::open(live.path()).unwrap();
    for (n, batch) in log.chunks(7).enumerate() {
        store.apply(batch).unwrap();
        if n % 5 == 4 {
            drop(store);
            store = Store::open(live.path()).unwrap();
            assert_eq!(store.applied(), batch.last().unwrap().seq, "it remembers");
        }
    }
    let other = store_of(anew.path(), &log);
    assert_eq!(store.applied(), log.len() as Seq);
    assert_eq!(everything(&store.reader()), everything(&other.reader()));
    assert_eq!(everything(&store.reader()), folded(&log));
    let open = |store: &Store| store.reader().open_calls().unwrap();
    assert_eq!(open(&store), open(&other));
    assert_eq!(open(&store).iter().map(|cdr| cdr.call).collect::<Vec<_>>(), [call(28), call(29)]);
}

#[test]
fn applied_records_are_skipped_and_a_gap_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(6);
    let store = store_of(folder.path(), &log[..10]);
    let before = everything(&store.reader());
    store.apply(&log[..10]).unwrap();
    store.apply(&[]).unwrap();
    assert_eq!((store.applied(), everything(&store.reader())), (10, before));
    let refused = store.apply(&log[11..]);
    assert!(matches!(refused, Err(StoreError::Gap { expected: 11, found: 12 })), "{refused:?}");
    let holey = [log[10].clone(), log[12].clone()];
    assert!(matches!(store.apply(&holey), Err(StoreError::Gap { expected: 12, found: 13 })));
    assert_eq!(store.applied(), 10, "nothing of a refused batch is applied");
    store.apply(&log[4..]).unwrap();
    assert_eq!(everything(&store.reader()), folded(&log));
}

#[test]
fn calls_are_paged_and_filtered_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(40);
    let reader = store_of(folder.path(), &log).reader();
    let (all, _) = folded(&log);
    let mut paged = Vec::new();
    let mut before = None;
    loop {
        let page = reader.calls(before, 7, None).unwrap();
        before = page.last().map(|cdr| cdr.call);
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);

    type Holds = fn(&Cdr) -> bool;
    let indexes: [(CallIndex, Holds); 11] = [
        (CallIndex::Seat(seat(2)), |cdr| cdr.seat == Some(seat(2))),
        (CallIndex::Caller(caller(1)), |cdr| cdr.caller == caller(1)),
        (CallIndex::Caller(Number::new("138")), |_| false),
        (CallIndex::Caller(Number::default()), |_| false),
        (CallIndex::Agent("li".into()), |cdr| cdr.agent.is_some()),
        (CallIndex::Queue("mandarin".into()), |cdr| cdr.queue.is_some()),
        (CallIndex::Queue("man".into()), |_| false),
        (CallIndex::End(CallEnd::Abandoned), |cdr| cdr.end == Some(CallEnd::Abandoned)),
        (CallIndex::Answered(true), |cdr| cdr.connected.is_some()),
        (CallIndex::Answered(false), |cdr| cdr.connected.is_none()),
        (CallIndex::Recorded, |cdr| cdr.recording_sha256.is_some()),
    ];
    for (index, holds) in indexes {
        let expected: Vec<Cdr> = all.iter().filter(|cdr| holds(cdr)).cloned().collect();
        let found = reader.calls(None, 999, Some(&index)).unwrap();
        assert_eq!(found, expected, "{index:?}");
        assert!(all.iter().all(|cdr| index.contains(cdr) == holds(cdr)), "{index:?}");
        let some = reader.calls(Some(call(30)), 2, Some(&index)).unwrap();
        let older = expected.into_iter().filter(|cdr| cdr.call < call(30)).take(2);
        assert_eq!(some, older.collect::<Vec<_>>(), "{index:?}");
    }
    assert_eq!(reader.call(call(3)).unwrap().as_ref(), all.iter().find(|cdr| cdr.call == call(3)));
    assert_eq!(reader.call(call(77)).unwrap(), None);
}

#[test]
fn tickets_are_found_by_number_kind_caller_and_call() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(20);
    let reader = store_of(folder.path(), &log).reader();
    let (_, all) = folded(&log);
    assert_eq!(reader.ticket(ticket(3)).unwrap().unwrap().call, Some(call(2)));
    assert_eq!(reader.ticket(ticket(99)).unwrap(), None);
    assert_eq!(reader.ticket_of_call(call(2)).unwrap().unwrap().ticket, ticket(3));
    assert_eq!(reader.ticket_of_call(call(19)).unwrap(), None, "still up");
    let missed = Some(TicketIndex::Kind(TicketKind::MissedCall));
    let found = reader.tickets(None, 99, missed.as_ref()).unwrap();
    let expected: Vec<Ticket> =
        all.iter().filter(|ticket| ticket.kind == TicketKind::MissedCall).cloned().collect();
    assert!(expected.len() > 2);
    assert_eq!(found, expected);
    let older = reader.tickets(Some(expected[0].ticket), 1, missed.as_ref()).unwrap();
    assert_eq!(older, expected[1..2]);
    // 1381 and 13811381 have a common prefix and are two callers.
    for who in [1, 2] {
        let expected: Vec<Ticket> =
            all.iter().filter(|ticket| ticket.caller == caller(who)).cloned().collect();
        assert_eq!(reader.tickets_of_caller(&caller(who)).unwrap(), expected);
    }
    assert_eq!(reader.tickets_of_caller(&Number::default()).unwrap(), []);
    // One telephone under two numbers: both are merged, newest first, within one page.
    let both = TicketIndex::Caller(vec![caller(1), caller(2)]);
    let expected: Vec<Ticket> =
        all.iter().filter(|t| [caller(1), caller(2)].contains(&t.caller)).cloned().collect();
    assert_eq!(reader.tickets(None, 99, Some(&both)).unwrap(), expected);
    assert_eq!(reader.tickets(None, 2, Some(&both)).unwrap(), expected[..2]);
    assert!(expected.iter().all(|ticket| both.contains(ticket)));
}

#[test]
fn matter_knows_the_number_of_its_tickets_and_changed_tickets_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let opened = log(12);
    store.apply(&opened).unwrap();
    let (mut seq, at) = (opened.len() as Seq, Timestamp::from_micros(NOON));
    let mut registered = |n, matter| {
        seq += 1;
        let matter = MatterId(ticket(matter));
        let query_code = "123456".to_owned();
        let event = TicketEvent::Registered {
            matter,
            repeat_caller: false,
            repeat_matter: false,
            query_code,
        };
        let event = DeskEvent::Ticket(ticket(n), event);
        Record {
            seq,
            at,
            event: Event::Desk(Box::new(DeskEntry { by: Actor::Engine, key: None, event })),
        }
    };
    let size = |n| store.reader().matter_size(MatterId(ticket(n))).unwrap();
    assert_eq!(size(1), 0);
    // In one batch, and then one after another: two join the first's matter, one leaves it again.
    let changed = store.apply(&[registered(1, 1), registered(2, 1)]).unwrap();
    let changed: Vec<TicketId> = changed.iter().map(|ticket| ticket.ticket).collect();
    assert_eq!((changed, size(1)), (vec![ticket(1), ticket(2)], 2));
    store.apply(&[registered(3, 1)]).unwrap();
    assert_eq!(size(1), 3);
    store.apply(&[registered(2, 2)]).unwrap();
    assert_eq!((size(1), size(2)), (2, 1));
    store.apply(&[registered(1, 2), registered(3, 2)]).unwrap();
    assert_eq!((size(1), size(2)), (0, 3));
    let found = store.reader().tickets(None, 99, Some(&TicketIndex::Matter(MatterId(ticket(2)))));
    assert_eq!(found.unwrap().len(), 3);
}

#[test]
fn repeated_missed_calls_are_counted_in_the_view_as_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let filed = MissedCallFiled {
        ticket: ticket(1),
        call: call(1),
        caller: caller(1),
        line: line(1),
        wait_ms: 1_000,
    };
    let repeated = |n, refused| {
        let (ticket, call, wait_ms) = (ticket(1), call(n), 0);
        MissedCallRepeated { ticket, call, refused, wait_ms }
    };
    let repeats = [repeated(2, true), repeated(3, false), repeated(4, true)];
    let mut events = vec![Event::MissedCallFiled(filed)];
    events.extend(repeats.iter().cloned().map(Event::MissedCallRepeated));
    let at = |seq: u64| Timestamp::from_micros(NOON + seq * 50_000);
    let log: Vec<Record> =
        (1..).zip(events).map(|(seq, event)| Record { seq, at: at(seq), event }).collect();
    // The first two in one batch, the others in a later one.
    store.apply(&log[..2]).unwrap();
    store.apply(&log[2..]).unwrap();

    let mut expected = Ticket::open(1, at(1), &log[0].event).unwrap();
    for (seq, repeat) in (2..).zip(&repeats) {
        expected.missed_again(seq, at(seq), repeat);
    }
    assert_eq!((expected.missed_again, expected.refused_again), (3, 2));
    let reader = store.reader();
    assert_eq!(reader.ticket(ticket(1)).unwrap(), Some(expected));
    assert_eq!(reader.ticket_of_call(call(3)).unwrap().map(|t| t.ticket), Some(ticket(1)));
    assert_eq!(reader.ticket_of_call(call(2)).unwrap(), None, "it has no call record");
}

#[test]
fn ticket_of_another_hotline_is_found_by_number_and_tags_and_has_no_report_row() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let at = Timestamp::from_micros(NOON);
    let form = Form { tags: Some(vec!["路灯".into(), "夜间".into()]), ..Form::default() };
    let past = LegacyTicket {
        number: "A-1".into(),
        channel: Channel::Phone,
        caller: caller(1),
        line: line(1),
        form,
        opened: at,
        closed: at,
        unit: None,
        reply: None,
        satisfaction: None,
    };
    let event = DeskEvent::Ticket(ticket(7), TicketEvent::TakenOver(Box::new(past)));
    let event = Event::Desk(Box::new(DeskEntry { by: Actor::Engine, key: None, event }));
    store.apply(&[Record { seq: 1, at, event }]).unwrap();
    let reader = store.reader();
    let count = |place: TicketIndex| reader.tickets(None, 9, Some(&place)).unwrap().len();
    assert_eq!(count(TicketIndex::Elsewhere("A-1".into())), 1);
    assert_eq!(count(TicketIndex::Elsewhere("A-10".into())), 0);
    assert_eq!(
        (count(TicketIndex::Tag("夜间".into())), count(TicketIndex::Tag("夜".into()))),
        (1, 0)
    );
    assert_eq!(reader.tickets_of_caller(&caller(1)).unwrap().len(), 1);
    let mut rows = 0;
    reader.each_row(|_| rows += 1).unwrap();
    assert_eq!(rows, 0);
}

#[test]
fn call_from_before_the_log_begins_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let events = life(1, true).into_iter().skip(1);
    let at = Timestamp::from_micros(NOON);
    let records: Vec<Record> =
        (1..).zip(events).map(|(seq, event)| Record { seq, at, event }).collect();
    store.apply(&records).unwrap();
    assert_eq!(store.reader().call(call(1)).unwrap(), None);
    assert_eq!(store.reader().ticket(ticket(2)).unwrap().unwrap().call, Some(call(1)));
}

#[test]
fn readers_on_other_threads_see_complete_batches() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let log = log(120);
    let last = log.len() as Seq;
    let reader = store.reader();
    let looking = std::thread::spawn(move || {
        let mut most = 0;
        while reader.applied() < last {
            let (calls, _) = everything(&reader);
            assert!(calls.len() >= most, "calls do not vanish");
            most = calls.len();
        }
        everything(&reader)
    });
    for batch in log.chunks(5) {
        store.apply(batch).unwrap();
    }
    assert_eq!(looking.join().unwrap(), folded(&log));
}

#[test]
fn view_in_use_is_busy_and_old_schema_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_of(folder.path(), &log(3));
    let busy = Store::open(folder.path()).map(|_| ()).unwrap_err();
    assert!(matches!(busy, StoreError::Busy), "{busy}");
    assert!(!busy.wants_rebuild());
    drop(store);
    let meta = |change: fn(&sled::Tree)| {
        let db = sled::open(folder.path().join("view.sled")).unwrap();
        change(&db.open_tree("meta").unwrap());
        db.flush().unwrap();
    };
    meta(|meta| drop(meta.insert("schema", &99u32.to_be_bytes()).unwrap()));
    let old = Store::open(folder.path()).map(|_| ()).unwrap_err();
    assert!(matches!(old, StoreError::OldSchema { found: 99 }), "{old}");
    assert!(old.wants_rebuild());
    meta(|meta| drop(meta.remove("schema").unwrap()));
    let odd = Store::open(folder.path()).map(|_| ()).unwrap_err();
    assert!(odd.wants_rebuild(), "{odd}");
    Store::wipe(folder.path()).unwrap();
    Store::wipe(folder.path()).unwrap();
    assert_eq!(Store::open(folder.path()).unwrap().applied(), 0);
}

#[test]
fn reopened_view_serves_existing_readers() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(20);
    let (first, rest) = log.split_at(log.len() / 2);
    let store = store_of(folder.path(), first);
    let reader = store.reader();
    store.reopen().unwrap();
    assert_eq!(store.applied(), first.len() as Seq);
    store.apply(rest).unwrap();
    assert_eq!(everything(&reader), folded(&log));

    // A view that is damaged while it is open is wiped.
    for file in files(folder.path()) {
        let length = fs::metadata(&file).unwrap().len();
        fs::write(&file, vec![7; usize::try_from(length).unwrap()]).unwrap();
    }
    store.reopen().unwrap();
    assert_eq!((store.applied(), everything(&reader)), (0, (vec![], vec![])));
    store.apply(&log).unwrap();
    assert_eq!(everything(&reader), folded(&log));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
}

/// Opens, reads and writes the view. Every outcome must be a result, not a panic.
fn use_it(folder: &Path, log: &[Record]) -> Result<(Vec<Cdr>, Vec<Ticket>), StoreError> {
    let store = Store::open(folder)?;
    let reader = store.reader();
    reader.calls(None, 999, None)?;
    reader.tickets(None, 999, None)?;
    reader.open_calls()?;
    for n in 0..30 {
        reader.call(call(n))?;
        reader.ticket_of_call(call(n))?;
    }
    store.apply(log)?;
    store.flush()?;
    Ok(everything(&reader))
}

#[test]
fn damaged_file_is_an_error_and_the_view_can_be_rebuilt() {
    let whole = tempfile::tempdir().unwrap();
    let log = log(30);
    drop(store_of(whole.path(), &log));
    let names = files(whole.path());
    assert!(names.len() >= 2, "{names:?}");
    let (mut refused, mut tried) = (0, 0);
    for name in names {
        let length = fs::metadata(&name).unwrap().len() as usize;
        let name = name.strip_prefix(whole.path()).unwrap();
        let places = (0..12).map(|n| n * length / 12);
        for (place, how) in places.flat_map(|place| (0..4).map(move |how| (place, how))) {
            let folder = tempfile::tempdir().unwrap();
            copy(whole.path(), folder.path());
            let file = folder.path().join(name);
            let mut bytes = fs::read(&file).unwrap();
            match how {
                0 => bytes.truncate(place),
                1 => bytes.iter_mut().skip(place).take(64).for_each(|byte| *byte = !*byte),
                2 => bytes.iter_mut().skip(place).take(4_096).for_each(|byte| *byte = 0),
                _ => bytes.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= 4),
            }
            fs::write(&file, bytes).unwrap();
            tried += 1;
            match use_it(folder.path(), &log) {
                Err(error) => {
                    refused += 1;
                    assert!(!error.to_string().is_empty());
                }
                // Records that sled dropped as torn are applied again from the log.
                Ok(seen) => assert_eq!(seen, folded(&log), "{} at {place}", name.display()),
            }
            Store::wipe(folder.path()).unwrap();
            let store = store_of(folder.path(), &log);
            assert_eq!(everything(&store.reader()), folded(&log));
        }
    }
    assert!(refused > 0, "none of {tried} damages was noticed");
}

#[test]
fn view_of_a_killed_engine_opens_and_catches_up() {
    let running = tempfile::tempdir().unwrap();
    let log = log(60);
    let store = Store::open(running.path()).unwrap();
    for batch in log.chunks(11) {
        store.apply(batch).unwrap();
        // The files that another process would find after a kill at this point.
        let folder = tempfile::tempdir().unwrap();
        copy(running.path(), folder.path());
        let found = match Store::open(folder.path()) {
            Ok(found) => found,
            Err(error) => {
                assert!(error.wants_rebuild(), "{error}");
                Store::wipe(folder.path()).unwrap();
                Store::open(folder.path()).unwrap()
            }
        };
        assert!(found.applied() <= store.applied());
        found.apply(&log[found.applied() as usize..store.applied() as usize]).unwrap();
        assert_eq!(everything(&found.reader()), everything(&store.reader()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// The batches a log is cut into, and batches that are repeated, do not matter.
    #[test]
    fn batches_do_not_matter(cuts in proptest::collection::vec((1usize..40, 0usize..10), 1..12)) {
        let folder = tempfile::tempdir().unwrap();
        let log = log(25);
        let store = Store::open(folder.path()).unwrap();
        for (size, again) in cuts {
            let from = (store.applied() as usize).saturating_sub(again);
            let to = (from + size).min(log.len());
            store.apply(&log[from..to]).unwrap();
        }
        store.apply(&log).unwrap();
        prop_assert_eq!(everything(&store.reader()), folded(&log));
    }
}
