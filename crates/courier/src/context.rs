//! The context that every task of the courier has: records, the log, the client, the stop signal.

use std::{sync::Arc, time::Duration};

use model::{Record, Seq, Timestamp, desk::MessagingEvent};
use tokio::sync::watch;

use crate::{
    client::Client,
    port::{EventSink, RecordSource},
};

/// The dependencies of a task. Cheap to clone.
#[derive(Clone)]
pub(crate) struct TaskContext {
    pub(crate) source: Arc<dyn RecordSource>,
    pub(crate) sink: Arc<dyn EventSink>,
    pub(crate) client: Arc<Client>,
    pub(crate) stop: watch::Receiver<bool>,
}

impl TaskContext {
    pub(crate) fn now(&self) -> Timestamp {
        self.sink.now()
    }

    /// Records from `from` on, read on a blocking thread. An error is logged and gives no records.
    pub(crate) async fn records(&self, from: Seq) -> Vec<Record> {
        let source = Arc::clone(&self.source);
        let read = tokio::task::spawn_blocking(move || source.records(from, BATCH)).await;
        let error = match read {
            Ok(Ok(records)) => return records,
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::warn!("the courier cannot read the log from record {from} on: {error}");
        self.pause().await;
        Vec::new()
    }

    /// One record; `None` when it cannot be read.
    pub(crate) async fn record(&self, seq: Seq) -> Option<Record> {
        let source = Arc::clone(&self.source);
        let read = tokio::task::spawn_blocking(move || source.records(seq, 1)).await;
        let record = read.ok()?.ok()?.into_iter().next();
        record.filter(|record| record.seq == seq)
    }

    /// Appends an event to the log and retries until it succeeds or the engine stops.
    pub(crate) async fn append(&self, event: MessagingEvent) {
        while let Err(why) = self.sink.append(event.clone()).await {
            if *self.stop.borrow() {
                return;
            }
            tracing::warn!("the courier cannot append to the log and tries again: {why}");
            self.pause().await;
        }
    }

    /// Whether the engine is stopping.
    pub(crate) fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits until the engine stops.
    pub(crate) async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // An error means that the sender is gone, which is the same.
        let _ = stop.wait_for(|stop| *stop).await;
    }

    /// Sleeps until `at`; forever for `None`.
    pub(crate) async fn sleep_until(&self, at: Option<Timestamp>) {
        match at {
            Some(at) => tokio::time::sleep(at.since(self.now())).await,
            None => std::future::pending().await,
        }
    }

    async fn pause(&self) {
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = self.stopped() => {}
        }
    }
}

/// The random seed of one task, derived from the common seed.
pub(crate) fn seed_of(mut seed: [u8; 32], place: usize) -> [u8; 32] {
    for (byte, of_place) in seed.iter_mut().zip(place.to_le_bytes()) {
        *byte ^= of_place;
    }
    seed
}

/// Records read at once.
const BATCH: usize = 256;
/// The pause before a failed operation on this machine is tried again.
const PAUSE: Duration = Duration::from_secs(1);
