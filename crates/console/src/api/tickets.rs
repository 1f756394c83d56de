//! Tickets and missed calls to be called back.

use std::sync::Arc;

use axum::{Json, extract::State};
use backoffice::{Ticket, TicketKind};
use model::{
    Number, TicketId,
    desk::{MatterId, TicketState},
};
use serde::Deserialize;
use store::Filed;

use super::{
    asked::{Asked, Id},
    page_of::{PageOf, gather, limit},
};
use crate::{desk::Desk, problem::Problem, redact, rights::Right, who::Who};

/// What the list can be narrowed to: one of these, or nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    before: Option<u64>,
    limit: Option<usize>,
    kind: Option<TicketKind>,
    state: Option<TicketState>,
    /// With this unit, which still has to do something.
    unit: Option<String>,
    caller: Option<String>,
    matter: Option<u64>,
    topic: Option<String>,
}

impl Filter {
    fn filed(&self) -> Result<Option<Filed>, Problem> {
        let asked = [
            self.kind.map(Filed::Kind),
            self.state.map(Filed::State),
            self.unit.as_deref().map(|unit| Filed::OpenAt(unit.into())),
            self.caller.as_deref().map(|number| Filed::Caller(Number::new(number))),
            self.matter.map(|matter| Filed::Matter(MatterId(TicketId(matter)))),
            self.topic.as_deref().map(|topic| Filed::Topic(topic.into())),
        ];
        let mut asked = asked.into_iter().flatten();
        let filed = asked.next();
        if asked.next().is_some() {
            let what = "one of kind, state, unit, caller, matter, topic at a time";
            return Err(Problem::unclear(what));
        }
        Ok(filed)
    }
}

pub(super) async fn list(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(filter): Asked<Filter>,
) -> Result<Json<PageOf<Ticket, TicketId>>, Problem> {
    who.must(Right::Tickets)?;
    let filed = filter.filed()?;
    let mut page = desk
        .read(move |backend| {
            gather(
                filter.before.map(TicketId),
                limit(filter.limit),
                |before, bunch| backend.tickets(before, bunch, filed.as_ref()),
                |ticket| ticket.ticket,
                |_| true,
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
    Ok(Json(redact::ticket(ticket, who.role())))
}
