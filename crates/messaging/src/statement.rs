//! What a far end was sent in a day, and whether it has it (INT-01: daily reconciliation).
//!
//! [`Days`] says when a day of the hotline is over: when a record of a later
//! one is read, or when it is past midnight and the log has nothing more. A
//! statement tells of all records after the one before it, whatever their
//! dates: no record is told of twice and none falls between two days.

use std::{collections::BTreeSet, time::Duration};

use model::{Date, Seq, Timestamp, Zone, desk::DestinationId};
use sha2::{Digest, Sha256};

/// A day of the hotline that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// Its last record.
    pub through: Seq,
}

/// Where one day ends and the next begins, told by what is read of the log.
#[derive(Clone, Debug)]
pub struct Days {
    zone: Zone,
    /// The day that is not over; `None` before anything is known.
    open: Option<Date>,
}

impl Days {
    /// Before anything is known, in the hotline's zone.
    pub fn new(zone: Zone) -> Days {
        Days { zone, open: None }
    }

    /// This record was read: the day it ends, when it is the first of a later one.
    pub fn read(&mut self, seq: Seq, at: Timestamp) -> Option<Day> {
        let date = self.zone.date(at);
        let open = *self.open.get_or_insert(date);
        // A clock that was set back ends nothing.
        (date > open).then(|| {
            self.open = Some(date);
            Day { date: open, through: seq.saturating_sub(1) }
        })
    }

    /// The log has nothing after this record now: the day that is over, when it is past midnight.
    pub fn rest(&mut self, now: Timestamp, last: Seq) -> Option<Day> {
        let today = self.zone.date(now);
        let date = *self.open.get_or_insert(today);
        self.turns_at().filter(|at| *at <= now)?;
        self.open = Some(today);
        Some(Day { date, through: last })
    }

    /// When to look whether the log has nothing more.
    pub fn turns_at(&self) -> Option<Timestamp> {
        Some(self.zone.moment(self.open?.plus(1), 0) + LATE)
    }
}

/// What a far end is told of one day.
#[derive(Clone, Debug)]
pub struct Statement {
    destination: DestinationId,
    date: Date,
    seqs: Vec<Seq>,
    hash: Sha256,
    /// Dead letters, and those people have settled: it refused them.
    left_out: BTreeSet<Seq>,
    dead: Vec<Seq>,
    resent: BTreeSet<Seq>,
}

/// What came of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The far end has compared.
    Compared {
        /// How many records it was told of.
        letters: u64,
        /// What it was told of and does not have, at most [`DIFFERENCES_MAX`].
        missing: Vec<Seq>,
        /// Keys it speaks of that it was not told of, as many at most.
        unknown: Vec<String>,
    },
    /// It finds fault with the statement.
    Refused {
        /// The HTTP status.
        status: u16,
        /// Its own words.
        why: String,
    },
    /// Not now.
    Later {
        /// Why, in a sentence.
        why: String,
        /// It asked for this much time.
        after: Option<Duration>,
    },
}

impl Statement {
    /// Of this day, without these.
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

    /// The same with these of days before, which were sent again since they were told of.
    #[must_use]
    pub fn and_again(self, resent: impl IntoIterator<Item = Seq>) -> Statement {
        Statement { resent: resent.into_iter().collect(), ..self }
    }

    /// The next record that was for the far end.
    pub fn add(&mut self, seq: Seq) {
        if self.left_out.contains(&seq) {
            return self.dead.push(seq);
        }
        self.hash.update(self.destination.key(seq));
        self.hash.update(b"\n");
        self.seqs.push(seq);
    }

    /// Whose.
    pub fn destination(&self) -> &DestinationId {
        &self.destination
    }

    /// The hotline's day.
    pub fn date(&self) -> Date {
        self.date
    }

    /// How many records it tells of.
    pub fn letters(&self) -> u64 {
        self.seqs.len() as u64
    }

    /// The first and the last key, when there are any.
    pub fn ends(&self) -> Option<(String, String)> {
        let (first, last) = (self.seqs.first()?, self.seqs.last()?);
        Some((self.destination.key(*first), self.destination.key(*last)))
    }

    /// SHA-256 over the keys in order, a line feed after each, in lower-case hex.
    pub fn sha256(&self) -> String {
        self.hash.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The keys of what it refused for good.
    pub fn dead(&self) -> Vec<String> {
        self.dead.iter().map(|seq| self.destination.key(*seq)).collect()
    }

    /// The keys of what was sent again.
    pub fn resent(&self) -> Vec<String> {
        self.resent.iter().map(|seq| self.destination.key(*seq)).collect()
    }

    /// What the far end's lists mean: what is to be sent again, and what is strange.
    pub fn compared(&self, missing: &[String], unknown: &[String]) -> Verdict {
        let (mut lacks, mut strange) = (BTreeSet::new(), BTreeSet::new());
        for key in missing {
            match self.destination.seq_of(key) {
                Some(seq)
                    if self.seqs.binary_search(&seq).is_ok() || self.resent.contains(&seq) =>
                {
                    lacks.insert(seq);
                }
                // It refused this one: both know.
                Some(seq) if self.left_out.contains(&seq) => {}
                _ => drop(strange.insert(short(key))),
            }
        }
        strange.extend(unknown.iter().map(|key| short(key)));
        Verdict::Compared {
            letters: self.letters(),
            missing: lacks.into_iter().take(DIFFERENCES_MAX).collect(),
            unknown: strange.into_iter().take(DIFFERENCES_MAX).collect(),
        }
    }
}

/// A far end's key on record: enough to find it.
fn short(key: &str) -> String {
    key.chars().filter(|c| !c.is_control()).take(KEY_CHARS_MAX).collect()
}

/// Differences that one statement settles. With so many missing the day is told again
/// once they were sent.
pub const DIFFERENCES_MAX: usize = 1_000;
/// A record of the last second before midnight may become durable in the first ones after it.
const LATE: Duration = Duration::from_secs(60);
const KEY_CHARS_MAX: usize = 100;
