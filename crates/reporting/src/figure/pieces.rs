//! How pieces and orders mark: what units owed.
//!
//! A piece counts once a period, however many of its rounds were due in it: it
//! is done when the last of them is, and on time when every one of them was.

use model::desk::Grade;

use super::{Formula, Lens, Mark, ONE, Over, Reason, Spread, tickets::judged};
use crate::{
    OrderFact,
    facts::{Clocked, Owed, Piece, Urged},
};
use model::desk::{OrderLevel, UrgeSource};

/// What of a piece was due in the period by this clock, or why it does not count.
fn due(lens: &Lens<'_>, piece: &Piece, clock: Clocked) -> Result<(bool, bool), Mark> {
    let owed = lens.facts.owed_by(piece).iter();
    let in_period = |owed: &&Owed| owed.clock == clock && lens.span.has(owed.judged.due);
    let mut due = owed.filter(in_period).peekable();
    if due.peek().is_none() {
        return Err(Mark::Out);
    }
    if let Some(reason) = left_out(lens, piece) {
        return Err(Mark::Excluded(reason));
    }
    // Rounds that had not come due by the report's time are owed later.
    let known = |owed: &&Owed| owed.judged.met.happened() || owed.judged.due < lens.facts.now;
    let mut known = due.filter(known).peekable();
    if known.peek().is_none() {
        return Err(Mark::Excluded(Reason::NotYetDue));
    }
    let (mut done, mut in_time, mut counted) = (false, true, false);
    for owed in known {
        if owed.judged.stopped {
            continue;
        }
        counted = true;
        done = owed.judged.met.happened();
        in_time &= owed.judged.in_time;
    }
    if counted { Ok((done, in_time)) } else { Err(Mark::Excluded(Reason::Stopped)) }
}

/// What takes a piece out of the assessment (hotline.md 2.6).
fn left_out(lens: &Lens<'_>, piece: &Piece) -> Option<Reason> {
    if piece.excluded {
        return Some(Reason::Appeal);
    }
    if piece.gone {
        return Some(if piece.returns_right > 0 { Reason::Returned } else { Reason::Withdrawn });
    }
    lens.ticket_of(piece).is_some_and(|t| t.unreasonable).then_some(Reason::Unreasonable)
}

/// F5: done by the report's time / due.
pub(super) fn done(lens: &Lens<'_>, piece: &Piece) -> Mark {
    due(lens, piece, Clocked::Grade).map_or_else(|out| out, |(done, _)| Mark::when(done))
}

/// F6: passed not after the due date / due. Not divided by what was done.
pub(super) fn on_time(lens: &Lens<'_>, piece: &Piece) -> Mark {
    due(lens, piece, Clocked::Grade).map_or_else(|out| out, |(_, in_time)| Mark::when(in_time))
}

/// F5 of pieces given on paper (书面交办件).
pub(super) fn written_done(lens: &Lens<'_>, piece: &Piece) -> Mark {
    if piece.written { done(lens, piece) } else { Mark::Out }
}

/// F6 of pieces given on paper.
pub(super) fn written_on_time(lens: &Lens<'_>, piece: &Piece) -> Mark {
    if piece.written { on_time(lens, piece) } else { Mark::Out }
}

/// F18: within the leader's working days / leader pieces due.
pub(super) fn leader(lens: &Lens<'_>, piece: &Piece) -> Mark {
    due(lens, piece, Clocked::Leader).map_or_else(|out| out, |(_, in_time)| Mark::when(in_time))
}

/// F15: urges that count, on what was due.
pub(super) fn urges(lens: &Lens<'_>, piece: &Piece) -> Mark {
    urges_of(lens, piece, Urged::all)
}

fn urges_of(lens: &Lens<'_>, piece: &Piece, count: impl Fn(Urged) -> u64) -> Mark {
    due(lens, piece, Clocked::Grade)
        .map_or_else(|out| out, |_| Mark::In(urged_of(lens, piece, count) * ONE))
}

