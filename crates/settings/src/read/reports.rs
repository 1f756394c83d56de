//! `reports.toml`: the limits of periods, and how figures are counted and units scored and ranked.

use std::time::Duration;

use model::Weekday;

use crate::{
    Reports,
    keys::{self, Key, counting, extras, opening, periods, ranking, score},
    kinds,
    page::{Table, Value},
};

pub(super) fn read(root: &Table<'_>) -> Option<Reports> {
    root.report_unknown(
        ["periods", "counting", "ranking", "score", "extras", "opening"].into_iter(),
    );
    let cuts = root.table("periods", &keys::periods::SECTION);
    let count = root.table("counting", &keys::counting::SECTION);
    let rank = root.table("ranking", &keys::ranking::SECTION);
    let points = root.table("score", &keys::score::SECTION);
    let more = root.table("extras", &keys::extras::SECTION);
    let before = root.table("opening", &keys::opening::SECTION).and_then(|t| before(&t));
    // Every section is read, even when another one is wrong.
    let cuts = cuts.map(|t| {
        (
            t.read(&periods::DAY_ENDS, day_end),
            t.read(&periods::WEEK_BEGINS, kinds::word(WEEKDAYS)),
            t.read(&periods::MONTH_ENDS, kinds::small(0..=28)),
            t.read(&periods::YEAR_ENDS, kinds::small(1..=12)),
            t.read(&periods::DRAFT_AT, kinds::time_of_day),
        )
    });
    let count = count.map(|t| {
        (
            t.read(&counting::FAIRLY_SATISFIED, part),
            t.read(&counting::PARTLY_SOLVED, part),
            t.read(&counting::SHORT_ABANDON, kinds::duration(Duration::ZERO..=MINUTE)),
            t.read(&counting::REPEAT_WITHIN, kinds::count(1..=365)),
            t.read(&counting::OUTBREAK, kinds::count(2..=1_000)),
        )
    });
    let rank = rank.map(|t| {
        (
            t.read(&ranking::DUE_MIN, kinds::count(0..=10_000)),
            t.read(&ranking::BEST, kinds::count(0..=100)),
            t.read(&ranking::BEST_FROM, kinds::count(0..=100)),
            t.read(&ranking::WORST, kinds::count(0..=100)),
            t.read(&ranking::WORST_BELOW, kinds::count(0..=100)),
            t.read(&ranking::BANDS, bands),
        )
    });
    let weights = points.and_then(|t| weights(&t));
    let more = more.map(|t| {
        (
            t.read(&extras::UNSATISFIED, kinds::hundredths(0..=1_000)),
            t.read(&extras::UNSATISFIED_MAX, kinds::hundredths(0..=10_000)),
            t.read(&extras::GIVEN_BACK, part),
            t.read(&extras::VAGUE, kinds::hundredths(0..=1_000)),
            t.read(&extras::FALSE_RESULT, kinds::hundredths(0..=1_000)),
            t.read(&extras::ORDERS, |v| three(v, kinds::hundredths(0..=1_000))),
            t.read(&extras::THANKS, kinds::hundredths(0..=1_000)),
            t.read(&extras::ADDED_MAX, kinds::hundredths(0..=10_000)),
        )
    });
    let (cuts, count, rank, weights, more) = (cuts?, count?, rank?, weights?, more?);
    let (accepted, closed, source) = before?;
    Some(Reports {
        day_end_s: cuts.0?,
        week_from: cuts.1?,
        month_last: cuts.2?,
        year_last: cuts.3?,
        draft_at_s: cuts.4?,
        fairly_satisfied: count.0?,
        partly_solved: count.1?,
        short_abandon_s: u32::try_from(count.2?.as_secs()).unwrap_or(u32::MAX),
        repeat_days: count.3?,
        outbreak: count.4?,
        due_min: rank.0?,
        best: rank.1?,
        best_from: rank.2?,
        worst: rank.3?,
        worst_below: rank.4?,
        bands: rank.5?,
        weights,
        unsatisfied: more.0?,
        unsatisfied_max: more.1?,
        given_back: more.2?,
        vague: more.3?,
        false_result: more.4?,
        orders: more.5?,
        thanks: more.6?,
        added_max: more.7?,
        opening_accepted: accepted,
        opening_closed: closed,
        opening_source: source,
    })
}

fn weights(t: &Table<'_>) -> Option<[u32; 9]> {
    let keys: [&Key; 9] = [
        &score::SIGN,
        &score::ON_TIME,
        &score::SATISFIED,
        &score::SOLVED,
        &score::AT_ONCE,
        &score::RETURNS,
        &score::CONTACT,
        &score::URGING,
        &score::KNOWLEDGE,
    ];
    let read = keys.map(|key| t.read(key, kinds::count(0..=100)));
    let mut weights = [0; 9];
    for (weight, read) in weights.iter_mut().zip(read) {
        *weight = read?;
    }
    let sum: u32 = weights.iter().sum();
    if sum != 100 {
        t.wrong("", format!("the nine items together make {sum}"), "make them 100");
        return None;
    }
    Some(weights)
}

/// Reads the demands from before the engine. The closed ones are not more than the accepted ones.
fn before(t: &Table<'_>) -> Option<(u64, u64, String)> {
    let accepted = t.read(&opening::ACCEPTED, kinds::count(0..=OPENING_MAX));
    let closed = t.read(&opening::CLOSED, kinds::count(0..=OPENING_MAX));
    let source = t.read(&opening::SOURCE, kinds::text);
    let (accepted, closed, source) = (accepted?, closed?, source?);
    if closed > accepted {
        let what = format!("{closed} are closed of {accepted} taken on");
        t.wrong("closed", what, "write no more than accepted");
        return None;
    }
    Some((accepted.into(), closed.into(), source))
}

/// `24:00`, or a time of day that is not midnight.
fn day_end(v: &Value<'_>) -> Option<u32> {
    if v.value.as_str() == Some("24:00") {
        return Some(DAY_S);
    }
    match kinds::time_of_day(v)? {
        0 => v.wrong("a day that ends as it begins", "write \"24:00\" for midnight"),
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
    v.wrong("the bands do not fall", "write the best one first: [90, 80, 60]")
}

fn three(v: &Value<'_>, of: impl Fn(&Value<'_>) -> Option<u32>) -> Option<[u32; 3]> {
    let read = kinds::list(of)(v)?;
    let found = read.len();
    read.try_into().ok().or_else(|| {
        let what = format!("there are {found} of three");
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
