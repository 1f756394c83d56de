//! Periods and their boundaries (hotline.md 4.1, rule 3).
//!
//! A city may count its day from noon to noon, its month from the 19th to the
//! 18th, its year from November to October. A period is named by its last day: `2026-11` of a city
//! that ends its months on the 18th runs from 19 October to 18 November.

use std::fmt;

use model::{Date, Timestamp, Weekday, Zone};
use serde::{Deserialize, Serialize};

use crate::facts::TimeSpan;

/// Where days, weeks, months and years begin and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodCuts {
    /// The second of its date at which a day ends: 86,400 is midnight, 43,200 noon.
    pub day_end_s: u32,
    /// The first day of a week.
    pub week_from: Weekday,
    /// The last day of a month, 1 to 28; 0 for the last day of the calendar month.
    pub month_last: u8,
    /// The last month of a year.
    pub year_last: u8,
}

impl Default for PeriodCuts {
    fn default() -> PeriodCuts {
        PeriodCuts { day_end_s: DAY_S, week_from: Weekday::Monday, month_last: 0, year_last: 12 }
    }
}

/// The length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// 日
    Day,
    /// 周
    Week,
    /// 月
    Month,
    /// 季
    Quarter,
    /// 年
    Year,
}

/// A named period of whole days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The length.
    pub kind: PeriodKind,
    /// The year in its name.
    year: i32,
    /// Its number in the year, from 1; the month for a day, 0 for a year.
    n: u8,
    /// The day of the month, for a day.
    day: u8,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

/// The text is not the name of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPeriod;

impl fmt::Display for InvalidPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write 2026-11-22, 2026-W47, 2026-11, 2026-Q4 or 2026")
    }
}

impl std::error::Error for InvalidPeriod {}

