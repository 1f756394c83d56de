//! `courier.toml` as the rest of the house reads it. Secrets are names here; what they are, the keyring knows.

use std::{collections::BTreeMap, time::Duration};

use model::desk::{Channel, DestinationId};

/// What leaves the house by HTTP and who may send us messages. As shipped: nothing and nobody.
#[derive(Clone, Debug, Default)]
pub struct Courier {
    /// Who gets our records.
    pub destinations: Vec<Destination>,
    /// Who sends our SMS.
    pub sms: Option<SmsGateway>,
    /// Who may send us messages.
    pub hooks: Vec<Hook>,
}

/// One far end that gets our records.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Its name, in the log and in every key.
    pub name: DestinationId,
    /// Where it takes them.
    pub url: String,
    /// The secret that signs them, by name.
    pub secret: String,
    /// Which kinds of events it gets: whole kinds, sorted.
    pub events: Vec<String>,
    /// Where a new one begins.
    pub from: Beginning,
    /// Whether persons go out.
    pub persons: Persons,
    /// How long an answer may take.
    pub timeout: Duration,
    /// What else it is sent.
    pub headers: BTreeMap<String, String>,
    /// Where it takes a day's statement, when it compares.
    pub reconcile: Option<String>,
}

/// Where a new destination begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// With what happens from now on.
    Now,
    /// With the first record of the log.
    First,
}

/// Whether names, numbers and addresses go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persons {
    /// They do not.
    Masked,
    /// They do, but for those who asked to stay unknown.
    Whole,
}

/// Who sends our SMS.
#[derive(Clone, Debug)]
pub struct SmsGateway {
    /// Where it takes one.
    pub url: String,
    /// Its password, by name.
    pub secret: Option<String>,
    /// What the body is.
    pub content: Content,
    /// The body, with places to fill in.
    pub body: String,
    /// What else it is sent.
    pub headers: BTreeMap<String, String>,
    /// How long its answer may take.
    pub timeout: Duration,
    /// Where its answer says whether it took it.
    pub result: Option<String>,
    /// What stands there when it did.
    pub taken: Vec<String>,
    /// What stands there when it shall be asked again.
    pub later: Vec<String>,
    /// Where it gives its own name for the SMS.
    pub id: Option<String>,
    /// Quiet from this second of the local day.
    pub quiet_from_s: u32,
    /// Until before this one.
    pub quiet_until_s: u32,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
}

/// Who may send us messages, at `POST /hooks/{name}`.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Its name.
    pub name: String,
    /// What comes.
    pub carries: Carries,
    /// By which way its messages count as come.
    pub channel: Channel,
    /// How a sender shows who it is.
    pub proof: Proof,
    /// By which secrets, by name.
    pub secrets: Vec<String>,
    /// Where several come at once.
    pub items: Option<String>,
    /// What is called otherwise there, by our names.
    pub fields: BTreeMap<String, String>,
    /// Which status of a receipt means delivered.
    pub delivered: Vec<String>,
    /// What a sender is told when its message is taken.
    pub answer: String,
}

/// What comes by a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// What people wrote.
    Messages,
    /// What became of our SMS.
    Receipts,
}

/// How a sender shows who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It signs, as Standard Webhooks has it.
    Signature,
    /// It knows a token.
    Token,
}
