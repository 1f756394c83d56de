//! Writing the view: each batch of records is one transaction.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};

use model::{
    AccountName, CallId, Event, Record, SeatId, Seq, TicketId, Timestamp,
    desk::{DeskEntry, DeskEvent, FilingId, TicketEvent},
    event::MissedCallRepeated,
};
use reporting::facts::TicketRow;
use sled::{
    Batch, Transactional,
    transaction::{ConflictableTransactionError, TransactionError},
};
use stats::Cdr;
use ticketing::{Filing, Ticket};

use crate::{
    Reader, StoreError, call_index, codec,
    error::catch_panic,
    ticket_index,
    view::{self, APPLIED, Trees, View},
};

/// The view, open for writing.
pub struct Store {
    view: Arc<View>,
    /// Locked while a batch is read, changed and written.
    writing: Mutex<()>,
}

impl Store {
    /// Opens the view in `folder` with a cache of [`CACHE_BYTES`]; a new view has no record.
    pub fn open(folder: impl AsRef<Path>) -> Result<Store, StoreError> {
        Store::open_with_cache(folder, CACHE_BYTES)
    }

    /// The same with a cache of this many bytes. sled keeps the pages that were used last in it.
    pub fn open_with_cache(
        folder: impl AsRef<Path>,
        cache_bytes: u64,
    ) -> Result<Store, StoreError> {
        let view = View::open(folder.as_ref(), cache_bytes)?;
        Ok(Store { view: Arc::new(view), writing: Mutex::new(()) })
    }

    /// Removes the view in `folder`. Every [`Store`] and [`Reader`] of it must be dropped before.
    pub fn wipe(folder: impl AsRef<Path>) -> io::Result<()> {
        match fs::remove_dir_all(view::path(folder.as_ref())) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// The last record applied; 0 before the first.
    pub fn applied(&self) -> Seq {
        self.view.applied()
    }

    /// A reader of this view.
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.view))
    }

    /// Applies records, all or none, and returns the tickets that they changed. Records that were applied
    /// already are skipped; a gap is an error.
    pub fn apply(&self, records: &[Record]) -> Result<Vec<Ticket>, StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let applied = self.applied();
        let mut last = applied;
        let new = records.iter().filter(|record| record.seq > applied);
        for record in new.clone() {
            if record.seq != last + 1 {
                return Err(StoreError::Gap { expected: last + 1, found: record.seq });
            }
            last = record.seq;
        }
        if last == applied {
            return Ok(Vec::new());
        }
        let changed = catch_panic(|| {
            let trees = self.view.trees()?;
            let mut change = BatchChanges {
                trees: &trees,
                calls: BTreeMap::new(),
                agents: BTreeMap::new(),
                tickets: BTreeMap::new(),
                filings: BTreeMap::new(),
                batches: Batches::default(),
            };
            for record in new {
                change.apply(record)?;
            }
            change.commit(last)
        })?;
        self.view.applied.store(last, Ordering::Release);
        Ok(changed)
    }

    /// Closes and reopens the view for the store and every reader. After an error of the disk, such as a
    /// full one, sled refuses everything. A view that cannot be read is wiped. Continue with the record
    /// after [`Store::applied`].
    pub fn reopen(&self) -> Result<(), StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.view.reopen()
    }

    /// Writes everything to disk now instead of within a second.
    pub fn flush(&self) -> Result<(), StoreError> {
        catch_panic(|| self.view.trees()?.flush())
    }
}

/// The call of an event about an offer.
fn call_of_offer(event: &Event) -> Option<CallId> {
    match event {
        Event::OfferMade(e) => Some(e.call),
        Event::OfferAccepted(e) => Some(e.call),
        Event::OfferMissed(e) => Some(e.call),
        Event::OfferWithdrawn(e) => Some(e.call),
        _ => None,
    }
}

