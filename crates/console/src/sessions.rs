//! Sessions of people who logged in, by a random id that only the person's browser keeps.
//!
//! They are held in memory: after a restart people log in again. The table holds the SHA-256 of an
//! id, so that neither a core dump nor the time of a look-up gives an id away.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use model::{AccountName, Timestamp};
use sha2::{Digest, Sha256};

use crate::backend::Account;

/// The open sessions.
#[derive(Default)]
pub(crate) struct Sessions {
    open: Mutex<BTreeMap<SessionKey, Session>>,
}

/// The key of a session in the table: the SHA-256 of its id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionKey([u8; 32]);

struct Session {
    account: AccountName,
    /// The number of the password it was opened with.
    password_no: u32,
    until: Timestamp,
    /// The end of the session unless a request comes before.
    idle_until: Timestamp,
}

impl Session {
    fn is_open(&self, now: Timestamp) -> bool {
        self.until > now && self.idle_until > now
    }
}

/// The durations of a session.
#[derive(Clone, Copy)]
pub(crate) struct SessionLifetime {
    /// The longest duration, used or not.
    pub(crate) total: Duration,
    /// Without a request.
    pub(crate) idle: Duration,
}

impl SessionKey {
    /// The key of an id as the browser sends it.
    pub(crate) fn of(id: &str) -> SessionKey {
        SessionKey(Sha256::digest(id.as_bytes()).into())
    }
}

impl Sessions {
    /// Opens a session and returns its id, which has 256 random bits from the operating system.
    ///
    /// When the table is full, the session that would end first is closed; when the account has
    /// its share of sessions, its own.
    pub(crate) fn open(
        &self,
        now: Timestamp,
        account: &Account,
        lifetime: SessionLifetime,
    ) -> Result<String, getrandom::Error> {
        let mut random = [0u8; 32];
        getrandom::fill(&mut random)?;
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();

        let mut open = self.lock();
        open.retain(|_, session| session.is_open(now));
        let own = open.values().filter(|session| session.account == account.name).count();
        if own >= SESSIONS_PER_ACCOUNT {
            close_first(&mut open, |session| session.account == account.name);
        } else if open.len() >= SESSIONS_MAX {
            close_first(&mut open, |_| true);
        }
        let (account, password_no) = (account.name.clone(), account.password_no);
        let (until, idle_until) = (now + lifetime.total, now + lifetime.idle);
        open.insert(SessionKey::of(&id), Session { account, password_no, until, idle_until });
        Ok(id)
    }

    /// The account of an open session, and the number of the password that opened it. The idle
    /// time starts anew.
    pub(crate) fn account(
        &self,
        now: Timestamp,
        key: &SessionKey,
        lifetime: SessionLifetime,
    ) -> Option<(AccountName, u32)> {
        let mut open = self.lock();
        let session = open.get_mut(key).filter(|session| session.is_open(now))?;
        session.idle_until = now + lifetime.idle;
        Some((session.account.clone(), session.password_no))
    }

    /// Closes every session of an account.
    pub(crate) fn close_all(&self, account: &AccountName) {
        self.lock().retain(|_, session| session.account != *account);
    }

    /// Closes a session.
    pub(crate) fn close(&self, key: &SessionKey) {
        self.lock().remove(key);
    }

    // No code that holds the lock can leave the table half changed.
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<SessionKey, Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes the one of these sessions that would end first.
fn close_first(open: &mut BTreeMap<SessionKey, Session>, among: impl Fn(&Session) -> bool) {
    let among = open.iter().filter(|(_, session)| among(session));
    let first = among.min_by_key(|(_, session)| session.until).map(|(key, _)| *key);
    first.map(|key| open.remove(&key));
}

/// More than a hotline has people; the table takes less than a megabyte.
const SESSIONS_MAX: usize = 4_096;
/// For a person who logs in again and again, or wall displays that share an account.
const SESSIONS_PER_ACCOUNT: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use model::event::Role;

    const HOUR: Duration = Duration::from_secs(3_600);
    const LIFETIME: SessionLifetime =
        SessionLifetime { total: HOUR, idle: Duration::from_secs(600) };

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
    fn account_over_its_share_closes_only_its_own_sessions() {
        let sessions = Sessions::default();
        let other = sessions.open(at(0), &named("li"), LIFETIME).unwrap();
        let ids: Vec<String> = (0..=SESSIONS_PER_ACCOUNT)
            .map(|_| sessions.open(at(1), &wang(), LIFETIME).unwrap())
            .collect();
        let open = ids.iter().filter(|id| is_open(&sessions, 2, id)).count();
        assert_eq!(open, SESSIONS_PER_ACCOUNT);
        assert!(sessions.account(at(2), &SessionKey::of(&other), LIFETIME).is_some());
    }

    fn is_open(sessions: &Sessions, second: u64, id: &str) -> bool {
        let found = sessions.account(at(second), &SessionKey::of(id), LIFETIME);
        assert!(found.is_none() || found == Some(("wang".into(), 3)));
        found.is_some()
    }

    #[test]
    fn used_session_ends_after_its_total_time() {
        let sessions = Sessions::default();
        let id = sessions.open(at(0), &wang(), LIFETIME).unwrap();
        assert_eq!(id.len(), 64);
        for second in (0..3_600).step_by(599) {
            assert!(is_open(&sessions, second, &id), "{second}");
        }
        assert!(!is_open(&sessions, 3_600, &id));
    }

    #[test]
    fn unused_session_ends_after_its_idle_time() {
        let sessions = Sessions::default();
        let id = sessions.open(at(0), &wang(), LIFETIME).unwrap();
        assert!(is_open(&sessions, 599, &id));
        assert!(!is_open(&sessions, 1_199, &id));
    }

    #[test]
    fn closed_session_has_no_account() {
        let sessions = Sessions::default();
        let ids = [0, 1, 2].map(|_| sessions.open(at(0), &wang(), LIFETIME).unwrap());
        sessions.close(&SessionKey::of(&ids[0]));
        assert!(!is_open(&sessions, 1, &ids[0]) && is_open(&sessions, 1, &ids[1]));
        sessions.close_all(&"zhao".into());
        assert!(is_open(&sessions, 1, &ids[1]));
        sessions.close_all(&"wang".into());
        assert!(!is_open(&sessions, 1, &ids[1]) && !is_open(&sessions, 1, &ids[2]));
    }

    #[test]
    fn full_table_closes_the_session_that_would_end_first() {
        let sessions = Sessions::default();
        let long = SessionLifetime { total: 24 * HOUR, idle: 24 * HOUR };
        let ids: Vec<String> = (0..=SESSIONS_MAX as u64)
            .map(|n| sessions.open(at(n), &named(&format!("clerk-{n}")), long).unwrap())
            .collect();
        let is_open = |sessions: &Sessions, second, id: &str| {
            sessions.account(at(second), &SessionKey::of(id), long).is_some()
        };
        assert!(!is_open(&sessions, 5_000, &ids[0]));
        assert!(is_open(&sessions, 5_000, &ids[1]));
        assert!(is_open(&sessions, 5_000, &ids[SESSIONS_MAX]));
    }
}
