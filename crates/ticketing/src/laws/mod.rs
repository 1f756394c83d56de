//! What must always hold of the desk (hotline.md 2.8), as one text for whoever watches it.
//!
//! A [`InvariantChecker`] reads the log and keeps its own account of it, apart from
//! [`Desk`]; [`InvariantChecker::look`] compares the two wherever something was done,
//! [`InvariantChecker::audit`] everywhere. The property tests and the simulated months
//! ask the same witness.
//!
//! The laws, by number; 1 to 12 are those of hotline.md:
//!
//! 1. Nothing is closed before the caller was told, but what is invalid, taken back or has
//!    nobody to tell.
//! 2. A leading unit has a supervising unit, and another one.
//! 3. The desk replayed from its log is the same desk.
//! 4. Urges, returns and send-backs are as many as there were.
//! 5. No pause and no extension makes a promise due earlier.
//! 6. Nothing is given to a unit whose filing of the matter holds.
//! 7. Every ticket came by one channel and went one way; both add up to all.
//! 8. The first valid evaluation stays, the last is the last.
//! 9. What a call has brought names its call. (The hash of a recording is the call's side.)
//! 11. A lower unit is due before the one above, which waits while it works.
//! 12. What was dispatched has a unit that leads: units count at least as many as tickets.
//!
//! And ours:
//!
//! 13. A clock stands still for a cause only while there is one.
//! 14. What is over is over: no unit has it, no clock of it runs, it does not follow.
//! 15. Nobody follows what has ended without a result.
//! 16. A ticket goes only the ways of the table (2.3).
//!
//! Invariant 10, released reports, is the reports' own.

mod count;
mod dues;
mod seen;
mod ticket;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use model::{
    Event, Record, TicketId, Timestamp,
    desk::{
        AssignmentEvent, DeskEntry, DeskEvent, Dispatch, FilingEvent, FilingId, MatterId,
        TicketEvent, UnitId,
    },
};

use crate::{Desk, Ticket};
use count::Count;
use seen::Seen;

pub use count::TicketPath;

