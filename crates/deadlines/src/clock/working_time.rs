//! The basis on which clocks count.

use model::{Date, Timestamp};

use super::DayEnd;
use crate::calendar::Calendar;

/// The basis of due dates: a calendar, and the time at which a day ends.
#[derive(Clone, Copy, Debug)]
pub struct WorkingTime<'a> {
    /// The working days and hours.
    pub calendar: &'a Calendar,
    /// The time at which the last day of a clock ends.
    pub day_end: DayEnd,
}

impl WorkingTime<'_> {
    /// The last second of a date that is in time.
    pub fn close(&self, date: Date) -> Timestamp {
        let midnight = self.calendar.day_end(date);
        match self.day_end {
            DayEnd::Midnight => midnight,
            DayEnd::OfficeClose => {
                let close = self.calendar.hours().close();
                self.calendar.zone().moment(date, close).min(midnight)
            }
        }
    }
}
