//! The laws of one ticket in its present state.

use model::{
    Timestamp,
    desk::{AssignmentState, PauseCause, TicketClosure, TicketState},
};

use super::tracked_ticket::TrackedTicket;
use crate::{
    Desk, Ticket,
    assignment::{Assignment, is_handling_clock},
    ticket::Evaluation,
};
use deadlines::clock::Clock;

/// Every breach found on the ticket, with the number of its law.
pub(super) fn violations(
    desk: &Desk,
    ticket: &Ticket,
    seen: &mut TrackedTicket,
) -> Vec<(u8, String)> {
    let mut wrong: Vec<(u8, String)> = Vec::new();
    let mut law = |number: u8, what: Option<String>| wrong.extend(what.map(|what| (number, what)));
    law(1, told(ticket, seen));
    for (n, assignment) in numbered(ticket) {
        law(2, supervised(n, assignment));
        law(11, below(desk, ticket, n, assignment));
        law(13, held(ticket, n, assignment));
    }
    law(4, counted(ticket, seen));
    for earlier in seen.dues.follow(desk, ticket) {
        law(5, Some(earlier));
    }
    law(8, evaluated(ticket, seen));
    law(9, of_call(ticket, seen));
    law(12, led(ticket));
    law(13, held_itself(ticket));
    law(14, over(ticket));
    law(15, in_vain(desk, ticket));
    law(16, stands(ticket, seen));
    wrong
}

fn numbered(ticket: &Ticket) -> impl Iterator<Item = (usize, &Assignment)> {
    ticket.assignments.iter().enumerate().map(|(place, assignment)| (place + 1, assignment))
}

fn told(ticket: &Ticket, seen: &TrackedTicket) -> Option<String> {
    let closure = ticket.closure.filter(|_| ticket.state == TicketState::Closed)?;
    let needs_none = matches!(closure, TicketClosure::Invalid | TicketClosure::Withdrawn);
    let nobody = ticket.contact().is_none();
    (!seen.told && !needs_none && !nobody)
        .then(|| format!("is closed {closure:?}, and the caller was not told"))
}

fn supervised(n: usize, assignment: &Assignment) -> Option<String> {
    let unit = &assignment.supervise;
    (assignment.is_lead() && (unit.as_str().is_empty() || *unit == assignment.unit))
        .then(|| format!("assignment {n} of {} is supervised by \"{unit}\"", assignment.unit))
}

fn counted(ticket: &Ticket, seen: &TrackedTicket) -> Option<String> {
    let returns: usize = ticket.assignments.iter().map(|a| a.returns.len()).sum();
    let of_units = numbered(ticket).find(|(n, a)| {
        let made = u16::try_from(*n).ok().and_then(|n| seen.unit_urges.get(&n));
        a.urges.total() != made.copied().unwrap_or_default()
    });
    if let Some((n, a)) = of_units {
        return Some(format!("assignment {n} counts {} urges", a.urges.total()));
    }
    let found = (ticket.urges.total(), returns, ticket.send_backs);
    let were = (seen.urges, seen.returns, seen.send_backs);
    (found != were)
        .then(|| format!("counts urges, returns, send-backs {found:?}, and there were {were:?}"))
}

fn evaluated(ticket: &Ticket, seen: &TrackedTicket) -> Option<String> {
    let plain = |e: Option<Evaluation>| e.map(|e| (e.at, e.grade));
    let found = (plain(ticket.eval_first), plain(ticket.eval_final));
    let were = (seen.first, seen.last);
    (found != were).then(|| format!("has evaluations {found:?}, and was given {were:?}"))
}

fn of_call(ticket: &Ticket, seen: &TrackedTicket) -> Option<String> {
    (seen.of_call != ticket.call.is_some()).then(|| "has lost its call".to_owned())
}

fn led(ticket: &Ticket) -> Option<String> {
    let led = ticket.assignments.iter().any(Assignment::is_lead);
    (ticket.times.dispatched.is_some() && !led).then(|| "was dispatched to nobody".to_owned())
}

/// The earliest due date of the handling clocks that still run.
fn due(desk: &Desk, assignment: &Assignment) -> Option<Timestamp> {
    let owed = assignment.clocks.iter().filter(|c| c.end().is_none());
    owed.filter(|c| is_handling_clock(c.terms().kind))
        .filter_map(|c| c.due(desk.working_time()))
        .min()
}

