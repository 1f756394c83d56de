//! Tickets and missed calls to be called back.

use std::sync::Arc;

use axum::{Json, extract::State};
use backoffice::{Ticket, TicketKind};
use model::TicketId;
use serde::Deserialize;

use super::{
    asked::{Asked, Id},
    page_of::{PageOf, gather, limit},
};
use crate::{desk::Desk, problem::Problem, redact, who::Who};

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
    let found = desk.read(move |backend| backend.ticket(ticket)).await?;
    let ticket = found.ok_or_else(|| Problem::not_found("no such ticket"))?;
    Ok(Json(redact::ticket(ticket, who.role())))
}
