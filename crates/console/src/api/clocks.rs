//! Every clock of a ticket: what it shows, and why it is due on that day (CLK-03, SUP-12).

use std::sync::Arc;

use axum::{Json, extract::State};
use deadlines::clock::{Clock, ENGLISH, Ground, MANDARIN, Policy, Reading, Words};
use model::{
    Date, TicketId,
    desk::{AssignmentId, ClockKind, UnitId},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ticketing::Ticket;

use super::{
    asked::{Asked, Id},
    tickets,
};
use crate::{desk::Desk, problem::Problem, redact, who::Who};

/// In which words.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ClocksWanted")]
pub(super) struct Wanted {
    /// `zh`, as shipped, or `en`.
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
    rules: InForce,
    /// The ticket's own first, then those of its units in the order in which they were given it.
    clocks: Vec<Shown>,
}

/// Rules as a document (SUP-12).
#[derive(Serialize, JsonSchema)]
struct InForce {
    version: u32,
    /// Title and number.
    document: String,
    effective_from: Date,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ClockShown")]
struct Shown {
    /// The unit's part it is of; none for what the hub owes.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment: Option<AssignmentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<UnitId>,
    kind: ClockKind,
    /// `C6-B`
    code: &'static str,
    /// By which version of the rules it was promised.
    policy: u32,
    #[serde(flatten)]
    reading: Reading,
    /// From its start to its due date, a line a day.
    why: Vec<String>,
}

pub(super) async fn list(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(id): Id<TicketId>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Clocks>, Problem> {
    let (ticket, own) = tickets::seen(&desk, &who, id).await?;
    let (ticket, whole) = redact::ticket(ticket, &who.account, own);
    tickets::saw(&desk, &who, id, whole).await?;
    let policy = &desk.options.desk.clocks;
    let ground = desk.options.ground();
    let words = match wanted.language {
        Language::Zh => &MANDARIN,
        Language::En => &ENGLISH,
    };
    let mut unmet = false;
    desk.backend.with_reference_data(&mut |reference| {
        unmet = reference.unmet(desk.now(), ground, policy).any(|late| Some(late) == ticket.matter);
    });
    let rules = InForce {
        version: policy.version,
        document: policy.document.clone(),
        effective_from: policy.effective_from,
    };
    let show = |clock: &Clock| shown(clock, &desk, ground, unmet, words);
    Ok(Json(Clocks { rules, clocks: of(&ticket, show) }))
}

fn of(ticket: &Ticket, show: impl Fn(&Clock) -> Shown) -> Vec<Shown> {
    let mut clocks: Vec<Shown> = ticket.clocks.iter().map(&show).collect();
    for (n, part) in (1..).zip(&ticket.assignments) {
        let assignment = Some(AssignmentId { ticket: ticket.ticket, n });
        let unit = Some(part.unit.clone());
        let of_unit = part.clocks.iter().map(&show);
        clocks.extend(of_unit.map(|clock| Shown { assignment, unit: unit.clone(), ..clock }));
    }
    clocks
}

fn shown(clock: &Clock, desk: &Desk, ground: Ground<'_>, unmet: bool, words: &Words) -> Shown {
    let policy: &Policy = &desk.options.desk.clocks;
    let promise = clock.promise();
    Shown {
        assignment: None,
        unit: None,
        kind: promise.kind,
        code: promise.kind.code(),
        policy: promise.policy,
        reading: clock.reading(desk.now(), ground, policy, unmet),
        why: clock.why(ground).map(|why| why.say(words)).unwrap_or_default(),
    }
}
