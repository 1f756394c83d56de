//! Lists of calls and recordings, one call, and hanging up.

use std::{collections::BTreeMap, io, sync::Arc};

use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
};
use center::{Command, ControlCommand, ControlRequest};
use model::{AccountName, CallId, QueueId, SeatId, TicketId, Timestamp, event::CallEnd};
use schemars::JsonSchema;
use serde::Deserialize;
use stats::Cdr;
use store::CallIndex;
use ticketing::{Ticket, rights::Right};

use crate::{
    audit::{Audit, ShownList, ShownRow, list_name},
    auth::User,
    backend::{Calls, Commands, Tickets},
    blocking::read,
    extract::{PathId, QueryParams},
    paging::{Page, gather, limit},
    problem::Problem,
    redact,
    state::AppState,
};

/// Reads calls for people.
#[derive(Clone)]
pub(super) struct CallAccess {
    calls: Arc<dyn Calls>,
    tickets: Arc<dyn Tickets>,
    audit: Audit,
}

impl FromRef<AppState> for CallAccess {
    fn from_ref(state: &AppState) -> CallAccess {
        CallAccess {
            calls: FromRef::from_ref(state),
            tickets: FromRef::from_ref(state),
            audit: FromRef::from_ref(state),
        }
    }
}

/// The filters of a list of calls; a call must match all that are given.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    before: Option<CallId>,
    limit: Option<usize>,
    queue: Option<QueueId>,
    seat: Option<u32>,
    /// The agent who answered.
    agent: Option<AccountName>,
    /// The end of the call: `abandoned`, `caller_hung_up` …
    end: Option<CallEnd>,
    /// Whether a seat answered.
    answered: Option<bool>,
    /// Only calls that arrived at or after this moment, in microseconds since 1970.
    since: Option<u64>,
}

impl Filter {
    /// The name of the list in the audit. `since` changes while a page is open and is left out.
    fn name(&self, list: &str) -> String {
        let end = self.end.and_then(|end| serde_json::to_value(end).ok());
        let filters = [
            ("queue", self.queue.as_ref().map(ToString::to_string)),
            ("seat", self.seat.map(|seat| seat.to_string())),
            ("agent", self.agent.as_ref().map(ToString::to_string)),
            ("end", end.and_then(|end| end.as_str().map(str::to_owned))),
            ("answered", self.answered.map(|is| is.to_string())),
        ];
        list_name(list, &filters)
    }

    /// The index that is read, the most selective one of those that the filters name. `only`: the agent
    /// whose calls alone the person may see. The other filters are applied to what it holds.
    fn index(&self, only: Option<&AccountName>) -> Option<CallIndex> {
        let agent = self.agent.as_ref().or(only).cloned();
        agent
            .map(CallIndex::Agent)
            .or(self.seat.map(|seat| CallIndex::Seat(SeatId(seat))))
            .or(self.end.map(CallIndex::End))
            .or(self.queue.clone().map(CallIndex::Queue))
            .or(self.answered.map(CallIndex::Answered))
    }

    fn matches(&self, cdr: &Cdr) -> bool {
        let queue = self.queue.as_ref().is_none_or(|queue| cdr.queue.as_ref() == Some(queue));
        let seat = self.seat.is_none_or(|seat| cdr.seat == Some(SeatId(seat)));
        let agent = self.agent.as_ref().is_none_or(|agent| cdr.agent.as_ref() == Some(agent));
        let end = self.end.is_none_or(|end| cdr.end == Some(end));
        let answered = self.answered.is_none_or(|is| cdr.connected.is_some() == is);
        queue && seat && agent && end && answered && !self.is_too_old(cdr)
    }

    /// Whether the call is older than `since`; then all calls after it in the list are too.
    fn is_too_old(&self, cdr: &Cdr) -> bool {
        self.since.is_some_and(|since| cdr.arrived < Timestamp::from_micros(since))
    }
}

pub(super) async fn list(
    State(access): State<CallAccess>,
    user: User,
    QueryParams(filter): QueryParams<Filter>,
) -> Result<Json<Page<Cdr, CallId>>, Problem> {
    let only = only_of(&user);
    let index = filter.index(only.as_ref());
    access.page(&user, "calls", filter, index, move |cdr| may_see(only.as_ref(), cdr)).await
}

