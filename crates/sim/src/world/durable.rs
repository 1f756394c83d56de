//! The durable log as folds: each durable record is read once, in order, from the first.
//!
//! An engine starts from it, and its memory is compared with it.

use center::{Memory, snapshot};
use model::{Record, Seq};
use ticketing::invariants::{InvariantChecker, InvariantViolation};

use crate::{Auditor, office::Tally};

/// Everything that is made from the durable log.
pub(super) struct DurableState {
    pub(super) memory: Memory,
    pub(super) auditor: Auditor,
    pub(super) checker: InvariantChecker,
    pub(super) tally: Tally,
    /// A snapshot of the memory at some record, and the records after it.
    written: Option<(Vec<u8>, Vec<Record>)>,
    /// The number at which the next snapshot is taken.
    next: Seq,
    within: u64,
}

impl DurableState {
    /// Takes a snapshot at least every `within` records.
    pub(super) fn new(memory: Memory, within: u64) -> DurableState {
        let (auditor, checker) = (Auditor::default(), InvariantChecker::default());
        let tally = Tally::default();
        DurableState { memory, auditor, checker, tally, written: None, next: 1, within }
    }

    pub(super) fn apply(&mut self, record: &Record) {
        self.memory.apply(record);
        self.auditor.apply(record);
        self.checker.apply(record);
        self.tally.apply(record, &self.memory.desk);
        if record.seq < self.next {
            if let Some((_, since)) = &mut self.written {
                since.push(record.clone());
            }
            return;
        }
        let mut bytes = Vec::new();
        let done = snapshot::write(&mut bytes, &self.memory.snapshot());
        self.written = done.is_ok().then(|| (bytes, Vec::new()));
        // At a random record: a multiplicative hash of the record's number.
        let anywhere = record.seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        self.next = record.seq + 1 + anywhere % self.within.max(1);
    }

    /// The memory at a start: the snapshot and the log after it. `blank` is the memory before the
    /// first record. `None` without a snapshot or when it cannot be read.
    pub(super) fn recall(&self, blank: Memory) -> Option<Memory> {
        let (bytes, since) = self.written.as_ref()?;
        let mut memory = blank.restore(snapshot::read(bytes.as_slice()).ok()?);
        since.iter().for_each(|record| memory.apply(record));
        Some(memory)
    }

    /// The breaches at the tickets that changed since the last call.
    pub(super) fn look(&mut self) -> Vec<InvariantViolation> {
        self.checker.check_changed(&self.memory.desk)
    }

    /// The breaches anywhere.
    pub(super) fn audit(&mut self) -> Vec<InvariantViolation> {
        self.checker.check_all(&self.memory.desk)
    }
}