impl Period {
    /// Parses the name of a period.
    pub fn parse(text: &str, cuts: &PeriodCuts) -> Result<Period, InvalidPeriod> {
        if let Ok(date) = text.parse::<Date>() {
            return Ok(Period::day(date));
        }
        let digits = |text: &str, n: usize| {
            let fits = text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
            if fits { text.parse::<u8>().map_err(|_| InvalidPeriod) } else { Err(InvalidPeriod) }
        };
        let (year, rest) = text.split_once('-').map_or((text, None), |(y, r)| (y, Some(r)));
        if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidPeriod);
        }
        let year: i32 = year.parse().map_err(|_| InvalidPeriod)?;
        if !(1970..=2105).contains(&year) {
            return Err(InvalidPeriod);
        }
        match rest {
            None => Ok(Period::year(year, cuts)),
            Some(rest) => match (rest.strip_prefix('W'), rest.strip_prefix('Q')) {
                (Some(week), _) => Period::week(year, digits(week, 2)?, cuts).ok_or(InvalidPeriod),
                (_, Some(quarter)) => {
                    Period::quarter(year, digits(quarter, 1)?, cuts).ok_or(InvalidPeriod)
                }
                _ => Period::month(year, digits(rest, 2)?, cuts).ok_or(InvalidPeriod),
            },
        }
    }

    /// The period of one day.
    pub fn day(date: Date) -> Period {
        let Date { year, month, day } = date;
        Period { kind: PeriodKind::Day, year, n: month, day, first: date, last: date }
    }

    /// A week of a year. Week 1 contains 4 January (ISO 8601).
    pub fn week(year: i32, n: u8, cuts: &PeriodCuts) -> Option<Period> {
        let first = week_one(year, cuts).plus((i64::from(n) - 1) * 7);
        let within = n >= 1 && first < week_one(year + 1, cuts);
        within.then(|| {
            let last = first.plus(6);
            Period { kind: PeriodKind::Week, year, n, day: 0, first, last }
        })
    }

    /// A month of a year.
    pub fn month(year: i32, n: u8, cuts: &PeriodCuts) -> Option<Period> {
        let last = month_end(year, n, cuts)?;
        let (before_year, before) = if n == 1 { (year - 1, 12) } else { (year, n - 1) };
        let first = month_end(before_year, before, cuts)?.plus(1);
        Some(Period { kind: PeriodKind::Month, year, n, day: 0, first, last })
    }

    /// A quarter of a year.
    pub fn quarter(year: i32, n: u8, cuts: &PeriodCuts) -> Option<Period> {
        let months = Period::months_of_year(year, cuts);
        let from = usize::from(n.checked_sub(1)?) * 3;
        let (first, last) = (months.get(from)?, months.get(from + 2)?);
        let (first, last) = (first.first, last.last);
        Some(Period { kind: PeriodKind::Quarter, year, n, day: 0, first, last })
    }

    /// A year.
    pub fn year(year: i32, cuts: &PeriodCuts) -> Period {
        let months = Period::months_of_year(year, cuts);
        let first = months.first().map_or(Date { year, month: 1, day: 1 }, |m| m.first);
        let last = months.last().map_or(Date { year, month: 12, day: 31 }, |m| m.last);
        Period { kind: PeriodKind::Year, year, n: 0, day: 0, first, last }
    }

    /// The period of a kind that contains a moment.
    pub fn at(kind: PeriodKind, at: Timestamp, cuts: &PeriodCuts, zone: Zone) -> Option<Period> {
        let date = zone.date(at);
        let of_year = |year: i32| -> Vec<Period> {
            match kind {
                PeriodKind::Day => vec![Period::day(date), Period::day(date.plus(1))],
                PeriodKind::Week => (1..=53).filter_map(|n| Period::week(year, n, cuts)).collect(),
                PeriodKind::Month => Period::months_of_year(year, cuts),
                PeriodKind::Quarter => {
                    (1..=4).filter_map(|n| Period::quarter(year, n, cuts)).collect()
                }
                PeriodKind::Year => vec![Period::year(year, cuts)],
            }
        };
        // The name of the year may differ from the calendar's by one, at either end.
        let near = (date.year - 1..=date.year + 1).flat_map(of_year);
        let has = |period: &Period| {
            let (from, to) = period.times(cuts, zone);
            from <= at && at < to
        };
        near.into_iter().find(has)
    }

    /// The periods of a kind that had ended at a moment, the latest first. The iterator is endless.
    pub fn ended(
        kind: PeriodKind,
        at: Timestamp,
        cuts: &PeriodCuts,
        zone: Zone,
    ) -> impl Iterator<Item = Period> {
        let current = Period::at(kind, at, cuts, zone);
        std::iter::successors(current, |period| Some(period.before(cuts))).skip(1)
    }

    /// The twelve months of a year in order.
    pub fn months_of_year(year: i32, cuts: &PeriodCuts) -> Vec<Period> {
        let last = i32::from(cuts.year_last.clamp(1, 12));
        let month = |back: i32| {
            let months = year * 12 + (last - 1) - back;
            let n = u8::try_from(months.rem_euclid(12) + 1).ok()?;
            Period::month(months.div_euclid(12), n, cuts)
        };
        (0..12).rev().filter_map(month).collect()
    }

    /// The months of this period; none for a day or a week.
    pub fn months(&self, cuts: &PeriodCuts) -> Vec<Period> {
        match self.kind {
            PeriodKind::Day | PeriodKind::Week => Vec::new(),
            PeriodKind::Month => vec![*self],
            PeriodKind::Quarter => {
                let from = usize::from(self.n.saturating_sub(1)) * 3;
                Period::months_of_year(self.year, cuts).into_iter().skip(from).take(3).collect()
            }
            PeriodKind::Year => Period::months_of_year(self.year, cuts),
        }
    }

    /// The quarters of a year; none for a shorter period.
    pub fn quarters(&self, cuts: &PeriodCuts) -> Vec<Period> {
        if self.kind != PeriodKind::Year {
            return Vec::new();
        }
        (1..=4).filter_map(|n| Period::quarter(self.year, n, cuts)).collect()
    }

    /// The period before this one.
    pub fn before(&self, cuts: &PeriodCuts) -> Period {
        let (year, n) = (self.year, self.n);
        let found = match self.kind {
            PeriodKind::Day => Some(Period::day(self.first.plus(-1))),
            PeriodKind::Week if n > 1 => Period::week(year, n - 1, cuts),
            PeriodKind::Week => (52..=53).rev().find_map(|n| Period::week(year - 1, n, cuts)),
            PeriodKind::Month if n > 1 => Period::month(year, n - 1, cuts),
            PeriodKind::Month => Period::month(year - 1, 12, cuts),
            PeriodKind::Quarter if n > 1 => Period::quarter(year, n - 1, cuts),
            PeriodKind::Quarter => Period::quarter(year - 1, 4, cuts),
            PeriodKind::Year => Some(Period::year(year - 1, cuts)),
        };
        found.unwrap_or(*self)
    }

    /// The same period of the year before; 28 February for 29 February.
    pub fn year_before(&self, cuts: &PeriodCuts) -> Period {
        let (year, n) = (self.year - 1, self.n);
        let found = match self.kind {
            PeriodKind::Day => Date::new(year, n, self.day)
                .or_else(|| Date::new(year, n, self.day.saturating_sub(1)))
                .map(Period::day),
            PeriodKind::Week => {
                Period::week(year, n, cuts).or_else(|| Period::week(year, 52, cuts))
            }
            PeriodKind::Month => Period::month(year, n, cuts),
            PeriodKind::Quarter => Period::quarter(year, n, cuts),
            PeriodKind::Year => Some(Period::year(year, cuts)),
        };
        found.unwrap_or(*self)
    }

    /// The first moment, and the first moment after the period.
    pub fn times(&self, cuts: &PeriodCuts, zone: Zone) -> (Timestamp, Timestamp) {
        let edge = |date: Date| {
            let whole = zone.moment(date, 0).micros();
            Timestamp::from_micros(whole + u64::from(cuts.day_end_s.min(DAY_S)) * 1_000_000)
        };
        (edge(self.first.plus(-1)), edge(self.last))
    }

    /// The same as [`TimeSpan`].
    pub fn span(&self, cuts: &PeriodCuts, zone: Zone) -> TimeSpan {
        let (from, to) = self.times(cuts, zone);
        TimeSpan { from: from.into(), to: to.into() }
    }

    /// The printed name: `2026年11月`.
    pub fn chinese(&self) -> String {
        let (year, n, day) = (self.year, self.n, self.day);
        match self.kind {
            PeriodKind::Day => format!("{year}年{n}月{day}日"),
            PeriodKind::Week => format!("{year}年第{n}周"),
            PeriodKind::Month => format!("{year}年{n}月"),
            PeriodKind::Quarter => format!("{year}年第{n}季度"),
            PeriodKind::Year => format!("{year}年"),
        }
    }

    /// The first and last moment, as printed under a title.
    pub fn stretch(&self, cuts: &PeriodCuts) -> String {
        let hm = |s: u32| format!("{:02}:{:02}", s / 3_600, s / 60 % 60);
        if cuts.day_end_s >= DAY_S {
            return format!("{} 00:00 至 {} 24:00", self.first, self.last);
        }
        let cut = hm(cuts.day_end_s);
        format!("{} {cut} 至 {} {cut}", self.first.plus(-1), self.last)
    }
}

