//! The result of a run.

use crate::Violation;

/// Counts of a run, and every violation of an invariant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Days played.
    pub days: u32,
    /// Records written, over all starts of the engine.
    pub records: u64,
    /// Calls admitted.
    pub arrived: u64,
    /// Calls answered by a seat.
    pub connected: u64,
    /// Calls answered by a seat within 15 s (F1b).
    pub quickly: u64,
    /// The longest wait of a call that a seat answered, in ms.
    pub longest_wait_ms: u64,
    /// Calls whose caller hung up before a seat answered.
    pub abandoned: u64,
    /// Calls refused.
    pub refused: u64,
    /// Offers made.
    pub offers: u64,
    /// Offers missed.
    pub missed: u64,
    /// Counts on the wire; all zero at desk depth.
    pub wire: Tally,
    /// Midnights at which the auditor checked everything (back office).
    pub audits: u64,
    /// Times the engine died.
    pub crashes: u64,
    /// A checksum over every record; two runs of one seed have the same one.
    pub fingerprint: u64,
    /// The violations the auditor found.
    pub violations: Vec<Violation>,
}

/// Counts on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Datagrams delivered.
    pub datagrams: u64,
    /// Offers that rang a phone.
    pub rung: u64,
    /// Datagrams from strangers.
    pub strange: u64,
}

impl Report {
    /// Whether every invariant held.
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// The counts in one line.
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

    /// Counts, violations and the fingerprint.
    pub fn summary(&self) -> String {
        let mut text =
            format!("{} days: {}\nfingerprint {:016x}\n", self.days, self.line(), self.fingerprint);
        for violation in self.violations.iter().take(SHOWN_MAX) {
            text.push_str(&format!("VIOLATION {violation}\n"));
        }
        match self.violations.len() {
            0 => text.push_str("every invariant held"),
            n => text.push_str(&format!("{n} violations; play it again with --seed {}", self.seed)),
        }
        text
    }
}

/// The first violations are the causes; later ones follow from them.
const SHOWN_MAX: usize = 20;
