//! What a city decides for its reports; `reports.toml` says it (hotline.md 2.6, 4.1, 4.4).

use serde::{Deserialize, Serialize};

use crate::Cuts;

/// The rules in force. They are printed under every report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Where periods are cut.
    pub cuts: Cuts,
    /// What "fairly satisfied" counts, in hundredths.
    pub fairly_satisfied: u8,
    /// What "partly solved" counts, in hundredths.
    pub partly_solved: u8,
    /// Callers who leave within so many seconds are not counted as attempts; 0 counts all.
    pub short_abandon_s: u32,
    /// A matter repeats within so many days.
    pub repeat_days: u32,
    /// So many pieces of one topic and area within an hour are an outbreak.
    pub outbreak: u32,
    /// Fewer pieces due: a unit is not ranked.
    pub due_min: u32,
    /// How many of each group are the best.
    pub best: u32,
    /// The lowest score of the best. Rules from before this was kept had no such limit.
    #[serde(default)]
    pub best_from: u32,
    /// How many of each group are the worst.
    pub worst: u32,
    /// A score of this or more is never among the worst.
    pub worst_below: u32,
    /// The lowest scores of excellent, good and pass.
    pub bands: [u32; 3],
    /// Points of each item; together 100.
    pub weights: Weights,
    /// What is taken off and added, in hundredths of a point.
    pub extras: Extras,
    /// What was counted before the engine.
    #[serde(default)]
    pub opening: Opening,
}

/// What a hotline had counted when the engine began: running totals go on from it (RPT-12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Valid demands that were taken on.
    pub accepted: u64,
    /// Those of them that were closed.
    pub closed: u64,
    /// Where the numbers are from, as it is printed.
    pub source: String,
}

/// Points of each item (hotline.md 2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the item of the score by its name")]
pub struct Weights {
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

impl Weights {
    /// All together.
    pub fn sum(&self) -> u32 {
        let Weights { sign, on_time, satisfied, solved, at_once, .. } = *self;
        let Weights { returns, contact, urging, knowledge, .. } = *self;
        let all = [sign, on_time, satisfied, solved, at_once, returns, contact, urging, knowledge];
        all.into_iter().fold(0, u32::saturating_add)
    }
}

/// What is taken off and added, in hundredths of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extras {
    /// Each unsatisfied end.
    pub unsatisfied: u32,
    /// At most for all of them.
    pub unsatisfied_max: u32,
    /// What part of it, in hundredths, is given back when the item is struck off (UNS-08).
    pub given_back: u32,
    /// Each result that was sent back as vague.
    pub vague: u32,
    /// Each result that was found to be false.
    pub false_result: u32,
    /// An order of level 1, 2, 3.
    pub orders: [u32; 3],
    /// Each thanks.
    pub thanks: u32,
    /// At most for everything that is added.
    pub added_max: u32,
}

impl Rules {
    /// What we ship.
    pub fn shipped() -> Rules {
        Rules {
            cuts: Cuts::default(),
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
            weights: Weights {
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
            extras: Extras {
                unsatisfied: 50,
                unsatisfied_max: 1_000,
                given_back: 0,
                vague: 20,
                false_result: 200,
                orders: [50, 100, 200],
                thanks: 10,
                added_max: 500,
            },
            opening: Opening::default(),
        }
    }
}
