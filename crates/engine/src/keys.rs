//! Accounts, tokens and secrets: the keyring on disk, and the running engine's copy.
//!
//! The command line writes the file, with or without a running engine; the engine checks it every
//! second. A change stays pending in the file until it is in the log (that it changed, never the
//! password), so that changes made while the engine is down are recorded too. New passwords of
//! seats are passed to signalling.

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
use settings::{ChangeContext, Duties, Keyring, KeyringError, SeatSecret};

use crate::{clock::Clock, entropy};

/// The running engine's copy of the keyring.
pub(crate) struct Keys {
    path: PathBuf,
    clock: Clock,
    zone: Zone,
    duties: Duties,
    known: Mutex<Keyring>,
    /// Held while the file is read or written and `known` is updated, so that an older read never
    /// replaces a newer change.
    file: Mutex<()>,
}

impl Keys {
    /// Reads the keyring; a missing file is an empty one.
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

    /// The account with this name and password, when it may log in today. It takes as long for
    /// unknown names as for known ones.
    pub(crate) fn verify(&self, name: &str, password: &str) -> Result<Account, LoginRefusal> {
        // A copy, because hashing takes long and others need the keyring meanwhile.
        let keyring = self.known().clone();
        keyring.verify(name, password, self.today()).map(account_of)
    }

    /// The account a token was issued to, when it may log in today.
    pub(crate) fn by_token(&self, token: &str) -> Option<Account> {
        self.known().by_token(token, self.today()).map(account_of)
    }

    /// The account of this name, when it may log in today.
    pub(crate) fn account(&self, name: &AccountName) -> Option<Account> {
        let found = self.known().account(name.as_str())?;
        found.entry(self.today()).is_ok().then(|| account_of(found))
    }

    /// Every account, by name.
    pub(crate) fn accounts(&self) -> Vec<Account> {
        self.known().accounts().map(account_of).collect()
    }

    /// The changes that are not in the log yet.
    pub(crate) fn unrecorded(&self) -> Vec<Event> {
        self.known().unrecorded().to_vec()
    }

    /// Changes the keyring on disk and the engine's copy. Blocks.
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

    /// The author of a change, and its time.
    pub(crate) fn change_context(&self, by: Option<AccountName>) -> ChangeContext {
        let small_office = self.duties.small_office;
        ChangeContext { by, small_office, now: self.clock.wall(), today: self.today() }
    }

    /// The date in the hotline's time zone.
    pub(crate) fn today(&self) -> Date {
        self.zone.date(self.clock.wall())
    }

    /// Reads the file and ends the accounts whose last day has passed. Blocks.
    pub(crate) fn look(&self) -> Result<Keyring, KeyringError> {
        let turn = lock(&self.file);
        let fresh = Keyring::load(&self.path)?;
        *self.known() = fresh.clone();
        drop(turn);
        if fresh.has_old_roles() {
            tracing::info!(
                "roles that were given before a second person had to confirm them are now \
                 confirmed"
            );
            return self.modify(|keyring| Ok(keyring.clone()));
        }
        if !fresh.has_expired(self.today()) {
            return Ok(fresh);
        }
        let context = self.change_context(None);
        self.modify(|keyring| keyring.expire(&context).map(|()| keyring.clone()))
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
        let context = self.change_context(None);
        let made = self.modify(|keyring| {
            if keyring.accounts().next().is_some() {
                return Ok(false);
            }
            let staff = StaffChange::default();
            let salt = entropy::salt();
            keyring.add_account("admin", Role::Admin, staff, &password, salt, &context)?;
            Ok(true)
        });
        made.map(|made| made.then_some(password)).map_err(|e| e.to_string())
    }

    /// The engine's copy of the keyring.
    pub(crate) fn known(&self) -> MutexGuard<'_, Keyring> {
        lock(&self.known)
    }
}

// A panic while the lock is held cannot leave a partly changed keyring.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The keyring's file in a data folder.
pub fn file_in(folder: &Path) -> PathBuf {
    folder.join("keys.json")
}

pub(crate) fn account_of(account: settings::Account) -> Account {
    let settings::Account { name, role, staff, password_no, role_asked, .. } = account;
    Account { name, role, staff, password_no, role_asked }
}

/// A seat's password, hashed, in the type of the crate `sip`.
pub(crate) fn secret_of(secret: &SeatSecret) -> sip::Secret {
    sip::Secret { md5: secret.ha1_md5.clone(), sha256: secret.ha1_sha256.clone() }
}