fn below(desk: &Desk, ticket: &Ticket, n: usize, child: &Assignment) -> Option<String> {
    let parent = child.parent.filter(|_| child.is_open())?;
    let above = ticket.assignment(parent)?;
    if child.state != AssignmentState::SupPassed && above.state != AssignmentState::Delegated {
        return Some(format!("assignment {n} is at work while {parent} is {:?}", above.state));
    }
    let (first, last) = (due(desk, child)?, due(desk, above)?);
    (first >= last).then(|| {
        let zone = desk.zone();
        let (first, last) = (zone.date(first), zone.date(last));
        format!("assignment {n} is due {first}, the one above it {last}")
    })
}

fn paused(clock: &Clock, cause: PauseCause) -> bool {
    let open = |pause: &deadlines::clock::Pause| pause.cause == cause && pause.to.is_none();
    clock.end().is_none() && clock.pauses().all().iter().any(open)
}

fn held(ticket: &Ticket, n: usize, assignment: &Assignment) -> Option<String> {
    let holds = |cause| assignment.clocks.iter().any(|clock| paused(clock, cause));
    let info = holds(PauseCause::AwaitInfo) && ticket.state != TicketState::AwaitInfo;
    let dispute =
        holds(PauseCause::Arbitrating) && assignment.state != AssignmentState::Arbitrating;
    (info || dispute).then(|| {
        format!("a clock of assignment {n} stands still, and it is {:?}", assignment.state)
    })
}

fn held_itself(ticket: &Ticket) -> Option<String> {
    let holds = |cause| ticket.clocks.iter().any(|clock| paused(clock, cause));
    let info = holds(PauseCause::AwaitInfo) && ticket.state != TicketState::AwaitInfo;
    let leader = holds(PauseCause::AwaitLeader)
        && !matches!(ticket.state, TicketState::AwaitLeader | TicketState::AwaitInfo);
    (info || leader).then(|| format!("a clock of it stands still, and it is {:?}", ticket.state))
}

fn over(ticket: &Ticket) -> Option<String> {
    use TicketState::{
        AwaitInfo, AwaitLeader, Callback, Cancelled, Closed, Draft, Following, Handling, InReview,
        Registered, Reply, ResultCheck,
    };
    let state = ticket.state;
    let with_units = matches!(state, AwaitInfo | Handling | ResultCheck | Reply | Callback);
    if let Some((n, a)) = numbered(ticket).find(|(_, a)| a.is_open() && !with_units) {
        return Some(format!("is {state:?}, and assignment {n} is {:?}", a.state));
    }
    let running = ticket.clocks.iter().find(|clock| clock.end().is_none());
    if let Some(clock) = running.filter(|_| state == Closed) {
        return Some(format!("is {state:?}, and {} runs", clock.terms().kind.code()));
    }
    let own = matches!(
        state,
        Draft | Registered | InReview | AwaitLeader | Handling | ResultCheck | Cancelled
    );
    if ticket.follows && own {
        return Some(format!("follows another and is {state:?}"));
    }
    let late = (state == Following && !ticket.follows).then(|| "follows nobody".to_owned());
    late.or_else(|| {
        let closed = ticket.times.closed.is_some();
        (closed != (state == Closed)).then(|| format!("is {state:?}, closed at {closed}"))
    })
}

fn in_vain(desk: &Desk, ticket: &Ticket) -> Option<String> {
    if ticket.state != TicketState::Following {
        return None;
    }
    let Some(matter) = ticket.matter.and_then(|matter| desk.matter(matter)) else {
        return Some("follows the master of no matter".to_owned());
    };
    let master = desk.ticket(matter.master)?;
    (master.is_over() && master.times.accepted.is_none())
        .then(|| format!("follows {}, which is over without a result", master.ticket))
}

fn stands(ticket: &Ticket, seen: &TrackedTicket) -> Option<String> {
    let found = (ticket.state, ticket.closure, ticket.follows);
    let must = (seen.state, seen.closure, seen.follows);
    (found != must).then(|| format!("stands at {found:?}, and by its records at {must:?}"))
}
