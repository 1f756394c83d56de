//! What may be asked of the desk as a whole.

use model::{
    LineId, Number, Seq, TicketId, Timestamp,
    desk::{
        Actor, Approver, AssignmentId, Channel, DeskEvent, FilingId, Form, LegacyTicket, MatterId,
        OrderEvent, OrderId, OrderLevel, OrderStep, TicketEvent, TicketState, UnitId,
    },
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Desk, done::sha256_of};
use crate::{
    Ticket,
    assignment::{self, AssignmentCommand},
    dissatisfaction::DissatisfactionCommand,
    filing::{self, FilingCommand},
    order::{Order, Orders},
    rights::{self, Right},
    ticket::{self, TicketCommand, check_form},
};
use directory::{NetworkCommand, leader::LeaderCommand};
use workflow::{
    Fault, Refusal,
    text::{LINE_MAX, TEXT_MAX, bounded, filled},
};

/// A command to the desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DeskCommand {
    /// T01: a demand by another channel than the phone.
    Open(Box<Opening>),
    /// A demand that was over in another house, from its books (CALL-31).
    TakeOver(Box<LegacyTicket>),
    /// To a ticket.
    Ticket(TicketId, TicketCommand),
    /// To an assignment.
    Assignment(AssignmentId, AssignmentCommand),
    /// A new filing for a matter.
    NewFiling(MatterId, FilingCommand),
    /// To a filing.
    Filing(FilingId, FilingCommand),
    /// To a dissatisfaction item.
    Dissatisfaction(TicketId, DissatisfactionCommand),
    /// A new order for a matter.
    NewOrder(MatterId, OrderDraft),
    /// To the open order of a matter.
    Order(OrderId, OrderCommand),
    /// To the network of units.
    Network(NetworkCommand),
    /// To the leaders' turns and sessions.
    Leader(LeaderCommand),
}

/// A demand that came in writing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// By which way.
    pub channel: Channel,
    /// From whom; empty when withheld.
    #[serde(default)]
    pub caller: Number,
    /// The line or account it came to.
    #[serde(default)]
    pub line: LineId,
    /// Its own name there, so that it comes once.
    #[serde(default)]
    pub message: Option<String>,
    /// What is known of it.
    #[serde(default)]
    pub form: Form,
}

/// An order to be drafted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderDraft {
    /// How heavy.
    pub level: OrderLevel,
    /// Who issues it.
    pub issuers: Vec<String>,
    /// To whom.
    pub unit: UnitId,
    /// What it demands.
    pub text: String,
    /// Urgent or a leader's: may begin at a heavier level.
    #[serde(default)]
    pub direct: bool,
}

/// A step of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderCommand {
    /// Which.
    pub event: OrderStep,
    /// In words.
    #[serde(default)]
    pub text: String,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Done {
    /// The last record of it: expect this one with the next command.
    pub seq: Seq,
    /// The ticket it was about.
    pub ticket: Option<TicketId>,
}

impl DeskCommand {
    /// Its SHA-256 in hex, by which a key given to two commands is noticed.
    pub fn sha256(&self) -> Option<String> {
        sha256_of(self)
    }

    /// Tickets it may be about though they were put away: what the caller says later, thanks, and
    /// the matter a new demand belongs to. Whoever has the view looks them up for the desk, which
    /// has forgotten them.
    pub fn recalls(&self) -> Vec<TicketId> {
        let DeskCommand::Ticket(id, command) = self else { return Vec::new() };
        let matter = match command {
            TicketCommand::Register { matter, .. } => matter.map(|matter| matter.0),
            _ => None,
        };
        let row = ticket::TABLE.iter().find(|row| row.command == command.word());
        let late = row.is_some_and(|row| row.from.contains(&TicketState::Archived));
        late.then_some(*id).into_iter().chain(matter).collect()
    }
}

