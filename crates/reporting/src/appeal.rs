//! Until when a unit may appeal against the assessment of a piece (考核申诉; hotline.md 2.5 C11, 4.4).
//!
//! What ranks units waits for the working days in which they may appeal; the
//! appeal must come in them. A piece counts where its last due date, its
//! evaluation or what was found about it is, so the month of the last of these
//! decides.

use deadlines::clock::{Allowance, ClockKind, Ground, Pauses, Policy};
use model::{Timestamp, Zone};
use ticketing::Ticket;

use crate::{Cuts, Period, PeriodKind};

/// The last moment for an appeal against the assessment of a period that ends so: whatever ranks
/// units is released after it.
pub fn window(end: Timestamp, ground: Ground<'_>, policy: &Policy) -> Timestamp {
    let last = end - std::time::Duration::from_secs(1);
    days_from(last, ground, policy).map_or(end, |until| until.max(end))
}

/// By when an appeal that was filed then is ruled on (C11).
pub fn ruling_due(filed: Timestamp, ground: Ground<'_>, policy: &Policy) -> Option<Timestamp> {
    days_from(filed, ground, policy)
}

fn days_from(start: Timestamp, ground: Ground<'_>, policy: &Policy) -> Option<Timestamp> {
    match policy.promise(ClockKind::Appeal).map(|promise| promise.allowance) {
        Some(Allowance::Days(days)) => {
            ground.days_after(start, u32::from(days), &Pauses::default())
        }
        _ => None,
    }
}

/// The last moment for an appeal about a piece; nothing when there is no such piece.
pub fn until(
    ticket: &Ticket,
    n: u16,
    cuts: &Cuts,
    zone: Zone,
    ground: Ground<'_>,
    policy: &Policy,
) -> Option<Timestamp> {
    let piece = ticket.assignment(n)?;
    // The window for returns and the like ends long before; what is owed decides.
    let dues = piece.clocks.iter().filter_map(|clock| clock.due(ground));
    let found = piece.faulted.iter().map(|(at, _)| *at);
    let item = ticket.dissatisfaction.iter().filter(|item| item.unit.as_ref() == Some(&piece.unit));
    let said = ticket.eval_final.iter().map(|eval| eval.at);
    let counts = dues.chain(found).chain(item.map(|item| item.opened)).chain(said);
    let last = counts.max().unwrap_or(piece.issued);
    let (_, end) = Period::at(PeriodKind::Month, last, cuts, zone)?.times(cuts, zone);
    Some(window(end, ground, policy))
}
