//! What a run came to.

use crate::Breach;

/// Counts of a run, and every breach of a law.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Days played.
    pub days: u32,
    /// Records written, over all lives of the engine.
    pub records: u64,
    /// Calls admitted.
    pub arrived: u64,
    /// Calls a seat answered.
    pub connected: u64,
    /// Of those, within 15 s (F1b).
    pub quickly: u64,
    /// The longest anybody waited for a seat that answered, in ms.
    pub longest_wait_ms: u64,
    /// Callers who left before.
    pub abandoned: u64,
    /// Calls turned away.
    pub refused: u64,
    /// Offers made.
    pub offers: u64,
    /// Offers missed.
    pub missed: u64,
    /// What was seen on the wire; nothing at desk depth.
    pub wire: Tally,
    /// Midnights at which the auditor went through everything (back office).
    pub audits: u64,
    /// Times the engine died.
    pub crashes: u64,
    /// A checksum over every record: two runs of one seed agree in it.
    pub fingerprint: u64,
    /// What the auditor found.
    pub breaches: Vec<Breach>,
}

/// What was seen on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Datagrams that arrived somewhere.
    pub datagrams: u64,
    /// Times an offer reached a phone.
    pub rung: u64,
    /// Datagrams from strangers.
    pub strange: u64,
}

impl Report {
    /// Whether every law held.
    pub fn is_clean(&self) -> bool {
        self.breaches.is_empty()
    }

    /// Counts in a line.
    pub fn line(&self) -> String {
        let mut text = format!(
            "{} calls, {} answered, {} abandoned, {} refused; {} offers, {} missed; {} crashes; {} records",
            self.arrived,
            self.connected,
            self.abandoned,
            self.refused,
            self.offers,
            self.missed,
            self.crashes,
            self.records
        );
        if self.wire != Tally::default() {
            let Tally { datagrams, rung, strange } = self.wire;
            text.push_str(&format!("; {datagrams} datagrams, {rung} rings, {strange} strange"));
        }
        text
    }

    /// Counts, breaches and the fingerprint.
    pub fn summary(&self) -> String {
        let mut text =
            format!("{} days: {}\nfingerprint {:016x}\n", self.days, self.line(), self.fingerprint);
        for breach in self.breaches.iter().take(SHOWN_MAX) {
            text.push_str(&format!("BREACH {breach}\n"));
        }
        match self.breaches.len() {
            0 => text.push_str("every law held"),
            n => text.push_str(&format!("{n} breaches; play it again with --seed {}", self.seed)),
        }
        text
    }
}

/// The first breaches tell; the rest follow from them.
const SHOWN_MAX: usize = 20;
