//! Who worked how: every agent, by quarter hours.

use std::{collections::BTreeMap, time::Duration};

use model::{
    AccountName, CallId, EmergencyId, Event, NotReadyReason, Record, SeatId, Timestamp, Zone,
    event::{CallEnd, Party, WithdrawalReason},
};

use serde::{Deserialize, Serialize};

use crate::{AgentStats, interval::quarter_of};

/// The agents' quarter hours, the last eight days of them.
///
/// Time counts where it passes: a talk over the quarter is part of both.
/// What a seat does at which nobody is signed in by name is nobody's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agents {
    zone: Zone,
    rows: BTreeMap<Timestamp, BTreeMap<AccountName, AgentStats>>,
    /// How many there are in all rows.
    kept: usize,
    floor: Floor,
    /// The floor of an emergency, as far as it was imported.
    imported: Floor,
}

/// Who sits where, and what they do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Floor {
    seats: BTreeMap<SeatId, Sitting>,
    talks: BTreeMap<CallId, SeatId>,
    /// When the last record was written.
    last: Timestamp,
    /// The emergency it is of, when it is of one.
    #[serde(default)]
    series: Option<EmergencyId>,
}

/// Somebody at a seat, and what they do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sitting {
    agent: AccountName,
    does: Does,
    since: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Does {
    Ready,
    NotReady(NotReadyReason),
    Alerting,
    Talking,
    Holding,
    WrapUp,
}

impl Agents {
    /// Before the first record.
    pub fn new(zone: Zone) -> Agents {
        Agents {
            zone,
            rows: BTreeMap::new(),
            kept: 0,
            floor: Floor::default(),
            imported: Floor::default(),
        }
    }

    /// Follow one record.
    pub fn apply(&mut self, record: &Record) {
        match &record.event {
            Event::RecordImported(imported) => {
                if self.imported.series != Some(imported.series) {
                    self.imported = Floor { series: Some(imported.series), ..Floor::default() };
                }
                // Who sits where now did not sit there then.
                std::mem::swap(&mut self.floor, &mut self.imported);
                self.follow(&imported.record);
                std::mem::swap(&mut self.floor, &mut self.imported);
            }
            Event::EmergencyImported(_) => {
                // Whoever was signed in when the emergency ended worked in it up to then.
                std::mem::swap(&mut self.floor, &mut self.imported);
                self.pass(self.floor.last);
                std::mem::swap(&mut self.floor, &mut self.imported);
                self.imported = Floor::default();
            }
            _ => self.follow(record),
        }
    }

    fn follow(&mut self, record: &Record) {
        let at = record.at;
        if tells_of_a_death(&record.event) {
            // Between the last word of the engine that died and now nobody worked with it.
            self.pass(self.floor.last);
            self.floor.seats.values_mut().for_each(|sitting| sitting.since = at);
        }
        if let Event::ClockStepped(e) = &record.event
            && e.jump_us > 0
        {
            // Time that did not pass is nobody's work.
            let jump = Duration::from_micros(e.jump_us);
            self.pass(at - jump);
            self.floor.seats.values_mut().for_each(|sitting| sitting.since = at);
        }
        self.floor.last = at;
        match &record.event {
            Event::SeatLoggedIn(e) => {
                let before = self.floor.seats.get(&e.seat).map(|sitting| sitting.does.clone());
                self.leaves(at, e.seat);
                if let Some(agent) = e.agent.clone() {
                    let does = before.unwrap_or(Does::NotReady(NotReadyReason::System));
                    self.floor.seats.insert(e.seat, Sitting { agent, does, since: at });
                }
            }
            Event::SeatLoggedOut(e) => self.leaves(at, e.seat),
            Event::SeatReady(e) => self.does(at, e.seat, Does::Ready),
            Event::SeatNotReady(e) => self.does(at, e.seat, Does::NotReady(e.reason.clone())),
            Event::SeatWrapUpStarted(e) => self.does(at, e.seat, Does::WrapUp),
            Event::OfferMade(e) => {
                self.does(at, e.seat, Does::Alerting);
                self.count(at, e.seat, |stats| stats.offered += 1);
            }
            Event::OfferAccepted(e) => {
                self.does(at, e.seat, Does::Talking);
                self.count(at, e.seat, |stats| stats.answered += 1);
                self.floor.talks.insert(e.call, e.seat);
            }
            Event::OfferMissed(e) => {
                self.does(at, e.seat, Does::Ready);
                let tell =
                    |stats: &mut AgentStats| *stats.missed.entry(e.outcome).or_default() += 1;
                self.count(at, e.seat, tell);
            }
            Event::OfferWithdrawn(e) => {
                self.does(at, e.seat, Does::Ready);
                self.count(at, e.seat, |stats| stats.withdrawn += 1);
            }
            Event::CallHeld(e) if e.by == Party::Seat => self.turns(at, e.call, Does::Holding),
            Event::CallResumed(e) if e.by == Party::Seat => self.turns(at, e.call, Does::Talking),
            Event::CallEnded(e) => drop(self.floor.talks.remove(&e.call)),
            // Not what an agent does.
            _ => {}
        }
    }

