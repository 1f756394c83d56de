//! The log of an emergency, read before its import.

use std::{collections::BTreeSet, path::Path};

use journal::JournalError;
use model::{CallId, EmergencyId, Event, OfferId, Record, Seq, Timestamp};

use crate::fault::{EX_DATAERR, EX_USAGE, Fault};

/// The contents of an emergency's log.
pub(super) struct Source {
    pub(super) series: EmergencyId,
    pub(super) first_at: Timestamp,
    pub(super) last_at: Timestamp,
    /// Its last record.
    pub(super) last: Seq,
    /// Whether its engine stopped in order, with no call up.
    pub(super) is_closed: bool,
    /// The ids it gave; the hotline's log must not contain them.
    pub(super) calls: BTreeSet<CallId>,
    pub(super) offers: BTreeSet<OfferId>,
    /// Calls answered by a seat.
    pub(super) answered: u64,
    /// Calls refused.
    pub(super) refused: u64,
    /// Recordings begun.
    pub(super) recordings: u64,
}

impl Source {
    /// Reads the whole log. A record that an emergency cannot write is a fault.
    pub(super) fn read(journal: &Path) -> Result<Source, Fault> {
        let not_an_emergency = |what: String| {
            Fault::new(
                EX_USAGE,
                format!("{} is not the log of an emergency: {what}", journal.display()),
            )
        };
        let mut records = journal::read_from(journal, 0).map_err(log_fault)?;
        let first = match records.next().transpose().map_err(log_fault)? {
            Some(record) => record,
            None => return Err(not_an_emergency("it has no records".into())),
        };
        let Event::EmergencyStarted(started) = &first.event else {
            return Err(not_an_emergency("its first record does not start an emergency".into()));
        };
        if first.seq != 1 {
            return Err(not_an_emergency(format!("it begins with record {}", first.seq)));
        }
        let mut source = Source {
            series: started.series,
            first_at: first.at,
            last_at: first.at,
            last: first.seq,
            is_closed: false,
            calls: BTreeSet::new(),
            offers: BTreeSet::new(),
            answered: 0,
            refused: 0,
            recordings: 0,
        };
        for record in records {
            let record = record.map_err(log_fault)?;
            source
                .apply(&record)
                .map_err(|what| not_an_emergency(format!("record {} {what}", record.seq)))?;
        }
        Ok(source)
    }

    fn apply(&mut self, record: &Record) -> Result<(), &'static str> {
        if !record.event.is_of_emergency() {
            return Err("cannot belong to an emergency");
        }
        match &record.event {
            Event::EmergencyStarted(started) if started.series != self.series => {
                return Err("begins another series");
            }
            Event::CallArrived(e) => drop(self.calls.insert(e.call)),
            Event::CallRefused(e) => {
                self.calls.insert(e.call);
                self.refused += 1;
            }
            Event::CallConnected(_) => self.answered += 1,
            Event::OfferMade(e) => drop(self.offers.insert(e.offer)),
            Event::RecordingStarted(_) => self.recordings += 1,
            _ => {}
        }
        self.is_closed = matches!(record.event, Event::EngineStopped(_));
        (self.last, self.last_at) = (record.seq, record.at);
        Ok(())
    }
}

/// The state of the import in the hotline's log.
#[derive(Default)]
pub(super) struct Target {
    pub(super) last: Seq,
    pub(super) last_at: Timestamp,
    /// The last record of the series that is imported.
    pub(super) imported: Seq,
    /// Whether the import up to that record is noted as complete.
    pub(super) is_finished: bool,
}

impl Target {
    /// Reads the hotline's whole log; an id that both logs gave is a fault.
    pub(super) fn read(journal: &Path, source: &Source) -> Result<Target, Fault> {
        let mut target = Target::default();
        let refused = |what: String| {
            Fault::new(EX_DATAERR, format!("{}: {what}; nothing was imported", journal.display()))
        };
        for record in journal::read_from(journal, 0).map_err(log_fault)? {
            let record = record.map_err(log_fault)?;
            (target.last, target.last_at) = (record.seq, record.at);
            match &record.event {
                Event::RecordImported(e) if e.series == source.series => {
                    target.imported = e.record.seq;
                    target.is_finished = false;
                    continue;
                }
                Event::EmergencyImported(e) if e.series == source.series => {
                    target.is_finished = true;
                }
                Event::EmergencyStarted(_) => {
                    return Err(refused("this is itself the log of an emergency".into()));
                }
                _ => {}
            }
            if let Some(id) = clash(&record.original().event, source) {
                let what = format!(
                    "record {} already has {id}, which the emergency's log uses",
                    record.seq
                );
                return Err(refused(what));
            }
        }
        if target.last == 0 {
            return Err(Fault::new(
                EX_USAGE,
                format!("there are no records in {}", journal.display()),
            ));
        }
        if target.imported > source.last {
            let what = format!(
                "it already has {} records of this emergency, and the folder has {}",
                target.imported, source.last
            );
            return Err(refused(what));
        }
        Ok(target)
    }
}

fn clash(event: &Event, source: &Source) -> Option<String> {
    match event {
        Event::CallArrived(e) if source.calls.contains(&e.call) => Some(format!("call {}", e.call)),
        Event::CallRefused(e) if source.calls.contains(&e.call) => Some(format!("call {}", e.call)),
        Event::OfferMade(e) if source.offers.contains(&e.offer) => {
            Some(format!("offer {}", e.offer))
        }
        _ => None,
    }
}

pub(super) fn log_fault(error: JournalError) -> Fault {
    match error {
        JournalError::Damaged { .. } | JournalError::Missing { .. } => {
            Fault::new(EX_DATAERR, error.to_string())
        }
        JournalError::Locked { .. } => Fault::new(EX_USAGE, error.to_string()),
        _ => Fault::from(error.to_string()),
    }
}
