//! The last record the view has applied, for readers that wait for one. A reader that waits ends the
//! pause in which the view's thread collects records.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::Seq;

/// The last record the view has applied, and the last one that a reader has waited for.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    at: Mutex<Place>,
    advanced: Condvar,
    wanted: Condvar,
}

#[derive(Debug, Default)]
struct Place {
    seen: Seq,
    wanted: Seq,
}

impl Progress {
    /// The view has applied `seq`. Wakes every waiting reader.
    pub(crate) fn reach(&self, seq: Seq) {
        self.lock().seen = seq;
        self.advanced.notify_all();
    }

    /// Blocks until the view has applied `seq`, for `patience` at most. Returns whether it has.
    pub(crate) fn wait_for(&self, seq: Seq, patience: Duration) -> bool {
        let mut at = self.lock();
        if at.seen >= seq {
            return true;
        }
        at.wanted = at.wanted.max(seq);
        self.wanted.notify_all();
        let waited = self.advanced.wait_timeout_while(at, patience, |at| at.seen < seq);
        let (at, _) = waited.unwrap_or_else(PoisonError::into_inner);
        at.seen >= seq
    }

    /// Blocks for `pause` at most, and no longer than until a reader waits for a record that the view
    /// has not applied.
    pub(crate) fn pause(&self, pause: Duration) {
        // A poisoned lock ends the pause, and nothing else.
        let _ended = self.wanted.wait_timeout_while(self.lock(), pause, |at| at.wanted <= at.seen);
    }

    fn lock(&self) -> MutexGuard<'_, Place> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn reader_that_waits_ends_the_pause_of_the_view() {
        let progress = Arc::new(Progress::default());
        let waits = std::thread::spawn({
            let progress = Arc::clone(&progress);
            move || progress.wait_for(5, Duration::from_secs(3_600))
        });
        progress.pause(Duration::from_secs(3_600));
        progress.reach(5);
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
