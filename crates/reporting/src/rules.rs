//! The rules of a city for its reports, set in `reports.toml` (hotline.md 2.6, 4.1, 4.4).

use serde::{Deserialize, Serialize};

use crate::PeriodCuts;

/// The rules in force. They are printed under every report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRules {
    /// The boundaries of periods.
    pub cuts: PeriodCuts,
    /// The weight of "fairly satisfied", in hundredths.
    pub fairly_satisfied: u8,
    /// The weight of "partly solved", in hundredths.
    pub partly_solved: u8,
    /// Callers who leave within this many seconds do not count as attempts; 0 counts all.
    pub short_abandon_s: u32,
    /// A matter is a repeat within this many days.
    pub repeat_days: u32,
    /// This many tickets of one topic and area within an hour are an outbreak.
    pub outbreak: u32,
    /// A unit with fewer assignments due is not ranked.
    pub due_min: u32,
    /// The number of best units in each group.
    pub best: u32,
    /// The lowest score of the best units. Rules saved by older versions have no such limit.
    #[serde(default)]
    pub best_from: u32,
    /// The number of worst units in each group.
    pub worst: u32,
    /// A unit with this score or more is never among the worst.
    pub worst_below: u32,
    /// The lowest scores of excellent, good and pass.
    pub bands: [u32; 3],
    /// The points of each item; together 100.
    pub weights: ScoreWeights,
    /// Deductions and additions, in hundredths of a point.
    pub extras: ScoreAdjustments,
    /// Totals from before the engine was in use.
    #[serde(default)]
    pub opening: OpeningBalance,
}

/// Totals that a hotline had counted before the engine was in use. Running totals continue them (RPT-12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningBalance {
    /// Valid demands that were accepted.
    pub accepted: u64,
    /// Those of them that were closed.
    pub closed: u64,
    /// The source of the numbers, as it is printed.
    pub source: String,
}

/// The points of each item of a score (hotline.md 2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the item of the score by its name")]
pub struct ScoreWeights {
    pub sign: u32,
    pub on_time: u32,
    pub satisfied: u32,
    pub solved: u32,
    pub at_once: u32,
    pub returns: u32,
    pub contact: u32,
    pub urging: u32,
    pub knowledge: u32,
}

impl ScoreWeights {
    /// The sum of all items.
    pub fn sum(&self) -> u32 {
        let ScoreWeights { sign, on_time, satisfied, solved, at_once, .. } = *self;
        let ScoreWeights { returns, contact, urging, knowledge, .. } = *self;
        let all = [sign, on_time, satisfied, solved, at_once, returns, contact, urging, knowledge];
        all.into_iter().fold(0, u32::saturating_add)
    }
}

/// Deductions from a score and additions to it, in hundredths of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreAdjustments {
    /// The deduction for each ticket closed unsatisfied.
    pub unsatisfied: u32,
    /// The maximum of these deductions.
    pub unsatisfied_max: u32,
    /// The part of these deductions that is given back when the item is struck off, in percent (UNS-08).
    pub given_back: u32,
    /// The deduction for each result returned as vague.
    pub vague: u32,
    /// The deduction for each result found false.
    pub false_result: u32,
    /// The deductions for an order of level 1, 2 and 3.
    pub orders: [u32; 3],
    /// The addition for each thanks.
    pub thanks: u32,
    /// The maximum of all additions.
    pub added_max: u32,
}

impl ReportRules {
    /// The rules that are shipped.
    pub fn shipped() -> ReportRules {
        ReportRules {
            cuts: PeriodCuts::default(),
            fairly_satisfied: 90,
            partly_solved: 0,
            short_abandon_s: 0,
            repeat_days: 30,
            outbreak: 5,
            due_min: 10,
            best: 10,
            best_from: 80,
            worst: 3,
            worst_below: 90,
            bands: [90, 80, 60],
            weights: ScoreWeights {
                sign: 5,
                on_time: 25,
                satisfied: 25,
                solved: 15,
                at_once: 10,
                returns: 5,
                contact: 5,
                urging: 5,
                knowledge: 5,
            },
            extras: ScoreAdjustments {
                unsatisfied: 50,
                unsatisfied_max: 1_000,
                given_back: 0,
                vague: 20,
                false_result: 200,
                orders: [50, 100, 200],
                thanks: 10,
                added_max: 500,
            },
            opening: OpeningBalance::default(),
        }
    }
}
