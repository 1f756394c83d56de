//! Queries, which run while the store is being written.

use std::sync::Arc;

use model::{
    CallId, Number, Record, Seq, TicketId, Timestamp,
    desk::{FilingId, MatterId},
    event::AttachmentKept,
};
use reporting::facts::{CallRow, TicketRow};
use serde::de::DeserializeOwned;
use sled::{IVec, Tree};
use stats::Cdr;
use ticketing::{Filing, Ticket};

use crate::{CallIndex, StoreError, TicketIndex, codec, error::catch_panic, view::View};

/// Reads the view. Cheap to clone, usable on any thread.
#[derive(Clone)]
pub struct Reader {
    view: Arc<View>,
}

impl Reader {
    pub(crate) fn new(view: Arc<View>) -> Reader {
        Reader { view }
    }

    /// The last record applied to the view.
    pub fn applied(&self) -> Seq {
        self.view.applied()
    }

    /// One call.
    pub fn call(&self, call: CallId) -> Result<Option<Cdr>, StoreError> {
        catch_panic(|| one(&self.view.trees()?.calls, codec::call(call)))
    }

    /// Calls, newest first, those before `before` when given; at most a thousand. All calls, or those
    /// of an index.
    pub fn calls(
        &self,
        before: Option<CallId>,
        limit: usize,
        index: Option<&CallIndex>,
    ) -> Result<Vec<Cdr>, StoreError> {
        catch_panic(|| {
            let trees = self.view.trees()?;
            let range = Range { before: before.map_or(u64::MAX, CallId::as_u64), limit };
            match index {
                Some(index) => range.gather(&trees.calls_by, &index.prefix(), |id, _| {
                    one(&trees.calls, id.to_be_bytes())
                }),
                None => range.gather(&trees.calls, &[], |_, value| codec::read(value).map(Some)),
            }
        })
    }

    /// The records of a call's offers, oldest first, at most a thousand. Empty for calls that a view
    /// of an earlier version had before it was built again.
    pub fn offers(&self, call: CallId) -> Result<Vec<Record>, StoreError> {
        catch_panic(|| {
            let offers = self.view.trees()?.offers_of_call.scan_prefix(codec::call(call));
            offers.take(PAGE_MAX).map(|record| codec::read_record(&record?.1)).collect()
        })
    }

    /// Calls that have not ended, oldest first. After a crash these are the interrupted calls.
    pub fn open_calls(&self) -> Result<Vec<Cdr>, StoreError> {
        catch_panic(|| {
            let trees = self.view.trees()?;
            let mut open = Vec::new();
            for key in trees.open_calls.iter().keys() {
                open.extend(one::<Cdr>(&trees.calls, codec::id(&key?)?.to_be_bytes())?);
            }
            Ok(open)
        })
    }

    /// One ticket.
    pub fn ticket(&self, ticket: TicketId) -> Result<Option<Ticket>, StoreError> {
        catch_panic(|| one(&self.view.trees()?.tickets, codec::ticket(ticket)))
    }

    /// The last record of an uploaded file, by its SHA-256 in hex.
    pub fn attachment(&self, sha256: &str) -> Result<Option<AttachmentKept>, StoreError> {
        catch_panic(|| one(&self.view.trees()?.attachments, sha256))
    }

    /// The history of a ticket: its records after `after`, at most `limit`.
    pub fn course(
        &self,
        ticket: TicketId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        catch_panic(|| {
            let id = codec::ticket(ticket);
            let from = codec::under(&id, after.saturating_add(1).to_be_bytes());
            let to = codec::under(&id, u64::MAX.to_be_bytes());
            let steps = self.view.trees()?.courses.range(from..=to);
            steps.take(limit).map(|step| codec::read_record(&step?.1)).collect()
        })
    }

    /// The ticket of a call.
    pub fn ticket_of_call(&self, call: CallId) -> Result<Option<Ticket>, StoreError> {
        catch_panic(|| {
            let trees = self.view.trees()?;
            match trees.ticket_of_call.get(codec::call(call))? {
                Some(id) => one(&trees.tickets, codec::id(&id)?.to_be_bytes()),
                None => Ok(None),
            }
        })
    }

