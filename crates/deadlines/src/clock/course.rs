//! The due date of a clock, and the time at which its warning begins.

use model::{Date, Timestamp};

use super::{
    Allowance, Clock, DayEnd, Pauses,
    spend::{Hours, spent_at},
    walk::{As, Walk, counted},
};
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

    /// The end of the `days`th working day after `start`; `None` while an open pause holds the
    /// clock.
    pub fn days_after(&self, start: Timestamp, days: u32, pauses: &Pauses) -> Option<Timestamp> {
        let days = days_needed(*self, start, days, pauses);
        if days == 0 {
            return Some(self.close(self.calendar.zone().date(start)));
        }
        let last = counted(*self, start, days, pauses).nth(days as usize - 1)?;
        Some(self.close(last))
    }
}

/// The due date of a clock, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deadline {
    /// The last second in time; `None` while a pause of unknown length holds the clock.
    pub due: Option<Timestamp>,
    /// The time from which the clock is yellow.
    pub warn_at: Option<Timestamp>,
    /// Whether a notice of holidays to come may change a day that was counted.
    pub provisional: bool,
}

impl Clock {
    /// The clock's due date and warning with this calendar; `None` before the clock has started.
    pub fn course(&self, ground: WorkingTime<'_>) -> Option<Deadline> {
        let start = self.running_since()?;
        let mut course = self.computed(ground, start);
        // A new notice of holidays may move a due date that a person was told later, never earlier
        // (our choice in hotline.md 2.5b).
        if let (Some(due), Some(told)) = (course.due, self.told())
            && told > due
        {
            course.due = Some(told);
            if matches!(self.promise().allowance, Allowance::Days(_)) {
                course.warn_at = day_before(ground, start, told);
            }
        }
        Some(course)
    }

    /// The last second in time; `None` before the start and while an open pause holds the clock.
    pub fn due(&self, ground: WorkingTime<'_>) -> Option<Timestamp> {
        let start = self.running_since()?;
        let pauses = self.pauses();
        let by_hours =
            |hours, s: u32| spent_at(ground, hours, start, u64::from(s) * 1_000_000, pauses);
        // The warning and the provisional mark are not needed here and are not computed.
        let due = match self.promise().allowance {
            Allowance::Natural(s) => by_hours(Hours::Natural, s),
            Allowance::Working(s) => by_hours(Hours::Working, s),
            Allowance::Until(due) => Some(due),
            Allowance::Days(days) => {
                let days = u32::from(days).saturating_add(self.extended_days());
                ground.days_after(start, days, pauses)
            }
        }?;
        Some(self.told().map_or(due, |told| told.max(due)))
    }

    fn computed(&self, ground: WorkingTime<'_>, start: Timestamp) -> Deadline {
        let pauses = self.pauses();
        match self.promise().allowance {
            Allowance::Days(days) => {
                let days = u32::from(days).saturating_add(self.extended_days());
                days_course(ground, start, days, pauses)
            }
            Allowance::Natural(s) => hours_course(ground, Hours::Natural, start, s, pauses),
            Allowance::Working(s) => hours_course(ground, Hours::Working, start, s, pauses),
            Allowance::Until(due) => Deadline {
                due: Some(due),
                warn_at: day_before(ground, start, due),
                provisional: false,
            },
        }
    }
}

/// The latest due date of a child assignment: one working day before its parent's (hotline.md 2.4).
///
/// The result is `None` when that is before `start`, so that there is no time to delegate.
pub fn child_due_latest(
    ground: WorkingTime<'_>,
    start: Timestamp,
    parent_due: Timestamp,
) -> Option<Timestamp> {
    let day = ground.calendar.workday_before(ground.calendar.zone().date(parent_due))?;
    Some(ground.close(day)).filter(|due| *due >= start)
}

/// The number of days to count. A clock of zero days that is paused when its day ends is due on the
/// next day that counts.
pub(super) fn days_needed(
    ground: WorkingTime<'_>,
    start: Timestamp,
    days: u32,
    pauses: &Pauses,
) -> u32 {
    let first = ground.close(ground.calendar.zone().date(start));
    if days == 0 && pauses.at(first).is_some() { 1 } else { days }
}

fn days_course(ground: WorkingTime<'_>, start: Timestamp, days: u32, pauses: &Pauses) -> Deadline {
    let first = ground.calendar.zone().date(start);
    let days = days_needed(ground, start, days, pauses);
    if days == 0 {
        let provisional = !ground.calendar.is_settled(first);
        return Deadline { due: Some(ground.close(first)), warn_at: None, provisional };
    }
    // "At most one working day left" begins with the last day but one. A clock of one day warns on
    // that day, and not already when it starts.
    let warns = days.saturating_sub(1).max(1);
    let mut course = Deadline::default();
    for walked in Walk::new(ground, start, days, pauses) {
        course.provisional |= !walked.day.settled;
        if let As::Counted(nth) = walked.as_what {
            if nth == warns {
                course.warn_at = Some(ground.calendar.day_start(walked.day.date));
            }
            if nth == days {
                course.due = Some(ground.close(walked.day.date));
            }
        }
    }
    course
}

fn hours_course(
    ground: WorkingTime<'_>,
    hours: Hours,
    start: Timestamp,
    seconds: u32,
    pauses: &Pauses,
) -> Deadline {
    let need_us = u64::from(seconds) * 1_000_000;
    let at = |us| spent_at(ground, hours, start, us, pauses);
    let due = at(need_us);
    let provisional = hours == Hours::Working && {
        let zone = ground.calendar.zone();
        let last = due.unwrap_or(start);
        let mut days = zone.date(start).days()..=zone.date(last).days();
        days.any(|day| !ground.calendar.is_settled(Date::from_days(day)))
    };
    // 25 % is left (hotline.md 2.5d).
    Deadline { due, warn_at: at(need_us - need_us / 4), provisional }
}

/// The start of the last working day before a due date, but not before the start of the clock.
fn day_before(ground: WorkingTime<'_>, start: Timestamp, due: Timestamp) -> Option<Timestamp> {
    let day = ground.calendar.workday_before(ground.calendar.zone().date(due))?;
    Some(ground.calendar.day_start(day).max(start))
}
