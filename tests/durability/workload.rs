//! A back office at work on a real log and a real view: people take calls down and work on tickets.

use std::{fmt, path::Path, sync::LazyLock, time::Duration};

use center::{Center, Input, Memory, Output};
use journal::{Disk, FileDisk, Journal, JournalError, Options, Reader};
use model::{Record, Seq, TicketId, Timestamp};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use sim::{City, Clerks};
use store::Store;

/// An acknowledgement that leaves the process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Acknowledgement {
    /// Records up to here are on disk.
    Durable(Seq),
    /// A command about this ticket was taken; this is its last record.
    Granted(TicketId, Seq),
}

impl fmt::Display for Acknowledgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Acknowledgement::Durable(seq) => write!(f, "durable {seq}"),
            Acknowledgement::Granted(ticket, seq) => write!(f, "granted {} {seq}", ticket.0),
        }
    }
}

impl Acknowledgement {
    /// Parses a line; `None` for anything else, such as the last half line of a killed process.
    pub(crate) fn parse(line: &str) -> Option<Acknowledgement> {
        let mut parts = line.split(' ');
        let word = parts.next()?;
        let mut number = || parts.next()?.parse::<u64>().ok();
        match word {
            "durable" => Some(Acknowledgement::Durable(number()?)),
            "granted" => Some(Acknowledgement::Granted(TicketId(number()?), number()?)),
            _ => None,
        }
    }
}

/// A city with its calendar and its units.
pub(crate) static CITY: LazyLock<City> = LazyLock::new(|| {
    let tables = settings::tables::embedded();
    let texts: Vec<(&str, &str)> =
        tables.iter().map(|table| (table.name.as_str(), table.text.as_ref())).collect();
    City::of(settings::calendar::embedded().unwrap(), &texts).unwrap()
});

/// Small segments, so that many are created.
pub(crate) const OPTIONS: Options = Options { segment_bytes: 24 << 10 };

/// The center, log and view from a start to a failure.
pub(crate) struct Workload {
    now: Timestamp,
    center: Center,
    clerks: Clerks,
    chance: ChaCha8Rng,
    journal: Journal,
    store: Store,
    batch: Vec<Record>,
}

impl Workload {
    /// Starts where the log in this folder ends.
    pub(crate) fn begin(
        root: &Path,
        disk: Box<dyn Disk>,
        seed: u64,
    ) -> Result<Workload, JournalError> {
        let folder = root.join("journal");
        let (journal, _) = Journal::open_on(disk, &folder, OPTIONS)?;
        let mut memory = Clerks::memory(&CITY);
        let mut records = Vec::new();
        for record in Reader::open(&folder)?.read_from(1)? {
            let record = record?;
            memory.apply(&record);
            records.push(record);
        }
        let store = Store::open(root.join("store")).unwrap();
        store.apply(&records).unwrap();

        let now = memory.at.max(MONDAY) + Duration::from_secs(60);
        let mut clerks = Clerks::new(seed);
        records.iter().for_each(|record| clerks.see(record));
        clerks.find(now, &memory.desk);
        let is_new = memory.seq == 0;
        let chance = ChaCha8Rng::seed_from_u64(seed ^ memory.seq.rotate_left(32));
        let center = engine(now, memory);
        let mut workload =
            Workload { now, center, clerks, chance, journal, store, batch: Vec::new() };
        if is_new {
            Clerks::directory(&CITY).into_iter().for_each(|input| workload.feed(input));
        }
        Ok(workload)
    }

    /// Runs a few commands; their records are written, synced, acknowledged, and followed by the view.
    pub(crate) fn work(
        &mut self,
        tell: &mut impl FnMut(Acknowledgement),
    ) -> Result<(), JournalError> {
        for _ in 0..=self.chance.next_u64() % 6 {
            self.step();
        }
        self.drain_center(tell);
        let batch = std::mem::take(&mut self.batch);
        // Sometimes in two writes and one sync.
        let (one, two) = batch.split_at(match self.chance.next_u64() % 3 {
            0 => batch.len() / 2,
            _ => batch.len(),
        });
        self.journal.append(one)?;
        self.journal.append(two)?;
        let safe = self.journal.sync()?;
        tell(Acknowledgement::Durable(safe));
        self.center.handle_input(self.now, Input::Durable(safe));
        self.drain_center(tell);
        self.store.apply(&batch).unwrap();
        Ok(())
    }

    fn step(&mut self) {
        let due = [self.clerks.poll_timeout(), self.center.poll_timeout()];
        let next = due.into_iter().flatten().min().unwrap_or(self.now);
        if self.chance.next_u64().is_multiple_of(4) {
            self.now += Duration::from_secs(1);
            let call = self.clerks.call(self.now, self.center.memory());
            return self.feed(call);
        }
        self.now = self.now.max(next);
        if self.center.poll_timeout().is_some_and(|at| at <= self.now) {
            return self.feed(Input::Timeout);
        }
        let desk = &self.center.memory().desk;
        if let Some(command) = self.clerks.handle_timeout(self.now, desk) {
            self.feed(command);
        }
    }

    fn feed(&mut self, input: Input) {
        self.center.handle_input(self.now, input);
        self.drain_center(&mut |word| panic!("\"{word}\" before it is durable"));
    }

    fn drain_center(&mut self, tell: &mut impl FnMut(Acknowledgement)) {
        while let Some(output) = self.center.poll_output() {
            match output {
                Output::Append(record) => {
                    self.clerks.see(&record);
                    self.batch.push(record);
                }
                Output::Reply { reply_to, reply } => {
                    self.clerks.answered(self.now, reply_to, &reply);
                    if let Ok(done) = reply
                        && let Some(ticket) = done.ticket
                    {
                        tell(Acknowledgement::Granted(ticket, done.seq));
                    }
                }
                // There are no phones.
                Output::Sip(_) | Output::Media(_) | Output::Describe(_) => {}
            }
        }
    }
}

fn engine(now: Timestamp, memory: Memory) -> Center {
    Center::start(now, memory, switch::Plan::default(), acd::Policy::default(), "0")
}

/// Fills an intact folder with a number of batches.
pub(crate) fn fill(root: &Path, seed: u64, batches: u32) {
    let mut workload = Workload::begin(root, Box::<FileDisk>::default(), seed).unwrap();
    for _ in 0..batches {
        workload.work(&mut |_| {}).unwrap();
    }
}

/// The Monday three weeks before Spring Festival 2026, nine in the morning.
const MONDAY: Timestamp = Timestamp::from_micros(1_769_389_200_000_000);
