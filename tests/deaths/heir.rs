//! Who opens the folder after a death, knows what was told before, and compares everything.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use center::Memory;
use journal::{Journal, JournalError, OpenReport, Reader, verify};
use model::{Event, Record, Seq, TicketId};
use sim::Clerks;
use store::{Store, StoreError};
use ticketing::{Ticket, laws::Witness};

use crate::life::{CITY, OPTIONS, Word};

/// What is known of a house from outside.
pub(crate) struct Heir {
    house: PathBuf,
    /// The log as it was found last: what was found once is there for ever.
    records: Vec<Record>,
    memory: Memory,
    witness: Witness,
    durable: Seq,
    granted: BTreeMap<TicketId, Seq>,
}

impl Heir {
    /// Of a house that is still to be built.
    pub(crate) fn of(house: &Path) -> Heir {
        let (durable, granted) = (0, BTreeMap::new());
        let (memory, witness) = (Clerks::memory(&CITY), Witness::default());
        Heir { house: house.into(), records: Vec::new(), memory, witness, durable, granted }
    }

    /// Of a house in good order.
    pub(crate) fn who_knows(house: &Path) -> Heir {
        let mut heir = Heir::of(house);
        heir.takes_over("in good order");
        heir
    }

    /// Somebody in the house said so, and has to stand by it.
    pub(crate) fn is_told(&mut self, word: Word) {
        match word {
            Word::Durable(seq) => self.durable = self.durable.max(seq),
            Word::Granted(ticket, seq) => drop(self.granted.insert(ticket, seq)),
        }
    }

    pub(crate) fn records(&self) -> usize {
        self.records.len()
    }

    /// Opens log and view and looks at everything; whether the log had a torn end.
    pub(crate) fn takes_over(&mut self, which: &str) -> bool {
        let folder = self.house.join("journal");
        let (journal, opening) = Journal::open(&folder, OPTIONS)
            .unwrap_or_else(|e| panic!("{which}: the log does not open: {e}"));
        drop(journal);
        let last = opening.last.unwrap_or(0);
        assert!(last >= self.durable, "{which}: {} was durable, {last} is there", self.durable);
        assert!(verify(&folder).unwrap().is_whole(), "{which}");

        // The log: without a hole, and what was there before is there still.
        let found: Vec<Record> =
            Reader::open(&folder).unwrap().read_from(0).unwrap().map(Result::unwrap).collect();
        assert!((1..=last).eq(found.iter().map(|record| record.seq)), "{which}: a hole");
        assert_eq!(found[..self.records.len()], self.records, "{which}: the past is another one");

        // Its replay: step by step over all deaths, and at one go; the desk's laws on the way.
        let mut replayed = Clerks::memory(&CITY);
        found.iter().for_each(|record| replayed.apply(record));
        for record in &found[self.records.len()..] {
            self.memory.apply(record);
            self.witness.apply(record);
        }
        assert!(replayed == self.memory, "{which}: replayed it is another memory");
        let breaches = self.witness.audit(&self.memory.desk);
        assert!(breaches.is_empty(), "{which}: {breaches:?}");

        // What people were told.
        for (ticket, seq) in &self.granted {
            let about = match found.get(*seq as usize - 1).map(|record| &record.event) {
                Some(Event::Desk(entry)) => entry.event.ticket(),
                _ => None,
            };
            assert_eq!(about, Some(*ticket), "{which}: record {seq} was promised");
        }
        self.records = found;
        self.durable = last;

        // The view: never ahead of the log, and the same as the desk once it has followed.
        let store = Store::open(self.house.join("store")).unwrap();
        assert!(store.applied() <= last, "{which}: the view is ahead: {}", store.applied());
        self.compare(&store).unwrap_or_else(|e| panic!("{which}: {e}"));
        !opening.found.is_empty()
    }

    /// The view follows the log, and every ticket in it is the desk's.
    fn compare(&self, store: &Store) -> Result<(), StoreError> {
        store.apply(&self.records)?;
        let reader = store.reader();
        for ticket in self.memory.desk.tickets() {
            let seen = reader.ticket(ticket.ticket)?;
            assert!(seen.as_ref() == Some(ticket), "{} in the view: {seen:?}", ticket.ticket);
        }
        // Put away or not, each ticket that was opened is counted in reports.
        let mut rows = Vec::new();
        reader.each_row(|row| rows.push(row.ticket))?;
        let opened =
            |record: &&Record| Ticket::open(record.seq, record.at, &record.event).is_some();
        assert_eq!(rows.len(), self.records.iter().filter(opened).count());
        Ok(())
    }

    /// A damaged log gives its first records as they were, and then says what is wrong.
    pub(crate) fn reads_what_is_left(&self, folder: &Path, which: &str) {
        let mut read: Vec<Record> = Vec::new();
        let mut said = None;
        match Reader::open(folder).and_then(|reader| reader.read_from(1)) {
            Err(error) => said = Some(error),
            Ok(records) => {
                for record in records {
                    match record {
                        Ok(record) => read.push(record),
                        Err(error) => said = Some(error),
                    }
                }
            }
        }
        assert_eq!(read[..], self.records[..read.len()], "{which}");
        let lost = read.len() < self.records.len();
        let report = verify(folder).unwrap();
        assert!(said.is_none() || !report.is_whole() || report.first != Some(1), "{which}");
        match Journal::open(folder, OPTIONS) {
            Ok((journal, OpenReport { last, found })) => {
                // What it goes on from was there; what it cut off it names.
                assert!(last.unwrap_or(0) <= self.records.len() as Seq, "{which}");
                let cut = !report.is_whole() && said.is_none();
                assert!(!cut || !found.is_empty(), "{which}: {report:?}");
                // Whole files gone from the end are what only the view can tell.
                let gone = which.ends_with("is gone") || which.ends_with("at byte 0");
                assert!(!lost || said.is_some() || !found.is_empty() || gone, "{which}");
                drop(journal);
            }
            Err(JournalError::Damaged { file, what, .. }) => {
                assert!(file.starts_with(folder) && !what.is_empty(), "{which}");
            }
            Err(error) => panic!("{which}: {error}"),
        }
    }

    /// A damaged view says so, or is right; and it can be made anew. Whether it said so.
    pub(crate) fn sees_right(&self, folder: &Path, which: &str) -> bool {
        let looked = Store::open(folder).and_then(|store| self.compare(&store));
        if let Err(error) = &looked {
            assert!(!matches!(error, StoreError::Gap { .. }), "{which}: {error}");
            Store::wipe(folder).unwrap();
            let store = Store::open(folder).unwrap();
            assert_eq!(store.applied(), 0, "{which}");
            self.compare(&store).unwrap_or_else(|e| panic!("{which}: {e}"));
        }
        looked.is_err()
    }
}
