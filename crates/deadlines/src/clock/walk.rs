//! Counts working days one by one, by the algorithm of hotline.md 2.5b.

use model::{Date, Timestamp};

use super::{Pause, Pauses, WorkingTime};
use crate::calendar::Day;

/// The days after a start until the last one is counted, each with its effect on the count.
pub(super) struct Walk<'a> {
    ground: WorkingTime<'a>,
    pauses: &'a Pauses,
    date: Date,
    counted: u32,
    of: u32,
    days_left: u32,
    blocked: bool,
}

/// One day of a walk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walked<'a> {
    pub(super) day: Day<'a>,
    pub(super) as_what: As,
}

/// The effect of a day on the count.
#[derive(Clone, Copy, Debug)]
pub(super) enum As {
    /// It is the nth day.
    Counted(u32),
    /// It is a day off.
    Rest,
    /// It is not counted: the clock was paused when the day ended.
    Paused(Pause),
    /// It is unknown: an open pause holds the clock.
    Held(Pause),
}

impl<'a> Walk<'a> {
    /// A walk until `of` days are counted. The day of `start` is day 0.
    pub(super) fn new(
        ground: WorkingTime<'a>,
        start: Timestamp,
        of: u32,
        pauses: &'a Pauses,
    ) -> Walk<'a> {
        let date = ground.calendar.zone().date(start);
        Walk { ground, pauses, date, counted: 0, of, days_left: WALK_DAYS_MAX, blocked: false }
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Walked<'a>;

    fn next(&mut self) -> Option<Walked<'a>> {
        if self.blocked || self.counted >= self.of || self.days_left == 0 {
            return None;
        }
        self.days_left -= 1;
        self.date = self.date.plus(1);
        let day = self.ground.calendar.day(self.date);
        let end = self.ground.close(self.date);
        let as_what = if !day.is_workday() {
            As::Rest
        } else if let Some(pause) = self.pauses.forever_from(end) {
            self.blocked = true;
            As::Held(pause)
        } else if let Some(pause) = self.pauses.at(end) {
            As::Paused(pause)
        } else {
            self.counted += 1;
            As::Counted(self.counted)
        };
        Some(Walked { day, as_what })
    }
}

/// The days that count after a start, at most `of`, until an open pause holds the clock. These are
/// the counted days of a [`Walk`].
pub(super) fn counted<'a>(
    ground: WorkingTime<'a>,
    start: Timestamp,
    of: u32,
    pauses: &'a Pauses,
) -> impl Iterator<Item = Date> {
    let first = ground.calendar.zone().date(start);
    let never = pauses.all().is_empty();
    let runs_on = move |date: &Date| never || pauses.forever_from(ground.close(*date)).is_none();
    let runs = move |date: &Date| never || pauses.at(ground.close(*date)).is_none();
    let days = ground.calendar.workdays_after(first, WALK_DAYS_MAX);
    days.take_while(runs_on).filter(runs).take(of as usize)
}

/// A century. A clock that needs more has no due date; no policy allows one.
pub(super) const WALK_DAYS_MAX: u32 = 36_525;
