//! The invariants of the desk (hotline.md 2.8), checked against the log.
//!
//! An [`InvariantChecker`] reads the log and keeps its own account of it, independent of [`Desk`].
//! [`InvariantChecker::check_changed`] compares the two for the tickets that changed,
//! [`InvariantChecker::check_all`] for all tickets. The property tests and the simulated months use
//! the same checker.
//!
//! The invariants by number; 1 to 12 are those of hotline.md:
//!
//! 1. A ticket is closed only after the caller was told, unless it is invalid or withdrawn or has
//!    no contact number.
//! 2. A leading unit has a supervising unit, which is a different unit.
//! 3. The desk replayed from its log is the same desk.
//! 4. The counts of urges, returns and send-backs equal the number of their events.
//! 5. A pause or an extension never makes a due date earlier.
//! 6. No assignment is given to a unit while a filing of that unit holds for the matter.
//! 7. Every ticket came by one channel and went one path; both counts add up to all tickets.
//! 8. The first valid evaluation never changes, and the final one is the last that was given.
//! 9. A ticket that a call opened names its call. (The hash of a recording is checked elsewhere.)
//! 11. A lower unit is due before the unit above it, which waits while the lower one works.
//! 12. A dispatched ticket has a leading unit, so unit counts are at least the ticket count.
//!
//! Invariants of this crate beside hotline.md:
//!
//! 13. A clock is paused for a cause only while the cause lasts.
//! 14. A ticket that is over has no open assignment and no running clock, and follows no other.
//! 15. No ticket follows one that ended without a result.
//! 16. A ticket changes its state only along the arrows of the table (hotline.md 2.3).
//!
//! Invariant 10 (released reports do not change) is checked by the reports.

mod due_dates;
mod path_counts;
mod ticket_checks;
mod tracked_ticket;

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
use path_counts::PathCounts;
use tracked_ticket::TrackedTicket;

pub use path_counts::TicketPath;

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvariantViolation {
    /// The number of the invariant.
    pub number: u8,
    /// The ticket; `None` when the invariant is about the whole desk.
    pub ticket: Option<TicketId>,
    /// The finding, as a text.
    pub finding: String,
}

impl fmt::Display for InvariantViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invariant {} of the desk", self.number)?;
        if let Some(ticket) = self.ticket {
            write!(f, ", ticket {ticket}")?;
        }
        write!(f, ": {}", self.finding)
    }
}

/// Reads the log and keeps its own account of the desk.
#[derive(Clone, Debug, Default)]
pub struct InvariantChecker {
    tickets: BTreeMap<TicketId, TrackedTicket>,
    filings: BTreeMap<FilingId, TrackedFiling>,
    paths: PathCounts,
    changed: BTreeSet<TicketId>,
    found: Vec<InvariantViolation>,
}

/// A filing as the checker read it from the log.
#[derive(Clone, Debug)]
struct TrackedFiling {
    unit: UnitId,
    holds_to: Option<Timestamp>,
}

impl InvariantChecker {
    /// Reads one record.
    pub fn apply(&mut self, record: &Record) {
        let at = record.at;
        if let Some(ticket) = Ticket::open(record.seq, at, &record.event) {
            self.on_opened(&ticket);
        }
        let Event::Desk(entry) = &record.event else { return };
        match &entry.event {
            DeskEvent::Ticket(id, event) => self.on_ticket(at, *id, event),
            DeskEvent::Assignment(id, event) => {
                self.changed.insert(id.ticket);
                if let AssignmentEvent::Delegated { unit, .. } = event {
                    self.assignment_given(at, id.ticket, [unit]);
                }
                match self.tickets.get_mut(&id.ticket) {
                    Some(tracked) => tracked.on_assignment(id.n, event),
                    None => self.report_unknown(id.ticket, entry),
                }
            }
            DeskEvent::Filing(id, event) => self.on_filing(*id, event),
            DeskEvent::Dissatisfaction(id, _) => drop(self.changed.insert(*id)),
            // No invariant of hotline.md 2.8 is about these.
            DeskEvent::Order(..)
            | DeskEvent::Directory(_)
            | DeskEvent::Leader(_)
            | DeskEvent::Messaging(_)
            | DeskEvent::Knowledge(..) => {}
        }
    }

    /// Returns the violations on tickets that changed since the last call. The desk must have
    /// followed exactly the records that the checker has read.
    pub fn check_changed(&mut self, desk: &Desk) -> Vec<InvariantViolation> {
        let mut found = std::mem::take(&mut self.found);
        for id in std::mem::take(&mut self.changed) {
            self.check_ticket(desk, id, &mut found);
        }
        found
    }

