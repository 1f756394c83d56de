//! Accounts, tokens and secrets: the keyring on disk, and the copy that the running engine has.
//!
//! The command line writes the file, running engine or not; the engine looks at
//! it every second. What changed waits in the file until it is on the record
//! (that it changed, never what the password is), so that nothing is lost that
//! was changed while the engine stood still. New passwords of seats go to
//! signalling.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use center::{Command, ControlCommand, ControlRequest};
use console::Account;
use model::{
    AccountName, AccountStatus, Date, Event, SeatId, StaffChange, Zone,
    desk::Actor,
    event::{LoginRefusal, Role, SeatActor},
};
use settings::{Duties, Hand, Keyring, KeyringError, SeatSecret, Settings};

use crate::{
    backend::Engine,
    clock::Clock,
    emergency, entropy,
    fault::{EX_USAGE, Fault},
    machine,
    mailbox::{Mailbox, Post},
    plan,
    site::Site,
};

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

    fn today(&self) -> Date {
        self.zone.date(self.clock.wall())
    }

    /// Look at the file; end the accounts whose last day has passed. Blocks.
    fn look(&self) -> Result<Keyring, KeyringError> {
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

    fn known(&self) -> MutexGuard<'_, Keyring> {
        lock(&self.known)
    }
}

// No code that holds a lock can leave half a keyring behind it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Look at the file every second; tell signalling and the log what is new, and sign out of
/// their seats those who may not come in any more.
pub(crate) async fn watch(
    engine: Arc<Engine>,
    settings: Settings,
    to_sip: Arc<Mailbox<sip::Command>>,
) {
    let keys = Arc::clone(&engine.keys);
    let mut sip = Post::new(&to_sip);
    let mut told = keys.known().clone();
    let mut leaving = BTreeSet::new();
    let mut complained = false;
    // What the folder for emergencies has a copy of, and whether it was said that it has none.
    let (mut told_standby, mut uncopied) = (None, false);
    loop {
        tokio::time::sleep(plan::KEYS_EVERY).await;
        let looking = Arc::clone(&keys);
        let standby = settings.start.emergency.clone();
        let kept = told_standby.clone();
        let look = move || {
            let fresh = looking.look()?;
            let copied = match &standby {
                Some(folder) if kept.as_ref() != Some(&fresh) => {
                    emergency::keep_keys(folder, &fresh)
                }
                _ => Ok(()),
            };
            Ok::<_, KeyringError>((fresh, copied))
        };
        let Ok(read) = tokio::task::spawn_blocking(look).await else {
            return;
        };
        let fresh = match read {
            Ok((fresh, copied)) => {
                match copied {
                    Ok(()) => (told_standby, uncopied) = (Some(fresh.clone()), false),
                    Err(e) if !uncopied => {
                        tracing::error!("no copy of the keys is kept for an emergency: {e}");
                        uncopied = true;
                    }
                    Err(_) => {}
                }
                fresh
            }
            Err(e) => {
                if !complained {
                    tracing::error!("{e}; the keys known before stay good");
                    complained = true;
                }
                continue;
            }
        };
        complained = false;
        for (seat, secret) in fresh.seats() {
            if told.seat(seat) != Some(secret)
                && let Some(known) = settings.seat(seat)
            {
                sip.send(sip::Command::PutSeat(plan::seat_of(known, Some(secret_of(secret)))));
            }
        }
        told = fresh;
        // What was not handed over now is handed over in a second.
        let _later = sip.flush();
        sign_out(&engine, &told, &mut leaving).await;
        if let Err(refusal) = engine.record_changes().await {
            tracing::warn!("changes of the keys are not on the record yet: {refusal}");
        }
    }
}

