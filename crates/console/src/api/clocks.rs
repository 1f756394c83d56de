//! The clocks of a ticket: what each shows, and the reason for its due date (CLK-03, SUP-12:
//! due dates can be explained).

use std::sync::Arc;

use axum::{Json, extract::State};
use deadlines::clock::{Clock, ClockReading, ENGLISH, MANDARIN, Phrases, Policy, WorkingTime};
use model::{
    Date, TicketId, Timestamp,
    desk::{AssignmentId, ClockKind, UnitId},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ticketing::Ticket;

use super::ticket_access::TicketAccess;
use crate::{
    auth::User,
    backend::ReferenceDataReader,
    clock::HotlineClock,
    extract::{PathId, QueryParams},
    options::Options,
    problem::Problem,
    redact,
};

/// The query for clocks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ClocksWanted")]
pub(super) struct Query {
    /// The language of the reasons: `zh` (the default) or `en`.
    #[serde(default)]
    language: Language,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Language {
    #[default]
    Zh,
    En,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Clocks {
    /// The rules in force now.
    rules: RulesDocument,
    /// The ticket's own clocks first, then those of its assignments in order.
    clocks: Vec<ClockDocument>,
}

/// The rules as a document (SUP-12: rules have a version and a source).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InForce")]
struct RulesDocument {
    version: u32,
    /// Its title and number.
    document: String,
    effective_from: Date,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ClockShown")]
struct ClockDocument {
    /// The assignment it belongs to; absent for a clock of the hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment: Option<AssignmentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<UnitId>,
    kind: ClockKind,
    /// `C6-B`
    code: &'static str,
    /// The version of the rules it was started by.
    policy: u32,
    #[serde(flatten)]
    reading: ClockReading,
    /// A line for each day from its start to its due date.
    why: Vec<String>,
}

pub(super) async fn list(
    State(access): State<TicketAccess>,
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    State(options): State<Arc<Options>>,
    State(clock): State<HotlineClock>,
    user: User,
    PathId(id): PathId<TicketId>,
    QueryParams(query): QueryParams<Query>,
) -> Result<Json<Clocks>, Problem> {
    let (ticket, is_own) = access.ticket(&user, id).await?;
    let (ticket, whole) = redact::ticket(ticket, &user.account, is_own);
    access.audit.ticket_view(&user, id, whole).await?;
    let (policy, working_time, now) = (&options.desk.clocks, options.working_time(), clock.now());
    let words = match query.language {
        Language::Zh => &MANDARIN,
        Language::En => &ENGLISH,
    };
    let has_unmet_order = ticket.matter.is_some_and(|matter| {
        reference_data.get(|data| data.is_level_two_unmet(matter, now, working_time, policy))
    });
    let rules = RulesDocument {
        version: policy.version,
        document: policy.document.clone(),
        effective_from: policy.effective_from,
    };
    let reader = Reader { now, working_time, policy, has_unmet_order, words };
    Ok(Json(Clocks { rules, clocks: reader.all(&ticket) }))
}

/// The values that are needed to read clocks.
struct Reader<'a> {
    now: Timestamp,
    working_time: WorkingTime<'a>,
    policy: &'a Policy,
    /// Whether the matter has an order of level 2 that is not met.
    has_unmet_order: bool,
    words: &'a Phrases,
}

impl Reader<'_> {
    fn all(&self, ticket: &Ticket) -> Vec<ClockDocument> {
        let mut clocks: Vec<ClockDocument> =
            ticket.clocks.iter().map(|clock| self.one(clock)).collect();
        for (n, part) in (1..).zip(&ticket.assignments) {
            let assignment = Some(AssignmentId { ticket: ticket.ticket, n });
            let of_unit = part.clocks.iter().map(|clock| self.one(clock));
            let unit = Some(part.unit.clone());
            clocks.extend(of_unit.map(|clock| ClockDocument {
                assignment,
                unit: unit.clone(),
                ..clock
            }));
        }
        clocks
    }

    fn one(&self, clock: &Clock) -> ClockDocument {
        let promise = clock.terms();
        let why = clock.explain(self.working_time);
        ClockDocument {
            assignment: None,
            unit: None,
            kind: promise.kind,
            code: promise.kind.code(),
            policy: promise.policy,
            reading: clock.reading(self.now, self.working_time, self.policy, self.has_unmet_order),
            why: why.map(|why| why.render(self.words)).unwrap_or_default(),
        }
    }
}
