//! Properties of figures over generated years (hotline.md 2.8, invariants 7 and 12).

use std::collections::BTreeMap;

use proptest::prelude::*;
use reporting::{
    bulletin::Report,
    facts::{AssignmentFact, CallRow, Facts, TicketClass, TicketFact, TicketRow},
    figure::{
        Contribution, FORMULAS, FigurePart, FigureScope, Population, Shape, drill_down, formula,
        measure, measure_all,
    },
    sheet::{Sheet, SheetPart},
};

use crate::common::{Hotline, at, call, of_year};

fn hotline() -> Hotline {
    let units: Vec<(String, &str)> =
        (0..50).map(|n| (format!("u{n:02}"), if n < 25 { "县区" } else { "市直部门" })).collect();
    let units: Vec<(&str, &str)> =
        units.iter().map(|(code, group)| (code.as_str(), *group)).collect();
    Hotline::new(at("2026-11-20", 12, 0), &units)
}

fn rows(from: u64) -> Vec<TicketRow> {
    (0..600).map(|i| of_year((from + i) % 20_000, 20_000, 2026)).collect()
}

fn units<'a>(facts: &'a Facts, scope: &FigureScope<'a>) -> Vec<FigureScope<'a>> {
    facts.units.all().map(|(unit, _)| scope.of(unit)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The parts of a figure list exactly what it counts.
    #[test]
    fn figure_equals_the_length_of_its_drill_down(from in 0u64..20_000) {
        let hotline = hotline();
        let facts = hotline.facts(&[], &rows(from));
        let source = hotline.source(&facts);
        for period in ["2026", "2026-Q3", "2026-06", "2026-W20", "2026-05-20"] {
            let scope = source.scope(&hotline.period(period));
            for (formula, figure) in FORMULAS.iter().zip(measure_all(FORMULAS, &scope)) {
                prop_assert_eq!(&figure, &measure(formula, &scope));
                let of = |part| drill_down(formula, &scope, part).len() as u64;
                let counted = !matches!(
                    formula.over,
                    Population::WorstDay | Population::Knowledge | Population::Unmeasured(_)
                );
                if counted {
                    prop_assert_eq!(figure.denominator, of(FigurePart::Denominator), "{}", formula.code);
                    prop_assert_eq!(of(FigurePart::Numerator) + of(FigurePart::Rest), figure.denominator);
                }
                let excluded: u64 = figure.excluded.iter().map(|out| out.n).sum();
                prop_assert_eq!(excluded, of(FigurePart::Excluded), "{}", formula.code);
                if formula.shape == Shape::Rate {
                    let at_most = figure.denominator * reporting::figure::ONE;
                    prop_assert!(figure.numerator <= at_most, "{}", formula.code);
                }
            }
        }
    }

    /// Elements outside the period contribute nothing.
    #[test]
    fn elements_outside_the_period_do_not_contribute(from in 0u64..20_000) {
        let hotline = hotline();
        let facts = hotline.facts(&[], &rows(from));
        let source = hotline.source(&facts);
        for period in ["2026-Q1", "2026-Q3", "2026-06", "2026-W20", "2026-05-20"] {
            let scope = source.scope(&hotline.period(period));
            for formula in FORMULAS {
                let (all, lived) = match formula.over {
                    Population::Tickets(mark) => {
                        let count = |of: &mut dyn Iterator<Item = &TicketFact>| {
                            of.filter(|ticket| mark(&scope, ticket) != Contribution::None).count()
                        };
                        (count(&mut facts.tickets.iter()), count(&mut facts.tickets_in(scope.span)))
                    }
                    Population::Assignments(mark) => {
                        let count = |of: &mut dyn Iterator<Item = &AssignmentFact>| {
                            of.filter(|assignment| mark(&scope, assignment) != Contribution::None).count()
                        };
                        (count(&mut facts.assignments.iter()), count(&mut facts.assignments_in(scope.span)))
                    }
                    _ => continue,
                };
                prop_assert_eq!(all, lived, "{}", formula.code);
            }
        }
    }

    /// 2.8, 7: the classes of valid demands add up to all of them, valid and invalid to all.
    #[test]
    fn every_ticket_is_in_exactly_one_class(from in 0u64..20_000) {
        let hotline = hotline();
        let facts = hotline.facts(&[], &rows(from));
        let mut by: BTreeMap<TicketClass, u64> = BTreeMap::new();
        facts.tickets.iter().for_each(|ticket| *by.entry(ticket.class).or_default() += 1);
        let valid: u64 = TicketClass::VALID.iter().filter_map(|class| by.get(class)).sum();
        let rest: u64 = [TicketClass::Invalid, TicketClass::Aside, TicketClass::Missed]
            .iter()
            .filter_map(|class| by.get(class))
            .sum();
        prop_assert_eq!(valid + rest, facts.tickets.len() as u64);
        let source = hotline.source(&facts);
        let figure = measure(formula("F2").unwrap(), &source.scope(&hotline.period("2026")));
        prop_assert_eq!(figure.numerator, valid * reporting::figure::ONE);
    }

    /// 2.8, 12: units add up to at least the hotline; without assignments passed on, exactly.
    #[test]
    fn units_add_up_to_the_hotline(from in 0u64..20_000) {
        let hotline = hotline();
        let facts = hotline.facts(&[], &rows(from));
        let source = hotline.source(&facts);
        let scope = source.scope(&hotline.period("2026"));
        for code in ["issued", "F5", "F6", "F9", "F14"] {
            let formula = formula(code).unwrap();
            let whole = measure(formula, &scope);
            let of_units: Vec<_> =
                units(&facts, &scope).iter().map(|scope| measure(formula, scope)).collect();
            let sum: u64 = of_units.iter().map(|figure| figure.denominator).sum();
            let above: u64 = of_units.iter().map(|figure| figure.numerator).sum();
            prop_assert_eq!((sum, above), (whole.denominator, whole.numerator), "{}", code);
        }
    }

    /// Months add up to their year, whatever the boundaries of the year.
    #[test]
    fn months_add_up_to_their_year(from in 0u64..20_000, last in 0u8..=28, ends in 1u8..=12) {
        let mut hotline = hotline();
        hotline.rules.cuts.month_last = last;
        hotline.rules.cuts.year_last = ends;
        let facts = hotline.facts(&[], &rows(from));
        let source = hotline.source(&facts);
        let year = hotline.period("2026");
        for code in ["F2", "issued", "F9"] {
            let formula = formula(code).unwrap();
            let whole = measure(formula, &source.scope(&year));
            let months = year.months(&hotline.rules.cuts);
            let sum: u64 =
                months.iter().map(|month| measure(formula, &source.scope(month)).denominator).sum();
            prop_assert_eq!(sum, whole.denominator, "{}", code);
        }
    }
}

/// 2.8, 10: the same facts make the same sheet, and any change changes its hash.
#[test]
fn same_facts_make_the_same_sheet_and_hash() {
    let hotline = hotline();
    let facts = hotline.facts(&[], &rows(0));
    let sheet = |period: &str, report| {
        hotline.source(&facts).sheet(report, &hotline.period(period), None).unwrap()
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
fn ticket_row_survives_serialization() {
    for i in 0..500 {
        let row = of_year(i * 37, 20_000, 2026);
        let bytes = postcard::to_stdvec(&row).unwrap();
        assert_eq!(postcard::from_bytes::<TicketRow>(&bytes).unwrap(), row);
    }
}

/// The lines of a score add up to it.
#[test]
fn score_is_the_sum_of_its_lines() {
    let hotline = hotline();
    let facts = hotline.facts(&[], &rows(0));
    let source = hotline.source(&facts);
    let scope = source.scope(&hotline.period("2026-01"));
    let mut scored = 0;
    for unit in units(&facts, &scope) {
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
fn report_error_names_the_allowed_periods_and_units() {
    let hotline = hotline();
    let facts = hotline.facts(&[], &rows(0));
    let source = hotline.source(&facts);
    let no = |report, period: &str, unit| {
        source.sheet(report, &hotline.period(period), unit).unwrap_err().to_string()
    };
    assert_eq!(no(Report::R3, "2026", None), "R3 can only be made of a month: 2026-11");
    assert_eq!(no(Report::R3, "2026-01", Some("nobody")), "there is no unit nobody");
    assert!(no(Report::R1, "2026-01-02", Some("u01")).contains("whole hotline"));
}

#[test]
fn call_row_is_read_from_a_stored_cdr() {
    for answered in [None, Some(7)] {
        let cdr = call(at("2026-11-02", 9, 0), answered);
        let bytes = serde_json::to_vec(&cdr).unwrap();
        assert_eq!(serde_json::from_slice::<CallRow>(&bytes).unwrap(), CallRow::from(&cdr));
    }
}
