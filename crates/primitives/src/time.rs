//! Time: microseconds since 1970, passed in by the driver of a machine.

use std::{
    fmt,
    ops::{Add, AddAssign, Sub},
    str::FromStr,
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
///
/// Machines receive it as an argument; only the engine and the simulator make
/// one from nothing.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// From microseconds since 1970.
    pub const fn from_micros(micros: u64) -> Timestamp {
        Timestamp(micros)
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// This many microseconds later, or earlier when they are negative.
    pub const fn shifted(self, by_us: i64) -> Timestamp {
        Timestamp(self.0.saturating_add_signed(by_us))
    }

    /// Time passed since `earlier`; zero when `earlier` is later.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// Whole milliseconds passed since `earlier`; zero when `earlier` is later.
    pub fn ms_since(self, earlier: Timestamp) -> u64 {
        self.0.saturating_sub(earlier.0) / 1_000
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, by: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(u64::try_from(by.as_micros()).unwrap_or(u64::MAX)))
    }
}

impl AddAssign<Duration> for Timestamp {
    fn add_assign(&mut self, by: Duration) {
        *self = *self + by;
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;

    fn sub(self, by: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(u64::try_from(by.as_micros()).unwrap_or(u64::MAX)))
    }
}

/// RFC 3339 in UTC with milliseconds: `2026-11-22T08:03:12.123Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = Date::from_days((self.0 / MICROS_PER_DAY) as i64);
        let of_day = self.0 % MICROS_PER_DAY;
        let (secs, millis) = (of_day / 1_000_000, of_day / 1_000 % 1_000);
        let (h, m, s) = (secs / 3_600, secs / 60 % 60, secs % 60);
        write!(f, "{date}T{h:02}:{m:02}:{s:02}.{millis:03}Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The offset of the hotline's wall clock from UTC, in seconds.
///
/// One fixed offset: China keeps no summer time. The config may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Seconds east of Greenwich.
    pub east_s: i32,
}

impl Zone {
    /// China standard time, UTC+8.
    pub const CHINA: Zone = Zone { east_s: 8 * 3_600 };

    /// The local date at `at`.
    pub fn date(self, at: Timestamp) -> Date {
        let local_s = (at.micros() / 1_000_000) as i64 + i64::from(self.east_s);
        Date::from_days(local_s.div_euclid(86_400))
    }

    /// The moment when the local clock shows this second of this date; 1970 at the earliest.
    pub fn moment(self, date: Date, second_of_day: u32) -> Timestamp {
        let local_s = date.days().saturating_mul(86_400).saturating_add(i64::from(second_of_day));
        let utc_s = local_s.saturating_sub(i64::from(self.east_s));
        Timestamp::from_micros(u64::try_from(utc_s).unwrap_or(0).saturating_mul(1_000_000))
    }

    /// The beginning of the local day of `at`.
    pub fn midnight(self, at: Timestamp) -> Timestamp {
        self.moment(self.date(at), 0)
    }

    /// The local time of day at `at`, in whole seconds since midnight.
    pub fn second_of_day(self, at: Timestamp) -> u32 {
        let local_s = (at.micros() / 1_000_000) as i64 + i64::from(self.east_s);
        local_s.rem_euclid(86_400) as u32
    }
}

/// A calendar date, Gregorian.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
pub struct Date {
    /// Year of the common era.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Date {
    /// The date `days` after 1970-01-01.
    ///
    /// Howard Hinnant's `civil_from_days`: the era is 400 years of March-based days.
    pub fn from_days(days: i64) -> Date {
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let of_era = z.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * of_year + 2) / 153;
        let day = (of_year - (153 * march_month + 2) / 5 + 1) as u8;
        let month = (if march_month < 10 { march_month + 3 } else { march_month - 9 }) as u8;
        let year = (year_of_era + era * 400 + i64::from(month <= 2)) as i32;
        Date { year, month, day }
    }

    /// A date of the calendar; `None` for the 30th of February.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Date> {
        let date = Date { year, month, day };
        ((1..=12).contains(&month) && Date::from_days(date.days()) == date).then_some(date)
    }

    /// Days since 1970-01-01, negative before; the way back from [`Date::from_days`].
    ///
    /// Howard Hinnant's `days_from_civil`.
    pub fn days(self) -> i64 {
        let month = i64::from(self.month.clamp(1, 12));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        let year_of_era = year.rem_euclid(400);
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        era * 146_097 + of_era - 719_468
    }

    /// The date `days` later; earlier when negative.
    pub fn plus(self, days: i64) -> Date {
        // Calendars are walked day by day, and most steps stay within their month.
        match u8::try_from(i64::from(self.day).saturating_add(days)) {
            Ok(day @ 1..=28) => Date { day, ..self },
            _ => Date::from_days(self.days().saturating_add(days)),
        }
    }

    /// Its day of the week.
    pub fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match (self.days() + 3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }

    /// As one number that sorts: 20261122.
    pub fn as_yyyymmdd(self) -> u64 {
        self.year.max(0) as u64 * 10_000 + u64::from(self.month) * 100 + u64::from(self.day)
    }
}

/// The days of the week, from Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// 星期一
    Monday,
    /// 星期二
    Tuesday,
    /// 星期三
    Wednesday,
    /// 星期四
    Thursday,
    /// 星期五
    Friday,
    /// 星期六
    Saturday,
    /// 星期日
    Sunday,
}

impl Weekday {
    /// Saturday or Sunday.
    pub fn is_weekend(self) -> bool {
        matches!(self, Weekday::Saturday | Weekday::Sunday)
    }

    /// The day after.
    pub fn next(self) -> Weekday {
        match self {
            Weekday::Monday => Weekday::Tuesday,
            Weekday::Tuesday => Weekday::Wednesday,
            Weekday::Wednesday => Weekday::Thursday,
            Weekday::Thursday => Weekday::Friday,
            Weekday::Friday => Weekday::Saturday,
            Weekday::Saturday => Weekday::Sunday,
            Weekday::Sunday => Weekday::Monday,
        }
    }
}

/// `2026-11-22`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// `2026-11-22`, and nothing else.
impl FromStr for Date {
    type Err = BadDate;

    fn from_str(text: &str) -> Result<Date, BadDate> {
        let mut parts = text.split('-');
        let mut part = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
        };
        let (year, month, day) = (part(4), part(2), part(2));
        let (Some(year), Some(month), Some(day), None) = (year, month, day, parts.next()) else {
            return Err(BadDate);
        };
        Date::new(i32::from(year), month as u8, day as u8).ok_or(BadDate)
    }
}

/// The error of a text that is not a calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadDate;

impl fmt::Display for BadDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a date such as 2026-11-22")
    }
}

impl std::error::Error for BadDate {}

const MICROS_PER_DAY: u64 = 86_400_000_000;
