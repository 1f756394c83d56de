//! The statistics of each agent, in quarter hours.

use std::{collections::BTreeMap, time::Duration};

use model::{
    AccountName, CallId, EmergencyId, Event, NotReadyReason, Record, SeatId, Timestamp, Zone,
    event::{CallEnd, Party, WithdrawalReason},
};

use serde::{Deserialize, Serialize};

use crate::{AgentStats, queue_intervals::quarter_of};

/// The statistics of every agent in quarter hours of local time, for the last eight days.
///
/// Time counts in the quarter hour in which it passes: a talk across a boundary is in both.
/// A seat without an agent signed in by name is not counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentIntervals {
    zone: Zone,
    rows: BTreeMap<Timestamp, BTreeMap<AccountName, AgentStats>>,
    /// The number of agents in all rows together, at most [`ROWS_MAX`].
    #[serde(rename = "kept")]
    row_count: usize,
    #[serde(rename = "floor")]
    live: SeatStates,
    /// The seats of an emergency log, as far as it has been imported.
    imported: SeatStates,
}

/// The agents at the seats and what they are doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct SeatStates {
    seats: BTreeMap<SeatId, SignedInAgent>,
    talks: BTreeMap<CallId, SeatId>,
    /// The time of the last record.
    last: Timestamp,
    /// The series of the emergency log; `None` for the engine's own log.
    #[serde(default)]
    series: Option<EmergencyId>,
}

/// An agent at a seat, and what the agent is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SignedInAgent {
    agent: AccountName,
    #[serde(rename = "does")]
    activity: Activity,
    since: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Activity {
    Ready,
    NotReady(NotReadyReason),
    Alerting,
    Talking,
    Holding,
    WrapUp,
}

impl AgentIntervals {
    /// The state before the first record.
    pub fn new(zone: Zone) -> AgentIntervals {
        AgentIntervals {
            zone,
            rows: BTreeMap::new(),
            row_count: 0,
            live: SeatStates::default(),
            imported: SeatStates::default(),
        }
    }

    /// Applies one record.
    pub fn apply(&mut self, record: &Record) {
        match &record.event {
            Event::RecordImported(imported) => {
                if self.imported.series != Some(imported.series) {
                    self.imported =
                        SeatStates { series: Some(imported.series), ..SeatStates::default() };
                }
                // The agents at the seats now are not those of the emergency.
                std::mem::swap(&mut self.live, &mut self.imported);
                self.follow(&imported.record);
                std::mem::swap(&mut self.live, &mut self.imported);
            }
            Event::EmergencyImported(_) => {
                // Agents who were signed in at the end of the emergency worked until its last record.
                std::mem::swap(&mut self.live, &mut self.imported);
                self.add_time_until(self.live.last);
                std::mem::swap(&mut self.live, &mut self.imported);
                self.imported = SeatStates::default();
            }
            _ => self.follow(record),
        }
    }

