//! A closed case as it may be published: what the caller said, the unit, what was found, the result,
//! and what the caller says now (PUB-06, PUB-08: published cases). A person reads it before it is
//! published; the console publishes nothing.

use std::sync::Arc;

use axum::{Json, extract::State};
use model::{
    Date, TicketId, Timestamp,
    desk::{HandlingResult, Private, Satisfaction, UnitId},
};
use schemars::JsonSchema;
use serde::Serialize;
use ticketing::{Ticket, masking, rights::Right};

use super::ticket_access::TicketAccess;
use crate::{
    auth::User, backend::ReferenceDataReader, clock::HotlineClock, extract::PathId,
    problem::Problem,
};

/// The five parts of a published case.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "PublishedCase")]
pub(super) struct Case {
    closed: Option<Timestamp>,
    /// The caller by surname: `王某`.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Private>,
    title: String,
    /// The caller's own words.
    says: String,
    /// The unit that handled it; absent when the hotline answered itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<PublicUnit>,
    /// The finding.
    found: String,
    /// The result: the unit's text for the public, where it wrote one.
    result: String,
    /// The caller's opinion of it; absent when the caller was not reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    callback: Option<Satisfaction>,
}

/// A unit as it is published (DSP-20: public data of units).
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
struct PublicUnit {
    unit: UnitId,
    name: String,
    phone: String,
}

pub(super) async fn case(
    State(access): State<TicketAccess>,
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    State(clock): State<HotlineClock>,
    user: User,
    PathId(id): PathId<TicketId>,
) -> Result<Json<Case>, Problem> {
    user.require(Right::Tickets)?;
    let (ticket, _) = access.ticket(&user, id).await?;
    access.audit.ticket_view(&user, id, false).await?;
    if ticket.times.closed.is_none() {
        return Err(Problem::conflict("the ticket is not closed"));
    }
    let Some(form) = masking::for_publication(&ticket.form) else {
        let detail = "confidential and sensitive cases and reports of wrongdoing are not published";
        return Err(Problem::forbidden(detail));
    };
    let lead = ticket.lead().map(|unit| public_unit(&reference_data, unit, clock.today()));
    let result = lead_result(&ticket);
    let reply = ticket.replies.iter().rev().find(|reply| !reply.what.interim);
    let reply = reply.map(|reply| reply.what.text.clone());
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
            .or(reply)
            .map(|text| public(&text))
            .unwrap_or_default(),
        callback: ticket.eval_final.map(|callback| callback.grade),
    }))
}

fn lead_result(ticket: &Ticket) -> Option<&HandlingResult> {
    let leads = ticket.assignments.iter().rev().filter(|part| part.is_lead());
    leads.filter_map(|part| part.result.as_ref()).next()
}

fn public_unit(
    reference_data: &Arc<dyn ReferenceDataReader>,
    unit: &UnitId,
    today: Date,
) -> PublicUnit {
    let found = reference_data.get(|data| {
        let found = data.directory().unit_on(unit, today)?;
        Some((found.name.clone(), found.public_phone.clone()))
    });
    let (name, phone) = found.unwrap_or_else(|| (unit.to_string(), String::new()));
    PublicUnit { unit: unit.clone(), name, phone }
}
