//! What the disk has, as folds of it: each record that lasted is read once, in order, from the first.
//!
//! It is what an engine starts from, and what its memory is compared with.

use backoffice::laws::{Breach, Witness};
use center::Memory;
use model::Record;

use crate::{Auditor, office::Tally};

/// Everything that is made of the log.
pub(super) struct Kept {
    pub(super) memory: Memory,
    pub(super) auditor: Auditor,
    pub(super) witness: Witness,
    pub(super) tally: Tally,
}

impl Kept {
    pub(super) fn new(memory: Memory) -> Kept {
        let (auditor, witness) = (Auditor::default(), Witness::default());
        Kept { memory, auditor, witness, tally: Tally::default() }
    }

    pub(super) fn apply(&mut self, record: &Record) {
        self.memory.apply(record);
        self.auditor.apply(record);
        self.witness.apply(record);
        self.tally.apply(record, &self.memory.desk);
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
