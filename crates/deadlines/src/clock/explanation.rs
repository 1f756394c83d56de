//! The explanation of a due date, day by day.

use model::{Date, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Allowance, Clock, PauseCause, Phrases, WorkingTime,
    day_count::{DayCount, DayEffect, days_to_count},
    phrases::fill,
    running_time::{Hours, running_spans},
};
use crate::calendar::{Calendar, DayReason};

/// The explanation of a due date, in the order of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// The clock's code: `C6-B`.
    pub code: String,
    /// The lines.
    pub lines: Vec<ExplanationLine>,
}

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExplanationLine {
    /// The day.
    pub date: Date,
    /// The fact about the day.
    #[serde(rename = "what")]
    pub fact: ExplanationFact,
}

/// The fact that a line states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExplanationFact {
    /// The clock started at this second of the day; that day is day 0.
    Started(u32),
    /// The day is the nth of those allowed.
    Counted {
        /// Its number, from 1.
        nth: u32,
        /// The number of days allowed.
        of: u32,
        /// The kind of working day.
        day: WorkdayKind,
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
    /// This due date was announced to a person. It is kept, although it would be earlier now.
    #[serde(rename = "told")]
    KeptAsAnnounced,
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
pub enum WorkdayKind {
    /// A day from Monday to Friday.
    Weekday,
    /// A weekend day that is worked in exchange for this holiday.
    MakeUp(String),
    /// A working day by the hotline's own entry, with its reason.
    Local(String),
}

impl Clock {
    /// Explains the due date; `None` before the clock has started.
    pub fn explain(&self, working_time: WorkingTime<'_>) -> Option<Explanation> {
        let start = self.running_since()?;
        let mut lines = Lines { calendar: working_time.calendar, lines: Vec::new() };
        lines.at(start, ExplanationFact::Started);
        match self.terms().allowance {
            Allowance::Days(days) => {
                let of = u32::from(days).saturating_add(self.extended_days());
                let of = days_to_count(working_time, start, of, self.pauses());
                for counted in DayCount::new(working_time, start, of, self.pauses()) {
                    lines.day(counted.day.date, day_line(counted.day.why, counted.effect, of));
                }
            }
            Allowance::Natural(_) => self.hours(working_time, Hours::Natural, start, &mut lines),
            Allowance::Working(_) => self.hours(working_time, Hours::Working, start, &mut lines),
            Allowance::Until(due) => lines.at(due, |_| ExplanationFact::Set),
        }
        self.ending(working_time, &mut lines);
        Some(Explanation { code: self.terms().kind.code().into(), lines: lines.lines })
    }

    /// Adds the spans in which hours ran, up to the due date or the pause that holds the clock.
    fn hours(
        &self,
        working_time: WorkingTime<'_>,
        hours: Hours,
        start: Timestamp,
        lines: &mut Lines<'_>,
    ) {
        let due = self.due(working_time);
        for (from, to) in running_spans(working_time, hours, start, self.pauses()).take(SPANS_MAX) {
            if due.is_some_and(|due| from >= due) {
                break;
            }
            let to = due.map_or(to, |due| to.min(due));
            let seconds = to.since(from).as_secs();
            lines.at(from, |_| match hours {
                Hours::Natural => ExplanationFact::RanOn { seconds },
                Hours::Working => ExplanationFact::Ran(seconds),
            });
            if let Some(pause) = self.pauses().at(to).filter(|_| Some(to) != due) {
                lines.at(to, |_| match pause.to {
                    Some(_) => ExplanationFact::PausedAtEnd(pause.cause),
                    None => ExplanationFact::Held(pause.cause),
                });
            }
        }
    }

    fn ending(&self, working_time: WorkingTime<'_>, lines: &mut Lines<'_>) {
        let Some(deadline) = self.deadline(working_time) else { return };
        let provisional = deadline.provisional;
        match deadline.due {
            Some(due) => {
                if self.announced_due() == Some(due)
                    && self.due_without_announcement(working_time) != Some(due)
                {
                    lines.at(due, |_| ExplanationFact::KeptAsAnnounced);
                }
                lines.at(due, |second| ExplanationFact::Due { second, provisional });
            }
            None => {
                let held =
                    lines.lines.iter().any(|line| matches!(line.fact, ExplanationFact::Held(_)));
                let last = lines.lines.last().map(|line| line.date);
                if let (false, Some(date)) = (held, last) {
                    let cause = self.pauses().all().iter().find(|pause| pause.to.is_none());
                    let fact = cause.map_or(ExplanationFact::TooFar, |pause| {
                        ExplanationFact::Held(pause.cause)
                    });
                    lines.day(date, fact);
                }
            }
        }
    }

    /// The due date without regard to an earlier announcement.
    fn due_without_announcement(&self, working_time: WorkingTime<'_>) -> Option<Timestamp> {
        let mut clock = self.clone();
        clock.forget_announced_due();
        clock.due(working_time)
    }
}

fn day_line(why: DayReason<'_>, effect: DayEffect, of: u32) -> ExplanationFact {
    match (effect, why) {
        (DayEffect::Paused(pause), _) => ExplanationFact::PausedAtEnd(pause.cause),
        (DayEffect::Held(pause), _) => ExplanationFact::Held(pause.cause),
        (DayEffect::Counted(nth), DayReason::MakeUp(name)) => {
            ExplanationFact::Counted { nth, of, day: WorkdayKind::MakeUp(name.into()) }
        }
        (DayEffect::Counted(nth), DayReason::LocalWork(name)) => {
            ExplanationFact::Counted { nth, of, day: WorkdayKind::Local(name.into()) }
        }
        (DayEffect::Counted(nth), _) => {
            ExplanationFact::Counted { nth, of, day: WorkdayKind::Weekday }
        }
        (DayEffect::Rest, DayReason::Holiday(name)) => ExplanationFact::Holiday(name.into()),
        (DayEffect::Rest, DayReason::LocalOff(name)) => ExplanationFact::LocalOff(name.into()),
        (DayEffect::Rest, _) => ExplanationFact::Weekend,
    }
}

struct Lines<'a> {
    calendar: &'a Calendar,
    lines: Vec<ExplanationLine>,
}

