//! Natural and working time as spans without pauses.

use model::Timestamp;

use super::{Pauses, WorkingTime, day_count::COUNT_DAYS_MAX};

/// The hours in which a clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hours {
    /// All hours.
    Natural,
    /// Office hours.
    Working,
}

/// The time at which `need_us` microseconds have run; `None` while an open pause holds the clock.
pub(super) fn moment_after(
    working_time: WorkingTime<'_>,
    hours: Hours,
    start: Timestamp,
    need_us: u64,
    pauses: &Pauses,
) -> Option<Timestamp> {
    let mut left = need_us;
    if left == 0 {
        return Some(start);
    }
    for (from, to) in running_spans(working_time, hours, start, pauses) {
        let long = to.micros().saturating_sub(from.micros());
        if long >= left {
            return Some(Timestamp::from_micros(from.micros().saturating_add(left)));
        }
        left -= long;
    }
    None
}

/// The microseconds that have run until `now`.
pub(super) fn running_time_until(
    working_time: WorkingTime<'_>,
    hours: Hours,
    start: Timestamp,
    now: Timestamp,
    pauses: &Pauses,
) -> u64 {
    running_spans(working_time, hours, start, pauses)
        .take_while(|(from, _)| *from < now)
        .map(|(from, to)| to.min(now).micros().saturating_sub(from.micros()))
        .fold(0, u64::saturating_add)
}

/// The spans in which the clock runs, in order. They end where an open pause begins.
pub(super) fn running_spans<'a>(
    working_time: WorkingTime<'a>,
    hours: Hours,
    start: Timestamp,
    pauses: &Pauses,
) -> impl Iterator<Item = (Timestamp, Timestamp)> + use<'a> {
    let pauses = pauses.merged();
    let stop = pauses.last().and_then(|(from, to)| to.is_none().then_some(*from));
    unpaused_spans(working_time, hours, start)
        .take_while(move |(from, _)| stop.is_none_or(|stop| *from < stop))
        .flat_map(move |span| without_pauses(span, &pauses))
}

/// The spans in which the clock would run without pauses.
fn unpaused_spans<'a>(
    working_time: WorkingTime<'a>,
    hours: Hours,
    start: Timestamp,
) -> Box<dyn Iterator<Item = (Timestamp, Timestamp)> + 'a> {
    match hours {
        Hours::Natural => Box::new(std::iter::once((start, Timestamp::from_micros(u64::MAX)))),
        Hours::Working => {
            let zone = working_time.calendar.zone();
            let first = zone.date(start);
            let days = (0..i64::from(COUNT_DAYS_MAX)).map(move |on| first.plus(on));
            let spans =
                days.filter(|date| working_time.calendar.is_workday(*date)).flat_map(move |date| {
                    let spans = working_time.calendar.hours().spans().iter();
                    spans.map(move |&(open, close)| {
                        (zone.moment(date, open), zone.moment(date, close))
                    })
                });
            Box::new(
                spans.map(move |(open, close)| (open.max(start), close)).filter(|(a, b)| a < b),
            )
        }
    }
}

/// The parts of a span that are not paused.
fn without_pauses(
    (from, to): (Timestamp, Timestamp),
    pauses: &[(Timestamp, Option<Timestamp>)],
) -> Vec<(Timestamp, Timestamp)> {
    let mut left = Vec::new();
    let mut free_from = from;
    for &(pause, resumed) in pauses.iter().filter(|(_, resumed)| resumed.is_none_or(|r| r > from)) {
        if pause >= to {
            break;
        }
        if pause > free_from {
            left.push((free_from, pause));
        }
        match resumed {
            Some(resumed) => free_from = free_from.max(resumed),
            None => return left,
        }
    }
    if free_from < to {
        left.push((free_from, to));
    }
    left
}
