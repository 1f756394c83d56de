//! Reports and figures: made, opened, released, read as released.
//!
//! Whatever leaves the house as a list is on the record first
//! ([`model::event::Exported`]).

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use backoffice::{
    Fault,
    rights::{self, Act},
};
use center::Command;
use model::{
    Event,
    event::{AssessmentRuled, Exported, ReportReleased, Role},
};
use reporting::{bulletin::Report, figure::Part};
use schemars::JsonSchema;
use serde::Deserialize;

use super::asked::{Asked, Id, Sent};
use crate::{
    desk::Desk,
    problem::Problem,
    reports::{
        Counted, DrillWish, Drilled, ReleaseWish, ReleasedReport, ReportRefusal, ReportWish,
    },
    rights::Right,
    who::Who,
};

/// Which period, of whom, on what.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    period: String,
    unit: Option<String>,
    format: Option<String>,
    issue: Option<u32>,
}

/// `GET /api/v1/reports/{report}`
pub(super) async fn paper(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Path(code): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    let report = report(&code)?;
    must_read(&who, report, wanted.issue.is_some())?;
    let wish = ReportWish {
        report,
        period: wanted.period,
        unit: own_unit(&who, wanted.unit, wanted.issue.is_some())?,
        format: wanted.format.unwrap_or_else(|| "html".to_owned()),
        issue: wanted.issue,
    };
    let asked = wish.clone();
    let paper = desk.read(move |backend| Ok(backend.report(&asked))).await??;
    let issue = wish.issue.map(|n| format!(" issue {n}")).unwrap_or_default();
    let whose = wish.unit.as_ref().map(|unit| format!(" of {unit}")).unwrap_or_default();
    let what = format!("report {report} {}{whose}{issue} as {}", wish.period, wish.format);
    note(&desk, &who, what, paper.rows).await?;
    let file = format!("inline; filename=\"{}\"", paper.file);
    let file = HeaderValue::from_str(&file).unwrap_or(HeaderValue::from_static("inline"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(paper.media_type)),
        (header::CONTENT_DISPOSITION, file),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    Ok((headers, paper.bytes).into_response())
}

/// Which period and of whom.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Stretch {
    period: String,
    unit: Option<String>,
}

/// `GET /api/v1/figures`
pub(super) async fn figures(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(wanted): Asked<Stretch>,
) -> Result<Json<Counted>, Problem> {
    who.must(Right::Figures)?;
    let Stretch { period, unit } = wanted;
    let counted = desk.read(move |backend| Ok(backend.figures(&period, unit.as_deref()))).await??;
    Ok(Json(counted))
}

/// Which part of a figure.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Opened {
    period: String,
    unit: Option<String>,
    part: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

/// `GET /api/v1/figures/{figure}/tickets`
pub(super) async fn drill(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Path(figure): Path<String>,
    Asked(wanted): Asked<Opened>,
) -> Result<Json<Drilled>, Problem> {
    who.must(Right::Figures)?;
    let word = wanted.part.as_deref().unwrap_or("denominator");
    let Some(part) = Part::by_word(word) else {
        let what = format!("there is no part {word}: numerator, denominator, rest or excluded");
        return Err(Problem::unclear(what));
    };
    let wish = DrillWish {
        figure,
        period: wanted.period,
        unit: wanted.unit,
        part,
        after: wanted.after,
        limit: wanted.limit.unwrap_or(ITEMS).clamp(1, ITEMS_MAX),
    };
    let what = format!("figure {} {} {word}", wish.figure, wish.period);
    let drilled = desk.read(move |backend| Ok(backend.drill(&wish))).await??;
    note(&desk, &who, what, drilled.items.len() as u64).await?;
    Ok(Json(drilled))
}

/// `GET /api/v1/reports`: what was released, the newest first.
pub(super) async fn released(
    State(desk): State<Arc<Desk>>,
    who: Who,
) -> Result<Json<Vec<ReleasedReport>>, Problem> {
    who.must(Right::Released)?;
    let own = |found: &ReleasedReport| {
        let report = Report::by_code(&found.what.report);
        let unit = found.what.unit.as_ref();
        report.is_some_and(|report| {
            must_read(&who, report, true).is_ok()
                && own_unit(&who, unit.map(ToString::to_string), true).is_ok()
        })
    };
    Ok(Json(desk.backend.released().into_iter().filter(own).collect()))
}

/// What is to be released.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    period: String,
    #[serde(default)]
    unit: Option<String>,
    #[serde(default)]
    why: String,
}

