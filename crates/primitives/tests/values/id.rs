//! Ids of calls and tickets.

use primitives::{BadId, CallId, Date, TicketId, Timestamp};

#[test]
fn call_ids_print_and_parse_and_sort_by_arrival() {
    let early = CallId::from_arrival(Timestamp::from_micros(1_795_363_200_000_000));
    let late = early.next();
    assert_eq!(early.to_string().parse(), Ok(early));
    assert!(early.to_string() < late.to_string());
    assert_eq!("x".parse::<CallId>(), Err(BadId));
    assert_eq!("ZZZZZZZZZZU".parse::<CallId>(), Err(BadId));
}

#[test]
fn ticket_numbers_carry_their_date() {
    let ticket = TicketId::of_day(Date { year: 2026, month: 11, day: 22 }, 17);
    assert_eq!(ticket.to_string(), "2026112200017");
    assert_eq!((ticket.yyyymmdd(), ticket.number_of_day()), (20261122, 17));
}