impl Desk {
    /// What is done when this command is given now; `next` is the number a new ticket gets,
    /// `expected` the last record its sender has seen of the ticket.
    pub fn decide(
        &self,
        now: Timestamp,
        by: &Actor,
        command: DeskCommand,
        expected: Option<Seq>,
        next: TicketId,
    ) -> Result<Vec<DeskEvent>, Refusal> {
        self.decide_recalling(now, by, command, expected, next, &[])
    }

    /// The same, with tickets that were put away and that somebody has looked up for it: see
    /// [`DeskCommand::recalls`]. They stay put away; what is done to them is on record.
    pub fn decide_recalling(
        &self,
        now: Timestamp,
        by: &Actor,
        command: DeskCommand,
        expected: Option<Seq>,
        next: TicketId,
        recalled: &[Ticket],
    ) -> Result<Vec<DeskEvent>, Refusal> {
        // Looked up while it was being put away, it is not what it was.
        let old: Vec<&Ticket> =
            recalled.iter().filter(|ticket| ticket.state == TicketState::Archived).collect();
        if let (Some(expected), Some(found)) = (expected, self.seen_of(&command, &old))
            && expected != found
        {
            return Err(Refusal::Stale { expected, found });
        }
        match command {
            DeskCommand::Open(opening) => self.open(by, *opening, next),
            DeskCommand::TakeOver(past) => take_over(now, by, *past, next),
            DeskCommand::Ticket(id, command) => {
                let ticket = self.known(id).or_else(|no| one_of(&old, id).ok_or(no))?;
                ticket::decide(self, now, by, ticket, command, &old)
            }
            DeskCommand::Assignment(id, command) => {
                let ticket = self.known(id.ticket)?;
                let found = ticket.assignment(id.n);
                let found = found.ok_or_else(|| Refusal::not_found(format!("assignment {id}")))?;
                let event = assignment::decide(self, now, by, ticket, found, command)?;
                // First, so that the answer names the ticket.
                let mut events = self.row_of_dispute(now, ticket, &event);
                events.push(DeskEvent::Assignment(id, event));
                Ok(events)
            }
            DeskCommand::NewFiling(matter, command) => {
                if self.matter(matter).is_none() {
                    return Err(Refusal::not_found(format!("matter {matter}")));
                }
                let n = self.filings_of(matter).last().map_or(1, |(id, _)| id.n.saturating_add(1));
                let event = filing::decide(&self.rules, now, by, None, command)?;
                Ok(vec![DeskEvent::Filing(FilingId { matter, n }, event)])
            }
            DeskCommand::Filing(id, command) => {
                let filing =
                    self.filing(id).ok_or_else(|| Refusal::not_found(format!("filing {id}")))?;
                Ok(vec![DeskEvent::Filing(
                    id,
                    filing::decide(&self.rules, now, by, Some(filing), command)?,
                )])
            }
            DeskCommand::Dissatisfaction(id, command) => {
                let item = self.known(id)?.dissatisfaction.as_ref();
                let item =
                    item.ok_or_else(|| Refusal::not_found(format!("dissatisfaction item {id}")))?;
                Ok(vec![DeskEvent::Dissatisfaction(id, item.decide(by, command)?)])
            }
            DeskCommand::NewOrder(matter, draft) => self.draft_order(now, by, matter, draft),
            DeskCommand::Order(id, step) => self.move_order(by, id, step),
            DeskCommand::Network(command) => {
                let events = self.register().decide(by, command)?;
                Ok(events.into_iter().map(DeskEvent::Directory).collect())
            }
            DeskCommand::Leader(command) => {
                let events = self.leaders().decide(now, by, command)?;
                Ok(events.into_iter().map(DeskEvent::Leader).collect())
            }
        }
    }

    fn known(&self, id: TicketId) -> Result<&Ticket, Refusal> {
        self.ticket(id).ok_or_else(|| {
            Refusal::not_found(format!("ticket {id} at the desk: it may be put away"))
        })
    }