/// `POST /api/v1/reports/{report}/releases`
pub(super) async fn release(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Path(code): Path<String>,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<ReportReleased>), Problem> {
    rights::check(&who.doer(), Act::ReleaseReport).map_err(center::Refusal::Desk)?;
    let report = report(&code)?;
    let Release { period, unit, why } = serde_json::from_slice(&body)
        .map_err(|e| Problem::faulty(vec![Fault::new("body", e.to_string())]))?;
    let wish = ReleaseWish { report, period, unit, why };
    let released = desk.backend.release(who.account.name.clone(), wish).await?;
    Ok((StatusCode::CREATED, Json(released)))
}

/// What is ruled about a piece.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ruling {
    excluded: bool,
    reason: String,
    second: model::AccountName,
}

/// `POST /api/v1/assessments/{assignment}`: left out of the assessment on appeal, or counted again.
pub(super) async fn rule(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(assignment): Id<model::desk::AssignmentId>,
    Sent(body): Sent,
) -> Result<StatusCode, Problem> {
    rights::check(&who.doer(), Act::ApproveExclusion).map_err(center::Refusal::Desk)?;
    let Ruling { excluded, reason, second } = serde_json::from_slice(&body)
        .map_err(|e| Problem::faulty(vec![Fault::new("body", e.to_string())]))?;
    let mut faults = Vec::new();
    if reason.trim().is_empty() {
        faults.push(Fault::new("reason", "is empty: name the ground and the evidence"));
    }
    let known = desk.backend.account(&second).map(|account| account.doer());
    let may = known.is_some_and(|doer| {
        rights::second(&who.account.name, &doer, Act::ApproveExclusion).is_ok()
    });
    if !may {
        faults.push(Fault::new("second", "is no other person who may approve this"));
    }
    if !faults.is_empty() {
        return Err(Problem::faulty(faults));
    }
    let ticket = desk.read(move |backend| backend.ticket(assignment.ticket)).await?;
    if ticket.and_then(|ticket| ticket.assignment(assignment.n).map(|_| ())).is_none() {
        return Err(Problem::not_found(format!("there is no assignment {assignment}")));
    }
    let by = who.account.name.clone();
    let event =
        Event::AssessmentRuled(AssessmentRuled { assignment, excluded, reason, by, second });
    desk.backend.command(who.actor(), Command::Note(event)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn report(code: &str) -> Result<Report, Problem> {
    Report::by_code(code)
        .ok_or_else(|| Problem::not_found(format!("there is no report {code}; there are R1 to R8")))
}

/// A draft is for those who see figures; a released one for those inside, too; how single
/// persons worked only for those who see all of them; a reporter sees what names nobody.
fn must_read(who: &Who, report: Report, is_released: bool) -> Result<(), Problem> {
    if !(who.may(Right::Figures) || is_released && who.may(Right::Released)) {
        who.must(Right::Figures)?;
    }
    if report == Report::R7 {
        who.must(Right::AllAgents)?;
    }
    if who.role() == Role::Media && report == Report::R1 {
        return Err(Problem::forbidden("the daily report lists single pieces"));
    }
    Ok(())
}

/// Units read what is of the whole hotline and what is of their own.
fn own_unit(who: &Who, unit: Option<String>, is_released: bool) -> Result<Option<String>, Problem> {
    let outside = is_released && !who.may(Right::Figures);
    let own = who.account.staff.unit.as_ref().map(ToString::to_string);
    if outside && unit.is_some() && unit != own {
        return Err(Problem::forbidden("it is another unit's"));
    }
    Ok(unit)
}

async fn note(desk: &Desk, who: &Who, what: String, rows: u64) -> Result<(), Problem> {
    let by = who.account.name.clone();
    let event = Event::Exported(Exported { by, what, rows, whole: false });
    desk.backend.command(who.actor(), Command::Note(event)).await?;
    Ok(())
}

impl From<ReportRefusal> for Problem {
    fn from(refusal: ReportRefusal) -> Problem {
        match refusal {
            ReportRefusal::NotFound(what) => Problem::not_found(what),
            ReportRefusal::Unclear(what) => Problem::unclear(what),
            ReportRefusal::NotNow(what) => Problem::not_now(what),
            ReportRefusal::Unavailable(what) => {
                tracing::warn!(what, "a report cannot be made");
                Problem::unavailable(what)
            }
        }
    }
}

/// A report is one file with its style in it, and runs nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

const ITEMS: usize = 200;
const ITEMS_MAX: usize = 1_000;
