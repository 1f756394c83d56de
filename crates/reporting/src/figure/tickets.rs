//! How tickets count in figures.

use model::desk::{Channel, Solved, TicketClosure};

use super::{Contribution, ExclusionReason, FigureScope, ONE};
use crate::facts::{DeadlineResult, EvaluationFact, TicketClass, TicketFact, weight};

/// F2: valid / all registered.
pub(super) fn valid(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    if !scope.span.has(ticket.accepted) {
        return Contribution::None;
    }
    match ticket.class {
        TicketClass::Missed => Contribution::Excluded(ExclusionReason::MissedCall),
        TicketClass::Aside => Contribution::Excluded(ExclusionReason::Aside),
        TicketClass::Draft => Contribution::Excluded(ExclusionReason::NotRegistered),
        class => Contribution::when(class.is_valid()),
    }
}

/// Counts valid tickets of the period, in the numerator when `holds`.
fn of_valid(scope: &FigureScope<'_>, ticket: &TicketFact, holds: bool) -> Contribution {
    let counts = scope.span.has(ticket.accepted) && ticket.class.is_valid();
    if counts { Contribution::when(holds) } else { Contribution::None }
}

/// F2b: answered on the spot / valid.
pub(super) fn direct(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    of_valid(scope, ticket, ticket.class == TicketClass::Direct)
}

/// F2b: dispatched / valid.
pub(super) fn dispatched(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    of_valid(scope, ticket, ticket.class == TicketClass::Dispatched)
}

/// F23: the matter had another ticket within the days of a repeat / valid.
pub(super) fn repeated(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    of_valid(scope, ticket, ticket.repeated)
}

/// F1c: called back in time / missed calls.
pub(super) fn called_back(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    match ticket.lost {
        Some(lost) if scope.span.has(ticket.accepted) => judged(scope, &lost),
        _ => Contribution::None,
    }
}

/// F4: dispatched within the time for review / dispatched.
pub(super) fn dispatched_in_time(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    if !scope.span.has(ticket.dispatched) {
        return Contribution::None;
    }
    ticket
        .dispatched_in_time
        .map_or(Contribution::Excluded(ExclusionReason::NoLimit), Contribution::when)
}

/// F22: moved to another unit afterwards / dispatched.
pub(super) fn misdirected(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    if !scope.span.has(ticket.dispatched) {
        return Contribution::None;
    }
    Contribution::when(
        scope.facts.assignments_of(ticket).iter().any(|assignment| assignment.returns_right > 0),
    )
}

/// F5, cumulative: closed / accepted, since the first record.
pub(super) fn closed_since_opening(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    if !ticket.class.is_valid() || ticket.accepted >= scope.span.to {
        return Contribution::None;
    }
    Contribution::when(ticket.closed.happened() && ticket.closed < scope.span.to)
}

/// F8: callback completed / callback due.
pub(super) fn covered(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    to_be_asked(scope, ticket, ticket.asked && !ticket.open)
}

/// F8: valid evaluation given / callback due.
pub(super) fn covered_validly(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    to_be_asked(scope, ticket, ticket.last.is_some())
}

fn to_be_asked(scope: &FigureScope<'_>, ticket: &TicketFact, holds: bool) -> Contribution {
    if !scope.span.has(ticket.replied) || ticket.class == TicketClass::Filed {
        return Contribution::None;
    }
    if ticket.closure == Some(TicketClosure::Withdrawn) {
        return Contribution::Excluded(ExclusionReason::Stopped);
    }
    Contribution::when(holds)
}

/// Counts the evaluations of the period with the value that `gives` returns, which is `None` when the
/// caller was not asked that question.
fn evaluated(
    scope: &FigureScope<'_>,
    ticket: &TicketFact,
    eval: Option<EvaluationFact>,
    in_period: bool,
    gives: impl Fn(&EvaluationFact) -> Option<u64>,
) -> Contribution {
    let Some(eval) = eval.filter(|_| in_period) else { return Contribution::None };
    if ticket.unreasonable {
        return Contribution::Excluded(ExclusionReason::Unreasonable);
    }
    if scope.facts.assignments_of(ticket).iter().any(|assignment| assignment.excluded) {
        return Contribution::Excluded(ExclusionReason::Appeal);
    }
    gives(&eval).map_or(Contribution::Excluded(ExclusionReason::NotAsked), Contribution::Counted)
}

fn of_last(
    scope: &FigureScope<'_>,
    ticket: &TicketFact,
    gives: impl Fn(&EvaluationFact) -> Option<u64>,
) -> Contribution {
    let in_period = ticket.last.is_some_and(|eval| scope.span.has(eval.at));
    evaluated(scope, ticket, ticket.last, in_period, gives)
}

/// F9: (very satisfied + satisfied + w × fairly satisfied) / evaluated. Calls without an answer are in
/// neither.
pub(super) fn satisfied(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    of_last(scope, ticket, |eval| Some(satisfaction(scope, eval)))
}

/// F10: the same for the first valid evaluation, which never changes.
pub(super) fn first_satisfied(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    let in_period = ticket.first.is_some_and(|eval| scope.span.has(eval.at));
    evaluated(scope, ticket, ticket.first, in_period, |eval| Some(satisfaction(scope, eval)))
}

