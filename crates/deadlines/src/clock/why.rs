//! The explanation of a due date, day by day.

use model::{Date, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Allowance, Clock, PauseCause, Words, WorkingTime,
    course::days_needed,
    spend::{Hours, runs},
    walk::{As, Walk},
    words::fill,
};
use crate::calendar::{Calendar, DayReason};

/// The explanation of a due date, in the order of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// The clock's code: `C6-B`.
    pub code: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// The day.
    pub date: Date,
    /// The statement about the day.
    pub what: What,
}

/// The statement of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The clock started at this second of the day; that day is day 0.
    Started(u32),
    /// The day is the nth of those allowed.
    Counted {
        /// Its number, from 1.
        nth: u32,
        /// The number of days allowed.
        of: u32,
        /// The kind of working day.
        day: Counted,
    },
    /// The day is a Saturday or Sunday.
    Weekend,
    /// The day is a holiday, with its name.
    Holiday(String),
    /// The day is a day off by the hotline's own entry, with its reason.
    LocalOff(String),
    /// The clock was paused when the day ended.
    PausedAtEnd(PauseCause),
    /// The clock ran for this many seconds on the day.
    Ran(u64),
    /// The clock ran without a break, also at night and on days off.
    RanOn {
        /// The number of seconds.
        seconds: u64,
    },
    /// An open pause holds the clock: there is no due date.
    Held(PauseCause),
    /// A person was told this due date. It is kept, although it would be earlier now.
    Told,
    /// The due date was set by an upper hotline.
    Set,
    /// The clock is due.
    Due {
        /// The second of the day.
        second: u32,
        /// Whether a notice of holidays to come may change it.
        provisional: bool,
    },
    /// The due date is too far away to be computed.
    TooFar,
}

/// The kind of a working day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// A day from Monday to Friday.
    Weekday,
    /// A weekend day that is worked in exchange for this holiday.
    MakeUp(String),
    /// A working day by the hotline's own entry, with its reason.
    Local(String),
}

impl Clock {
    /// Explains the due date; `None` before the clock has started.
    pub fn why(&self, ground: WorkingTime<'_>) -> Option<Explanation> {
        let start = self.running_since()?;
        let mut lines = Lines { calendar: ground.calendar, lines: Vec::new() };
        lines.at(start, What::Started);
        match self.promise().allowance {
            Allowance::Days(days) => {
                let of = u32::from(days).saturating_add(self.extended_days());
                let of = days_needed(ground, start, of, self.pauses());
                for walked in Walk::new(ground, start, of, self.pauses()) {
                    lines.day(walked.day.date, day_line(walked.day.why, walked.as_what, of));
                }
            }
            Allowance::Natural(_) => self.hours(ground, Hours::Natural, start, &mut lines),
            Allowance::Working(_) => self.hours(ground, Hours::Working, start, &mut lines),
            Allowance::Until(due) => lines.at(due, |_| What::Set),
        }
        self.ending(ground, &mut lines);
        Some(Explanation { code: self.promise().kind.code().into(), lines: lines.lines })
    }

    /// Adds the spans in which hours ran, up to the due date or the pause that holds the clock.
    fn hours(
        &self,
        ground: WorkingTime<'_>,
        hours: Hours,
        start: Timestamp,
        lines: &mut Lines<'_>,
    ) {
        let due = self.due(ground);
        for (from, to) in runs(ground, hours, start, self.pauses()).take(SPANS_MAX) {
            if due.is_some_and(|due| from >= due) {
                break;
            }
            let to = due.map_or(to, |due| to.min(due));
            let seconds = to.since(from).as_secs();
            lines.at(from, |_| match hours {
                Hours::Natural => What::RanOn { seconds },
                Hours::Working => What::Ran(seconds),
            });
            if let Some(pause) = self.pauses().at(to).filter(|_| Some(to) != due) {
                lines.at(to, |_| match pause.to {
                    Some(_) => What::PausedAtEnd(pause.cause),
                    None => What::Held(pause.cause),
                });
            }
        }
    }

    fn ending(&self, ground: WorkingTime<'_>, lines: &mut Lines<'_>) {
        let Some(course) = self.course(ground) else { return };
        let provisional = course.provisional;
        match course.due {
            Some(due) => {
                if self.told() == Some(due) && self.untold_due(ground) != Some(due) {
                    lines.at(due, |_| What::Told);
                }
                lines.at(due, |second| What::Due { second, provisional });
            }
            None => {
                let held = lines.lines.iter().any(|line| matches!(line.what, What::Held(_)));
                let last = lines.lines.last().map(|line| line.date);
                if let (false, Some(date)) = (held, last) {
                    let cause = self.pauses().all().iter().find(|pause| pause.to.is_none());
                    let what = cause.map_or(What::TooFar, |pause| What::Held(pause.cause));
                    lines.day(date, what);
                }
            }
        }
    }

