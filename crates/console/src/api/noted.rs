//! Notes for the audit that are made once for many requests: a player's ranges
//! are one listening, a page that looks again is one look.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use center::Command;
use model::{AccountName, CallId, Event, TicketId, Timestamp};

use crate::{desk::Desk, problem::Problem, who::Who};

/// Who listens to what at the moment.
pub(crate) type Listenings = Noted<(AccountName, CallId)>;
/// Who has looked at which ticket within the hour, and whether at the whole of it.
pub(crate) type Looks = Noted<(AccountName, TicketId, bool)>;
/// Who was refused which export within the hour.
pub(crate) type Refusals = Noted<(AccountName, String)>;

/// What was noted lately.
pub(crate) struct Noted<K> {
    last: Mutex<BTreeMap<K, Timestamp>>,
    pause: Duration,
    /// Whether every request counts anew, and not only the first.
    slides: bool,
}

impl Listenings {
    /// Asked for again after ten minutes, it is a new listening.
    pub(crate) fn listenings() -> Listenings {
        Noted { last: Mutex::default(), pause: Duration::from_secs(10 * 60), slides: true }
    }
}

impl Looks {
    /// One a person, ticket and hour; a masked look and a whole one are two.
    pub(crate) fn looks() -> Looks {
        Noted { last: Mutex::default(), pause: Duration::from_secs(3_600), slides: false }
    }
}

impl Refusals {
    /// One a person, list and hour: who tries a thousand times does not fill the log.
    pub(crate) fn refusals() -> Refusals {
        Noted { last: Mutex::default(), pause: Duration::from_secs(3_600), slides: false }
    }
}

impl<K: Ord + Clone> Noted<K> {
    /// Put it on the record before the first byte of it leaves, once.
    ///
    /// No lock is held while it is written: what is asked for twice at once may be on record twice.
    /// Full: the one asked for longest ago is forgotten, and noted again if it goes on; too many
    /// notes, never too few.
    pub(crate) async fn note(
        &self,
        desk: &Desk,
        who: &Who,
        key: K,
        event: impl FnOnce() -> Event,
    ) -> Result<(), Problem> {
        let now = desk.now();
        if !self.is_noted(&key, now) {
            desk.backend.command(who.actor(), Command::Note(event())).await?;
            self.keep(key, now);
        }
        Ok(())
    }

    fn is_noted(&self, key: &K, now: Timestamp) -> bool {
        let mut last = self.lock();
        let Some(at) = last.get_mut(key).filter(|at| now.since(**at) < self.pause) else {
            return false;
        };
        if self.slides {
            *at = now;
        }
        true
    }

    fn keep(&self, key: K, now: Timestamp) {
        let mut last = self.lock();
        if last.len() >= KEPT_MAX {
            last.retain(|_, at| now.since(*at) < self.pause);
        }
        if last.len() >= KEPT_MAX {
            let oldest = last.iter().min_by_key(|(_, at)| **at).map(|(key, _)| key.clone());
            oldest.map(|key| last.remove(&key));
        }
        last.insert(key, now);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, Timestamp>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a thousand people look at and listen to within an hour; half a megabyte.
const KEPT_MAX: usize = 8_192;
