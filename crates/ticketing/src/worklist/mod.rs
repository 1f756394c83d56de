//! The work lists of roles and units (SUP-04, government supervision; hotline.md 2.3, 2.4, 2.7).
//!
//! The lists follow from the state, so they are not stored: [`waits`] says what a ticket waits for,
//! by which it is indexed; [`of_ticket`] adds the due date, the lateness and the right of
//! [`crate::rights`] that the work needs.
//!
//! Every ticket that is not over waits for a person, or for another ticket that does:
//! `tests/invariants/worklists.rs` checks it.

mod hand;
mod work;

use model::{
    AccountName, TicketId, Timestamp,
    desk::{
        Actor, AreaId, AssignmentId, AssignmentState, DissatisfactionState, FilingId, FilingState,
        Grade, GroupId, OrderId, OverdueLevel, ReplyRule, TicketState, TopicId, UnitId,
    },
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Filing, Ticket,
    assignment::{self, Assignment},
    desk::order_moves,
    filing,
    order::{Order, OrderLevel, OrderState, Ordered},
    rights::{self, Right},
    ticket::{self, TicketKind},
};
use deadlines::clock::{
    Clock, ClockKind, EscalationStep, Policy, WorkingTime, earliest_unmet,
    escalation_steps_between, is_late,
};
use workflow::table;

pub use hand::{InHandReason, StaffMember, WorkInHand, in_hand};
pub use work::Work;

/// The subject of a list item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A ticket.
    Ticket(TicketId),
    /// An assignment of a unit.
    Assignment(AssignmentId),
    /// An item closed unsatisfied, by its ticket.
    Dissatisfaction(TicketId),
    /// A filing.
    Filing(FilingId),
    /// An order.
    Order(OrderId),
    /// A draft of changes to the network.
    Draft(u32),
}

/// One piece of open work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Item {
    /// The work to be done.
    pub work: Work,
    /// The number of its subject: ticket, assignment, filing, order or draft.
    pub id: String,
    /// The ticket it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The unit that has to do it, or that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The state of its subject.
    pub state: String,
    /// When it is due; `None` while the clock is paused or when nothing is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<u64>")]
    pub due: Option<Timestamp>,
    /// Whether a notice of next year's holidays may move the due date.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// How late it is.
    pub level: OverdueLevel,
    /// The title of the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The area of the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
    /// The topic of the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// The grade of the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// The supervision group it belongs to (SEAT-08, supervision groups).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// The account that claimed it from the pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<AccountName>,
    /// The filing that answers its matter: it is matched with that filing and not dispatched
    /// (UNS-04).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filing: Option<String>,
    /// The level of order that its lateness asks for (SUP-02, supervision orders).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderLevel>,
    /// All steps that its lateness asks for; people decide on them (hotline.md 2.5d).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<EscalationStep>,
    /// The commands the viewer may give now, apart from the checks of each command.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<&'static str>,
    /// The right it needs.
    #[serde(skip)]
    pub right: Right,
    /// Whether the viewer may see the caller and the title unmasked.
    #[serde(skip)]
    pub whole: bool,
    /// Its subject.
    #[serde(skip)]
    pub about: About,
    /// Accounts that worked on it; they do not call back (hotline.md 2.7).
    #[serde(skip)]
    pub hands: Vec<AccountName>,
}

/// The values from which due dates and levels are computed.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The present time.
    pub now: Timestamp,
    /// Working days and hours.
    pub ground: WorkingTime<'a>,
    /// The time that each clock gives.
    pub policy: &'a Policy,
    /// Whether an order of level 2 on its matter is unmet.
    pub level_two_unmet: bool,
    /// The orders its matter has had.
    pub ordered: Ordered,
}

