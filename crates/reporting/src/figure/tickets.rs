//! How tickets mark: what came in, what was asked, what people said.

use model::desk::{Channel, Solved, TicketClosure};

use super::{Lens, Mark, ONE, Reason};
use crate::facts::{Class, Eval, Judged, TicketFact, weight};

/// F2: valid / all that was taken down.
pub(super) fn valid(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    if !lens.span.has(ticket.accepted) {
        return Mark::Out;
    }
    match ticket.class {
        Class::Missed => Mark::Excluded(Reason::MissedCall),
        Class::Aside => Mark::Excluded(Reason::Aside),
        Class::Draft => Mark::Excluded(Reason::NotRegistered),
        class => Mark::when(class.is_valid()),
    }
}

/// Valid ones of the period, by whether they are of this kind.
fn of_valid(lens: &Lens<'_>, ticket: &TicketFact, holds: bool) -> Mark {
    let counts = lens.span.has(ticket.accepted) && ticket.class.is_valid();
    if counts { Mark::when(holds) } else { Mark::Out }
}

/// F2b: answered on the spot / valid.
pub(super) fn direct(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    of_valid(lens, ticket, ticket.class == Class::Direct)
}

/// F2b: dispatched / valid.
pub(super) fn dispatched(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    of_valid(lens, ticket, ticket.class == Class::Dispatched)
}

/// F23: its matter had one within the days of a repeat / valid.
pub(super) fn repeated(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    of_valid(lens, ticket, ticket.repeated)
}

/// F1c: called back in time / missed.
pub(super) fn called_back(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    match ticket.lost {
        Some(lost) if lens.span.has(ticket.accepted) => judged(lens, &lost),
        _ => Mark::Out,
    }
}

/// F4: dispatched within the time for review / dispatched.
pub(super) fn dispatched_in_time(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    if !lens.span.has(ticket.dispatched) {
        return Mark::Out;
    }
    ticket.dispatched_in_time.map_or(Mark::Excluded(Reason::NoLimit), Mark::when)
}

/// F22: moved to another unit afterwards / dispatched.
pub(super) fn misdirected(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    if !lens.span.has(ticket.dispatched) {
        return Mark::Out;
    }
    Mark::when(lens.facts.pieces_of(ticket).iter().any(|piece| piece.returns_right > 0))
}

/// F5, cumulative: closed / accepted, since the first record.
pub(super) fn closed_since_opening(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    if !ticket.class.is_valid() || ticket.accepted >= lens.span.to {
        return Mark::Out;
    }
    Mark::when(ticket.closed.happened() && ticket.closed < lens.span.to)
}

/// F8: asked to the end / told, and so to be asked.
pub(super) fn covered(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    to_be_asked(lens, ticket, ticket.asked && !ticket.open)
}

/// F8: said clearly how it is / told, and so to be asked.
pub(super) fn covered_validly(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    to_be_asked(lens, ticket, ticket.last.is_some())
}

fn to_be_asked(lens: &Lens<'_>, ticket: &TicketFact, holds: bool) -> Mark {
    if !lens.span.has(ticket.replied) || ticket.class == Class::Filed {
        return Mark::Out;
    }
    if ticket.closure == Some(TicketClosure::Withdrawn) {
        return Mark::Excluded(Reason::Stopped);
    }
    Mark::when(holds)
}

/// Those whose evaluation is of the period, each with what it gives; `None` when the caller was
/// not asked that question.
fn evaluated(
    lens: &Lens<'_>,
    ticket: &TicketFact,
    eval: Option<Eval>,
    in_period: bool,
    gives: impl Fn(&Eval) -> Option<u64>,
) -> Mark {
    let Some(eval) = eval.filter(|_| in_period) else { return Mark::Out };
    if ticket.unreasonable {
        return Mark::Excluded(Reason::Unreasonable);
    }
    if lens.facts.pieces_of(ticket).iter().any(|piece| piece.excluded) {
        return Mark::Excluded(Reason::Appeal);
    }
    gives(&eval).map_or(Mark::Excluded(Reason::NotAsked), Mark::In)
}

fn of_last(lens: &Lens<'_>, ticket: &TicketFact, gives: impl Fn(&Eval) -> Option<u64>) -> Mark {
    let in_period = ticket.last.is_some_and(|eval| lens.span.has(eval.at));
    evaluated(lens, ticket, ticket.last, in_period, gives)
}

/// F9: (very satisfied + satisfied + w × fairly satisfied) / evaluated. Who gave no answer is in neither.
pub(super) fn satisfied(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    of_last(lens, ticket, |eval| Some(satisfaction(lens, eval)))
}

/// F10: the same by the first valid evaluation, which never changes.
pub(super) fn first_satisfied(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    let in_period = ticket.first.is_some_and(|eval| lens.span.has(eval.at));
    evaluated(lens, ticket, ticket.first, in_period, |eval| Some(satisfaction(lens, eval)))
}

