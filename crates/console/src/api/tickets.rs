//! Tickets and missed calls to be called back.

use std::sync::Arc;

use axum::{Json, extract::State};
use model::{
    AreaCode, Event, Number, TicketId,
    desk::{MatterId, TicketState},
    event::{Role, TicketSeen},
};
use schemars::JsonSchema;
use serde::Deserialize;
use stats::Wallboard;
use store::TicketIndex;
use ticketing::{Ticket, TicketKind};

use super::{
    asked::{Asked, Id},
    page_of::{PageOf, gather, limit},
    seen::{self, List, Row},
};
use crate::{desk::Desk, problem::Problem, redact, rights::Right, who::Who};

/// What the list can be narrowed to: one of these, or nothing.
#[derive(Deserialize, JsonSchema)]
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
    /// One of the words it was tagged with.
    tag: Option<String>,
}

impl Filter {
    pub(super) fn before(&self) -> Option<TicketId> {
        self.before.map(TicketId)
    }

    pub(super) fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// The list as its record names it.
    pub(super) fn name(&self, list: &str) -> String {
        let word = |value: Option<serde_json::Value>| {
            value.and_then(|value| value.as_str().map(str::to_owned))
        };
        let kind = self.kind.and_then(|kind| serde_json::to_value(kind).ok());
        let state = self.state.and_then(|state| serde_json::to_value(state).ok());
        let by = [
            ("kind", word(kind)),
            ("state", word(state)),
            ("unit", self.unit.clone()),
            ("caller", self.number().map(|number| number.masked())),
            ("matter", self.matter.map(|matter| matter.to_string())),
            ("topic", self.topic.clone()),
            ("tag", self.tag.clone()),
        ];
        seen::narrowed(list, &by)
    }

    /// The caller it is narrowed to.
    pub(super) fn number(&self) -> Option<Number> {
        self.caller.as_deref().map(Number::new)
    }

    /// `home`: the hotline's area, by which numbers with and without its code are one.
    pub(super) fn filed(&self, home: &AreaCode) -> Result<Option<TicketIndex>, Problem> {
        let asked = [
            self.kind.map(TicketIndex::Kind),
            self.state.map(TicketIndex::State),
            self.unit.as_deref().map(|unit| TicketIndex::OpenAt(unit.into())),
            self.number().map(|number| TicketIndex::Caller(number.spellings(home))),
            self.matter.map(|matter| TicketIndex::Matter(MatterId(TicketId(matter)))),
            self.topic.as_deref().map(|topic| TicketIndex::Topic(topic.into())),
            self.tag.clone().map(TicketIndex::Tag),
        ];
        let mut asked = asked.into_iter().flatten();
        let filed = asked.next();
        if asked.next().is_some() {
            let what = "one of kind, state, unit, caller, matter, topic, tag at a time";
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
    let filed = filter.filed(&desk.options.desk.area_code)?;
    let (name, caller) = (filter.name("tickets"), filter.number());
    let page = desk
        .read(move |backend| {
            gather(
                filter.before(),
                limit(filter.limit),
                |before, bunch| backend.tickets(before, bunch, filed.as_ref()),
                |ticket| ticket.ticket,
                |_| true,
            )
        })
        .await?;
    let board = desk.backend.wallboard();
    let shown = |ticket: Ticket| {
        let own = is_own(&board, &who, &ticket);
        redact::ticket(ticket, &who.account, own)
    };
    let shown: Vec<(Ticket, bool)> = page.items.into_iter().map(shown).collect();
    let rows = shown.iter().map(|(ticket, whole)| (Row::Ticket(ticket.ticket), *whole)).collect();
    seen::note(&desk, &who, List { name, caller, rows }).await?;
    let items = shown.into_iter().map(|(ticket, _)| ticket).collect();
    Ok(Json(PageOf { items, next: page.next }))
}

pub(super) async fn one(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(ticket): Id<TicketId>,
) -> Result<Json<Ticket>, Problem> {
    let (ticket, own) = seen(&desk, &who, ticket).await?;
    let (shown, whole) = redact::ticket(ticket, &who.account, own);
    saw(&desk, &who, shown.ticket, whole).await?;
    Ok(Json(shown))
}

/// A ticket this person may read, and whether it is of a call of theirs.
pub(super) async fn seen(
    desk: &Desk,
    who: &Who,
    ticket: TicketId,
) -> Result<(Ticket, bool), Problem> {
    let found = desk.read(move |backend| backend.ticket(ticket)).await?;
    let found = found.filter(|ticket| may_see(who, ticket));
    let Some(ticket) = found else {
        // What another unit has is not told apart from what is not there.
        if who.doer().unit().is_none() {
            who.must(Right::Tickets)?;
        }
        return Err(Problem::not_found("no such ticket"));
    };
    let own = is_own(&desk.backend.wallboard(), who, &ticket);
    Ok((ticket, own))
}

/// Whether they may read it at all.
pub(super) fn may_see(who: &Who, ticket: &Ticket) -> bool {
    who.may(Right::Tickets) || is_with(who, ticket)
}

/// Whether their unit handles, helps or supervises.
fn is_with(who: &Who, ticket: &Ticket) -> bool {
    let doer = who.doer();
    let of_unit = matches!(who.role(), Role::Liaison | Role::UnitHead);
    of_unit
        && doer.unit().is_some_and(|unit| {
            ticket.assignments.iter().any(|a| a.unit == *unit || a.supervise == *unit)
        })
}

/// Whether it is their own: they registered it or have it in hand, or sit where its call was
/// answered.
pub(super) fn is_own(board: &Wallboard, who: &Who, ticket: &Ticket) -> bool {
    let name = Some(&who.account.name);
    let has_it =
        ticket.agent.as_ref() == name || ticket.claim.as_ref().map(|claim| &claim.what) == name;
    let at = ticket.seat.and_then(|seat| board.seats.get(&seat));
    has_it || at.and_then(|seat| seat.agent()) == name
}

/// That somebody saw a ticket goes on the record before they see it, once an hour.
pub(super) async fn saw(
    desk: &Desk,
    who: &Who,
    ticket: TicketId,
    whole: bool,
) -> Result<(), Problem> {
    let by = who.account.name.clone();
    let seen = TicketSeen { ticket, by: by.clone(), whole };
    desk.looks.note(desk, who, (by, ticket, whole), || Event::TicketSeen(seen)).await
}