    /// Tickets, newest first, those before `before` when given; at most a thousand.
    /// All tickets, or those of an index.
    pub fn tickets(
        &self,
        before: Option<TicketId>,
        limit: usize,
        index: Option<&TicketIndex>,
    ) -> Result<Vec<Ticket>, StoreError> {
        catch_panic(|| {
            let trees = self.view.trees()?;
            let before = before.map_or(u64::MAX, |ticket| ticket.0);
            let range = Range { before, limit };
            match index {
                Some(index) => {
                    let mut found: Vec<Ticket> = Vec::new();
                    for prefix in index.prefixes() {
                        found.extend(range.gather(&trees.tickets_by, &prefix, |id, _| {
                            one(&trees.tickets, id.to_be_bytes())
                        })?);
                    }
                    found.sort_by_key(|ticket| std::cmp::Reverse(ticket.ticket));
                    found.dedup_by_key(|ticket| ticket.ticket);
                    found.truncate(limit.min(PAGE_MAX));
                    Ok(found)
                }
                None => range.gather(&trees.tickets, &[], |_, value| codec::read(value).map(Some)),
            }
        })
    }

    /// Calls `see` with the tickets of an index, oldest first, until it returns `false`. For a caller with
    /// several numbers, one number after another.
    pub fn each_in_index(
        &self,
        index: &TicketIndex,
        mut see: impl FnMut(Ticket) -> bool,
    ) -> Result<(), StoreError> {
        catch_panic(|| {
            let trees = self.view.trees()?;
            let prefixes = index.prefixes().into_iter();
            for key in prefixes.flat_map(|prefix| trees.tickets_by.scan_prefix(prefix).keys()) {
                let found: Option<Ticket> = one(&trees.tickets, codec::id(&key?)?.to_be_bytes())?;
                if found.is_some_and(|ticket| !see(ticket)) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// The number of tickets of a matter.
    pub fn matter_size(&self, matter: MatterId) -> Result<u64, StoreError> {
        catch_panic(|| {
            let trees = self.view.trees()?;
            let mut size = 0;
            for index in TicketIndex::Matter(matter).prefixes() {
                size += trees.counts.get(index)?.map_or(Ok(0), |count| codec::id(&count))?;
            }
            Ok(size)
        })
    }

    /// The newest tickets of a caller; none for a withheld number.
    pub fn tickets_of_caller(&self, caller: &Number) -> Result<Vec<Ticket>, StoreError> {
        if caller.is_withheld() {
            return Ok(Vec::new());
        }
        self.tickets(None, TICKETS_OF_CALLER_MAX, Some(&TicketIndex::Caller(vec![caller.clone()])))
    }

    /// Calls `see` with the report row of every ticket, oldest first. Rows are read one by one, since a
    /// million of them do not fit in memory.
    pub fn each_row(&self, mut see: impl FnMut(&TicketRow)) -> Result<(), StoreError> {
        catch_panic(|| {
            for entry in self.view.trees()?.facts.iter() {
                see(&codec::read_compact(&entry?.1)?);
            }
            Ok(())
        })
    }

    /// Calls `see` with every call that arrived in `from..to`, oldest first.
    pub fn each_call(
        &self,
        from: Timestamp,
        to: Timestamp,
        mut see: impl FnMut(&CallRow),
    ) -> Result<(), StoreError> {
        catch_panic(|| {
            let key = |at: Timestamp| at.micros().to_be_bytes();
            for entry in self.view.trees()?.calls.range(key(from)..key(to.max(from))) {
                see(&codec::read(&entry?.1)?);
            }
            Ok(())
        })
    }

    /// One filing.
    pub fn filing(&self, filing: FilingId) -> Result<Option<Filing>, StoreError> {
        catch_panic(|| {
            let bytes = self.view.trees()?.filings.get(codec::filing(filing))?;
            bytes.map(|bytes| codec::read(&bytes)).transpose()
        })
    }
}

/// A range of ids: before `before`.
struct Range {
    before: u64,
    limit: usize,
}

impl Range {
    /// Reads the entries below `prefix`, newest first, and keeps those for which `read` returns a value.
    fn gather<T>(
        &self,
        tree: &Tree,
        prefix: &[u8],
        read: impl Fn(u64, &IVec) -> Result<Option<T>, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let limit = self.limit.min(PAGE_MAX);
        let mut found = Vec::new();
        if self.before == 0 || limit == 0 {
            return Ok(found);
        }
        let key = |id: u64| codec::under(prefix, id.to_be_bytes());
        for entry in tree.range(key(0)..key(self.before)).rev() {
            let (key, value) = entry?;
            found.extend(read(codec::id(&key)?, &value)?);
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }
}

fn one<T: DeserializeOwned>(tree: &Tree, key: impl AsRef<[u8]>) -> Result<Option<T>, StoreError> {
    tree.get(key)?.map(|bytes| codec::read(&bytes)).transpose()
}

/// The maximum length of a page.
const PAGE_MAX: usize = 1_000;
/// As many as an agent can look through during a call.
const TICKETS_OF_CALLER_MAX: usize = 200;
