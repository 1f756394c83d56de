//! What people may ask of reports, and what they are told: the words between the console and the engine.

use model::{Timestamp, event::ReportReleased};
use reporting::{
    bulletin::Report,
    figure::{Figure, FigurePart},
};
use schemars::JsonSchema;
use serde::Serialize;

/// A report is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportWish {
    /// Which layout.
    pub report: Report,
    /// Of which period: `2026-11`.
    pub period: String,
    /// Of one unit.
    pub unit: Option<String>,
    /// On what: `html`, `xlsx`, `csv`, `json`.
    pub format: String,
    /// A released one, by its number; a draft as of now without.
    pub issue: Option<u32>,
}

/// A report on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// What it is.
    pub media_type: &'static str,
    /// What its file is called.
    pub file: String,
    /// How many rows it has.
    pub rows: u64,
    /// It.
    pub bytes: Vec<u8>,
}

/// The figures of a period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Counted {
    /// Which.
    pub period: String,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// The report's time.
    pub as_of: Timestamp,
    /// Of one unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Every one.
    pub figures: Vec<Figure>,
}

/// What a figure counts is wanted, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrillWish {
    /// Which: `F5`.
    pub figure: String,
    /// Of which period.
    pub period: String,
    /// Of one unit.
    pub unit: Option<String>,
    /// Which part of it.
    pub part: FigurePart,
    /// After this one.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// A page of what a figure counts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Drilled {
    /// The figure.
    pub figure: Figure,
    /// How many there are in all.
    pub total: u64,
    /// Tickets, assignments, calls or orders, by number.
    pub items: Vec<String>,
    /// Ask with `after=` this for what follows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A report is to be released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseWish {
    /// Which layout.
    pub report: Report,
    /// Of which period.
    pub period: String,
    /// Of one unit.
    pub unit: Option<String>,
    /// Why it is corrected; of the second issue on.
    pub why: String,
}

/// One that was released.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReleasedReport {
    /// When.
    pub at: Timestamp,
    /// What the record says.
    #[serde(flatten)]
    pub what: ReportReleased,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportRefusal {
    /// There is no such thing.
    NotFound(String),
    /// It makes no sense.
    Unclear(String),
    /// Not as things are.
    NotNow(String),
    /// It cannot be made now.
    Unavailable(String),
}

impl std::fmt::Display for ReportRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReportRefusal::NotFound(what)
            | ReportRefusal::Unclear(what)
            | ReportRefusal::NotNow(what)
            | ReportRefusal::Unavailable(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for ReportRefusal {}
