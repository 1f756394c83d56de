//! The far ends that get our records, as people are told of them (INT-01): the words between the console and the engine.

use messaging::{Cursor, Reconciliation};
use model::{Seq, TicketId, Timestamp, desk::DestinationId};
use schemars::JsonSchema;
use serde::Serialize;

/// A destination, and how far it has got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FarEnd {
    /// Its name in courier.toml.
    pub destination: DestinationId,
    /// Letters are carried there: it is in courier.toml, and its secret is known.
    pub carried: bool,
    /// The kinds of events it gets.
    pub events: Vec<String>,
    /// It has everything up to this record, or it is a dead letter.
    pub done: Seq,
    /// When it last took or refused something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Letters it has taken, ever.
    pub letters: u64,
    /// What waits for it in the log.
    pub waiting: Waiting,
    /// It takes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stuck: Option<Stuck>,
    /// Dead letters that are kept.
    pub dead: usize,
    /// How many of them somebody wants tried again.
    pub resending: usize,
    /// It compares day by day what it was sent.
    pub reconciles: bool,
    /// What came of the last day's statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconciled: Option<Reconciliation>,
    /// Records it said it lacks, and that are still to be sent again.
    pub missing: usize,
}

/// What waits for a destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Waiting {
    /// How many letters, as far as was looked.
    pub letters: u64,
    /// There may be more of them.
    pub more: bool,
    /// Since when the first of them waits: so far behind it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// A destination that takes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "StuckFarEnd")]
pub struct Stuck {
    /// Since when.
    pub since: Timestamp,
    /// Why, in a sentence.
    pub why: String,
}

/// A record a destination refused for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeadLetter {
    /// The record's number.
    pub seq: Seq,
    /// The key it went under.
    pub key: String,
    /// What was done; `None` when the record cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The ticket it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// When it was refused.
    pub at: Timestamp,
    /// With which HTTP status.
    pub status: u16,
    /// In the far end's own words.
    pub why: String,
    /// Somebody wants it tried again.
    pub resending: bool,
}

impl FarEnd {
    /// As it stands: what it gets when it is carried to, whether it compares, what is on record,
    /// and what waits.
    pub fn new(
        destination: DestinationId,
        events: Option<Vec<String>>,
        reconciles: bool,
        cursor: Cursor,
        waiting: Waiting,
    ) -> FarEnd {
        FarEnd {
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
