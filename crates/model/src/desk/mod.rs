//! What happens at the desk: matters, tickets, assignments, callbacks and what hangs on them.
//!
//! Every record of the desk is an [`DeskEntry`]: who, as what, and the [`DeskEvent`].
//! Events are grouped by what they are done to, one file a subject; their
//! machines and guards are in `ticketing`. The numbers T01 to T30 are those
//! of hotline.md 2.3, A01 to A17 those of 2.4.

mod assignment;
mod callback;
mod clock;
mod courier;
mod directory;
mod dissatisfaction;
mod filing;
mod form;
mod id;
mod kinds;
mod knowledge;
mod leader;
mod network;
mod order;
mod reasons;
mod ticket;
mod topic;
mod unit;
mod urge;

pub use assignment::*;
pub use callback::*;
pub use clock::*;
pub use courier::*;
pub use directory::*;
pub use dissatisfaction::*;
pub use filing::*;
pub use form::*;
pub use id::*;
pub use kinds::{kinds, verb};
pub use knowledge::*;
pub use leader::*;
pub use network::*;
pub use order::*;
pub use reasons::*;
pub use ticket::*;
pub use topic::*;
pub use unit::*;
pub use urge::*;

pub(crate) use form::words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::{AccountName, TicketId, event::Role};

/// One thing done at the desk, and by whom.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "WrittenEntry")]
pub struct DeskEntry {
    /// Who did it.
    pub by: Actor,
    /// The name its sender gave the command, so that it is done once.
    pub key: Option<IdempotencyKey>,
    /// What was done.
    pub event: DeskEvent,
}

/// The name that the sender of a command gave it (`Idempotency-Key`), and which command that was:
/// one name for two different commands is a mistake of the sender's
/// (draft-ietf-httpapi-idempotency-key-header, Error Handling).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The name, unique among the commands of one sender.
    pub name: String,
    /// SHA-256 of the command, in hex. Records of old logs have none.
    pub command_sha256: Option<String>,
}

/// An entry as the log has it: the key and the hash of its command are fields of their own.
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

/// Who does something at the desk, with what made it right at that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person with an account.
    Person {
        /// The account.
        account: AccountName,
        /// What they acted as.
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
    /// The engine, by rule.
    Engine,
}

impl Actor {
    /// The account, when a person did it.
    pub fn account(&self) -> Option<&AccountName> {
        match self {
            Actor::Person { account, .. } => Some(account),
            Actor::Citizen | Actor::Partner(_) | Actor::Engine => None,
        }
    }

    /// The role, when a person did it.
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

/// What was done, by what it was done to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DeskEvent {
    /// To a ticket.
    Ticket(TicketId, TicketEvent),
    /// To an assignment.
    Assignment(AssignmentId, AssignmentEvent),
    /// To a filing of a difficult matter (疑难备案).
    Filing(FilingId, FilingEvent),
    /// To a dissatisfaction item (不满意事项); it has its ticket's number.
    Dissatisfaction(TicketId, DissatisfactionEvent),
    /// To a supervision order (督查令).
    Order(OrderId, OrderEvent),
    /// To the directory of units, and to the tables beside it.
    #[serde(rename = "Network")]
    Directory(DirectoryEvent),
    /// To the leaders' roster or one of their sessions.
    Leader(LeaderEvent),
    /// To what leaves the house and what comes in by message.
    #[serde(rename = "Courier")]
    Messaging(MessagingEvent),
    /// To an item of the knowledge base, or to the lack of one.
    Knowledge(KnowledgeId, KnowledgeEvent),
}

impl DeskEvent {
    /// The ticket it belongs to, when to one.
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