    /// The last record of the ticket a command is about.
    fn seen_of(&self, command: &DeskCommand, old: &[&Ticket]) -> Option<Seq> {
        let ticket = match command {
            DeskCommand::Ticket(id, _) | DeskCommand::Dissatisfaction(id, _) => *id,
            DeskCommand::Assignment(id, _) => id.ticket,
            DeskCommand::Open(_)
            | DeskCommand::TakeOver(_)
            | DeskCommand::NewFiling(..)
            | DeskCommand::Filing(..)
            | DeskCommand::NewOrder(..)
            | DeskCommand::Order(..)
            | DeskCommand::Network(_)
            | DeskCommand::Leader(_) => return None,
        };
        self.ticket(ticket).or_else(|| one_of(old, ticket)).map(|ticket| ticket.seq)
    }

    fn open(
        &self,
        by: &Actor,
        opening: Opening,
        next: TicketId,
    ) -> Result<Vec<DeskEvent>, Refusal> {
        if let Some(role) = by.role()
            && !OPENERS.contains(&role)
        {
            let why = "you may not open a ticket".into();
            return Err(Refusal::Forbidden { why, roles: OPENERS.to_vec() });
        }
        // A call of another house has its name there.
        let ours = matches!(opening.channel, Channel::Phone | Channel::Voicemail)
            && opening.message.is_none();
        if ours && by != &Actor::Engine {
            let what = "opens its tickets itself: answer the call";
            return Err(Refusal::Faults { faults: vec![Fault::new("channel", what)] });
        }
        let Opening { channel, caller, line, message, form } = opening;
        let mut events =
            vec![DeskEvent::Ticket(next, TicketEvent::Opened { channel, caller, line, message })];
        if form != Form::default() {
            events.push(DeskEvent::Ticket(next, TicketEvent::Written(Box::new(form))));
        }
        Ok(events)
    }

    fn draft_order(
        &self,
        now: Timestamp,
        by: &Actor,
        matter: MatterId,
        draft: OrderDraft,
    ) -> Result<Vec<DeskEvent>, Refusal> {
        let roles = [Role::SupGroup, Role::Director, Role::GovSupervision];
        if !by.role().is_some_and(|role| roles.contains(&role)) {
            return Err(Refusal::Forbidden {
                why: "you may not draft an order".into(),
                roles: roles.to_vec(),
            });
        }
        if self.matter(matter).is_none() {
            return Err(Refusal::not_found(format!("matter {matter}")));
        }
        let mut faults = Vec::new();
        filled(&mut faults, "text", &draft.text);
        if draft.unit.as_str().is_empty() {
            faults.push(Fault::new("unit", "is missing"));
        }
        let empty = Orders::default();
        let orders = self.orders.get(&matter).unwrap_or(&empty);
        let asked = self.order_proposed(matter, now).is_some_and(|asked| draft.level <= asked);
        if let Err(no) = orders.may_draft(draft.level, &draft.issuers, draft.direct || asked) {
            faults.push(Fault::new("level", no.to_string()));
        }
        Refusal::unless_none(faults)?;
        let n = u16::try_from(orders.all().len() + 1).unwrap_or(u16::MAX);
        let OrderDraft { level, issuers, unit, text, direct } = draft;
        let event = OrderEvent::Drafted { level, issuers, unit, text, direct };
        Ok(vec![DeskEvent::Order(OrderId { matter, n }, event)])
    }

    fn move_order(
        &self,
        by: &Actor,
        id: OrderId,
        step: OrderCommand,
    ) -> Result<Vec<DeskEvent>, Refusal> {
        let orders = self.orders.get(&id.matter);
        let order = orders.and_then(|orders| orders.all().get(usize::from(id.n).wrapping_sub(1)));
        let order = order.ok_or_else(|| Refusal::not_found(format!("order {id}")))?;
        let unit = self.ordered.get(&id);
        let allowed = is_for(&step.event, unit, by);
        if !allowed {
            let roles = vec![Role::SupGroup, Role::Director, Role::GovSupervision, Role::Leader];
            return Err(Refusal::Forbidden { why: "this step is another's".into(), roles });
        }
        let mut faults = Vec::new();
        if matches!(step.event, OrderStep::Answered(_) | OrderStep::ReturnAsked) {
            filled(&mut faults, "text", &step.text);
        }
        if let Err(no) = order.may(&step.event) {
            faults.push(Fault::new("event", no.to_string()));
        }
        Refusal::unless_none(faults)?;
        Ok(vec![DeskEvent::Order(id, OrderEvent::Moved { event: step.event, text: step.text })])
    }
}

