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
use center::Command;
use model::{
    Date, Event, TicketId, Timestamp,
    desk::{AssignmentId, UnitId},
    event::{
        AssessmentAppealed, AssessmentRuled, Exported, ReportInstructed, ReportReleased, Role,
    },
};
use reporting::{
    Appeal, DueReport, ReportIssue, appeal::ruling_due, bulletin::Report, figure::FigurePart,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ticketing::rights::{self, Act};
use workflow::Fault;

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
    let Some(part) = FigurePart::by_word(word) else {
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

/// `GET /api/v1/reports/due`: what waits to be released, the longest first.
pub(super) async fn due(
    State(desk): State<Arc<Desk>>,
    who: Who,
) -> Result<Json<Vec<DueReport>>, Problem> {
    who.must(Right::Figures)?;
    Ok(Json(desk.backend.reports_due()))
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
    let Release { period, unit, why } = crate::sent::typed(&body)
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
    Id(assignment): Id<AssignmentId>,
    Sent(body): Sent,
) -> Result<StatusCode, Problem> {
    rights::check(&who.doer(), Act::ApproveExclusion).map_err(center::Refusal::Desk)?;
    let Ruling { excluded, reason, second } = crate::sent::typed(&body)
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

/// On what ground a unit appeals, and what shows it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Appealing {
    reason: String,
    /// Documents by number, scans by hash.
    evidence: Vec<String>,
}

/// An appeal, and what became of it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Appealed {
    /// When it was filed.
    at: Timestamp,
    #[serde(flatten)]
    what: AssessmentAppealed,
    /// By when it is to be ruled on.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
    /// The ruling that answered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ruled: Option<Ruled>,
}

/// A ruling, with its time.
#[derive(Serialize, JsonSchema)]
pub(super) struct Ruled {
    at: Timestamp,
    #[serde(flatten)]
    what: AssessmentRuled,
}

impl Appealed {
    fn of(desk: &Desk, appeal: Appeal) -> Appealed {
        let policy = &desk.options.desk.clocks;
        Appealed {
            at: appeal.at,
            due: ruling_due(appeal.at, desk.options.ground(), policy)
                .filter(|_| appeal.ruled.is_none()),
            what: appeal.what,
            ruled: appeal.ruled.map(|(at, what)| Ruled { at, what }),
        }
    }
}

/// `POST /api/v1/assessments/{assignment}/appeals`: a unit says that its piece should not count.
pub(super) async fn appeal(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(assignment): Id<AssignmentId>,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<Appealed>), Problem> {
    rights::check(&who.doer(), Act::Appeal).map_err(center::Refusal::Desk)?;
    let Appealing { reason, evidence } = crate::sent::typed(&body)
        .map_err(|e| Problem::faulty(vec![Fault::new("body", e.to_string())]))?;
    let faults = faults_of_appeal(&reason, &evidence);
    if !faults.is_empty() {
        return Err(Problem::faulty(faults));
    }
    let found = desk.read(move |backend| {
        let Some(ticket) = backend.ticket(assignment.ticket)? else { return Ok(None) };
        let unit = ticket.assignment(assignment.n).map(|piece| piece.unit.clone());
        let until = backend.appeal_until(&ticket, assignment.n);
        let mut before = Vec::new();
        backend.with_reference_data(&mut |reference| {
            before = reference.appeals_of(assignment).to_vec();
        });
        Ok(unit.map(|unit| (unit, until, before)))
    });
    let Some((unit, until, before)) = found.await? else {
        return Err(Problem::not_found(format!("there is no assignment {assignment}")));
    };
    if who.account.staff.unit.as_ref() != Some(&unit) {
        return Err(Problem::forbidden("it is another unit's piece"));
    }
    if before.iter().any(|appeal| appeal.ruled.is_none()) {
        return Err(Problem::not_now("an appeal about it waits for its ruling"));
    }
    if before.iter().any(|appeal| appeal.ruled.as_ref().is_some_and(|(_, of)| of.excluded)) {
        return Err(Problem::not_now("it was left out on appeal already"));
    }
    if let Some(until) = until.filter(|until| desk.now() > *until) {
        let date = desk.options.zone.date(until);
        return Err(Problem::not_now(format!("the time for appeals was over on {date}")));
    }
    let by = who.account.name.clone();
    let what = AssessmentAppealed { assignment, unit, reason, evidence, by };
    let (at, event) = (desk.now(), Event::AssessmentAppealed(what.clone()));
    desk.backend.command(who.actor(), Command::Note(event)).await?;
    let made = Appealed::of(&desk, Appeal { at, what, ruled: None });
    Ok((StatusCode::CREATED, Json(made)))
}

fn faults_of_appeal(reason: &str, evidence: &[String]) -> Vec<Fault> {
    let mut faults = Vec::new();
    if reason.trim().is_empty() {
        faults.push(Fault::new("reason", "is empty: say why it should not count"));
    }
    if reason.chars().count() > TEXT_MAX {
        faults.push(Fault::new("reason", format!("is longer than {TEXT_MAX} characters")));
    }
    if evidence.is_empty() || evidence.len() > EVIDENCE_MAX {
        let what = format!("name 1 to {EVIDENCE_MAX} documents or scans that show it");
        faults.push(Fault::new("evidence", what));
    }
    if evidence.iter().any(|one| one.trim().is_empty() || one.chars().count() > LINE_MAX) {
        let what = format!("each is named in 1 to {LINE_MAX} characters");
        faults.push(Fault::new("evidence", what));
    }
    faults
}

/// Which appeals.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Those that were answered, too.
    #[serde(default)]
    all: bool,
}