pub(super) async fn recordings(
    State(access): State<CallAccess>,
    user: User,
    QueryParams(filter): QueryParams<Filter>,
) -> Result<Json<Page<Cdr, CallId>>, Problem> {
    user.require(Right::Recordings)?;
    let index = filter.index(None).unwrap_or(CallIndex::Recorded);
    access
        .page(&user, "recordings", filter, Some(index), |cdr| cdr.recording_sha256.is_some())
        .await
}

pub(super) async fn one(
    State(access): State<CallAccess>,
    user: User,
    PathId(call): PathId<CallId>,
) -> Result<Json<Cdr>, Problem> {
    let needs_tickets = user.account.staff.employer.is_contractor();
    let tickets = Arc::clone(&access.tickets);
    let found = read(&access.calls, move |calls| {
        let cdr = calls.call(call)?;
        let tickets = tickets_of(tickets.as_ref(), cdr.as_slice(), needs_tickets)?;
        Ok((cdr, tickets))
    });
    let (found, tickets) = found.await?;
    let only = only_of(&user);
    // A call that the person may not see is not found, so that ids give nothing away.
    let found = found.filter(|cdr| may_see(only.as_ref(), cdr));
    let cdr = found.ok_or_else(|| Problem::not_found("no such call"))?;
    let ticket = cdr.ticket.and_then(|ticket| tickets.get(&ticket));
    let (cdr, whole) = redact::call(cdr, &user.account, ticket);
    let rows = vec![(ShownRow::Call(call), whole)];
    access.audit.list(&user, ShownList { name: "call".into(), caller: None, rows }).await?;
    Ok(Json(cdr))
}

/// Ends a call. The center checks that the person may.
pub(super) async fn hang_up(
    State(commands): State<Arc<dyn Commands>>,
    user: User,
    PathId(call): PathId<CallId>,
) -> Result<StatusCode, Problem> {
    let request = ControlRequest { by: user.actor(), command: ControlCommand::HangUp { call } };
    commands.execute(user.seat_actor(), Command::Control(request)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl CallAccess {
    async fn page(
        &self,
        user: &User,
        list: &str,
        filter: Filter,
        index: Option<CallIndex>,
        may_see: impl Fn(&Cdr) -> bool + Send + 'static,
    ) -> Result<Json<Page<Cdr, CallId>>, Problem> {
        let (limit, name) = (limit(filter.limit), filter.name(list));
        let needs_tickets = user.account.staff.employer.is_contractor();
        let tickets = Arc::clone(&self.tickets);
        let found = read(&self.calls, move |calls| {
            let page = gather(
                filter.before,
                limit,
                |before, batch| {
                    let mut calls = calls.calls(before, batch, index.as_ref())?;
                    // A batch cut short tells `gather` that the list has ended.
                    calls.retain(|cdr| !filter.is_too_old(cdr));
                    Ok(calls)
                },
                |cdr| cdr.call,
                |cdr| filter.matches(cdr) && may_see(cdr),
            )?;
            let tickets = tickets_of(tickets.as_ref(), &page.items, needs_tickets)?;
            Ok((page, tickets))
        });
        let (page, tickets) = found.await?;
        let shown = page.items.into_iter().map(|cdr| {
            let ticket = cdr.ticket.and_then(|ticket| tickets.get(&ticket));
            redact::call(cdr, &user.account, ticket)
        });
        let shown: Vec<(Cdr, bool)> = shown.collect();
        let rows = shown.iter().map(|(cdr, whole)| (ShownRow::Call(cdr.call), *whole)).collect();
        self.audit.list(user, ShownList { name, caller: None, rows }).await?;
        let items = shown.into_iter().map(|(cdr, _)| cdr).collect();
        Ok(Json(Page { items, next: page.next }))
    }
}

/// The tickets of these calls, where they decide whether the caller is shown.
fn tickets_of(
    tickets: &dyn Tickets,
    calls: &[Cdr],
    are_needed: bool,
) -> io::Result<BTreeMap<TicketId, Ticket>> {
    let needed = calls.iter().filter(|_| are_needed).filter_map(|cdr| cdr.ticket);
    tickets.tickets_by_number(&needed.collect())
}

/// The agent whose calls alone the person may see; `None`: they may see all.
pub(super) fn only_of(user: &User) -> Option<AccountName> {
    (!user.may(Right::AllCalls)).then(|| user.account.name.clone())
}

/// An agent's own calls are those they answered, at whatever seat.
pub(super) fn may_see(only: Option<&AccountName>, cdr: &Cdr) -> bool {
    only.is_none_or(|agent| cdr.agent.as_ref() == Some(agent))
}
