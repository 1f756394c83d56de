//! What was done with a ticket, step by step: every record of it, as far as this reader may see a
//! person in it (OPS-01, REC-28).

use std::sync::Arc;

use axum::{Json, extract::State};
use model::{Event, Record, Seq, TicketId, Timestamp, desk::Actor};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    asked::{Asked, Id},
    page_of, tickets,
};
use crate::{desk::Desk, problem::Problem, redact, who::Who};

/// From where on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// The last step that was seen.
    after: Option<Seq>,
    limit: Option<usize>,
}

/// Steps, the oldest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Course {
    items: Vec<Step>,
    /// Ask with `after=` this for what follows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Seq>,
}

/// One step.
#[derive(Serialize, JsonSchema)]
pub(super) struct Step {
    /// Its record.
    seq: Seq,
    at: Timestamp,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Actor>,
    /// What was done, as the record says it.
    what: Value,
}

pub(super) async fn list(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(id): Id<TicketId>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Course>, Problem> {
    let (ticket, own) = tickets::seen(&desk, &who, id).await?;
    let sight = redact::sight(&ticket, &who.account, own);
    tickets::saw(&desk, &who, id, sight == ticketing::masking::Sight::Whole).await?;
    let (after, limit) = (wanted.after.unwrap_or(0), page_of::limit(wanted.limit));
    let records = desk.read(move |backend| backend.course(id, after, limit + 1)).await?;
    let next = (records.len() > limit).then(|| records[limit - 1].seq);
    let items = records.into_iter().take(limit).map(|record| told(record, sight)).collect();
    Ok(Json(Course { items, next }))
}

fn told(record: Record, sight: ticketing::masking::Sight) -> Step {
    let Record { seq, at, event } = record;
    let (by, what) = match event {
        Event::Desk(entry) => (Some(entry.by), entry.event.to_value()),
        other => (None, other.to_value()),
    };
    Step { seq, at, by, what: redact::told(what, sight) }
}
