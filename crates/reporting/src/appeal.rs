//! The deadline for a unit's appeal against the assessment of an assignment (考核申诉; hotline.md 2.5
//! C11, 4.4).
//!
//! A report that ranks units is released after the working days in which units may appeal. An
//! assignment counts in the month of its last due date, its last evaluation or the last fault found
//! with it, whichever is latest; the deadline is counted from the end of that month.

use deadlines::clock::{Allowance, ClockKind, Pauses, Policy, WorkingTime};
use model::{Timestamp, Zone};
use ticketing::Ticket;

use crate::{Period, PeriodCuts, PeriodKind};

/// The last moment for an appeal against the assessment of a period that ends at `end`. A report
/// that ranks units is released after it.
pub fn window(end: Timestamp, working_time: WorkingTime<'_>, policy: &Policy) -> Timestamp {
    let last = end - std::time::Duration::from_secs(1);
    days_from(last, working_time, policy).map_or(end, |until| until.max(end))
}

/// The deadline for ruling on an appeal filed at `filed` (C11).
pub fn ruling_due(
    filed: Timestamp,
    working_time: WorkingTime<'_>,
    policy: &Policy,
) -> Option<Timestamp> {
    days_from(filed, working_time, policy)
}

fn days_from(
    start: Timestamp,
    working_time: WorkingTime<'_>,
    policy: &Policy,
) -> Option<Timestamp> {
    match policy.terms(ClockKind::Appeal).map(|promise| promise.allowance) {
        Some(Allowance::Days(days)) => {
            working_time.days_after(start, u32::from(days), &Pauses::default())
        }
        _ => None,
    }
}

/// The last moment for an appeal about assignment `n`; `None` when the ticket has no such assignment.
pub fn until(
    ticket: &Ticket,
    n: u16,
    cuts: &PeriodCuts,
    zone: Zone,
    working_time: WorkingTime<'_>,
    policy: &Policy,
) -> Option<Timestamp> {
    let assignment = ticket.assignment(n)?;
    // The latest due date decides; the window for returns ends long before.
    let dues = assignment.clocks.iter().filter_map(|clock| clock.due(working_time));
    let found = assignment.faulted.iter().map(|(at, _)| *at);
    let item =
        ticket.dissatisfaction.iter().filter(|item| item.unit.as_ref() == Some(&assignment.unit));
    let evaluated = ticket.eval_final.iter().map(|eval| eval.at);
    let counts = dues.chain(found).chain(item.map(|item| item.opened)).chain(evaluated);
    let last = counts.max().unwrap_or(assignment.issued);
    let (_, end) = Period::at(PeriodKind::Month, last, cuts, zone)?.times(cuts, zone);
    Some(window(end, working_time, policy))
}