/// The work that a ticket waits for, each with its unit and its assignment number where it has one.
pub fn waits(ticket: &Ticket) -> Vec<(Work, Option<UnitId>, Option<u16>)> {
    let mut waits = Vec::new();
    let mut waits_for = |work| waits.push((work, None, None));
    match ticket.state {
        TicketState::Draft if ticket.kind == TicketKind::MissedCall => waits_for(Work::MissedCall),
        TicketState::Draft | TicketState::Registered => waits_for(match ticket.proposed {
            Some(_) => Work::ConfirmNuisance,
            None => Work::Register,
        }),
        TicketState::AwaitInfo => waits_for(Work::Inquire),
        TicketState::InReview => waits_for(Work::Dispatch),
        TicketState::AwaitLeader => waits_for(Work::LeaderSign),
        TicketState::ResultCheck => waits_for(Work::CheckResult),
        TicketState::Reply if ticket.teller() == ReplyRule::Unit => {}
        TicketState::Reply => waits_for(Work::Reply),
        TicketState::Callback => waits_for(Work::CallBack),
        TicketState::Handling
        | TicketState::Following
        | TicketState::Closed
        | TicketState::Archived
        | TicketState::Cancelled => {}
    }
    if !ticket.is_over() && !ticket.instructions.is_empty() {
        waits_for(Work::Watch);
    }
    let away = matches!(ticket.state, TicketState::Archived | TicketState::Cancelled);
    if !away && ticket.follow_ups.iter().any(|followed| followed.checked.is_none()) {
        waits_for(Work::FollowUp);
    }
    if ticket.state == TicketState::Reply && ticket.teller() != ReplyRule::Hub {
        waits.push((Work::UnitReply, ticket.lead().cloned(), None));
    }
    for (n, assignment) in (1..).zip(&ticket.assignments).filter(|_| !ticket.is_over()) {
        let mut add = |work, unit| waits.push((work, unit, Some(n)));
        let own = || Some(assignment.unit.clone());
        match assignment.state {
            AssignmentState::Issued => add(Work::Sign, own()),
            // A supervising unit that has signed for it has to wait for the handling units.
            AssignmentState::Accepted if !is_supervising(assignment) => add(Work::Handle, own()),
            AssignmentState::UnitSign => add(Work::HeadSign, own()),
            // The further signatories sign before the review, and the head sees that they do
            // (RPL-07).
            AssignmentState::Submitted if assignment.to_sign().is_some() => {
                add(Work::FurtherSign, None);
                add(Work::HeadSign, own());
            }
            AssignmentState::Submitted => add(Work::Review, Some(assignment.supervise.clone())),
            AssignmentState::ReturnAsked => add(Work::DecideReturn, None),
            AssignmentState::Arbitrating => add(Work::Arbitrate, None),
            AssignmentState::Accepted
            | AssignmentState::Delegated
            | AssignmentState::SupPassed
            | AssignmentState::Done
            | AssignmentState::Returned
            | AssignmentState::Withdrawn => {}
        }
        // The engine has told the unit's head that it is late; the list decides whether it is late
        // enough for an order.
        let told = assignment.urges.system_level() >= OverdueLevel::O2;
        if told && assignment.is_lead() && assignment.parent.is_none() && assignment.is_open() {
            add(Work::DraftOrder, None);
        }
        if assignment.extension.is_some() && assignment.is_open() {
            add(Work::DecideExtension, None);
        }
    }
    let item = ticket.dissatisfaction.as_ref().filter(|item| item.is_open());
    waits.extend(item.and_then(|item| match item.state {
        DissatisfactionState::Open | DissatisfactionState::Rework => {
            Some((Work::Rework, item.unit.clone(), None))
        }
        DissatisfactionState::Claimed => Some((Work::VerifyRework, None, None)),
        DissatisfactionState::Verified => Some((Work::StrikeOff, None, None)),
        DissatisfactionState::Cancelled => None,
    }));
    waits
}

fn is_supervising(assignment: &Assignment) -> bool {
    assignment.role == model::desk::DispatchRole::Supervise
}

/// All work that a ticket waits for, with due dates and lateness.
pub fn of_ticket(ticket: &Ticket, seen: Seen<'_>) -> Vec<Item> {
    let items = waits(ticket).into_iter().map(|(work, unit, n)| one(ticket, work, unit, n, seen));
    items.filter(|item| item.work != Work::DraftOrder || item.order.is_some()).collect()
}

