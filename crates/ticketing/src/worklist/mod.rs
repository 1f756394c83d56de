//! The work lists of roles and units (SUP-04, government supervision; hotline.md 2.3, 2.4, 2.7).
//!
//! The lists follow from the state, so they are not stored: [`work_of_ticket`] says what a ticket
//! waits for; [`items_of_ticket`] adds the due date, the lateness and the right of
//! [`crate::rights`] that the work needs. [`WorkIndex`] keeps the order of every list and its
//! count in memory, so that a page costs what it shows.
//!
//! Every ticket that is not over waits for a person, or for another ticket that does:
//! `tests/ticketing/invariants/worklists.rs` checks it.

mod in_hand;
mod index;
mod work_key;
mod work_kind;

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
    desk::allowed_steps,
    filing,
    order::{Order, OrderLevel, OrderState, OrderSummary},
    rights::{self, Right},
    ticket::{self, TicketKind},
};
use deadlines::clock::{
    Clock, ClockKind, EscalationStep, Policy, WorkingTime, earliest_unmet,
    escalation_steps_between, is_late,
};
use workflow::table;

pub use in_hand::{InHandReason, StaffMember, WorkInHand, holders, in_hand};
pub use index::{ROWS_READ_MAX, Whose, WorkFilter, WorkIndex, WorkPage, WorkQuery, WorkRow};
pub use work_key::WorkKey;
pub use work_kind::WorkKind;

/// The subject of a list item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkSubject {
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
    /// A draft of changes to the directory.
    Draft(u32),
}

/// One piece of open work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorkItem {
    /// The work to be done.
    pub work: WorkKind,
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
    pub unmasked: bool,
    /// Its subject.
    #[serde(skip)]
    pub about: WorkSubject,
    /// Accounts that worked on it; they do not call back (hotline.md 2.7).
    #[serde(skip)]
    pub worked_by: Vec<AccountName>,
}

/// The values from which due dates and levels are computed.
#[derive(Clone, Copy, Debug)]
pub struct WorkContext<'a> {
    /// The present time.
    pub now: Timestamp,
    /// Working days and hours.
    pub working_time: WorkingTime<'a>,
    /// The time that each clock gives.
    pub policy: &'a Policy,
    /// Whether an order of level 2 on its matter is unmet.
    pub level_two_unmet: bool,
    /// The orders its matter has had.
    pub orders: OrderSummary,
}