/// On the piece and on its ticket.
fn urged_of(lens: &Lens<'_>, piece: &Piece, count: impl Fn(Urged) -> u64) -> u64 {
    count(piece.urges) + lens.ticket_of(piece).map_or(0, |ticket| count(ticket.urges))
}

macro_rules! urges_by {
    ($($(#[$doc:meta])* $name:ident: $source:expr;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name(lens: &Lens<'_>, piece: &Piece) -> Mark {
            urges_of(lens, piece, |urged| urged.by($source))
        }
    )*};
}

urges_by! {
    /// F15 by the caller.
    urges_by_citizen: UrgeSource::Citizen;
    /// Urges by the hub on what was due: what the score takes off for.
    urges_by_hub: UrgeSource::Hub;
    /// F15 by the supervising unit.
    urges_by_supervisor: UrgeSource::Supervisor;
    /// F15 by leaders.
    urges_by_leader: UrgeSource::Leader;
    /// F15 by a clock.
    urges_by_system: UrgeSource::System;
}

/// F15: urged by the hub at least once / due.
pub(super) fn urged(lens: &Lens<'_>, piece: &Piece) -> Mark {
    due(lens, piece, Clocked::Grade)
        .map_or_else(|out| out, |_| Mark::when(urged_of(lens, piece, by_hub) > 0))
}

fn by_hub(urged: Urged) -> u64 {
    urged.by(UrgeSource::Hub)
}

/// Results found vague in the period: times.
pub(super) fn vague(lens: &Lens<'_>, piece: &Piece) -> Mark {
    faulted(lens, piece, false)
}

/// Results found false in the period: times.
pub(super) fn false_result(lens: &Lens<'_>, piece: &Piece) -> Mark {
    faulted(lens, piece, true)
}

/// What was found stays found, also when the piece was taken back afterwards.
fn faulted(lens: &Lens<'_>, piece: &Piece, is_false: bool) -> Mark {
    let found = lens.facts.faulted_of(piece).iter();
    let n = found.filter(|of| of.is_false == is_false && lens.span.has(of.at)).count();
    match left_out(lens, piece) {
        _ if n == 0 => Mark::Out,
        Some(reason @ (Reason::Appeal | Reason::Unreasonable)) => Mark::Excluded(reason),
        _ => Mark::In(u64::try_from(n).unwrap_or(0) * ONE),
    }
}

/// What was issued in the period.
fn issued(lens: &Lens<'_>, piece: &Piece, holds: bool) -> Mark {
    if lens.span.has(piece.issued) { Mark::when(holds) } else { Mark::Out }
}

/// How many were issued.
pub(super) fn count_issued(lens: &Lens<'_>, piece: &Piece) -> Mark {
    issued(lens, piece, true)
}

/// F3: signed for in time / issued.
pub(super) fn signed(lens: &Lens<'_>, piece: &Piece) -> Mark {
    match piece.sign {
        _ if !lens.span.has(piece.issued) => Mark::Out,
        Some(sign) => judged(lens, &sign),
        None => Mark::Excluded(Reason::NoLimit),
    }
}

/// F12a by the log: first contact in time / issued.
pub(super) fn contacted(lens: &Lens<'_>, piece: &Piece) -> Mark {
    match piece.contact {
        _ if !lens.span.has(piece.issued) => Mark::Out,
        Some(contact) => judged(lens, &contact),
        None => Mark::Excluded(Reason::NoLimit),
    }
}

/// F13: rightly returned / issued.
pub(super) fn returned(lens: &Lens<'_>, piece: &Piece) -> Mark {
    issued(lens, piece, piece.returns_right > 0)
}

/// F13b: returned in vain / issued.
pub(super) fn returned_in_vain(lens: &Lens<'_>, piece: &Piece) -> Mark {
    issued(lens, piece, piece.returns_wrong > 0)
}

/// F13b: asked for after the window / issued.
pub(super) fn returned_late(lens: &Lens<'_>, piece: &Piece) -> Mark {
    issued(lens, piece, piece.returns_late > 0)
}

/// F14: done again at least once / with a first result in the period.
pub(super) fn redone(lens: &Lens<'_>, piece: &Piece) -> Mark {
    with_result(lens, piece, if piece.redone > 0 { ONE } else { 0 })
}

