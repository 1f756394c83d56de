//! Calls and their recordings as lists, one call, and hanging one up.

use std::{collections::BTreeMap, io, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use center::Command;
use model::{AccountName, CallId, QueueId, SeatId, TicketId, Timestamp, WorkState, event::CallEnd};
use schemars::JsonSchema;
use serde::Deserialize;
use stats::Cdr;
use ticketing::Ticket;

use super::{
    asked::{Asked, Id},
    page_of::{PageOf, gather, limit},
    seen::{self, List, Row},
};
use crate::{desk::Desk, port::Backend, problem::Problem, redact, rights::Right, who::Who};

/// What a list of calls can be narrowed to. All given must hold.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    before: Option<CallId>,
    limit: Option<usize>,
    queue: Option<QueueId>,
    seat: Option<u32>,
    /// Who answered.
    agent: Option<AccountName>,
    /// How it ended: `abandoned`, `caller_hung_up` …
    end: Option<CallEnd>,
    /// Whether a seat answered.
    answered: Option<bool>,
    /// Arrived at or after, in microseconds since 1970.
    since: Option<u64>,
}

impl Filter {
    /// The list as its record names it. `since` moves with an open page, and is no other list.
    fn name(&self, list: &str) -> String {
        let end = self.end.and_then(|end| serde_json::to_value(end).ok());
        let by = [
            ("queue", self.queue.as_ref().map(ToString::to_string)),
            ("seat", self.seat.map(|seat| seat.to_string())),
            ("agent", self.agent.as_ref().map(ToString::to_string)),
            ("end", end.and_then(|end| end.as_str().map(str::to_owned))),
            ("answered", self.answered.map(|is| is.to_string())),
        ];
        seen::narrowed(list, &by)
    }

    fn keeps(&self, cdr: &Cdr) -> bool {
        let queue = self.queue.as_ref().is_none_or(|queue| cdr.queue.as_ref() == Some(queue));
        let seat = self.seat.is_none_or(|seat| cdr.seat == Some(SeatId(seat)));
        let agent = self.agent.as_ref().is_none_or(|agent| cdr.agent.as_ref() == Some(agent));
        let end = self.end.is_none_or(|end| cdr.end == Some(end));
        let answered = self.answered.is_none_or(|is| cdr.connected.is_some() == is);
        queue && seat && agent && end && answered && !self.is_past(cdr)
    }

    /// Older than `since`: everything after it in the list is, too.
    fn is_past(&self, cdr: &Cdr) -> bool {
        self.since.is_some_and(|since| cdr.arrived < Timestamp::from_micros(since))
    }
}

pub(super) async fn list(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(filter): Asked<Filter>,
) -> Result<Json<PageOf<Cdr, CallId>>, Problem> {
    let own = own(&who);
    page(&desk, &who, "calls", filter, move |cdr| may_see(own.as_ref(), cdr)).await
}

pub(super) async fn recordings(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(filter): Asked<Filter>,
) -> Result<Json<PageOf<Cdr, CallId>>, Problem> {
    who.must(Right::Recordings)?;
    page(&desk, &who, "recordings", filter, |cdr| cdr.recording_sha256.is_some()).await
}

pub(super) async fn one(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(call): Id<CallId>,
) -> Result<Json<Cdr>, Problem> {
    let is_asked = who.account.staff.employer.is_contractor();
    let look = move |backend: &dyn Backend| {
        let cdr = backend.call(call)?;
        let tickets = tickets_of(backend, cdr.as_slice(), is_asked)?;
        Ok((cdr, tickets))
    };
    let (found, tickets) = desk.read(look).await?;
    let own = own(&who);
    // A call that is not theirs is, for them, no call: ids tell nothing.
    let seen = found.filter(|cdr| may_see(own.as_ref(), cdr));
    let cdr = seen.ok_or_else(|| Problem::not_found("no such call"))?;
    let ticket = cdr.ticket.and_then(|ticket| tickets.get(&ticket));
    let (cdr, whole) = redact::call(cdr, &who.account, ticket);
    let rows = vec![(Row::Call(call), whole)];
    seen::note(&desk, &who, List { name: "call".into(), caller: None, rows }).await?;
    Ok(Json(cdr))
}

pub(super) async fn hang_up(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(call): Id<CallId>,
) -> Result<StatusCode, Problem> {
    if !who.may(Right::AllSeats) && !talks_to(&desk, &who, call) {
        return Err(Problem::forbidden("this is not your call"));
    }
    desk.backend.command(who.actor(), Command::HangUp { call }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn page(
    desk: &Desk,
    who: &Who,
    list: &str,
    filter: Filter,
    may_see: impl Fn(&Cdr) -> bool + Send + 'static,
) -> Result<Json<PageOf<Cdr, CallId>>, Problem> {
    let (limit, name) = (limit(filter.limit), filter.name(list));
    let is_asked = who.account.staff.employer.is_contractor();
    let (page, tickets) = desk
        .read(move |backend| {
            let page = gather(
                filter.before,
                limit,
                |before, bunch| {
                    let mut calls = backend.calls(before, bunch)?;
                    // A bunch cut short tells `gather` that the list is at its end.
                    calls.retain(|cdr| !filter.is_past(cdr));
                    Ok(calls)
                },
                |cdr| cdr.call,
                |cdr| filter.keeps(cdr) && may_see(cdr),
            )?;
            let tickets = tickets_of(backend, &page.items, is_asked)?;
            Ok((page, tickets))
        })
        .await?;
    let viewer = &who.account;
    let shown = page.items.into_iter().map(|cdr| {
        let ticket = cdr.ticket.and_then(|ticket| tickets.get(&ticket));
        redact::call(cdr, viewer, ticket)
    });
    let shown: Vec<(Cdr, bool)> = shown.collect();
    let rows = shown.iter().map(|(cdr, whole)| (Row::Call(cdr.call), *whole)).collect();
    seen::note(desk, who, List { name, caller: None, rows }).await?;
    let items = shown.into_iter().map(|(cdr, _)| cdr).collect();
    Ok(Json(PageOf { items, next: page.next }))
}

/// The tickets of these calls, where it depends on them who sees a caller.
fn tickets_of(
    backend: &dyn Backend,
    calls: &[Cdr],
    is_asked: bool,
) -> io::Result<BTreeMap<TicketId, Ticket>> {
    let mut tickets = BTreeMap::new();
    for id in calls.iter().filter(|_| is_asked).filter_map(|cdr| cdr.ticket) {
        tickets.extend(backend.ticket(id)?.map(|ticket| (id, ticket)));
    }
    Ok(tickets)
}

/// The person whose calls alone may be seen; `None`: all may.
fn own(who: &Who) -> Option<AccountName> {
    (!who.may(Right::AllCalls)).then(|| who.account.name.clone())
}

/// An agent's own calls are those they answered themselves, wherever they sat.
fn may_see(own: Option<&AccountName>, cdr: &Cdr) -> bool {
    own.is_none_or(|own| cdr.agent.as_ref() == Some(own))
}

fn talks_to(desk: &Desk, who: &Who, call: CallId) -> bool {
    let board = desk.backend.wallboard();
    board.seats.values().any(|seat| {
        seat.agent() == Some(&who.account.name) && seat.work == Some(WorkState::Talking { call })
    })
}
