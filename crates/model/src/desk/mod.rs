//! What happens at the desk: matters, tickets, assignments, callbacks and what hangs on them.
//!
//! Every record of the desk is an [`Entry`]: who, as what, and the [`Deed`].
//! Deeds are grouped by what they are done to, one file a subject; their
//! machines and guards are in `backoffice`. The numbers T01 to T30 are those
//! of hotline.md 2.3, A01 to A17 those of 2.4.

mod assignment;
mod callback;
mod clock;
mod directory;
mod dissatisfaction;
mod filing;
mod form;
mod id;
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
pub use directory::*;
pub use dissatisfaction::*;
pub use filing::*;
pub use form::*;
pub use id::*;
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
use serde::{Deserialize, Serialize};

use crate::{AccountName, TicketId, event::Role};

/// One thing done at the desk, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Who did it.
    pub by: Doer,
    /// The name its sender gave the command, so that it is done once (`Idempotency-Key`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What was done.
    pub deed: Deed,
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
}

impl Deed {
    /// The ticket it belongs to, when to one.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            Deed::Ticket(ticket, _) | Deed::Dissatisfaction(ticket, _) => Some(*ticket),
            Deed::Assignment(assignment, _) => Some(assignment.ticket),
            Deed::Filing(..) | Deed::Order(..) | Deed::Network(_) | Deed::Leader(_) => None,
        }
    }
}
