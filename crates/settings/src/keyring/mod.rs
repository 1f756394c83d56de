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

mod file;
mod secret;

use std::{collections::BTreeMap, fmt, path::PathBuf};

use model::{AccountName, SeatId, Timestamp, event::Role};
use serde::{Deserialize, Serialize};

pub use secret::password_from;

/// Accounts, tokens and seats' secrets.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// An account, without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: AccountName,
    /// What it may do.
    pub role: Role,
    /// Since when.
    pub created: Timestamp,
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
    created: Timestamp,
}

impl Keyring {
    /// Adds an account. `salt` is fresh randomness from the caller.
    ///
    /// Takes some 30 ms of work on purpose: keep it off threads that others wait for.
    pub fn add_account(
        &mut self,
        name: &str,
        role: Role,
        password: &str,
        salt: [u8; 16],
        now: Timestamp,
    ) -> Result<(), KeyringError> {
        if !is_name(name) {
            return Err(KeyringError::BadName(name.into()));
        }
        let name = AccountName::from(name);
        if self.accounts.contains_key(&name) {
            return Err(KeyringError::AccountExists(name));
        }
        let password = secret::hash(password, salt)?;
        self.accounts.insert(name, Kept { role, password, created: now });
        Ok(())
    }

    /// Gives an account a new password; its tokens go on to hold.
    pub fn set_password(
        &mut self,
        name: &str,
        password: &str,
        salt: [u8; 16],
    ) -> Result<(), KeyringError> {
        let name = AccountName::from(name);
        let kept = self.accounts.get_mut(&name).ok_or(KeyringError::NoSuchAccount(name))?;
        kept.password = secret::hash(password, salt)?;
        Ok(())
    }

    /// Removes an account and all its tokens.
    pub fn remove_account(&mut self, name: &str) -> Result<(), KeyringError> {
        let name = AccountName::from(name);
        self.accounts.remove(&name).ok_or_else(|| KeyringError::NoSuchAccount(name.clone()))?;
        self.tokens.retain(|_, token| token.account != name);
        Ok(())
    }

    /// The account these belong to. An unknown name costs as much time as a wrong password.
    ///
    /// Takes some 30 ms of work on purpose: keep it off threads that others wait for.
    pub fn verify(&self, name: &str, password: &str) -> Option<Account> {
        let name = AccountName::from(name);
        let kept = self.accounts.get(&name);
        let hash = kept.map_or(secret::NOBODYS_HASH, |kept| kept.password.as_str());
        let right = secret::matches(password, hash);
        kept.filter(|_| right).map(|kept| kept.account(&name))
    }

    /// An account by its name.
    pub fn account(&self, name: &str) -> Option<Account> {
        let name = AccountName::from(name);
        self.accounts.get(&name).map(|kept| kept.account(&name))
    }

    /// Every account, by name.
    pub fn accounts(&self) -> impl Iterator<Item = Account> + '_ {
        self.accounts.iter().map(|(name, kept)| kept.account(name))
    }

    /// A new token for an account, to be shown once: only its hash is kept.
    /// `entropy` is fresh randomness from the caller.
    pub fn issue_token(
        &mut self,
        name: &str,
        label: &str,
        entropy: [u8; 32],
        now: Timestamp,
    ) -> Result<String, KeyringError> {
        let account = AccountName::from(name);
        if !self.accounts.contains_key(&account) {
            return Err(KeyringError::NoSuchAccount(account));
        }
        let token = secret::token(entropy);
        let kept = Token { account, label: label.into(), created: now };
        self.tokens.insert(secret::token_hash(&token), kept);
        Ok(token)
    }

    /// The account a token stands for.
    ///
    /// Looked up by hash: what a stranger can time is the hash of a guess, which
    /// tells nothing about the hash of another.
    pub fn by_token(&self, token: &str) -> Option<Account> {
        let kept = self.tokens.get(&secret::token_hash(token))?;
        self.accounts.get(&kept.account).map(|account| account.account(&kept.account))
    }

    /// Every token, without what it is known by.
    pub fn tokens(&self) -> impl Iterator<Item = &Token> + '_ {
        self.tokens.values()
    }

    /// Makes the tokens of this account with this label void; how many there were.
    pub fn revoke_tokens(&mut self, name: &str, label: &str) -> usize {
        let before = self.tokens.len();
        self.tokens.retain(|_, token| token.account.as_str() != name || token.label != label);
        before - self.tokens.len()
    }

    /// Sets or replaces a seat's secret.
    pub fn set_seat(&mut self, seat: SeatId, ha1_md5: &str, ha1_sha256: &str) {
        let secret = SeatSecret { ha1_md5: ha1_md5.into(), ha1_sha256: ha1_sha256.into() };
        self.seats.insert(seat, secret);
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
            return Err(KeyringError::BadName(name.into()));
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
}

impl Kept {
    fn account(&self, name: &AccountName) -> Account {
        Account { name: name.clone(), role: self.role, created: self.created }
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

/// Why the keyring did not do it.
#[derive(Debug)]
pub enum KeyringError {
    /// There is such an account already.
    AccountExists(AccountName),
    /// There is no such account.
    NoSuchAccount(AccountName),
    /// Not a name for an account.
    BadName(String),
    /// Too short to keep anybody out, or so long that hashing it is an attack.
    BadPassword,
    /// A secret shared with a partner that is too short to be one, or too long.
    BadSecret,
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

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyringError::AccountExists(name) => {
                write!(f, "there is an account \"{name}\" already")
            }
            KeyringError::NoSuchAccount(name) => write!(f, "there is no account \"{name}\""),
            KeyringError::BadName(name) => write!(
                f,
                "\"{name}\" is no account name; use lower-case letters, digits, . - and _, at most {NAME_MAX}"
            ),
            KeyringError::BadPassword => write!(
                f,
                "a password has {} to {} characters",
                secret::PASSWORD_CHARS_MIN,
                secret::PASSWORD_CHARS_MAX
            ),
            KeyringError::BadSecret => {
                write!(f, "a secret has {SHARED_MIN} to {SHARED_MAX} bytes")
            }
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

fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b);
    !name.is_empty() && name.len() <= NAME_MAX && name.bytes().all(plain)
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
