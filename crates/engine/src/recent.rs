//! The newest durable records in memory, so that live readers need not read the disk.

use std::{
    collections::VecDeque,
    sync::{PoisonError, RwLock},
};

use model::{Record, Seq};

/// The newest durable records.
#[derive(Default)]
pub(crate) struct Recent {
    records: RwLock<VecDeque<Record>>,
}

impl Recent {
    /// Up to `limit` records from this one on; `None` when it is no longer in memory.
    pub(crate) fn since(&self, from: Seq, limit: usize) -> Option<Vec<Record>> {
        let records = self.records.read().unwrap_or_else(PoisonError::into_inner);
        let first = records.front()?.seq;
        let skip = usize::try_from(from.checked_sub(first)?).ok()?;
        Some(records.iter().skip(skip).take(limit).cloned().collect())
    }

    /// Adds durable records and drops the oldest ones beyond the limit.
    pub(crate) fn push(&self, batch: &[Record]) {
        let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
        records.extend(batch.iter().cloned());
        let surplus = records.len().saturating_sub(RECENT_MAX);
        records.drain(..surplus);
    }
}

/// Records kept in memory: a city's busiest hour.
const RECENT_MAX: usize = 8_192;

#[cfg(test)]
mod tests {
    use model::{
        Event, Timestamp,
        event::{Alarm, AlarmCleared},
    };

    use super::*;

    #[test]
    fn only_newest_records_are_kept() {
        let recent = Recent::default();
        assert!(recent.since(1, 10).is_none());
        let record = |seq| {
            let event = Event::AlarmCleared(AlarmCleared { alarm: Alarm::LogFailed });
            Record { seq, at: Timestamp::default(), event }
        };
        let last = RECENT_MAX as Seq + 5;
        recent.push(&(1..=last).map(record).collect::<Vec<_>>());
        assert!(recent.since(5, 10).is_none());
        let found = recent.since(last - 1, 10).unwrap();
        assert_eq!(found.iter().map(|record| record.seq).collect::<Vec<_>>(), [last - 1, last]);
    }
}