/// The work that a ticket waits for, each with its unit and its assignment number where it has one.
pub fn work_of_ticket(ticket: &Ticket) -> Vec<(WorkKind, Option<UnitId>, Option<u16>)> {
    let mut waits = Vec::new();
    let mut waits_for = |work| waits.push((work, None, None));
    match ticket.state {
        TicketState::Draft if ticket.kind == TicketKind::MissedCall => {
            waits_for(WorkKind::MissedCall)
        }
        TicketState::Draft | TicketState::Registered => waits_for(match ticket.proposed {
            Some(_) => WorkKind::ConfirmNuisance,
            None => WorkKind::Register,
        }),
        TicketState::AwaitInfo => waits_for(WorkKind::Inquire),
        TicketState::InReview => waits_for(WorkKind::Dispatch),
        TicketState::AwaitLeader => waits_for(WorkKind::LeaderSign),
        TicketState::ResultCheck => waits_for(WorkKind::CheckResult),
        TicketState::Reply if ticket.reply_rule() == ReplyRule::Unit => {}
        TicketState::Reply => waits_for(WorkKind::Reply),
        TicketState::Callback => waits_for(WorkKind::CallBack),
        TicketState::Handling
        | TicketState::Following
        | TicketState::Closed
        | TicketState::Archived
        | TicketState::Cancelled => {}
    }
    if !ticket.is_over() && !ticket.instructions.is_empty() {
        waits_for(WorkKind::Watch);
    }
    let away = matches!(ticket.state, TicketState::Archived | TicketState::Cancelled);
    if !away && ticket.follow_ups.iter().any(|followed| followed.checked.is_none()) {
        waits_for(WorkKind::FollowUp);
    }
    if ticket.state == TicketState::Reply && ticket.reply_rule() != ReplyRule::Hub {
        waits.push((WorkKind::UnitReply, ticket.lead().cloned(), None));
    }
    for (n, assignment) in (1..).zip(&ticket.assignments).filter(|_| !ticket.is_over()) {
        let mut add = |work, unit| waits.push((work, unit, Some(n)));
        let own = || Some(assignment.unit.clone());
        match assignment.state {
            AssignmentState::Issued => add(WorkKind::Sign, own()),
            // A supervising unit that has signed for it has to wait for the handling units.
            AssignmentState::Accepted if !is_supervising(assignment) => {
                add(WorkKind::Handle, own())
            }
            AssignmentState::UnitSign => add(WorkKind::HeadSign, own()),
            // The further signatories sign before the review, and the head sees that they do
            // (RPL-07).
            AssignmentState::Submitted if assignment.next_signatory().is_some() => {
                add(WorkKind::FurtherSign, None);
                add(WorkKind::HeadSign, own());
            }
            AssignmentState::Submitted => add(WorkKind::Review, Some(assignment.supervise.clone())),
            AssignmentState::ReturnAsked => add(WorkKind::DecideReturn, None),
            AssignmentState::Arbitrating => add(WorkKind::Arbitrate, None),
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
            add(WorkKind::DraftOrder, None);
        }
        if assignment.extension.is_some() && assignment.is_open() {
            add(WorkKind::DecideExtension, None);
        }
    }
    let item = ticket.dissatisfaction.as_ref().filter(|item| item.is_open());
    waits.extend(item.and_then(|item| match item.state {
        DissatisfactionState::Open | DissatisfactionState::Rework => {
            Some((WorkKind::Rework, item.unit.clone(), None))
        }
        DissatisfactionState::Claimed => Some((WorkKind::VerifyRework, None, None)),
        DissatisfactionState::Verified => Some((WorkKind::StrikeOff, None, None)),
        DissatisfactionState::Cancelled => None,
    }));
    waits
}

fn is_supervising(assignment: &Assignment) -> bool {
    assignment.role == model::desk::DispatchRole::Supervise
}

/// All work that a ticket waits for, with due dates and lateness.
pub fn items_of_ticket(ticket: &Ticket, context: WorkContext<'_>) -> Vec<WorkItem> {
    let items = work_of_ticket(ticket)
        .into_iter()
        .map(|(work, unit, n)| item_of_work(ticket, work, unit, n, context));
    items.filter(|item| item.work != WorkKind::DraftOrder || item.order.is_some()).collect()
}

fn item_of_work(
    ticket: &Ticket,
    work: WorkKind,
    unit: Option<UnitId>,
    n: Option<u16>,
    context: WorkContext<'_>,
) -> WorkItem {
    let assignment = n.and_then(|n| ticket.assignment(n));
    let about = subject_of(ticket, work, n.filter(|_| assignment.is_some()));
    let at = match due_source(ticket, assignment, work) {
        DueSource::Clocks(clocks) => due_and_level(clocks, context),
        DueSource::Set(due) => due_at(due, context),
    };
    let (due, provisional, level) = at;
    let order = context.orders.order_to_propose(level).filter(|_| work == WorkKind::DraftOrder);
    let asks =
        order.iter().flat_map(|_| escalation_steps_between(OverdueLevel::O2, level)).collect();
    WorkItem {
        order,
        asks,
        ticket: Some(ticket.ticket),
        unit: unit.or_else(|| Some(assignment?.unit.clone())),
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
            .filter(|_| matches!(work, WorkKind::Register | WorkKind::Dispatch))
            .map(|filing| filing.to_string()),
        claimed_by: ticket.claim.as_ref().map(|claim| claim.what.clone()),
        worked_by: ticket.worked_by.iter().chain(&ticket.agent).cloned().collect(),
        ..WorkItem::new(work, about, state_of(ticket, about))
    }
}

/// The subject of work on a ticket. `n` is the assignment, where it is about one.
fn subject_of(ticket: &Ticket, work: WorkKind, n: Option<u16>) -> WorkSubject {
    match (n, work) {
        (Some(n), _) => WorkSubject::Assignment(AssignmentId { ticket: ticket.ticket, n }),
        (None, WorkKind::Rework | WorkKind::VerifyRework | WorkKind::StrikeOff) => {
            WorkSubject::Dissatisfaction(ticket.ticket)
        }
        (None, _) => WorkSubject::Ticket(ticket.ticket),
    }
}

