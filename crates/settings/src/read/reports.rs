//! `reports.toml`: the limits of periods, and how figures are counted and units scored and ranked.

use std::time::Duration;

use model::Weekday;
use reporting::{OpeningBalance, PeriodCuts, ReportRules, ScoreAdjustments, ScoreWeights};

use crate::{
    Reports,
    keys::{counting, extras, opening, periods, ranking, score},
    kinds,
    page::{Table, Value},
};

/// Reads the file. Every section is read, even when another one is wrong.
pub(super) fn read(root: &Table<'_>) -> Option<Reports> {
    root.report_unknown(
        ["periods", "counting", "ranking", "score", "extras", "opening"].into_iter(),
    );
    let cuts = root.table("periods", &periods::SECTION).and_then(|t| period_cuts(&t));
    let counted = root.table("counting", &counting::SECTION).and_then(|t| counted(&t));
    let ranked = root.table("ranking", &ranking::SECTION).and_then(|t| ranked(&t));
    let weights = root.table("score", &score::SECTION).and_then(|t| weights(&t));
    let extras = root.table("extras", &extras::SECTION).and_then(|t| adjustments(&t));
    let opening = root.table("opening", &opening::SECTION).and_then(|t| opening_balance(&t));
    let ((cuts, draft_at_s), counted, ranked) = (cuts?, counted?, ranked?);
    let rules = ReportRules {
        cuts,
        fairly_satisfied: counted.fairly_satisfied,
        partly_solved: counted.partly_solved,
        short_abandon_s: counted.short_abandon_s,
        repeat_days: counted.repeat_days,
        outbreak: counted.outbreak,
        due_min: ranked.due_min,
        best: ranked.best,
        best_from: ranked.best_from,
        worst: ranked.worst,
        worst_below: ranked.worst_below,
        bands: ranked.bands,
        weights: weights?,
        extras: extras?,
        opening: opening?,
    };
    Some(Reports { rules, draft_at_s })
}

/// `[periods]`: the boundaries, and the second of the day from which on reports are due.
fn period_cuts(t: &Table<'_>) -> Option<(PeriodCuts, u32)> {
    let day_end_s = t.read(&periods::DAY_ENDS, day_end);
    let week_from = t.read(&periods::WEEK_BEGINS, kinds::word(WEEKDAYS));
    let month_last = t.read(&periods::MONTH_ENDS, kinds::small(0..=28));
    let year_last = t.read(&periods::YEAR_ENDS, kinds::small(1..=12));
    let draft_at_s = t.read(&periods::DRAFT_AT, kinds::time_of_day);
    let cuts = PeriodCuts {
        day_end_s: day_end_s?,
        week_from: week_from?,
        month_last: month_last?,
        year_last: year_last?,
    };
    Some((cuts, draft_at_s?))
}

/// `[counting]`
struct Counting {
    fairly_satisfied: u8,
    partly_solved: u8,
    short_abandon_s: u32,
    repeat_days: u32,
    outbreak: u32,
}

fn counted(t: &Table<'_>) -> Option<Counting> {
    let fairly_satisfied = t.read(&counting::FAIRLY_SATISFIED, part);
    let partly_solved = t.read(&counting::PARTLY_SOLVED, part);
    let short_abandon = t.read(&counting::SHORT_ABANDON, kinds::duration(Duration::ZERO..=MINUTE));
    let repeat_days = t.read(&counting::REPEAT_WITHIN, kinds::count(1..=365));
    let outbreak = t.read(&counting::OUTBREAK, kinds::count(2..=1_000));
    Some(Counting {
        fairly_satisfied: fairly_satisfied?,
        partly_solved: partly_solved?,
        short_abandon_s: u32::try_from(short_abandon?.as_secs()).unwrap_or(u32::MAX),
        repeat_days: repeat_days?,
        outbreak: outbreak?,
    })
}

/// `[ranking]`
struct Ranking {
    due_min: u32,
    best: u32,
    best_from: u32,
    worst: u32,
    worst_below: u32,
    bands: [u32; 3],
}

fn ranked(t: &Table<'_>) -> Option<Ranking> {
    let due_min = t.read(&ranking::DUE_MIN, kinds::count(0..=10_000));
    let best = t.read(&ranking::BEST, kinds::count(0..=100));
    let best_from = t.read(&ranking::BEST_FROM, kinds::count(0..=100));
    let worst = t.read(&ranking::WORST, kinds::count(0..=100));
    let worst_below = t.read(&ranking::WORST_BELOW, kinds::count(0..=100));
    let bands = t.read(&ranking::BANDS, bands);
    Some(Ranking {
        due_min: due_min?,
        best: best?,
        best_from: best_from?,
        worst: worst?,
        worst_below: worst_below?,
        bands: bands?,
    })
}

