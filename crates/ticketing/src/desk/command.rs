//! The commands to the desk as a whole.

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
use directory::{DirectoryCommand, leader::LeaderCommand};
use workflow::{
    Fault, Refusal,
    text::{LINE_MAX, TEXT_MAX, bounded, filled},
};

/// A command to the desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DeskCommand {
    /// Opens a ticket for a demand that came by another channel than the phone (T01).
    Open(Box<Opening>),
    /// Takes over a demand that was closed at another hotline, from its files (CALL-31, cut-over).
    TakeOver(Box<LegacyTicket>),
    /// A command to a ticket.
    Ticket(TicketId, TicketCommand),
    /// A command to an assignment.
    Assignment(AssignmentId, AssignmentCommand),
    /// Drafts a new filing for a matter.
    NewFiling(MatterId, FilingCommand),
    /// A command to a filing.
    Filing(FilingId, FilingCommand),
    /// A command to a dissatisfaction item.
    Dissatisfaction(TicketId, DissatisfactionCommand),
    /// Drafts a new order for a matter.
    NewOrder(MatterId, OrderDraft),
    /// A step of the open order of a matter.
    Order(OrderId, OrderCommand),
    /// A command about the network of units.
    Network(DirectoryCommand),
    /// A command about the leaders' roster and sessions.
    Leader(LeaderCommand),
}

/// A demand that came in writing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The channel it came by.
    pub channel: Channel,
    /// The sender's number; empty when withheld.
    #[serde(default)]
    pub caller: Number,
    /// The line or account it came to.
    #[serde(default)]
    pub line: LineId,
    /// The name of the message at its source, by which a repeated message is recognized.
    #[serde(default)]
    pub message: Option<String>,
    /// The form as far as it is known.
    #[serde(default)]
    pub form: Form,
}

/// An order to be drafted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderDraft {
    /// The level.
    pub level: OrderLevel,
    /// The bodies that issue it.
    pub issuers: Vec<String>,
    /// The unit it goes to.
    pub unit: UnitId,
    /// The text of its demand.
    pub text: String,
    /// Whether the matter is urgent or a leader's: then the order may begin with a higher level.
    #[serde(default)]
    pub direct: bool,
}

/// A step of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderCommand {
    /// The step.
    pub event: OrderStep,
    /// The text that goes with it.
    #[serde(default)]
    pub text: String,
}

/// The result of a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Done {
    /// The last record it made, to be expected by the next command.
    pub seq: Seq,
    /// The ticket it was about.
    pub ticket: Option<TicketId>,
}

impl DeskCommand {
    /// The command's SHA-256 in hex; it shows when one key is used for two commands.
    pub fn sha256(&self) -> Option<String> {
        sha256_of(self)
    }

    /// Archived tickets that the command may be about: a caller's later update or thanks, or the
    /// matter of a new demand. The desk has removed them from memory; the driver looks them up in
    /// the indexed view.
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
    /// Decides a command: the events it makes, or why it is refused. `next` is the number for a new
    /// ticket, `expected` the last record of the ticket that the sender has seen.
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

    /// Decides a command with archived tickets that were looked up for it: see
    /// [`DeskCommand::recalls`]. They stay archived; what is done to them is recorded.
    pub fn decide_recalling(
        &self,
        now: Timestamp,
        by: &Actor,
        command: DeskCommand,
        expected: Option<Seq>,
        next: TicketId,
        recalled: &[Ticket],
    ) -> Result<Vec<DeskEvent>, Refusal> {
        // A ticket that was looked up before it was archived is out of date.
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
                // The directory's row comes first, so that the last event names the ticket.
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
                let events = self.directory_state().decide(by, command)?;
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

    /// The last record of the ticket that a command is about.
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
        // A message that names a call of another hotline is not one of the engine's own calls.
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

/// Whether this person may take this step of an order to this unit.
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

/// The steps of an order to this unit that this person may take now, as words of the API.
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

/// The roles that may register what came on paper or at the counter.
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
