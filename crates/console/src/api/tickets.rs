//! Tickets and missed calls to be called back.

use std::sync::Arc;

use axum::{Json, extract::State};
use backoffice::{Ticket, TicketKind};
use model::{Event, TicketId, event::TicketSeen};
use serde::Deserialize;

use super::{
    asked::{Asked, Id},
    page_of::{PageOf, gather, limit},
};
use crate::{desk::Desk, problem::Problem, redact, rights::Right, who::Who};

/// What the list can be narrowed to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    before: Option<u64>,
    limit: Option<usize>,
    kind: Option<TicketKind>,
}

pub(super) async fn list(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(filter): Asked<Filter>,
) -> Result<Json<PageOf<Ticket, TicketId>>, Problem> {
    who.must(Right::Tickets)?;
    let mut page = desk
        .read(move |backend| {
            gather(
                filter.before.map(TicketId),
                limit(filter.limit),
                |before, bunch| backend.tickets(before, bunch),
                |ticket| ticket.ticket,
                |ticket| filter.kind.is_none_or(|kind| ticket.kind == kind),
            )
        })
        .await?;
    let role = who.role();
    page.items = page.items.into_iter().map(|ticket| redact::ticket(ticket, role)).collect();
    Ok(Json(page))
}

pub(super) async fn one(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(ticket): Id<TicketId>,
) -> Result<Json<Ticket>, Problem> {
    who.must(Right::Tickets)?;
    let found = desk.read(move |backend| backend.ticket(ticket)).await?;
    let ticket = found.ok_or_else(|| Problem::not_found("no such ticket"))?;
    saw(&desk, &who, ticket.ticket, who.may(Right::WholeNumbers)).await?;
    Ok(Json(redact::ticket(ticket, who.role())))
}

/// That somebody saw a ticket goes on the record before they see it, once an hour.
async fn saw(desk: &Desk, who: &Who, ticket: TicketId, whole: bool) -> Result<(), Problem> {
    let by = who.account.name.clone();
    let seen = TicketSeen { ticket, by: by.clone(), whole };
    desk.looks.note(desk, who, (by, ticket, whole), || Event::TicketSeen(seen)).await
}
