//! Why the keyring did not do what it was asked.

use std::{fmt, path::PathBuf};

use model::{AccountName, StaffFault};

use super::{ACCOUNTS_MAX, TOKENS_MAX, UNRECORDED_MAX};

/// Why the keyring did not do it.
#[derive(Debug)]
pub enum KeyringError {
    /// There is such an account already.
    AccountExists(AccountName),
    /// There is no such account.
    NoSuchAccount(AccountName),
    /// Everything that is wrong with the password.
    BadPassword(Vec<String>),
    /// Not a name for a secret shared with a partner.
    BadSecretName(String),
    /// A secret shared with a partner that is too short to be one, or too long.
    BadSecret,
    /// Everything that is wrong with what is said of an account.
    BadStaff(Vec<StaffFault>),
    /// Nobody could add or mend accounts any more.
    LastAdmin,
    /// No role of this account waits for a second person.
    NothingToConfirm(AccountName),
    /// Who gave a role, or has it, wants to confirm it.
    SamePerson,
    /// As many accounts, tokens of an account, or changes that are not on the record, as there may be.
    Full(Full),
    /// The password could not be hashed.
    Hash(String),
    /// The file could not be read or written.
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is no keyring of ours.
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong, without quoting it.
        why: String,
    },
    /// Others than the engine's user may read the file.
    TooOpen(PathBuf),
}

/// What there may be no more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// Accounts.
    Accounts,
    /// Tokens of one account.
    Tokens,
    /// Changes that the engine has not yet put on the record.
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
                    "\"{name}\" is no name for a secret; use letters, digits, - and _, at most 64"
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
                "a role is confirmed by another person than who gave it or has it: a director at \
                 the console, or another log-in at the machine; where two are one, small_office \
                 in [duties]",
            ),
            KeyringError::Full(Full::Accounts) => {
                write!(f, "there are {ACCOUNTS_MAX} accounts already, which is the most")
            }
            KeyringError::Full(Full::Tokens) => {
                write!(f, "the account has {TOKENS_MAX} tokens already; revoke some first")
            }
            KeyringError::Full(Full::Unrecorded) => write!(
                f,
                "{UNRECORDED_MAX} changes are not on the record yet; start the engine, which puts them there"
            ),
            KeyringError::Hash(why) => write!(f, "the password could not be hashed: {why}"),
            KeyringError::File { path, error } => write!(f, "{}: {error}", path.display()),
            KeyringError::Damaged { path, why } => {
                write!(f, "{} is no keyring: {why}; restore it from a backup", path.display())
            }
            KeyringError::TooOpen(path) => {
                let path = path.display();
                write!(f, "others may read {path}; say chmod 600 {path}, and set new passwords")
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
