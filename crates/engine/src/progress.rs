//! How far the view has followed the log, for readers that wait until it has seen a record.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::Seq;

/// The last record the view has seen.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    seen: Mutex<Seq>,
    advanced: Condvar,
}

impl Progress {
    /// The view has seen `seq`. Wakes every reader that waits.
    pub(crate) fn reach(&self, seq: Seq) {
        *self.lock() = seq;
        self.advanced.notify_all();
    }

    /// Blocks until the view has seen `seq`, for `patience` at most. Returns whether it has.
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
    fn reader_goes_on_once_the_view_has_seen_its_record() {
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
    fn reader_gives_up_when_the_view_stays_behind() {
        let progress = Progress::default();
        progress.reach(6);
        assert!(progress.wait_for(6, Duration::ZERO));
        assert!(!progress.wait_for(7, Duration::ZERO));
    }
}
