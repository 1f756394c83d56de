//! A case as it may be published: the caller says, whose it was, what was found, what came of it, and
//! what the caller says now (PUB-06, PUB-08). Nothing is published here: a person reads it first.

use std::sync::Arc;

use axum::{Json, extract::State};
use model::{
    TicketId, Timestamp,
    desk::{HandlingResult, Private, Satisfaction, UnitId},
};
use schemars::JsonSchema;
use serde::Serialize;
use ticketing::{Ticket, masking};

use super::{asked::Id, tickets};
use crate::{desk::Desk, problem::Problem, rights::Right, who::Who};

/// The five places of a published case.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "PublishedCase")]
pub(super) struct Case {
    closed: Option<Timestamp>,
    /// Who calls, by surname: `王某`.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Private>,
    title: String,
    /// What they said.
    says: String,
    /// Whose it was; none when the hotline answered itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<PublicUnit>,
    /// What was found.
    found: String,
    /// What came of it: the unit's own words for the public, where it wrote some.
    result: String,
    /// What the caller says of it; none who was not reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    callback: Option<Satisfaction>,
}

/// A unit as it is printed (DSP-20).
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
struct PublicUnit {
    unit: UnitId,
    name: String,
    phone: String,
}

pub(super) async fn case(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(id): Id<TicketId>,
) -> Result<Json<Case>, Problem> {
    who.must(Right::Tickets)?;
    let (ticket, _) = tickets::seen(&desk, &who, id).await?;
    tickets::saw(&desk, &who, id, false).await?;
    if ticket.times.closed.is_none() {
        return Err(Problem::not_now("it is not closed: there is nothing to tell yet"));
    }
    let Some(form) = masking::for_publication(&ticket.form) else {
        let what = "confidential, reported or sensitive: such a case is not published (PUB-06)";
        return Err(Problem::forbidden(what));
    };
    let lead = ticket.lead().map(|unit| printed(&desk, unit));
    let result = lead_result(&ticket);
    let told = ticket.replies.iter().rev().find(|reply| !reply.what.interim);
    let told = told.map(|reply| reply.what.text.clone());
    let public = |text: &str| masking::text_for_publication(&ticket.form, text);
    Ok(Json(Case {
        closed: ticket.times.closed,
        name: form.name,
        title: form.title.unwrap_or_default(),
        says: form.content.unwrap_or_default(),
        unit: lead,
        found: result.map(|result| public(&result.finding)).unwrap_or_default(),
        result: result
            .map(|result| result.public_text.clone())
            .filter(|text| !text.is_empty())
            .or_else(|| ticket.answer.clone())
            .or(told)
            .map(|text| public(&text))
            .unwrap_or_default(),
        callback: ticket.eval_final.map(|said| said.grade),
    }))
}

fn lead_result(ticket: &Ticket) -> Option<&HandlingResult> {
    let leads = ticket.assignments.iter().rev().filter(|part| part.is_lead());
    leads.filter_map(|part| part.result.as_ref()).next()
}

fn printed(desk: &Desk, unit: &UnitId) -> PublicUnit {
    let (mut name, mut phone) = (unit.to_string(), String::new());
    desk.backend.with_reference_data(&mut |reference| {
        if let Some(found) = reference.network().unit_on(unit, desk.today()) {
            (name, phone) = (found.name.clone(), found.public_phone.clone());
        }
    });
    PublicUnit { unit: unit.clone(), name, phone }
}
