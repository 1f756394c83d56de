//! How calls count in figures F1 to F1c.

use super::{Contribution, ExclusionReason, FigureScope, ONE, tally::Tally};
use crate::facts::{CallFact, CompactTime};

/// F1: answered / attempts to reach a person. Numbers on the blacklist are refused before they count.
pub(super) fn connected(scope: &FigureScope<'_>, call: &CallFact) -> Contribution {
    match no_attempt(scope, call) {
        Some(reason) => Contribution::Excluded(reason),
        None => Contribution::when(call.answered),
    }
}

/// Why a call is no attempt to reach a person.
fn no_attempt(scope: &FigureScope<'_>, call: &CallFact) -> Option<ExclusionReason> {
    match call.in_menu {
        true => Some(ExclusionReason::EndedInMenu),
        false => is_short(scope, call).then_some(ExclusionReason::ShortAbandon),
    }
}

fn is_short(scope: &FigureScope<'_>, call: &CallFact) -> bool {
    call.abandoned && u64::from(call.wait_ms) < u64::from(scope.rules.short_abandon_s) * 1_000
}

/// F1b: answered within 15 seconds of entering the queue / answered.
pub(super) fn in_15_s(_: &FigureScope<'_>, call: &CallFact) -> Contribution {
    if call.answered { Contribution::when(call.wait_ms <= ANSWER_MS) } else { Contribution::None }
}

/// 15秒接通率 as on the wallboard (SL3): answered within 15 seconds of entering the queue / answered
/// or abandoned. Calls that a rule took out of the queue are in neither.
pub(super) fn in_15_s_of_offered(_: &FigureScope<'_>, call: &CallFact) -> Contribution {
    if call.answered || (call.queued && call.abandoned) {
        Contribution::when(call.answered && call.wait_ms <= ANSWER_MS)
    } else {
        Contribution::None
    }
}

/// 平均应答 as on the wallboard (ASA): average seconds from entering the queue to the answer.
pub(super) fn waited_until_answered(scope: &FigureScope<'_>, call: &CallFact) -> Contribution {
    if call.answered { waited(scope, call) } else { Contribution::None }
}

/// F1c: abandoned / entered the queue.
pub(super) fn abandoned(_: &FigureScope<'_>, call: &CallFact) -> Contribution {
    if call.queued { Contribution::when(call.abandoned) } else { Contribution::None }
}

/// F1c: average seconds in the queue.
pub(super) fn waited(_: &FigureScope<'_>, call: &CallFact) -> Contribution {
    if call.queued {
        Contribution::Counted(u64::from(call.wait_ms) * ONE / 1_000)
    } else {
        Contribution::None
    }
}

/// F1 over the 24 hours in which it was lowest, where each span of 24 hours ends with an attempt of
/// the period (V1: at least 95 % over any 24 hours). The first of equal spans is taken.
pub(super) fn worst_day(scope: &FigureScope<'_>) -> Tally {
    let calls = &scope.facts.calls;
    let counts = |call: &CallFact| no_attempt(scope, call).is_none();
    let (mut first, mut answered, mut all) = (0, 0u64, 0u64);
    let mut worst = Tally::default();
    if matches!(scope.subject, super::Subject::Unit(_)) {
        return worst;
    }
    for call in calls.iter().filter(|call| call.arrived < scope.span.to) {
        if counts(call) {
            all += 1;
            answered += u64::from(call.answered);
        }
        while let Some(old) =
            calls.get(first).filter(|old| is_a_day_before(old.arrived, call.arrived))
        {
            if counts(old) {
                all -= 1;
                answered -= u64::from(old.answered);
            }
            first += 1;
        }
        let lower = worst.denominator == 0
            || u128::from(answered) * u128::from(worst.denominator) * u128::from(ONE)
                < u128::from(worst.numerator) * u128::from(all);
        if scope.span.has(call.arrived) && all > 0 && lower {
            worst.numerator = answered * ONE;
            worst.denominator = all;
        }
    }
    worst
}

fn is_a_day_before(old: CompactTime, new: CompactTime) -> bool {
    new.since(old) >= 86_400
}

/// An answer within 15 s is in time (GB/T 33358-2016).
const ANSWER_MS: u32 = 15_000;
