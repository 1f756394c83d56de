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
    until: Timestamp,
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
    /// Full: the session that would end first makes room.
    pub(crate) fn open(
        &self,
        now: Timestamp,
        account: AccountName,
        lasts: Duration,
    ) -> Result<String, getrandom::Error> {
        let mut random = [0u8; 32];
        getrandom::fill(&mut random)?;
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();

        let mut open = self.lock();
        open.retain(|_, session| session.until > now);
        if open.len() >= SESSIONS_MAX {
            let first = open.iter().min_by_key(|(_, s)| s.until).map(|(key, _)| *key);
            first.map(|key| open.remove(&key));
        }
        open.insert(Key::of(&id), Session { account, until: now + lasts });
        Ok(id)
    }

    /// Whose session this is, while it lasts.
    pub(crate) fn account(&self, now: Timestamp, key: &Key) -> Option<AccountName> {
        self.lock().get(key).filter(|s| s.until > now).map(|s| s.account.clone())
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

/// More than any hotline has people, and under a megabyte.
const SESSIONS_MAX: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn a_session_lasts_its_time_and_not_longer() {
        let sessions = Sessions::default();
        let id = sessions.open(at(0), "wang".into(), HOUR).unwrap();
        assert_eq!(id.len(), 64);
        assert_eq!(sessions.account(at(3_599), &Key::of(&id)), Some("wang".into()));
        assert_eq!(sessions.account(at(3_600), &Key::of(&id)), None);
    }

    #[test]
    fn a_closed_session_is_nobodys() {
        let sessions = Sessions::default();
        let id = sessions.open(at(0), "wang".into(), HOUR).unwrap();
        sessions.close(&Key::of(&id));
        assert_eq!(sessions.account(at(1), &Key::of(&id)), None);
    }

    #[test]
    fn a_full_table_gives_the_place_of_the_one_that_ends_first() {
        let sessions = Sessions::default();
        let ids: Vec<String> = (0..=SESSIONS_MAX as u64)
            .map(|n| sessions.open(at(n), "wang".into(), 24 * HOUR).unwrap())
            .collect();
        assert_eq!(sessions.account(at(5_000), &Key::of(&ids[0])), None);
        assert!(sessions.account(at(5_000), &Key::of(&ids[1])).is_some());
        assert!(sessions.account(at(5_000), &Key::of(&ids[SESSIONS_MAX])).is_some());
    }
}
