//! The records of a ticket, with its caller masked as far as the reader may not see them (OPS-01,
//! audit; REC-28, history).

use axum::{Json, extract::State};
use model::{Event, Record, Seq, TicketId, Timestamp, desk::Actor};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ticketing::masking::MaskingLevel;

use super::ticket_access::TicketAccess;
use crate::{
    auth::User,
    blocking::read,
    extract::{PathId, QueryParams},
    paging,
    problem::Problem,
    redact,
};

/// The page of records.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "HistoryQuery")]
pub(super) struct Query {
    /// Only records after this one.
    after: Option<Seq>,
    limit: Option<usize>,
}

/// Records of a ticket, oldest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct History {
    items: Vec<Step>,
    /// The value of `after=` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Seq>,
}

/// A record of a ticket.
#[derive(Serialize, JsonSchema)]
pub(super) struct Step {
    /// The number of the record.
    seq: Seq,
    at: Timestamp,
    /// The account that acted; absent where the record has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Actor>,
    /// The event as it is recorded.
    what: Value,
}

pub(super) async fn list(
    State(access): State<TicketAccess>,
    user: User,
    PathId(id): PathId<TicketId>,
    QueryParams(query): QueryParams<Query>,
) -> Result<Json<History>, Problem> {
    let (ticket, is_own) = access.ticket(&user, id).await?;
    let level = redact::masking_level(&ticket, &user.account, is_own);
    access.audit.ticket_view(&user, id, level == MaskingLevel::Unmasked).await?;
    let (after, limit) = (query.after.unwrap_or(0), paging::limit(query.limit));
    let records = read(&access.tickets, move |tickets| tickets.history(id, after, limit + 1));
    let records = records.await?;
    let next = (records.len() > limit).then(|| records[limit - 1].seq);
    let items = records.into_iter().take(limit).map(|record| step(record, level)).collect();
    Ok(Json(History { items, next }))
}

fn step(record: Record, level: MaskingLevel) -> Step {
    let Record { seq, at, event } = record;
    let (by, what) = match event {
        Event::Desk(entry) => (Some(entry.by), entry.event.to_value()),
        other => (None, other.to_value()),
    };
    Step { seq, at, by, what: redact::ticket_record(what, level) }
}
