//! The webhooks that partners and gateways call.

use std::collections::BTreeMap;

use messaging::sign::Key;
use model::desk::Channel;

/// A webhook.
#[derive(Clone, Debug)]
pub struct Hook {
    /// What its requests hold.
    pub content: HookContent,
    /// The channel that its messages are counted under.
    pub channel: Channel,
    /// How a sender proves who it is.
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

/// What the requests of a webhook hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookContent {
    /// Messages that people wrote.
    Messages,
    /// Delivery receipts of our SMS.
    Receipts,
}

/// How the sender of a webhook proves who it is.
#[derive(Clone, Debug)]
pub enum HookAuth {
    /// A signature as Standard Webhooks defines it, by one of these keys.
    Signature(Vec<Key>),
    /// One of these tokens, as a bearer token or as `token` in the query.
    Token(Vec<Key>),
}
