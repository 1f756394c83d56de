//! How assignments and orders count in figures.
//!
//! An assignment counts once per period, however many of its rounds were due in it. It is done when
//! the last round is done, and on time when every round was.

use model::desk::Grade;

use super::{
    Contribution, DayPercentiles, ExclusionReason, FigureScope, Formula, ONE, Population,
    tickets::judged,
};
use crate::{
    OrderFact,
    facts::{AssignmentFact, HandlingClock, HandlingRound, UrgeCounts},
};
use model::desk::{OrderLevel, UrgeSource};

/// Whether an assignment that was due in the period was done and in time; otherwise how it counts.
fn due(
    scope: &FigureScope<'_>,
    assignment: &AssignmentFact,
    clock: HandlingClock,
) -> Result<(bool, bool), Contribution> {
    let rounds = scope.facts.rounds_of(assignment).iter();
    let in_period =
        |round: &&HandlingRound| round.clock == clock && scope.span.has(round.judged.due);
    let mut due = rounds.filter(in_period).peekable();
    if due.peek().is_none() {
        return Err(Contribution::None);
    }
    if let Some(reason) = left_out(scope, assignment) {
        return Err(Contribution::Excluded(reason));
    }
    // Rounds that were not due by the report's time are left for later.
    let known =
        |round: &&HandlingRound| round.judged.met.happened() || round.judged.due < scope.facts.now;
    let mut known = due.filter(known).peekable();
    if known.peek().is_none() {
        return Err(Contribution::Excluded(ExclusionReason::NotYetDue));
    }
    let (mut done, mut in_time, mut counted) = (false, true, false);
    for round in known {
        if round.judged.stopped {
            continue;
        }
        counted = true;
        done = round.judged.met.happened();
        in_time &= round.judged.in_time;
    }
    if counted {
        Ok((done, in_time))
    } else {
        Err(Contribution::Excluded(ExclusionReason::Stopped))
    }
}

