//! Overrides (T30): the states into which two persons may put a ticket, and the effect on its units
//! and clocks.

use model::{
    Timestamp,
    desk::{ClockKind, PauseCause, TicketClosure, TicketState},
};

use super::Ticket;
use deadlines::clock::ClockEvent;

impl Ticket {
    /// Why two persons may not put the ticket into this state; `None` when they may.
    pub(crate) fn override_obstacle(&self, to: TicketState) -> Option<&'static str> {
        use TicketState::{
            Archived, AwaitInfo, Callback, Cancelled, Closed, Draft, Following, Handling,
        };
        // A reply of an earlier round does not count for a ticket that was withdrawn or invalid
        // since.
        let untold =
            matches!(self.closure, Some(TicketClosure::Withdrawn | TicketClosure::Invalid));
        let told =
            self.times.replied.is_some() && !untold && matches!(self.state, Callback | Closed);
        match to {
            Draft | Archived | AwaitInfo | Cancelled | Following => Some(
                "cannot be set by an override: the ticket could not leave it in the regular way",
            ),
            _ if self.times.registered.is_none() => {
                Some("the ticket was never registered: register it")
            }
            // A ticket is not closed before the caller was told (hotline.md 2.8, invariant 1).
            Callback | Closed if !told && self.contact().is_some() => {
                Some("the caller has not been told: reply first")
            }
            Handling if !self.assignments.iter().any(|a| a.is_lead() && !a.is_gone()) => {
                Some("no unit leads: dispatch it")
            }
            _ => None,
        }
    }

    /// Puts the ticket into the state, and ends what held it in the state before.
    pub(super) fn apply_override(&mut self, at: Timestamp, to: TicketState) {
        use TicketState::{AwaitInfo, AwaitLeader, Callback, Closed, Handling, Reply, ResultCheck};
        if self.state == AwaitInfo {
            self.every_clock(at, &ClockEvent::Resumed(PauseCause::AwaitInfo));
            (self.before, self.call_at) = (None, None);
        }
        if self.state == AwaitLeader {
            let resumed = ClockEvent::Resumed(PauseCause::AwaitLeader);
            self.clocks_of(ClockKind::Review, at, &resumed);
        }
        if to == Closed {
            return self.close(at, TicketClosure::NoEvaluation);
        }
        if !matches!(to, Handling | ResultCheck | Reply | Callback) {
            self.withdraw_units(at);
        }
        if !matches!(to, Reply | Callback) {
            (self.follows, self.filing) = (false, None);
        }
        (self.closure, self.times.closed) = (None, None);
        self.told_by = None;
        self.state = to;
    }
}
