//! The configuration of partners and SMS gateways.

use std::{collections::BTreeSet, fmt, time::Duration};

use hyper::Uri;
use messaging::{SmsLimits, sign::Key};
use model::{Zone, desk::DestinationId};

/// A partner that gets our records.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The name, used in the log and in every message key.
    pub name: DestinationId,
    /// Where records are posted to.
    pub url: Uri,
    /// The key that signs messages.
    pub key: Key,
    /// The kinds of events it gets, as in `model::desk::event_kinds`.
    pub events: BTreeSet<String>,
    /// Whether a new destination begins with the first record of the log rather than with the next.
    pub from_first: bool,
    /// Whether names, numbers and addresses are sent, except of callers who stay anonymous.
    pub whole_persons: bool,
    /// The timeout of a request.
    pub timeout: Duration,
    /// The longest wait after the first failure; usually `Backoff::USUAL_FIRST`.
    pub first_wait: Duration,
    /// Additional headers.
    pub headers: Headers,
    /// The daily reconciliation, if it has one.
    pub reconcile: Option<Reconcile>,
}

/// The daily reconciliation of what was sent.
#[derive(Clone, Debug)]
pub struct Reconcile {
    /// Where the statement of a day is posted to.
    pub url: Uri,
    /// The time zone of the days.
    pub zone: Zone,
}

/// The SMS gateway.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Where an SMS is posted to.
    pub url: Uri,
    /// The password.
    pub secret: Secret,
    /// The format of the body.
    pub shape: BodyFormat,
    /// The body with placeholders.
    pub body: String,
    /// Additional headers, with placeholders.
    pub headers: Headers,
    /// The path to the result code in a response; `None` decides by the HTTP status alone.
    pub result: Option<String>,
    /// Result codes that mean success.
    pub taken: Vec<String>,
    /// Result codes that mean try again later.
    pub later: Vec<String>,
    /// The path to the gateway's id of the SMS in a response.
    pub id: Option<String>,
    /// Quiet hours and timeouts.
    pub limits: SmsLimits,
}

/// The format of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
}

/// A text that is never printed.
#[derive(Clone, Default)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

/// HTTP headers, whose values may be secret.
#[derive(Clone, Default)]
pub struct Headers(pub Vec<(String, String)>);

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
