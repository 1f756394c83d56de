//! Which days are worked: the words in which a calendar is written down.
//!
//! `settings` reads them from files and `deadlines` counts with them. A day
//! that nobody names here is worked from Monday to Friday.

use serde::{Deserialize, Serialize};

use crate::Date;

/// Whether a day is worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// People are at their desks, be it a Sunday (上班).
    Work,
    /// They are not, be it a Monday (放假).
    Off,
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DaySource {
    /// The State Council's notice for a year (国务院办公厅通知).
    Notice,
    /// The hotline itself: a snow day, a local festival. It outranks a notice.
    Local,
}

/// A day that is not what its weekday says, or that a notice names anyway.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SpecialDay {
    /// The day.
    pub date: Date,
    /// Worked or not.
    pub kind: DayKind,
    /// What for, as the notice says it: `国庆节`.
    pub name: String,
    /// Who says so.
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

/// Everything that is written down about the days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarTable {
    /// The years whose notices are in it. Other years are provisional.
    pub years: Vec<HolidayNotice>,
    /// The named days.
    pub days: Vec<SpecialDay>,
}
