//! Accounts, tokens and the seats' secrets in one file that only the engine's user can read.
//!
//! Passwords are stored as argon2id hashes, tokens as SHA-256 of 256 random bits. Seats have the two
//! H(A1) hashes that digest authentication needs (RFC 7616 3.4.2). To SIP these are as good as the
//! password, and secrets shared with partners are stored as they are because they sign messages;
//! therefore the file has mode 0600.
//!
//! The command line and the running engine may both change the file. [`Keyring::modify`] takes a
//! lock beside it, reads, changes and replaces it. A reader sees the old file or the new one.
//!
//! The module neither makes randomness nor reads a clock: the caller passes both in.

mod account;
mod error;
mod file;
mod password;
mod secret;
mod token;

use std::{collections::BTreeMap, fmt};

use model::{AccountName, Date, Event, SeatId, Staff, Timestamp, event::Role};
use serde::{Deserialize, Serialize};

pub(crate) use account::is_name as is_account_name;
pub use error::{Full, KeyringError};
pub use secret::password_from;

/// Accounts, tokens and secrets.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyring {
    version: u32,
    accounts: BTreeMap<AccountName, StoredAccount>,
    /// By the SHA-256 of the token, in hex.
    tokens: BTreeMap<String, Token>,
    seats: BTreeMap<SeatId, SeatSecret>,
    /// The secrets shared with partners, by their names in `courier.toml`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    shared: BTreeMap<String, String>,
    /// Changes that are not in the log yet, because the engine may be stopped at the time.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "model::json::events")]
    unrecorded: Vec<Event>,
}

/// The person who changes the keyring, and the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeContext {
    /// The account, `os:NAME` on the command line, or `None` for the engine itself.
    pub by: Option<AccountName>,
    /// Whether a person may confirm the roles that they gave. Such a role is valid at once.
    pub small_office: bool,
    /// The present time.
    pub now: Timestamp,
    /// The present date in the hotline's zone.
    pub today: Date,
}

/// An account without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name.
    pub name: AccountName,
    /// The role.
    pub role: Role,
    /// The person, and the first and last day.
    pub staff: Staff,
    /// The time of its creation.
    pub created: Timestamp,
    /// The number of its password. Logins with an earlier number are invalid.
    pub password_no: u32,
    /// A role that was given and waits for a second person. When it equals `role`, the account
    /// cannot be used.
    pub role_asked: Option<Role>,
}

/// A token without its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The account that it acts for.
    pub account: AccountName,
    /// The purpose, as its owner wrote it.
    pub label: String,
    /// The time of its creation.
    pub created: Timestamp,
}

/// H(A1) of a seat's password in lower-case hex, computed by `sip` for the realm.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatSecret {
    /// MD5(user:realm:password)
    pub ha1_md5: String,
    /// SHA-256(user:realm:password)
    pub ha1_sha256: String,
}

/// An account as stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredAccount {
    role: Role,
    /// The argon2id hash in PHC format.
    password: String,
    #[serde(default)]
    password_no: u32,
    created: Timestamp,
    #[serde(default)]
    staff: Staff,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<Asked>,
}

/// A role that was given and waits for a second person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    role: Role,
    /// The person who gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<AccountName>,
}

impl Keyring {
    /// Sets or replaces a seat's secret.
    pub fn set_seat(
        &mut self,
        seat: SeatId,
        ha1_md5: &str,
        ha1_sha256: &str,
    ) -> Result<(), KeyringError> {
        let secret = SeatSecret { ha1_md5: ha1_md5.into(), ha1_sha256: ha1_sha256.into() };
        if self.seats.get(&seat) != Some(&secret) {
            self.note(Event::SeatPasswordSet(model::event::SeatPasswordSet { seat }))?;
            self.seats.insert(seat, secret);
        }
        Ok(())
    }

    /// Removes a seat's secret; returns whether there was one.
    pub fn remove_seat(&mut self, seat: SeatId) -> bool {
        self.seats.remove(&seat).is_some()
    }

    /// A seat's secret.
    pub fn seat(&self, seat: SeatId) -> Option<&SeatSecret> {
        self.seats.get(&seat)
    }

    /// Sets or replaces a secret shared with a partner.
    pub fn set_shared(&mut self, name: &str, secret: &str) -> Result<(), KeyringError> {
        if !is_shared_name(name) {
            return Err(KeyringError::BadSecretName(name.into()));
        }
        if !(SHARED_MIN..=SHARED_MAX).contains(&secret.len()) {
            return Err(KeyringError::BadSecret);
        }
        self.shared.insert(name.into(), secret.into());
        Ok(())
    }

    /// Removes a shared secret; returns whether there was one.
    pub fn remove_shared(&mut self, name: &str) -> bool {
        self.shared.remove(name).is_some()
    }

    /// A secret shared with a partner. The caller must not print it.
    pub fn shared(&self, name: &str) -> Option<&str> {
        self.shared.get(name).map(String::as_str)
    }

    /// All seats with a secret.
    pub fn seats(&self) -> impl Iterator<Item = (SeatId, &SeatSecret)> + '_ {
        self.seats.iter().map(|(seat, secret)| (*seat, secret))
    }

    /// The changes that are not in the log yet, oldest first.
    pub fn unrecorded(&self) -> &[Event] {
        &self.unrecorded
    }

    /// Removes changes that are in the log now. Changes made since they were read stay.
    pub fn recorded(&mut self, events: &[Event]) {
        if self.unrecorded.starts_with(events) {
            self.unrecorded.drain(..events.len());
        }
    }

    /// Keeps an event that happened without the engine until the engine writes it to the log.
    ///
    /// # Errors
    ///
    /// [`KeyringError::Full`] when ten thousand events are waiting.
    pub fn note(&mut self, event: Event) -> Result<(), KeyringError> {
        if self.unrecorded.len() >= UNRECORDED_MAX {
            return Err(KeyringError::Full(Full::Unrecorded));
        }
        self.unrecorded.push(event);
        Ok(())
    }
}

/// Prints numbers of entries, never their contents.
impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (accounts, tokens, seats) = (self.accounts.len(), self.tokens.len(), self.seats.len());
        write!(f, "Keyring({accounts} accounts, {tokens} tokens, {seats} seats)")
    }
}

impl fmt::Debug for SeatSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeatSecret(****)")
    }
}

/// Whether a text is a name as in the config.
fn is_shared_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    !name.is_empty() && name.chars().count() <= 64 && name.chars().all(plain)
}

/// The fewest characters of a shared secret; some gateways give out short ones.
const SHARED_MIN: usize = 6;
const SHARED_MAX: usize = 1_024;
/// The longest name of an account; it fits into a report's column.
const NAME_MAX: usize = 32;
/// Enough for every unit of a province, and the file is still read in some milliseconds.
const ACCOUNTS_MAX: usize = 10_000;
/// The most tokens of one account.
const TOKENS_MAX: usize = 32;
/// Enough for all accounts of a large hotline that are made while the engine is stopped.
const UNRECORDED_MAX: usize = 10_000;
