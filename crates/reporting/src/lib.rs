//! Reports of a period: facts counted from calls and tickets, figures, rankings and bulletins.
//!
//! [`facts`] are what reports count from, [`figure`] has every formula, [`bulletin`] puts them
//! together. The crate does not know where rows are kept or how a report is printed.

pub mod appeal;
pub mod bulletin;
mod due_reports;
pub mod facts;
pub mod figure;
mod period;
pub mod rank;
mod reference_data;
mod rules;
pub mod score;
pub mod sheet;

pub use due_reports::{DraftSchedule, DueReport};
pub use period::{InvalidPeriod, Period, PeriodCuts, PeriodKind};
pub use reference_data::{
    Appeal, LeaderInstruction, OrderFact, ReferenceData, Release, ReportIssue,
};
pub use rules::{OpeningBalance, ReportRules, ScoreAdjustments, ScoreWeights};
