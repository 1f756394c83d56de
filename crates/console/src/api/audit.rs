//! The audit of who saw and heard what, newest first. Each request reads a bounded part of the log.

use std::{collections::VecDeque, io, sync::Arc};

use axum::{Json, extract::State};
use model::{AccountName, AreaCode, CallId, Number, Seq, TicketId, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use stats::audit::{AuditAction, AuditEntry, AuditFilter, AuditSearch};
use store::TicketIndex;
use ticketing::{Ticket, rights::Right};

use crate::{
    auth::User,
    backend::{EventLog, Tickets},
    blocking::read,
    extract::QueryParams,
    options::Options,
    paging::{Page, limit},
    problem::Problem,
};

/// The filters of the audit; a line must match all that are given.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditQuery {
    person: Option<AccountName>,
    call: Option<CallId>,
    ticket: Option<u64>,
    /// A caller's number: their calls, their tickets, and searches for it.
    caller: Option<String>,
    what: Option<AuditAction>,
    /// The beginning, in microseconds since 1970.
    since: Option<u64>,
    /// The end, in microseconds since 1970.
    until: Option<u64>,
    before: Option<Seq>,
    limit: Option<usize>,
}

pub(super) async fn list(
    State(log): State<Arc<dyn EventLog>>,
    State(tickets): State<Arc<dyn Tickets>>,
    State(options): State<Arc<Options>>,
    user: User,
    QueryParams(query): QueryParams<AuditQuery>,
) -> Result<Json<Page<AuditEntry, Seq>>, Problem> {
    user.require(Right::Audit)?;
    let home = options.desk.area_code.clone();
    read(&log, move |log| page(log, tickets.as_ref(), query, &home)).await.map(Json)
}

/// A page: the newest lines of one part of the log, which is at most [`RECORDS_MAX`] long. A part
/// without lines has a next page as well.
fn page(
    log: &dyn EventLog,
    tickets: &dyn Tickets,
    query: AuditQuery,
    home: &AreaCode,
) -> io::Result<Page<AuditEntry, Seq>> {
    let last = log.last_seq();
    let filter = AuditFilter {
        person: query.person,
        call: query.call,
        ticket: query.ticket.map(TicketId),
        caller: query.caller.map_or_else(Vec::new, |caller| Number::new(&caller).spellings(home)),
        what: query.what,
        since: query.since.map(Timestamp::from_micros),
        until: query.until.map(Timestamp::from_micros),
    };
    // The part of the log ends before this record.
    let end = match (query.before, filter.until) {
        (Some(before), _) => before.min(last + 1),
        (None, Some(until)) => first_at(log, until, last)?,
        (None, None) => last + 1,
    };
    let begin = end.saturating_sub(RECORDS_MAX).max(1);
    // Calls and tickets that the filter names may be older than this part of the log.
    let own = filter.ticket.map(|ticket| tickets.ticket(ticket)).transpose()?.flatten();
    let of_caller = match filter.caller.is_empty() {
        true => Vec::new(),
        false => {
            let filed = TicketIndex::Caller(filter.caller.clone());
            tickets.tickets(None, TICKETS_OF_CALLER_MAX, Some(&filed))?
        }
    };
    let since = filter.since;
    let ids: Vec<TicketId> = of_caller.iter().map(|ticket| ticket.ticket).collect();
    let calls_of = |ticket: Ticket| ticket.call.into_iter().chain(ticket.more_calls);
    let calls = own.into_iter().chain(of_caller).flat_map(calls_of);
    let mut search = AuditSearch::new(filter, calls, ids);

    let limit = limit(query.limit);
    let mut newest = VecDeque::with_capacity(limit + 1);
    let mut first_at = None;
    let mut at = begin;
    while at < end {
        let batch = log.records(at, BATCH)?;
        let Some(seen) = batch.last().map(|record| record.seq) else { break };
        for record in batch.iter().filter(|record| record.seq < end) {
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
    Ok(Page { items, next })
}

/// The first record at this moment or later, by binary search: records are in the order of time.
fn first_at(log: &dyn EventLog, at: Timestamp, last: Seq) -> io::Result<Seq> {
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        match log.records(middle, 1)?.first() {
            Some(record) if record.at < at => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// Tickets of one caller that are considered.
const TICKETS_OF_CALLER_MAX: usize = 1_000;
/// Records that one request reads: a quarter of a second on a slow disk.
const RECORDS_MAX: Seq = 20_000;
/// Records in one read.
const BATCH: usize = 2_000;
