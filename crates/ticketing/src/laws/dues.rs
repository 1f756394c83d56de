//! Law 5: the due dates of a ticket as they were last known.

use std::collections::BTreeMap;

use model::{Timestamp, desk::ClockTerms};

use crate::{Desk, Ticket};
use deadlines::clock::Clock;

/// Due dates by assignment (0 is the ticket itself) and place.
#[derive(Clone, Debug, Default)]
pub(super) struct Dues(BTreeMap<(usize, usize), Due>);

#[derive(Clone, Copy, Debug)]
struct Due {
    promise: ClockTerms,
    at: Option<Timestamp>,
    /// Pauses begun, pauses ended, days added: what may move it.
    shape: (usize, usize, u32),
}

impl Dues {
    /// What became due earlier since they were last looked at.
    pub(super) fn follow(&mut self, desk: &Desk, ticket: &Ticket) -> Vec<String> {
        let mut earlier = Vec::new();
        let own = std::iter::once(&ticket.clocks);
        let all = own.chain(ticket.assignments.iter().map(|a| &a.clocks));
        for (n, clocks) in all.enumerate() {
            for (place, clock) in clocks.iter().enumerate() {
                earlier.extend(self.look(desk, (n, place), clock));
            }
        }
        earlier
    }

    fn look(&mut self, desk: &Desk, key: (usize, usize), clock: &Clock) -> Option<String> {
        let (promise, shape) = (clock.promise(), shape(clock));
        let before = self.0.get(&key).copied();
        if before.is_some_and(|due| due.promise == promise && due.shape == shape) {
            return None;
        }
        let at = clock.due(desk.ground());
        let known = before.filter(|due| due.promise == promise).and_then(|due| due.at);
        // While it is held nobody knows; what was known is compared when it runs again.
        self.0.insert(key, Due { promise, at: at.max(known), shape });
        let (then, now) = (known?, at?);
        (now < then).then(|| {
            let zone = desk.zone();
            let (n, kind) = (key.0, promise.kind.code());
            format!(
                "{kind} of assignment {n} was due {} and is due {}",
                zone.date(then),
                zone.date(now)
            )
        })
    }
}

fn shape(clock: &Clock) -> (usize, usize, u32) {
    let pauses = clock.pauses().all();
    let ended = pauses.iter().filter(|pause| pause.to.is_some()).count();
    (pauses.len(), ended, clock.extended_days())
}
