//! The invariants of one ticket in its present state.

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

/// Every violation found on the ticket, with the number of its invariant.
pub(super) fn violations(
    desk: &Desk,
    ticket: &Ticket,
    tracked: &mut TrackedTicket,
) -> Vec<(u8, String)> {
    let mut found: Vec<(u8, String)> = Vec::new();
    let mut check = |number: u8, finding: Option<String>| {
        found.extend(finding.map(|finding| (number, finding)));
    };
    check(1, caller_not_told(ticket, tracked));
    for (n, assignment) in numbered(ticket) {
        check(2, not_supervised(n, assignment));
        check(11, lower_unit_not_earlier(desk, ticket, n, assignment));
        check(13, assignment_paused_without_cause(ticket, n, assignment));
    }
    check(4, counts_differ(ticket, tracked));
    for earlier in tracked.due_dates.follow(desk, ticket) {
        check(5, Some(earlier));
    }
    check(8, evaluations_differ(ticket, tracked));
    check(9, call_lost(ticket, tracked));
    check(12, no_leading_unit(ticket));
    check(13, ticket_paused_without_cause(ticket));
    check(14, ended_but_open(ticket));
    check(15, follows_without_result(desk, ticket));
    check(16, state_differs(ticket, tracked));
    found
}

fn numbered(ticket: &Ticket) -> impl Iterator<Item = (usize, &Assignment)> {
    ticket.assignments.iter().enumerate().map(|(place, assignment)| (place + 1, assignment))
}

fn caller_not_told(ticket: &Ticket, tracked: &TrackedTicket) -> Option<String> {
    let closure = ticket.closure.filter(|_| ticket.state == TicketState::Closed)?;
    let needs_no_answer = matches!(closure, TicketClosure::Invalid | TicketClosure::Withdrawn);
    let unreachable = ticket.contact().is_none();
    (!tracked.told && !needs_no_answer && !unreachable)
        .then(|| format!("is closed {closure:?}, and the caller was not told"))
}

fn not_supervised(n: usize, assignment: &Assignment) -> Option<String> {
    let unit = &assignment.supervise;
    (assignment.is_lead() && (unit.as_str().is_empty() || *unit == assignment.unit))
        .then(|| format!("assignment {n} of {} is supervised by \"{unit}\"", assignment.unit))
}

fn counts_differ(ticket: &Ticket, tracked: &TrackedTicket) -> Option<String> {
    let returns: usize = ticket.assignments.iter().map(|a| a.returns.len()).sum();
    let of_units = numbered(ticket).find(|(n, a)| {
        let made = u16::try_from(*n).ok().and_then(|n| tracked.unit_urges.get(&n));
        a.urges.total() != made.copied().unwrap_or_default()
    });
    if let Some((n, a)) = of_units {
        return Some(format!("assignment {n} counts {} urges", a.urges.total()));
    }
    let found = (ticket.urges.total(), returns, ticket.send_backs);
    let were = (tracked.urges, tracked.returns, tracked.send_backs);
    (found != were).then(|| {
        format!("counts urges, returns, send-backs {found:?}, and by its records {were:?}")
    })
}

fn evaluations_differ(ticket: &Ticket, tracked: &TrackedTicket) -> Option<String> {
    let plain = |e: Option<Evaluation>| e.map(|e| (e.at, e.grade));
    let found = (plain(ticket.eval_first), plain(ticket.eval_final));
    let were = (tracked.first_evaluation, tracked.last_evaluation);
    (found != were).then(|| format!("has the evaluations {found:?}, and by its records {were:?}"))
}

fn call_lost(ticket: &Ticket, tracked: &TrackedTicket) -> Option<String> {
    (tracked.came_from_call != ticket.call.is_some())
        .then(|| "came from a call and no longer names it".to_owned())
}

fn no_leading_unit(ticket: &Ticket) -> Option<String> {
    let led = ticket.assignments.iter().any(Assignment::is_lead);
    (ticket.times.dispatched.is_some() && !led)
        .then(|| "was dispatched without a leading unit".to_owned())
}

/// The earliest due date of the handling clocks that still run.
fn due(desk: &Desk, assignment: &Assignment) -> Option<Timestamp> {
    let owed = assignment.clocks.iter().filter(|c| c.end().is_none());
    owed.filter(|c| is_handling_clock(c.terms().kind))
        .filter_map(|c| c.due(desk.working_time()))
        .min()
}

fn lower_unit_not_earlier(
    desk: &Desk,
    ticket: &Ticket,
    n: usize,
    child: &Assignment,
) -> Option<String> {
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

fn assignment_paused_without_cause(
    ticket: &Ticket,
    n: usize,
    assignment: &Assignment,
) -> Option<String> {
    let holds = |cause| assignment.clocks.iter().any(|clock| paused(clock, cause));
    let info = holds(PauseCause::AwaitInfo) && ticket.state != TicketState::AwaitInfo;
    let dispute =
        holds(PauseCause::Arbitrating) && assignment.state != AssignmentState::Arbitrating;
    (info || dispute)
        .then(|| format!("a clock of assignment {n} is paused while it is {:?}", assignment.state))
}

fn ticket_paused_without_cause(ticket: &Ticket) -> Option<String> {
    let holds = |cause| ticket.clocks.iter().any(|clock| paused(clock, cause));
    let info = holds(PauseCause::AwaitInfo) && ticket.state != TicketState::AwaitInfo;
    let leader = holds(PauseCause::AwaitLeader)
        && !matches!(ticket.state, TicketState::AwaitLeader | TicketState::AwaitInfo);
    (info || leader).then(|| format!("one of its clocks is paused while it is {:?}", ticket.state))
}

fn ended_but_open(ticket: &Ticket) -> Option<String> {
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
    let late =
        (state == Following && !ticket.follows).then(|| "is Following without a master".to_owned());
    late.or_else(|| {
        let closed = ticket.times.closed.is_some();
        (closed != (state == Closed)).then(|| format!("is {state:?}, closed at {closed}"))
    })
}

fn follows_without_result(desk: &Desk, ticket: &Ticket) -> Option<String> {
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

fn state_differs(ticket: &Ticket, tracked: &TrackedTicket) -> Option<String> {
    let found = (ticket.state, ticket.closure, ticket.follows);
    let must = (tracked.state, tracked.closure, tracked.follows);
    (found != must).then(|| format!("is {found:?}, and by its records {must:?}"))
}
