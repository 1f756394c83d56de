//! `courier.toml` as the other crates read it. Secrets are given by name; the keyring holds them.

use std::{collections::BTreeMap, time::Duration};

use model::desk::{Channel, DestinationId};

/// The destinations of events by HTTP, the SMS gateway and the webhooks. All are empty by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Courier {
    /// Partners that receive our events.
    pub destinations: Vec<Destination>,
    /// The SMS gateway.
    pub sms: Option<SmsGateway>,
    /// Partners that may send us messages.
    pub hooks: Vec<Hook>,
}

/// A partner that receives our events.
#[derive(Clone, Debug, PartialEq)]
pub struct Destination {
    /// The name, used in the log and in the key of every delivery.
    pub name: DestinationId,
    /// The address to which each event is sent by POST.
    pub url: String,
    /// The name of the secret that signs the deliveries.
    pub secret: String,
    /// The kinds of events it receives, without patterns, sorted.
    pub events: Vec<String>,
    /// The first event that a new destination receives.
    pub from: Beginning,
    /// Whether personal data is sent.
    pub persons: Persons,
    /// The longest wait for a response.
    pub timeout: Duration,
    /// Additional headers of each request.
    pub headers: BTreeMap<String, String>,
    /// The address for each day's statement; `None` when the partner does not reconcile.
    pub reconcile: Option<String>,
}

/// The first event that a new destination receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// Events that happen from now on.
    Now,
    /// All events from the first record of the log on.
    First,
}

/// Whether names, numbers and addresses are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persons {
    /// They are masked.
    Masked,
    /// They are sent, except those of callers who asked to stay unknown.
    Whole,
}

/// The SMS gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct SmsGateway {
    /// The address to which each SMS is sent.
    pub url: String,
    /// The name of the gateway's password.
    pub secret: Option<String>,
    /// The format of the body.
    pub content: Content,
    /// The body, with placeholders.
    pub body: String,
    /// Additional headers of each request.
    pub headers: BTreeMap<String, String>,
    /// The longest wait for a response.
    pub timeout: Duration,
    /// The path in the response that tells whether the SMS was accepted.
    pub result: Option<String>,
    /// The values at `result` that mean accepted.
    pub taken: Vec<String>,
    /// The values at `result` that mean try again later.
    pub later: Vec<String>,
    /// The path in the response of the gateway's own id of the SMS.
    pub id: Option<String>,
    /// The beginning of the quiet time, in seconds since local midnight.
    pub quiet_from_s: u32,
    /// The end of the quiet time (exclusive), in seconds since local midnight.
    pub quiet_until_s: u32,
}

/// The format of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
}

/// A partner that may send us messages, at `POST /hooks/{name}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// The name, which is part of the address.
    pub name: String,
    /// The kind of messages.
    pub carries: Carries,
    /// The channel of its messages in tickets and reports.
    pub channel: Channel,
    /// How a sender proves its identity.
    pub proof: Proof,
    /// The names of the secrets; each of them is accepted.
    pub secrets: Vec<String>,
    /// The path of the list in a body with several messages.
    pub items: Option<String>,
    /// The paths of the sender's fields that have other names, by our names.
    pub fields: BTreeMap<String, String>,
    /// The statuses of a receipt that mean delivered.
    pub delivered: Vec<String>,
    /// The body of the response to an accepted message.
    pub answer: String,
}

/// The kind of messages of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// Messages that people wrote.
    Messages,
    /// Receipts of our SMS.
    Receipts,
}

/// How a sender proves its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By a signature as in Standard Webhooks.
    Signature,
    /// By a token.
    Token,
}
