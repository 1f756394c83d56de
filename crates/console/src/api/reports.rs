//! Reports and figures, and the assessment of units: appeals and rulings.
//!
//! Every export of a list is recorded in the audit first ([`model::event::Exported`]).

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRef, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{
    Date, Event, TicketId, Timestamp,
    desk::{AssignmentId, UnitId},
    event::{AssessmentAppealed, AssessmentRuled, ReportInstructed, ReportReleased},
};
use reporting::{
    Appeal, DueReport, ReportIssue, appeal::ruling_due, bulletin::Report, figure::FigurePart,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use ticketing::rights::{self, Right};
use workflow::Fault;

use crate::{
    audit::Audit,
    auth::User,
    backend::{
        Accounts, DrillDown, DrillDownRequest, PeriodFigures, ReferenceDataReader, ReleaseRequest,
        ReleasedReport, ReportRequest, Reports, Tickets,
    },
    blocking::read,
    clock::HotlineClock,
    decode,
    extract::{PathId, PathParams, QueryParams, RawBody},
    options::Options,
    problem::Problem,
    state::AppState,
};

/// The query of a report.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportQuery {
    period: String,
    unit: Option<String>,
    /// `html` (the default), `xlsx`, `csv` or `json`.
    format: Option<String>,
    /// The number of a released issue; without it the report is a draft.
    issue: Option<u32>,
}

/// `GET /api/v1/reports/{report}`
pub(super) async fn report(
    State(reports): State<Arc<dyn Reports>>,
    State(audit): State<Audit>,
    user: User,
    PathParams(code): PathParams<String>,
    QueryParams(query): QueryParams<ReportQuery>,
) -> Result<Response, Problem> {
    let report = report_by_code(&code)?;
    require_report(&user, report, query.issue.is_some())?;
    let request = ReportRequest {
        report,
        period: query.period,
        unit: visible_unit(&user, query.unit, query.issue.is_some())?,
        format: query.format.unwrap_or_else(|| "html".to_owned()),
        issue: query.issue,
    };
    let asked = request.clone();
    let rendered = read(&reports, move |reports| Ok(reports.report(&asked))).await??;
    let issue = request.issue.map(|n| format!(" issue {n}")).unwrap_or_default();
    let unit = request.unit.as_ref().map(|unit| format!(" of {unit}")).unwrap_or_default();
    let what = format!("report {report} {}{unit}{issue} as {}", request.period, request.format);
    audit.export(&user, what, rendered.rows, false).await?;
    let file = format!("inline; filename=\"{}\"", rendered.file);
    let file = HeaderValue::from_str(&file).unwrap_or(HeaderValue::from_static("inline"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(rendered.media_type)),
        (header::CONTENT_DISPOSITION, file),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    Ok((headers, rendered.bytes).into_response())
}

/// The query of figures.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FiguresQuery {
    period: String,
    unit: Option<String>,
}

/// `GET /api/v1/figures`
pub(super) async fn figures(
    State(reports): State<Arc<dyn Reports>>,
    user: User,
    QueryParams(query): QueryParams<FiguresQuery>,
) -> Result<Json<PeriodFigures>, Problem> {
    user.require(Right::Figures)?;
    let FiguresQuery { period, unit } = query;
    let figures = read(&reports, move |reports| Ok(reports.figures(&period, unit.as_deref())));
    Ok(Json(figures.await??))
}

/// The query of a drill-down.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DrillDownQuery {
    period: String,
    unit: Option<String>,
    /// `numerator`, `denominator` (the default), `rest` or `excluded`.
    part: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

/// `GET /api/v1/figures/{figure}/tickets`
pub(super) async fn drill_down(
    State(reports): State<Arc<dyn Reports>>,
    State(audit): State<Audit>,
    user: User,
    PathParams(figure): PathParams<String>,
    QueryParams(query): QueryParams<DrillDownQuery>,
) -> Result<Json<DrillDown>, Problem> {
    user.require(Right::Figures)?;
    let word = query.part.as_deref().unwrap_or("denominator");
    let Some(part) = FigurePart::by_word(word) else {
        let detail = format!("there is no part {word}: numerator, denominator, rest or excluded");
        return Err(Problem::invalid(detail));
    };
    let request = DrillDownRequest {
        figure,
        period: query.period,
        unit: query.unit,
        part,
        after: query.after,
        limit: query.limit.unwrap_or(ITEMS).clamp(1, ITEMS_MAX),
    };
    let what = format!("figure {} {} {word}", request.figure, request.period);
    let page = read(&reports, move |reports| Ok(reports.drill_down(&request))).await??;
    audit.export(&user, what, page.items.len() as u64, false).await?;
    Ok(Json(page))
}

