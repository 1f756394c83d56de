//! The commands done lately by the keys of their senders, so that a command that is sent again is
//! not done again.

use model::{
    Seq, TicketId,
    desk::{Actor, DeskEntry, IdempotencyKey},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Desk;
use workflow::Refusal;

/// The result of a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandReceipt {
    /// The last record it made, to be expected by the next command.
    pub seq: Seq,
    /// The ticket it was about.
    pub ticket: Option<TicketId>,
}

/// A command that was done under a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CompletedCommand {
    /// The last record it made.
    seq: Seq,
    ticket: Option<TicketId>,
    /// The SHA-256 of the command; unknown for records of old logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    command_sha256: Option<String>,
}

impl Desk {
    /// The outcome of the command with this key from this sender, when it was done lately.
    ///
    /// # Errors
    /// [`Refusal::KeyReused`] when the key was used for another command. This one was not done, and
    /// the sender has to know it.
    pub fn receipt_of(
        &self,
        by: &Actor,
        key: &IdempotencyKey,
    ) -> Result<Option<CommandReceipt>, Refusal> {
        let Some(found) = self.keys.get(&name_of(by, &key.name)) else { return Ok(None) };
        match (&found.command_sha256, &key.command_sha256) {
            (Some(done), Some(asked)) if done != asked => Err(Refusal::KeyReused),
            _ => Ok(Some(CommandReceipt { seq: found.seq, ticket: found.ticket })),
        }
    }

    /// Remembers the key of an entry. When full, the oldest key is forgotten, and its command would
    /// be done again when it is sent again.
    pub(super) fn remember_key(&mut self, seq: Seq, entry: &DeskEntry) {
        let Some(IdempotencyKey { name, command_sha256 }) = &entry.key else { return };
        let (ticket, command_sha256) = (entry.event.ticket(), command_sha256.clone());
        let name = name_of(&entry.by, name);
        let done = CompletedCommand { seq, ticket, command_sha256 };
        if self.keys.insert(name.clone(), done).is_none() {
            self.keys_in_order.push_back(name);
        }
        while self.keys_in_order.len() > KEYS_MAX {
            if let Some(oldest) = self.keys_in_order.pop_front() {
                self.keys.remove(&oldest);
            }
        }
    }
}

/// SHA-256 of a command in hex; `None` if it cannot be written as JSON, which does not occur.
pub(crate) fn sha256_of(command: &impl Serialize) -> Option<String> {
    let written = serde_json::to_vec(command).ok()?;
    Some(Sha256::digest(&written).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The sender is part of the name, because two people may use the same key for two commands.
fn name_of(by: &Actor, key: &str) -> String {
    match by {
        Actor::Person { account, .. } => format!("{account}\n{key}"),
        Actor::Partner(name) => format!("\n{name}\n{key}"),
        Actor::Citizen => format!("\n\n{key}"),
        Actor::Engine => format!("\n\n\n{key}"),
    }
}

/// The most keys remembered: some days of a city's desk.
const KEYS_MAX: usize = 50_000;
