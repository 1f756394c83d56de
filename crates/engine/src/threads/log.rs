//! The log's thread and the view's thread, which write records to disk.
//!
//! The log's thread writes all records that have come since the last sync as one batch, syncs once
//! (group commit), and then tells the center which records are durable. The view's thread applies
//! them to sled. When it falls behind it reads the log itself, so that the log never waits for it.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError};
use journal::Journal;
use model::{
    Event, Record, Seq,
    event::{Alarm, AlarmCleared, AlarmRaised},
};
use stats::{AgentIntervals, QueueIntervals};
use store::Store;
use tokio::sync::watch;

use crate::{
    destination_status::DestinationStatus,
    mailbox::{Mailbox, MailboxWriter},
    metrics::Metrics,
    progress::Progress,
    recent::Recent,
    reports::Reports,
    threads::knowledge::KnowledgeFeed,
    view::catch_up,
    worklists::Worklists,
};

/// Folds beside the log, up to date with the durable records.
pub(crate) struct Followers<'a> {
    pub(crate) recent: &'a Recent,
    pub(crate) agents: &'a Mutex<AgentIntervals>,
    pub(crate) quarters: &'a Mutex<QueueIntervals>,
    pub(crate) reports: &'a Reports,
    pub(crate) knowledge: &'a KnowledgeFeed,
    pub(crate) courier: &'a DestinationStatus,
    pub(crate) metrics: &'a Metrics,
}

impl Followers<'_> {
    fn follow(&self, batch: &[Record]) {
        self.recent.push(batch);
        self.reports.apply(batch);
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        batch.iter().for_each(|record| agents.apply(record));
        drop(agents);
        let mut quarters = self.quarters.lock().unwrap_or_else(PoisonError::into_inner);
        batch.iter().for_each(|record| quarters.apply(record));
        drop(quarters);
        self.knowledge.apply(batch);
        self.courier.apply(batch);
        self.metrics.apply(batch);
    }
}

