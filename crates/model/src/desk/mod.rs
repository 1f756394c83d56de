//! What happens at the desk: matters, tickets, assignments, callbacks and what hangs on them.
//!
//! Every record of the desk is an [`Entry`]: who, as what, and the [`Deed`].
//! Deeds are grouped by what they are done to, one file a subject; their
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
pub struct Entry {
    /// Who did it.
    pub by: Doer,
    /// The name its sender gave the command, so that it is done once.
    pub key: Option<CommandKey>,
    /// What was done.
    pub deed: Deed,
}

/// The name that the sender of a command gave it (`Idempotency-Key`), and which command that was:
/// one name for two different commands is a mistake of the sender's
/// (draft-ietf-httpapi-idempotency-key-header, Error Handling).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandKey {
    /// The name, unique among the commands of one sender.
    pub name: String,
    /// SHA-256 of the command, in hex. Records of old logs have none.
    pub command_sha256: Option<String>,
}

/// An entry as the log has it: the key and the hash of its command are fields of their own.
#[derive(Deserialize)]
struct WrittenEntry {
    by: Doer,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    command_sha256: Option<String>,
    deed: Deed,
}

impl From<WrittenEntry> for Entry {
    fn from(written: WrittenEntry) -> Entry {
        let WrittenEntry { by, key, command_sha256, deed } = written;
        Entry { by, key: key.map(|name| CommandKey { name, command_sha256 }), deed }
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename = "Entry")]
        struct Written<'a> {
            by: &'a Doer,
            #[serde(skip_serializing_if = "Option::is_none")]
            key: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            command_sha256: Option<&'a str>,
            deed: &'a Deed,
        }
        let Entry { by, key, deed } = self;
        let command_sha256 = key.as_ref().and_then(|key| key.command_sha256.as_deref());
        let key = key.as_ref().map(|key| key.name.as_str());
        Written { by, key, command_sha256, deed }.serialize(serializer)
    }
}

/// Who does something at the desk, with what made it right at that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Doer {
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

impl Doer {
    /// The account, when a person did it.
    pub fn account(&self) -> Option<&AccountName> {
        match self {
            Doer::Person { account, .. } => Some(account),
            Doer::Citizen | Doer::Partner(_) | Doer::Engine => None,
        }
    }

    /// The role, when a person did it.
    pub fn role(&self) -> Option<Role> {
        match self {
            Doer::Person { role, .. } => Some(*role),
            Doer::Citizen | Doer::Partner(_) | Doer::Engine => None,
        }
    }

    /// The unit a person acts for.
    pub fn unit(&self) -> Option<&UnitId> {
        match self {
            Doer::Person { unit, .. } => unit.as_ref(),
            Doer::Citizen | Doer::Partner(_) | Doer::Engine => None,
        }
    }
}

/// What was done, by what it was done to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Deed {
    /// To a ticket.
    Ticket(TicketId, TicketDeed),
    /// To an assignment.
    Assignment(AssignmentId, AssignmentDeed),
    /// To a filing of a difficult matter (疑难备案).
    Filing(FilingId, FilingDeed),
    /// To a dissatisfaction item (不满意事项); it has its ticket's number.
    Dissatisfaction(TicketId, DissatisfactionDeed),
    /// To a supervision order (督查令).
    Order(OrderId, OrderDeed),
    /// To the network of units, and to the tables beside it.
    Network(NetworkDeed),
    /// To the leaders' roster or one of their sessions.
    Leader(LeaderDeed),
    /// To what leaves the house and what comes in by message.
    Courier(CourierDeed),
    /// To an item of the knowledge base, or to the lack of one.
    Knowledge(KnowledgeId, KnowledgeDeed),
}

impl Deed {
    /// The ticket it belongs to, when to one.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            Deed::Ticket(ticket, _) | Deed::Dissatisfaction(ticket, _) => Some(*ticket),
            Deed::Assignment(assignment, _) => Some(assignment.ticket),
            Deed::Courier(deed) => deed.ticket(),
            Deed::Filing(..)
            | Deed::Order(..)
            | Deed::Network(_)
            | Deed::Leader(_)
            | Deed::Knowledge(..) => None,
        }
    }
}