/// The source of the due date of a piece of work.
enum DueSource<'t> {
    /// The earliest of these clocks.
    Clocks(Vec<&'t Clock>),
    /// A person has set it, or nothing is due.
    Set(Option<Timestamp>),
}

fn due_source<'t>(
    ticket: &'t Ticket,
    assignment: Option<&'t Assignment>,
    work: WorkKind,
) -> DueSource<'t> {
    match (assignment, work) {
        (Some(assignment), WorkKind::DraftOrder) => {
            let handling = |clock: &&Clock| assignment::is_handling_clock(clock.terms().kind);
            DueSource::Clocks(owed(assignment.clocks.iter().filter(handling)))
        }
        (Some(assignment), _) => DueSource::Clocks(owed(&assignment.clocks)),
        (None, WorkKind::FollowUp) => {
            let open = ticket.follow_ups.iter().filter(|followed| followed.checked.is_none());
            DueSource::Set(open.map(|followed| followed.follow_up.due).min())
        }
        // The ticket's clocks are paused; the call at the set time is due (REC-12, unclear caller).
        (None, WorkKind::Inquire) => DueSource::Set(ticket.call_at),
        (None, WorkKind::Watch) => {
            let leads = ticket.assignments.iter().filter(|assignment| assignment.is_open());
            DueSource::Clocks(owed(leads.flat_map(|lead| &lead.clocks)))
        }
        (None, WorkKind::Rework | WorkKind::VerifyRework | WorkKind::StrikeOff) => {
            DueSource::Set(None)
        }
        (None, _) => DueSource::Clocks(owed(&ticket.clocks)),
    }
}

/// The clocks that have not ended. A return window is a right, not a duty.
fn owed<'c>(clocks: impl IntoIterator<Item = &'c Clock>) -> Vec<&'c Clock> {
    let is_owed =
        |clock: &&Clock| clock.end().is_none() && clock.terms().kind != ClockKind::ReturnWindow;
    clocks.into_iter().filter(is_owed).collect()
}

/// Due at a time that a person has set.
fn due_at(
    due: Option<Timestamp>,
    context: WorkContext<'_>,
) -> (Option<Timestamp>, bool, OverdueLevel) {
    let late = due.is_some_and(|due| is_late(context.now, due));
    (due, false, if late { OverdueLevel::O2 } else { OverdueLevel::O0 })
}

/// The earliest due date of these clocks, whether it may move, and the worst level.
fn due_and_level(
    owed: Vec<&Clock>,
    context: WorkContext<'_>,
) -> (Option<Timestamp>, bool, OverdueLevel) {
    let reading = |clock: &Clock| {
        clock.reading(context.now, context.working_time, context.policy, context.level_two_unmet)
    };
    let level = owed.iter().map(|clock| reading(clock).level).max().unwrap_or_default();
    match earliest_unmet(owed, context.working_time) {
        Some((clock, due)) => (due, reading(clock).provisional, level),
        None => (None, false, level),
    }
}

/// The work that a filing waits for.
pub fn item_of_filing(id: FilingId, filing: &Filing, context: WorkContext<'_>) -> Option<WorkItem> {
    let work = match filing.state {
        FilingState::Drafted => WorkKind::SubmitFiling,
        FilingState::Submitted => WorkKind::ApproveFiling,
        FilingState::Approved
        | FilingState::Rejected
        | FilingState::Expired
        | FilingState::Revoked => return None,
    };
    let item = WorkItem::new(work, WorkSubject::Filing(id), api_word(&filing.state));
    let (ticket, unit) = (Some(id.matter.0), Some(filing.form.unit.clone()));
    // An order of its matter does not make the review late.
    let context = WorkContext { level_two_unmet: false, ..context };
    let (due, provisional, level) =
        due_and_level(owed(filing.review(context.policy).iter()), context);
    Some(WorkItem { ticket, unit, due, provisional, level, ..item })
}

