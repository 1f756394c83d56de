//! What the disk has, as folds of it: each record that lasted is read once, in order, from the first.
//!
//! It is what an engine starts from, and what its memory is compared with.

use center::{Memory, kept};
use model::{Record, Seq};
use ticketing::laws::{Breach, InvariantChecker};

use crate::{Auditor, office::Tally};

/// Everything that is made of the log.
pub(super) struct Kept {
    pub(super) memory: Memory,
    pub(super) auditor: Auditor,
    pub(super) witness: InvariantChecker,
    pub(super) tally: Tally,
    /// The memory at some record, written down, and the records since.
    written: Option<(Vec<u8>, Vec<Record>)>,
    /// When it is written down next.
    next: Seq,
    within: u64,
}

impl Kept {
    /// Written down at least every `within` records.
    pub(super) fn new(memory: Memory, within: u64) -> Kept {
        let (auditor, witness) = (Auditor::default(), InvariantChecker::default());
        let tally = Tally::default();
        Kept { memory, auditor, witness, tally, written: None, next: 1, within }
    }

    pub(super) fn apply(&mut self, record: &Record) {
        self.memory.apply(record);
        self.auditor.apply(record);
        self.witness.apply(record);
        self.tally.apply(record, &self.memory.desk);
        if record.seq < self.next {
            if let Some((_, since)) = &mut self.written {
                since.push(record.clone());
            }
            return;
        }
        let mut bytes = Vec::new();
        let done = kept::write(&mut bytes, &self.memory.keep());
        self.written = done.is_ok().then(|| (bytes, Vec::new()));
        // Anywhere: a multiplicative hash of the record's number.
        let anywhere = record.seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        self.next = record.seq + 1 + anywhere % self.within.max(1);
    }

    /// What a start remembers: what was written down, and the log from there. `blank` has seen
    /// nothing. Without anything written down, or when it cannot be read, `None`.
    pub(super) fn recall(&self, blank: Memory) -> Option<Memory> {
        let (bytes, since) = self.written.as_ref()?;
        let mut memory = blank.go_on_from(kept::read(bytes.as_slice()).ok()?);
        since.iter().for_each(|record| memory.apply(record));
        Some(memory)
    }

    /// What the witness finds where something was done.
    pub(super) fn look(&mut self) -> Vec<Breach> {
        self.witness.look(&self.memory.desk)
    }

    /// What the witness finds anywhere.
    pub(super) fn audit(&mut self) -> Vec<Breach> {
        self.witness.audit(&self.memory.desk)
    }
}
