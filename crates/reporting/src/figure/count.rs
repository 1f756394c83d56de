//! Counting and naming, by the same marks.

use std::collections::BTreeMap;

use super::{
    Carried, EMPTY, Excluded, Figure, Formula, Lens, Mark, ONE, Over, Part, Reason, SPECIAL, Scope,
    Shape, Spread, calls, decimal, formula, percent, pieces,
};
use crate::{OrderFact, facts::TicketFact};

/// Count it.
pub fn measure(formula: &'static Formula, lens: &Lens<'_>) -> Figure {
    let mut tally = Tally::default();
    walk(formula, lens, &mut |mark, _| tally.add(mark));
    finished(formula, lens, tally)
}

/// Count many at once: what they look at is a million tickets and passes by once for all of them.
pub fn measure_all(
    formulas: impl IntoIterator<Item = &'static Formula>,
    lens: &Lens<'_>,
) -> Figures {
    let mut all: Vec<_> = formulas.into_iter().map(|of| (of, Tally::default())).collect();
    let (mut by_ticket, mut by_piece) = (Vec::new(), Vec::new());
    for (formula, tally) in &mut all {
        match formula.over {
            Over::Tickets(mark) => by_ticket.push((mark, tally)),
            Over::Pieces(mark) => by_piece.push((mark, tally)),
            _ => walk(formula, lens, &mut |mark, _| tally.add(mark)),
        }
    }
    if !by_ticket.is_empty() {
        for ticket in lens.tickets() {
            by_ticket.iter_mut().for_each(|(mark, tally)| tally.add(mark(lens, ticket)));
        }
    }
    if !by_piece.is_empty() {
        for piece in lens.pieces() {
            by_piece.iter_mut().for_each(|(mark, tally)| tally.add(mark(lens, piece)));
        }
    }
    Figures(all.into_iter().map(|(formula, tally)| finished(formula, lens, tally)).collect())
}

/// What is not a sum over marks, and how all of it is shown.
fn finished(formula: &'static Formula, lens: &Lens<'_>, mut tally: Tally) -> Figure {
    match formula.over {
        Over::WorstDay => tally = calls::worst_day(lens),
        Over::Knowledge => {
            let (from, to) = lens.days;
            let owner = lens.unit_code().map(model::desk::UnitId::from);
            let rate = lens.backdrop.knowledge().update_rate(from, to, lens.today, owner.as_ref());
            tally.numerator = u64::from(rate.in_time) * ONE;
            tally.denominator = u64::from(rate.due);
        }
        _ => {}
    }
    let spread = (formula.shape == Shape::Days).then(|| pieces::spread(formula, lens)).flatten();
    let carried = carried(formula, lens);
    if let Some(carried) = &carried {
        tally.numerator += carried.numerator * ONE;
        tally.denominator += carried.denominator;
    }
    Figure { carried, ..tally.figure(formula, spread) }
}

/// Figures of one lens, counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures(Vec<Figure>);

impl Figures {
    /// Those of these codes, in their order.
    pub fn of<'c>(lens: &Lens<'_>, codes: impl IntoIterator<Item = &'c str>) -> Figures {
        measure_all(codes.into_iter().filter_map(formula), lens)
    }

    /// The one of a code that was asked for.
    pub fn get(&self, code: &str) -> Option<&Figure> {
        let found = self.0.iter().find(|figure| figure.code == code);
        debug_assert!(found.is_some(), "{code} was not counted with the others");
        found
    }

    /// How many it counts above the line, in ones.
    pub fn above(&self, code: &str) -> u64 {
        self.get(code).map_or(0, |figure| figure.numerator / ONE)
    }

    /// How many below it.
    pub fn below(&self, code: &str) -> u64 {
        self.get(code).map_or(0, |figure| figure.denominator)
    }
}

