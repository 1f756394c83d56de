//! `[open311]` as the other crates read it.

use std::collections::BTreeMap;

use model::desk::Channel;

/// The Open311 server.
#[derive(Clone, Debug, PartialEq)]
pub struct Open311 {
    /// Whether the server is on.
    pub enabled: bool,
    /// The jurisdiction; empty: requests with any jurisdiction are accepted.
    pub jurisdiction: String,
    /// The SHA-256 in hex of each reporter's key, by the reporter's name.
    pub keys: BTreeMap<String, String>,
    /// The channel of its tickets in reports.
    pub channel: Channel,
    /// The tickets that anybody may look up.
    pub publish: Publish,
    /// The most requests of one address or key in a minute.
    pub per_minute: u32,
    /// The address under which others reach the server, for discovery.
    pub base: Option<String>,
    /// The contact, for discovery.
    pub contact: String,
    /// The place to ask for a key, for discovery.
    pub key_service: String,
}

/// The tickets that anybody may look up, among those that may be public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publish {
    /// Tickets that were reported by Open311.
    Own,
    /// All tickets.
    All,
}
