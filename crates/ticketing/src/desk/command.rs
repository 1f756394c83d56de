//! The commands to the desk as a whole.

use model::{
    LineId, Number, TicketId,
    desk::{
        AssignmentId, Channel, FilingId, Form, LegacyTicket, MatterId, OrderId, OrderLevel,
        OrderStep, TicketState, UnitId,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::idempotency::sha256_of;
use crate::{
    assignment::AssignmentCommand,
    dissatisfaction::DissatisfactionCommand,
    filing::FilingCommand,
    ticket::{self, TicketCommand},
};
use directory::{DirectoryCommand, leader::LeaderCommand};

/// A command to the desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DeskCommand {
    /// Opens a ticket for a demand that came by another channel than the phone (T01).
    Open(Box<NewTicket>),
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
    /// A command about the directory: units, topics and routes.
    #[serde(rename = "Network")]
    Directory(DirectoryCommand),
    /// A command about the leaders' roster and sessions.
    Leader(LeaderCommand),
}

/// A demand that came in writing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTicket {
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

impl DeskCommand {
    /// The command's SHA-256 in hex; it shows when one key is used for two commands.
    pub fn sha256(&self) -> Option<String> {
        sha256_of(self)
    }

    /// Archived tickets that the command may be about: a caller's later update or thanks, or the
    /// matter of a new demand. The desk has removed them from memory; the driver looks them up in
    /// the indexed view.
    pub fn archived_tickets_needed(&self) -> Vec<TicketId> {
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
