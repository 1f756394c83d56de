//! Statements for the daily reconciliation: what was sent in a day, and what the partner is missing (INT-01).
//!
//! [`DayTracker`] finds the end of a day: a record of a later day is read, or it is past midnight and
//! the log has no further record. A statement covers all records after the previous statement,
//! whatever their dates, so that no record is covered twice or not at all.

use std::{collections::BTreeSet, time::Duration};

use model::{Date, Seq, Timestamp, Zone, desk::DestinationId};
use sha2::{Digest, Sha256};

/// A local day that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosedDay {
    /// The date.
    pub date: Date,
    /// The last record of the day.
    pub through: Seq,
}

/// Finds the ends of days from the records that are read.
#[derive(Clone, Debug)]
pub struct DayTracker {
    zone: Zone,
    /// The current day; `None` before the first record.
    open: Option<Date>,
}

impl DayTracker {
    /// The state before the first record, in the hotline's zone.
    pub fn new(zone: Zone) -> DayTracker {
        DayTracker { zone, open: None }
    }

    /// Handles a record; returns the day that it ends.
    pub fn read(&mut self, seq: Seq, at: Timestamp) -> Option<ClosedDay> {
        let date = self.zone.date(at);
        let open = *self.open.get_or_insert(date);
        // A clock that was set back does not end a day.
        (date > open).then(|| {
            self.open = Some(date);
            ClosedDay { date: open, through: seq.saturating_sub(1) }
        })
    }

    /// Handles the end of the log; returns the day that is over, when it is past midnight.
    pub fn at_log_end(&mut self, now: Timestamp, last: Seq) -> Option<ClosedDay> {
        let today = self.zone.date(now);
        let date = *self.open.get_or_insert(today);
        self.ends_at().filter(|at| *at <= now)?;
        self.open = Some(today);
        Some(ClosedDay { date, through: last })
    }

    /// When the current day ends at the latest.
    pub fn ends_at(&self) -> Option<Timestamp> {
        Some(self.zone.moment(self.open?.plus(1), 0) + LATE)
    }
}

/// The statement of one day.
#[derive(Clone, Debug)]
pub struct Statement {
    destination: DestinationId,
    date: Date,
    seqs: Vec<Seq>,
    hash: Sha256,
    /// Dead letters and dropped ones, which the partner rejected.
    left_out: BTreeSet<Seq>,
    dead: Vec<Seq>,
    resent: BTreeSet<Seq>,
}

/// The outcome of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementOutcome {
    /// The partner has compared.
    Compared {
        /// The number of records in the statement.
        letters: u64,
        /// Records of the statement it does not have, at most [`DIFFERENCES_MAX`].
        missing: Vec<Seq>,
        /// Keys it named that are not in the statement, at most as many.
        unknown: Vec<String>,
    },
    /// The statement was rejected.
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The response text.
        why: String,
    },
    /// To be retried.
    Retry {
        /// The error as a sentence.
        why: String,
        /// The wait that was asked for.
        after: Option<Duration>,
    },
}

impl Statement {
    /// The statement of a day, without the records `left_out`.
    pub fn new(
        destination: DestinationId,
        date: Date,
        left_out: impl IntoIterator<Item = Seq>,
    ) -> Statement {
        Statement {
            destination,
            date,
            seqs: Vec::new(),
            hash: Sha256::new(),
            left_out: left_out.into_iter().collect(),
            dead: Vec::new(),
            resent: BTreeSet::new(),
        }
    }

    /// The same with records of earlier statements that were sent again since.
    #[must_use]
    pub fn with_resent(self, resent: impl IntoIterator<Item = Seq>) -> Statement {
        Statement { resent: resent.into_iter().collect(), ..self }
    }

    /// Adds the next record that was sent.
    pub fn add(&mut self, seq: Seq) {
        if self.left_out.contains(&seq) {
            return self.dead.push(seq);
        }
        self.hash.update(self.destination.key(seq));
        self.hash.update(b"\n");
        self.seqs.push(seq);
    }

    /// The destination.
    pub fn destination(&self) -> &DestinationId {
        &self.destination
    }

    /// The local day.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The number of records.
    pub fn letters(&self) -> u64 {
        self.seqs.len() as u64
    }

    /// The first and the last key; `None` without records.
    pub fn ends(&self) -> Option<(String, String)> {
        let (first, last) = (self.seqs.first()?, self.seqs.last()?);
        Some((self.destination.key(*first), self.destination.key(*last)))
    }

    /// SHA-256 over the keys in order, a line feed after each, in lower-case hex.
    pub fn sha256(&self) -> String {
        self.hash.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The keys of dead letters.
    pub fn dead(&self) -> Vec<String> {
        self.dead.iter().map(|seq| self.destination.key(*seq)).collect()
    }

    /// The keys of records that were sent again.
    pub fn resent(&self) -> Vec<String> {
        self.resent.iter().map(|seq| self.destination.key(*seq)).collect()
    }

    /// The outcome of the partner's lists of missing and unknown keys.
    pub fn compared(&self, missing: &[String], unknown: &[String]) -> StatementOutcome {
        let (mut missing_seqs, mut unknown_keys) = (BTreeSet::new(), BTreeSet::new());
        for key in missing {
            match self.destination.seq_of(key) {
                Some(seq)
                    if self.seqs.binary_search(&seq).is_ok() || self.resent.contains(&seq) =>
                {
                    missing_seqs.insert(seq);
                }
                // The partner rejected this record itself.
                Some(seq) if self.left_out.contains(&seq) => {}
                _ => drop(unknown_keys.insert(short(key))),
            }
        }
        unknown_keys.extend(unknown.iter().map(|key| short(key)));
        StatementOutcome::Compared {
            letters: self.letters(),
            missing: missing_seqs.into_iter().take(DIFFERENCES_MAX).collect(),
            unknown: unknown_keys.into_iter().take(DIFFERENCES_MAX).collect(),
        }
    }
}

/// A partner's key, cut for the log.
fn short(key: &str) -> String {
    key.chars().filter(|c| !c.is_control()).take(KEY_CHARS_MAX).collect()
}

/// The maximum of differences of one statement. With so many, the statement is repeated after the
/// records were sent.
pub const DIFFERENCES_MAX: usize = 1_000;
/// A record of the last second before midnight may become durable in the first ones after it.
const LATE: Duration = Duration::from_secs(60);
const KEY_CHARS_MAX: usize = 100;
