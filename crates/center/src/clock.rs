//! The two times: the driver's `now`, which deadlines use, and the time of day, which records use.
//!
//! `now` never jumps, so that a corrected machine clock neither ends a talk nor lengthens a wait.
//! The time of day follows the machine clock, but never backwards. A deadline of the switch is
//! written to the log as a time of day and converted back to `now` at the next start.

use acd::SavedSeat;
use model::{Event, TemporaryProfile, Timestamp, WorkState};

use crate::{Center, Memory};

impl Center {
    /// The time of records, tickets and due dates. It never runs backwards in the log.
    pub(crate) fn time_of_day(&self, now: Timestamp) -> Timestamp {
        now.shifted(self.ahead_us).max(self.memory.at)
    }
}

impl Memory {
    /// How far the log's end is ahead of `now`, in microseconds; 0 when it is behind.
    pub fn ahead_of(&self, now: Timestamp) -> i64 {
        i64::try_from(self.at.since(now).as_micros()).unwrap_or(i64::MAX)
    }
}

/// Converts the deadlines of a switch's event from `now` to times of day.
pub(crate) fn by_time_of_day(mut event: Event, ahead_us: i64) -> Event {
    match &mut event {
        Event::OfferMade(e) => e.until = e.until.shifted(ahead_us),
        Event::SeatWrapUpStarted(e) => e.until = e.until.shifted(ahead_us),
        Event::AgentProfileChanged(e) => e.until = e.until.map(|at| at.shifted(ahead_us)),
        Event::SeatNotReady(e) => e.back = e.back.map(|back| back.shifted(ahead_us)),
        _ => {}
    }
    event
}

/// Converts the deadlines of a seat of the log from times of day to `now`.
pub(crate) fn by_now(left: SavedSeat, ahead_us: i64) -> SavedSeat {
    let work = left.work.map(|work| match work {
        WorkState::Alerting { call, until } => {
            WorkState::Alerting { call, until: until.shifted(-ahead_us) }
        }
        WorkState::WrapUp { call, until } => {
            WorkState::WrapUp { call, until: until.shifted(-ahead_us) }
        }
        other => other,
    });
    SavedSeat { work, back: left.back.map(|back| back.shifted(-ahead_us)), ..left }
}

/// Converts the times of a temporary profile of the log from times of day to `now`.
pub(crate) fn profile_by_now(profile: &TemporaryProfile, ahead_us: i64) -> TemporaryProfile {
    TemporaryProfile {
        routing: profile.routing.clone(),
        until: profile.until.map(|until| until.shifted(-ahead_us)),
        since: profile.since.shifted(-ahead_us),
        by: profile.by.clone(),
    }
}
