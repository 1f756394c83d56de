//! Accounts, tokens and secrets: the keyring on disk, and the copy that the running engine has.
//!
//! The command line writes the file, running engine or not; the engine looks at
//! it every second. What changed waits in the file until it is on the record
//! (that it changed, never what the password is), so that nothing is lost that
//! was changed while the engine stood still. New passwords of seats go to
//! signalling.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use console::Account;
use model::{
    AccountName, Date, Event, SeatId, StaffChange, Zone,
    event::{LoginRefusal, Role},
};
use settings::{Duties, Hand, Keyring, KeyringError, SeatSecret};

use crate::{clock::Clock, entropy};

/// The keyring as the running engine knows it.
pub(crate) struct Keys {
    path: PathBuf,
    clock: Clock,
    zone: Zone,
    duties: Duties,
    known: Mutex<Keyring>,
    /// Held while the file is read or written and `known` follows: an older look never comes
    /// after a newer change.
    file: Mutex<()>,
}

impl Keys {
    /// Read the keyring; a missing one is empty.
    pub(crate) fn open(
        folder: &Path,
        zone: Zone,
        duties: Duties,
        clock: Clock,
    ) -> Result<Keys, String> {
        let path = file_in(folder);
        let known = Mutex::new(Keyring::load(&path).map_err(|e| e.to_string())?);
        Ok(Keys { path, clock, zone, duties, known, file: Mutex::new(()) })
    }

    /// The account this name and password belong to, when it lets its person in today.
    /// As slow for unknown names as for known ones.
    pub(crate) fn verify(&self, name: &str, password: &str) -> Result<Account, LoginRefusal> {
        // A copy: hashing takes its time, and others need the keyring meanwhile.
        let keyring = self.known().clone();
        keyring.verify(name, password, self.today()).map(account_of)
    }

    /// The account a token was issued to, when it lets its person in today.
    pub(crate) fn by_token(&self, token: &str) -> Option<Account> {
        self.known().by_token(token, self.today()).map(account_of)
    }

    /// The account of this name, when it lets its person in today.
    pub(crate) fn account(&self, name: &AccountName) -> Option<Account> {
        let found = self.known().account(name.as_str())?;
        found.entry(self.today()).is_ok().then(|| account_of(found))
    }

    /// Every account, by name.
    pub(crate) fn accounts(&self) -> Vec<Account> {
        self.known().accounts().map(account_of).collect()
    }

    /// What was changed and is not on the record yet.
    pub(crate) fn unrecorded(&self) -> Vec<Event> {
        self.known().unrecorded().to_vec()
    }

    /// Change the keyring on disk, and what the engine knows of it. Blocks.
    pub(crate) fn modify<T>(
        &self,
        change: impl FnOnce(&mut Keyring) -> Result<T, KeyringError>,
    ) -> Result<T, KeyringError> {
        let _turn = lock(&self.file);
        let (done, fresh) = Keyring::modify(&self.path, |keyring| {
            let done = change(keyring)?;
            Ok((done, keyring.clone()))
        })?;
        *self.known() = fresh;
        Ok(done)
    }

    /// The author and the moment of a change.
    pub(crate) fn hand(&self, by: Option<AccountName>) -> Hand {
        let small_office = self.duties.small_office;
        Hand { by, small_office, now: self.clock.wall(), today: self.today() }
    }

    /// The date in the zone of the hotline.
    pub(crate) fn today(&self) -> Date {
        self.zone.date(self.clock.wall())
    }

    /// Look at the file; end the accounts whose last day has passed. Blocks.
    pub(crate) fn look(&self) -> Result<Keyring, KeyringError> {
        let turn = lock(&self.file);
        let fresh = Keyring::load(&self.path)?;
        *self.known() = fresh.clone();
        drop(turn);
        if fresh.has_old_roles() {
            tracing::info!(
                "roles given before a second person had to confirm them count as confirmed"
            );
            return self.modify(|keyring| Ok(keyring.clone()));
        }
        if !fresh.has_expired(self.today()) {
            return Ok(fresh);
        }
        let hand = self.hand(None);
        self.modify(|keyring| keyring.expire(&hand).map(|()| keyring.clone()))
    }

    /// Every seat's password, hashed.
    pub(crate) fn secrets(&self) -> BTreeMap<SeatId, sip::Secret> {
        self.known().seats().map(|(seat, secret)| (seat, secret_of(secret))).collect()
    }

    /// A secret shared with a partner.
    pub(crate) fn shared(&self, name: &str) -> Option<String> {
        self.known().shared(name).map(str::to_owned)
    }

    /// Makes an admin when there is no account yet, and returns the password, once. Blocks.
    pub(crate) fn first_admin(&self) -> Result<Option<String>, String> {
        let password = settings::password_from(entropy::seed());
        let hand = self.hand(None);
        let made = self.modify(|keyring| {
            if keyring.accounts().next().is_some() {
                return Ok(false);
            }
            let staff = StaffChange::default();
            let salt = entropy::salt();
            keyring.add_account("admin", Role::Admin, staff, &password, salt, &hand)?;
            Ok(true)
        });
        made.map(|made| made.then_some(password)).map_err(|e| e.to_string())
    }

    /// The keyring as it is known now.
    pub(crate) fn known(&self) -> MutexGuard<'_, Keyring> {
        lock(&self.known)
    }
}

// No code that holds a lock can leave half a keyring behind it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where a data folder keeps its keyring.
pub fn file_in(folder: &Path) -> PathBuf {
    folder.join("keys.json")
}

pub(crate) fn account_of(account: settings::Account) -> Account {
    let settings::Account { name, role, staff, password_no, role_asked, .. } = account;
    Account { name, role, staff, password_no, role_asked }
}

/// A seat's password, hashed, in the type of signalling.
pub(crate) fn secret_of(secret: &SeatSecret) -> sip::Secret {
    sip::Secret { md5: secret.ha1_md5.clone(), sha256: secret.ha1_sha256.clone() }
}
