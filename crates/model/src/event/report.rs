//! Reports released, and what was decided about what they count.

use serde::{Deserialize, Serialize};

use crate::{
    AccountName, Date, TicketId,
    desk::{AssignmentId, UnitId},
};

/// A report was released: it is kept as it is, for ever (hotline.md 4.1, rule 4; 2.8, invariant 10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReportReleased {
    /// Which layout: `R3`.
    pub report: String,
    /// Of which period: `2026-11`.
    pub period: String,
    /// Of one unit, or of the whole hotline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// 1 is the first issue; each later one is a correction.
    pub number: u32,
    /// The hash of what it says, SHA-256 in hex.
    pub facts_sha256: String,
    /// Why it had to be corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Who released it; nobody by name at the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
}

/// A unit's piece is left out of its assessment, or counts again (考核申诉, AssessmentAppeal).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AssessmentRuled {
    /// Which piece.
    pub assignment: AssignmentId,
    /// It is left out; counts again otherwise.
    pub excluded: bool,
    /// On what ground, with what evidence, and why.
    pub reason: String,
    /// Who decided.
    pub by: AccountName,
    /// The second person (2.7).
    pub second: AccountName,
}

/// A unit says that a piece should not count against it (考核申诉); the ruling that follows answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AssessmentAppealed {
    /// Which piece.
    pub assignment: AssignmentId,
    /// Whose.
    pub unit: UnitId,
    /// On what ground.
    pub reason: String,
    /// What shows it: documents by number, scans by hash.
    pub evidence: Vec<String>,
    /// Who filed it.
    pub by: AccountName,
}

/// A leader wrote on a released report (批示): what the special report has led to (F27).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReportInstructed {
    /// Which layout: `R6`.
    pub report: String,
    /// Of which period.
    pub period: String,
    /// Who wrote it.
    pub leader: AccountName,
    /// In these words.
    pub text: String,
    /// The unit that is to do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// The ticket it is followed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
}
