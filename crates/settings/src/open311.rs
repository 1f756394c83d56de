//! `[open311]` as the rest of the house reads it.

use std::collections::BTreeMap;

use model::desk::Channel;

/// The Open311 server.
#[derive(Clone, Debug)]
pub struct Open311 {
    /// Whether it serves at all.
    pub enabled: bool,
    /// The one jurisdiction; empty asks nobody.
    pub jurisdiction: String,
    /// Who may report: a name, and the SHA-256 of their key in hex.
    pub keys: BTreeMap<String, String>,
    /// By which way what comes counts as come.
    pub channel: Channel,
    /// Which tickets anybody may look up.
    pub publish: Publish,
    /// Requests of one address or key in a minute.
    pub per_minute: u32,
    /// Where others reach us.
    pub base: Option<String>,
    /// Whom to ask.
    pub contact: String,
    /// Where to ask for a key.
    pub key_service: String,
}

/// Which tickets anybody may look up, of those that may be public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publish {
    /// Those that came this way.
    Own,
    /// All.
    All,
}
