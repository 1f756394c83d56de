//! The calendar of working days.
//!
//! A [`Calendar`] is made from a [`model::CalendarTable`], which another crate reads. Days that the
//! table does not name are working days from Monday to Friday. A day of a year whose notice of
//! holidays is not yet known is answered too, but is not [settled](Calendar::is_settled), and due
//! dates that depend on it are provisional.

mod hours;

use std::collections::{BTreeMap, BTreeSet};

use model::{CalendarTable, Date, DayKind, DaySource, Timestamp, Weekday, Zone};

pub use hours::{OfficeHours, OfficeHoursFault};

/// The working days and office hours of a hotline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: Zone,
    hours: OfficeHours,
    noticed: BTreeSet<i32>,
    named: BTreeMap<Date, Named>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    kind: DayKind,
    source: DaySource,
    name: String,
}

/// A day, and why it is a working day or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day<'a> {
    /// The date.
    pub date: Date,
    /// Its day of the week.
    pub weekday: Weekday,
    /// Why it is a working day or not.
    pub why: DayReason<'a>,
    /// Whether no notice of holidays can change it any more.
    pub settled: bool,
}

/// Why a day is a working day or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayReason<'a> {
    /// A day from Monday to Friday that no entry changes.
    Weekday,
    /// A Saturday or Sunday that is worked in exchange for a holiday (调休上班).
    MakeUp(&'a str),
    /// A Saturday or Sunday.
    Weekend,
    /// A holiday of the notice.
    Holiday(&'a str),
    /// A working day by the hotline's own entry.
    LocalWork(&'a str),
    /// A day off by the hotline's own entry.
    LocalOff(&'a str),
}

impl Day<'_> {
    /// Whether it is a working day.
    pub fn is_workday(&self) -> bool {
        self.why.is_work()
    }
}

impl<'a> DayReason<'a> {
    fn of(weekday: Weekday, named: Option<&'a Named>) -> DayReason<'a> {
        match named {
            Some(Named { kind: DayKind::Work, source: DaySource::Local, name }) => {
                DayReason::LocalWork(name)
            }
            Some(Named { kind: DayKind::Off, source: DaySource::Local, name }) => {
                DayReason::LocalOff(name)
            }
            Some(Named { kind: DayKind::Work, source: DaySource::Notice, name }) => {
                if weekday.is_weekend() { DayReason::MakeUp(name) } else { DayReason::Weekday }
            }
            Some(Named { kind: DayKind::Off, source: DaySource::Notice, name }) => {
                DayReason::Holiday(name)
            }
            None if weekday.is_weekend() => DayReason::Weekend,
            None => DayReason::Weekday,
        }
    }

    fn is_work(&self) -> bool {
        match self {
            DayReason::Weekday | DayReason::MakeUp(_) | DayReason::LocalWork(_) => true,
            DayReason::Weekend | DayReason::Holiday(_) | DayReason::LocalOff(_) => false,
        }
    }
}

impl Calendar {
    /// A calendar from a table. The hotline's own days take precedence over those of notices.
    pub fn new(zone: Zone, hours: OfficeHours, table: &CalendarTable) -> Calendar {
        let mut named: BTreeMap<Date, Named> = BTreeMap::new();
        for day in &table.days {
            let outranked = named.get(&day.date).is_some_and(|known| known.source > day.source);
            if !outranked {
                let (kind, source, name) = (day.kind, day.source, day.name.clone());
                named.insert(day.date, Named { kind, source, name });
            }
        }
        let noticed = table.years.iter().map(|year| year.year).collect();
        Calendar { zone, hours, noticed, named }
    }

    /// The time zone of the hotline.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The office hours of working days.
    pub fn hours(&self) -> &OfficeHours {
        &self.hours
    }

    /// A day, and why it is a working day or not.
    pub fn day(&self, date: Date) -> Day<'_> {
        let weekday = date.weekday();
        let why = DayReason::of(weekday, self.named.get(&date));
        Day { date, weekday, why, settled: self.is_settled(date) }
    }

    /// Whether a day is a working day.
    pub fn is_workday(&self, date: Date) -> bool {
        self.day(date).is_workday()
    }

    /// Whether no notice to come can change a day.
    ///
    /// The notice for a year may name days at the end of the previous December, so those need two
    /// notices.
    pub fn is_settled(&self, date: Date) -> bool {
        let named_here = (self.named.get(&date)).is_some_and(|day| day.source == DaySource::Local);
        let next_may_speak = (date.month, date.day) >= NEXT_NOTICE_FROM;
        let next_is_here = self.noticed.contains(&date.year.saturating_add(1));
        named_here || (self.noticed.contains(&date.year) && (!next_may_speak || next_is_here))
    }

    /// The year whose notice of holidays is missing and should be known: the year of `today`, and
    /// from November on the next one too, because due dates then fall into it.
    ///
    /// The result is `None` for a calendar without any notice: notices do not apply to that
    /// hotline.
    pub fn missing_notice(&self, today: Date) -> Option<i32> {
        let next = (today.month >= NEXT_YEAR_FROM_MONTH).then(|| today.year.saturating_add(1));
        let mut years = std::iter::once(today.year).chain(next);
        let applies = !self.noticed.is_empty();
        years.find(|year| !self.noticed.contains(year)).filter(|_| applies)
    }

    /// The last second of a date.
    pub fn day_end(&self, date: Date) -> Timestamp {
        self.zone.moment(date, LAST_SECOND)
    }

    /// The first moment of a date.
    pub fn day_start(&self, date: Date) -> Timestamp {
        self.zone.moment(date, 0)
    }

    /// The nearest working day before a date; `None` when there is none within a year.
    pub fn workday_before(&self, date: Date) -> Option<Date> {
        let mut days = (1..=i64::from(SEARCH_DAYS_MAX)).map(|back| date.plus(-back));
        days.find(|date| self.is_workday(*date))
    }

    /// The nearest working day after a date; `None` when there is none within a year.
    pub fn workday_after(&self, date: Date) -> Option<Date> {
        self.workdays_after(date, SEARCH_DAYS_MAX).next()
    }

    /// The working days after a date, in order, among the next `days` days.
    ///
    /// A year's report counts tens of millions of days. The named days are therefore walked in
    /// parallel instead of looked up for each day.
    pub fn workdays_after(&self, date: Date, days: u32) -> impl Iterator<Item = Date> {
        let first = date.plus(1);
        let next = |(date, weekday): &(Date, Weekday)| Some((date.plus(1), weekday.next()));
        let mut named = self.named.range(first..).peekable();
        std::iter::successors(Some((first, first.weekday())), next).take(days as usize).filter_map(
            move |(date, weekday)| {
                let named = named.next_if(|(named, _)| **named == date).map(|(_, named)| named);
                DayReason::of(weekday, named).is_work().then_some(date)
            },
        )
    }
}

/// 23:59:59.
const LAST_SECOND: u32 = 86_399;

/// The earliest day of December that a notice for the next year has named is the 28th. The 25th
/// leaves a margin.
const NEXT_NOTICE_FROM: (u8, u8) = (12, 25);

/// The notice for a year is published in November of the previous year, or in December at the
/// latest.
const NEXT_YEAR_FROM_MONTH: u8 = 11;

/// No holiday lasts a year. For a table with a longer one, no working day is found.
const SEARCH_DAYS_MAX: u32 = 366;

#[cfg(test)]
mod tests {
    use super::*;
    use model::{HolidayNotice, SpecialDay};

    fn date(year: i32, month: u8, day: u8) -> Date {
        Date { year, month, day }
    }

    fn named(date: Date, kind: DayKind, source: DaySource) -> SpecialDay {
        SpecialDay { date, kind, name: "x".into(), source }
    }

    fn calendar(days: Vec<SpecialDay>) -> Calendar {
        let years = [2025, 2026].map(|year| HolidayNotice { year, notice: String::new() }).into();
        Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable { years, days })
    }

    #[test]
    fn next_years_notice_is_missing_from_november_on() {
        let of_notices = calendar(Vec::new());
        assert_eq!(of_notices.missing_notice(date(2026, 10, 31)), None);
        assert_eq!(of_notices.missing_notice(date(2026, 11, 1)), Some(2027));
        assert_eq!(of_notices.missing_notice(date(2025, 12, 31)), None);
        assert_eq!(of_notices.missing_notice(date(2027, 1, 1)), Some(2027));
        let without = Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
        assert_eq!(without.missing_notice(date(2026, 11, 1)), None);
    }

    #[test]
    fn unnamed_day_is_workday_from_monday_to_friday() {
        let calendar = calendar(Vec::new());
        let week = (23..=29).map(|day| calendar.is_workday(date(2026, 11, day)));
        assert_eq!(week.collect::<Vec<_>>(), [true, true, true, true, true, false, false]);
    }

    #[test]
    fn local_day_takes_precedence_over_notice_in_any_order() {
        let day = date(2026, 10, 1);
        let notice = named(day, DayKind::Off, DaySource::Notice);
        let local = named(day, DayKind::Work, DaySource::Local);
        for days in [vec![notice.clone(), local.clone()], vec![local, notice]] {
            assert_eq!(calendar(days).day(day).why, DayReason::LocalWork("x"));
        }
    }

    #[test]
    fn end_of_december_needs_two_notices() {
        let calendar = calendar(Vec::new());
        assert!(calendar.is_settled(date(2025, 12, 31)));
        assert!(calendar.is_settled(date(2026, 12, 24)));
        assert!(!calendar.is_settled(date(2026, 12, 25)));
        assert!(!calendar.is_settled(date(2027, 3, 1)));
    }

    #[test]
    fn workdays_before_and_after_skip_days_off() {
        let calendar = calendar(vec![named(date(2026, 11, 23), DayKind::Off, DaySource::Local)]);
        assert_eq!(calendar.workday_after(date(2026, 11, 20)), Some(date(2026, 11, 24)));
        assert_eq!(calendar.workday_before(date(2026, 11, 24)), Some(date(2026, 11, 20)));
        let days = calendar.workdays_after(date(2026, 11, 19), 10).collect::<Vec<_>>();
        let each = [20, 24, 25, 26, 27].map(|day| date(2026, 11, day));
        assert_eq!(days, each);
    }
}
