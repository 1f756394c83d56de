//! Writing the view: records in, one transaction a batch.

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
use reporting::{Cdr, facts::TicketRow};
use sled::{
    Batch, Transactional,
    transaction::{ConflictableTransactionError, TransactionError},
};
use ticketing::{Filing, Ticket};

use crate::{
    Reader, StoreError, codec,
    error::caught,
    filed,
    view::{self, APPLIED, Trees, View},
};

/// The view, open for writing.
pub struct Store {
    view: Arc<View>,
    /// Held while a batch is folded: it is read, changed and written.
    writing: Mutex<()>,
}

impl Store {
    /// Open the view in `folder`; a new one has seen no record.
    pub fn open(folder: impl AsRef<Path>) -> Result<Store, StoreError> {
        let view = View::open(folder.as_ref())?;
        Ok(Store { view: Arc::new(view), writing: Mutex::new(()) })
    }

    /// Throw the view in `folder` away. Drop every [`Store`] and [`Reader`] of it first.
    pub fn wipe(folder: impl AsRef<Path>) -> io::Result<()> {
        match fs::remove_dir_all(view::place(folder.as_ref())) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// The last record it has seen; 0 before the first.
    pub fn applied(&self) -> Seq {
        self.view.applied()
    }

    /// Somebody who looks.
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.view))
    }

    /// Follow records, all or none. Those it has seen are passed over; a hole is an error.
    pub fn apply(&self, records: &[Record]) -> Result<(), StoreError> {
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
            return Ok(());
        }
        caught(|| {
            let trees = self.view.trees()?;
            let mut change = Change {
                trees: &trees,
                calls: BTreeMap::new(),
                agents: BTreeMap::new(),
                tickets: BTreeMap::new(),
                filings: BTreeMap::new(),
                batches: Batches::default(),
            };
            for record in new {
                change.follow(record)?;
            }
            change.commit(last)
        })?;
        self.view.applied.store(last, Ordering::Release);
        Ok(())
    }

    /// Open it anew, for every reader too, when the system refuses it: after an error such as a full
    /// disk sled takes nothing more. What cannot be read then begins anew. See what it has seen
    /// ([`Store::applied`]) and go on from there.
    pub fn reopen(&self) -> Result<(), StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.view.reopen()
    }

    /// Hand everything to the system now rather than within a second.
    pub fn flush(&self) -> Result<(), StoreError> {
        caught(|| self.view.trees()?.flush())
    }
}

/// What a batch of records changes.
struct Change<'a> {
    trees: &'a Trees,
    /// Calls touched: read once, written once.
    calls: BTreeMap<CallId, Cdr>,
    /// Tickets touched, and where they were filed before.
    tickets: BTreeMap<TicketId, (BTreeSet<Vec<u8>>, Ticket)>,
    filings: BTreeMap<FilingId, Filing>,
    /// Who signed in and out in this batch.
    agents: BTreeMap<(Whose, SeatId), Option<AccountName>>,
    batches: Batches,
}

/// Whose seat it is: who sits there in one is not who sits there in the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    /// The engine's.
    Engine,
    /// Of an emergency that was imported.
    Emergency,
}

impl Whose {
    fn key(self, seat: SeatId) -> Vec<u8> {
        match self {
            Whose::Engine => codec::seat(seat).to_vec(),
            Whose::Emergency => codec::seat_of_emergency(seat).to_vec(),
        }
    }
}

#[derive(Default)]
struct Batches {
    meta: Batch,
    calls: Batch,
    calls_of_caller: Batch,
    calls_of_seat: Batch,
    open_calls: Batch,
    tickets: Batch,
    courses: Batch,
    facts: Batch,
    tickets_by: Batch,
    filings: Batch,
    ticket_of_call: Batch,
    agents: Batch,
    attachments: Batch,
}

