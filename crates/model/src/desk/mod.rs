//! The words of the desk: matters, tickets, assignments, callbacks, directory, knowledge, messages.
//!
//! Every record of the desk is a [`DeskEntry`]: the actor and the [`DeskEvent`]. Events are grouped
//! by subject, one file each; the state machines and their guards are in `ticketing`. The numbers
//! T01 to T30 are the transitions of hotline.md 2.3, A01 to A17 those of 2.4.

mod assignment;
mod calendar;
mod callback;
mod clock;
mod directory;
mod dissatisfaction;
mod event_kinds;
mod filing;
mod form;
mod id;
mod knowledge;
mod leader;
mod messaging;
mod order;
mod reasons;
mod role;
mod routing;
mod staff;
mod ticket;
mod topic;
mod unit;
mod urge;

pub use assignment::*;
pub use calendar::*;
pub use callback::*;
pub use clock::*;
pub use directory::*;
pub use dissatisfaction::*;
pub use event_kinds::{event_kinds, snake_case};
pub use filing::*;
pub use form::*;
pub use id::*;
pub use knowledge::*;
pub use leader::*;
pub use messaging::*;
pub use order::*;
pub use reasons::*;
pub use role::*;
pub use routing::*;
pub use staff::*;
pub use ticket::*;
pub use topic::*;
pub use unit::*;
pub use urge::*;

pub(crate) use form::word_enum;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::{AccountName, TicketId};

/// One event at the desk, with its actor.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "WrittenEntry")]
pub struct DeskEntry {
    /// The actor.
    pub by: Actor,
    /// The sender's key for the command, by which a repetition is recognised.
    pub key: Option<IdempotencyKey>,
    /// The event.
    pub event: DeskEvent,
}

/// The sender's key for a command (`Idempotency-Key`) and the hash of that command: one key for two
/// different commands is an error of the sender
/// (draft-ietf-httpapi-idempotency-key-header, Error Handling).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key, unique among the commands of one sender.
    pub name: String,
    /// SHA-256 of the command, in hex; `None` in records of old logs.
    pub command_sha256: Option<String>,
}

/// An entry as it is written in the log: the key and the hash of its command are separate fields.
#[derive(Deserialize)]
struct WrittenEntry {
    by: Actor,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    command_sha256: Option<String>,
    #[serde(rename = "deed")]
    event: DeskEvent,
}

impl From<WrittenEntry> for DeskEntry {
    fn from(written: WrittenEntry) -> DeskEntry {
        let WrittenEntry { by, key, command_sha256, event } = written;
        DeskEntry { by, key: key.map(|name| IdempotencyKey { name, command_sha256 }), event }
    }
}

impl Serialize for DeskEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename = "Entry")]
        struct Written<'a> {
            by: &'a Actor,
            #[serde(skip_serializing_if = "Option::is_none")]
            key: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            command_sha256: Option<&'a str>,
            #[serde(rename = "deed")]
            event: &'a DeskEvent,
        }
        let DeskEntry { by, key, event } = self;
        let command_sha256 = key.as_ref().and_then(|key| key.command_sha256.as_deref());
        let key = key.as_ref().map(|key| key.name.as_str());
        Written { by, key, command_sha256, event }.serialize(serializer)
    }
}

/// The party that acts at the desk, with the role and unit that allowed it at that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person with an account.
    Person {
        /// The account.
        account: AccountName,
        /// The role they acted in.
        role: Role,
        /// The unit they act for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitId>,
        /// Employed by a contractor and not by the government (SEAT-07).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        outsourced: bool,
    },
    /// The citizen: by SMS, web form, or query code.
    Citizen,
    /// Another system: the upper hotline, 110, a platform.
    Partner(String),
    /// The engine, by a rule.
    Engine,
}

impl Actor {
    /// The account, when a person acted.
    pub fn account(&self) -> Option<&AccountName> {
        match self {
            Actor::Person { account, .. } => Some(account),
            Actor::Citizen | Actor::Partner(_) | Actor::Engine => None,
        }
    }

    /// The role, when a person acted.
    pub fn role(&self) -> Option<Role> {
        match self {
            Actor::Person { role, .. } => Some(*role),
            Actor::Citizen | Actor::Partner(_) | Actor::Engine => None,
        }
    }

    /// The unit a person acts for.
    pub fn unit(&self) -> Option<&UnitId> {
        match self {
            Actor::Person { unit, .. } => unit.as_ref(),
            Actor::Citizen | Actor::Partner(_) | Actor::Engine => None,
        }
    }
}

/// An event at the desk, by its subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DeskEvent {
    /// Of a ticket.
    Ticket(TicketId, TicketEvent),
    /// Of an assignment.
    Assignment(AssignmentId, AssignmentEvent),
    /// Of a filing of a difficult matter (疑难备案).
    Filing(FilingId, FilingEvent),
    /// Of a dissatisfaction item (不满意事项); it has its ticket's number.
    Dissatisfaction(TicketId, DissatisfactionEvent),
    /// Of a supervision order (督查令).
    Order(OrderId, OrderEvent),
    /// Of the directory: units, areas, topics, routes, grades, duty contacts.
    #[serde(rename = "Network")]
    Directory(DirectoryEvent),
    /// Of the leaders' roster or of one of their sessions.
    Leader(LeaderEvent),
    /// Of messaging: uploads, SMS, inbound messages.
    #[serde(rename = "Courier")]
    Messaging(MessagingEvent),
    /// Of an item of the knowledge base, or of a gap.
    Knowledge(KnowledgeId, KnowledgeEvent),
}

impl DeskEvent {
    /// The ticket it belongs to, if any.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            DeskEvent::Ticket(ticket, _) | DeskEvent::Dissatisfaction(ticket, _) => Some(*ticket),
            DeskEvent::Assignment(assignment, _) => Some(assignment.ticket),
            DeskEvent::Messaging(event) => event.ticket(),
            DeskEvent::Filing(..)
            | DeskEvent::Order(..)
            | DeskEvent::Directory(_)
            | DeskEvent::Leader(_)
            | DeskEvent::Knowledge(..) => None,
        }
    }
}
