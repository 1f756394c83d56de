//! The far ends, with everything that is needed to reach them.

use std::{collections::BTreeSet, fmt, time::Duration};

use hyper::Uri;
use messaging::{SmsLimits, sign::Key};
use model::{Zone, desk::DestinationId};

/// Who gets our records.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Its name, in the log and in every key.
    pub name: DestinationId,
    /// Where it takes them.
    pub url: Uri,
    /// Signs them.
    pub key: Key,
    /// The kinds of events it gets, as in `model::desk::event_kinds`.
    pub events: BTreeSet<String>,
    /// A new one begins with the first record rather than with the next.
    pub from_first: bool,
    /// Names, numbers and addresses go out, but for those who stay unknown.
    pub whole_persons: bool,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How long to wait after the first failure, at most; `Backoff::USUAL_FIRST`.
    pub first_wait: Duration,
    /// What else it is sent.
    pub headers: Headers,
    /// Whether it compares day by day what it was sent.
    pub reconcile: Option<Reconcile>,
}

/// How a far end compares what it was sent.
#[derive(Clone, Debug)]
pub struct Reconcile {
    /// Where it takes a day's statement.
    pub url: Uri,
    /// In which zone a day is one.
    pub zone: Zone,
}

/// Who sends our SMS.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Where it takes one.
    pub url: Uri,
    /// Its password.
    pub secret: Secret,
    /// What the body is.
    pub shape: Shape,
    /// The body, with places to fill in.
    pub body: String,
    /// What else it is sent.
    pub headers: Headers,
    /// Where its answer says whether it took it; `None`: by the status alone.
    pub result: Option<String>,
    /// What stands there when it did.
    pub taken: Vec<String>,
    /// What stands there when it shall be asked again.
    pub later: Vec<String>,
    /// Where it gives its own name for the SMS.
    pub id: Option<String>,
    /// Quiet hours and patience.
    pub limits: SmsLimits,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
}

/// Text that must not be printed.
#[derive(Clone, Default)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

/// Headers with what is filled in; the texts may be secret.
#[derive(Clone, Default)]
pub struct Headers(pub Vec<(String, String)>);

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
