//! Reports: releases, instructions, and decisions about assessments.

use serde::{Deserialize, Serialize};

use crate::{
    AccountName, Date, TicketId,
    desk::{AssignmentId, UnitId},
};

/// A report was released; it is kept unchanged (hotline.md 4.1, rule 4; 2.8, invariant 10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReportReleased {
    /// The layout: `R3`.
    pub report: String,
    /// The period: `2026-11`.
    pub period: String,
    /// The unit; `None`: the whole hotline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// 1 is the first issue; each later one is a correction.
    pub number: u32,
    /// The SHA-256 of its facts, in hex.
    pub facts_sha256: String,
    /// The reason for the correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The account that released it; `None` at the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
}

/// An assignment was left out of a unit's assessment, or counts again (考核申诉, AssessmentAppeal).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AssessmentRuled {
    /// The assignment.
    pub assignment: AssignmentId,
    /// Whether it is left out; otherwise it counts again.
    pub excluded: bool,
    /// The ground, the evidence and the reason.
    pub reason: String,
    /// The account that decided.
    pub by: AccountName,
    /// The second person (2.7).
    pub second: AccountName,
}

/// A unit appealed against the assessment of an assignment (考核申诉); a ruling answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AssessmentAppealed {
    /// The assignment.
    pub assignment: AssignmentId,
    /// The unit.
    pub unit: UnitId,
    /// The ground.
    pub reason: String,
    /// The evidence: documents by number, scans by hash.
    pub evidence: Vec<String>,
    /// The account that filed it.
    pub by: AccountName,
}

/// A leader instructed on a released report (批示, F27: effect of special reports).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReportInstructed {
    /// The layout: `R6`.
    pub report: String,
    /// The period.
    pub period: String,
    /// The leader who wrote it.
    pub leader: AccountName,
    /// The wording.
    pub text: String,
    /// The unit that is to do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The due time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// The ticket it is followed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
}
