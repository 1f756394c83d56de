//! Who may come in: the keyring on disk, and what the running engine knows of it.
//!
//! The command line writes the file, running engine or not; the engine looks at
//! it every second. What changed goes to signalling (passwords) and on the
//! record (that they changed, never what they are).

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use console::Account;
use model::{
    AccountName, Event, SeatId,
    event::{AccountAdded, Role, SeatPasswordSet, TokenIssued},
};
use settings::{Keyring, SeatSecret, Settings};

use crate::{
    clock::Clock,
    entropy,
    mailbox::{Mailbox, Post},
    plan,
};

/// The keyring as the running engine knows it.
pub(crate) struct Keys {
    path: PathBuf,
    known: Mutex<Keyring>,
}

impl Keys {
    /// Read the keyring; a missing one is empty.
    pub(crate) fn open(folder: &Path) -> Result<Keys, String> {
        let path = file_in(folder);
        let known = Keyring::load(&path).map_err(|e| e.to_string())?;
        Ok(Keys { path, known: Mutex::new(known) })
    }

    /// The account this name and password belong to. As slow for unknown names as for known ones.
    pub(crate) fn verify(&self, name: &str, password: &str) -> Option<Account> {
        // A copy: hashing takes its time, and others need the keyring meanwhile.
        let keyring = self.known().clone();
        keyring.verify(name, password).map(account_of)
    }

    /// The account a token was issued to.
    pub(crate) fn by_token(&self, token: &str) -> Option<Account> {
        self.known().by_token(token).map(account_of)
    }

    /// The account of this name.
    pub(crate) fn account(&self, name: &AccountName) -> Option<Account> {
        self.known().account(name.as_str()).map(account_of)
    }

    /// Every seat's password, hashed.
    pub(crate) fn secrets(&self) -> BTreeMap<SeatId, sip::Secret> {
        self.known().seats().map(|(seat, secret)| (seat, secret_of(secret))).collect()
    }

    /// A secret shared with a partner.
    pub(crate) fn shared(&self, name: &str) -> Option<String> {
        self.known().shared(name).map(str::to_owned)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Keyring> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Look at the file every second; tell signalling and the log what is new.
pub(crate) async fn watch(
    keys: Arc<Keys>,
    settings: Settings,
    to_sip: Arc<Mailbox<sip::Command>>,
    center: Arc<Mailbox<center::Input>>,
) {
    let mut sip = Post::new(&to_sip);
    let mut center = Post::new(&center);
    let mut complained = false;
    loop {
        tokio::time::sleep(plan::KEYS_EVERY).await;
        let path = keys.path.clone();
        let Ok(read) = tokio::task::spawn_blocking(move || Keyring::load(&path)).await else {
            return;
        };
        let fresh = match read {
            Ok(fresh) => fresh,
            Err(e) => {
                if !complained {
                    tracing::error!("{e}; the keys known before stay good");
                    complained = true;
                }
                continue;
            }
        };
        complained = false;
        let old = std::mem::replace(&mut *keys.known(), fresh.clone());
        for event in news(&old, &fresh) {
            if let Event::SeatPasswordSet(SeatPasswordSet { seat }) = &event
                && let Some(known) = settings.seat(*seat)
            {
                let secret = keys.secrets().remove(seat);
                sip.send(sip::Command::PutSeat(plan::seat_of(known, secret)));
            }
            center.send(center::Input::Note(event));
        }
        // What was not handed over now is handed over in a second.
        let _later = (sip.flush(), center.flush());
    }
}

/// What happened between two looks at the keyring.
fn news(old: &Keyring, new: &Keyring) -> Vec<Event> {
    let mut events = Vec::new();
    for account in new.accounts() {
        if old.account(account.name.as_str()).is_none() {
            let (account, role) = (account.name.clone(), account.role);
            events.push(Event::AccountAdded(AccountAdded { account, role }));
        }
    }
    for token in new.tokens() {
        if !old.tokens().any(|known| known == token) {
            events.push(Event::TokenIssued(TokenIssued { account: token.account.clone() }));
        }
    }
    for (seat, secret) in new.seats() {
        if old.seat(seat) != Some(secret) {
            events.push(Event::SeatPasswordSet(SeatPasswordSet { seat }));
        }
    }
    events
}

/// At the very first start: an admin and a password, which is returned once.
pub(crate) fn first_admin(folder: &Path) -> Result<Option<String>, String> {
    let keyring = Keyring::load(&file_in(folder)).map_err(|e| e.to_string())?;
    if keyring.accounts().next().is_some() {
        return Ok(None);
    }
    add_account(folder, "admin", Role::Admin).map(Some)
}

/// Add an account with a made password, which is returned.
pub(crate) fn add_account(folder: &Path, name: &str, role: Role) -> Result<String, String> {
    let password = settings::password_from(entropy::seed());
    let now = Clock::start().now();
    Keyring::modify(&file_in(folder), |keyring| {
        keyring.add_account(name, role, &password, entropy::salt(), now)
    })
    .map_err(|e| e.to_string())?;
    Ok(password)
}

/// Set a seat's SIP password.
pub(crate) fn set_seat_password(
    folder: &Path,
    realm: &str,
    seat: SeatId,
    password: &str,
) -> Result<(), String> {
    let secret = sip::secret(&seat.to_string(), realm, password);
    Keyring::modify(&file_in(folder), |keyring| {
        keyring.set_seat(seat, &secret.md5, &secret.sha256);
        Ok(())
    })
    .map_err(|e| e.to_string())
}

/// Keep a secret shared with a partner.
pub(crate) fn set_shared(folder: &Path, name: &str, secret: &str) -> Result<(), String> {
    Keyring::modify(&file_in(folder), |keyring| keyring.set_shared(name, secret))
        .map_err(|e| e.to_string())
}

/// Forget a secret shared with a partner; whether there was one.
pub(crate) fn remove_shared(folder: &Path, name: &str) -> Result<bool, String> {
    Keyring::modify(&file_in(folder), |keyring| Ok(keyring.remove_shared(name)))
        .map_err(|e| e.to_string())
}

/// Issue a token; it is returned this once.
pub(crate) fn issue_token(folder: &Path, name: &str) -> Result<String, String> {
    let now = Clock::start().now();
    Keyring::modify(&file_in(folder), |keyring| {
        keyring.issue_token(name, "command line", entropy::seed(), now)
    })
    .map_err(|e| e.to_string())
}

/// Where a data folder keeps its keyring.
pub(crate) fn file_in(folder: &Path) -> PathBuf {
    folder.join("keys.json")
}

fn account_of(account: settings::Account) -> Account {
    Account { name: account.name, role: account.role }
}

fn secret_of(secret: &SeatSecret) -> sip::Secret {
    sip::Secret { md5: secret.ha1_md5.clone(), sha256: secret.ha1_sha256.clone() }
}
