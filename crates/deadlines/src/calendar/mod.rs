//! Which days are worked, and why.
//!
//! A [`Calendar`] is made from a [`model::CalendarTable`] that somebody else has
//! read. A day nobody named is worked from Monday to Friday. A day of a year
//! whose notice has not come is answered all the same, but is not
//! [settled](Calendar::is_settled): what is counted with it is provisional.

mod hours;

use std::collections::{BTreeMap, BTreeSet};

use model::{CalendarTable, Date, DayKind, DaySource, Timestamp, Weekday, Zone};

pub use hours::{BadHours, OfficeHours};

/// The days and hours a hotline works.
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

/// One day, and why it is or is not worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day<'a> {
    /// Which.
    pub date: Date,
    /// Its day of the week.
    pub weekday: Weekday,
    /// Why it is or is not worked.
    pub why: DayReason<'a>,
    /// Whether a notice to come may still change it.
    pub settled: bool,
}

/// Why a day is or is not worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayReason<'a> {
    /// Monday to Friday, nothing else said.
    Weekday,
    /// A Saturday or Sunday that is worked for a holiday (调休上班).
    MakeUp(&'a str),
    /// Saturday or Sunday.
    Weekend,
    /// A holiday of the notice.
    Holiday(&'a str),
    /// The hotline's own word that it is worked.
    LocalWork(&'a str),
    /// The hotline's own word that it is not.
    LocalOff(&'a str),
}

impl Day<'_> {
    /// Whether it is worked.
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
    /// From what is written down. The hotline's own days outrank the notices'.
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

    /// The wall clock it counts by.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// When offices are open on the days that are worked.
    pub fn hours(&self) -> &OfficeHours {
        &self.hours
    }

    /// A day, and why it is or is not worked.
    pub fn day(&self, date: Date) -> Day<'_> {
        let weekday = date.weekday();
        let why = DayReason::of(weekday, self.named.get(&date));
        Day { date, weekday, why, settled: self.is_settled(date) }
    }

    /// Whether a day is worked.
    pub fn is_workday(&self, date: Date) -> bool {
        self.day(date).is_workday()
    }

    /// Whether no notice to come can change a day.
    ///
    /// The notice for a year may name days at the end of the December before,
    /// so those wait for two notices.
    pub fn is_settled(&self, date: Date) -> bool {
        let named_here = (self.named.get(&date)).is_some_and(|day| day.source == DaySource::Local);
        let next_may_speak = (date.month, date.day) >= NEXT_NOTICE_FROM;
        let next_is_here = self.noticed.contains(&date.year.saturating_add(1));
        named_here || (self.noticed.contains(&date.year) && (!next_may_speak || next_is_here))
    }

    /// The year whose notice of holidays is missing on a day and should be there: the day's own, and
    /// from November on the next one, because due dates then reach into it.
    ///
    /// A calendar without any notice is that of a hotline to which the notices do not apply.
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

    /// The working days after a date, one after another, of so many days.
    ///
    /// A year's report counts with tens of millions of days, so the named ones go by beside the
    /// others and none is looked for.
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

/// The earliest day of December a next year's notice has named is the 28th, with a margin.
const NEXT_NOTICE_FROM: (u8, u8) = (12, 25);

/// The notice for a year is published in November of the year before, at the latest in December.
const NEXT_YEAR_FROM_MONTH: u8 = 11;

/// No holiday lasts a year; a table that says so is answered with "none".
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
    fn a_day_nobody_named_is_worked_from_monday_to_friday() {
        let calendar = calendar(Vec::new());
        let week = (23..=29).map(|day| calendar.is_workday(date(2026, 11, day)));
        assert_eq!(week.collect::<Vec<_>>(), [true, true, true, true, true, false, false]);
    }

    #[test]
    fn the_hotlines_own_day_outranks_the_notice_whatever_the_order() {
        let day = date(2026, 10, 1);
        let notice = named(day, DayKind::Off, DaySource::Notice);
        let local = named(day, DayKind::Work, DaySource::Local);
        for days in [vec![notice.clone(), local.clone()], vec![local, notice]] {
            assert_eq!(calendar(days).day(day).why, DayReason::LocalWork("x"));
        }
    }

    #[test]
    fn the_end_of_december_waits_for_two_notices() {
        let calendar = calendar(Vec::new());
        assert!(calendar.is_settled(date(2025, 12, 31)));
        assert!(calendar.is_settled(date(2026, 12, 24)));
        assert!(!calendar.is_settled(date(2026, 12, 25)));
        assert!(!calendar.is_settled(date(2027, 3, 1)));
    }

    #[test]
    fn neighbours_are_working_days() {
        let calendar = calendar(vec![named(date(2026, 11, 23), DayKind::Off, DaySource::Local)]);
        assert_eq!(calendar.workday_after(date(2026, 11, 20)), Some(date(2026, 11, 24)));
        assert_eq!(calendar.workday_before(date(2026, 11, 24)), Some(date(2026, 11, 20)));
        let days = calendar.workdays_after(date(2026, 11, 19), 10).collect::<Vec<_>>();
        let each = [20, 24, 25, 26, 27].map(|day| date(2026, 11, day));
        assert_eq!(days, each);
    }
}
