//! What every task of the courier stands on.

use std::{sync::Arc, time::Duration};

use model::{Record, Seq, Timestamp, desk::MessagingEvent};
use tokio::sync::watch;

use crate::{
    client::Client,
    port::{Ask, Source},
};

/// Where records come from, where events go, how others are reached, and when to end.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) source: Arc<dyn Source>,
    pub(crate) ask: Arc<dyn Ask>,
    pub(crate) client: Arc<Client>,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Ground {
    pub(crate) fn now(&self) -> Timestamp {
        self.ask.now()
    }

    /// Records from here on, off this thread. What cannot be read now is asked for again.
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

    /// This very record, when it can be read now.
    pub(crate) async fn record(&self, seq: Seq) -> Option<Record> {
        let source = Arc::clone(&self.source);
        let read = tokio::task::spawn_blocking(move || source.records(seq, 1)).await;
        let record = read.ok()?.ok()?.into_iter().next();
        record.filter(|record| record.seq == seq)
    }

    /// Put an event on record, however long that takes; gives up only when the engine goes.
    pub(crate) async fn append(&self, event: MessagingEvent) {
        while let Err(why) = self.ask.append(event.clone()).await {
            if *self.stop.borrow() {
                return;
            }
            tracing::warn!("the courier cannot put on record what happened: {why}");
            self.pause().await;
        }
    }

    /// Whether the engine goes.
    pub(crate) fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// The engine goes.
    pub(crate) async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // An error means that whoever could say it is gone: the same.
        let _ = stop.wait_for(|stop| *stop).await;
    }

    /// Sleep until then; for ever when there is no such moment.
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

/// Chance for one task out of the chance for all.
pub(crate) fn seed_of(mut seed: [u8; 32], place: usize) -> [u8; 32] {
    for (byte, of_place) in seed.iter_mut().zip(place.to_le_bytes()) {
        *byte ^= of_place;
    }
    seed
}

/// Records read at once.
const BATCH: usize = 256;
/// Before something that failed here in the house is tried again.
const PAUSE: Duration = Duration::from_secs(1);
