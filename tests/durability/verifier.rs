//! Opens the folder after a failure and compares it with everything acknowledged before.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use center::Memory;
use journal::{Journal, JournalError, OpenReport, Reader, verify};
use model::{Event, Record, Seq, TicketId};
use sim::Clerks;
use store::{Store, StoreError};
use ticketing::{Ticket, invariants::InvariantChecker};

use crate::workload::{Acknowledgement, CITY, OPTIONS};

/// The content of a data folder as acknowledged so far.
pub(crate) struct Verifier {
    root: PathBuf,
    /// The log as it was found last; later logs begin with the same records.
    records: Vec<Record>,
    memory: Memory,
    checker: InvariantChecker,
    durable: Seq,
    granted: BTreeMap<TicketId, Seq>,
}

impl Verifier {
    /// For a folder that is still empty.
    pub(crate) fn of(root: &Path) -> Verifier {
        let (durable, granted) = (0, BTreeMap::new());
        let (memory, checker) = (Clerks::memory(&CITY), InvariantChecker::default());
        Verifier { root: root.into(), records: Vec::new(), memory, checker, durable, granted }
    }

    /// For an intact folder.
    pub(crate) fn of_intact(root: &Path) -> Verifier {
        let mut verifier = Verifier::of(root);
        verifier.check("in good order");
        verifier
    }

    /// Notes an acknowledgement, which every later check expects to hold.
    pub(crate) fn note(&mut self, word: Acknowledgement) {
        match word {
            Acknowledgement::Durable(seq) => self.durable = self.durable.max(seq),
            Acknowledgement::Granted(ticket, seq) => drop(self.granted.insert(ticket, seq)),
        }
    }

    pub(crate) fn records(&self) -> usize {
        self.records.len()
    }

    /// Opens log and view and compares everything; returns whether the log had a torn end.
    pub(crate) fn check(&mut self, which: &str) -> bool {
        let folder = self.root.join("journal");
        let (journal, opening) = Journal::open(&folder, OPTIONS)
            .unwrap_or_else(|e| panic!("{which}: the log does not open: {e}"));
        drop(journal);
        let last = opening.last.unwrap_or(0);
        assert!(last >= self.durable, "{which}: {} was durable, {last} is there", self.durable);
        assert!(verify(&folder).unwrap().is_whole(), "{which}");

        // The log has no gap, and the records found before are unchanged.
        let found: Vec<Record> =
            Reader::open(&folder).unwrap().read_from(0).unwrap().map(Result::unwrap).collect();
        assert!((1..=last).eq(found.iter().map(|record| record.seq)), "{which}: a hole");
        assert_eq!(found[..self.records.len()], self.records, "{which}: the past is another one");

        // Its replay is the same in steps over all failures and in one pass; the desk's invariants hold.
        let mut replayed = Clerks::memory(&CITY);
        found.iter().for_each(|record| replayed.apply(record));
        for record in &found[self.records.len()..] {
            self.memory.apply(record);
            self.checker.apply(record);
        }
        assert!(replayed == self.memory, "{which}: replayed it is another memory");
        let breaches = self.checker.check_all(&self.memory.desk);
        assert!(breaches.is_empty(), "{which}: {breaches:?}");

        // The acknowledged commands.
        for (ticket, seq) in &self.granted {
            let about = match found.get(*seq as usize - 1).map(|record| &record.event) {
                Some(Event::Desk(entry)) => entry.event.ticket(),
                _ => None,
            };
            assert_eq!(about, Some(*ticket), "{which}: record {seq} was promised");
        }
        self.records = found;
        self.durable = last;

        // The view is never ahead of the log, and equals the desk once it has followed.
        let store = Store::open(self.root.join("store")).unwrap();
        assert!(store.applied() <= last, "{which}: the view is ahead: {}", store.applied());
        self.compare(&store).unwrap_or_else(|e| panic!("{which}: {e}"));
        !opening.found.is_empty()
    }

    /// Lets the view follow the log and compares every ticket with the desk.
    fn compare(&self, store: &Store) -> Result<(), StoreError> {
        store.apply(&self.records)?;
        let reader = store.reader();
        for ticket in self.memory.desk.tickets() {
            let seen = reader.ticket(ticket.ticket)?;
            assert!(seen.as_ref() == Some(ticket), "{} in the view: {seen:?}", ticket.ticket);
        }
        // Each ticket that was opened is counted in reports, archived or not.
        let mut rows = Vec::new();
        reader.each_row(|row| rows.push(row.ticket))?;
        let opened =
            |record: &&Record| Ticket::open(record.seq, record.at, &record.event).is_some();
        assert_eq!(rows.len(), self.records.iter().filter(opened).count());
        Ok(())
    }

    /// A damaged log returns its first records unchanged, and then an error.
    pub(crate) fn check_damaged_log(&self, folder: &Path, which: &str) {
        let mut read: Vec<Record> = Vec::new();
        let mut failure = None;
        match Reader::open(folder).and_then(|reader| reader.read_from(1)) {
            Err(error) => failure = Some(error),
            Ok(records) => {
                for record in records {
                    match record {
                        Ok(record) => read.push(record),
                        Err(error) => failure = Some(error),
                    }
                }
            }
        }
        assert_eq!(read[..], self.records[..read.len()], "{which}");
        let lost = read.len() < self.records.len();
        let report = verify(folder).unwrap();
        assert!(failure.is_none() || !report.is_whole() || report.first != Some(1), "{which}");
        match Journal::open(folder, OPTIONS) {
            Ok((journal, OpenReport { last, found })) => {
                // It continues from an existing record, and reports what it cut off.
                assert!(last.unwrap_or(0) <= self.records.len() as Seq, "{which}");
                let cut = !report.is_whole() && failure.is_none();
                assert!(!cut || !found.is_empty(), "{which}: {report:?}");
                // Missing files at the end can only be detected by the view.
                let gone = which.ends_with("is gone") || which.ends_with("at byte 0");
                assert!(!lost || failure.is_some() || !found.is_empty() || gone, "{which}");
                drop(journal);
            }
            Err(JournalError::Damaged { file, what, .. }) => {
                assert!(file.starts_with(folder) && !what.is_empty(), "{which}");
            }
            Err(error) => panic!("{which}: {error}"),
        }
    }

    /// A damaged view reports it or is correct, and can be rebuilt. Returns whether it reported it.
    pub(crate) fn check_damaged_view(&self, folder: &Path, which: &str) -> bool {
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