fn one(ticket: &Ticket, work: Work, unit: Option<UnitId>, n: Option<u16>, seen: Seen<'_>) -> Item {
    let assignment = n.and_then(|n| Some((n, ticket.assignment(n)?)));
    let about = match (assignment, work) {
        (Some((n, _)), _) => About::Assignment(AssignmentId { ticket: ticket.ticket, n }),
        (None, Work::Rework | Work::VerifyRework | Work::StrikeOff) => {
            About::Dissatisfaction(ticket.ticket)
        }
        (None, _) => About::Ticket(ticket.ticket),
    };
    let at = match (assignment, work) {
        (Some((_, assignment)), Work::DraftOrder) => {
            let handling = |clock: &&Clock| assignment::is_handling(clock.terms().kind);
            read(assignment.clocks.iter().filter(handling), seen)
        }
        (Some((_, assignment)), _) => read(&assignment.clocks, seen),
        (None, Work::FollowUp) => {
            let open = ticket.follow_ups.iter().filter(|followed| followed.checked.is_none());
            by_then(open.map(|followed| followed.follow_up.due).min(), seen)
        }
        // The ticket's clocks are paused; the call at the set time is due (REC-12, unclear caller).
        (None, Work::Inquire) => by_then(ticket.call_at, seen),
        (None, Work::Watch) => {
            let leads = ticket.assignments.iter().filter(|assignment| assignment.is_open());
            read(leads.flat_map(|lead| &lead.clocks), seen)
        }
        (None, Work::Rework | Work::VerifyRework | Work::StrikeOff) => {
            (None, false, OverdueLevel::O0)
        }
        (None, _) => read(&ticket.clocks, seen),
    };
    let (due, provisional, level) = at;
    let order = seen.ordered.proposed(level).filter(|_| work == Work::DraftOrder);
    let asks =
        order.iter().flat_map(|_| escalation_steps_between(OverdueLevel::O2, level)).collect();
    Item {
        order,
        asks,
        ticket: Some(ticket.ticket),
        unit: unit.or_else(|| Some(assignment?.1.unit.clone())),
        due,
        provisional,
        level,
        title: ticket.form.title.clone(),
        area: ticket.form.area.clone(),
        topic: ticket.form.topic.clone(),
        grade: ticket.form.grade,
        group: ticket.group.clone(),
        filing: ticket
            .filed
            .filter(|_| matches!(work, Work::Register | Work::Dispatch))
            .map(|filing| filing.to_string()),
        claimed_by: ticket.claim.as_ref().map(|claim| claim.what.clone()),
        hands: ticket.hands.iter().chain(&ticket.agent).cloned().collect(),
        ..Item::new(work, about, state_of(ticket, about))
    }
}

/// Due at a time that a person has set.
fn by_then(due: Option<Timestamp>, seen: Seen<'_>) -> (Option<Timestamp>, bool, OverdueLevel) {
    let late = due.is_some_and(|due| is_late(seen.now, due));
    (due, false, if late { OverdueLevel::O2 } else { OverdueLevel::O0 })
}

/// The earliest due date of the clocks that still run, whether it may move, and the worst level.
fn read<'c>(
    clocks: impl IntoIterator<Item = &'c Clock>,
    seen: Seen<'_>,
) -> (Option<Timestamp>, bool, OverdueLevel) {
    let owed = |clock: &&Clock| {
        // A return window is a right, not a duty.
        clock.end().is_none() && clock.terms().kind != ClockKind::ReturnWindow
    };
    let owed: Vec<&Clock> = clocks.into_iter().filter(owed).collect();
    let reading =
        |clock: &Clock| clock.reading(seen.now, seen.ground, seen.policy, seen.level_two_unmet);
    let level = owed.iter().map(|clock| reading(clock).level).max().unwrap_or_default();
    match earliest_unmet(owed, seen.ground) {
        Some((clock, due)) => (due, reading(clock).provisional, level),
        None => (None, false, level),
    }
}

/// The work that a filing waits for.
pub fn of_filing(id: FilingId, filing: &Filing, seen: Seen<'_>) -> Option<Item> {
    let work = match filing.state {
        FilingState::Drafted => Work::SubmitFiling,
        FilingState::Submitted => Work::ApproveFiling,
        FilingState::Approved
        | FilingState::Rejected
        | FilingState::Expired
        | FilingState::Revoked => return None,
    };
    let item = Item::new(work, About::Filing(id), word(&filing.state));
    let (ticket, unit) = (Some(id.matter.0), Some(filing.form.unit.clone()));
    // An order of its matter does not make the review late.
    let seen = Seen { level_two_unmet: false, ..seen };
    let (due, provisional, level) = read(filing.review(seen.policy).iter(), seen);
    Some(Item { ticket, unit, due, provisional, level, ..item })
}

