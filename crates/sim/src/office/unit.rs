//! The work of units on their assignments, and of their supervisors and supervision orders.

use deadlines::clock::{OverdueLevel, child_due_latest};
use model::{
    Timestamp,
    desk::{
        Approver, AssignmentState, ContactPurpose, DispatchRole, MatterId, OrderId, OrderLevel,
        OrderStep, OverdueReason, Post, Reached, ReplyBy, ReturnGround, UnitId,
    },
    event::Role,
};
use ticketing::{
    Desk, DeskCommand, Ticket,
    assignment::{Assignment, AssignmentCommand as A},
    desk::{OrderCommand, OrderDraft},
    order::{Order, OrderState},
};

use super::{
    citizen::{Citizen, Manner},
    people::{hub, of, result, signature, spoken},
    plan::{DAY, HOUR, Plan, ordered, unit},
};

/// The next step while units handle the ticket.
pub(super) fn handling(now: Timestamp, desk: &Desk, ticket: &Ticket, citizen: &Citizen) -> Plan {
    if let Some(step) = order(now, desk, ticket) {
        return step;
    }
    let steps = (1..).zip(&ticket.assignments).filter(|(_, a)| a.is_open());
    let mut steps = steps.filter_map(|(n, a)| part(now, desk, ticket, citizen, n, a));
    steps.next().unwrap_or(Plan::Wait(DAY))
}

fn part(
    now: Timestamp,
    desk: &Desk,
    ticket: &Ticket,
    citizen: &Citizen,
    n: u16,
    a: &Assignment,
) -> Option<Plan> {
    use AssignmentState as S;
    let liaison = || of(&a.unit, Role::Liaison);
    let does = |command, mean| Some(unit(liaison(), ticket, n, command, mean));
    let by_hub = |role, command, mean| Some(unit(hub(role), ticket, n, command, mean));
    if a.role == DispatchRole::Supervise {
        return (a.state == S::Issued).then(|| does(A::Sign { handler: None }, 2 * HOUR)).flatten();
    }
    let text = || "说明".to_owned();
    match a.state {
        S::Issued if may_return(citizen, a) => {
            let (ground, proposed) = (ReturnGround::NotOurs, None);
            does(A::AskReturn { ground, basis: text(), proposed }, 3 * HOUR)
        }
        S::Issued => {
            let mean = if citizen.unit == Manner::SignsLate { 2 * DAY } else { 2 * HOUR };
            does(A::Sign { handler: Some("经办人".into()) }, mean)
        }
        S::Accepted => accepted(now, desk, ticket, citizen, n, a),
        S::ReturnAsked => {
            let command = match ticket.ticket.0 % 3 {
                0 => A::ApproveReturn { reason: text() },
                _ => A::RejectReturn { reason: text() },
            };
            by_hub(Role::Dispatcher, command, 3 * HOUR)
        }
        S::Arbitrating => {
            let command = A::DecideDispute { stays: true, document: text(), unit: a.unit.clone() };
            by_hub(Role::Director, command, 6 * HOUR)
        }
        S::UnitSign => Some(unit(of(&a.unit, Role::UnitHead), ticket, n, signature(), 2 * HOUR)),
        S::Submitted => {
            let by = if desk.is_hub(&a.supervise, now) {
                hub(Role::SupGroup)
            } else {
                of(&a.supervise, Role::Liaison)
            };
            let pass = A::SupPass { substance: 4, wording: 5, text: String::new() };
            Some(unit(by, ticket, n, pass, 3 * HOUR))
        }
        // The lower unit handles it, or it is done.
        S::Delegated | S::SupPassed | S::Done | S::Returned | S::Withdrawn => None,
    }
}

