//! Tickets, and the data that tickets refer to.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use model::{Record, Seq, TicketId, Timestamp, desk::MatterId};
use reporting::ReferenceData;
use store::TicketIndex;
use ticketing::{Ticket, worklist::WorkIndex};

/// The hotline's tickets.
pub trait Tickets: Send + Sync + 'static {
    /// One ticket.
    fn ticket(&self, ticket: TicketId) -> io::Result<Option<Ticket>>;

    /// The tickets with these numbers, as far as they exist.
    fn tickets_by_number(
        &self,
        numbers: &BTreeSet<TicketId>,
    ) -> io::Result<BTreeMap<TicketId, Ticket>>;

    /// At most `limit` tickets, newest first; with `before`, only tickets before that one; with
    /// `filed`, only those in that index.
    fn tickets(
        &self,
        before: Option<TicketId>,
        limit: usize,
        filed: Option<&TicketIndex>,
    ) -> io::Result<Vec<Ticket>>;

    /// Calls `visit` with each ticket of an index, oldest first, until it returns `false`.
    fn each_ticket(
        &self,
        filed: &TicketIndex,
        visit: &mut dyn FnMut(Ticket) -> bool,
    ) -> io::Result<()>;

    /// The number of tickets of a matter.
    fn matter_size(&self, matter: MatterId) -> io::Result<u64>;

    /// At most `limit` records of a ticket in order, after record `after`.
    fn history(&self, ticket: TicketId, after: Seq, limit: usize) -> io::Result<Vec<Record>>;

    /// The last moment at which a unit may appeal against the assessment of its assignment `n`;
    /// `None` when the assignment does not exist or no report ranks it yet.
    fn appeal_until(&self, ticket: &Ticket, n: u16) -> Option<Timestamp>;
}

/// The work lists of all people and units, held in memory.
pub trait WorklistIndex: Send + Sync + 'static {
    /// Calls `read` once with the index as of `now`. It is up to date with every record that is
    /// durable. Changes of work wait meanwhile, so `read` must be short.
    fn with_work_index(&self, now: Timestamp, read: &mut dyn FnMut(&WorkIndex));
}

/// Orders, filings, leaders, appeals and the directory of units, held in memory.
pub trait ReferenceDataReader: Send + Sync + 'static {
    /// Calls `read` once with the data. It holds a lock that the log's thread waits for, so `read`
    /// must be short.
    fn with_reference_data(&self, read: &mut dyn FnMut(&ReferenceData));
}

impl dyn ReferenceDataReader {
    /// The result of `read`.
    pub(crate) fn get<T: Default>(&self, read: impl FnOnce(&ReferenceData) -> T) -> T {
        let (mut read, mut found) = (Some(read), T::default());
        self.with_reference_data(&mut |data| {
            if let Some(read) = read.take() {
                found = read(data);
            }
        });
        found
    }
}
