//! The audit events recorded lately, so that many requests of one act make one record: a player's
//! ranges are one playback, and a page that refreshes is one view.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::{AccountName, CallId, TicketId, Timestamp};

/// Playbacks of recordings, by person and call.
pub(super) type PlaybackAudit = RecordedLately<(AccountName, CallId)>;
/// Views of tickets, by person, ticket and whether the caller was shown whole.
pub(super) type ViewAudit = RecordedLately<(AccountName, TicketId, bool)>;
/// Refused exports, by person and list.
pub(super) type ExportRefusalAudit = RecordedLately<(AccountName, String)>;

/// The audit events that were recorded within `period`.
pub(super) struct RecordedLately<K> {
    last: Mutex<BTreeMap<K, Timestamp>>,
    period: Duration,
    /// Whether each request starts the period anew, and not only the first.
    slides: bool,
}

impl PlaybackAudit {
    /// A playback ends ten minutes after its last request.
    pub(super) fn playbacks() -> PlaybackAudit {
        RecordedLately {
            last: Mutex::default(),
            period: Duration::from_secs(10 * 60),
            slides: true,
        }
    }
}

impl ViewAudit {
    /// One record an hour; a masked view and a whole one have a record each.
    pub(super) fn views() -> ViewAudit {
        RecordedLately { last: Mutex::default(), period: HOUR, slides: false }
    }
}

impl ExportRefusalAudit {
    /// One record an hour, so that a thousand tries do not fill the log.
    pub(super) fn export_refusals() -> ExportRefusalAudit {
        RecordedLately { last: Mutex::default(), period: HOUR, slides: false }
    }
}

impl<K: Ord + Clone> RecordedLately<K> {
    /// Whether an event with this key was recorded within the period.
    pub(super) fn contains(&self, key: &K, now: Timestamp) -> bool {
        let mut last = self.lock();
        let Some(at) = last.get_mut(key).filter(|at| now.since(**at) < self.period) else {
            return false;
        };
        if self.slides {
            *at = now;
        }
        true
    }

    /// Notes that an event with this key was recorded. When the table is full, the oldest key is
    /// dropped: it may be recorded too often then, never too seldom.
    pub(super) fn insert(&self, key: K, now: Timestamp) {
        let mut last = self.lock();
        if last.len() >= KEYS_MAX {
            last.retain(|_, at| now.since(*at) < self.period);
        }
        if last.len() >= KEYS_MAX {
            let oldest = last.iter().min_by_key(|(_, at)| **at).map(|(key, _)| key.clone());
            oldest.map(|key| last.remove(&key));
        }
        last.insert(key, now);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, Timestamp>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const HOUR: Duration = Duration::from_secs(3_600);
/// The items that a thousand people view and play within an hour; half a megabyte.
const KEYS_MAX: usize = 8_192;