    /// What each agent did from one moment to another, quarter by quarter, with what they are
    /// doing at `to` counted up to there. Whole quarters: those that begin from `from` on.
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
        for sitting in self.floor.seats.values() {
            for (start, ms) in self.quarters(sitting.since, to).filter(|(start, _)| *start >= from)
            {
                let rows = found.entry(sitting.agent.clone()).or_default();
                sitting.does.add_to(rows.entry(start).or_default(), ms);
            }
        }
        found
    }

    /// When the hotline's local day began.
    pub fn midnight(&self, now: Timestamp) -> Timestamp {
        self.zone.midnight(now)
    }

    /// A seat begins something else; what it did is counted.
    fn does(&mut self, at: Timestamp, seat: SeatId, does: Does) {
        let Some(sitting) = self.floor.seats.get(&seat).cloned() else { return };
        self.spend(at, &sitting);
        let is_talk = |does: &Does| matches!(does, Does::Talking | Does::Holding);
        if is_talk(&sitting.does) && !is_talk(&does) {
            self.count(at, seat, |stats| stats.handled += 1);
        }
        self.floor.seats.insert(seat, Sitting { does, since: at, ..sitting });
    }

    /// Hold and resume, which name the call only.
    fn turns(&mut self, at: Timestamp, call: CallId, does: Does) {
        if let Some(seat) = self.floor.talks.get(&call).copied() {
            self.does(at, seat, does);
        }
    }

    fn leaves(&mut self, at: Timestamp, seat: SeatId) {
        let Some(sitting) = self.floor.seats.remove(&seat) else { return };
        self.spend(at, &sitting);
        if matches!(sitting.does, Does::Talking | Does::Holding) {
            self.row(at, sitting.agent).handled += 1;
        }
    }

    /// Count everybody's time up to here.
    fn pass(&mut self, at: Timestamp) {
        let all: Vec<Sitting> = self.floor.seats.values().cloned().collect();
        all.iter().for_each(|sitting| self.spend(at, sitting));
    }

    fn spend(&mut self, until: Timestamp, sitting: &Sitting) {
        let spent: Vec<_> = self.quarters(sitting.since, until).collect();
        for (start, ms) in spent {
            sitting.does.add_to(self.row(start, sitting.agent.clone()), ms);
        }
    }

    fn count(&mut self, at: Timestamp, seat: SeatId, count: impl FnOnce(&mut AgentStats)) {
        if let Some(agent) = self.floor.seats.get(&seat).map(|sitting| sitting.agent.clone()) {
            count(self.row(at, agent));
        }
    }

    /// The quarters a span lies in, and how much of it each has, in ms.
    fn quarters(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = (Timestamp, u64)> + use<> {
        let zone = self.zone;
        // A span longer than what is kept is a seat forgotten over the holidays.
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
            || self.kept >= ROWS_MAX && self.rows.len() > 1
        {
            let gone = self.rows.pop_first();
            self.kept -= gone.map_or(0, |(_, row)| row.len());
        }
        let row = self.rows.entry(start).or_default();
        if !row.contains_key(&agent) {
            self.kept += 1;
        }
        row.entry(agent).or_default()
    }
}

impl Does {
    fn add_to(&self, stats: &mut AgentStats, ms: u64) {
        match self {
            Does::Ready => stats.ready_ms += ms,
            Does::NotReady(reason) => {
                *stats.not_ready_ms.entry(reason.clone()).or_default() += ms;
            }
            Does::Alerting => stats.alerting_ms += ms,
            Does::Talking => stats.talk_ms += ms,
            Does::Holding => stats.hold_ms += ms,
            Does::WrapUp => stats.wrap_up_ms += ms,
        }
    }
}

/// What an engine writes first that found the log of one that died, or its own last start.
fn tells_of_a_death(event: &Event) -> bool {
    match event {
        Event::EngineStarted(_) => true,
        Event::CallEnded(e) => e.end == CallEnd::NodeFailed,
        // Also at the end of draining, where the moment lost is short.
        Event::OfferWithdrawn(e) => e.why == WithdrawalReason::Engine,
        _ => false,
    }
}

const QUARTER: Duration = Duration::from_secs(15 * 60);
/// Eight days: the week before is there to compare with.
const KEPT_FOR: Duration = Duration::from_secs(8 * 86_400);
/// Eight days of a thousand agents who work eight hours of each; some 60 MB.
const ROWS_MAX: usize = 256_000;