/// Sign out of their seats, once, those whose account has ended. Who talks talks to the end.
async fn sign_out(
    engine: &Engine,
    keyring: &Keyring,
    leaving: &mut BTreeSet<(SeatId, AccountName)>,
) {
    let today = engine.keys.today();
    let board = engine.view.wallboard.load_full();
    let agents = board.seats.iter().filter_map(|(seat, on)| Some((*seat, on.agent()?.clone())));
    let out: BTreeSet<_> = agents
        .filter(|(_, agent)| {
            let account = keyring.account(agent.as_str());
            account.is_some_and(|account| account.staff.status(today) != AccountStatus::Open)
        })
        .collect();
    for (seat, agent) in &out {
        if !leaving.contains(&(*seat, agent.clone())) {
            tracing::info!("seat {seat} is signed out: the account {agent} has ended");
            let command = ControlCommand::LogOut { seat: *seat };
            let request = ControlRequest { by: Actor::Engine, command };
            let reply = engine.ask(SeatActor::Engine, Command::Control(request)).await;
            if let Err(refusal) = reply {
                tracing::warn!("seat {seat} is not signed out: {refusal}");
            }
        }
    }
    *leaving = out;
}

/// Refuses a folder without a keyring that was named by `--data` and is not the config's: it is
/// likely the wrong one, and a change there would have no effect. `create` allows it.
pub fn require_keyring(config: &Path, data: Option<&Path>, create: bool) -> Result<(), Fault> {
    let Some(data) = data else { return Ok(()) };
    let path = file_in(data);
    let is_of_config = || Settings::load(config).is_ok_and(|s| s.data.folder == *data);
    if create || path.exists() || is_of_config() {
        return Ok(());
    }
    let what = format!(
        "there is no keyring {}, and {} names another folder: name the right one by --data or \
         --config; user add, seat password, secret make and secret set begin a keyring there with \
         --create",
        path.display(),
        config.display()
    );
    Err(Fault::new(EX_USAGE, what))
}

/// Add an account with a made password, which is returned.
pub fn add_account(
    site: &Site,
    name: &str,
    role: Role,
    staff: StaffChange,
) -> Result<String, String> {
    let password = settings::password_from(entropy::seed());
    change_keyring(site, |keyring, hand| {
        keyring.add_account(name, role, staff, &password, entropy::salt(), hand)
    })?;
    Ok(password)
}

/// Change the keyring from the command line, running engine or not.
pub fn change_keyring<T>(
    site: &Site,
    change: impl FnOnce(&mut Keyring, &Hand) -> Result<T, KeyringError>,
) -> Result<T, String> {
    let now = Clock::start().now();
    let Site { data, zone, duties, .. } = site;
    let by = Some(machine::person());
    let hand = Hand { by, small_office: duties.small_office, now, today: zone.date(now) };
    Keyring::modify(&file_in(data), |keyring| change(keyring, &hand)).map_err(|e| e.to_string())
}

/// Set a seat's SIP password.
pub fn set_seat_password(
    folder: &Path,
    realm: &str,
    seat: SeatId,
    password: &str,
) -> Result<(), String> {
    let secret = sip::hash_password(&seat.to_string(), realm, password);
    let set = |keyring: &mut Keyring| keyring.set_seat(seat, &secret.md5, &secret.sha256);
    Keyring::modify(&file_in(folder), set).map_err(|e| e.to_string())
}

/// Keep a secret shared with a partner.
pub fn set_shared(folder: &Path, name: &str, secret: &str) -> Result<(), String> {
    Keyring::modify(&file_in(folder), |keyring| keyring.set_shared(name, secret))
        .map_err(|e| e.to_string())
}

/// Forget a secret shared with a partner; whether there was one.
pub fn remove_shared(folder: &Path, name: &str) -> Result<bool, String> {
    Keyring::modify(&file_in(folder), |keyring| Ok(keyring.remove_shared(name)))
        .map_err(|e| e.to_string())
}

/// Where a data folder keeps its keyring.
pub fn file_in(folder: &Path) -> PathBuf {
    folder.join("keys.json")
}

pub(crate) fn account_of(account: settings::Account) -> Account {
    let settings::Account { name, role, staff, password_no, role_asked, .. } = account;
    Account { name, role, staff, password_no, role_asked }
}

fn secret_of(secret: &SeatSecret) -> sip::Secret {
    sip::Secret { md5: secret.ha1_md5.clone(), sha256: secret.ha1_sha256.clone() }
}