/// The next step of an assignment that is signed for and not done.
fn accepted(
    now: Timestamp,
    desk: &Desk,
    ticket: &Ticket,
    citizen: &Citizen,
    n: u16,
    a: &Assignment,
) -> Option<Plan> {
    let does = |command, mean| Some(unit(of(&a.unit, Role::Liaison), ticket, n, command, mean));
    let due = a.due(desk.working_time());
    let late = due.is_some_and(|due| now > due);
    let text = || "说明".to_owned();
    if citizen.unit == Manner::Silent && a.parent.is_none() && !is_ordered(desk, ticket) {
        return Some(Plan::Wait(DAY));
    }
    if a.first_contact.is_none() {
        let contact = spoken(ContactPurpose::FirstContact, ReplyBy::Phone, Reached::Yes);
        return does(A::Contact(contact), 3 * HOUR);
    }
    if a.extension.is_some() {
        let command = A::DecideExtension { days: 5, reason: text() };
        return Some(unit(hub(Role::SupGroup), ticket, n, command, 5 * HOUR));
    }
    let first = a.round == 1 && a.parent.is_none() && !late;
    if first && citizen.unit == Manner::NeedsTime && a.extensions == 0 {
        let (reason, plan) = (text(), text());
        let ask = A::AskExtension { days: 5, reason, plan, citizen_told: true };
        return does(ask, 10 * HOUR);
    }
    let given_on = ticket.assignments.iter().any(|child| child.parent == Some(n));
    if first
        && citizen.unit == Manner::Delegates
        && !given_on
        && let Some((lower, due)) = lower(now, desk, ticket, a)
    {
        return does(A::Delegate { unit: lower, due, note: String::new() }, 5 * HOUR);
    }
    if late && a.overdue.is_none() {
        let command = A::ExplainOverdue { reason: OverdueReason::Complex, text: text() };
        return does(command, 3 * HOUR);
    }
    let vague = citizen.unit == Manner::Vague && a.round == 1;
    does(result(vague), 22 * HOUR)
}

fn may_return(citizen: &Citizen, a: &Assignment) -> bool {
    let on_this_ground = a.returns.iter().all(|r| r.ground != ReturnGround::NotOurs);
    citizen.unit == Manner::Returns && a.parent.is_none() && on_this_ground
}

/// A lower unit, with a due date one day before that of the unit above.
fn lower(
    now: Timestamp,
    desk: &Desk,
    ticket: &Ticket,
    a: &Assignment,
) -> Option<(UnitId, Timestamp)> {
    let children = desk.directory().children(&a.unit, desk.zone().date(now));
    let at = usize::try_from(ticket.ticket.0).unwrap_or(0) % children.len().max(1);
    let unit = children.get(at)?.clone();
    let due = child_due_latest(desk.working_time(), now, a.due(desk.working_time())?)?;
    (due > now + DAY).then_some((unit, due))
}

/// Whether a supervision order about this matter has reached the unit.
fn is_ordered(desk: &Desk, ticket: &Ticket) -> bool {
    let orders = ticket.matter.and_then(|matter| desk.orders_of(matter));
    orders.is_some_and(|orders| orders.all().iter().any(|order| order.issued.is_some()))
}

/// The next step of a supervision order, when the leading unit is days late.
fn order(now: Timestamp, desk: &Desk, ticket: &Ticket) -> Option<Plan> {
    let (matter, lead) = (ticket.matter?, ticket.lead()?);
    let orders = desk.orders_of(matter);
    let made = orders.map_or(0, |orders| orders.all().len());
    if let Some(open) = orders.and_then(|orders| orders.open()) {
        let n = u16::try_from(made).ok()?;
        return Some(ordered_step(OrderId { matter, n }, open, lead));
    }
    // A unit is not ordered because the hotline itself is late.
    let mut leads = ticket.assignments.iter().filter(|a| a.is_lead() && a.is_open());
    let days_late = leads.any(|a| {
        let owed = a.handle_clock().filter(|clock| clock.end().is_none());
        owed.is_some_and(|clock| desk.reading(ticket, clock, now).level >= OverdueLevel::O3)
    });
    (made == 0 && days_late).then(|| drafted(matter, lead))
}

fn drafted(matter: MatterId, lead: &UnitId) -> Plan {
    let draft = OrderDraft {
        level: OrderLevel::Remind,
        issuers: vec!["市政府督查室".into()],
        unit: lead.clone(),
        text: "限期办结并书面答复".into(),
        direct: false,
    };
    ordered(hub(Role::SupGroup), DeskCommand::NewOrder(matter, draft), 4 * HOUR)
}

fn ordered_step(id: OrderId, order: &Order, lead: &UnitId) -> Plan {
    let group = || hub(Role::SupGroup);
    let (by, event) = match order.state {
        OrderState::Drafted => (hub(Role::Director), OrderStep::Approved(Approver::Director)),
        OrderState::Approved => (group(), OrderStep::Issued),
        OrderState::Issued => (of(lead, Role::Liaison), OrderStep::Receipted),
        OrderState::Receipted => (of(lead, Role::UnitHead), OrderStep::Answered(Post::Chief)),
        OrderState::Answered => (group(), OrderStep::Checked { enough: true }),
        OrderState::ReturnAsked => (group(), OrderStep::ReturnRefused),
        OrderState::Checked { .. } | OrderState::Closed | OrderState::Escalated => {
            (group(), OrderStep::Closed)
        }
    };
    let step = OrderCommand { event, text: "督查".into() };
    ordered(by, DeskCommand::Order(id, step), 5 * HOUR)
}
