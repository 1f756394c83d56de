//! The list of tickets, and one ticket.

use std::sync::Arc;

use axum::{Json, extract::State};
use model::{
    AreaCode, Number, TicketId,
    desk::{MatterId, TicketState},
};
use schemars::JsonSchema;
use serde::Deserialize;
use store::TicketIndex;
use ticketing::{Ticket, TicketKind, rights::Right};

use super::ticket_access::{TicketAccess, is_own};
use crate::{
    audit::{ShownList, ShownRow, list_name},
    auth::User,
    blocking::read,
    extract::{PathId, QueryParams},
    options::Options,
    paging::{Page, gather, limit},
    problem::Problem,
    redact,
};

/// The filters of the list: at most one of these.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    before: Option<u64>,
    limit: Option<usize>,
    kind: Option<TicketKind>,
    state: Option<TicketState>,
    /// Only tickets with an open assignment of this unit.
    unit: Option<String>,
    caller: Option<String>,
    matter: Option<u64>,
    topic: Option<String>,
    /// Only tickets with this tag.
    tag: Option<String>,
}

impl Filter {
    pub(super) fn before(&self) -> Option<TicketId> {
        self.before.map(TicketId)
    }

    pub(super) fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// The name of the list in the audit.
    pub(super) fn name(&self, list: &str) -> String {
        let word = |value: Option<serde_json::Value>| {
            value.and_then(|value| value.as_str().map(str::to_owned))
        };
        let kind = self.kind.and_then(|kind| serde_json::to_value(kind).ok());
        let state = self.state.and_then(|state| serde_json::to_value(state).ok());
        let filters = [
            ("kind", word(kind)),
            ("state", word(state)),
            ("unit", self.unit.clone()),
            ("caller", self.number().map(|number| number.masked())),
            ("matter", self.matter.map(|matter| matter.to_string())),
            ("topic", self.topic.clone()),
            ("tag", self.tag.clone()),
        ];
        list_name(list, &filters)
    }

    /// The caller that is searched for.
    pub(super) fn number(&self) -> Option<Number> {
        self.caller.as_deref().map(Number::new)
    }

    /// The index that the filter reads. `home` is the hotline's area code: a number with and
    /// without it is the same.
    ///
    /// # Errors
    /// 422 for more than one filter.
    pub(super) fn index(&self, home: &AreaCode) -> Result<Option<TicketIndex>, Problem> {
        let given = [
            self.kind.map(TicketIndex::Kind),
            self.state.map(TicketIndex::State),
            self.unit.as_deref().map(|unit| TicketIndex::OpenAt(unit.into())),
            self.number().map(|number| TicketIndex::Caller(number.spellings(home))),
            self.matter.map(|matter| TicketIndex::Matter(MatterId(TicketId(matter)))),
            self.topic.as_deref().map(|topic| TicketIndex::Topic(topic.into())),
            self.tag.clone().map(TicketIndex::Tag),
        ];
        let mut given = given.into_iter().flatten();
        let index = given.next();
        if given.next().is_some() {
            let detail = "give only one of kind, state, unit, caller, matter, topic and tag";
            return Err(Problem::invalid(detail));
        }
        Ok(index)
    }
}

pub(super) async fn list(
    State(access): State<TicketAccess>,
    State(options): State<Arc<Options>>,
    user: User,
    QueryParams(filter): QueryParams<Filter>,
) -> Result<Json<Page<Ticket, TicketId>>, Problem> {
    user.require(Right::Tickets)?;
    let index = filter.index(&options.desk.area_code)?;
    let (name, caller) = (filter.name("tickets"), filter.number());
    let page = read(&access.tickets, move |tickets| {
        gather(
            filter.before(),
            limit(filter.limit),
            |before, batch| tickets.tickets(before, batch, index.as_ref()),
            |ticket| ticket.ticket,
            |_| true,
        )
    });
    let page = page.await?;
    let board = access.wallboard();
    let shown = page.items.into_iter().map(|ticket| {
        let is_own = is_own(&board, &user, &ticket);
        redact::ticket(ticket, &user.account, is_own)
    });
    let shown: Vec<(Ticket, bool)> = shown.collect();
    let rows =
        shown.iter().map(|(ticket, whole)| (ShownRow::Ticket(ticket.ticket), *whole)).collect();
    access.audit.list(&user, ShownList { name, caller, rows }).await?;
    let items = shown.into_iter().map(|(ticket, _)| ticket).collect();
    Ok(Json(Page { items, next: page.next }))
}

pub(super) async fn one(
    State(access): State<TicketAccess>,
    user: User,
    PathId(ticket): PathId<TicketId>,
) -> Result<Json<Ticket>, Problem> {
    let (ticket, is_own) = access.ticket(&user, ticket).await?;
    let (ticket, whole) = redact::ticket(ticket, &user.account, is_own);
    access.audit.ticket_view(&user, ticket.ticket, whole).await?;
    Ok(Json(ticket))
}
