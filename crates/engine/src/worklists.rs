//! The index of work lists. It is built at the start from the state and the reference data, and the
//! view's thread keeps it up to date, so that no request builds it.

use std::sync::{Arc, PoisonError, RwLock};

use model::{Event, Record, Timestamp};
use reporting::ReferenceData;
use ticketing::{Desk, Ticket, worklist::WorkIndex};

use crate::reports::Reports;

/// The index of work lists, and the reference data that it follows beside tickets.
pub(crate) struct Worklists {
    index: RwLock<WorkIndex>,
    reports: Arc<Reports>,
}

impl Worklists {
    /// The index after the last record of the log.
    pub(crate) fn new(desk: &Desk, reports: Arc<Reports>, now: Timestamp) -> Worklists {
        let calendar = desk.working_time().calendar.clone();
        let mut index = WorkIndex::new(calendar, desk.rules().clocks.clone());
        desk.tickets().for_each(|ticket| index.set_ticket(ticket));
        reports.with_reference_data(&mut |data| data.index_work(&mut index));
        index.advance(now);
        Worklists { index: RwLock::new(index), reports }
    }

    /// Applies records that the view has applied, with the tickets they changed. The reference data may
    /// be ahead of them, and is what the next records say.
    pub(crate) fn apply(&self, records: &[Record], tickets: &[Ticket]) {
        let events = records.iter().filter_map(|record| match &record.event {
            Event::Desk(entry) => Some(&entry.event),
            _ => None,
        });
        // A panic while the lock is held leaves an index whose next changes put it right.
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        tickets.iter().for_each(|ticket| index.set_ticket(ticket));
        let events: Vec<_> = events.collect();
        self.reports.with_reference_data(&mut |data: &ReferenceData| {
            events.iter().for_each(|event| data.index_changed_work(event, &mut index));
        });
    }

    /// Calls `read` with the index as of `now`.
    pub(crate) fn read(&self, now: Timestamp, read: &mut dyn FnMut(&WorkIndex)) {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        if index.next_change().is_none_or(|next| next > now) {
            return read(&index);
        }
        drop(index);
        self.index.write().unwrap_or_else(PoisonError::into_inner).advance(now);
        read(&self.index.read().unwrap_or_else(PoisonError::into_inner));
    }
}