/// `GET /api/v1/reports`: the released reports that the person may read, newest first.
pub(super) async fn released(
    State(reports): State<Arc<dyn Reports>>,
    user: User,
) -> Result<Json<Vec<ReleasedReport>>, Problem> {
    user.require(Right::Released)?;
    let may_read = |released: &ReleasedReport| {
        let report = Report::by_code(&released.what.report);
        let unit = released.what.unit.as_ref();
        report.is_some_and(|report| {
            require_report(&user, report, true).is_ok()
                && visible_unit(&user, unit.map(ToString::to_string), true).is_ok()
        })
    };
    Ok(Json(reports.released().into_iter().filter(may_read).collect()))
}

/// `GET /api/v1/reports/due`: the reports that wait to be released, the longest waiting first.
pub(super) async fn due(
    State(reports): State<Arc<dyn Reports>>,
    user: User,
) -> Result<Json<Vec<DueReport>>, Problem> {
    user.require(Right::Figures)?;
    Ok(Json(reports.due()))
}

/// A release.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    period: String,
    #[serde(default)]
    unit: Option<String>,
    /// The reason for a correction; needed from the second issue on.
    #[serde(default)]
    why: String,
}

/// `POST /api/v1/reports/{report}/releases`
pub(super) async fn release(
    State(reports): State<Arc<dyn Reports>>,
    user: User,
    PathParams(code): PathParams<String>,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<ReportReleased>), Problem> {
    user.require(Right::ReleaseReport)?;
    let report = report_by_code(&code)?;
    let Release { period, unit, why } = read_body(&body)?;
    let request = ReleaseRequest { report, period, unit, why };
    let released = reports.release(user.account.name.clone(), request).await?;
    Ok((StatusCode::CREATED, Json(released)))
}

/// The state that requests about assessments need.
#[derive(Clone)]
pub(super) struct Assessments {
    accounts: Arc<dyn Accounts>,
    tickets: Arc<dyn Tickets>,
    reference_data: Arc<dyn ReferenceDataReader>,
    audit: Audit,
    options: Arc<Options>,
    clock: HotlineClock,
}

impl FromRef<AppState> for Assessments {
    fn from_ref(state: &AppState) -> Assessments {
        Assessments {
            accounts: FromRef::from_ref(state),
            tickets: FromRef::from_ref(state),
            reference_data: FromRef::from_ref(state),
            audit: FromRef::from_ref(state),
            options: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
        }
    }
}

/// A ruling about an assignment.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ruling {
    /// Whether the assignment is excluded from the assessment.
    excluded: bool,
    reason: String,
    /// The second person who approves it.
    second: model::AccountName,
}

