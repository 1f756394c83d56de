//! Measuring figures and listing what they count, by the same contributions.

use super::{
    CarriedForward, Contribution, Figure, FigurePart, FigureScope, Formula, ONE, Population,
    SPECIAL, Shape, Subject, assignments, calls, formula, tally::Tally,
};
use crate::{OrderFact, facts::TicketFact};

/// Measures one figure.
pub fn measure(formula: &'static Formula, scope: &FigureScope<'_>) -> Figure {
    let mut tally = Tally::default();
    walk(formula, scope, &mut |mark, _| tally.add(mark));
    finished(formula, scope, tally)
}

/// Measures several figures in one pass over the tickets, of which there may be a million.
pub fn measure_all(
    formulas: impl IntoIterator<Item = &'static Formula>,
    scope: &FigureScope<'_>,
) -> Figures {
    let mut all: Vec<_> = formulas.into_iter().map(|of| (of, Tally::default())).collect();
    let (mut by_ticket, mut by_assignment) = (Vec::new(), Vec::new());
    for (formula, tally) in &mut all {
        match formula.over {
            Population::Tickets(mark) => by_ticket.push((mark, tally)),
            Population::Assignments(mark) => by_assignment.push((mark, tally)),
            _ => walk(formula, scope, &mut |mark, _| tally.add(mark)),
        }
    }
    if !by_ticket.is_empty() {
        for ticket in scope.tickets() {
            by_ticket.iter_mut().for_each(|(mark, tally)| tally.add(mark(scope, ticket)));
        }
    }
    if !by_assignment.is_empty() {
        for assignment in scope.assignments() {
            by_assignment.iter_mut().for_each(|(mark, tally)| tally.add(mark(scope, assignment)));
        }
    }
    Figures(all.into_iter().map(|(formula, tally)| finished(formula, scope, tally)).collect())
}

/// Adds the parts that are not sums of contributions, and formats the figure.
fn finished(formula: &'static Formula, scope: &FigureScope<'_>, mut tally: Tally) -> Figure {
    match formula.over {
        Population::WorstDay => tally = calls::worst_day(scope),
        Population::Knowledge => {
            let (from, to) = scope.days;
            let owner = scope.unit_code().map(model::desk::UnitId::from);
            let rate =
                scope.reference.knowledge().update_rate(from, to, scope.today, owner.as_ref());
            tally.numerator = u64::from(rate.in_time) * ONE;
            tally.denominator = u64::from(rate.due);
        }
        _ => {}
    }
    let spread =
        (formula.shape == Shape::Days).then(|| assignments::spread(formula, scope)).flatten();
    let carried = carried(formula, scope);
    if let Some(carried) = &carried {
        tally.numerator += carried.numerator * ONE;
        tally.denominator += carried.denominator;
    }
    Figure { carried, ..tally.figure(formula, spread) }
}

/// Figures of one scope that were measured together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures(Vec<Figure>);

impl Figures {
    /// Measures the figures of these codes, in this order.
    pub fn of<'c>(scope: &FigureScope<'_>, codes: impl IntoIterator<Item = &'c str>) -> Figures {
        measure_all(codes.into_iter().filter_map(formula), scope)
    }

    /// The figure of a code that was measured.
    pub fn get(&self, code: &str) -> Option<&Figure> {
        let found = self.0.iter().find(|figure| figure.code == code);
        debug_assert!(found.is_some(), "{code} was not counted with the others");
        found
    }

    /// The numerator of a figure, in ones.
    pub fn numerator(&self, code: &str) -> u64 {
        self.get(code).map_or(0, |figure| figure.numerator / ONE)
    }

    /// The denominator of a figure.
    pub fn denominator(&self, code: &str) -> u64 {
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

/// The opening balance that a running total continues. It exists for the whole hotline only.
fn carried(formula: &Formula, scope: &FigureScope<'_>) -> Option<CarriedForward> {
    let opening = &scope.rules.opening;
    let has =
        matches!(formula.over, Population::SinceOpening(_)) && scope.subject == Subject::Hotline;
    (has && opening.accepted > 0).then(|| CarriedForward {
        numerator: opening.closed,
        denominator: opening.accepted,
        source: opening.source.clone(),
    })
}

/// Measures a figure over some tickets only. A formula that does not count tickets gives 0.
pub(crate) fn measure_tickets(
    formula: &'static Formula,
    scope: &FigureScope<'_>,
    tickets: &[&TicketFact],
) -> Figure {
    let mut tally = Tally::default();
    if let Population::Tickets(mark) = formula.over {
        tickets.iter().for_each(|ticket| tally.add(mark(scope, ticket)));
    }
    tally.figure(formula, None)
}

/// The ids of what a figure counts in one part.
pub fn drill_down(
    formula: &'static Formula,
    scope: &FigureScope<'_>,
    part: FigurePart,
) -> Vec<String> {
    let mut named = Vec::new();
    walk(formula, scope, &mut |mark, id| {
        if part.contains(mark) {
            named.push(id());
        }
    });
    named
}

/// Calls `see` with the contribution and the id of everything that a formula looks at.
fn walk(
    formula: &Formula,
    scope: &FigureScope<'_>,
    see: &mut dyn FnMut(Contribution, &dyn Fn() -> String),
) {
    match formula.over {
        Population::Calls(mark) => {
            scope.calls().for_each(|call| see(mark(scope, call), &|| call.call.to_string()));
        }
        Population::Tickets(mark) => scope
            .tickets()
            .for_each(|ticket| see(mark(scope, ticket), &|| ticket.ticket.to_string())),
        Population::SinceOpening(mark) => scope
            .all_tickets()
            .for_each(|ticket| see(mark(scope, ticket), &|| ticket.ticket.to_string())),
        Population::Items(mark) => {
            scope.items().for_each(|item| see(mark(scope, item), &|| item.ticket.to_string()));
        }
        Population::Assignments(mark) => scope.assignments().for_each(|assignment| {
            let id = || scope.facts.id_of(assignment).map(|id| id.to_string()).unwrap_or_default();
            see(mark(scope, assignment), &id);
        }),
        Population::Orders(mark) => {
            let of_scope = |order: &&OrderFact<'_>| {
                scope.unit_code().is_none_or(|code| order.unit.as_str() == code)
            };
            let orders = scope.orders.iter().filter(of_scope);
            orders.for_each(|order| see(mark(scope, order), &|| order.id.to_string()));
        }
        Population::Issues if scope.subject == Subject::Hotline => {
            for (issue, at) in scope.reference.series(SPECIAL) {
                if scope.span.has(at.into()) {
                    let n = scope.reference.instructed(issue).len();
                    let mark = Contribution::Counted(u64::try_from(n).unwrap_or(0) * ONE);
                    see(mark, &|| format!("{} {}", issue.report, issue.period));
                }
            }
        }
        Population::Filings => {
            for (id, filing) in scope.reference.filings() {
                let is_of_scope =
                    scope.unit_code().is_none_or(|code| filing.form.unit.as_str() == code);
                let since = crate::facts::CompactTime::from(filing.approved);
                let until = crate::facts::CompactTime::from(filing.valid_to);
                let approved = filing.state == model::desk::FilingState::Approved;
                let holds = since.happened() && since < scope.span.to && until >= scope.span.to;
                if is_of_scope && holds && approved {
                    see(Contribution::Counted(ONE), &|| id.to_string());
                }
            }
        }
        Population::Issues
        | Population::WorstDay
        | Population::Knowledge
        | Population::Unmeasured(_) => {}
    }
}
