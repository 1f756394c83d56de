//! Open missed-call items by caller: one a caller, however often they try.

use std::collections::BTreeMap;

use model::{Number, TicketId};

use crate::{Ticket, TicketKind};
use deadlines::clock::ClockKind;

/// Which callers have an open missed-call item. An index: the tickets tell it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct MissedCalls {
    /// All withheld numbers are one caller: nobody can call them back apart.
    by_caller: BTreeMap<Number, TicketId>,
}

impl MissedCalls {
    /// A ticket was opened, changed, or restored.
    pub(super) fn follow(&mut self, ticket: &Ticket) {
        if ticket.kind != TicketKind::MissedCall {
            return;
        }
        match is_open(ticket) {
            true => drop(self.by_caller.insert(ticket.caller.clone(), ticket.ticket)),
            false => self.close(ticket),
        }
    }

    /// A ticket has left the desk's memory.
    pub(super) fn close(&mut self, ticket: &Ticket) {
        if self.by_caller.get(&ticket.caller) == Some(&ticket.ticket) {
            self.by_caller.remove(&ticket.caller);
        }
    }

    /// The open item of a caller.
    pub(super) fn of(&self, caller: &Number) -> Option<TicketId> {
        self.by_caller.get(caller).copied()
    }

    /// How many callers have one.
    pub(super) fn len(&self) -> usize {
        self.by_caller.len()
    }
}

/// Whether one more missed call of its caller is counted in this item: nobody has registered it and
/// nobody has called back yet. A call missed after the call back is a debt of its own.
fn is_open(ticket: &Ticket) -> bool {
    let called_back = |clock: &deadlines::clock::Clock| {
        clock.promise().kind == ClockKind::LostCall && clock.end().is_some()
    };
    ticket.state == model::desk::TicketState::Draft && !ticket.clocks.iter().any(called_back)
}

/// How many missed-call items may be open before refused callers get none of their own: a city's
/// whole day of missed calls, and some 50 MB.
pub const MISSED_CALLS_MAX: usize = 5_000;
