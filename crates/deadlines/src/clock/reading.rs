//! The state of a clock at a moment, and the result that is kept when it ends.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Allowance, Clock, ClockEnd, ClockKind, OverdueLevel, PauseCause, Policy, WorkingTime,
    day_count::counted_days,
    is_late,
    running_time::{Hours, running_time_until},
};

/// An amount of time in the unit of a clock.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TimeAmount {
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
pub struct ClockReading {
    /// The status.
    #[serde(rename = "standing")]
    pub status: ClockStatus,
    /// The last second in time; `None` before the start and while an open pause holds the clock.
    pub due: Option<Timestamp>,
    /// Whether a notice of holidays to come may change the due date.
    pub provisional: bool,
    /// The time it has, including extensions.
    pub allowed: TimeAmount,
    /// The time that has been counted. A day counts from its first second.
    pub consumed: TimeAmount,
    /// The time that is left.
    pub remaining: TimeAmount,
    /// The overdue level.
    pub level: OverdueLevel,
}

/// The result that is kept when a clock ends. Later changes of calendars and policies do not affect
/// it (CLK-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClockResult {
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
        working_time: WorkingTime<'_>,
        policy: &Policy,
        level_two_unmet: bool,
    ) -> ClockReading {
        let deadline = self.deadline(working_time).unwrap_or_default();
        let seen = self.counted_until(now);
        let (allowed, consumed) = self.amounts(seen, working_time);
        let status = self.status(now, deadline.due);
        let level = match status {
            ClockStatus::Armed => OverdueLevel::O0,
            ClockStatus::Running | ClockStatus::Paused(_) if level_two_unmet => OverdueLevel::O5,
            _ => self.level_at(seen, working_time, policy, deadline),
        };
        let remaining = match (allowed, consumed) {
            (TimeAmount::Days(all), TimeAmount::Days(gone)) => {
                TimeAmount::Days(all.saturating_sub(gone))
            }
            (TimeAmount::Seconds(all), TimeAmount::Seconds(gone)) => {
                TimeAmount::Seconds(all.saturating_sub(gone))
            }
            (all, _) => all,
        };
        let (due, provisional) = (deadline.due, deadline.provisional);
        ClockReading { status, due, provisional, allowed, consumed, remaining, level }
    }

    /// The result of the clock; `None` before its end, or when it never started.
    pub fn result(&self, working_time: WorkingTime<'_>, policy: &Policy) -> Option<ClockResult> {
        let ended = self.end()?.at();
        let deadline = self.deadline(working_time)?;
        Some(ClockResult {
            kind: self.terms().kind,
            ended,
            due: deadline.due,
            on_time: deadline.due.is_none_or(|due| !is_late(ended, due)),
            level: self.level_at(ended, working_time, policy, deadline),
            policy: self.terms().policy,
        })
    }

    fn status(&self, now: Timestamp, due: Option<Timestamp>) -> ClockStatus {
        match (self.end(), self.running_since()) {
            (Some(ClockEnd::Met(at)), _) if at <= now => {
                ClockStatus::Met { at, on_time: due.is_none_or(|due| !is_late(at, due)) }
            }
            (Some(ClockEnd::Stopped(at)), _) if at <= now => ClockStatus::Stopped(at),
            (_, Some(since)) if since <= now => {
                self.pauses().at(now).map_or(ClockStatus::Running, |p| ClockStatus::Paused(p.cause))
            }
            _ => ClockStatus::Armed,
        }
    }

    /// The time that has been counted at a moment.
    pub fn consumed(&self, now: Timestamp, working_time: WorkingTime<'_>) -> TimeAmount {
        self.amounts(self.counted_until(now), working_time).1
    }

    /// The moment up to which the clock counts: `now`, or its end when that is earlier.
    fn counted_until(&self, now: Timestamp) -> Timestamp {
        self.end().map_or(now, |end| end.at().min(now))
    }

    /// The time the clock has, and the time counted at a moment.
    fn amounts(&self, now: Timestamp, working_time: WorkingTime<'_>) -> (TimeAmount, TimeAmount) {
        let start = self.running_since();
        let spent = |hours| {
            let spent = start.map_or(0, |start| {
                running_time_until(working_time, hours, start, now, self.pauses())
            });
            spent / 1_000_000
        };
        match self.terms().allowance {
            Allowance::Days(days) => {
                let all = u32::from(days).saturating_add(self.extended_days());
                let today = working_time.calendar.zone().date(now);
                let gone = start.map_or(0, |start| {
                    let days = counted_days(working_time, start, all, self.pauses());
                    days.take_while(|date| *date <= today).count()
                });
                (TimeAmount::Days(all), TimeAmount::Days(u32::try_from(gone).unwrap_or(all)))
            }
            Allowance::Natural(all) => {
                let all = u64::from(all);
                (TimeAmount::Seconds(all), TimeAmount::Seconds(spent(Hours::Natural).min(all)))
            }
            Allowance::Working(all) => {
                let all = u64::from(all);
                (TimeAmount::Seconds(all), TimeAmount::Seconds(spent(Hours::Working).min(all)))
            }
            Allowance::Until(due) => {
                let all = start.map_or(0, |start| due.since(start).as_secs());
                let gone = start.map_or(0, |start| now.since(start).as_secs());
                (TimeAmount::Seconds(all), TimeAmount::Seconds(gone.min(all)))
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
    working_time: WorkingTime<'_>,
) -> Option<(&'c Clock, Option<Timestamp>)> {
    clocks
        .into_iter()
        .filter(|clock| clock.end().is_none() && clock.running_since().is_some())
        .map(|clock| (clock, clock.due(working_time)))
        .min_by_key(|(_, due)| due.unwrap_or(Timestamp::from_micros(u64::MAX)))
}
