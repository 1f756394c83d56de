//! `reports.toml` as the rest of the house reads it.

use model::Weekday;

/// How figures are counted, units scored and ranked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reports {
    /// A day ends with this second of its date, 86,400 for midnight.
    pub day_end_s: u32,
    /// A week begins on this day.
    pub week_from: Weekday,
    /// A month ends with this day; 0 is its last.
    pub month_last: u8,
    /// A year ends with this month.
    pub year_last: u8,
    /// Reports are due for release from this second of the day on.
    pub draft_at_s: u32,
    /// What "fairly satisfied" counts, in hundredths.
    pub fairly_satisfied: u8,
    /// What "partly solved" counts, in hundredths.
    pub partly_solved: u8,
    /// Who leaves the queue within so many seconds is no attempt.
    pub short_abandon_s: u32,
    /// A matter repeats within so many days.
    pub repeat_days: u32,
    /// So many tickets of one topic and area within an hour are an outbreak.
    pub outbreak: u32,
    /// Fewer pieces due: not ranked.
    pub due_min: u32,
    /// The best of each group.
    pub best: u32,
    /// The lowest score of the best.
    pub best_from: u32,
    /// The worst of each group.
    pub worst: u32,
    /// Never among the worst from so many points on.
    pub worst_below: u32,
    /// The lowest scores of excellent, good, pass.
    pub bands: [u32; 3],
    /// Points of the nine items, in the order of the file; together 100.
    pub weights: [u32; 9],
    /// Taken off for an unsatisfied end, in hundredths of a point.
    pub unsatisfied: u32,
    /// At most for all of them.
    pub unsatisfied_max: u32,
    /// What part of it is given back when the item is struck off, in hundredths.
    pub given_back: u8,
    /// Taken off for a result sent back as vague.
    pub vague: u32,
    /// Taken off for a result found false.
    pub false_result: u32,
    /// Taken off for an order of level 1, 2, 3.
    pub orders: [u32; 3],
    /// Added for thanks.
    pub thanks: u32,
    /// At most for all that is added.
    pub added_max: u32,
    /// Taken on before the engine.
    pub opening_accepted: u64,
    /// Closed of these.
    pub opening_closed: u64,
    /// Where the two are from.
    pub opening_source: String,
}