    fn follow(&mut self, record: &Record) {
        let at = record.at;
        if is_written_after_interruption(&record.event) {
            // Nobody worked with the engine between its last record and this start.
            self.add_time_until(self.live.last);
            self.live.seats.values_mut().for_each(|signed_in| signed_in.since = at);
        }
        if let Event::ClockStepped(e) = &record.event
            && e.jump_us > 0
        {
            // The clock was set forward: the time it skipped did not pass.
            let jump = Duration::from_micros(e.jump_us);
            self.add_time_until(at - jump);
            self.live.seats.values_mut().for_each(|signed_in| signed_in.since = at);
        }
        self.live.last = at;
        match &record.event {
            Event::SeatLoggedIn(e) => {
                let before =
                    self.live.seats.get(&e.seat).map(|signed_in| signed_in.activity.clone());
                self.sign_out(at, e.seat);
                if let Some(agent) = e.agent.clone() {
                    let activity = before.unwrap_or(Activity::NotReady(NotReadyReason::System));
                    self.live.seats.insert(e.seat, SignedInAgent { agent, activity, since: at });
                }
            }
            Event::SeatLoggedOut(e) => self.sign_out(at, e.seat),
            Event::SeatReady(e) => self.set_activity(at, e.seat, Activity::Ready),
            Event::SeatNotReady(e) => {
                self.set_activity(at, e.seat, Activity::NotReady(e.reason.clone()))
            }
            Event::SeatWrapUpStarted(e) => self.set_activity(at, e.seat, Activity::WrapUp),
            Event::OfferMade(e) => {
                self.set_activity(at, e.seat, Activity::Alerting);
                self.count(at, e.seat, |stats| stats.offered += 1);
            }
            Event::OfferAccepted(e) => {
                self.set_activity(at, e.seat, Activity::Talking);
                self.count(at, e.seat, |stats| stats.answered += 1);
                self.live.talks.insert(e.call, e.seat);
            }
            Event::OfferMissed(e) => {
                self.set_activity(at, e.seat, Activity::Ready);
                let tell =
                    |stats: &mut AgentStats| *stats.missed.entry(e.outcome).or_default() += 1;
                self.count(at, e.seat, tell);
            }
            Event::OfferWithdrawn(e) => {
                self.set_activity(at, e.seat, Activity::Ready);
                self.count(at, e.seat, |stats| stats.withdrawn += 1);
            }
            Event::CallHeld(e) if e.by == Party::Seat => {
                self.set_activity_in_call(at, e.call, Activity::Holding)
            }
            Event::CallResumed(e) if e.by == Party::Seat => {
                self.set_activity_in_call(at, e.call, Activity::Talking)
            }
            Event::TalkTaken(e) => {
                self.set_activity(at, e.seat, Activity::Talking);
                self.live.talks.insert(e.call, e.seat);
            }
            Event::CallTransferred(e) => {
                self.count(at, e.seat, |stats| stats.transferred += 1);
                self.live.talks.remove(&e.call);
            }
            Event::CallEnded(e) => drop(self.live.talks.remove(&e.call)),
            // The other events say nothing about an agent.
            _ => {}
        }
    }

