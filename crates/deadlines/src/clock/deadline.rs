//! The due date of a clock, and the time at which its warning begins.

use model::{Date, Timestamp};

use super::{
    Allowance, Clock, Pauses, WorkingTime,
    day_count::{DayCount, DayEffect, days_to_count},
    running_time::{Hours, moment_after},
};

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
    pub fn deadline(&self, working_time: WorkingTime<'_>) -> Option<Deadline> {
        let start = self.running_since()?;
        let mut deadline = self.computed(working_time, start);
        // A new notice of holidays may move an announced due date later, never earlier
        // (our choice in hotline.md 2.5b).
        if let (Some(due), Some(announced)) = (deadline.due, self.announced_due())
            && announced > due
        {
            deadline.due = Some(announced);
            if matches!(self.terms().allowance, Allowance::Days(_)) {
                deadline.warn_at = day_before(working_time, start, announced);
            }
        }
        Some(deadline)
    }

    /// The last second in time; `None` before the start and while an open pause holds the clock.
    pub fn due(&self, working_time: WorkingTime<'_>) -> Option<Timestamp> {
        let start = self.running_since()?;
        let pauses = self.pauses();
        let by_hours = |hours, s: u32| {
            moment_after(working_time, hours, start, u64::from(s) * 1_000_000, pauses)
        };
        // The warning and the provisional mark are not needed here and are not computed.
        let due = match self.terms().allowance {
            Allowance::Natural(s) => by_hours(Hours::Natural, s),
            Allowance::Working(s) => by_hours(Hours::Working, s),
            Allowance::Until(due) => Some(due),
            Allowance::Days(days) => {
                let days = u32::from(days).saturating_add(self.extended_days());
                working_time.days_after(start, days, pauses)
            }
        }?;
        Some(self.announced_due().map_or(due, |announced| announced.max(due)))
    }

    fn computed(&self, working_time: WorkingTime<'_>, start: Timestamp) -> Deadline {
        let pauses = self.pauses();
        match self.terms().allowance {
            Allowance::Days(days) => {
                let days = u32::from(days).saturating_add(self.extended_days());
                days_deadline(working_time, start, days, pauses)
            }
            Allowance::Natural(s) => hours_deadline(working_time, Hours::Natural, start, s, pauses),
            Allowance::Working(s) => hours_deadline(working_time, Hours::Working, start, s, pauses),
            Allowance::Until(due) => Deadline {
                due: Some(due),
                warn_at: day_before(working_time, start, due),
                provisional: false,
            },
        }
    }
}

/// The latest due date of a child assignment: one working day before its parent's (hotline.md 2.4).
///
/// The result is `None` when that is before `start`, so that there is no time to delegate.
pub fn child_due_latest(
    working_time: WorkingTime<'_>,
    start: Timestamp,
    parent_due: Timestamp,
) -> Option<Timestamp> {
    let day =
        working_time.calendar.workday_before(working_time.calendar.zone().date(parent_due))?;
    Some(working_time.close(day)).filter(|due| *due >= start)
}

fn days_deadline(
    working_time: WorkingTime<'_>,
    start: Timestamp,
    days: u32,
    pauses: &Pauses,
) -> Deadline {
    let first = working_time.calendar.zone().date(start);
    let days = days_to_count(working_time, start, days, pauses);
    if days == 0 {
        let provisional = !working_time.calendar.is_settled(first);
        return Deadline { due: Some(working_time.close(first)), warn_at: None, provisional };
    }
    // "At most one working day left" begins with the last day but one. A clock of one day warns on
    // that day, and not already when it starts.
    let warns = days.saturating_sub(1).max(1);
    let mut deadline = Deadline::default();
    for counted in DayCount::new(working_time, start, days, pauses) {
        deadline.provisional |= !counted.day.settled;
        if let DayEffect::Counted(nth) = counted.effect {
            if nth == warns {
                deadline.warn_at = Some(working_time.calendar.day_start(counted.day.date));
            }
            if nth == days {
                deadline.due = Some(working_time.close(counted.day.date));
            }
        }
    }
    deadline
}

fn hours_deadline(
    working_time: WorkingTime<'_>,
    hours: Hours,
    start: Timestamp,
    seconds: u32,
    pauses: &Pauses,
) -> Deadline {
    let need_us = u64::from(seconds) * 1_000_000;
    let at = |us| moment_after(working_time, hours, start, us, pauses);
    let due = at(need_us);
    let provisional = hours == Hours::Working && {
        let zone = working_time.calendar.zone();
        let last = due.unwrap_or(start);
        let mut days = zone.date(start).days()..=zone.date(last).days();
        days.any(|day| !working_time.calendar.is_settled(Date::from_days(day)))
    };
    // 25 % is left (hotline.md 2.5d).
    Deadline { due, warn_at: at(need_us - need_us / 4), provisional }
}

/// The start of the last working day before a due date, but not before the start of the clock.
fn day_before(
    working_time: WorkingTime<'_>,
    start: Timestamp,
    due: Timestamp,
) -> Option<Timestamp> {
    let day = working_time.calendar.workday_before(working_time.calendar.zone().date(due))?;
    Some(working_time.calendar.day_start(day).max(start))
}