/// A law that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Its number.
    pub law: u8,
    /// On which ticket, when on one.
    pub ticket: Option<TicketId>,
    /// What was found.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "law {} of the desk", self.law)?;
        if let Some(ticket) = self.ticket {
            write!(f, ", ticket {ticket}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Reads the log and keeps its own account of the desk.
#[derive(Clone, Debug, Default)]
pub struct InvariantChecker {
    seen: BTreeMap<TicketId, Seen>,
    filings: BTreeMap<FilingId, Filed>,
    count: Count,
    touched: BTreeSet<TicketId>,
    found: Vec<Breach>,
}

/// A filing as the witness saw it.
#[derive(Clone, Debug)]
struct Filed {
    unit: UnitId,
    holds_to: Option<Timestamp>,
}

impl InvariantChecker {
    /// Read one record.
    pub fn apply(&mut self, record: &Record) {
        let at = record.at;
        if let Some(ticket) = Ticket::open(record.seq, at, &record.event) {
            self.opened(&ticket);
        }
        let Event::Desk(entry) = &record.event else { return };
        match &entry.event {
            DeskEvent::Ticket(id, event) => self.on_ticket(at, *id, event),
            DeskEvent::Assignment(id, event) => {
                self.touched.insert(id.ticket);
                if let AssignmentEvent::Delegated { unit, .. } = event {
                    self.given(at, id.ticket, [unit]);
                }
                match self.seen.get_mut(&id.ticket) {
                    Some(seen) => seen.on_assignment(id.n, event),
                    None => self.unknown(id.ticket, entry),
                }
            }
            DeskEvent::Filing(id, event) => self.on_filing(*id, event),
            DeskEvent::Dissatisfaction(id, _) => drop(self.touched.insert(*id)),
            // No law of 2.8 is about these.
            DeskEvent::Order(..)
            | DeskEvent::Directory(_)
            | DeskEvent::Leader(_)
            | DeskEvent::Messaging(_)
            | DeskEvent::Knowledge(..) => {}
        }
    }

    /// What is wrong with whatever was touched since the last look. The desk must have followed
    /// exactly the records read.
    pub fn look(&mut self, desk: &Desk) -> Vec<Breach> {
        let mut found = std::mem::take(&mut self.found);
        for id in std::mem::take(&mut self.touched) {
            self.look_at(desk, id, &mut found);
        }
        found
    }

    /// What is wrong anywhere, and whether everything adds up.
    pub fn audit(&mut self, desk: &Desk) -> Vec<Breach> {
        let mut found = std::mem::take(&mut self.found);
        self.touched.clear();
        let ids: Vec<TicketId> = self.seen.keys().copied().collect();
        for id in ids {
            self.look_at(desk, id, &mut found);
        }
        for ticket in desk.tickets().filter(|ticket| !self.seen.contains_key(&ticket.ticket)) {
            let what = "is at the desk, and no record has opened it".to_owned();
            found.push(Breach { law: 7, ticket: Some(ticket.ticket), what });
        }
        let against = self.count.differs(&self.seen, desk);
        found.extend(against.map(|what| Breach { law: 7, ticket: None, what }));
        found
    }

    /// Law 3: how a desk differs from the one replayed from its log.
    pub fn replayed(live: &Desk, replayed: &Desk) -> Option<Breach> {
        if live == replayed {
            return None;
        }
        let other = live.tickets().find(|t| replayed.ticket(t.ticket) != Some(t));
        let what = match other {
            Some(t) => format!("is {t:?}, replayed {:?}", replayed.ticket(t.ticket)),
            None => "the desk replayed from its log is another one".to_owned(),
        };
        Some(Breach { law: 3, ticket: other.map(|t| t.ticket), what })
    }

    /// How many tickets went which way so far, those put away included.
    pub fn ways(&self) -> BTreeMap<TicketPath, u64> {
        self.count.ways(&self.seen)
    }

    fn look_at(&mut self, desk: &Desk, id: TicketId, found: &mut Vec<Breach>) {
        let Some(seen) = self.seen.get_mut(&id) else { return };
        if seen.is_put_away() {
            if desk.ticket(id).is_some() {
                let what = "was put away and is still at the desk".to_owned();
                found.push(Breach { law: 14, ticket: Some(id), what });
            }
            self.count.put_away(seen);
            self.seen.remove(&id);
            return;
        }
        let Some(ticket) = desk.ticket(id) else {
            let what = "is on record and not at the desk".to_owned();
            found.push(Breach { law: 7, ticket: Some(id), what });
            return;
        };
        let against = ticket::against(desk, ticket, seen).into_iter();
        found.extend(against.map(|(law, what)| Breach { law, ticket: Some(id), what }));
    }

    fn opened(&mut self, ticket: &Ticket) {
        let id = ticket.ticket;
        self.touched.insert(id);
        self.count.opened(ticket.channel);
        if self.seen.insert(id, Seen::opened(ticket)).is_some() {
            self.breach(7, id, "was opened twice".to_owned());
        }
    }

    fn on_ticket(&mut self, at: Timestamp, id: TicketId, event: &TicketEvent) {
        if matches!(event, TicketEvent::Opened { .. } | TicketEvent::TakenOver(_)) {
            return;
        }
        self.touched.insert(id);
        let given: Option<&Dispatch> = match event {
            TicketEvent::Dispatched(dispatch) | TicketEvent::UnitAdded(dispatch) => Some(dispatch),
            TicketEvent::Redone { dispatch, .. } => dispatch.as_deref(),
            _ => None,
        };
        if let Some(dispatch) = given {
            self.given(at, id, dispatch.parts.iter().map(|part| &part.unit));
        }
        match self.seen.get_mut(&id) {
            Some(seen) => {
                let gone_wrong = seen.on_ticket(at, event);
                if let Some(what) = gone_wrong {
                    self.breach(16, id, what);
                }
            }
            None => self.breach(16, id, format!("has {event:?} and was never opened")),
        }
    }

    /// Law 6, at the moment it happens.
    fn given<'u>(
        &mut self,
        at: Timestamp,
        id: TicketId,
        units: impl IntoIterator<Item = &'u UnitId>,
    ) {
        let Some(matter) = self.seen.get(&id).and_then(Seen::matter) else { return };
        for unit in units {
            let (first, last) = filings_of(matter);
            let mut of_matter = self.filings.range(first..=last);
            let held = of_matter.find(|(_, filed)| {
                filed.unit == *unit && filed.holds_to.is_some_and(|to| at <= to)
            });
            if let Some((filing, _)) = held {
                let what = format!("was given to {unit}, whose filing {filing} holds");
                self.breach(6, id, what);
            }
        }
    }

    fn on_filing(&mut self, id: FilingId, event: &FilingEvent) {
        match event {
            FilingEvent::Drafted(form) => {
                let filed = Filed { unit: form.unit.clone(), holds_to: None };
                self.filings.insert(id, filed);
            }
            FilingEvent::Approved { valid_to, .. } => {
                if let Some(filed) = self.filings.get_mut(&id) {
                    filed.holds_to = Some(*valid_to);
                }
            }
            FilingEvent::Rejected { .. } | FilingEvent::Expired | FilingEvent::Revoked { .. } => {
                self.filings.remove(&id);
            }
            FilingEvent::Submitted { .. } => {}
        }
    }

    fn unknown(&mut self, id: TicketId, entry: &DeskEntry) {
        self.breach(16, id, format!("has {:?} and was never opened", entry.event));
    }

    fn breach(&mut self, law: u8, id: TicketId, what: String) {
        self.found.push(Breach { law, ticket: Some(id), what });
    }
}

fn filings_of(matter: MatterId) -> (FilingId, FilingId) {
    (FilingId { matter, n: 0 }, FilingId { matter, n: u16::MAX })
}
