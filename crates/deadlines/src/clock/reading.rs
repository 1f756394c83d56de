//! What a clock shows at a moment, and what is kept of it when it ends.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Allowance, Clock, ClockKind, End, OverdueLevel, PauseCause, Policy, WorkingTime, is_late,
    spend::{Hours, spent_by},
    walk::counted,
};

/// An amount of a clock's own time.
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

/// Where a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockStatus {
    /// Not yet started.
    Armed,
    /// Running.
    Running,
    /// Standing still, for this cause.
    Paused(PauseCause),
    /// What was owed is done.
    Met {
        /// When.
        at: Timestamp,
        /// Not after the due date (CLK-06).
        on_time: bool,
    },
    /// No longer owed.
    Stopped(Timestamp),
}

/// What a clock shows at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// Where it stands.
    pub standing: ClockStatus,
    /// The last second in time; `None` before the start and while held by an open pause.
    pub due: Option<Timestamp>,
    /// A notice to come may move the due date.
    pub provisional: bool,
    /// All it has, extensions included.
    pub allowed: Amount,
    /// What has been counted of it. Today counts from its first second.
    pub consumed: Amount,
    /// What is left.
    pub remaining: Amount,
    /// How late.
    pub level: OverdueLevel,
}

/// What is kept when a clock ends, however calendars and policies change later (CLK-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// Which clock.
    pub kind: ClockKind,
    /// When it ended.
    pub ended: Timestamp,
    /// The due date it was judged by; `None` when it ended while held.
    pub due: Option<Timestamp>,
    /// Not after the due date.
    pub on_time: bool,
    /// How late.
    pub level: OverdueLevel,
    /// By which policy.
    pub policy: u32,
}

impl Clock {
    /// What it shows at `now`.
    ///
    /// `level_two_unmet`: an order of level 2 on this matter has not been answered in time.
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

    /// What is kept of it; `None` before its end, or when it never started.
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

    /// What has been counted of it by a moment.
    pub fn consumed(&self, now: Timestamp, ground: WorkingTime<'_>) -> Amount {
        self.amounts(self.seen(now), ground).1
    }

    /// Until when it counts: a moment, or its end before that.
    fn seen(&self, now: Timestamp) -> Timestamp {
        self.end().map_or(now, |end| end.at().min(now))
    }

    /// All it has, and what of it is gone at a moment.
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

/// Which of several clocks is shown: the earliest due of those still owed (2.5a).
///
/// Each is judged on its own all the same. Held clocks have no due date and come last.
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