/// F14: rounds after the first.
pub(super) fn rounds(lens: &Lens<'_>, piece: &Piece) -> Mark {
    with_result(lens, piece, u64::from(piece.redone) * ONE)
}

/// F14b: done at once.
pub(super) fn done_at_once(lens: &Lens<'_>, piece: &Piece) -> Mark {
    with_result(lens, piece, if piece.redone == 0 { ONE } else { 0 })
}

fn with_result(lens: &Lens<'_>, piece: &Piece, gives: u64) -> Mark {
    if !lens.span.has(piece.first_result) {
        return Mark::Out;
    }
    left_out(lens, piece).map_or(Mark::In(gives), Mark::Excluded)
}

/// F16: given more days / issued.
pub(super) fn extended(lens: &Lens<'_>, piece: &Piece) -> Mark {
    issued(lens, piece, piece.extensions > 0)
}

macro_rules! days {
    ($($(#[$doc:meta])* $name:ident: $grade:expr;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name(lens: &Lens<'_>, piece: &Piece) -> Mark {
            days_of(lens, piece, $grade)
        }
    )*};
}

days! {
    /// F7: working days of a round, on average.
    days: None;
    /// F7 of grade A.
    days_a: Some(Grade::A);
    /// F7 of grade B.
    days_b: Some(Grade::B);
    /// F7 of grade C.
    days_c: Some(Grade::C);
}

fn days_of(lens: &Lens<'_>, piece: &Piece, grade: Option<Grade>) -> Mark {
    if grade.is_some() && piece.grade != grade {
        return Mark::Out;
    }
    match met_in(lens, piece).last() {
        Some(days) => left_out(lens, piece).map_or(Mark::In(u64::from(days) * ONE), Mark::Excluded),
        None => Mark::Out,
    }
}

/// The days of the rounds that were met in the period. The last counts: a piece once a period.
fn met_in(lens: &Lens<'_>, piece: &Piece) -> impl Iterator<Item = u16> {
    let owed = lens.facts.owed_by(piece).iter();
    owed.filter(|owed| owed.clock == Clocked::Grade && lens.span.has(owed.judged.met))
        .filter_map(|owed| owed.days)
}

/// F7: how the days are spread, by the same marks.
pub(super) fn spread(formula: &Formula, lens: &Lens<'_>) -> Option<Spread> {
    let Over::Pieces(mark) = formula.over else { return None };
    let mut days: Vec<u64> = lens
        .pieces()
        .filter_map(|piece| match mark(lens, piece) {
            Mark::In(days) => Some(days / ONE),
            Mark::Out | Mark::Excluded(_) => None,
        })
        .collect();
    days.sort_unstable();
    // The smallest value that so many of a hundred do not exceed.
    let nth =
        |of_100: usize| days.get((days.len() * of_100).div_ceil(100).saturating_sub(1)).copied();
    Some(Spread { median: nth(50)?, p90: nth(90)? })
}

/// F17: answered in time / due.
pub(super) fn order(lens: &Lens<'_>, order: &OrderFact<'_>) -> Mark {
    if !lens.span.has(order.due) {
        return Mark::Out;
    }
    if !order.answered.happened() && order.due >= lens.facts.now {
        return Mark::Excluded(Reason::NotYetDue);
    }
    Mark::when(order.answered.happened() && order.answered <= order.due)
}

macro_rules! orders_of {
    ($($name:ident: $level:path;)*) => {$(
        pub(super) fn $name(lens: &Lens<'_>, of: &OrderFact<'_>) -> Mark {
            if of.order.level == $level { order(lens, of) } else { Mark::Out }
        }
    )*};
}

orders_of! {
    order_1: OrderLevel::Remind;
    order_2: OrderLevel::Warn;
    order_3: OrderLevel::Account;
}

/// How many were sent in the period.
pub(super) fn orders_sent(lens: &Lens<'_>, order: &OrderFact<'_>) -> Mark {
    if lens.span.has(order.issued) { Mark::In(ONE) } else { Mark::Out }
}
