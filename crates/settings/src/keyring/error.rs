//! The errors of the keyring.

use std::{fmt, path::PathBuf};

use model::{AccountName, StaffFault};

use super::{ACCOUNTS_MAX, TOKENS_MAX, UNRECORDED_MAX};

/// The reason why the keyring refused or failed.
#[derive(Debug)]
pub enum KeyringError {
    /// An account with this name exists.
    AccountExists(AccountName),
    /// No account has this name.
    NoSuchAccount(AccountName),
    /// All faults of the password.
    BadPassword(Vec<String>),
    /// The name of a secret shared with a partner is not valid.
    BadSecretName(String),
    /// The secret shared with a partner is too short or too long.
    BadSecret,
    /// All faults of the account's fields.
    BadStaff(Vec<StaffFault>),
    /// No active admin would be left.
    LastAdmin,
    /// No role of this account waits for a second person.
    NothingToConfirm(AccountName),
    /// The confirming person gave the role or has it.
    SamePerson,
    /// A limit is reached.
    Full(Full),
    /// The password could not be hashed.
    Hash(String),
    /// The file could not be read or written.
    File {
        /// The file's path.
        path: PathBuf,
        /// The error of the operating system.
        error: std::io::Error,
    },
    /// The file is not a keyring.
    Damaged {
        /// The file's path.
        path: PathBuf,
        /// The problem, without a quotation from the file.
        why: String,
    },
    /// Users other than the engine's can read the file.
    TooOpen(PathBuf),
}

/// The limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// Accounts.
    Accounts,
    /// Tokens of one account.
    Tokens,
    /// Changes that the engine has not written to the log yet.
    Unrecorded,
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyringError::AccountExists(name) => {
                write!(f, "there is an account \"{name}\" already")
            }
            KeyringError::NoSuchAccount(name) => write!(f, "there is no account \"{name}\""),
            KeyringError::BadPassword(faults) => f.write_str(&faults.join("; ")),
            KeyringError::BadSecretName(name) => {
                write!(
                    f,
                    "\"{name}\" is not a name for a secret; use letters, digits, - and _, at most 64"
                )
            }
            KeyringError::BadSecret => {
                write!(f, "a secret has {} to {} bytes", super::SHARED_MIN, super::SHARED_MAX)
            }
            KeyringError::BadStaff(faults) => {
                let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                f.write_str(&faults.join("; "))
            }
            KeyringError::LastAdmin => {
                f.write_str("there would be no admin left; add another one first")
            }
            KeyringError::NothingToConfirm(name) => {
                write!(f, "no role of \"{name}\" waits to be confirmed")
            }
            KeyringError::SamePerson => f.write_str(
                "a role must be confirmed by a person who neither gave it nor has it: a director at \
                 the console, or another log-in at the machine; a small office may set \
                 small_office in [duties]",
            ),
            KeyringError::Full(Full::Accounts) => {
                write!(f, "there are {ACCOUNTS_MAX} accounts already, the most there may be")
            }
            KeyringError::Full(Full::Tokens) => {
                write!(f, "the account has {TOKENS_MAX} tokens already; revoke some first")
            }
            KeyringError::Full(Full::Unrecorded) => write!(
                f,
                "{UNRECORDED_MAX} changes are not in the log yet; start the engine, which writes them there"
            ),
            KeyringError::Hash(why) => write!(f, "the password could not be hashed: {why}"),
            KeyringError::File { path, error } => write!(f, "{}: {error}", path.display()),
            KeyringError::Damaged { path, why } => {
                write!(f, "{} is not a keyring: {why}; restore it from a backup", path.display())
            }
            KeyringError::TooOpen(path) => {
                let path = path.display();
                write!(f, "{path} is readable by other users; run `chmod 600 {path}` and set new passwords")
            }
        }
    }
}

impl std::error::Error for KeyringError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            KeyringError::File { error, .. } => Some(error),
            _ => None,
        }
    }
}