impl IntoIterator for Figures {
    type Item = Figure;
    type IntoIter = std::vec::IntoIter<Figure>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// What a running total goes on from: of the whole hotline, since nobody knows it by unit.
fn carried(formula: &Formula, lens: &Lens<'_>) -> Option<Carried> {
    let opening = &lens.rules.opening;
    let has = matches!(formula.over, Over::SinceOpening(_)) && lens.scope == Scope::House;
    (has && opening.accepted > 0).then(|| Carried {
        numerator: opening.closed,
        denominator: opening.accepted,
        source: opening.source.clone(),
    })
}

/// Count it over some tickets only; of what is not counted by ticket it says nothing.
pub(crate) fn measure_of(
    formula: &'static Formula,
    lens: &Lens<'_>,
    tickets: &[&TicketFact],
) -> Figure {
    let mut tally = Tally::default();
    if let Over::Tickets(mark) = formula.over {
        tickets.iter().for_each(|ticket| tally.add(mark(lens, ticket)));
    }
    tally.figure(formula, None)
}

/// Name what it counts, each by its id.
pub fn drill(formula: &'static Formula, lens: &Lens<'_>, part: Part) -> Vec<String> {
    let mut named = Vec::new();
    walk(formula, lens, &mut |mark, id| {
        if part.takes(mark) {
            named.push(id());
        }
    });
    named
}

/// Show every thing a formula looks at, with its mark and its name.
fn walk(formula: &Formula, lens: &Lens<'_>, see: &mut dyn FnMut(Mark, &dyn Fn() -> String)) {
    match formula.over {
        Over::Calls(mark) => {
            lens.calls().for_each(|call| see(mark(lens, call), &|| call.call.to_string()));
        }
        Over::Tickets(mark) => {
            lens.tickets().for_each(|ticket| see(mark(lens, ticket), &|| ticket.ticket.to_string()))
        }
        Over::SinceOpening(mark) => lens
            .all_tickets()
            .for_each(|ticket| see(mark(lens, ticket), &|| ticket.ticket.to_string())),
        Over::Items(mark) => {
            lens.items().for_each(|item| see(mark(lens, item), &|| item.ticket.to_string()));
        }
        Over::Pieces(mark) => lens.pieces().for_each(|piece| {
            let id = || lens.facts.id_of(piece).map(|id| id.to_string()).unwrap_or_default();
            see(mark(lens, piece), &id);
        }),
        Over::Orders(mark) => {
            let ours = |order: &&OrderFact<'_>| {
                lens.unit_code().is_none_or(|code| order.unit.as_str() == code)
            };
            let orders = lens.orders.iter().filter(ours);
            orders.for_each(|order| see(mark(lens, order), &|| order.id.to_string()));
        }
        Over::Issues if lens.scope == Scope::House => {
            for (issue, at) in lens.backdrop.series(SPECIAL) {
                if lens.span.has(at.into()) {
                    let n = lens.backdrop.instructed(issue).len();
                    let mark = Mark::In(u64::try_from(n).unwrap_or(0) * ONE);
                    see(mark, &|| format!("{} {}", issue.report, issue.period));
                }
            }
        }
        Over::Filings => {
            for (id, filing) in lens.backdrop.filings() {
                let ours = lens.unit_code().is_none_or(|code| filing.form.unit.as_str() == code);
                let since = crate::facts::At::from(filing.approved);
                let until = crate::facts::At::from(filing.valid_to);
                let approved = filing.state == model::desk::FilingState::Approved;
                let holds = since.happened() && since < lens.span.to && until >= lens.span.to;
                if ours && holds && approved {
                    see(Mark::In(ONE), &|| id.to_string());
                }
            }
        }
        Over::Issues | Over::WorstDay | Over::Knowledge | Over::Unmeasured(_) => {}
    }
}

/// Sums.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) numerator: u64,
    pub(super) denominator: u64,
    pub(super) excluded: BTreeMap<Reason, u64>,
}

impl Tally {
    pub(super) fn add(&mut self, mark: Mark) {
        match mark {
            Mark::Out => {}
            Mark::Excluded(reason) => *self.excluded.entry(reason).or_default() += 1,
            Mark::In(n) => {
                self.denominator += 1;
                self.numerator += n;
            }
        }
    }

    fn figure(self, formula: &Formula, spread: Option<Spread>) -> Figure {
        let unmeasured = match formula.over {
            Over::Unmeasured(why) => Some(why),
            _ => None,
        };
        let (above, below) = (self.numerator, self.denominator);
        let shown = match (unmeasured, formula.shape) {
            (Some(_), _) => EMPTY.to_owned(),
            (None, Shape::Rate) => percent(above, below),
            (None, Shape::Count) => (above / ONE).to_string(),
            (None, Shape::Seconds | Shape::Days) => decimal(above, below),
        };
        let excluded = self.excluded.into_iter().map(|(reason, n)| Excluded { reason, n });
        Figure {
            code: formula.code,
            chinese: formula.chinese,
            english: formula.english,
            how: formula.how,
            basis: formula.basis,
            shape: formula.shape,
            shown,
            numerator: above,
            denominator: below,
            excluded: excluded.collect(),
            spread,
            carried: None,
            unmeasured,
        }
    }
}
