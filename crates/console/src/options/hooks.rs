//! The webhooks that partners and gateways call.

use std::collections::BTreeMap;

use messaging::sign::Key;
use model::desk::Channel;

/// A webhook.
#[derive(Clone, Debug)]
pub struct Hook {
    /// The content of its requests.
    pub content: HookContent,
    /// The channel that its messages are counted under.
    pub channel: Channel,
    /// The way a sender is authenticated.
    pub auth: HookAuth,
    /// The path of the list in a body with several messages: `data.list`.
    pub items: Option<String>,
    /// Fields with other names in the body: our names to paths in theirs.
    pub fields: BTreeMap<String, String>,
    /// The statuses of a receipt that mean delivered.
    pub delivered: Vec<String>,
    /// The body of the answer when everything was recorded.
    pub answer: String,
}

/// The content of a webhook's requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookContent {
    /// Messages that people wrote.
    Messages,
    /// Delivery receipts of our SMS.
    Receipts,
}

/// The way the sender of a webhook is authenticated.
#[derive(Clone, Debug)]
pub enum HookAuth {
    /// A signature as Standard Webhooks defines it, by one of these keys.
    Signature(Vec<Key>),
    /// One of these tokens, as a bearer token or as `token` in the query.
    Token(Vec<Key>),
}
