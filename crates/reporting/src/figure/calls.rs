//! How calls mark: F1 to F1c.

use super::{Lens, Mark, ONE, Reason, count::Tally};
use crate::facts::{At, CallFact};

/// F1: really answered / attempts. Numbers on the blacklist are turned away before they count.
pub(super) fn connected(lens: &Lens<'_>, call: &CallFact) -> Mark {
    if is_short(lens, call) {
        Mark::Excluded(Reason::ShortAbandon)
    } else {
        Mark::when(call.answered)
    }
}

fn is_short(lens: &Lens<'_>, call: &CallFact) -> bool {
    call.abandoned && u64::from(call.wait_ms) < u64::from(lens.rules.short_abandon_s) * 1_000
}

/// F1b: within 15 seconds of entering the queue / answered.
pub(super) fn in_15_s(_: &Lens<'_>, call: &CallFact) -> Mark {
    if call.answered { Mark::when(call.wait_ms <= ANSWER_MS) } else { Mark::Out }
}

/// 15秒接通率 as on the wallboard (SL3): within 15 seconds of entering the queue / answered or
/// abandoned. Callers whom a rule took out of the queue are in neither.
pub(super) fn in_15_s_of_offered(_: &Lens<'_>, call: &CallFact) -> Mark {
    if call.answered || (call.queued && call.abandoned) {
        Mark::when(call.answered && call.wait_ms <= ANSWER_MS)
    } else {
        Mark::Out
    }
}

/// 平均应答 as on the wallboard (ASA): seconds from entering the queue to the answer, on average.
pub(super) fn waited_until_answered(lens: &Lens<'_>, call: &CallFact) -> Mark {
    if call.answered { waited(lens, call) } else { Mark::Out }
}

/// F1c: left before an answer / entered the queue.
pub(super) fn abandoned(_: &Lens<'_>, call: &CallFact) -> Mark {
    if call.queued { Mark::when(call.abandoned) } else { Mark::Out }
}

/// F1c: seconds in the queue, on average.
pub(super) fn waited(_: &Lens<'_>, call: &CallFact) -> Mark {
    if call.queued { Mark::In(u64::from(call.wait_ms) * ONE / 1_000) } else { Mark::Out }
}

/// F1 over the 24 hours in which it was lowest, each stretch ending with an attempt of the
/// period (V1: at least 95 % over any continuous 24 hours). Equal stretches: the first.
pub(super) fn worst_day(lens: &Lens<'_>) -> Tally {
    let calls = &lens.facts.calls;
    let counts = |call: &CallFact| !is_short(lens, call);
    let (mut first, mut answered, mut all) = (0, 0u64, 0u64);
    let mut worst = Tally::default();
    if matches!(lens.scope, super::Scope::Unit(_)) {
        return worst;
    }
    for call in calls.iter().filter(|call| call.arrived < lens.span.to) {
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
        if lens.span.has(call.arrived) && all > 0 && lower {
            worst.numerator = answered * ONE;
            worst.denominator = all;
        }
    }
    worst
}

fn is_a_day_before(old: At, new: At) -> bool {
    new.since(old) >= 86_400
}

/// GB/T 33358-2016.
const ANSWER_MS: u32 = 15_000;