/// F11: the last evaluation of tickets closed in the period.
pub(super) fn finally_satisfied(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    let in_period = scope.span.has(ticket.closed);
    evaluated(scope, ticket, ticket.last, in_period, |eval| Some(satisfaction(scope, eval)))
}

/// F12a: the unit had contacted the caller / evaluations in which that was asked.
pub(super) fn contacted(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    of_last(scope, ticket, contact)
}

/// F12b: solved / evaluations in which that was asked.
pub(super) fn solved(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    of_last(scope, ticket, |eval| solution(scope, eval))
}

/// F12c: 0.1 contact + 0.5 solution + 0.4 satisfaction, over the evaluations in which all three
/// questions were asked, so that the drill-down lists the same tickets for each part.
pub(super) fn three_rates(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    of_last(scope, ticket, |eval| {
        let (contact, solution) = (contact(eval)?, solution(scope, eval)?);
        Some((10 * contact + 50 * solution + 40 * satisfaction(scope, eval)) / 100)
    })
}

fn contact(eval: &EvaluationFact) -> Option<u64> {
    eval.contacted.map(|spoke| if spoke { ONE } else { 0 })
}

fn solution(scope: &FigureScope<'_>, eval: &EvaluationFact) -> Option<u64> {
    eval.solved.map(|solved| match solved {
        Solved::Yes => ONE,
        Solved::Partly => u64::from(scope.rules.partly_solved) * ONE / 100,
        Solved::No => 0,
    })
}

fn satisfaction(scope: &FigureScope<'_>, eval: &EvaluationFact) -> u64 {
    weight(eval.grade, u64::from(scope.rules.fairly_satisfied) * ONE / 100)
}

/// How often tickets closed in the period were solved that a named method moved (SUP-08).
pub(super) fn moved_by_method(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    let in_period = ticket.tagged && scope.span.has(ticket.closed);
    evaluated(scope, ticket, ticket.last, in_period, |eval| solution(scope, eval))
}

/// F19: opened in the period.
pub(super) fn item_opened(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    item(scope, ticket, scope.span.has(ticket.item_opened))
}

/// F19: struck off in the period.
pub(super) fn item_closed(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    item(scope, ticket, scope.span.has(ticket.item_closed))
}

/// F19: opened and struck off in the period.
pub(super) fn item_closed_at_once(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    item(scope, ticket, scope.span.has(ticket.item_opened) && scope.span.has(ticket.item_closed))
}

/// A dissatisfaction item whose assignment was excluded on appeal does not count.
fn item(scope: &FigureScope<'_>, ticket: &TicketFact, counts: bool) -> Contribution {
    match counts {
        false => Contribution::None,
        true if is_appealed(scope, ticket) => Contribution::Excluded(ExclusionReason::Appeal),
        true => Contribution::Counted(ONE),
    }
}

fn is_appealed(scope: &FigureScope<'_>, ticket: &TicketFact) -> bool {
    let mut assignments = scope.facts.assignments_of(ticket).iter();
    assignments.any(|assignment| assignment.excluded && assignment.unit == ticket.item_unit)
}

/// F19: struck off / opened, since the first record.
pub(super) fn items_closed(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    if !ticket.item_opened.happened() || ticket.item_opened >= scope.span.to {
        return Contribution::None;
    }
    if is_appealed(scope, ticket) {
        return Contribution::Excluded(ExclusionReason::Appeal);
    }
    Contribution::when(ticket.item_closed.happened() && ticket.item_closed < scope.span.to)
}

/// F20: closed in the period with the answer of a filing.
pub(super) fn answered_by_filing(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    let closed = ticket.closure == Some(TicketClosure::Filed) && scope.span.has(ticket.closed);
    if closed { Contribution::Counted(ONE) } else { Contribution::None }
}

/// F21: first contact or arrival in time / quick-response tickets due.
pub(super) fn quick(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    match ticket.quick {
        Some(quick) if scope.span.has(quick.due) => judged(scope, &quick),
        _ => Contribution::None,
    }
}

/// F24: nuisance / answered calls; each answered call has a ticket.
pub(super) fn nuisance(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    if !scope.span.has(ticket.accepted) || ticket.channel != Channel::Phone {
        return Contribution::None;
    }
    match ticket.class {
        TicketClass::Missed => Contribution::None,
        TicketClass::Aside => Contribution::Excluded(ExclusionReason::Aside),
        TicketClass::Draft => Contribution::Excluded(ExclusionReason::NotRegistered),
        class => {
            Contribution::when(class == TicketClass::Invalid && ticket.disposition.is_nuisance())
        }
    }
}

/// Thanks on tickets accepted in the period.
pub(super) fn thanks(scope: &FigureScope<'_>, ticket: &TicketFact) -> Contribution {
    let counts = ticket.thanks > 0 && scope.span.has(ticket.accepted);
    if counts { Contribution::Counted(u64::from(ticket.thanks) * ONE) } else { Contribution::None }
}

/// A deadline: met in time, or not.
pub(super) fn judged(scope: &FigureScope<'_>, judged: &DeadlineResult) -> Contribution {
    if judged.stopped {
        return Contribution::Excluded(ExclusionReason::Stopped);
    }
    if !judged.met.happened() && judged.due >= scope.facts.now {
        return Contribution::Excluded(ExclusionReason::NotYetDue);
    }
    Contribution::when(judged.in_time)
}
