//! The interfaces that the console needs from the engine: one trait for each subject.
//!
//! A plain method that answers a `Result` may touch the disk; the console calls it off the async
//! threads. Every other plain method answers from memory, at once.

mod accounts;
mod attachments;
mod calls;
mod config;
mod engine;
mod knowledge;
mod log;
mod messaging;
mod reports;
mod statistics;
mod tickets;

use std::{future::Future, pin::Pin, sync::Arc};

pub use accounts::{Account, AccountCommand, AccountError, Accounts, ChangedAccount, OpenWork};
pub use attachments::Attachments;
pub use calls::{Calls, RecordingForm, Sound};
pub use config::{ConfigChange, ConfigEntry, Configuration, NotReloaded, ReloadRequest, Reloaded};
pub use engine::{Clock, Commands, Health};
pub use knowledge::{KnowledgeBase, KnowledgeQuery, SearchHit, TextPart};
pub use log::EventLog;
pub use messaging::{
    DeadLetter, Destination, Inbound, InboundOutcome, Messaging, PendingDeliveries, Stuck,
};
pub use reports::{
    DrillDown, DrillDownRequest, PeriodFigures, ReleaseRequest, ReleasedReport, RenderedReport,
    ReportError, ReportRequest, Reports,
};
pub use statistics::{AgentQuarterHours, QueueQuarterHours, Statistics};
pub use tickets::{ReferenceDataReader, Tickets, WorklistIndex};

/// A future on the heap, so that a trait with an async method can be used behind `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The engine behind the console, one object for each subject.
#[derive(Clone)]
pub struct Backend {
    /// The engine's clock.
    pub clock: Arc<dyn Clock>,
    /// Commands to the center.
    pub commands: Arc<dyn Commands>,
    /// Readiness and measurements.
    pub health: Arc<dyn Health>,
    /// The event log.
    pub log: Arc<dyn EventLog>,
    /// Accounts, passwords and tokens.
    pub accounts: Arc<dyn Accounts>,
    /// Call records and recordings.
    pub calls: Arc<dyn Calls>,
    /// Tickets.
    pub tickets: Arc<dyn Tickets>,
    /// Work lists.
    pub worklists: Arc<dyn WorklistIndex>,
    /// Orders, filings, leaders and the directory of units.
    pub reference_data: Arc<dyn ReferenceDataReader>,
    /// Files attached to tickets.
    pub attachments: Arc<dyn Attachments>,
    /// The wallboard and quarter-hour intervals.
    pub statistics: Arc<dyn Statistics>,
    /// Reports and figures.
    pub reports: Arc<dyn Reports>,
    /// Deliveries to partners, and messages that came in.
    pub messaging: Arc<dyn Messaging>,
    /// The config in force.
    pub config: Arc<dyn Configuration>,
    /// The knowledge base; `None` where the hotline has none.
    pub knowledge: Option<Arc<dyn KnowledgeBase>>,
}

impl Backend {
    /// A backend in which one object serves all subjects but the knowledge base.
    pub fn from_one<T>(engine: Arc<T>) -> Backend
    where
        T: Clock
            + Commands
            + Health
            + EventLog
            + Accounts
            + Calls
            + Tickets
            + WorklistIndex
            + ReferenceDataReader
            + Attachments
            + Statistics
            + Reports
            + Messaging
            + Configuration,
    {
        Backend {
            clock: engine.clone(),
            commands: engine.clone(),
            health: engine.clone(),
            log: engine.clone(),
            accounts: engine.clone(),
            calls: engine.clone(),
            tickets: engine.clone(),
            worklists: engine.clone(),
            reference_data: engine.clone(),
            attachments: engine.clone(),
            statistics: engine.clone(),
            reports: engine.clone(),
            messaging: engine.clone(),
            config: engine,
            knowledge: None,
        }
    }

    /// The same backend with a knowledge base.
    pub fn with_knowledge(self, knowledge: Arc<dyn KnowledgeBase>) -> Backend {
        Backend { knowledge: Some(knowledge), ..self }
    }
}
