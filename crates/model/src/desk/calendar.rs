//! The written form of a calendar: the days that are worked and the days off.
//!
//! `settings` reads them from files and `deadlines` counts with them. A day that is not listed is
//! worked from Monday to Friday.

use serde::{Deserialize, Serialize};

use crate::Date;

/// Whether a day is a working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A working day, even if it is a Sunday (上班).
    Work,
    /// A day off, even if it is a Monday (放假).
    Off,
}

/// The source of a calendar rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DaySource {
    /// The State Council's notice for a year (国务院办公厅通知).
    Notice,
    /// The hotline itself: a snow day, a local festival. It takes precedence over a notice.
    Local,
}

/// A day that differs from its weekday, or that a notice lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SpecialDay {
    /// The day.
    pub date: Date,
    /// Worked or not.
    pub kind: DayKind,
    /// The occasion, in the notice's words: `国庆节`.
    pub name: String,
    /// The source of the rule.
    pub source: DaySource,
}

/// A year whose notice has been read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HolidayNotice {
    /// The year.
    pub year: i32,
    /// The number of its notice: `国办发明电〔2012〕33号`.
    pub notice: String,
}

/// The calendar: notices read and days that differ from their weekday.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarTable {
    /// The years whose notices are in it. Other years are provisional.
    pub years: Vec<HolidayNotice>,
    /// The days that a notice or the hotline lists.
    pub days: Vec<SpecialDay>,
}
