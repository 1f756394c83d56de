//! Open missed-call items by caller: each caller has at most one, whatever the number of calls.

use std::collections::BTreeMap;

use model::{Number, TicketId};

use crate::{Ticket, TicketKind};
use deadlines::clock::ClockKind;

/// The callers with an open missed-call item. This is an index; it follows from the tickets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct MissedCalls {
    /// All withheld numbers count as one caller, because they cannot be called back.
    by_caller: BTreeMap<Number, TicketId>,
}

impl MissedCalls {
    /// Follows a ticket that was opened, changed or restored.
    pub(super) fn update(&mut self, ticket: &Ticket) {
        if ticket.kind != TicketKind::MissedCall {
            return;
        }
        match is_open(ticket) {
            true => drop(self.by_caller.insert(ticket.caller.clone(), ticket.ticket)),
            false => self.remove(ticket),
        }
    }

    /// Removes a ticket that has left the desk's memory.
    pub(super) fn remove(&mut self, ticket: &Ticket) {
        if self.by_caller.get(&ticket.caller) == Some(&ticket.ticket) {
            self.by_caller.remove(&ticket.caller);
        }
    }

    /// The open item of a caller.
    pub(super) fn item_of(&self, caller: &Number) -> Option<TicketId> {
        self.by_caller.get(caller).copied()
    }

    /// The number of callers with an open item.
    pub(super) fn len(&self) -> usize {
        self.by_caller.len()
    }
}

/// Whether one more missed call of its caller is counted in this item: it is not registered, and
/// there was no call back yet. A call missed after the call back gets an item of its own.
fn is_open(ticket: &Ticket) -> bool {
    let called_back = |clock: &deadlines::clock::Clock| {
        clock.terms().kind == ClockKind::LostCall && clock.end().is_some()
    };
    ticket.state == model::desk::TicketState::Draft && !ticket.clocks.iter().any(called_back)
}

/// The number of open missed-call items above which refused callers get no item of their own: a
/// city's missed calls of a whole day, in some 50 MB.
pub const MISSED_CALLS_MAX: usize = 5_000;
