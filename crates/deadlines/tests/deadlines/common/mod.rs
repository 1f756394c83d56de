//! The shipped calendar, read without `settings`, which this crate does not know; and helpers.

use std::fs;

use deadlines::calendar::{Calendar, OfficeHours};
use model::{CalendarTable, Date, DayKind, DaySource, HolidayNotice, SpecialDay, Timestamp, Zone};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/calendar");

/// The days of `config/calendar` for 2007 to 2026.
pub(crate) fn table() -> CalendarTable {
    let mut table = CalendarTable::default();
    for year in 2007..=2026 {
        let text = fs::read_to_string(format!("{FOLDER}/{year}.toml")).expect("a file a year");
        let page: toml::Table = text.parse().expect("TOML");
        table.years.push(HolidayNotice { year, notice: text_of(&page["notice"]) });
        for holiday in page["holiday"].as_array().expect("holidays") {
            for (key, kind) in [("off", DayKind::Off), ("work", DayKind::Work)] {
                for span in holiday.get(key).and_then(|days| days.as_array()).into_iter().flatten()
                {
                    let span = text_of(span);
                    let (first, last) = span.split_once('/').unwrap_or((&span, &span));
                    for date in (day(first).days()..=day(last).days()).map(Date::from_days) {
                        let name = text_of(&holiday["name"]);
                        let source = DaySource::Notice;
                        table.days.push(SpecialDay { date, kind, name, source });
                    }
                }
            }
        }
    }
    table
}

pub(crate) fn calendar() -> Calendar {
    Calendar::new(Zone::CHINA, OfficeHours::default(), &table())
}

/// A moment on China's wall clock: `2026-11-24T10:00:00`, or the date alone for midnight.
pub(crate) fn at(text: &str) -> Timestamp {
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00"));
    let parts: Vec<u32> = time.split(':').map(|part| part.parse().expect("a number")).collect();
    let second = parts.iter().zip([3_600, 60, 1]).map(|(part, unit)| part * unit).sum();
    Zone::CHINA.moment(day(date), second)
}

/// A date: `2026-11-24`.
pub(crate) fn day(text: &str) -> Date {
    let parts: Vec<i32> = text.split('-').map(|part| part.parse().expect("a number")).collect();
    let [year, month, day] = parts[..] else { panic!("no date: {text}") };
    Date::new(year, month as u8, day as u8).expect("a date")
}

/// A moment on China's wall clock: `2026-11-24T10:00:00`.
pub(crate) fn local(at: Timestamp) -> String {
    let s = Zone::CHINA.second_of_day(at);
    format!("{}T{:02}:{:02}:{:02}", Zone::CHINA.date(at), s / 3_600, s / 60 % 60, s % 60)
}

fn text_of(value: &toml::Value) -> String {
    value.as_str().expect("text").into()
}