    /// The due date without regard to the one that was told.
    fn untold_due(&self, ground: WorkingTime<'_>) -> Option<Timestamp> {
        let mut clock = self.clone();
        clock.forget_told();
        clock.due(ground)
    }
}

fn day_line(why: DayReason<'_>, as_what: As, of: u32) -> What {
    match (as_what, why) {
        (As::Paused(pause), _) => What::PausedAtEnd(pause.cause),
        (As::Held(pause), _) => What::Held(pause.cause),
        (As::Counted(nth), DayReason::MakeUp(name)) => {
            What::Counted { nth, of, day: Counted::MakeUp(name.into()) }
        }
        (As::Counted(nth), DayReason::LocalWork(name)) => {
            What::Counted { nth, of, day: Counted::Local(name.into()) }
        }
        (As::Counted(nth), _) => What::Counted { nth, of, day: Counted::Weekday },
        (As::Rest, DayReason::Holiday(name)) => What::Holiday(name.into()),
        (As::Rest, DayReason::LocalOff(name)) => What::LocalOff(name.into()),
        (As::Rest, _) => What::Weekend,
    }
}

struct Lines<'a> {
    calendar: &'a Calendar,
    lines: Vec<Line>,
}

impl Lines<'_> {
    fn day(&mut self, date: Date, what: What) {
        self.lines.push(Line { date, what });
    }

    fn at(&mut self, at: Timestamp, what: impl FnOnce(u32) -> What) {
        let zone = self.calendar.zone();
        self.day(zone.date(at), what(zone.second_of_day(at)));
    }
}

impl Line {
    /// The line in a language: `2013-02-16 星期六 第6天,共7天(春节调休上班)`.
    pub fn say(&self, words: &Words) -> String {
        let what = match &self.what {
            What::Started(second) => fill(words.started, &[("time", &time(*second))]),
            What::Counted { nth, of, day } => {
                let (template, name) = match day {
                    Counted::Weekday => (words.counted, ""),
                    Counted::MakeUp(name) => (words.counted_make_up, name.as_str()),
                    Counted::Local(name) => (words.counted_local, name.as_str()),
                };
                let (nth, of) = (nth.to_string(), of.to_string());
                fill(template, &[("nth", &nth), ("of", &of), ("name", name)])
            }
            What::Weekend => words.weekend.into(),
            What::Holiday(name) => fill(words.holiday, &[("name", name)]),
            What::LocalOff(name) => fill(words.local_off, &[("name", name)]),
            What::PausedAtEnd(cause) => fill(words.paused, &[("cause", words.cause(*cause))]),
            What::Ran(seconds) => fill(words.ran, &[("long", &long(*seconds, words))]),
            What::RanOn { seconds } => fill(words.ran_on, &[("long", &long(*seconds, words))]),
            What::Held(cause) => fill(words.held, &[("cause", words.cause(*cause))]),
            What::Told => words.told.into(),
            What::Set => words.set.into(),
            What::Due { second, provisional } => {
                let template = if *provisional { words.due_provisional } else { words.due };
                fill(template, &[("time", &time(*second))])
            }
            What::TooFar => words.too_far.into(),
        };
        format!("{} {} {what}", self.date, words.weekday(self.date.weekday()))
    }
}

impl Explanation {
    /// All lines in a language.
    pub fn say(&self, words: &Words) -> Vec<String> {
        self.lines.iter().map(|line| line.say(words)).collect()
    }
}

fn time(second: u32) -> String {
    format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

/// A duration in the language's units: `2 h 40 min`. Seconds are shown when they are not zero, or
/// when there is nothing else.
fn long(seconds: u64, words: &Words) -> String {
    let parts = [
        (seconds / 3_600, words.hours),
        (seconds / 60 % 60, words.minutes),
        (seconds % 60, words.seconds),
    ];
    let said: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if said.is_empty() { format!("0{}", words.seconds) } else { said.join(words.between) }
}

/// The most spans that are explained. For a clock that is paused more often, the explanation is
/// incomplete.
const SPANS_MAX: usize = 1_000;