/// `[score]`: the points of the nine items, together 100.
fn weights(t: &Table<'_>) -> Option<ScoreWeights> {
    let points = |key| t.read(key, kinds::count(0..=100));
    let sign = points(&score::SIGN);
    let on_time = points(&score::ON_TIME);
    let satisfied = points(&score::SATISFIED);
    let solved = points(&score::SOLVED);
    let at_once = points(&score::AT_ONCE);
    let returns = points(&score::RETURNS);
    let contact = points(&score::CONTACT);
    let urging = points(&score::URGING);
    let knowledge = points(&score::KNOWLEDGE);
    let weights = ScoreWeights {
        sign: sign?,
        on_time: on_time?,
        satisfied: satisfied?,
        solved: solved?,
        at_once: at_once?,
        returns: returns?,
        contact: contact?,
        urging: urging?,
        knowledge: knowledge?,
    };
    let sum = weights.sum();
    if sum != 100 {
        t.wrong("", format!("the sum of the nine items is {sum}"), "make it 100");
        return None;
    }
    Some(weights)
}

/// `[extras]`: deductions and additions.
fn adjustments(t: &Table<'_>) -> Option<ScoreAdjustments> {
    let points = |most| kinds::hundredths(0..=most);
    let unsatisfied = t.read(&extras::UNSATISFIED, points(1_000));
    let unsatisfied_max = t.read(&extras::UNSATISFIED_MAX, points(10_000));
    let given_back = t.read(&extras::GIVEN_BACK, part);
    let vague = t.read(&extras::VAGUE, points(1_000));
    let false_result = t.read(&extras::FALSE_RESULT, points(1_000));
    let orders = t.read(&extras::ORDERS, |v| three(v, points(1_000)));
    let thanks = t.read(&extras::THANKS, points(1_000));
    let added_max = t.read(&extras::ADDED_MAX, points(10_000));
    Some(ScoreAdjustments {
        unsatisfied: unsatisfied?,
        unsatisfied_max: unsatisfied_max?,
        given_back: given_back?.into(),
        vague: vague?,
        false_result: false_result?,
        orders: orders?,
        thanks: thanks?,
        added_max: added_max?,
    })
}

/// `[opening]`: the demands from before the engine. The closed ones are not more than the accepted
/// ones.
fn opening_balance(t: &Table<'_>) -> Option<OpeningBalance> {
    let accepted = t.read(&opening::ACCEPTED, kinds::count(0..=OPENING_MAX));
    let closed = t.read(&opening::CLOSED, kinds::count(0..=OPENING_MAX));
    let source = t.read(&opening::SOURCE, kinds::text);
    let (accepted, closed, source) = (accepted?, closed?, source?);
    if closed > accepted {
        let what = format!("{closed} closed is more than {accepted} accepted");
        t.wrong("closed", what, "write at most the number accepted");
        return None;
    }
    Some(OpeningBalance { accepted: accepted.into(), closed: closed.into(), source })
}

/// `24:00`, or a time of day that is not midnight.
fn day_end(v: &Value<'_>) -> Option<u32> {
    if v.value.as_str() == Some("24:00") {
        return Some(DAY_S);
    }
    match kinds::time_of_day(v)? {
        0 => v.wrong("the day would end when it begins", "write \"24:00\" for midnight"),
        second => Some(second),
    }
}

/// A number from 0 to 1, in hundredths.
fn part(v: &Value<'_>) -> Option<u8> {
    kinds::hundredths(0..=100)(v).and_then(|hundredths| u8::try_from(hundredths).ok())
}

fn bands(v: &Value<'_>) -> Option<[u32; 3]> {
    let bands = three(v, kinds::count(0..=100))?;
    if bands.is_sorted_by(|a, b| a > b) {
        return Some(bands);
    }
    v.wrong("the bands do not decrease", "write the best one first: [90, 80, 60]")
}

fn three(v: &Value<'_>, of: impl Fn(&Value<'_>) -> Option<u32>) -> Option<[u32; 3]> {
    let read = kinds::list(of)(v)?;
    let found = read.len();
    read.try_into().ok().or_else(|| {
        let what = format!("the list has {found} items");
        v.wrong(what, "write three, such as [90, 80, 60]")
    })
}

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// More demands than any city has.
const OPENING_MAX: u32 = 100_000_000;
const DAY_S: u32 = 86_400;
const MINUTE: Duration = Duration::from_secs(60);