    /// The statistics of each agent in the quarter hours that begin from `from` on and before
    /// `to`. An activity that goes on at `to` counts up to `to`.
    pub fn between(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> BTreeMap<AccountName, BTreeMap<Timestamp, AgentStats>> {
        let mut found: BTreeMap<AccountName, BTreeMap<Timestamp, AgentStats>> = BTreeMap::new();
        for (start, row) in self.rows.range(from..to.max(from)) {
            for (agent, stats) in row {
                found.entry(agent.clone()).or_default().insert(*start, stats.clone());
            }
        }
        for signed_in in self.live.seats.values() {
            for (start, ms) in
                self.quarters(signed_in.since, to).filter(|(start, _)| *start >= from)
            {
                let rows = found.entry(signed_in.agent.clone()).or_default();
                signed_in.activity.add_to(rows.entry(start).or_default(), ms);
            }
        }
        found
    }

    /// The beginning of the local day.
    pub fn midnight(&self, now: Timestamp) -> Timestamp {
        self.zone.midnight(now)
    }

    /// Counts what the agent at a seat did until now, and begins another activity.
    fn set_activity(&mut self, at: Timestamp, seat: SeatId, activity: Activity) {
        let Some(signed_in) = self.live.seats.get(&seat).cloned() else { return };
        self.add_time(at, &signed_in);
        let is_talk =
            |activity: &Activity| matches!(activity, Activity::Talking | Activity::Holding);
        if is_talk(&signed_in.activity) && !is_talk(&activity) {
            self.count(at, seat, |stats| stats.handled += 1);
        }
        self.live.seats.insert(seat, SignedInAgent { activity, since: at, ..signed_in });
    }

    /// The same for hold and resume, whose events name the call only.
    fn set_activity_in_call(&mut self, at: Timestamp, call: CallId, activity: Activity) {
        if let Some(seat) = self.live.talks.get(&call).copied() {
            self.set_activity(at, seat, activity);
        }
    }

    fn sign_out(&mut self, at: Timestamp, seat: SeatId) {
        let Some(signed_in) = self.live.seats.remove(&seat) else { return };
        self.add_time(at, &signed_in);
        if matches!(signed_in.activity, Activity::Talking | Activity::Holding) {
            self.row(at, signed_in.agent).handled += 1;
        }
    }

    /// Counts the time of every agent up to `at`, without ending the activity.
    fn add_time_until(&mut self, at: Timestamp) {
        let all: Vec<SignedInAgent> = self.live.seats.values().cloned().collect();
        all.iter().for_each(|signed_in| self.add_time(at, signed_in));
    }

    fn add_time(&mut self, until: Timestamp, signed_in: &SignedInAgent) {
        let spent: Vec<_> = self.quarters(signed_in.since, until).collect();
        for (start, ms) in spent {
            signed_in.activity.add_to(self.row(start, signed_in.agent.clone()), ms);
        }
    }

    fn count(&mut self, at: Timestamp, seat: SeatId, count: impl FnOnce(&mut AgentStats)) {
        if let Some(agent) = self.live.seats.get(&seat).map(|signed_in| signed_in.agent.clone()) {
            count(self.row(at, agent));
        }
    }

    /// The quarter hours of a span, each with the part of the span in it, in ms.
    fn quarters(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = (Timestamp, u64)> + use<> {
        let zone = self.zone;
        // A longer span comes from a seat that was left signed in over the holidays.
        let mut at = since.max(until - KEPT_FOR);
        std::iter::from_fn(move || {
            if at >= until {
                return None;
            }
            let start = quarter_of(zone, at);
            let next = (start + QUARTER).min(until).max(at + Duration::from_micros(1));
            let ms = next.ms_since(since) - at.ms_since(since);
            at = next;
            Some((start, ms))
        })
    }

    fn row(&mut self, at: Timestamp, agent: AccountName) -> &mut AgentStats {
        let start = quarter_of(self.zone, at);
        let oldest = start - KEPT_FOR;
        while self.rows.first_key_value().is_some_and(|(first, _)| *first < oldest)
            || self.row_count >= ROWS_MAX && self.rows.len() > 1
        {
            let gone = self.rows.pop_first();
            self.row_count -= gone.map_or(0, |(_, row)| row.len());
        }
        let row = self.rows.entry(start).or_default();
        if !row.contains_key(&agent) {
            self.row_count += 1;
        }
        row.entry(agent).or_default()
    }
}

impl Activity {
    fn add_to(&self, stats: &mut AgentStats, ms: u64) {
        match self {
            Activity::Ready => stats.ready_ms += ms,
            Activity::NotReady(reason) => {
                *stats.not_ready_ms.entry(reason.clone()).or_default() += ms;
            }
            Activity::Alerting => stats.alerting_ms += ms,
            Activity::Talking => stats.talk_ms += ms,
            Activity::Holding => stats.hold_ms += ms,
            Activity::WrapUp => stats.wrap_up_ms += ms,
        }
    }
}

/// Whether the engine writes this event first after an interruption, whose time nobody worked.
fn is_written_after_interruption(event: &Event) -> bool {
    match event {
        Event::EngineStarted(_) => true,
        Event::CallEnded(e) => e.end == CallEnd::NodeFailed,
        // Also written at the end of draining, where only a moment is lost.
        Event::OfferWithdrawn(e) => e.why == WithdrawalReason::Engine,
        _ => false,
    }
}

const QUARTER: Duration = Duration::from_secs(15 * 60);
/// Eight days, so that a day can be compared with the same day of the week before.
const KEPT_FOR: Duration = Duration::from_secs(8 * 86_400);
/// Eight days of a thousand agents who work eight hours a day; about 60 MB.
const ROWS_MAX: usize = 256_000;