/// `POST /api/v1/assessments/{assignment}`: excludes an assignment from the assessment, or includes
/// it again.
pub(super) async fn rule(
    State(assessments): State<Assessments>,
    user: User,
    PathId(assignment): PathId<AssignmentId>,
    RawBody(body): RawBody,
) -> Result<StatusCode, Problem> {
    user.require(Right::ApproveExclusion)?;
    let Ruling { excluded, reason, second } = read_body(&body)?;
    let mut faults = Vec::new();
    if reason.trim().is_empty() {
        faults.push(Fault::new("reason", "is empty: name the ground and the evidence"));
    }
    let second_person = assessments.accounts.account(&second).map(|account| account.actor());
    let may_approve = second_person.is_some_and(|person| {
        rights::check_second_person(&user.account.name, &person, Right::ApproveExclusion).is_ok()
    });
    if !may_approve {
        faults.push(Fault::new("second", "is not another person who may approve this"));
    }
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    let ticket = read(&assessments.tickets, move |tickets| tickets.ticket(assignment.ticket));
    if ticket.await?.and_then(|ticket| ticket.assignment(assignment.n).map(|_| ())).is_none() {
        return Err(Problem::not_found(format!("there is no assignment {assignment}")));
    }
    let by = user.account.name.clone();
    let ruled = AssessmentRuled { assignment, excluded, reason, by, second };
    assessments.audit.record(&user, Event::AssessmentRuled(ruled)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An appeal to be filed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Appealing")]
pub(super) struct NewAppeal {
    reason: String,
    /// Documents by number, scans by hash.
    evidence: Vec<String>,
}

/// An appeal with its ruling.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Appealed")]
pub(super) struct AppealDocument {
    /// The time it was filed.
    at: Timestamp,
    #[serde(flatten)]
    what: AssessmentAppealed,
    /// The time the ruling is due; absent after the ruling.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
    /// The ruling.
    #[serde(skip_serializing_if = "Option::is_none")]
    ruled: Option<RulingDocument>,
}

/// A ruling with its time.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Ruled")]
pub(super) struct RulingDocument {
    at: Timestamp,
    #[serde(flatten)]
    what: AssessmentRuled,
}

impl AppealDocument {
    fn new(options: &Options, appeal: Appeal) -> AppealDocument {
        let policy = &options.desk.clocks;
        AppealDocument {
            at: appeal.at,
            due: ruling_due(appeal.at, options.working_time(), policy)
                .filter(|_| appeal.ruled.is_none()),
            what: appeal.what,
            ruled: appeal.ruled.map(|(at, what)| RulingDocument { at, what }),
        }
    }
}

/// `POST /api/v1/assessments/{assignment}/appeals`: a unit appeals against the assessment of its
/// assignment.
pub(super) async fn appeal(
    State(assessments): State<Assessments>,
    user: User,
    PathId(assignment): PathId<AssignmentId>,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<AppealDocument>), Problem> {
    user.require(Right::Appeal)?;
    let NewAppeal { reason, evidence } = read_body(&body)?;
    let faults = faults_of_appeal(&reason, &evidence);
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    let found = read(&assessments.tickets, move |tickets| {
        let Some(ticket) = tickets.ticket(assignment.ticket)? else { return Ok(None) };
        let unit = ticket.assignment(assignment.n).map(|part| part.unit.clone());
        let until = tickets.appeal_until(&ticket, assignment.n);
        Ok(unit.map(|unit| (unit, until)))
    });
    let Some((unit, until)) = found.await? else {
        return Err(Problem::not_found(format!("there is no assignment {assignment}")));
    };
    if user.account.staff.unit.as_ref() != Some(&unit) {
        return Err(Problem::forbidden("the assignment belongs to another unit"));
    }
    assessments.check_appeal(assignment, until)?;
    let by = user.account.name.clone();
    let what = AssessmentAppealed { assignment, unit, reason, evidence, by };
    let at = assessments.clock.now();
    assessments.audit.record(&user, Event::AssessmentAppealed(what.clone())).await?;
    let appeal = Appeal { at, what, ruled: None };
    Ok((StatusCode::CREATED, Json(AppealDocument::new(&assessments.options, appeal))))
}

impl Assessments {
    /// Checks that a new appeal is possible: no other one waits, none was granted, and there is time.
    fn check_appeal(
        &self,
        assignment: AssignmentId,
        until: Option<Timestamp>,
    ) -> Result<(), Problem> {
        let appeals: Vec<Appeal> =
            self.reference_data.get(|data| data.appeals_of(assignment).to_vec());
        if appeals.iter().any(|appeal| appeal.ruled.is_none()) {
            return Err(Problem::conflict("an appeal about this assignment waits for its ruling"));
        }
        let was_granted =
            |appeal: &Appeal| appeal.ruled.as_ref().is_some_and(|(_, ruling)| ruling.excluded);
        if appeals.iter().any(was_granted) {
            return Err(Problem::conflict("the assignment is already excluded on appeal"));
        }
        match until.filter(|until| self.clock.now() > *until) {
            Some(until) => {
                let date = self.options.zone.date(until);
                Err(Problem::conflict(format!("the time for appeals ended on {date}")))
            }
            None => Ok(()),
        }
    }
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
        let what = format!("name 1 to {EVIDENCE_MAX} documents or scans as evidence");
        faults.push(Fault::new("evidence", what));
    }
    if evidence.iter().any(|one| one.trim().is_empty() || one.chars().count() > LINE_MAX) {
        let what = format!("each must have 1 to {LINE_MAX} characters");
        faults.push(Fault::new("evidence", what));
    }
    faults
}

/// The query of the list of appeals.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppealsQuery {
    /// Whether appeals with a ruling are listed as well.
    #[serde(default)]
    all: bool,
}

/// `GET /api/v1/assessments/appeals`
pub(super) async fn appeals(
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    State(options): State<Arc<Options>>,
    user: User,
    QueryParams(AppealsQuery { all }): QueryParams<AppealsQuery>,
) -> Result<Json<Vec<AppealDocument>>, Problem> {
    let is_of_unit = user.may(Right::UnitTickets);
    if !is_of_unit {
        user.require(Right::Figures)?;
    }
    let own = user.account.staff.unit.clone();
    let found = read(&reference_data, move |reference_data| {
        Ok(reference_data.get(|data| {
            let is_shown = |appeal: &&Appeal| {
                (all || appeal.ruled.is_none())
                    && (!is_of_unit || own.as_ref() == Some(&appeal.what.unit))
            };
            data.appeals().filter(is_shown).cloned().collect::<Vec<Appeal>>()
        }))
    });
    let mut found = found.await?;
    found.sort_by_key(|appeal| appeal.at);
    Ok(Json(found.into_iter().map(|appeal| AppealDocument::new(&options, appeal)).collect()))
}

