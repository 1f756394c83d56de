//! Who may come in: accounts, tokens and the seats' secrets, in one file only the engine's user reads.
//!
//! Nothing in it can be turned back into what people type: passwords are
//! argon2id hashes, tokens SHA-256 of 256 random bits, seats the two H(A1)
//! hashes that digest authentication needs (RFC 7616 3.4.2). Those of seats
//! are as good as the password itself to SIP, hence the file's mode. So are
//! the secrets shared with partners, which must be whole to sign with.
//!
//! The command line and the running engine may both change it: [`Keyring::modify`]
//! takes a lock beside the file, reads, changes, and puts a whole new file in
//! its place. A reader sees the old one or the new one, never half of either.
//!
//! It will never make randomness or read a clock: both are handed in.

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

/// Accounts, tokens and seats' secrets.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyring {
    version: u32,
    accounts: BTreeMap<AccountName, Kept>,
    /// By the hash of the token, in hex.
    tokens: BTreeMap<String, Token>,
    seats: BTreeMap<SeatId, SeatSecret>,
    /// What we share with partners, by the name `courier.toml` has for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    shared: BTreeMap<String, String>,
    /// What was changed and is not on the record yet: the engine may be stopped when it happens.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "model::json::events")]
    unrecorded: Vec<Event>,
}

/// Whose hand changes the keyring, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// The person, `os:NAME` at the machine itself; nobody when the engine does it.
    pub by: Option<AccountName>,
    /// In a small office a person may confirm the roles they gave: such a role holds at once.
    pub small_office: bool,
    /// Now.
    pub now: Timestamp,
    /// The hotline's date.
    pub today: Date,
}

/// An account, without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: AccountName,
    /// What it may do.
    pub role: Role,
    /// Whose it is, and from when to when.
    pub staff: Staff,
    /// Since when.
    pub created: Timestamp,
    /// Counts its passwords: who was let in by an earlier one is out.
    pub password_no: u32,
    /// A role that was given to it and that no second person has confirmed yet. When it is `role`
    /// itself, nobody comes in by the account.
    pub role_asked: Option<Role>,
}

/// A token, without what it is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Whom it stands for.
    pub account: AccountName,
    /// What it is for, in its owner's words.
    pub label: String,
    /// Since when.
    pub created: Timestamp,
}

/// H(A1) of a seat's password, lower-case hex, as `sip` computed them for the realm.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatSecret {
    /// MD5(user:realm:password)
    pub ha1_md5: String,
    /// SHA-256(user:realm:password)
    pub ha1_sha256: String,
}

/// An account as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    role: Role,
    /// argon2id in PHC form.
    password: String,
    #[serde(default)]
    password_no: u32,
    created: Timestamp,
    #[serde(default)]
    staff: Staff,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<Asked>,
}

/// A role that was given and that no second person has confirmed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    role: Role,
    /// Who gave it.
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

    /// Forgets a seat's secret; whether there was one.
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

    /// Forgets a shared secret; whether there was one.
    pub fn remove_shared(&mut self, name: &str) -> bool {
        self.shared.remove(name).is_some()
    }

    /// A secret shared with a partner. Whoever asks for it must not print it.
    pub fn shared(&self, name: &str) -> Option<&str> {
        self.shared.get(name).map(String::as_str)
    }

    /// Every seat with a secret.
    pub fn seats(&self) -> impl Iterator<Item = (SeatId, &SeatSecret)> + '_ {
        self.seats.iter().map(|(seat, secret)| (*seat, secret))
    }

    /// What was changed and is not on the record yet, oldest first.
    pub fn unrecorded(&self) -> &[Event] {
        &self.unrecorded
    }

    /// These are on the record now. What was changed since they were read stays.
    pub fn recorded(&mut self, events: &[Event]) {
        if self.unrecorded.starts_with(events) {
            self.unrecorded.drain(..events.len());
        }
    }

    /// Keeps what was done at the machine until the engine puts it on the record.
    ///
    /// # Errors
    ///
    /// [`KeyringError::Full`] when ten thousand wait already.
    pub fn note(&mut self, event: Event) -> Result<(), KeyringError> {
        if self.unrecorded.len() >= UNRECORDED_MAX {
            return Err(KeyringError::Full(Full::Unrecorded));
        }
        self.unrecorded.push(event);
        Ok(())
    }
}

/// Counts, never contents.
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

/// As config names things.
fn is_shared_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    !name.is_empty() && name.chars().count() <= 64 && name.chars().all(plain)
}

/// Gateways give out short ones.
const SHARED_MIN: usize = 6;
const SHARED_MAX: usize = 1_024;
/// A name fits a column of a report.
const NAME_MAX: usize = 32;
/// Every unit of a province, and a file read in some milliseconds.
const ACCOUNTS_MAX: usize = 10_000;
/// Of one account: nobody keeps more apart.
const TOKENS_MAX: usize = 32;
/// All the accounts of a large hotline, made while the engine stands still.
const UNRECORDED_MAX: usize = 10_000;
