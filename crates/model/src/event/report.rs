//! Reports released, and what was decided about what they count.

use serde::{Deserialize, Serialize};

use crate::{
    AccountName,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