/// The changes of a batch of records.
struct BatchChanges<'a> {
    trees: &'a Trees,
    /// Changed calls with their index keys before the change: each is read once and written once.
    calls: BTreeMap<CallId, (BTreeSet<Vec<u8>>, Cdr)>,
    /// Changed tickets with their index keys before the change.
    tickets: BTreeMap<TicketId, (BTreeSet<Vec<u8>>, Ticket)>,
    filings: BTreeMap<FilingId, Filing>,
    /// Agents who signed in or out in this batch.
    agents: BTreeMap<(Source, SeatId), Option<AccountName>>,
    batches: Batches,
}

/// The log a seat belongs to: an agent at a seat now was not at that seat in the emergency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// The engine's log.
    Engine,
    /// An imported emergency log.
    Emergency,
}

impl Source {
    fn key(self, seat: SeatId) -> Vec<u8> {
        match self {
            Source::Engine => codec::seat(seat).to_vec(),
            Source::Emergency => codec::seat_of_emergency(seat).to_vec(),
        }
    }
}

#[derive(Default)]
struct Batches {
    meta: Batch,
    calls: Batch,
    calls_by: Batch,
    offers_of_call: Batch,
    open_calls: Batch,
    tickets: Batch,
    courses: Batch,
    facts: Batch,
    tickets_by: Batch,
    counts: Batch,
    filings: Batch,
    ticket_of_call: Batch,
    agents: Batch,
    attachments: Batch,
}

