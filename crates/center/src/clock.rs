//! Two times: the drivers' `now`, by which deadlines count, and the time of day, which is on record.
//!
//! `now` never jumps: a talk is not over and a caller has not waited for two hours because
//! somebody set the machine's clock. The time of day follows that clock, and only ever forward.
//! A deadline of the switch that goes on record is put down as a time of day, and is brought back
//! when a start goes on from the log.

use acd::SavedSeat;
use model::{Event, TemporaryProfile, Timestamp, WorkState};

use crate::{Center, Memory};

impl Center {
    /// What records, tickets and due dates are stamped with. The log's time never runs backwards,
    /// whatever the clock did.
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

/// An event of the switch with its deadlines as times of day.
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

/// A seat as the log left it, with its deadlines counted by `now`.
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

/// A temporary profile of the log, with its times counted by `now`.
pub(crate) fn profile_by_now(profile: &TemporaryProfile, ahead_us: i64) -> TemporaryProfile {
    TemporaryProfile {
        routing: profile.routing.clone(),
        until: profile.until.map(|until| until.shifted(-ahead_us)),
        since: profile.since.shifted(-ahead_us),
        by: profile.by.clone(),
    }
}
