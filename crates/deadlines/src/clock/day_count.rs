//! Counts working days one by one, by the algorithm of hotline.md 2.5b.

use model::{Date, Timestamp};

use super::{Pause, Pauses, WorkingTime};
use crate::calendar::Day;

/// The days after a start until the last one is counted, each with its effect on the count.
pub(super) struct DayCount<'a> {
    working_time: WorkingTime<'a>,
    pauses: &'a Pauses,
    date: Date,
    counted: u32,
    of: u32,
    days_left: u32,
    blocked: bool,
}

/// One day of a count.
#[derive(Clone, Copy, Debug)]
pub(super) struct CountedDay<'a> {
    pub(super) day: Day<'a>,
    pub(super) effect: DayEffect,
}

/// The effect of a day on the count.
#[derive(Clone, Copy, Debug)]
pub(super) enum DayEffect {
    /// It is the nth day.
    Counted(u32),
    /// It is a day off.
    Rest,
    /// It is not counted: the clock was paused when the day ended.
    Paused(Pause),
    /// It is unknown: an open pause holds the clock.
    Held(Pause),
}

impl<'a> DayCount<'a> {
    /// A count of `of` days. The day of `start` is day 0.
    pub(super) fn new(
        working_time: WorkingTime<'a>,
        start: Timestamp,
        of: u32,
        pauses: &'a Pauses,
    ) -> DayCount<'a> {
        let date = working_time.calendar.zone().date(start);
        DayCount {
            working_time,
            pauses,
            date,
            counted: 0,
            of,
            days_left: COUNT_DAYS_MAX,
            blocked: false,
        }
    }
}

impl<'a> Iterator for DayCount<'a> {
    type Item = CountedDay<'a>;

    fn next(&mut self) -> Option<CountedDay<'a>> {
        if self.blocked || self.counted >= self.of || self.days_left == 0 {
            return None;
        }
        self.days_left -= 1;
        self.date = self.date.plus(1);
        let day = self.working_time.calendar.day(self.date);
        let end = self.working_time.close(self.date);
        let effect = if !day.is_workday() {
            DayEffect::Rest
        } else if let Some(pause) = self.pauses.open_since(end) {
            self.blocked = true;
            DayEffect::Held(pause)
        } else if let Some(pause) = self.pauses.at(end) {
            DayEffect::Paused(pause)
        } else {
            self.counted += 1;
            DayEffect::Counted(self.counted)
        };
        Some(CountedDay { day, effect })
    }
}

impl WorkingTime<'_> {
    /// The end of the `days`th working day after `start`; `None` while an open pause holds the
    /// clock.
    pub fn days_after(&self, start: Timestamp, days: u32, pauses: &Pauses) -> Option<Timestamp> {
        let days = days_to_count(*self, start, days, pauses);
        if days == 0 {
            return Some(self.close(self.calendar.zone().date(start)));
        }
        let last = counted_days(*self, start, days, pauses).nth(days as usize - 1)?;
        Some(self.close(last))
    }
}

/// The number of days to count. A clock of zero days that is paused when its day ends is due on the
/// next day that counts.
pub(super) fn days_to_count(
    working_time: WorkingTime<'_>,
    start: Timestamp,
    days: u32,
    pauses: &Pauses,
) -> u32 {
    let first = working_time.close(working_time.calendar.zone().date(start));
    if days == 0 && pauses.at(first).is_some() { 1 } else { days }
}

/// The days that count after a start, at most `of`, until an open pause holds the clock. These are
/// the counted days of a [`DayCount`].
pub(super) fn counted_days<'a>(
    working_time: WorkingTime<'a>,
    start: Timestamp,
    of: u32,
    pauses: &'a Pauses,
) -> impl Iterator<Item = Date> {
    let first = working_time.calendar.zone().date(start);
    let never = pauses.all().is_empty();
    let runs_on =
        move |date: &Date| never || pauses.open_since(working_time.close(*date)).is_none();
    let runs = move |date: &Date| never || pauses.at(working_time.close(*date)).is_none();
    let days = working_time.calendar.workdays_after(first, COUNT_DAYS_MAX);
    days.take_while(runs_on).filter(runs).take(of as usize)
}

/// A century. A clock that needs more has no due date; no policy allows one.
pub(super) const COUNT_DAYS_MAX: u32 = 36_525;