/// Writes the log until all its writers are gone.
pub(crate) fn write(
    mut journal: Journal,
    records: &Receiver<Record>,
    center: &Arc<Mailbox<center::Input>>,
    store: &Sender<Vec<Record>>,
    durable: &watch::Sender<Seq>,
    followers: &Followers<'_>,
) {
    let mut center = MailboxWriter::new(center);
    let mut failed = false;
    let mut pace = Pace::new(SYNC_EVERY);
    while let Ok(first) = records.recv() {
        if records.len() < BATCH_MAX {
            pace.wait(std::thread::sleep);
        }
        let mut batch = vec![first];
        batch.extend(records.try_iter().take(BATCH_MAX));
        let mut appended = false;
        while let Err(error) = commit(&mut journal, &batch, &mut appended) {
            if !failed {
                tracing::error!(
                    "cannot write the log: {error}; new calls are refused until it can be written"
                );
                failed = true;
            }
            center.send(center::Input::LogFailed(error.to_string()));
            std::thread::sleep(RETRY);
        }
        let seq = batch.last().map_or(0, |record| record.seq);
        if failed {
            tracing::info!("the log can be written again");
            failed = false;
        }
        // Readers come first, then the center, which answers people: a person who is told of a
        // record finds it.
        followers.follow(&batch);
        // The console may have ended.
        let _gone = durable.send(seq);
        center.send(center::Input::Durable(seq));
        match store.try_send(batch) {
            // Full: the view's thread notices the gap and reads the log instead.
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

fn commit(
    journal: &mut Journal,
    batch: &[Record],
    appended: &mut bool,
) -> Result<(), journal::JournalError> {
    if !*appended {
        journal.append(batch)?;
        *appended = true;
    }
    journal.sync()?;
    Ok(())
}

/// Applies the log to the view and the work lists until the log's thread is gone.
pub(crate) fn follow(
    store: &Store,
    worklists: &Worklists,
    folder: &Path,
    batches: &Receiver<Vec<Record>>,
    center: &Arc<Mailbox<center::Input>>,
    view_progress: &Progress,
) {
    view_progress.reach(store.applied());
    let mut center = MailboxWriter::new(center);
    let mut behind = false;
    let mut refusals = 0_u32;
    let mut pace = Pace::new(VIEW_EVERY);
    loop {
        let batch = match batches.recv_timeout(Duration::from_secs(1)) {
            Ok(mut batch) => {
                // A person who waits for a list ends the pause.
                pace.wait(|rest| view_progress.pause(rest));
                batch.extend(batches.try_iter().take(BATCHES_MAX).flatten());
                batch
            }
            Err(RecvTimeoutError::Timeout) => Vec::new(),
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let done = match behind && batch.is_empty() {
            // Records that could not be applied are dropped here; they are in the log.
            true => catch_up(store, folder, &mut |all, changed| worklists.apply(all, changed)),
            false => apply(store, worklists, folder, &batch),
        };
        view_progress.reach(store.applied());
        match done {
            Ok(()) if behind => {
                (behind, refusals) = (false, 0);
                let cleared = AlarmCleared { alarm: Alarm::StoreBehind };
                center.send(center::Input::Note(Event::AlarmCleared(cleared)));
            }
            Ok(()) => {}
            Err(text) if !behind => {
                behind = true;
                tracing::error!("{text}");
                let raised = AlarmRaised { alarm: Alarm::StoreBehind, text };
                center.send(center::Input::Note(Event::AlarmRaised(raised)));
            }
            Err(_) => {
                refusals += 1;
                // sled does not recover after the disk refused a write: the view is opened again
                // and continues from the log.
                if refusals.is_multiple_of(REOPEN_AFTER)
                    && let Err(error) = store.reopen()
                {
                    tracing::warn!("cannot reopen the view of the log: {error}");
                }
            }
        }
    }
}

/// Refusals in a row before the view is opened again; they are a second apart when there is little
/// load.
const REOPEN_AFTER: u32 = 3;

fn apply(
    store: &Store,
    worklists: &Worklists,
    folder: &Path,
    batch: &[Record],
) -> Result<(), String> {
    let fault = |e: store::StoreError| {
        format!(
            "cannot write the view of the log: {e}; calls continue, but lists are out of date; \
             stop the engine and run `heartline store rebuild`"
        )
    };
    let next = store.applied() + 1;
    let whole = batch.windows(2).all(|pair| matches!(pair, [a, b] if a.seq + 1 == b.seq));
    let fits = whole && batch.first().is_none_or(|first| first.seq <= next);
    if !fits {
        return catch_up(store, folder, &mut |all, changed| worklists.apply(all, changed));
    }
    if batch.is_empty() {
        return Ok(());
    }
    let changed = store.apply(batch).map_err(fault)?;
    worklists.apply(batch, &changed);
    Ok(())
}

/// Collects work: the first item after a pause is done at once, the next not before its time.
struct Pace {
    every: Duration,
    last: Option<Instant>,
}

impl Pace {
    fn new(every: Duration) -> Pace {
        Pace { every, last: None }
    }

    /// Calls `pause` with the time that is left.
    fn wait(&mut self, pause: impl FnOnce(Duration)) {
        if let Some(rest) = self.last.and_then(|last| self.every.checked_sub(last.elapsed())) {
            pause(rest);
        }
        self.last = Some(Instant::now());
    }
}

/// A sync costs the same for one record as for a hundred. Acknowledgements wait this much longer at
/// most under load; voice does not wait for the disk at all.
const SYNC_EVERY: Duration = Duration::from_millis(20);
/// sled's cost is per transaction. The view lags this much at most while no reader waits for it.
const VIEW_EVERY: Duration = Duration::from_millis(100);
/// The most batches of the log in one transaction of the view.
const BATCHES_MAX: usize = 32;
/// The most records in one sync.
const BATCH_MAX: usize = 1_024;
/// How soon a failed write is tried again.
const RETRY: Duration = Duration::from_secs(1);