/// A leader's instruction on a report.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Instruction {
    period: String,
    text: String,
    /// The unit that carries it out.
    #[serde(default)]
    unit: Option<UnitId>,
    /// The day by which it is to be carried out: `2026-12-01`.
    #[serde(default)]
    due: Option<String>,
    /// The ticket that it is followed up on.
    #[serde(default)]
    ticket: Option<TicketId>,
}

/// `POST /api/v1/reports/{report}/instructions`: a leader writes on a released special report.
pub(super) async fn instruct(
    State(assessments): State<Assessments>,
    user: User,
    PathParams(code): PathParams<String>,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<ReportInstructed>), Problem> {
    user.require(Right::Instruct)?;
    let report = report_by_code(&code)?;
    let instruction: Instruction = read_body(&body)?;
    let mut faults = Vec::new();
    if report != Report::R6 {
        faults.push(Fault::new("report", "must be R6, the special report"));
    }
    if instruction.text.trim().is_empty() || instruction.text.chars().count() > TEXT_MAX {
        faults.push(Fault::new("text", format!("must have 1 to {TEXT_MAX} characters")));
    }
    let due = instruction.due.as_deref().map(str::parse::<Date>).transpose();
    let due = due.unwrap_or_else(|_| {
        faults.push(Fault::new("due", "must be a day, such as 2026-12-01"));
        None
    });
    faults.extend(assessments.faults_of_instruction(report, &instruction).await?);
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    let Instruction { period, text, unit, ticket, .. } = instruction;
    let (leader, report) = (user.account.name.clone(), report.code().to_owned());
    let what = ReportInstructed { report, period, leader, text, unit, due, ticket };
    assessments.audit.record(&user, Event::ReportInstructed(what.clone())).await?;
    Ok((StatusCode::CREATED, Json(what)))
}

impl Assessments {
    /// Names in an instruction that do not exist: the released report, the unit, the ticket.
    async fn faults_of_instruction(
        &self,
        report: Report,
        instruction: &Instruction,
    ) -> Result<Vec<Fault>, Problem> {
        let issue = ReportIssue {
            report: report.code().to_owned(),
            period: instruction.period.clone(),
            unit: None,
        };
        let today = self.clock.today();
        let (is_released, is_unit_known) = self.reference_data.get(|data| {
            let directory = data.directory();
            let unit = instruction.unit.as_ref();
            let is_known = unit.is_none_or(|unit| directory.unit_on(unit, today).is_some());
            (!data.released(&issue).is_empty(), is_known)
        });
        let is_ticket_known = match instruction.ticket {
            Some(id) => read(&self.tickets, move |tickets| tickets.ticket(id)).await?.is_some(),
            None => true,
        };
        let mut faults = Vec::new();
        if !is_released {
            faults.push(Fault::new("period", "no issue of this period was released"));
        }
        if !is_unit_known {
            faults.push(Fault::new("unit", "there is no such unit today"));
        }
        if !is_ticket_known {
            faults.push(Fault::new("ticket", "there is no such ticket"));
        }
        Ok(faults)
    }
}

fn read_body<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    decode::typed(body).map_err(|e| Problem::faults(vec![Fault::new("body", e.to_string())]))
}

fn report_by_code(code: &str) -> Result<Report, Problem> {
    let detail = || format!("there is no report {code}; there are R1 to R8");
    Report::by_code(code).ok_or_else(|| Problem::not_found(detail()))
}

/// Checks that the person may read a report. Drafts are for people who see figures. R7 shows the
/// work of single people, and R1 lists single cases, which reporters may not see.
fn require_report(user: &User, report: Report, is_released: bool) -> Result<(), Problem> {
    if !(user.may(Right::Figures) || is_released && user.may(Right::Released)) {
        user.require(Right::Figures)?;
    }
    if report == Report::R7 {
        user.require(Right::AllAgents)?;
    }
    if report == Report::R1 {
        user.require(Right::DailyReport)?;
    }
    Ok(())
}

/// The unit, when the person may read its reports. People without the right to figures read reports
/// of the whole hotline and of their own unit.
fn visible_unit(
    user: &User,
    unit: Option<String>,
    is_released: bool,
) -> Result<Option<String>, Problem> {
    let is_limited = is_released && !user.may(Right::Figures);
    let own = user.account.staff.unit.as_ref().map(ToString::to_string);
    if is_limited && unit.is_some() && unit != own {
        return Err(Problem::forbidden("the report belongs to another unit"));
    }
    Ok(unit)
}

/// A report is one file that contains its style and runs no script.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The longest text, in characters.
const TEXT_MAX: usize = 2_000;
/// The longest name of a document, in characters.
const LINE_MAX: usize = 200;
/// Documents of one appeal.
const EVIDENCE_MAX: usize = 20;
const ITEMS: usize = 200;
const ITEMS_MAX: usize = 1_000;
