//! `reports.toml` as the other crates read it.

use model::Weekday;

/// How figures are counted, and how units are scored and ranked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reports {
    /// The second of its date with which a day ends; 86,400 for midnight.
    pub day_end_s: u32,
    /// The first day of a week.
    pub week_from: Weekday,
    /// The last day of a month; 0 for the month's own last day.
    pub month_last: u8,
    /// The last month of a year.
    pub year_last: u8,
    /// The second of the day from which on reports are due for release.
    pub draft_at_s: u32,
    /// The weight of "fairly satisfied", in hundredths.
    pub fairly_satisfied: u8,
    /// The weight of "partly solved", in hundredths.
    pub partly_solved: u8,
    /// A caller who leaves the queue within this many seconds does not count as an attempt.
    pub short_abandon_s: u32,
    /// A matter that had a ticket within this many days is a repeat.
    pub repeat_days: u32,
    /// This many tickets of one topic and area within an hour are an outbreak.
    pub outbreak: u32,
    /// A unit with fewer pieces due is not ranked.
    pub due_min: u32,
    /// The number of units of each group that are named the best.
    pub best: u32,
    /// The lowest score of the best, in points.
    pub best_from: u32,
    /// The number of units of each group that are named the worst.
    pub worst: u32,
    /// A unit with this score or more is never among the worst, in points.
    pub worst_below: u32,
    /// The lowest scores of excellent, good and pass, in points.
    pub bands: [u32; 3],
    /// The points of the nine items, in the order of the file; they sum up to 100.
    pub weights: [u32; 9],
    /// The deduction for an unsatisfied end, in hundredths of a point.
    pub unsatisfied: u32,
    /// The most that is deducted for all unsatisfied ends, in hundredths of a point.
    pub unsatisfied_max: u32,
    /// The part of the deduction that is given back when the item is struck off, in hundredths.
    pub given_back: u8,
    /// The deduction for a result that was sent back as vague, in hundredths of a point.
    pub vague: u32,
    /// The deduction for a result that was found false, in hundredths of a point.
    pub false_result: u32,
    /// The deductions for an order of level 1, 2 and 3, in hundredths of a point.
    pub orders: [u32; 3],
    /// The addition for thanks, in hundredths of a point.
    pub thanks: u32,
    /// The most that is added, in hundredths of a point.
    pub added_max: u32,
    /// The demands accepted before this engine was in use.
    pub opening_accepted: u64,
    /// The closed ones of these demands.
    pub opening_closed: u64,
    /// The source of these two numbers.
    pub opening_source: String,
}