/// F11: the last evaluation of what was closed in the period.
pub(super) fn finally_satisfied(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    let in_period = lens.span.has(ticket.closed);
    evaluated(lens, ticket, ticket.last, in_period, |eval| Some(satisfaction(lens, eval)))
}

/// F12a: the unit had spoken with them / evaluations in which the caller was asked about it.
pub(super) fn contacted(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    of_last(lens, ticket, contact)
}

/// F12b: solved / evaluations in which the caller was asked about it.
pub(super) fn solved(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    of_last(lens, ticket, |eval| solution(lens, eval))
}

/// F12c: a tenth contact, half solution, two fifths satisfaction, over the evaluations in which
/// the caller was asked all three questions: the list behind the figure then has the same tickets
/// for each of its parts.
pub(super) fn three_rates(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    of_last(lens, ticket, |eval| {
        let (contact, solution) = (contact(eval)?, solution(lens, eval)?);
        Some((10 * contact + 50 * solution + 40 * satisfaction(lens, eval)) / 100)
    })
}

fn contact(eval: &Eval) -> Option<u64> {
    eval.contacted.map(|spoke| if spoke { ONE } else { 0 })
}

fn solution(lens: &Lens<'_>, eval: &Eval) -> Option<u64> {
    eval.solved.map(|solved| match solved {
        Solved::Yes => ONE,
        Solved::Partly => u64::from(lens.rules.partly_solved) * ONE / 100,
        Solved::No => 0,
    })
}

fn satisfaction(lens: &Lens<'_>, eval: &Eval) -> u64 {
    weight(eval.grade, u64::from(lens.rules.fairly_satisfied) * ONE / 100)
}

/// How a ticket went that a named method moved and that was closed in the period (SUP-08).
pub(super) fn moved_by_method(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    let in_period = ticket.tagged && lens.span.has(ticket.closed);
    evaluated(lens, ticket, ticket.last, in_period, |eval| solution(lens, eval))
}

/// F19: opened in the period.
pub(super) fn item_opened(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    item(lens, ticket, lens.span.has(ticket.item_opened))
}

/// F19: struck off in the period.
pub(super) fn item_closed(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    item(lens, ticket, lens.span.has(ticket.item_closed))
}

/// F19: opened in the period, and struck off in it.
pub(super) fn item_closed_at_once(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    item(lens, ticket, lens.span.has(ticket.item_opened) && lens.span.has(ticket.item_closed))
}

/// An item whose piece was taken out on appeal is nobody's.
fn item(lens: &Lens<'_>, ticket: &TicketFact, counts: bool) -> Mark {
    match counts {
        false => Mark::Out,
        true if is_appealed(lens, ticket) => Mark::Excluded(Reason::Appeal),
        true => Mark::In(ONE),
    }
}

fn is_appealed(lens: &Lens<'_>, ticket: &TicketFact) -> bool {
    let mut pieces = lens.facts.pieces_of(ticket).iter();
    pieces.any(|piece| piece.excluded && piece.unit == ticket.item_unit)
}

/// F19: struck off / opened, since the first record.
pub(super) fn items_closed(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    if !ticket.item_opened.happened() || ticket.item_opened >= lens.span.to {
        return Mark::Out;
    }
    if is_appealed(lens, ticket) {
        return Mark::Excluded(Reason::Appeal);
    }
    Mark::when(ticket.item_closed.happened() && ticket.item_closed < lens.span.to)
}

/// F20: closed with a filing's answer in the period.
pub(super) fn answered_by_filing(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    let closed = ticket.closure == Some(TicketClosure::Filed) && lens.span.has(ticket.closed);
    if closed { Mark::In(ONE) } else { Mark::Out }
}

/// F21: first contact or arrival in time / quick pieces due.
pub(super) fn quick(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    match ticket.quick {
        Some(quick) if lens.span.has(quick.due) => judged(lens, &quick),
        _ => Mark::Out,
    }
}

/// F24: nuisance / calls somebody answered; each of them leaves a ticket.
pub(super) fn nuisance(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    if !lens.span.has(ticket.accepted) || ticket.channel != Channel::Phone {
        return Mark::Out;
    }
    match ticket.class {
        Class::Missed => Mark::Out,
        Class::Aside => Mark::Excluded(Reason::Aside),
        Class::Draft => Mark::Excluded(Reason::NotRegistered),
        class => Mark::when(class == Class::Invalid && ticket.disposition.is_nuisance()),
    }
}

/// Thanks said about what came in in the period.
pub(super) fn thanks(lens: &Lens<'_>, ticket: &TicketFact) -> Mark {
    let counts = ticket.thanks > 0 && lens.span.has(ticket.accepted);
    if counts { Mark::In(u64::from(ticket.thanks) * ONE) } else { Mark::Out }
}

/// A clock of the period: met in time, or not.
pub(super) fn judged(lens: &Lens<'_>, judged: &Judged) -> Mark {
    if judged.stopped {
        return Mark::Excluded(Reason::Stopped);
    }
    if !judged.met.happened() && judged.due >= lens.facts.now {
        return Mark::Excluded(Reason::NotYetDue);
    }
    Mark::when(judged.in_time)
}