impl BatchChanges<'_> {
    fn apply(&mut self, record: &Record) -> Result<(), StoreError> {
        let (at, event) = (record.at, &record.event);
        let opened = Ticket::open(record.seq, at, event);
        let of = match (&opened, event) {
            (Some(ticket), _) => Some(ticket.ticket),
            (None, Event::Desk(entry)) => entry.event.ticket(),
            (None, Event::MissedCallRepeated(e)) if !e.refused => Some(e.ticket),
            _ => None,
        };
        if let Some(ticket) = of {
            let key = codec::under(&codec::ticket(ticket), record.seq.to_be_bytes());
            self.batches.courses.insert(key, codec::record(record)?);
        }
        if let Some(ticket) = opened {
            self.open_ticket(ticket);
        }
        match event {
            Event::Desk(entry) => self.apply_desk(record.seq, at, entry)?,
            Event::MissedCallRepeated(e) => self.apply_missed_again(record.seq, at, e)?,
            _ => {}
        }
        if let Some(call) = call_of_offer(&record.original().event) {
            let key = codec::under(&codec::call(call), record.seq.to_be_bytes());
            self.batches.offers_of_call.insert(key, codec::record(record.original())?);
        }
        match event {
            Event::RecordImported(imported) => {
                self.apply_to_call(imported.record.at, &imported.record.event, Source::Emergency)
            }
            _ => self.apply_to_call(at, event, Source::Engine),
        }
    }

    /// Applies an event to the call it is about, and to the agents at the seats.
    fn apply_to_call(
        &mut self,
        at: Timestamp,
        event: &Event,
        source: Source,
    ) -> Result<(), StoreError> {
        if let Some(cdr) = Cdr::begin(at, event) {
            self.begin_call(cdr);
        } else if let Some(call) = Cdr::subject(event) {
            let agent = match event {
                Event::CallConnected(e) => self.agent_at(source, e.seat)?,
                Event::TalkTaken(e) => self.agent_at(source, e.seat)?,
                _ => None,
            };
            let Some(cdr) = self.call_mut(call)? else { return Ok(()) };
            cdr.apply(at, event, |_| agent);
            if let Event::CallEnded(_) = event {
                self.batches.open_calls.remove(&codec::call(call));
            }
        }
        match event {
            Event::SeatLoggedIn(e) => drop(self.agents.insert((source, e.seat), e.agent.clone())),
            Event::SeatLoggedOut(e) => drop(self.agents.insert((source, e.seat), None)),
            Event::AttachmentKept(e) => {
                self.batches.attachments.insert(e.sha256.as_bytes(), codec::value(e)?);
            }
            _ => {}
        }
        Ok(())
    }

    /// The agent signed in at a seat, including the changes of this batch.
    fn agent_at(&self, source: Source, seat: SeatId) -> Result<Option<AccountName>, StoreError> {
        if let Some(agent) = self.agents.get(&(source, seat)) {
            return Ok(agent.clone());
        }
        let found = self.trees.agents.get(source.key(seat))?;
        found.map(|bytes| codec::read(&bytes)).transpose()
    }

    fn begin_call(&mut self, cdr: Cdr) {
        let call = codec::call(cdr.call);
        self.batches.open_calls.insert(&call, &[]);
        self.calls.insert(cdr.call, (BTreeSet::new(), cdr));
    }

    fn open_ticket(&mut self, ticket: Ticket) {
        if let Some(call) = ticket.call {
            let id = codec::ticket(ticket.ticket);
            self.batches.ticket_of_call.insert(&codec::call(call), &id);
        }
        self.tickets.insert(ticket.ticket, (BTreeSet::new(), ticket));
    }

    fn apply_desk(&mut self, seq: Seq, at: Timestamp, entry: &DeskEntry) -> Result<(), StoreError> {
        if let Some(id) = entry.event.ticket()
            && let Some(ticket) = self.ticket_mut(id)?
        {
            ticket.apply_entry(seq, at, entry);
            if let DeskEvent::Ticket(_, TicketEvent::CallAdded { call, .. }) = &entry.event {
                self.batches.ticket_of_call.insert(&codec::call(*call), &codec::ticket(id));
            }
        }
        if let DeskEvent::Filing(id, event) = &entry.event {
            if !self.filings.contains_key(id)
                && let Some(bytes) = self.trees.filings.get(codec::filing(*id))?
            {
                self.filings.insert(*id, codec::read(&bytes)?);
            }
            if let Some(filing) = Filing::after(self.filings.get(id), at, event) {
                self.filings.insert(*id, filing);
            }
        }
        Ok(())
    }

    /// Applies another missed call of a caller with an open missed-call item. Refused calls are counted in
    /// the item and are not part of its history: the log has each.
    fn apply_missed_again(
        &mut self,
        seq: Seq,
        at: Timestamp,
        missed: &MissedCallRepeated,
    ) -> Result<(), StoreError> {
        let Some(ticket) = self.ticket_mut(missed.ticket)? else { return Ok(()) };
        ticket.missed_again(seq, at, missed);
        if !missed.refused {
            let ticket = codec::ticket(missed.ticket);
            self.batches.ticket_of_call.insert(&codec::call(missed.call), &ticket);
        }
        Ok(())
    }

    /// The ticket with the changes of this batch; `None` when it is not in the view.
    fn ticket_mut(&mut self, id: TicketId) -> Result<Option<&mut Ticket>, StoreError> {
        if !self.tickets.contains_key(&id)
            && let Some(bytes) = self.trees.tickets.get(codec::ticket(id))?
        {
            let ticket: Ticket = codec::read(&bytes)?;
            self.tickets.insert(id, (ticket_index::keys(&ticket), ticket));
        }
        Ok(self.tickets.get_mut(&id).map(|(_, ticket)| ticket))
    }

    /// The call with the changes of this batch; `None` when it arrived before the log begins.
    fn call_mut(&mut self, call: CallId) -> Result<Option<&mut Cdr>, StoreError> {
        if !self.calls.contains_key(&call)
            && let Some(bytes) = self.trees.calls.get(codec::call(call))?
        {
            let cdr: Cdr = codec::read(&bytes)?;
            self.calls.insert(call, (call_index::keys(&cdr), cdr));
        }
        Ok(self.calls.get_mut(&call).map(|(_, cdr)| cdr))
    }

    /// Writes all trees and the number of the last record in one transaction. Returns the changed
    /// tickets.
    fn commit(mut self, last: Seq) -> Result<Vec<Ticket>, StoreError> {
        for (call, (before, cdr)) in &self.calls {
            self.batches.calls.insert(&codec::call(*call), codec::value(cdr)?);
            let after = call_index::keys(cdr);
            before.difference(&after).for_each(|gone| self.batches.calls_by.remove(&gone[..]));
            after.difference(before).for_each(|new| self.batches.calls_by.insert(&new[..], &[]));
        }
        self.count_tickets()?;
        for (id, (before, ticket)) in &self.tickets {
            self.batches.tickets.insert(&codec::ticket(*id), codec::value(ticket)?);
            if let Some(row) = TicketRow::of(ticket) {
                self.batches.facts.insert(&codec::ticket(*id), codec::compact(&row)?);
            }
            let after = ticket_index::keys(ticket);
            before.difference(&after).for_each(|gone| self.batches.tickets_by.remove(&gone[..]));
            after.difference(before).for_each(|new| self.batches.tickets_by.insert(&new[..], &[]));
        }
        for (id, filing) in &self.filings {
            self.batches.filings.insert(codec::filing(*id), codec::value(filing)?);
        }
        for ((source, seat), agent) in &self.agents {
            match agent {
                Some(agent) => self.batches.agents.insert(source.key(*seat), codec::value(agent)?),
                None => self.batches.agents.remove(source.key(*seat)),
            }
        }
        self.batches.meta.insert(APPLIED, &last.to_be_bytes());
        let (trees, batches) = (self.trees, &self.batches);
        let all = [
            (&trees.meta, &batches.meta),
            (&trees.calls, &batches.calls),
            (&trees.calls_by, &batches.calls_by),
            (&trees.offers_of_call, &batches.offers_of_call),
            (&trees.open_calls, &batches.open_calls),
            (&trees.tickets, &batches.tickets),
            (&trees.courses, &batches.courses),
            (&trees.facts, &batches.facts),
            (&trees.tickets_by, &batches.tickets_by),
            (&trees.counts, &batches.counts),
            (&trees.filings, &batches.filings),
            (&trees.ticket_of_call, &batches.ticket_of_call),
            (&trees.agents, &batches.agents),
            (&trees.attachments, &batches.attachments),
        ];
        let done = all.map(|(tree, _)| tree).as_slice().transaction(|trees| {
            for (tree, (_, batch)) in trees.iter().zip(&all) {
                tree.apply_batch(batch)?;
            }
            Ok::<(), ConflictableTransactionError<()>>(())
        });
        done.map_err(|error| match error {
            TransactionError::Abort(()) => StoreError::Damaged("a transaction was aborted".into()),
            TransactionError::Storage(error) => error.into(),
        })?;
        Ok(self.tickets.into_values().map(|(_, ticket)| ticket).collect())
    }

    /// Counts the tickets that entered or left an index whose number of tickets is kept.
    fn count_tickets(&mut self) -> Result<(), StoreError> {
        let mut changes: BTreeMap<Vec<u8>, i64> = BTreeMap::new();
        for (before, ticket) in self.tickets.values() {
            let after = ticket_index::keys(ticket);
            let gone = before.difference(&after).map(|key| (key, -1));
            let new = after.difference(before).map(|key| (key, 1));
            for (index, by) in
                gone.chain(new).filter_map(|(key, by)| Some((ticket_index::counted(key)?, by)))
            {
                *changes.entry(index.to_vec()).or_default() += by;
            }
        }
        for (index, by) in changes.into_iter().filter(|(_, by)| *by != 0) {
            let before = self.trees.counts.get(&index)?.map_or(Ok(0), |count| codec::id(&count))?;
            match before.saturating_add_signed(by) {
                0 => self.batches.counts.remove(index),
                count => self.batches.counts.insert(index, &count.to_be_bytes()),
            }
        }
        Ok(())
    }
}

/// 64 MiB: the calls and tickets of a day; the default of sled is a gigabyte.
pub const CACHE_BYTES: u64 = 64 << 20;
