//! The log: what was synced and acknowledged, and what a crash leaves of it.

use std::time::Duration;

use center::{CommandReceipt, Memory};
use model::{Event, Record, Seq, event::CallEnd};

use super::{World, WorldEvent};
use crate::storm::DOWN;

impl World {
    pub(super) fn write(&mut self, record: Record) {
        self.report.fingerprint = fingerprint(self.report.fingerprint, &record);
        match &record.event {
            Event::CallArrived(_) => self.report.arrived += 1,
            Event::CallConnected(e) => {
                self.report.connected += 1;
                self.report.quickly += u64::from(e.wait_ms <= QUICK_MS);
                self.report.longest_wait_ms = self.report.longest_wait_ms.max(e.wait_ms);
            }
            Event::CallEnded(e) if e.end == CallEnd::Abandoned => self.report.abandoned += 1,
            Event::CallRefused(_) => self.report.refused += 1,
            Event::OfferMade(_) => self.report.offers += 1,
            Event::OfferMissed(_) => self.report.missed += 1,
            _ => {}
        }
        if let Some(office) = &mut self.office {
            office.see(&record);
        }
        self.tail.push_back(record);
        self.torn |= self.stormy && self.chance.one_in(self.storm.torn_one_in);
    }

    /// The last record written.
    pub(super) fn written(&self) -> Seq {
        self.tail.back().map_or(self.durable, |record| record.seq)
    }

    /// Records up to `seq` are durable.
    pub(super) fn keep(&mut self, seq: Seq) {
        while self.tail.front().is_some_and(|record| record.seq <= seq) {
            if let Some(record) = self.tail.pop_front() {
                self.durable_state.apply(&record);
            }
        }
        for what in self.durable_state.look() {
            self.auditor.found(seq, DESK_INVARIANTS + what.number, what.to_string());
        }
    }

    /// A request was acknowledged: its records are said to be durable and must not be lost.
    pub(super) fn promise(&mut self, reply_to: u64, done: CommandReceipt) {
        if done.seq > self.durable {
            self.violation(10, format!("record {} was promised before it was durable", done.seq));
        }
        let theirs = self.office.as_mut().is_some_and(|office| office.taken(reply_to));
        if let Some(ticket) = done.ticket.filter(|_| theirs) {
            self.acked.insert(ticket, done.seq);
        }
        self.promised.insert(reply_to, self.durable);
        if self.promised.len() > PROMISES_KEPT {
            self.promised.pop_first();
        }
    }

    pub(super) fn sync(&mut self) {
        let last = self.written();
        if self.syncing || last == self.durable || self.center.is_none() {
            return;
        }
        self.syncing = true;
        let mut takes = self.chance.between(Duration::from_micros(200), self.storm.sync);
        if self.stormy && self.chance.one_in(100) {
            takes *= 100;
        }
        self.plan(takes, WorldEvent::Synced(last));
    }

    pub(super) fn plan_death(&mut self, not_before: Duration) {
        if let Some(mean) = self.storm.crash {
            let after = self.chance.about(mean) + not_before;
            self.plan(after, WorldEvent::Crash);
        }
    }

    /// The engine dies: records that were not synced may be lost, acknowledged ones must not.
    pub(super) fn crash(&mut self) {
        if !self.stormy {
            return;
        }
        self.report.crashes += 1;
        let unsynced = self.written() - self.durable;
        let survives = self.durable + self.chance.below(unsynced + 1);
        for (_, seq) in std::mem::take(&mut self.promised) {
            if seq > survives {
                self.auditor.found(survives, 10, format!("record {seq} was promised and is lost"));
            }
        }
        self.keep(survives);
        self.tail.clear();
        self.agenda.retain(outlives);
        self.relays.clear();
        self.durable = survives;
        self.syncing = false;
        self.center = None;
        self.lines.crash(self.now);
        // The auditor continues from the log that is left.
        let before = std::mem::replace(&mut self.auditor, self.durable_state.auditor.clone());
        self.auditor.inherit(&before);
        self.plan(DOWN, WorldEvent::Restart);
    }

    pub(super) fn restart(&mut self) {
        self.look_for_the_promised();
        let memory = self.recalled();
        self.center = Some(Self::engine(self.now, &self.hotline, memory));
        self.lines.restart(self.now);
        if let Some(office) = &mut self.office {
            office.find(self.now, &self.durable_state.memory.desk);
        }
        self.add_voice_ports();
        self.salvage();
        self.plan_death(Duration::from_secs(60));
    }

    /// The memory of an engine that starts, made without reading the whole log (invariant 9).
    fn recalled(&mut self) -> Memory {
        let recalled = self.durable_state.recall(self.blank.clone());
        if recalled.is_none() && self.durable > 0 {
            self.violation(9, "what was written down cannot be read".to_owned());
        }
        let memory = recalled.unwrap_or_else(|| self.durable_state.memory.clone());
        if memory != self.durable_state.memory {
            self.violation(9, "what was written down differs from what was replayed".to_owned());
        }
        memory
    }

    /// Invariant 9: the center's memory equals the fold of its log.
    pub(super) fn check_replay(&mut self) {
        self.recalled();
        // The durable state has read every durable record since the first.
        let mut replayed = std::borrow::Cow::Borrowed(&self.durable_state.memory);
        for record in &self.tail {
            replayed.to_mut().apply(record);
        }
        let differs = |center: &center::Center| *replayed != *center.memory();
        if self.center.as_ref().is_some_and(differs) {
            self.violation(9, "what was replayed differs from what is remembered".to_owned());
        }
    }
}

/// Whether an event happens even when the engine dies before it.
fn outlives(event: &WorldEvent) -> bool {
    match event {
        WorldEvent::Call
        | WorldEvent::Dial(_)
        | WorldEvent::SeatActs(_)
        | WorldEvent::Crash
        | WorldEvent::Restart => true,
        WorldEvent::Abandons(..)
        | WorldEvent::Voice(_)
        | WorldEvent::Recorder(_)
        | WorldEvent::Synced(_) => false,
    }
}

/// FNV-1a over the text of a record.
fn fingerprint(before: u64, record: &Record) -> u64 {
    let seed = if before == 0 { 0xcbf2_9ce4_8422_2325 } else { before };
    let text = format!("{record:?}");
    text.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// The limit of a quick answer: 15 s (F1b).
const QUICK_MS: u64 = 15_000;
/// The desk's own invariants are numbered from here.
pub(super) const DESK_INVARIANTS: u8 = 20;
/// A crash can break only the last acknowledgements.
const PROMISES_KEPT: usize = 64;
