//! Callers whom the desk owes a call back, and the items in which their calls are filed.

use std::time::Duration;

use deadlines::calendar::{Calendar, OfficeHours};
use model::{
    CalendarTable, CallId, Event, LineId, Number, Record, SeatId, TicketId, Timestamp, TrunkId,
    Zone,
    event::{CallRefused, RefusalCause},
};
use ticketing::{CallToFile, Desk, MISSED_CALLS_MAX, Rules};

const FIRST: TicketId = TicketId(2_026_112_300_001);

fn desk() -> Desk {
    let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
    Desk::new(Rules::shipped(), calendar, [7; 32])
}

fn refused(cause: RefusalCause, trunk: Option<&str>) -> CallRefused {
    CallRefused {
        call: CallId::from(1),
        caller: Number::new("13800000000"),
        dialled: Number::new("12345"),
        trunk: trunk.map(TrunkId::from),
        code: 503,
        cause,
    }
}

fn unanswered(caller: &str, refused: bool) -> CallToFile {
    let (caller, line) = (Number::new(caller), LineId::from("12345"));
    CallToFile { caller, line, wait_ms: 5_000, seat: None, refused }
}

/// Files a call as the next record and returns its ticket.
fn file(desk: &mut Desk, n: u64, call: CallToFile) -> (TicketId, Event) {
    let (ticket, event) = desk.file_call(CallId::from(n), call, TicketId(FIRST.0 + n));
    let at = Timestamp::default() + Duration::from_secs(n);
    desk.apply(&Record { seq: n, at, event: event.clone() });
    (ticket, event)
}

#[test]
fn caller_refused_for_a_reason_of_ours_is_owed_a_call_back() {
    use RefusalCause as Cause;
    let ours = [
        Cause::IntakeFull,
        Cause::EngineFull,
        Cause::NoPorts,
        Cause::TrunkFull,
        Cause::QueueFull,
        Cause::Draining,
        Cause::LogFailed,
        Cause::NoCodec,
        Cause::BadRequest,
    ];
    for cause in ours {
        let call = CallToFile::of_refused(&refused(cause, Some("carrier")));
        let call = call.unwrap_or_else(|| panic!("{cause:?}"));
        assert_eq!((call.line.as_str(), call.seat, call.refused), ("12345", None, true));
    }
}

#[test]
fn wrong_numbers_blocked_callers_and_seats_are_owed_no_call_back() {
    for cause in [RefusalCause::NoSuchLine, RefusalCause::Blacklisted] {
        assert_eq!(CallToFile::of_refused(&refused(cause, Some("carrier"))), None);
    }
    assert_eq!(CallToFile::of_refused(&refused(RefusalCause::QueueFull, None)), None);
}

#[test]
fn answered_call_opens_a_ticket_and_second_missed_call_joins_the_first() {
    let mut desk = desk();
    let missed = || unanswered("13800000000", false);
    let (first, event) = file(&mut desk, 1, missed());
    assert!(matches!(event, Event::MissedCallFiled(_)));
    let (again, event) = file(&mut desk, 2, missed());
    assert!(matches!(event, Event::MissedCallRepeated(ref e) if e.wait_ms == 5_000));
    assert_eq!(again, first);
    let (other, _) = file(&mut desk, 3, unanswered("13900000000", false));
    assert_ne!(other, first);
    let answered = CallToFile { seat: Some(SeatId(1001)), ..missed() };
    let (talk, event) = file(&mut desk, 4, answered);
    assert!(matches!(event, Event::TicketOpened(ref e) if e.seat == SeatId(1001)));
    assert_ne!(talk, first);
}

#[test]
fn full_desk_accepts_refused_callers_only_into_their_open_items() {
    let mut desk = desk();
    for n in 1..=MISSED_CALLS_MAX as u64 {
        assert!(desk.accepts_call(&unanswered(&format!("139{n:08}"), true)));
        file(&mut desk, n, unanswered(&format!("139{n:08}"), true));
    }
    assert!(!desk.has_room_for_missed_calls());
    assert!(!desk.accepts_call(&unanswered("13700000000", true)));
    assert!(desk.accepts_call(&unanswered("13900000001", true)), "has an open item");
    assert!(desk.accepts_call(&unanswered("13700000000", false)), "waited and gave up");
}