/// `GET /api/v1/assessments/appeals`
pub(super) async fn appeals(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(wanted): Asked<Which>,
) -> Result<Json<Vec<Appealed>>, Problem> {
    let of_unit = matches!(who.role(), Role::Liaison | Role::UnitHead);
    if !of_unit {
        who.must(Right::Figures)?;
    }
    let own = who.account.staff.unit.clone();
    let found = desk.read(move |backend| {
        let mut found = Vec::new();
        backend.with_reference_data(&mut |reference| {
            let wanted = reference.appeals().filter(|appeal| {
                (wanted.all || appeal.ruled.is_none())
                    && (!of_unit || own.as_ref() == Some(&appeal.what.unit))
            });
            found.extend(wanted.cloned());
        });
        Ok(found)
    });
    let mut found: Vec<Appeal> = found.await?;
    found.sort_by_key(|appeal| appeal.at);
    Ok(Json(found.into_iter().map(|appeal| Appealed::of(&desk, appeal)).collect()))
}

/// What a leader writes on a report.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Instruction {
    period: String,
    text: String,
    /// The unit that is to do it.
    #[serde(default)]
    unit: Option<UnitId>,
    /// By when: `2026-12-01`.
    #[serde(default)]
    due: Option<String>,
    /// The ticket it is followed on.
    #[serde(default)]
    ticket: Option<TicketId>,
}

/// `POST /api/v1/reports/{report}/instructions`: a leader writes on a released special report.
pub(super) async fn instruct(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Path(code): Path<String>,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<ReportInstructed>), Problem> {
    rights::check(&who.doer(), Act::Instruct).map_err(center::Refusal::Desk)?;
    let report = report(&code)?;
    let Instruction { period, text, unit, due, ticket } = crate::sent::typed(&body)
        .map_err(|e| Problem::faulty(vec![Fault::new("body", e.to_string())]))?;
    let mut faults = Vec::new();
    if report != Report::R6 {
        faults.push(Fault::new("report", "leaders write on R6, the special report"));
    }
    if text.trim().is_empty() || text.chars().count() > TEXT_MAX {
        faults.push(Fault::new("text", format!("is 1 to {TEXT_MAX} characters long")));
    }
    let due = due.map(|due| due.parse::<Date>()).transpose().unwrap_or_else(|_| {
        faults.push(Fault::new("due", "is a day: 2026-12-01"));
        None
    });
    let issue =
        ReportIssue { report: report.code().to_owned(), period: period.clone(), unit: None };
    let named = unit.clone();
    let today = desk.today();
    let looked = desk.read(move |backend| {
        let (mut released, mut known) = (false, true);
        backend.with_reference_data(&mut |reference| {
            released = !reference.released(&issue).is_empty();
            let network = reference.network();
            known = named.as_ref().is_none_or(|unit| network.unit_on(unit, today).is_some());
        });
        let found = ticket.map(|ticket| backend.ticket(ticket)).transpose()?.flatten();
        Ok((released, known, ticket.is_none() || found.is_some()))
    });
    let (released, known_unit, known_ticket) = looked.await?;
    if !released {
        faults.push(Fault::new("period", "no issue of this period was released"));
    }
    if !known_unit {
        faults.push(Fault::new("unit", "there is no such unit today"));
    }
    if !known_ticket {
        faults.push(Fault::new("ticket", "there is no such ticket"));
    }
    if !faults.is_empty() {
        return Err(Problem::faulty(faults));
    }
    let leader = who.account.name.clone();
    let report = report.code().to_owned();
    let what = ReportInstructed { report, period, leader, text, unit, due, ticket };
    let event = Event::ReportInstructed(what.clone());
    desk.backend.command(who.actor(), Command::Note(event)).await?;
    Ok((StatusCode::CREATED, Json(what)))
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
    let event = Event::Exported(Exported { by, what, rows, whole: false, ids: None });
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

/// What one writes in one go, in characters.
const TEXT_MAX: usize = 2_000;
/// The name of a document.
const LINE_MAX: usize = 200;
/// Documents of one appeal.
const EVIDENCE_MAX: usize = 20;
const ITEMS: usize = 200;
const ITEMS_MAX: usize = 1_000;
