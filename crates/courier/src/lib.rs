//! Sends messages by HTTP: records to partners, SMS to a gateway (INT-01, INT-04 interfaces; CHAN-03 SMS).
//!
//! The crate drives the machines of `messaging` with a clock and sockets: one task per
//! destination, one for SMS, and one that follows people's decisions about both. Records come from a
//! [`RecordSource`]; results are appended by [`EventSink`] and count once they are durable.
//!
//! `envelope.rs` is the format that partners receive. A partner with a format of its own needs another
//! file in its place.
//!
//! The crate does not know the log's files, the center, or a config file.

mod client;
mod commands;
mod context;
mod destination;
mod envelope;
mod gateway;
mod outbox_task;
mod placeholders;
mod port;
mod sms_task;
mod statement;

use std::sync::Arc;

use messaging::MessagingState;
use model::Seq;
use tokio::{sync::watch, task::JoinSet};

use client::Client;

pub use destination::{BodyFormat, Destination, Gateway, Headers, Reconcile, Secret};
pub use envelope::{Envelope, mask};
pub use port::{BoxFuture, EventSink, RecordSource};

/// The courier's configuration and state at start.
pub struct Courier {
    /// The source of records.
    pub source: Arc<dyn RecordSource>,
    /// Where events are appended.
    pub sink: Arc<dyn EventSink>,
    /// The partners.
    pub destinations: Vec<Destination>,
    /// The SMS gateway, if there is one.
    pub gateway: Option<Gateway>,
    /// The state of messaging up to `seen`.
    pub state: MessagingState,
    /// The last record applied to that state.
    pub seen: Seq,
    /// A random seed, for the times of retries.
    pub seed: [u8; 32],
}

impl Courier {
    /// Runs until `stop` is true. Progress is recorded then; a message in flight is sent again at the next
    /// start, under the same key.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let Courier { source, sink, destinations, gateway, state, seen, seed } = self;
        let client = Arc::new(Client::new());
        let context = context::TaskContext { source, sink, client, stop };
        let mut tasks = JoinSet::new();
        let mut follower = commands::CommandFollower::new(context.clone(), seen);
        for (place, destination) in destinations.into_iter().enumerate() {
            let commands = follower.commands_for(&destination.name);
            let cursor = state.cursors.of(&destination.name).cloned();
            let seed = context::seed_of(seed, place);
            tasks.spawn(outbox_task::run(
                context.clone(),
                destination,
                cursor,
                seen,
                commands,
                seed,
            ));
        }
        if let Some(gateway) = gateway {
            let commands = follower.sms_orders();
            let seed = context::seed_of(seed, usize::MAX);
            tasks.spawn(sms_task::run(context.clone(), gateway, state, commands, seed));
        }
        tasks.spawn(follower.run());
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                // The other tasks continue; the records of this one wait in the log.
                tracing::error!(%error, "a courier task failed; its records wait until a restart");
            }
        }
    }
}
