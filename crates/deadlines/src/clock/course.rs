//! The course of a clock: when it warns and when it is due.

use model::{Date, Timestamp};

use super::{
    Allowance, Clock, DayEnd, Pauses,
    spend::{Hours, spent_at},
    walk::{As, Walk, counted},
};
use crate::calendar::Calendar;

/// What due dates stand on: a calendar, and when a day ends for a deadline.
#[derive(Clone, Copy, Debug)]
pub struct WorkingTime<'a> {
    /// Which days and hours are worked.
    pub calendar: &'a Calendar,
    /// When the last day ends.
    pub day_end: DayEnd,
}

impl WorkingTime<'_> {
    /// The last second of a date that is still in time.
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

    /// The end of the `days`th working day after `start`; `None` while an open pause holds it.
    pub fn days_after(&self, start: Timestamp, days: u32, pauses: &Pauses) -> Option<Timestamp> {
        let days = days_needed(*self, start, days, pauses);
        if days == 0 {
            return Some(self.close(self.calendar.zone().date(start)));
        }
        let last = counted(*self, start, days, pauses).nth(days as usize - 1)?;
        Some(self.close(last))
    }
}

/// What is known of a clock's way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deadline {
    /// The last second in time; `None` while a pause holds it and nobody knows how long.
    pub due: Option<Timestamp>,
    /// From when on it is yellow.
    pub warn_at: Option<Timestamp>,
    /// A day on the way may yet be changed by a notice that has not come.
    pub provisional: bool,
}

impl Clock {
    /// Its course on this ground; `None` before it has started.
    pub fn course(&self, ground: WorkingTime<'_>) -> Option<Deadline> {
        let start = self.running_since()?;
        let mut course = self.computed(ground, start);
        // A new notice may lengthen what a person was told, never shorten it (2.5b, ours).
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

    /// The last second in time; `None` before the start and while held by an open pause.
    pub fn due(&self, ground: WorkingTime<'_>) -> Option<Timestamp> {
        let start = self.running_since()?;
        let pauses = self.pauses();
        let by_hours =
            |hours, s: u32| spent_at(ground, hours, start, u64::from(s) * 1_000_000, pauses);
        // What only a course needs, when it warns and whether a notice may move it, is left out.
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

/// Child assignments are due one working day before their parent at the latest (2.4).
///
/// `None` when that is before `start`: there is no time to delegate.
pub fn child_due_latest(
    ground: WorkingTime<'_>,
    start: Timestamp,
    parent_due: Timestamp,
) -> Option<Timestamp> {
    let day = ground.calendar.workday_before(ground.calendar.zone().date(parent_due))?;
    Some(ground.close(day)).filter(|due| *due >= start)
}

/// How many days must be counted: a clock of none that stands still when its
/// day ends is due with the next day that counts.
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
    // "At most one working day left" begins with the last day but one. A clock
    // of one day begins to warn on that day and not while its letter is still warm.
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
    // 25 % left (2.5d).
    Deadline { due, warn_at: at(need_us - need_us / 4), provisional }
}

/// The start of the working day before a due date, but not before the clock itself.
fn day_before(ground: WorkingTime<'_>, start: Timestamp, due: Timestamp) -> Option<Timestamp> {
    let day = ground.calendar.workday_before(ground.calendar.zone().date(due))?;
    Some(ground.calendar.day_start(day).max(start))
}