/// The reason why an assignment is excluded from the assessment, if it is (hotline.md 2.6).
fn left_out(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Option<ExclusionReason> {
    if assignment.excluded {
        return Some(ExclusionReason::Appeal);
    }
    if assignment.gone {
        return Some(if assignment.returns_right > 0 {
            ExclusionReason::Returned
        } else {
            ExclusionReason::Withdrawn
        });
    }
    scope
        .ticket_of(assignment)
        .is_some_and(|t| t.unreasonable)
        .then_some(ExclusionReason::Unreasonable)
}

/// F5: done by the report's time / due.
pub(super) fn done(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    due(scope, assignment, HandlingClock::Grade)
        .map_or_else(|out| out, |(done, _)| Contribution::when(done))
}

/// F6: done in time / due. The denominator is what was due, not what was done.
pub(super) fn on_time(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    due(scope, assignment, HandlingClock::Grade)
        .map_or_else(|out| out, |(_, in_time)| Contribution::when(in_time))
}

/// F5 of assignments issued on paper (书面交办件).
pub(super) fn written_done(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    if assignment.written { done(scope, assignment) } else { Contribution::None }
}

/// F6 of assignments issued on paper.
pub(super) fn written_on_time(
    scope: &FigureScope<'_>,
    assignment: &AssignmentFact,
) -> Contribution {
    if assignment.written { on_time(scope, assignment) } else { Contribution::None }
}

/// F18: done within the leader's working days / leader assignments due.
pub(super) fn leader(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    due(scope, assignment, HandlingClock::Leader)
        .map_or_else(|out| out, |(_, in_time)| Contribution::when(in_time))
}

/// F15: urges that count, on assignments due.
pub(super) fn urges(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    urges_of(scope, assignment, UrgeCounts::all)
}

fn urges_of(
    scope: &FigureScope<'_>,
    assignment: &AssignmentFact,
    count: impl Fn(UrgeCounts) -> u64,
) -> Contribution {
    due(scope, assignment, HandlingClock::Grade)
        .map_or_else(|out| out, |_| Contribution::Counted(urged_of(scope, assignment, count) * ONE))
}

/// The urges on an assignment and on its ticket.
fn urged_of(
    scope: &FigureScope<'_>,
    assignment: &AssignmentFact,
    count: impl Fn(UrgeCounts) -> u64,
) -> u64 {
    count(assignment.urges) + scope.ticket_of(assignment).map_or(0, |ticket| count(ticket.urges))
}

macro_rules! urges_by {
    ($($(#[$doc:meta])* $name:ident: $source:expr;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
            urges_of(scope, assignment, |urged| urged.by($source))
        }
    )*};
}

urges_by! {
    /// F15 by the caller.
    urges_by_citizen: UrgeSource::Citizen;
    /// F15 by the hub, which lowers the score.
    urges_by_hub: UrgeSource::Hub;
    /// F15 by the supervising unit.
    urges_by_supervisor: UrgeSource::Supervisor;
    /// F15 by leaders.
    urges_by_leader: UrgeSource::Leader;
    /// F15 by the system at a deadline.
    urges_by_system: UrgeSource::System;
}

/// F15: urged by the hub at least once / due.
pub(super) fn urged(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    due(scope, assignment, HandlingClock::Grade)
        .map_or_else(|out| out, |_| Contribution::when(urged_of(scope, assignment, by_hub) > 0))
}

fn by_hub(urged: UrgeCounts) -> u64 {
    urged.by(UrgeSource::Hub)
}

/// The number of results found vague in the period.
pub(super) fn vague(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    faulted(scope, assignment, false)
}

/// The number of results found false in the period.
pub(super) fn false_result(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    faulted(scope, assignment, true)
}

/// A fault counts even when the assignment was withdrawn afterwards.
fn faulted(scope: &FigureScope<'_>, assignment: &AssignmentFact, is_false: bool) -> Contribution {
    let found = scope.facts.faulted_of(assignment).iter();
    let n = found.filter(|of| of.is_false == is_false && scope.span.has(of.at)).count();
    match left_out(scope, assignment) {
        _ if n == 0 => Contribution::None,
        Some(reason @ (ExclusionReason::Appeal | ExclusionReason::Unreasonable)) => {
            Contribution::Excluded(reason)
        }
        _ => Contribution::Counted(u64::try_from(n).unwrap_or(0) * ONE),
    }
}

/// Counts assignments issued in the period, in the numerator when `holds`.
fn issued(scope: &FigureScope<'_>, assignment: &AssignmentFact, holds: bool) -> Contribution {
    if scope.span.has(assignment.issued) { Contribution::when(holds) } else { Contribution::None }
}

/// The number of assignments issued.
pub(super) fn count_issued(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    issued(scope, assignment, true)
}

/// F3: signed for in time / issued.
pub(super) fn signed(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    match assignment.sign {
        _ if !scope.span.has(assignment.issued) => Contribution::None,
        Some(sign) => judged(scope, &sign),
        None => Contribution::Excluded(ExclusionReason::NoLimit),
    }
}

/// F12a from the log: first contact in time / issued.
pub(super) fn contacted(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    match assignment.contact {
        _ if !scope.span.has(assignment.issued) => Contribution::None,
        Some(contact) => judged(scope, &contact),
        None => Contribution::Excluded(ExclusionReason::NoLimit),
    }
}

/// F13: returned with approval / issued.
pub(super) fn returned(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    issued(scope, assignment, assignment.returns_right > 0)
}

/// F13b: return rejected / issued.
pub(super) fn returned_in_vain(
    scope: &FigureScope<'_>,
    assignment: &AssignmentFact,
) -> Contribution {
    issued(scope, assignment, assignment.returns_wrong > 0)
}

/// F13b: return requested after the window / issued.
pub(super) fn returned_late(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    issued(scope, assignment, assignment.returns_late > 0)
}

/// F14: redone at least once / first result in the period.
pub(super) fn redone(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    with_result(scope, assignment, if assignment.redone > 0 { ONE } else { 0 })
}

/// F14: rounds after the first.
pub(super) fn rounds(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    with_result(scope, assignment, u64::from(assignment.redone) * ONE)
}

/// F14b: not redone / first result in the period.
pub(super) fn done_at_once(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    with_result(scope, assignment, if assignment.redone == 0 { ONE } else { 0 })
}

fn with_result(scope: &FigureScope<'_>, assignment: &AssignmentFact, gives: u64) -> Contribution {
    if !scope.span.has(assignment.first_result) {
        return Contribution::None;
    }
    left_out(scope, assignment).map_or(Contribution::Counted(gives), Contribution::Excluded)
}

/// F16: extended / issued.
pub(super) fn extended(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
    issued(scope, assignment, assignment.extensions > 0)
}

macro_rules! days {
    ($($(#[$doc:meta])* $name:ident: $grade:expr;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> Contribution {
            days_of(scope, assignment, $grade)
        }
    )*};
}

days! {
    /// F7: average working days of a round.
    days: None;
    /// F7 of grade A.
    days_a: Some(Grade::A);
    /// F7 of grade B.
    days_b: Some(Grade::B);
    /// F7 of grade C.
    days_c: Some(Grade::C);
}

fn days_of(
    scope: &FigureScope<'_>,
    assignment: &AssignmentFact,
    grade: Option<Grade>,
) -> Contribution {
    if grade.is_some() && assignment.grade != grade {
        return Contribution::None;
    }
    match met_in(scope, assignment).last() {
        Some(days) => left_out(scope, assignment)
            .map_or(Contribution::Counted(u64::from(days) * ONE), Contribution::Excluded),
        None => Contribution::None,
    }
}

/// The days of the rounds that were met in the period. The last one counts, once per period.
fn met_in(scope: &FigureScope<'_>, assignment: &AssignmentFact) -> impl Iterator<Item = u16> {
    let rounds = scope.facts.rounds_of(assignment).iter();
    rounds
        .filter(|round| round.clock == HandlingClock::Grade && scope.span.has(round.judged.met))
        .filter_map(|round| round.days)
}

/// F7: median and 90th percentile of the days of the same assignments.
pub(super) fn spread(formula: &Formula, scope: &FigureScope<'_>) -> Option<DayPercentiles> {
    let Population::Assignments(mark) = formula.over else { return None };
    let mut days: Vec<u64> = scope
        .assignments()
        .filter_map(|assignment| match mark(scope, assignment) {
            Contribution::Counted(days) => Some(days / ONE),
            Contribution::None | Contribution::Excluded(_) => None,
        })
        .collect();
    days.sort_unstable();
    // The smallest value that `of_100` percent do not exceed.
    let nth =
        |of_100: usize| days.get((days.len() * of_100).div_ceil(100).saturating_sub(1)).copied();
    Some(DayPercentiles { median: nth(50)?, p90: nth(90)? })
}

/// F17: answered in time / due.
pub(super) fn order(scope: &FigureScope<'_>, order: &OrderFact<'_>) -> Contribution {
    if !scope.span.has(order.due) {
        return Contribution::None;
    }
    if !order.answered.happened() && order.due >= scope.facts.now {
        return Contribution::Excluded(ExclusionReason::NotYetDue);
    }
    Contribution::when(order.answered.happened() && order.answered <= order.due)
}

macro_rules! orders_of {
    ($($name:ident: $level:path;)*) => {$(
        pub(super) fn $name(scope: &FigureScope<'_>, of: &OrderFact<'_>) -> Contribution {
            if of.order.level == $level { order(scope, of) } else { Contribution::None }
        }
    )*};
}

orders_of! {
    order_1: OrderLevel::Remind;
    order_2: OrderLevel::Warn;
    order_3: OrderLevel::Account;
}

/// The number of orders sent in the period.
pub(super) fn orders_sent(scope: &FigureScope<'_>, order: &OrderFact<'_>) -> Contribution {
    if scope.span.has(order.issued) { Contribution::Counted(ONE) } else { Contribution::None }
}