/// The work that an order waits for.
pub fn item_of_order(
    id: OrderId,
    unit: &UnitId,
    order: &Order,
    context: WorkContext<'_>,
) -> Option<WorkItem> {
    let work = match order.state {
        OrderState::Drafted => WorkKind::ApproveOrder,
        OrderState::Approved => WorkKind::IssueOrder,
        OrderState::Issued | OrderState::Receipted => WorkKind::AnswerOrder,
        OrderState::ReturnAsked | OrderState::Answered | OrderState::Checked { .. } => {
            WorkKind::CheckOrder
        }
        OrderState::Closed | OrderState::Escalated => return None,
    };
    let state = match order.state {
        OrderState::Checked { enough: true } => "checked".to_owned(),
        OrderState::Checked { enough: false } => "found_wanting".to_owned(),
        state => api_word(&state),
    };
    let mut item = WorkItem::new(work, WorkSubject::Order(id), state);
    if work == WorkKind::ApproveOrder {
        item.right = Right::approve_order(order.level);
    }
    item.due =
        order.reply_due(context.working_time, context.policy).filter(|_| order.answered.is_none());
    let late = item.due.is_some_and(|due| is_late(context.now, due));
    item.level = if late { OverdueLevel::O2 } else { OverdueLevel::O0 };
    Some(WorkItem { ticket: Some(id.matter.0), unit: Some(unit.clone()), ..item })
}

/// The work that a draft of the directory waits for.
pub fn item_of_draft(number: u32, note: &str) -> WorkItem {
    let item =
        WorkItem::new(WorkKind::ApproveNetwork, WorkSubject::Draft(number), "drafted".into());
    WorkItem { title: Some(note.to_owned()), ..item }
}

impl WorkItem {
    fn new(work: WorkKind, about: WorkSubject, state: String) -> WorkItem {
        WorkItem {
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
            unmasked: false,
            about,
            worked_by: Vec::new(),
        }
    }

    /// Whether this person can do it. `is_hub`: whether a unit is the hotline itself, whose own
    /// groups review for it.
    pub fn is_for(&self, by: &Actor, is_hub: impl Fn(&UnitId) -> bool) -> bool {
        let right = match &self.unit {
            Some(unit) if self.work == WorkKind::Review && is_hub(unit) => Right::ReviewAsHub,
            _ => self.right,
        };
        let is_own =
            right != self.right || !self.work.is_of_unit() || by.unit() == self.unit.as_ref();
        let has_worked_on_it = matches!(right, Right::CallBack)
            && by.account().is_some_and(|account| self.worked_by.contains(account));
        is_own && !has_worked_on_it && rights::check(by, right).is_ok()
    }

    /// Its place in a list.
    pub fn key(&self) -> WorkKey {
        WorkKey::new(self.due, self.about, self.work)
    }
}

/// The state of a ticket, an assignment or a dissatisfaction item, as a word of the API.
pub fn state_of(ticket: &Ticket, about: WorkSubject) -> String {
    match about {
        WorkSubject::Assignment(id) => ticket.assignment(id.n).map(|found| api_word(&found.state)),
        WorkSubject::Dissatisfaction(_) => {
            ticket.dissatisfaction.as_ref().map(|item| api_word(&item.state))
        }
        _ => Some(api_word(&ticket.state)),
    }
    .unwrap_or_default()
}

/// The commands that this person may give on a ticket now, apart from the checks of each command.
pub fn allowed_on_ticket(ticket: &Ticket, about: WorkSubject, by: &Actor) -> Vec<&'static str> {
    match about {
        WorkSubject::Assignment(id) => match ticket.assignment(id.n) {
            Some(found) => assignment::allowed(found.state, by),
            None => Vec::new(),
        },
        WorkSubject::Dissatisfaction(_) => match &ticket.dissatisfaction {
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
    allowed_steps(order, unit, by)
}

/// A word of the API, as serde writes it.
fn api_word(of: &impl Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

impl std::fmt::Display for WorkSubject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            WorkSubject::Ticket(id) | WorkSubject::Dissatisfaction(id) => write!(f, "{id}"),
            WorkSubject::Assignment(id) => write!(f, "{id}"),
            WorkSubject::Filing(id) => write!(f, "{id}"),
            WorkSubject::Order(id) => write!(f, "{id}"),
            WorkSubject::Draft(number) => write!(f, "{number}"),
        }
    }
}
