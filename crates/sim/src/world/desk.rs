//! The days of the back office, whose staff give their commands to the center like everyone else.

use std::time::Duration;

use center::{Command, DeskRequest, Input};
use model::{
    Event,
    desk::{Actor, DeskEntry, DeskEvent},
    event::SeatActor,
};

use super::{World, disk::DESK_INVARIANTS};
use crate::office::{City, Office, Open};

impl World {
    /// Writes the directory to the log, and the staff begin to work.
    pub(super) fn open_office(&mut self, seed: u64, city: &City) {
        self.office = Some(Office::new(seed, self.chance.branch()));
        for event in city.directory() {
            let event = DeskEvent::Directory(event.clone());
            let entry = DeskEntry { by: Actor::Engine, key: None, event };
            self.feed(Input::Note(Event::Desk(Box::new(entry))));
        }
    }

    /// The person who is due looks at a ticket and gives a command.
    pub(super) fn work(&mut self) {
        let (Some(office), Some(center)) = (&mut self.office, &self.center) else { return };
        let Some(wanted) = office.handle_timeout(self.now, &center.memory().desk) else { return };
        self.asked += 1;
        let reply_to = self.asked;
        office.gave(reply_to, wanted.ticket);
        let order =
            DeskRequest { by: wanted.by, command: wanted.command, expected: None, key: None };
        let (by, command) = (SeatActor::Engine, Command::Desk(Box::new(order)));
        self.feed(Input::Command { reply_to, by, command });
    }

    /// Midnight: the auditor checks everything, and the memory must equal the fold of the log.
    pub(super) fn end_the_day(&mut self) {
        for _ in 0..SETTLE_MAX {
            if self.tail.is_empty() && self.center.is_some() {
                break;
            }
            self.play(Duration::from_millis(500));
        }
        for what in self.durable_state.audit() {
            self.auditor.found(self.durable, DESK_INVARIANTS + what.number, what.to_string());
        }
        self.check_replay();
        self.acked.clear();
        self.report.audits += 1;
    }

    /// Invariant 10 at the desk: what was acknowledged is still there after a crash.
    pub(super) fn look_for_the_promised(&mut self) {
        let (desk, last) = (&self.durable_state.memory.desk, self.durable_state.memory.last_ticket);
        // A cancelled or archived ticket has left the desk.
        let lost = self.acked.iter().find(|(ticket, seq)| match desk.ticket(**ticket) {
            Some(found) => found.seq < **seq,
            None => **ticket > last,
        });
        if let Some((ticket, seq)) = lost.map(|(ticket, seq)| (*ticket, *seq)) {
            self.violation(10, format!("record {seq} of ticket {ticket} was promised and is lost"));
        }
    }

    /// A summary of the back office's days, in some lines.
    pub fn office_report(&self) -> Option<String> {
        let office = self.office.as_ref()?;
        let open = Open::at(&self.durable_state.memory.desk, self.now);
        let (refused, last) = office.refusals();
        let mut text = format!("{}\n{open}\n", self.durable_state.tally);
        text.push_str(&format!("{refused} commands refused"));
        if refused > 0 {
            text.push_str(&format!(", the last for {last}"));
        }
        Some(text)
    }

    /// Counts of the back office so far.
    pub fn office_tally(&self) -> crate::office::Tally {
        self.durable_state.tally.clone()
    }
}

/// The most seconds to wait: a sync takes at most a second, a restart three.
const SETTLE_MAX: u32 = 40;