/// The name that [`Period::parse`] reads: `2026-W47`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, n) = (self.year, self.n);
        match self.kind {
            PeriodKind::Day => write!(f, "{}", self.first),
            PeriodKind::Week => write!(f, "{year:04}-W{n:02}"),
            PeriodKind::Month => write!(f, "{year:04}-{n:02}"),
            PeriodKind::Quarter => write!(f, "{year:04}-Q{n}"),
            PeriodKind::Year => write!(f, "{year:04}"),
        }
    }
}

/// The last day of a month.
fn month_end(year: i32, n: u8, cuts: &PeriodCuts) -> Option<Date> {
    if (1..=28).contains(&cuts.month_last) {
        return Date::new(year, n, cuts.month_last);
    }
    let next =
        if n == 12 { Date::new(year + 1, 1, 1) } else { Date::new(year, n.checked_add(1)?, 1) };
    Date::new(year, n, 1).and(next).map(|next| next.plus(-1))
}

/// The first day of week 1.
fn week_one(year: i32, cuts: &PeriodCuts) -> Date {
    let fourth = Date { year, month: 1, day: 4 };
    let mut first = fourth;
    while first.weekday() != cuts.week_from {
        first = first.plus(-1);
    }
    first
}

const DAY_S: u32 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, cuts: &PeriodCuts) -> (String, String) {
        let period = Period::parse(text, cuts).unwrap();
        assert_eq!(period.to_string(), text);
        (period.first.to_string(), period.last.to_string())
    }

    fn days(first: &str, last: &str) -> (String, String) {
        (first.into(), last.into())
    }

    #[test]
    fn period_has_calendar_days_by_default() {
        let cuts = PeriodCuts::default();
        assert_eq!(parse("2026-11-22", &cuts), days("2026-11-22", "2026-11-22"));
        assert_eq!(parse("2026-11", &cuts), days("2026-11-01", "2026-11-30"));
        assert_eq!(parse("2024-02", &cuts), days("2024-02-01", "2024-02-29"));
        assert_eq!(parse("2026-Q4", &cuts), days("2026-10-01", "2026-12-31"));
        assert_eq!(parse("2026", &cuts), days("2026-01-01", "2026-12-31"));
        assert_eq!(parse("2026-W47", &cuts), days("2026-11-16", "2026-11-22"));
        assert_eq!(parse("2020-W53", &cuts), days("2020-12-28", "2021-01-03"));
        assert_eq!(parse("2026-W01", &cuts), days("2025-12-29", "2026-01-04"));
    }

    #[test]
    fn boundaries_used_by_cities_are_supported() {
        // A district of Beijing: noon to noon, the 19th to the 18th.
        let cuts = PeriodCuts { day_end_s: 43_200, month_last: 18, ..PeriodCuts::default() };
        assert_eq!(parse("2026-11", &cuts), days("2026-10-19", "2026-11-18"));
        let day = Period::parse("2026-11-22", &cuts).unwrap();
        let (from, to) = day.times(&cuts, Zone::CHINA);
        assert_eq!(from.to_string(), "2026-11-21T04:00:00.000Z");
        assert_eq!(to.to_string(), "2026-11-22T04:00:00.000Z");
        // A sub-district of Shanghai: November to October.
        let cuts = PeriodCuts { year_last: 10, ..PeriodCuts::default() };
        assert_eq!(parse("2026", &cuts), days("2025-11-01", "2026-10-31"));
        assert_eq!(parse("2026-Q1", &cuts), days("2025-11-01", "2026-01-31"));
        // Zhengzhou's week of 17 to 23 November 2012 was Saturday to Friday.
        let cuts = PeriodCuts { week_from: Weekday::Saturday, ..PeriodCuts::default() };
        assert_eq!(parse("2012-W47", &cuts), days("2012-11-17", "2012-11-23"));
    }

    #[test]
    fn periods_follow_one_another_without_gaps() {
        for cuts in [
            PeriodCuts::default(),
            PeriodCuts {
                day_end_s: 43_200,
                week_from: Weekday::Sunday,
                month_last: 18,
                year_last: 10,
            },
        ] {
            for text in ["2026-03-01", "2026-W01", "2021-W01", "2026-01", "2026-Q1", "2026"] {
                let period = Period::parse(text, &cuts).unwrap();
                let before = period.before(&cuts);
                assert_eq!(before.last.plus(1), period.first, "{text}");
                assert_eq!(before.times(&cuts, Zone::CHINA).1, period.times(&cuts, Zone::CHINA).0);
                assert_eq!(Period::parse(&before.to_string(), &cuts), Ok(before));
            }
            let year = Period::parse("2026", &cuts).unwrap();
            let months = year.months(&cuts);
            assert_eq!(months.len(), 12);
            assert!(months.windows(2).all(|w| w[0].last.plus(1) == w[1].first));
            assert_eq!((months[0].first, months[11].last), (year.first, year.last));
        }
    }

    #[test]
    fn invalid_period_names_are_refused() {
        for wrong in [
            "",
            "26",
            "2026-",
            "2026-13",
            "2026-0",
            "2026-W00",
            "2026-W54",
            "2026-Q5",
            "2026-11-31",
            "1900",
            "20261122",
            "2026-q1",
        ] {
            assert_eq!(Period::parse(wrong, &PeriodCuts::default()), Err(InvalidPeriod), "{wrong}");
        }
    }
}
