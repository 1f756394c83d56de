//! Deliveries of our records to partners (INT-01, reporting to other systems), and messages that
//! came in.

use std::io;

use messaging::{Cursor, Reconciliation};
use model::{
    Seq, TicketId, Timestamp,
    desk::{DestinationId, InboundMessage, SmsReceipt},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::BoxFuture;

/// Deliveries to partners, and inbound messages.
pub trait Messaging: Send + Sync + 'static {
    /// Every destination, with its progress.
    fn destinations(&self) -> io::Result<Vec<Destination>>;

    /// At most `limit` dead letters of a destination after record `after`; `None` when the
    /// destination does not exist.
    fn dead_letters(
        &self,
        destination: &DestinationId,
        after: Seq,
        limit: usize,
    ) -> io::Result<Option<Vec<DeadLetter>>>;

    /// Takes what came by a webhook, once. The answer comes once it is durable.
    fn receive(&self, inbound: Inbound) -> BoxFuture<'_, InboundOutcome>;
}

/// The content of a webhook's request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inbound {
    /// A message of a person.
    Message(InboundMessage),
    /// The delivery receipt of an SMS.
    Receipt(SmsReceipt),
}

/// The result for an inbound message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InboundOutcome {
    /// It is on record, since now or since it was sent before.
    Recorded,
    /// It cannot be recorded now, for this reason (a sentence). The sender tries again.
    Unavailable(String),
}

/// A partner that gets our records, with its progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Destination {
    /// Its name in courier.toml.
    pub destination: DestinationId,
    /// Whether deliveries run: it is in courier.toml and its secret is known.
    pub carried: bool,
    /// The kinds of desk events it gets.
    pub events: Vec<String>,
    /// Every record up to this one was delivered or is a dead letter.
    pub done: Seq,
    /// The last time it accepted or refused a delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The number of deliveries it has accepted in all.
    pub letters: u64,
    /// The deliveries that wait in the log.
    pub waiting: PendingDeliveries,
    /// Present while it takes no deliveries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stuck: Option<Stuck>,
    /// The number of dead letters that are kept.
    pub dead: usize,
    /// The number of them that will be tried again.
    pub resending: usize,
    /// Whether a daily statement compares what was sent with what it has.
    pub reconciles: bool,
    /// The result of the last statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconciled: Option<Reconciliation>,
    /// Records it reported missing that are still to be sent again.
    pub missing: usize,
}

/// Deliveries that wait for a destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PendingDeliveries {
    /// The number counted.
    pub letters: u64,
    /// Whether counting stopped at its bound and there may be more.
    pub more: bool,
    /// The time the first of them was written: the destination is behind since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// The reason a destination accepts no deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "StuckDestination")]
pub struct Stuck {
    /// The time since which it accepts none.
    pub since: Timestamp,
    /// The error, as a sentence.
    pub why: String,
}

/// A record that a destination refused for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeadLetter {
    /// The number of the record.
    pub seq: Seq,
    /// The delivery's idempotency key.
    pub key: String,
    /// The kind of event; `None` when the record cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The ticket it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The time it was refused.
    pub at: Timestamp,
    /// The HTTP status of the refusal.
    pub status: u16,
    /// The destination's own words.
    pub why: String,
    /// Whether it will be tried again.
    pub resending: bool,
}

impl Destination {
    /// A destination from its cursor. `events` is `None` when no deliveries run.
    pub fn new(
        destination: DestinationId,
        events: Option<Vec<String>>,
        reconciles: bool,
        cursor: Cursor,
        waiting: PendingDeliveries,
    ) -> Destination {
        Destination {
            destination,
            carried: events.is_some(),
            events: events.unwrap_or_default(),
            done: cursor.done,
            at: Some(cursor.at).filter(|at| *at > Timestamp::default()),
            letters: cursor.letters,
            waiting,
            stuck: cursor.stuck.map(|(since, why)| Stuck { since, why }),
            dead: cursor.dead.len(),
            resending: cursor.dead.values().filter(|dead| dead.again).count(),
            reconciles,
            reconciled: cursor.reconciled,
            missing: cursor.missing.len(),
        }
    }
}
