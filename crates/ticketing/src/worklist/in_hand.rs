//! The work that one person holds and that another person must take over when they leave (SEAT-09,
//! rotation; OPS-03, end of contracts).

use std::collections::BTreeSet;

use model::{
    AccountName, Timestamp,
    desk::{AssignmentId, TicketState, UnitId},
};

use super::WorkSubject;
use crate::Ticket;
use deadlines::clock::{WorkingTime, earliest_unmet};

/// A person as the desk's records name them.
#[derive(Clone, Copy, Debug)]
pub struct StaffMember<'a> {
    /// Their account.
    pub account: &'a AccountName,
    /// Their printed name; empty when it is not known.
    pub real_name: &'a str,
    /// The unit they act for.
    pub unit: Option<&'a UnitId>,
}

/// The reason why a person holds a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InHandReason {
    /// They wrote the draft, and it is not registered yet.
    Draft,
    /// They claimed it from the pool.
    Claim,
    /// They claimed it for a callback.
    Callback,
    /// They handle it for their unit.
    Assignment,
    /// They are the named officer of a hard case.
    Officer,
}

impl InHandReason {
    /// The word in the list of work to be handed over.
    pub fn word(self) -> &'static str {
        match self {
            InHandReason::Draft => "draft",
            InHandReason::Claim => "ticket",
            InHandReason::Callback => "callback",
            InHandReason::Assignment => "assignment",
            InHandReason::Officer => "officer",
        }
    }
}

/// One piece of work that a person holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkInHand {
    /// Why they hold it.
    pub reason: InHandReason,
    /// The ticket or assignment.
    pub about: WorkSubject,
    /// When it is due.
    pub due: Option<Timestamp>,
}

/// The accounts and printed names of all people who may hold a part of a ticket. [`in_hand`] finds
/// nothing for other people.
pub fn holders(ticket: &Ticket) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let stays_open = ticket.dissatisfaction.as_ref().is_some_and(|item| item.is_open());
    if !ticket.is_over() || stays_open {
        names.extend(ticket.officer.as_ref().map(AccountName::as_str));
    }
    if ticket.is_over() {
        return names;
    }
    names.extend(ticket.claim.as_ref().map(|claim| claim.what.as_str()));
    if ticket.state == TicketState::Draft {
        names.extend(ticket.agent.as_ref().map(AccountName::as_str));
    }
    let open = ticket.assignments.iter().filter(|assignment| assignment.is_open());
    names.extend(open.filter_map(|assignment| assignment.handler.as_deref()));
    names
}

/// The parts of a ticket that this person holds.
pub fn in_hand(
    ticket: &Ticket,
    who: StaffMember<'_>,
    working_time: WorkingTime<'_>,
) -> Vec<WorkInHand> {
    let mut found = Vec::new();
    let is_theirs = |account: Option<&AccountName>| account == Some(who.account);
    let of_ticket = |reason| {
        let due = earliest_unmet(&ticket.clocks, working_time).and_then(|(_, due)| due);
        WorkInHand { reason, about: WorkSubject::Ticket(ticket.ticket), due }
    };
    let stays_open = ticket.dissatisfaction.as_ref().is_some_and(|item| item.is_open());
    if is_theirs(ticket.officer.as_ref()) && (!ticket.is_over() || stays_open) {
        found.push(of_ticket(InHandReason::Officer));
    }
    if ticket.is_over() {
        return found;
    }
    let claimed = is_theirs(ticket.claim.as_ref().map(|claim| &claim.what));
    match ticket.state {
        TicketState::Callback if claimed => found.push(of_ticket(InHandReason::Callback)),
        _ if claimed => found.push(of_ticket(InHandReason::Claim)),
        TicketState::Draft if is_theirs(ticket.agent.as_ref()) => {
            found.push(of_ticket(InHandReason::Draft));
        }
        _ => {}
    }
    for (n, assignment) in (1..).zip(&ticket.assignments) {
        // On signing, the handler's name or account may be written.
        let handles = assignment.handler.as_deref().is_some_and(|handler| {
            handler == who.account.as_str() || handler == who.real_name && !handler.is_empty()
        });
        if handles && assignment.is_open() && who.unit == Some(&assignment.unit) {
            found.push(WorkInHand {
                reason: InHandReason::Assignment,
                about: WorkSubject::Assignment(AssignmentId { ticket: ticket.ticket, n }),
                due: assignment.due(working_time),
            });
        }
    }
    found
}
