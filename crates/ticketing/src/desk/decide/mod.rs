//! Decides commands to the desk: the events they make, or why they are refused.
//!
//! - tickets: `ticket/`
//! - assignments: `assignment.rs`
//! - orders: `order.rs`

mod assignment;
mod order;
mod ticket;

use model::{
    Seq, TicketId, Timestamp,
    desk::{Actor, Channel, DeskEvent, FilingId, Form, LegacyTicket, TicketEvent, TicketState},
    event::Role,
};

use super::{Desk, DeskCommand, command::NewTicket};
use crate::{
    Ticket, filing,
    rights::{self, Right},
};
use workflow::{
    Fault, Refusal,
    text::{LINE_MAX, TEXT_MAX, bounded, filled},
};

pub(crate) use order::allowed_steps;
use ticket::check_form;

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
        self.decide_with_archived(now, by, command, expected, next, &[])
    }

    /// Decides a command with archived tickets that were looked up for it: see
    /// [`DeskCommand::archived_tickets_needed`]. They stay archived; what is done to them is
    /// recorded.
    pub fn decide_with_archived(
        &self,
        now: Timestamp,
        by: &Actor,
        command: DeskCommand,
        expected: Option<Seq>,
        next: TicketId,
        recalled: &[Ticket],
    ) -> Result<Vec<DeskEvent>, Refusal> {
        // A ticket that was looked up before it was archived is out of date.
        let archived: Vec<&Ticket> =
            recalled.iter().filter(|ticket| ticket.state == TicketState::Archived).collect();
        if let (Some(expected), Some(found)) = (expected, self.last_seq_of(&command, &archived))
            && expected != found
        {
            return Err(Refusal::Stale { expected, found });
        }
        match command {
            DeskCommand::Open(new_ticket) => self.open(by, *new_ticket, next),
            DeskCommand::TakeOver(past) => take_over(now, by, *past, next),
            DeskCommand::Ticket(id, command) => {
                let ticket = self
                    .ticket_or_refusal(id)
                    .or_else(|refusal| find_ticket(&archived, id).ok_or(refusal))?;
                ticket::decide(self, now, by, ticket, command, &archived)
            }
            DeskCommand::Assignment(id, command) => {
                let ticket = self.ticket_or_refusal(id.ticket)?;
                let found = ticket.assignment(id.n);
                let found = found.ok_or_else(|| Refusal::not_found(format!("assignment {id}")))?;
                let event = assignment::decide(self, now, by, ticket, found, command)?;
                // The directory's row comes first, so that the last event names the ticket.
                let mut events = self.directory_row_of_dispute(now, ticket, &event);
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
                let item = self.ticket_or_refusal(id)?.dissatisfaction.as_ref();
                let item =
                    item.ok_or_else(|| Refusal::not_found(format!("dissatisfaction item {id}")))?;
                Ok(vec![DeskEvent::Dissatisfaction(id, item.decide(by, command)?)])
            }
            DeskCommand::NewOrder(matter, draft) => self.draft_order(now, by, matter, draft),
            DeskCommand::Order(id, step) => self.move_order(by, id, step),
            DeskCommand::Directory(command) => {
                let events = self.directory_state().decide(by, command)?;
                Ok(events.into_iter().map(DeskEvent::Directory).collect())
            }
            DeskCommand::Leader(command) => {
                let events = self.leaders().decide(now, by, command)?;
                Ok(events.into_iter().map(DeskEvent::Leader).collect())
            }
        }
    }

    fn ticket_or_refusal(&self, id: TicketId) -> Result<&Ticket, Refusal> {
        self.ticket(id).ok_or_else(|| {
            Refusal::not_found(format!("ticket {id} at the desk: it may be archived"))
        })
    }

    /// The last record of the ticket that a command is about.
    fn last_seq_of(&self, command: &DeskCommand, archived: &[&Ticket]) -> Option<Seq> {
        let ticket = match command {
            DeskCommand::Ticket(id, _) | DeskCommand::Dissatisfaction(id, _) => *id,
            DeskCommand::Assignment(id, _) => id.ticket,
            DeskCommand::Open(_)
            | DeskCommand::TakeOver(_)
            | DeskCommand::NewFiling(..)
            | DeskCommand::Filing(..)
            | DeskCommand::NewOrder(..)
            | DeskCommand::Order(..)
            | DeskCommand::Directory(_)
            | DeskCommand::Leader(_) => return None,
        };
        self.ticket(ticket).or_else(|| find_ticket(archived, ticket)).map(|ticket| ticket.seq)
    }

    fn open(
        &self,
        by: &Actor,
        new_ticket: NewTicket,
        next: TicketId,
    ) -> Result<Vec<DeskEvent>, Refusal> {
        if let Some(role) = by.role()
            && !OPENING_ROLES.contains(&role)
        {
            let why = "your role may not open a ticket".into();
            return Err(Refusal::Forbidden { why, roles: OPENING_ROLES.to_vec() });
        }
        // A message that names a call of another hotline is not one of the engine's own calls.
        let ours = matches!(new_ticket.channel, Channel::Phone | Channel::Voicemail)
            && new_ticket.message.is_none();
        if ours && by != &Actor::Engine {
            let what = "is a channel of the engine, which opens the ticket itself when the call is answered";
            return Err(Refusal::Faults { faults: vec![Fault::new("channel", what)] });
        }
        let NewTicket { channel, caller, line, message, form } = new_ticket;
        let mut events =
            vec![DeskEvent::Ticket(next, TicketEvent::Opened { channel, caller, line, message })];
        if form != Form::default() {
            events.push(DeskEvent::Ticket(next, TicketEvent::Written(Box::new(form))));
        }
        Ok(events)
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
        faults.push(Fault::new("closed", "is in the future: only closed demands are taken over"));
    }
    Refusal::unless_none(faults)?;
    Ok(vec![DeskEvent::Ticket(next, TicketEvent::TakenOver(Box::new(past)))])
}

fn find_ticket<'t>(tickets: &[&'t Ticket], id: TicketId) -> Option<&'t Ticket> {
    tickets.iter().find(|ticket| ticket.ticket == id).copied()
}

/// The roles that may register what came on paper or at the counter.
const OPENING_ROLES: &[Role] = &[
    Role::Agent,
    Role::Supervisor,
    Role::Callback,
    Role::Dispatcher,
    Role::SupGroup,
    Role::Director,
    Role::Platform,
    Role::Grid,
];
