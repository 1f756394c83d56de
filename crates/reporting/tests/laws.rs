//! Laws of figures, over years made up from a seed (hotline.md 2.8, invariants 7 and 12).

mod common;

use std::collections::BTreeMap;

use common::{House, at, of_year};
use proptest::prelude::*;
use reporting::{
    bulletin::Report,
    facts::{CallRow, Class, Facts, Piece, TicketFact, TicketRow},
    figure::{FORMULAS, Lens, Mark, Over, Part, Shape, drill, formula, measure, measure_all},
    sheet::{Part as SheetPart, Sheet},
};

fn house() -> House {
    let units: Vec<(String, &str)> =
        (0..50).map(|n| (format!("u{n:02}"), if n < 25 { "县区" } else { "市直部门" })).collect();
    let units: Vec<(&str, &str)> =
        units.iter().map(|(code, group)| (code.as_str(), *group)).collect();
    House::new(at("2026-11-20", 12, 0), &units)
}

fn rows(from: u64) -> Vec<TicketRow> {
    (0..600).map(|i| of_year((from + i) % 20_000, 20_000, 2026)).collect()
}

fn units<'a>(facts: &'a Facts, lens: &Lens<'a>) -> Vec<Lens<'a>> {
    facts.units.all().map(|(unit, _)| lens.of(unit)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is in a figure can be opened, part by part, and there is no more and no less.
    #[test]
    fn every_figure_is_the_count_of_its_drill_down(from in 0u64..20_000) {
        let house = house();
        let facts = house.facts(&[], &rows(from));
        let source = house.source(&facts);
        for period in ["2026", "2026-Q3", "2026-06", "2026-W20", "2026-05-20"] {
            let lens = source.lens(&house.period(period));
            for (formula, figure) in FORMULAS.iter().zip(measure_all(FORMULAS, &lens)) {
                prop_assert_eq!(&figure, &measure(formula, &lens));
                let of = |part| drill(formula, &lens, part).len() as u64;
                let counted = !matches!(
                    formula.over,
                    Over::WorstDay | Over::Knowledge | Over::Unmeasured(_)
                );
                if counted {
                    prop_assert_eq!(figure.denominator, of(Part::Denominator), "{}", formula.code);
                    prop_assert_eq!(of(Part::Numerator) + of(Part::Rest), figure.denominator);
                }
                let excluded: u64 = figure.excluded.iter().map(|out| out.n).sum();
                prop_assert_eq!(excluded, of(Part::Excluded), "{}", formula.code);
                if formula.shape == Shape::Rate {
                    let at_most = figure.denominator * reporting::figure::ONE;
                    prop_assert!(figure.numerator <= at_most, "{}", formula.code);
                }
            }
        }
    }

    /// A period looks only at what lived in it; what did not counts nowhere.
    #[test]
    fn what_did_not_live_in_a_period_marks_nowhere(from in 0u64..20_000) {
        let house = house();
        let facts = house.facts(&[], &rows(from));
        let source = house.source(&facts);
        for period in ["2026-Q1", "2026-Q3", "2026-06", "2026-W20", "2026-05-20"] {
            let lens = source.lens(&house.period(period));
            for formula in FORMULAS {
                let (all, lived) = match formula.over {
                    Over::Tickets(mark) => {
                        let count = |of: &mut dyn Iterator<Item = &TicketFact>| {
                            of.filter(|ticket| mark(&lens, ticket) != Mark::Out).count()
                        };
                        (count(&mut facts.tickets.iter()), count(&mut facts.tickets_in(lens.span)))
                    }
                    Over::Pieces(mark) => {
                        let count = |of: &mut dyn Iterator<Item = &Piece>| {
                            of.filter(|piece| mark(&lens, piece) != Mark::Out).count()
                        };
                        (count(&mut facts.pieces.iter()), count(&mut facts.pieces_in(lens.span)))
                    }
                    _ => continue,
                };
                prop_assert_eq!(all, lived, "{}", formula.code);
            }
        }
    }

    /// 2.8, 7: the classes of valid demands add up to all of them, valid and invalid to all.
    #[test]
    fn every_ticket_is_in_one_class(from in 0u64..20_000) {
        let house = house();
        let facts = house.facts(&[], &rows(from));
        let mut by: BTreeMap<Class, u64> = BTreeMap::new();
        facts.tickets.iter().for_each(|ticket| *by.entry(ticket.class).or_default() += 1);
        let valid: u64 = Class::VALID.iter().filter_map(|class| by.get(class)).sum();
        let rest: u64 = [Class::Invalid, Class::Aside, Class::Missed]
            .iter()
            .filter_map(|class| by.get(class))
            .sum();
        prop_assert_eq!(valid + rest, facts.tickets.len() as u64);
        let source = house.source(&facts);
        let figure = measure(formula("F2").unwrap(), &source.lens(&house.period("2026")));
        prop_assert_eq!(figure.numerator, valid * reporting::figure::ONE);
    }

    /// 2.8, 12: units add up to at least the whole; without pieces given on, to the whole.
    #[test]
    fn units_add_up_to_the_house(from in 0u64..20_000) {
        let house = house();
        let facts = house.facts(&[], &rows(from));
        let source = house.source(&facts);
        let lens = source.lens(&house.period("2026"));
        for code in ["issued", "F5", "F6", "F9", "F14"] {
            let formula = formula(code).unwrap();
            let whole = measure(formula, &lens);
            let of_units: Vec<_> =
                units(&facts, &lens).iter().map(|lens| measure(formula, lens)).collect();
            let sum: u64 = of_units.iter().map(|figure| figure.denominator).sum();
            let above: u64 = of_units.iter().map(|figure| figure.numerator).sum();
            prop_assert_eq!((sum, above), (whole.denominator, whole.numerator), "{}", code);
        }
    }

    /// Months add up to their year, whatever way the year is cut.
    #[test]
    fn months_add_up_to_their_year(from in 0u64..20_000, last in 0u8..=28, ends in 1u8..=12) {
        let mut house = house();
        house.rules.cuts.month_last = last;
        house.rules.cuts.year_last = ends;
        let facts = house.facts(&[], &rows(from));
        let source = house.source(&facts);
        let year = house.period("2026");
        for code in ["F2", "issued", "F9"] {
            let formula = formula(code).unwrap();
            let whole = measure(formula, &source.lens(&year));
            let months = year.months(&house.rules.cuts);
            let sum: u64 =
                months.iter().map(|month| measure(formula, &source.lens(month)).denominator).sum();
            prop_assert_eq!(sum, whole.denominator, "{}", code);
        }
    }
}

/// 2.8, 10: the same facts make the same sheet, and its hash finds any change of it.
#[test]
fn a_sheet_is_the_same_for_the_same_facts_and_its_hash_is_its_own() {
    let house = house();
    let facts = house.facts(&[], &rows(0));
    let sheet = |period: &str, report| {
        house.source(&facts).sheet(report, &house.period(period), None).unwrap()
    };
    let (one, two) = (sheet("2026-01", Report::R3), sheet("2026-01", Report::R3));
    assert_eq!((&one, one.sha256()), (&two, two.sha256()));
    assert_eq!(Sheet::from_json(&one.to_json()).unwrap(), one);
    let mut other = one.clone();
    let table = other.parts.iter_mut().find_map(|part| match part {
        SheetPart::Table(table) if !table.rows.is_empty() => Some(table),
        _ => None,
    });
    table.unwrap().rows[0][0] = reporting::sheet::Cell::Count(99);
    assert_ne!(other.sha256(), one.sha256());
}

#[test]
fn a_row_comes_back_from_the_view_as_it_went_in() {
    for i in 0..500 {
        let row = of_year(i * 37, 20_000, 2026);
        let bytes = postcard::to_stdvec(&row).unwrap();
        assert_eq!(postcard::from_bytes::<TicketRow>(&bytes).unwrap(), row);
    }
}

/// Every line of a score is there to be opened, and the lines add up to the score.
#[test]
fn a_score_is_the_sum_of_its_lines() {
    let house = house();
    let facts = house.facts(&[], &rows(0));
    let source = house.source(&facts);
    let lens = source.lens(&house.period("2026-01"));
    let mut scored = 0;
    for unit in units(&facts, &lens) {
        let score = reporting::score::score(&unit);
        let Some(points) = score.points else { continue };
        scored += 1;
        let sum: i64 = score.lines.iter().map(|line| i64::from(line.points)).sum();
        assert_eq!(sum.clamp(0, 10_000), i64::from(points), "{:#?}", score.lines);
        for line in score.lines.iter().filter(|line| !line.code.is_empty()) {
            assert!(formula(line.code).is_some(), "{} opens nothing", line.code);
        }
    }
    assert!(scored > 10);
}

#[test]
fn a_report_says_which_periods_and_units_it_is_made_of() {
    let house = house();
    let facts = house.facts(&[], &rows(0));
    let source = house.source(&facts);
    let no = |report, period: &str, unit| {
        source.sheet(report, &house.period(period), unit).unwrap_err().to_string()
    };
    assert_eq!(no(Report::R3, "2026", None), "R3 is made of a month: 2026-11");
    assert_eq!(no(Report::R3, "2026-01", Some("nobody")), "there is no unit nobody");
    assert!(no(Report::R1, "2026-01-02", Some("u01")).contains("whole hotline"));
}

#[test]
fn a_call_is_read_from_what_is_kept_of_it() {
    for answered in [None, Some(7)] {
        let cdr = common::call(at("2026-11-02", 9, 0), answered);
        let kept = serde_json::to_vec(&cdr).unwrap();
        assert_eq!(serde_json::from_slice::<CallRow>(&kept).unwrap(), CallRow::from(&cdr));
    }
}