/// The work that an order waits for.
pub fn of_order(id: OrderId, unit: &UnitId, order: &Order, seen: Seen<'_>) -> Option<Item> {
    let work = match order.state {
        OrderState::Drafted => Work::ApproveOrder,
        OrderState::Approved => Work::IssueOrder,
        OrderState::Issued | OrderState::Receipted => Work::AnswerOrder,
        OrderState::ReturnAsked | OrderState::Answered | OrderState::Checked { .. } => {
            Work::CheckOrder
        }
        OrderState::Closed | OrderState::Escalated => return None,
    };
    let state = match order.state {
        OrderState::Checked { enough: true } => "checked".to_owned(),
        OrderState::Checked { enough: false } => "found_wanting".to_owned(),
        state => word(&state),
    };
    let mut item = Item::new(work, About::Order(id), state);
    if work == Work::ApproveOrder {
        item.right = Right::approve_order(order.level);
    }
    item.due = order.reply_due(seen.ground, seen.policy).filter(|_| order.answered.is_none());
    let late = item.due.is_some_and(|due| is_late(seen.now, due));
    item.level = if late { OverdueLevel::O2 } else { OverdueLevel::O0 };
    Some(Item { ticket: Some(id.matter.0), unit: Some(unit.clone()), ..item })
}

/// The work that a draft of the network waits for.
pub fn of_draft(number: u32, note: &str) -> Item {
    let item = Item::new(Work::ApproveNetwork, About::Draft(number), "drafted".into());
    Item { title: Some(note.to_owned()), ..item }
}

impl Item {
    fn new(work: Work, about: About, state: String) -> Item {
        Item {
            work,
            id: about.to_string(),
            ticket: None,
            unit: None,
            state,
            due: None,
            provisional: false,
            level: OverdueLevel::O0,
            title: None,
            area: None,
            topic: None,
            grade: None,
            group: None,
            claimed_by: None,
            filing: None,
            order: None,
            asks: Vec::new(),
            allowed: Vec::new(),
            right: work.right(),
            whole: false,
            about,
            hands: Vec::new(),
        }
    }

    /// Whether this person can do it. `is_hub`: whether a unit is the hotline itself, whose own
    /// groups review for it.
    pub fn is_for(&self, by: &Actor, is_hub: impl Fn(&UnitId) -> bool) -> bool {
        let right = match &self.unit {
            Some(unit) if self.work == Work::Review && is_hub(unit) => Right::ReviewAsHub,
            _ => self.right,
        };
        let is_own =
            right != self.right || !self.work.is_of_unit() || by.unit() == self.unit.as_ref();
        let had_a_hand = matches!(right, Right::CallBack)
            && by.account().is_some_and(|account| self.hands.contains(account));
        is_own && !had_a_hand && rights::check(by, right).is_ok()
    }

    /// The sort key of a list: by due date, items without one last.
    pub fn place(&self) -> (u64, String) {
        (self.due.map_or(u64::MAX, Timestamp::micros), format!("{}.{}", self.id, word(&self.work)))
    }
}

/// The state of a ticket, an assignment or a dissatisfaction item, as a word of the API.
pub fn state_of(ticket: &Ticket, about: About) -> String {
    match about {
        About::Assignment(id) => ticket.assignment(id.n).map(|found| word(&found.state)),
        About::Dissatisfaction(_) => ticket.dissatisfaction.as_ref().map(|item| word(&item.state)),
        _ => Some(word(&ticket.state)),
    }
    .unwrap_or_default()
}

/// The commands that this person may give on a ticket now, apart from the checks of each command.
pub fn allowed_on_ticket(ticket: &Ticket, about: About, by: &Actor) -> Vec<&'static str> {
    match about {
        About::Assignment(id) => match ticket.assignment(id.n) {
            Some(found) => assignment::allowed(found.state, by),
            None => Vec::new(),
        },
        About::Dissatisfaction(_) => match &ticket.dissatisfaction {
            Some(item) => table::allowed(crate::dissatisfaction::TABLE, item.state, by),
            None => Vec::new(),
        },
        _ => ticket::allowed(ticket.state, by),
    }
}

/// The commands that this person may give on a filing now, apart from the checks of each command.
pub fn allowed_on_filing(filing: &Filing, by: &Actor) -> Vec<&'static str> {
    table::allowed(filing::TABLE, filing.state, by)
}

/// The steps that this person may take on a unit's order now.
pub fn allowed_on_order(order: &Order, unit: &UnitId, by: &Actor) -> Vec<&'static str> {
    order_moves(order, unit, by)
}

/// A word of the API, as serde writes it.
fn word(of: &impl Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

impl std::fmt::Display for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            About::Ticket(id) | About::Dissatisfaction(id) => write!(f, "{id}"),
            About::Assignment(id) => write!(f, "{id}"),
            About::Filing(id) => write!(f, "{id}"),
            About::Order(id) => write!(f, "{id}"),
            About::Draft(number) => write!(f, "{number}"),
        }
    }
}