fn take_over(
    now: Timestamp,
    by: &Actor,
    past: LegacyTicket,
    next: TicketId,
) -> Result<Vec<DeskEvent>, Refusal> {
    rights::check(by, Right::TakeOver)?;
    let mut faults = Vec::new();
    filled(&mut faults, "number", &past.number);
    bounded(&mut faults, "number", &past.number, LINE_MAX);
    bounded(&mut faults, "reply", past.reply.as_deref().unwrap_or_default(), TEXT_MAX);
    check_form(&mut faults, &past.form);
    if past.closed < past.opened {
        faults.push(Fault::new("closed", "is before it was opened"));
    }
    if next.number_of_day() == 0 {
        faults.push(Fault::new("opened", format!("that day has {} already", TicketId::DAY_MAX)));
    }
    if past.closed > now {
        faults.push(Fault::new("closed", "is still to come: such a demand is open"));
    }
    Refusal::unless_none(faults)?;
    Ok(vec![DeskEvent::Ticket(next, TicketEvent::TakenOver(Box::new(past)))])
}

/// Whether a step of an order to this unit is this person's.
fn is_for(event: &OrderStep, unit: Option<&UnitId>, by: &Actor) -> bool {
    let hub = matches!(by.role(), Some(Role::SupGroup | Role::Director | Role::GovSupervision));
    let its_unit = matches!(by.role(), Some(Role::Liaison | Role::UnitHead)) && by.unit() == unit;
    let approver = match by.role() {
        Some(Role::Director) => Some(Approver::Director),
        Some(Role::GovSupervision) => Some(Approver::GovernmentSupervision),
        Some(Role::Leader) => Some(Approver::Leader),
        _ => None,
    };
    match event {
        OrderStep::Approved(as_whom) => approver == Some(*as_whom),
        OrderStep::Receipted | OrderStep::ReturnAsked | OrderStep::Answered(_) => its_unit || hub,
        OrderStep::Issued
        | OrderStep::ReturnRefused
        | OrderStep::ReturnGranted
        | OrderStep::Checked { .. }
        | OrderStep::Closed
        | OrderStep::Escalated => hub,
    }
}

/// The steps of an order to this unit that would be taken from this person now, by their words.
pub(crate) fn order_moves(order: &Order, unit: &UnitId, by: &Actor) -> Vec<&'static str> {
    let steps = [
        ("approved", OrderStep::Approved(order.level.approver())),
        ("issued", OrderStep::Issued),
        ("receipted", OrderStep::Receipted),
        ("return_asked", OrderStep::ReturnAsked),
        ("return_refused", OrderStep::ReturnRefused),
        ("return_granted", OrderStep::ReturnGranted),
        ("answered", OrderStep::Answered(order.level.answered_by())),
        ("checked", OrderStep::Checked { enough: true }),
        ("closed", OrderStep::Closed),
        ("escalated", OrderStep::Escalated),
    ];
    let taken =
        |(_, event): &&(&str, OrderStep)| order.may(event).is_ok() && is_for(event, Some(unit), by);
    steps.iter().filter(taken).map(|(word, _)| *word).collect()
}

fn one_of<'t>(tickets: &[&'t Ticket], id: TicketId) -> Option<&'t Ticket> {
    tickets.iter().find(|ticket| ticket.ticket == id).copied()
}

/// Who writes down what came on paper or at the counter.
const OPENERS: &[Role] = &[
    Role::Agent,
    Role::Supervisor,
    Role::Callback,
    Role::Dispatcher,
    Role::SupGroup,
    Role::Director,
    Role::Platform,
    Role::Grid,
];
