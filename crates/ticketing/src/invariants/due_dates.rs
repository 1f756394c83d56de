//! Invariant 5: a pause or an extension never makes a due date earlier; the last known due dates of
//! a ticket.

use std::collections::BTreeMap;

use model::{Timestamp, desk::ClockTerms};

use crate::{Desk, Ticket};
use deadlines::clock::Clock;

/// Due dates by assignment (0 is the ticket itself) and by index among its clocks.
#[derive(Clone, Debug, Default)]
pub(super) struct DueDates(BTreeMap<(usize, usize), DueDate>);

#[derive(Clone, Copy, Debug)]
struct DueDate {
    terms: ClockTerms,
    at: Option<Timestamp>,
    /// Pauses begun, pauses ended, days added: the three things that may move the due date.
    changes: (usize, usize, u32),
}

impl DueDates {
    /// Describes the due dates that became earlier since the last call.
    pub(super) fn follow(&mut self, desk: &Desk, ticket: &Ticket) -> Vec<String> {
        let mut earlier = Vec::new();
        let own = std::iter::once(&ticket.clocks);
        let all = own.chain(ticket.assignments.iter().map(|a| &a.clocks));
        for (n, clocks) in all.enumerate() {
            for (place, clock) in clocks.iter().enumerate() {
                earlier.extend(self.follow_clock(desk, (n, place), clock));
            }
        }
        earlier
    }

    fn follow_clock(&mut self, desk: &Desk, key: (usize, usize), clock: &Clock) -> Option<String> {
        let (terms, changes) = (clock.terms(), changes(clock));
        let before = self.0.get(&key).copied();
        if before.is_some_and(|due| due.terms == terms && due.changes == changes) {
            return None;
        }
        let at = clock.due(desk.working_time());
        let known = before.filter(|due| due.terms == terms).and_then(|due| due.at);
        // A paused clock has no due date; the last known one is compared when the clock runs again.
        self.0.insert(key, DueDate { terms, at: at.max(known), changes });
        let (then, now) = (known?, at?);
        (now < then).then(|| {
            let zone = desk.zone();
            let (n, kind) = (key.0, terms.kind.code());
            format!(
                "{kind} of assignment {n} was due {} and is due {}",
                zone.date(then),
                zone.date(now)
            )
        })
    }
}

fn changes(clock: &Clock) -> (usize, usize, u32) {
    let pauses = clock.pauses().all();
    let ended = pauses.iter().filter(|pause| pause.to.is_some()).count();
    (pauses.len(), ended, clock.extended_days())
}