impl Lines<'_> {
    fn day(&mut self, date: Date, fact: ExplanationFact) {
        self.lines.push(ExplanationLine { date, fact });
    }

    fn at(&mut self, at: Timestamp, what: impl FnOnce(u32) -> ExplanationFact) {
        let zone = self.calendar.zone();
        self.day(zone.date(at), what(zone.second_of_day(at)));
    }
}

impl ExplanationLine {
    /// The line in a language: `2013-02-16 星期六 第6天,共7天(春节调休上班)`.
    pub fn render(&self, phrases: &Phrases) -> String {
        let what = match &self.fact {
            ExplanationFact::Started(second) => fill(phrases.started, &[("time", &time(*second))]),
            ExplanationFact::Counted { nth, of, day } => {
                let (template, name) = match day {
                    WorkdayKind::Weekday => (phrases.counted, ""),
                    WorkdayKind::MakeUp(name) => (phrases.counted_make_up, name.as_str()),
                    WorkdayKind::Local(name) => (phrases.counted_local, name.as_str()),
                };
                let (nth, of) = (nth.to_string(), of.to_string());
                fill(template, &[("nth", &nth), ("of", &of), ("name", name)])
            }
            ExplanationFact::Weekend => phrases.weekend.into(),
            ExplanationFact::Holiday(name) => fill(phrases.holiday, &[("name", name)]),
            ExplanationFact::LocalOff(name) => fill(phrases.local_off, &[("name", name)]),
            ExplanationFact::PausedAtEnd(cause) => {
                fill(phrases.paused, &[("cause", phrases.cause(*cause))])
            }
            ExplanationFact::Ran(seconds) => {
                fill(phrases.ran, &[("long", &long(*seconds, phrases))])
            }
            ExplanationFact::RanOn { seconds } => {
                fill(phrases.ran_on, &[("long", &long(*seconds, phrases))])
            }
            ExplanationFact::Held(cause) => fill(phrases.held, &[("cause", phrases.cause(*cause))]),
            ExplanationFact::KeptAsAnnounced => phrases.kept_as_announced.into(),
            ExplanationFact::Set => phrases.set.into(),
            ExplanationFact::Due { second, provisional } => {
                let template = if *provisional { phrases.due_provisional } else { phrases.due };
                fill(template, &[("time", &time(*second))])
            }
            ExplanationFact::TooFar => phrases.too_far.into(),
        };
        format!("{} {} {what}", self.date, phrases.weekday(self.date.weekday()))
    }
}

impl Explanation {
    /// All lines in a language.
    pub fn render(&self, phrases: &Phrases) -> Vec<String> {
        self.lines.iter().map(|line| line.render(phrases)).collect()
    }
}

fn time(second: u32) -> String {
    format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

/// A duration in the language's units: `2 h 40 min`. Seconds are shown when they are not zero, or
/// when there is nothing else.
fn long(seconds: u64, phrases: &Phrases) -> String {
    let parts = [
        (seconds / 3_600, phrases.hours),
        (seconds / 60 % 60, phrases.minutes),
        (seconds % 60, phrases.seconds),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if parts.is_empty() { format!("0{}", phrases.seconds) } else { parts.join(phrases.between) }
}

/// The most spans that are explained. For a clock that is paused more often, the explanation is
/// incomplete.
const SPANS_MAX: usize = 1_000;
