//! Tickets as far as a person may see them.

use std::sync::Arc;

use axum::extract::FromRef;
use model::TicketId;
use stats::Wallboard;
use ticketing::{Ticket, rights::Right};

use crate::{
    audit::Audit,
    auth::User,
    backend::{Statistics, Tickets},
    blocking::read,
    problem::Problem,
    state::AppState,
};

/// Reads tickets for people.
#[derive(Clone)]
pub(super) struct TicketAccess {
    pub(super) tickets: Arc<dyn Tickets>,
    statistics: Arc<dyn Statistics>,
    pub(super) audit: Audit,
}

impl FromRef<AppState> for TicketAccess {
    fn from_ref(state: &AppState) -> TicketAccess {
        TicketAccess {
            tickets: FromRef::from_ref(state),
            statistics: FromRef::from_ref(state),
            audit: FromRef::from_ref(state),
        }
    }
}

impl TicketAccess {
    /// A ticket, and whether it is the person's own.
    ///
    /// # Errors
    /// 403 without the right to tickets. For a unit's people a ticket of another unit is not found,
    /// like one that does not exist.
    pub(super) async fn ticket(
        &self,
        user: &User,
        id: TicketId,
    ) -> Result<(Ticket, bool), Problem> {
        let found = read(&self.tickets, move |tickets| tickets.ticket(id)).await?;
        let Some(ticket) = found.filter(|ticket| may_see(user, ticket)) else {
            if user.actor().unit().is_none() {
                user.require(Right::Tickets)?;
            }
            return Err(Problem::not_found("no such ticket"));
        };
        let is_own = is_own(&self.wallboard(), user, &ticket);
        Ok((ticket, is_own))
    }

    /// The newest wallboard, by which [`is_own`] decides.
    pub(super) fn wallboard(&self) -> Arc<Wallboard> {
        self.statistics.wallboard()
    }
}

/// Whether the person may see the ticket at all.
pub(super) fn may_see(user: &User, ticket: &Ticket) -> bool {
    user.may(Right::Tickets) || is_of_their_unit(user, ticket)
}

/// Whether the person's unit handles, supports or supervises the ticket.
fn is_of_their_unit(user: &User, ticket: &Ticket) -> bool {
    let actor = user.actor();
    user.may(Right::UnitTickets)
        && actor.unit().is_some_and(|unit| {
            ticket.assignments.iter().any(|a| a.unit == *unit || a.supervise == *unit)
        })
}

/// Whether the ticket is the person's own: they registered it, have claimed it, or sit at the seat
/// that answered its call.
pub(super) fn is_own(board: &Wallboard, user: &User, ticket: &Ticket) -> bool {
    let name = Some(&user.account.name);
    let has_it =
        ticket.agent.as_ref() == name || ticket.claim.as_ref().map(|claim| &claim.what) == name;
    let seat = ticket.seat.and_then(|seat| board.seats.get(&seat));
    has_it || seat.and_then(|seat| seat.agent()) == name
}
