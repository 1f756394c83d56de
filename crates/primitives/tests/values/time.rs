//! Timestamps, dates, and local time in the hotline's zone.

use std::time::Duration;

use primitives::{BadDate, Date, Timestamp, Weekday, Zone};

#[test]
fn timestamp_prints_as_rfc_3339() {
    let at = Timestamp::from_micros(1_795_334_592_123_456);
    assert_eq!(at.to_string(), "2026-11-22T08:03:12.123Z");
    assert_eq!(Timestamp::default().to_string(), "1970-01-01T00:00:00.000Z");
}

#[test]
fn local_day_begins_at_local_midnight() {
    // 2026-11-21T16:00Z is midnight at the beginning of the 22nd in China.
    let midnight = Timestamp::from_micros(1_795_276_800_000_000);
    assert_eq!(Zone::CHINA.date(midnight).to_string(), "2026-11-22");
    assert_eq!(Zone::CHINA.second_of_day(midnight), 0);
    let before = midnight - Duration::from_secs(1);
    assert_eq!(Zone::CHINA.date(before).to_string(), "2026-11-21");
}

#[test]
fn date_round_trips_through_day_number_and_has_its_weekday() {
    for days in -200_000..200_000 {
        let date = Date::from_days(days);
        assert_eq!(date.days(), days);
        assert_eq!(Date::new(date.year, date.month, date.day), Some(date));
        assert_eq!(date.weekday(), Date::from_days(days + 7).weekday());
        assert_eq!(date.plus(-1).weekday().next(), date.weekday());
        assert_eq!(date.plus(-40).plus(1).plus(17).plus(22), date);
    }
    assert_eq!(Date::new(2026, 11, 22).map(Date::weekday), Some(Weekday::Sunday));
    assert_eq!(Date::new(2026, 2, 29), None);
    assert_eq!(Date::new(2026, 13, 1), None);
    assert_eq!(Date::new(2026, 0, 1), None);
}

#[test]
fn local_time_converts_to_a_timestamp_and_back() {
    let date = Date { year: 2026, month: 11, day: 22 };
    let at = Zone::CHINA.moment(date, 61);
    assert_eq!((Zone::CHINA.date(at), Zone::CHINA.second_of_day(at)), (date, 61));
    assert_eq!(Zone::CHINA.moment(Date { year: 1969, ..date }, 0), Timestamp::default());
}

#[test]
fn date_parses_only_in_its_printed_form() {
    let date = Date { year: 2026, month: 11, day: 22 };
    assert_eq!(date.to_string().parse(), Ok(date));
    for wrong in ["", "2026-11", "2026-2-1", "2026-02-30", "26-11-22", "2026-11-22-1", "+026-01-01"]
    {
        assert_eq!(wrong.parse::<Date>(), Err(BadDate), "{wrong}");
    }
}

#[test]
fn dates_know_leap_years() {
    assert_eq!(Date::from_days(19_782).to_string(), "2024-02-29");
    assert_eq!(Date::from_days(-1).to_string(), "1969-12-31");
}
