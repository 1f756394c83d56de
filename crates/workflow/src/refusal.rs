//! The reasons for which the desk refuses a command.
//!
//! A refusal lists all faults of the command at once, or the state with the commands it allows.

use std::fmt;

use model::{Seq, event::Role};
use schemars::JsonSchema;
use serde::Serialize;

/// The reason for which a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "error")]
pub enum Refusal {
    /// The item that the command names does not exist.
    NotFound {
        /// The item, with its kind and id.
        what: String,
    },
    /// The sender may not give this command.
    Forbidden {
        /// The reason, as a sentence.
        why: String,
        /// The roles that may give it.
        roles: Vec<Role>,
    },
    /// The state does not allow the command.
    NotNow {
        /// The name of the state.
        state: String,
        /// The commands that this sender may give in this state.
        allowed: Vec<&'static str>,
    },
    /// The item has changed since the sender read it.
    Stale {
        /// The last record that the sender has seen.
        expected: Seq,
        /// The last record that changed the item.
        found: Seq,
    },
    /// Another command had the same key before, so this is not a repeat
    /// (draft-ietf-httpapi-idempotency-key-header, Error Handling).
    KeyReused,
    /// The command itself is wrong.
    Faults {
        /// All faults.
        faults: Vec<Fault>,
    },
}

/// One fault of a command.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Fault {
    /// The path of the field: `form.contact`, `parts[0].unit`.
    pub field: String,
    /// The fault, and what would be right.
    pub what: String,
}

impl Fault {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, what: impl Into<String>) -> Fault {
        Fault { field: field.into(), what: what.into() }
    }

    /// The fault of a command after which everything would be as before, with the reason.
    pub fn no_change(field: impl Into<String>, reason: &str) -> Fault {
        Fault::new(field, format!("{NO_CHANGE}{reason}"))
    }

    /// Whether it is made by [`Fault::no_change`].
    pub fn is_no_change(&self) -> bool {
        self.what.starts_with(NO_CHANGE)
    }
}

const NO_CHANGE: &str = "nothing changes: ";

impl Refusal {
    /// The refusal of a command that names an item which does not exist.
    pub fn not_found(what: impl fmt::Display) -> Refusal {
        Refusal::NotFound { what: what.to_string() }
    }

    /// Adds a fault that another check found to a decision.
    ///
    /// # Errors
    /// The refusal of the decision, with the fault added when it lists faults; or the fault alone
    /// when the decision was `Ok`.
    pub fn with<T>(decided: Result<T, Refusal>, fault: Option<Fault>) -> Result<T, Refusal> {
        match (decided, fault) {
            (Ok(_), Some(fault)) => Err(Refusal::Faults { faults: vec![fault] }),
            (Err(Refusal::Faults { mut faults }), Some(fault)) => {
                faults.push(fault);
                Err(Refusal::Faults { faults })
            }
            (decided, _) => decided,
        }
    }

    /// `Ok` without faults.
    ///
    /// # Errors
    /// [`Refusal::Faults`] with all of them.
    pub fn unless_none(faults: Vec<Fault>) -> Result<(), Refusal> {
        if faults.is_empty() { Ok(()) } else { Err(Refusal::Faults { faults }) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NotFound { what } => write!(f, "there is no {what}"),
            Refusal::Forbidden { why, roles } => {
                let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
                write!(f, "{why}; possible for: {}", roles.join(", "))
            }
            Refusal::NotNow { state, allowed } => {
                write!(f, "not now: it is {state}; possible now: {}", allowed.join(", "))
            }
            Refusal::Stale { expected, found } => {
                write!(f, "it has changed since record {expected}: the last was {found}")
            }
            Refusal::KeyReused => f.write_str(
                "this Idempotency-Key was used for another command, and nothing was done; give each \
                 command a key of its own",
            ),
            Refusal::Faults { faults } => {
                let mut lines =
                    faults.iter().map(|fault| format!("{}: {}", fault.field, fault.what));
                f.write_str(&lines.by_ref().collect::<Vec<_>>().join("; "))
            }
        }
    }
}

impl std::error::Error for Refusal {}
