//! Who saw what: the audit, newest first, a stretch of the log at a time.

use std::{collections::VecDeque, io, sync::Arc};

use axum::{Json, extract::State};
use model::{AccountName, AreaCode, CallId, Number, Seq, TicketId, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use stats::audit::{AuditAction, AuditEntry, AuditFilter, AuditSearch};
use store::TicketIndex;
use ticketing::Ticket;

use super::{
    asked::Asked,
    page_of::{PageOf, limit},
};
use crate::{desk::Desk, port::Backend, problem::Problem, rights::Right, who::Who};

/// What is looked for. All given must hold.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    person: Option<AccountName>,
    call: Option<CallId>,
    ticket: Option<u64>,
    /// A caller's number: their calls, their tickets, and searches for it.
    caller: Option<String>,
    what: Option<AuditAction>,
    /// In microseconds since 1970.
    since: Option<u64>,
    until: Option<u64>,
    before: Option<Seq>,
    limit: Option<usize>,
}

pub(super) async fn list(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(asked): Asked<Question>,
) -> Result<Json<PageOf<AuditEntry, Seq>>, Problem> {
    who.must(Right::Audit)?;
    let last = desk.backend.last_seq();
    let home = desk.options.desk.area_code.clone();
    desk.read(move |backend| answer(backend, asked, &home, last)).await.map(Json)
}

/// A page: the newest lines of one stretch of the log, which has a bound. A
/// stretch with nothing in it has a next one.
fn answer(
    backend: &dyn Backend,
    asked: Question,
    home: &AreaCode,
    last: Seq,
) -> io::Result<PageOf<AuditEntry, Seq>> {
    let filter = AuditFilter {
        person: asked.person,
        call: asked.call,
        ticket: asked.ticket.map(TicketId),
        caller: asked.caller.map_or_else(Vec::new, |caller| Number::new(&caller).spellings(home)),
        what: asked.what,
        since: asked.since.map(Timestamp::from_micros),
        until: asked.until.map(Timestamp::from_micros),
    };
    // After the last record that may count.
    let end = match (asked.before, filter.until) {
        (Some(before), _) => before.min(last + 1),
        (None, Some(until)) => first_at(backend, until, last)?,
        (None, None) => last + 1,
    };
    let begin = end.saturating_sub(STRETCH).max(1);
    // What is the ticket's or the caller's own may lie before this stretch.
    let own = filter.ticket.map(|ticket| backend.ticket(ticket)).transpose()?.flatten();
    let of_caller = match filter.caller.is_empty() {
        true => Vec::new(),
        false => {
            let filed = TicketIndex::Caller(filter.caller.clone());
            backend.tickets(None, OF_CALLER_MAX, Some(&filed))?
        }
    };
    let since = filter.since;
    let tickets: Vec<TicketId> = of_caller.iter().map(|ticket| ticket.ticket).collect();
    let calls_of = |ticket: Ticket| ticket.call.into_iter().chain(ticket.more_calls);
    let calls = own.into_iter().chain(of_caller).flat_map(calls_of);
    let mut search = AuditSearch::new(filter, calls, tickets);

    let limit = limit(asked.limit);
    let mut newest = VecDeque::with_capacity(limit + 1);
    let mut first_at = None;
    let mut at = begin;
    while at < end {
        let bunch = backend.records(at, BUNCH)?;
        let Some(seen) = bunch.last().map(|record| record.seq) else { break };
        for record in bunch.iter().filter(|record| record.seq < end) {
            first_at.get_or_insert(record.at);
            newest.extend(search.apply(record));
            if newest.len() > limit {
                newest.pop_front();
            }
        }
        at = seen + 1;
    }
    let full = newest.len() == limit;
    let items: Vec<AuditEntry> = newest.into_iter().rev().collect();
    let is_past = begin == 1 || first_at.zip(since).is_some_and(|(first, since)| first < since);
    let next = match items.last() {
        Some(oldest) if full => Some(oldest.seq),
        _ if is_past => None,
        _ => Some(begin),
    };
    Ok(PageOf { items, next })
}

/// The first record at this moment or later, by halving: records are in the order of time.
fn first_at(backend: &dyn Backend, at: Timestamp, last: Seq) -> io::Result<Seq> {
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        match backend.records(middle, 1)?.first() {
            Some(record) if record.at < at => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// Tickets of one caller that are looked for.
const OF_CALLER_MAX: usize = 1_000;
/// What one request reads of the log: a quarter of a second on a slow disk.
const STRETCH: Seq = 20_000;
/// What one read takes into memory.
const BUNCH: usize = 2_000;
