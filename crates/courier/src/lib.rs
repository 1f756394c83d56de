//! What leaves the house by HTTP: records to destinations, SMS to a gateway (INT-01, INT-04, CHAN-03).
//!
//! It drives the machines of `messaging` with a clock and sockets:
//! one task a destination, one for SMS, one that follows what people decide
//! about both. Everything it knows it reads from a [`Source`]; everything it
//! learns goes on record by [`Ask`], and counts only once it is durable.
//!
//! `letter.rs` is what a partner gets to read. A province that asks for a
//! shape of its own is one other file in its place.
//!
//! It will never know the log's files, the center, or a config file.

mod clerk;
mod client;
mod far_end;
mod fill;
mod gateway;
mod letter;
mod port;
mod statement;
mod task;
mod texting;
mod upload;

use std::sync::Arc;

use messaging::Mailroom;
use model::Seq;
use tokio::{sync::watch, task::JoinSet};

use client::Client;

pub use far_end::{Destination, Gateway, Headers, Reconcile, Secret, Shape};
pub use letter::{Envelope, mask};
pub use port::{Ask, BoxFuture, Source};

/// Everything the courier is started with.
pub struct Courier {
    /// Where records come from.
    pub source: Arc<dyn Source>,
    /// Where events go.
    pub ask: Arc<dyn Ask>,
    /// Who gets records.
    pub destinations: Vec<Destination>,
    /// Who sends SMS.
    pub gateway: Option<Gateway>,
    /// What is on record up to `seen`.
    pub mailroom: Mailroom,
    /// The last record `mailroom` has seen.
    pub seen: Seq,
    /// Fresh chance, for the moments of second tries.
    pub seed: [u8; 32],
}

impl Courier {
    /// Carry until `stop` says so. Then what is known goes on record, and what
    /// was on its way is sent again by the next life, under the same key.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let Courier { source, ask, destinations, gateway, mailroom, seen, seed } = self;
        let client = Arc::new(Client::new());
        let ground = task::Ground { source, ask, client, stop };
        let mut tasks = JoinSet::new();
        let mut clerk = clerk::Clerk::new(ground.clone(), seen);
        for (place, destination) in destinations.into_iter().enumerate() {
            let orders = clerk.orders_of(&destination.name);
            let cursor = mailroom.cursors.of(&destination.name).cloned();
            let seed = task::seed_of(seed, place);
            tasks.spawn(upload::run(ground.clone(), destination, cursor, seen, orders, seed));
        }
        if let Some(gateway) = gateway {
            let orders = clerk.sms_orders();
            let seed = task::seed_of(seed, usize::MAX);
            tasks.spawn(texting::run(ground.clone(), gateway, mailroom, orders, seed));
        }
        tasks.spawn(clerk.run());
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                // The others go on; what this one had to carry waits in the log.
                tracing::error!(%error, "a courier's task died; its records wait until a restart");
            }
        }
    }
}
