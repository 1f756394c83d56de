//! Reports and figures: what may be asked for, and the answers.

use model::{AccountName, Timestamp, event::ReportReleased};
use reporting::{
    DueReport,
    bulletin::Report,
    figure::{Figure, FigurePart},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::BoxFuture;

/// Makes reports. Methods that return a `Result` may take seconds: a year of a large city is
/// counted ticket by ticket.
pub trait Reports: Send + Sync + 'static {
    /// A report as a file.
    fn report(&self, request: &ReportRequest) -> Result<RenderedReport, ReportError>;

    /// The figures of a period, of one unit or of the whole hotline.
    fn figures(&self, period: &str, unit: Option<&str>) -> Result<PeriodFigures, ReportError>;

    /// The items that a figure counts.
    fn drill_down(&self, request: &DrillDownRequest) -> Result<DrillDown, ReportError>;

    /// Releases a report. The answer comes once it is stored and its record is durable.
    fn release(
        &self,
        by: AccountName,
        request: ReleaseRequest,
    ) -> BoxFuture<'_, Result<ReportReleased, ReportError>>;

    /// The released reports, newest first.
    fn released(&self) -> Vec<ReleasedReport>;

    /// The reports that wait to be released, the longest waiting first.
    fn due(&self) -> Vec<DueReport>;
}

/// A request for a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRequest {
    /// The layout.
    pub report: Report,
    /// The period: `2026-11`.
    pub period: String,
    /// Only this unit.
    pub unit: Option<String>,
    /// The file format: `html`, `xlsx`, `csv`, `json`.
    pub format: String,
    /// The number of a released issue; `None` for a draft as of now.
    pub issue: Option<u32>,
}

/// A report as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedReport {
    /// The media type.
    pub media_type: &'static str,
    /// The file name.
    pub file: String,
    /// The number of rows.
    pub rows: u64,
    /// The content.
    pub bytes: Vec<u8>,
}

/// The figures of a period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PeriodFigures {
    /// The period: `2026-11`.
    pub period: String,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// The moment for which the figures hold.
    pub as_of: Timestamp,
    /// The unit; absent for the whole hotline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Every figure.
    pub figures: Vec<Figure>,
}

/// A request for the items that a figure counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrillDownRequest {
    /// The figure: `F5`.
    pub figure: String,
    /// The period.
    pub period: String,
    /// Only this unit.
    pub unit: Option<String>,
    /// Numerator, denominator, the difference of both, or what was excluded.
    pub part: FigurePart,
    /// Only items after this one.
    pub after: Option<String>,
    /// The most items.
    pub limit: usize,
}

/// A page of the items that a figure counts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DrillDown {
    /// The figure.
    pub figure: Figure,
    /// The number of items on all pages.
    pub total: u64,
    /// Numbers of tickets, assignments, calls or orders.
    pub items: Vec<String>,
    /// The value of `after=` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A request to release a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseRequest {
    /// The layout.
    pub report: Report,
    /// The period.
    pub period: String,
    /// Only this unit.
    pub unit: Option<String>,
    /// The reason for a correction; needed from the second issue on.
    pub why: String,
}

/// A released report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReleasedReport {
    /// The time it was released.
    pub at: Timestamp,
    /// The record of the release.
    #[serde(flatten)]
    pub what: ReportReleased,
}

/// The reason a report was not made or released. Each variant holds a sentence in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportError {
    /// The report, period or unit does not exist.
    NotFound(String),
    /// The request is not valid.
    Invalid(String),
    /// The state does not allow it.
    Conflict(String),
    /// The report cannot be made now.
    Unavailable(String),
}

impl std::fmt::Display for ReportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReportError::NotFound(detail)
            | ReportError::Invalid(detail)
            | ReportError::Conflict(detail)
            | ReportError::Unavailable(detail) => f.write_str(detail),
        }
    }
}

impl std::error::Error for ReportError {}
