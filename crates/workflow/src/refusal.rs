//! Why the desk does not do what it was asked: all faults at once, or the state and what is allowed now.

use std::fmt;

use model::{Seq, event::Role};
use schemars::JsonSchema;
use serde::Serialize;

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "error")]
pub enum Refusal {
    /// There is no such thing.
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// This person may not do that.
    Forbidden {
        /// Why, in a sentence.
        why: String,
        /// The roles that may.
        roles: Vec<Role>,
    },
    /// Not in this state.
    NotNow {
        /// The state, by its word.
        state: String,
        /// The commands that would be taken now, by this person.
        allowed: Vec<&'static str>,
    },
    /// Somebody was quicker: it has changed since it was looked at.
    Stale {
        /// The record the sender had seen.
        expected: Seq,
        /// The last one that changed it.
        found: Seq,
    },
    /// The key of the command was given to another command before: neither can be told from a
    /// repeat of the other (draft-ietf-httpapi-idempotency-key-header, Error Handling).
    KeyReused,
    /// The command itself is wrong.
    Faults {
        /// Everything that is.
        faults: Vec<Fault>,
    },
}

/// One thing that is wrong with a command.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Fault {
    /// Where: `form.contact`, `parts[0].unit`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl Fault {
    /// Something wrong with a field.
    pub fn new(field: impl Into<String>, what: impl Into<String>) -> Fault {
        Fault { field: field.into(), what: what.into() }
    }
}

impl Refusal {
    /// There is no such thing.
    pub fn not_found(what: impl fmt::Display) -> Refusal {
        Refusal::NotFound { what: what.to_string() }
    }

    /// What was decided, with one more fault that only somebody else could know.
    ///
    /// # Errors
    /// The refusal there was, and the fault among the others when it was about the command itself.
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

    /// `Ok` when nothing is wrong.
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