impl Change<'_> {
    fn follow(&mut self, record: &Record) -> Result<(), StoreError> {
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
            self.open(ticket);
        }
        match event {
            Event::Desk(entry) => self.desk(record.seq, at, entry)?,
            Event::MissedCallRepeated(e) => self.missed_again(record.seq, at, e)?,
            _ => {}
        }
        match event {
            Event::RecordImported(imported) => {
                self.call(imported.record.at, &imported.record.event, Whose::Emergency)
            }
            _ => self.call(at, event, Whose::Engine),
        }
    }

    /// What an event says of a call, and of who sits where.
    fn call(&mut self, at: Timestamp, event: &Event, whose: Whose) -> Result<(), StoreError> {
        if let Some(cdr) = Cdr::begin(at, event) {
            self.begin(cdr);
        } else if let Some(call) = Cdr::subject(event) {
            let agent = match event {
                Event::CallConnected(e) => self.agent(whose, e.seat)?,
                _ => None,
            };
            let Some(cdr) = self.touch(call)? else { return Ok(()) };
            cdr.apply(at, event, |_| agent);
            match event {
                Event::CallEnded(_) => self.batches.open_calls.remove(&codec::call(call)),
                Event::CallConnected(e) => {
                    let key = codec::under(&codec::seat(e.seat), codec::call(call));
                    self.batches.calls_of_seat.insert(key, &[]);
                }
                _ => {}
            }
        }
        match event {
            Event::SeatLoggedIn(e) => drop(self.agents.insert((whose, e.seat), e.agent.clone())),
            Event::SeatLoggedOut(e) => drop(self.agents.insert((whose, e.seat), None)),
            Event::AttachmentKept(e) => {
                self.batches.attachments.insert(e.sha256.as_bytes(), codec::value(e)?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Who is signed in at a seat as of this batch.
    fn agent(&self, whose: Whose, seat: SeatId) -> Result<Option<AccountName>, StoreError> {
        if let Some(agent) = self.agents.get(&(whose, seat)) {
            return Ok(agent.clone());
        }
        let found = self.trees.agents.get(whose.key(seat))?;
        found.map(|bytes| codec::read(&bytes)).transpose()
    }

    fn begin(&mut self, cdr: Cdr) {
        let call = codec::call(cdr.call);
        self.batches.open_calls.insert(&call, &[]);
        if !cdr.caller.is_withheld() {
            let key = codec::under(&codec::caller(&cdr.caller), call);
            self.batches.calls_of_caller.insert(key, &[]);
        }
        self.calls.insert(cdr.call, cdr);
    }

    fn open(&mut self, ticket: Ticket) {
        if let Some(call) = ticket.call {
            let id = codec::ticket(ticket.ticket);
            self.batches.ticket_of_call.insert(&codec::call(call), &id);
        }
        self.tickets.insert(ticket.ticket, (BTreeSet::new(), ticket));
    }

    fn desk(&mut self, seq: Seq, at: Timestamp, entry: &DeskEntry) -> Result<(), StoreError> {
        if let Some(id) = entry.event.ticket()
            && let Some(ticket) = self.touch_ticket(id)?
        {
            ticket.follow(seq, at, entry);
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
            if let Some(filing) = Filing::follow(self.filings.get(id), at, event) {
                self.filings.insert(*id, filing);
            }
        }
        Ok(())
    }

    /// A caller with an open missed-call item was missed again. Refused calls are counted in the item
    /// and are not part of its course: the log has each.
    fn missed_again(
        &mut self,
        seq: Seq,
        at: Timestamp,
        missed: &MissedCallRepeated,
    ) -> Result<(), StoreError> {
        let Some(ticket) = self.touch_ticket(missed.ticket)? else { return Ok(()) };
        ticket.missed_again(seq, at, missed);
        if !missed.refused {
            let ticket = codec::ticket(missed.ticket);
            self.batches.ticket_of_call.insert(&codec::call(missed.call), &ticket);
        }
        Ok(())
    }

    /// The ticket as it is in this batch; `None` when it is not in the view.
    fn touch_ticket(&mut self, id: TicketId) -> Result<Option<&mut Ticket>, StoreError> {
        if !self.tickets.contains_key(&id)
            && let Some(bytes) = self.trees.tickets.get(codec::ticket(id))?
        {
            let ticket: Ticket = codec::read(&bytes)?;
            self.tickets.insert(id, (filed::places(&ticket), ticket));
        }
        Ok(self.tickets.get_mut(&id).map(|(_, ticket)| ticket))
    }

    /// The call as it is in this batch; `None` when it arrived before the log begins.
    fn touch(&mut self, call: CallId) -> Result<Option<&mut Cdr>, StoreError> {
        if !self.calls.contains_key(&call)
            && let Some(bytes) = self.trees.calls.get(codec::call(call))?
        {
            self.calls.insert(call, codec::read(&bytes)?);
        }
        Ok(self.calls.get_mut(&call))
    }

    /// All trees at once, with the number of the last record: a crash sees all of it or nothing.
    fn commit(mut self, last: Seq) -> Result<(), StoreError> {
        for (call, cdr) in &self.calls {
            self.batches.calls.insert(&codec::call(*call), codec::value(cdr)?);
        }
        for (id, (before, ticket)) in &self.tickets {
            self.batches.tickets.insert(&codec::ticket(*id), codec::value(ticket)?);
            if let Some(row) = TicketRow::of(ticket) {
                self.batches.facts.insert(&codec::ticket(*id), codec::compact(&row)?);
            }
            let after = filed::places(ticket);
            before.difference(&after).for_each(|gone| self.batches.tickets_by.remove(&gone[..]));
            after.difference(before).for_each(|new| self.batches.tickets_by.insert(&new[..], &[]));
        }
        for (id, filing) in &self.filings {
            self.batches.filings.insert(codec::filing(*id), codec::value(filing)?);
        }
        for ((whose, seat), agent) in &self.agents {
            match agent {
                Some(agent) => self.batches.agents.insert(whose.key(*seat), codec::value(agent)?),
                None => self.batches.agents.remove(whose.key(*seat)),
            }
        }
        self.batches.meta.insert(APPLIED, &last.to_be_bytes());
        let (trees, batches) = (self.trees, &self.batches);
        let all = [
            (&trees.meta, &batches.meta),
            (&trees.calls, &batches.calls),
            (&trees.calls_of_caller, &batches.calls_of_caller),
            (&trees.calls_of_seat, &batches.calls_of_seat),
            (&trees.open_calls, &batches.open_calls),
            (&trees.tickets, &batches.tickets),
            (&trees.courses, &batches.courses),
            (&trees.facts, &batches.facts),
            (&trees.tickets_by, &batches.tickets_by),
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
            TransactionError::Abort(()) => StoreError::Damaged("a transaction gave up".into()),
            TransactionError::Storage(error) => error.into(),
        })
    }
}
