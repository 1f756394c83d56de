//! The last record the view has applied, for readers that wait for one.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::Seq;

/// The last record the view has applied.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    seen: Mutex<Seq>,
    advanced: Condvar,
}

impl Progress {
    /// The view has applied `seq`. Wakes every waiting reader.
    pub(crate) fn reach(&self, seq: Seq) {
        *self.lock() = seq;
        self.advanced.notify_all();
    }

    /// Blocks until the view has applied `seq`, for `patience` at most. Returns whether it has.
    pub(crate) fn wait_for(&self, seq: Seq, patience: Duration) -> bool {
        let waited = self.advanced.wait_timeout_while(self.lock(), patience, |seen| *seen < seq);
        let (seen, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *seen >= seq
    }

    fn lock(&self) -> MutexGuard<'_, Seq> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn reader_continues_after_view_applied_its_record() {
        let progress = Arc::new(Progress::default());
        let waits = std::thread::spawn({
            let progress = Arc::clone(&progress);
            move || progress.wait_for(7, Duration::from_secs(3_600))
        });
        progress.reach(6);
        progress.reach(7);
        assert!(waits.join().unwrap());
    }

    #[test]
    fn reader_stops_waiting_when_view_stays_behind() {
        let progress = Progress::default();
        progress.reach(6);
        assert!(progress.wait_for(6, Duration::ZERO));
        assert!(!progress.wait_for(7, Duration::ZERO));
    }
}