    /// Returns the violations on all tickets, and checks the totals.
    pub fn check_all(&mut self, desk: &Desk) -> Vec<InvariantViolation> {
        let mut found = std::mem::take(&mut self.found);
        self.changed.clear();
        let ids: Vec<TicketId> = self.tickets.keys().copied().collect();
        for id in ids {
            self.check_ticket(desk, id, &mut found);
        }
        for ticket in desk.tickets().filter(|ticket| !self.tickets.contains_key(&ticket.ticket)) {
            let finding = "is at the desk, but no record opened it".to_owned();
            found.push(InvariantViolation { number: 7, ticket: Some(ticket.ticket), finding });
        }
        let difference = self.paths.differs(&self.tickets, desk);
        found.extend(difference.map(|finding| InvariantViolation {
            number: 7,
            ticket: None,
            finding,
        }));
        found
    }

    /// Invariant 3: describes how a desk differs from the one replayed from its log.
    pub fn compare_replayed(live: &Desk, replayed: &Desk) -> Option<InvariantViolation> {
        if live == replayed {
            return None;
        }
        let other = live.tickets().find(|t| replayed.ticket(t.ticket) != Some(t));
        let finding = match other {
            Some(t) => format!("is {t:?}, replayed {:?}", replayed.ticket(t.ticket)),
            None => "the desk replayed from its log differs".to_owned(),
        };
        Some(InvariantViolation { number: 3, ticket: other.map(|t| t.ticket), finding })
    }

    /// The number of tickets on each path so far, archived ones included.
    pub fn tickets_by_path(&self) -> BTreeMap<TicketPath, u64> {
        self.paths.by_path(&self.tickets)
    }

    fn check_ticket(&mut self, desk: &Desk, id: TicketId, found: &mut Vec<InvariantViolation>) {
        let Some(tracked) = self.tickets.get_mut(&id) else { return };
        if tracked.is_archived() {
            if desk.ticket(id).is_some() {
                let finding = "is archived and still at the desk".to_owned();
                found.push(InvariantViolation { number: 14, ticket: Some(id), finding });
            }
            self.paths.archived(tracked);
            self.tickets.remove(&id);
            return;
        }
        let Some(ticket) = desk.ticket(id) else {
            let finding = "is in the log and not at the desk".to_owned();
            found.push(InvariantViolation { number: 7, ticket: Some(id), finding });
            return;
        };
        let violations = ticket_checks::violations(desk, ticket, tracked).into_iter();
        found.extend(violations.map(|(number, finding)| InvariantViolation {
            number,
            ticket: Some(id),
            finding,
        }));
    }

    fn on_opened(&mut self, ticket: &Ticket) {
        let id = ticket.ticket;
        self.changed.insert(id);
        self.paths.opened(ticket.channel);
        if self.tickets.insert(id, TrackedTicket::opened(ticket)).is_some() {
            self.report(7, id, "was opened twice".to_owned());
        }
    }

    fn on_ticket(&mut self, at: Timestamp, id: TicketId, event: &TicketEvent) {
        if matches!(event, TicketEvent::Opened { .. } | TicketEvent::TakenOver(_)) {
            return;
        }
        self.changed.insert(id);
        let given: Option<&Dispatch> = match event {
            TicketEvent::Dispatched(dispatch) | TicketEvent::UnitAdded(dispatch) => Some(dispatch),
            TicketEvent::Redone { dispatch, .. } => dispatch.as_deref(),
            _ => None,
        };
        if let Some(dispatch) = given {
            self.assignment_given(at, id, dispatch.parts.iter().map(|part| &part.unit));
        }
        match self.tickets.get_mut(&id) {
            Some(tracked) => {
                let wrong_step = tracked.on_ticket(at, event);
                if let Some(finding) = wrong_step {
                    self.report(16, id, finding);
                }
            }
            None => self.report(16, id, format!("has {event:?} and was never opened")),
        }
    }

    /// Invariant 6, checked when the assignment is given.
    fn assignment_given<'u>(
        &mut self,
        at: Timestamp,
        id: TicketId,
        units: impl IntoIterator<Item = &'u UnitId>,
    ) {
        let Some(matter) = self.tickets.get(&id).and_then(TrackedTicket::matter) else { return };
        for unit in units {
            let (first, last) = filings_of(matter);
            let mut of_matter = self.filings.range(first..=last);
            let in_force = of_matter.find(|(_, filed)| {
                filed.unit == *unit && filed.holds_to.is_some_and(|to| at <= to)
            });
            if let Some((filing, _)) = in_force {
                let finding = format!("was given to {unit}, whose filing {filing} is in force");
                self.report(6, id, finding);
            }
        }
    }

    fn on_filing(&mut self, id: FilingId, event: &FilingEvent) {
        match event {
            FilingEvent::Drafted(form) => {
                let filed = TrackedFiling { unit: form.unit.clone(), holds_to: None };
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

    fn report_unknown(&mut self, id: TicketId, entry: &DeskEntry) {
        self.report(16, id, format!("has {:?} and was never opened", entry.event));
    }

    fn report(&mut self, number: u8, id: TicketId, finding: String) {
        self.found.push(InvariantViolation { number, ticket: Some(id), finding });
    }
}

fn filings_of(matter: MatterId) -> (FilingId, FilingId) {
    (FilingId { matter, n: 0 }, FilingId { matter, n: u16::MAX })
}
