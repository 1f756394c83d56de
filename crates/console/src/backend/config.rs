//! The config in force: its reload, and the configs on record.

use std::{collections::BTreeMap, io};

use model::{AccountName, QueueId, Seq, Timestamp, event::AdoptionCause};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::BoxFuture;

/// The config that the engine runs with.
pub trait Configuration: Send + Sync + 'static {
    /// Reads the config folder and puts it in force while calls go on. Nothing changes when it is
    /// refused.
    fn reload(&self, request: ReloadRequest) -> BoxFuture<'_, Result<Reloaded, NotReloaded>>;

    /// The newest configs on record, the newest first.
    fn configs(&self) -> io::Result<Vec<ConfigEntry>>;

    /// The files of the config folder that differ from the config in force.
    ///
    /// # Errors
    /// The folder cannot be read.
    fn changed_files(&self) -> io::Result<Vec<String>>;

    /// The names and titles of the queues in force; `None`: those of the start.
    fn queues(&self) -> Option<Vec<(QueueId, String)>>;
}

/// A request to put the config folder in force.
#[derive(Clone, Debug)]
pub struct ReloadRequest {
    /// How it was asked for.
    pub cause: AdoptionCause,
    /// The account, `os:NAME` at the machine itself.
    pub by: Option<AccountName>,
    /// For each removed queue in which callers wait, the queue that takes them over.
    pub move_to: BTreeMap<QueueId, QueueId>,
    /// Whether only the changes are asked for.
    pub dry_run: bool,
}

/// A config that was put in force, or what it would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reloaded {
    /// The record of the config; absent after a dry run, and when the folder equals the config in
    /// force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// The changes.
    pub changes: Vec<ConfigChange>,
}

/// One change of the config.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigChange {
    /// The file in the config folder.
    pub file: String,
    /// The subject: `seats 1001-1010`, `queue mandarin`, `[http]`.
    pub of: String,
    /// `added`, `removed` or `changed`.
    pub kind: String,
    /// `reload` or `restart`: when it takes effect.
    pub takes: String,
    /// The whole change as a sentence, with keys, values and the consequence.
    pub text: String,
}

/// The reason why a config was not put in force. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReloaded {
    /// The folder has these faults.
    Faults(Vec<String>),
    /// These changes need a restart.
    Restart(Vec<String>),
    /// The calls that are up do not allow it, for these reasons.
    Calls(Vec<String>),
    /// Another reason: the log, the disk, an emergency.
    Unavailable(String),
}

impl NotReloaded {
    /// The reasons, a sentence each.
    pub fn reasons(&self) -> Vec<String> {
        match self {
            NotReloaded::Faults(all) | NotReloaded::Restart(all) | NotReloaded::Calls(all) => {
                all.clone()
            }
            NotReloaded::Unavailable(why) => vec![why.clone()],
        }
    }
}

/// A config on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConfigEntry {
    /// Its record.
    pub seq: Seq,
    /// When it was put in force.
    pub at: Timestamp,
    /// How: `start`, `signal`, `command` or `api`.
    pub cause: String,
    /// The account; absent at a start and for a signal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
    /// The version of the program.
    pub version: String,
    /// The changes against the config before, a sentence each.
    pub changes: Vec<String>,
    /// The number of all changes; a long list is cut.
    pub changes_in_all: u32,
}
