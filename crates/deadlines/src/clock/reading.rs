//! The state of a clock at a moment, and the result that is kept when it ends.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Allowance, Clock, ClockKind, End, OverdueLevel, PauseCause, Policy, WorkingTime, is_late,
    spend::{Hours, spent_by},
    walk::counted,
};

/// An amount of time in the unit of a clock.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// Working days.
    Days(u32),
    /// Seconds.
    Seconds(u64),
}

/// The status of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockStatus {
    /// It has not started.
    Armed,
    /// It runs.
    Running,
    /// It is paused for this cause.
    Paused(PauseCause),
    /// The obligation was met.
    Met {
        /// The time.
        at: Timestamp,
        /// Whether that was not after the due date (CLK-06).
        on_time: bool,
    },
    /// The obligation ended without being met.
    Stopped(Timestamp),
}

/// The state of a clock at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// The status.
    pub standing: ClockStatus,
    /// The last second in time; `None` before the start and while an open pause holds the clock.
    pub due: Option<Timestamp>,
    /// Whether a notice of holidays to come may change the due date.
    pub provisional: bool,
    /// The time it has, including extensions.
    pub allowed: Amount,
    /// The time that has been counted. A day counts from its first second.
    pub consumed: Amount,
    /// The time that is left.
    pub remaining: Amount,
    /// The overdue level.
    pub level: OverdueLevel,
}

/// The result that is kept when a clock ends. Later changes of calendars and policies do not affect
/// it (CLK-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// The kind of clock.
    pub kind: ClockKind,
    /// The time of its end.
    pub ended: Timestamp,
    /// The due date that applied; `None` when the clock ended while it was held.
    pub due: Option<Timestamp>,
    /// Whether it ended by the due date.
    pub on_time: bool,
    /// The overdue level at its end.
    pub level: OverdueLevel,
    /// The version of the policy that applied.
    pub policy: u32,
}

impl Clock {
    /// The state of the clock at `now`.
    ///
    /// `level_two_unmet` tells whether a supervision order of level 2 on this matter was not
    /// answered in time.
    pub fn reading(
        &self,
        now: Timestamp,
        ground: WorkingTime<'_>,
        policy: &Policy,
        level_two_unmet: bool,
    ) -> Reading {
        let course = self.course(ground).unwrap_or_default();
        let seen = self.seen(now);
        let (allowed, consumed) = self.amounts(seen, ground);
        let standing = self.standing(now, course.due);
        let level = match standing {
            ClockStatus::Armed => OverdueLevel::O0,
            ClockStatus::Running | ClockStatus::Paused(_) if level_two_unmet => OverdueLevel::O5,
            _ => self.level_at(seen, ground, policy, course),
        };
        let remaining = match (allowed, consumed) {
            (Amount::Days(all), Amount::Days(gone)) => Amount::Days(all.saturating_sub(gone)),
            (Amount::Seconds(all), Amount::Seconds(gone)) => {
                Amount::Seconds(all.saturating_sub(gone))
            }
            (all, _) => all,
        };
        let (due, provisional) = (course.due, course.provisional);
        Reading { standing, due, provisional, allowed, consumed, remaining, level }
    }

    /// The result of the clock; `None` before its end, or when it never started.
    pub fn verdict(&self, ground: WorkingTime<'_>, policy: &Policy) -> Option<Verdict> {
        let ended = self.end()?.at();
        let course = self.course(ground)?;
        Some(Verdict {
            kind: self.promise().kind,
            ended,
            due: course.due,
            on_time: course.due.is_none_or(|due| !is_late(ended, due)),
            level: self.level_at(ended, ground, policy, course),
            policy: self.promise().policy,
        })
    }

    fn standing(&self, now: Timestamp, due: Option<Timestamp>) -> ClockStatus {
        match (self.end(), self.running_since()) {
            (Some(End::Met(at)), _) if at <= now => {
                ClockStatus::Met { at, on_time: due.is_none_or(|due| !is_late(at, due)) }
            }
            (Some(End::Stopped(at)), _) if at <= now => ClockStatus::Stopped(at),
            (_, Some(since)) if since <= now => {
                self.pauses().at(now).map_or(ClockStatus::Running, |p| ClockStatus::Paused(p.cause))
            }
            _ => ClockStatus::Armed,
        }
    }

    /// The time that has been counted at a moment.
    pub fn consumed(&self, now: Timestamp, ground: WorkingTime<'_>) -> Amount {
        self.amounts(self.seen(now), ground).1
    }

    /// The moment up to which the clock counts: `now`, or its end when that is earlier.
    fn seen(&self, now: Timestamp) -> Timestamp {
        self.end().map_or(now, |end| end.at().min(now))
    }

    /// The time the clock has, and the time counted at a moment.
    fn amounts(&self, now: Timestamp, ground: WorkingTime<'_>) -> (Amount, Amount) {
        let start = self.running_since();
        let spent = |hours| {
            let spent = start.map_or(0, |start| spent_by(ground, hours, start, now, self.pauses()));
            spent / 1_000_000
        };
        match self.promise().allowance {
            Allowance::Days(days) => {
                let all = u32::from(days).saturating_add(self.extended_days());
                let today = ground.calendar.zone().date(now);
                let gone = start.map_or(0, |start| {
                    let days = counted(ground, start, all, self.pauses());
                    days.take_while(|date| *date <= today).count()
                });
                (Amount::Days(all), Amount::Days(u32::try_from(gone).unwrap_or(all)))
            }
            Allowance::Natural(all) => {
                let all = u64::from(all);
                (Amount::Seconds(all), Amount::Seconds(spent(Hours::Natural).min(all)))
            }
            Allowance::Working(all) => {
                let all = u64::from(all);
                (Amount::Seconds(all), Amount::Seconds(spent(Hours::Working).min(all)))
            }
            Allowance::Until(due) => {
                let all = start.map_or(0, |start| due.since(start).as_secs());
                let gone = start.map_or(0, |start| now.since(start).as_secs());
                (Amount::Seconds(all), Amount::Seconds(gone.min(all)))
            }
        }
    }
}

/// The clock that is shown for a matter with several: the one with the earliest due date of those
/// that run (hotline.md 2.5a).
///
/// Each clock is still judged on its own. Held clocks have no due date and come last.
pub fn earliest_unmet<'c>(
    clocks: impl IntoIterator<Item = &'c Clock>,
    ground: WorkingTime<'_>,
) -> Option<(&'c Clock, Option<Timestamp>)> {
    clocks
        .into_iter()
        .filter(|clock| clock.end().is_none() && clock.running_since().is_some())
        .map(|clock| (clock, clock.due(ground)))
        .min_by_key(|(_, due)| due.unwrap_or(Timestamp::from_micros(u64::MAX)))
}
