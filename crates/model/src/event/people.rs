//! Who came in, who was given what: the audit's own subject.

use serde::{Deserialize, Serialize};

use crate::AccountName;

/// An account exists from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountAdded {
    /// The account.
    pub account: AccountName,
    /// Its role.
    pub role: Role,
}

/// A token was issued. The token is nowhere in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenIssued {
    /// For whom.
    pub account: AccountName,
}

/// Somebody logged in to the console.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonLoggedIn {
    /// Who.
    pub account: AccountName,
    /// From which address.
    pub from: String,
}

/// Somebody logged out of the console.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonLoggedOut {
    /// Who.
    pub account: AccountName,
}

/// A log-in was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonRefused {
    /// The name tried.
    pub account: AccountName,
    /// From which address.
    pub from: String,
}

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, accounts included.
    Admin,
    /// Sees all live, steers seats and queues.
    Supervisor,
    /// Own seat, own calls, tickets.
    Agent,
    /// Replays recordings.
    Qa,
}

impl Role {
    /// The role by its word.
    pub fn by_word(word: &str) -> Option<Role> {
        match word {
            "admin" => Some(Role::Admin),
            "supervisor" => Some(Role::Supervisor),
            "agent" => Some(Role::Agent),
            "qa" => Some(Role::Qa),
            _ => None,
        }
    }

    /// The word on the command line, in the API and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Supervisor => "supervisor",
            Role::Agent => "agent",
            Role::Qa => "qa",
        }
    }
}
