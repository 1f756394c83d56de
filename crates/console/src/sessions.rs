//! Who is logged in: sessions by a random id that only the person's browser keeps.
//!
//! Held in memory: after a restart people log in again. The table keeps the
//! SHA-256 of an id, so that neither a core dump nor the time a look-up takes
//! tells an id.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use model::{AccountName, Timestamp};
use sha2::{Digest, Sha256};

use crate::port::Account;

/// The table of log-ins.
#[derive(Default)]
pub(crate) struct Sessions {
    open: Mutex<BTreeMap<Key, Session>>,
}

/// What the table knows a session by: the SHA-256 of its id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key([u8; 32]);

struct Session {
    account: AccountName,
    /// The password it was opened with.
    password_no: u32,
    until: Timestamp,
    /// Over at this moment when nothing is asked before.
    idle_until: Timestamp,
}

impl Session {
    fn lasts(&self, now: Timestamp) -> bool {
        self.until > now && self.idle_until > now
    }
}

/// How long log-ins last.
#[derive(Clone, Copy)]
pub(crate) struct Lasts {
    /// Used or not.
    pub(crate) in_all: Duration,
    /// Without use.
    pub(crate) idle: Duration,
}

impl Key {
    /// The key of an id as the browser sent it.
    pub(crate) fn of(id: &str) -> Key {
        Key(Sha256::digest(id.as_bytes()).into())
    }
}

impl Sessions {
    /// Open a session with 256 bits from the operating system; the id goes to the browser.
    ///
    /// Full: the session that would end first makes room, and of one account at its share its own.
    pub(crate) fn open(
        &self,
        now: Timestamp,
        account: &Account,
        lasts: Lasts,
    ) -> Result<String, getrandom::Error> {
        let mut random = [0u8; 32];
        getrandom::fill(&mut random)?;
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();

        let mut open = self.lock();
        open.retain(|_, session| session.lasts(now));
        let own = open.values().filter(|session| session.account == account.name).count();
        if own >= SESSIONS_PER_ACCOUNT {
            close_first(&mut open, |session| session.account == account.name);
        } else if open.len() >= SESSIONS_MAX {
            close_first(&mut open, |_| true);
        }
        let (account, password_no) = (account.name.clone(), account.password_no);
        let (until, idle_until) = (now + lasts.in_all, now + lasts.idle);
        open.insert(Key::of(&id), Session { account, password_no, until, idle_until });
        Ok(id)
    }

    /// Whose session this is and which of their passwords opened it, while it lasts.
    /// Whoever asks is not idle.
    pub(crate) fn account(
        &self,
        now: Timestamp,
        key: &Key,
        lasts: Lasts,
    ) -> Option<(AccountName, u32)> {
        let mut open = self.lock();
        let session = open.get_mut(key).filter(|session| session.lasts(now))?;
        session.idle_until = now + lasts.idle;
        Some((session.account.clone(), session.password_no))
    }

    /// End every session of an account.
    pub(crate) fn close_all(&self, account: &AccountName) {
        self.lock().retain(|_, session| session.account != *account);
    }

    /// End a session.
    pub(crate) fn close(&self, key: &Key) {
        self.lock().remove(key);
    }

    // No code that holds the lock can leave the table half changed.
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Key, Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the one of these that would end first.
fn close_first(open: &mut BTreeMap<Key, Session>, among: impl Fn(&Session) -> bool) {
    let among = open.iter().filter(|(_, session)| among(session));
    let first = among.min_by_key(|(_, session)| session.until).map(|(key, _)| *key);
    first.map(|key| open.remove(&key));
}

/// More than any hotline has people, and under a megabyte.
const SESSIONS_MAX: usize = 4_096;
/// Somebody who logs in again and again, or all the walls of a house.
const SESSIONS_PER_ACCOUNT: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use model::event::Role;

    const HOUR: Duration = Duration::from_secs(3_600);
    const LASTS: Lasts = Lasts { in_all: HOUR, idle: Duration::from_secs(600) };

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn wang() -> Account {
        named("wang")
    }

    fn named(name: &str) -> Account {
        let staff = model::Staff::default();
        Account { name: name.into(), role: Role::Agent, staff, password_no: 3, role_asked: None }
    }

    #[test]
    fn one_account_logs_out_itself_and_nobody_else() {
        let sessions = Sessions::default();
        let other = sessions.open(at(0), &named("li"), LASTS).unwrap();
        let ids: Vec<String> = (0..=SESSIONS_PER_ACCOUNT)
            .map(|_| sessions.open(at(1), &wang(), LASTS).unwrap())
            .collect();
        let open = ids.iter().filter(|id| asks(&sessions, 2, id)).count();
        assert_eq!(open, SESSIONS_PER_ACCOUNT);
        assert!(sessions.account(at(2), &Key::of(&other), LASTS).is_some());
    }

    fn asks(sessions: &Sessions, second: u64, id: &str) -> bool {
        let found = sessions.account(at(second), &Key::of(id), LASTS);
        assert!(found.is_none() || found == Some(("wang".into(), 3)));
        found.is_some()
    }

    #[test]
    fn a_session_in_use_lasts_its_time_and_not_longer() {
        let sessions = Sessions::default();
        let id = sessions.open(at(0), &wang(), LASTS).unwrap();
        assert_eq!(id.len(), 64);
        for second in (0..3_600).step_by(599) {
            assert!(asks(&sessions, second, &id), "{second}");
        }
        assert!(!asks(&sessions, 3_600, &id));
    }

    #[test]
    fn a_session_nobody_uses_ends_sooner() {
        let sessions = Sessions::default();
        let id = sessions.open(at(0), &wang(), LASTS).unwrap();
        assert!(asks(&sessions, 599, &id));
        assert!(!asks(&sessions, 1_199, &id));
    }

    #[test]
    fn a_closed_session_is_nobodys() {
        let sessions = Sessions::default();
        let ids = [0, 1, 2].map(|_| sessions.open(at(0), &wang(), LASTS).unwrap());
        sessions.close(&Key::of(&ids[0]));
        assert!(!asks(&sessions, 1, &ids[0]) && asks(&sessions, 1, &ids[1]));
        sessions.close_all(&"zhao".into());
        assert!(asks(&sessions, 1, &ids[1]));
        sessions.close_all(&"wang".into());
        assert!(!asks(&sessions, 1, &ids[1]) && !asks(&sessions, 1, &ids[2]));
    }

    #[test]
    fn a_full_table_gives_the_place_of_the_one_that_ends_first() {
        let sessions = Sessions::default();
        let long = Lasts { in_all: 24 * HOUR, idle: 24 * HOUR };
        let ids: Vec<String> = (0..=SESSIONS_MAX as u64)
            .map(|n| sessions.open(at(n), &named(&format!("clerk-{n}")), long).unwrap())
            .collect();
        let asks = |sessions: &Sessions, second, id: &str| {
            sessions.account(at(second), &Key::of(id), long).is_some()
        };
        assert!(!asks(&sessions, 5_000, &ids[0]));
        assert!(asks(&sessions, 5_000, &ids[1]));
        assert!(asks(&sessions, 5_000, &ids[SESSIONS_MAX]));
    }
}
